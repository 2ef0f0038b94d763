"""The attendance sheet: one tap for each student, saved as it is tapped. Made for the phone, and for a teacher who stands."""

import time
from dataclasses import replace
from functools import partial

import streamlit as st

from domain.access.actor import Actor
from domain.access.uow import reading, unit_of_work
from domain.kit import clock
from domain.kit.errors import DatabaseUnavailable
from domain.kit.texts import _, ngettext
from domain.operations.attendance import describe
from domain.operations.enums import AttendanceStatus, SessionStatus
from domain.operations.sheets import Mark, Sheet, SheetLine
from domain.operations.sheets import sheet as read_sheet
from pages._attendance import saving
from pages._attendance.saving import ALL, Other, Roll
from pages._attendance.words import TAPPED, ago, mark_detail, status_text, who
from pages._shell import cache, parts, state
from pages._shell.cells import person_html, plain
from pages._shell.errors import Fields
from pages._shell.guard import actor_still_here, current_actor, find_actor

EVERY = 2.0  # seconds between two tries to save what waits
LONGEST_NOTE = 2000
TRIED = "constela_attendance_tried"
NOTE = "constela_attendance_note"  # whose note is open


def the_sheet(actor: Actor, session_id: str) -> None:
    """The sheet of a session, drawn anew by itself with each tap."""
    _sheet(session_id, actor.scope)


@st.fragment
def _sheet(session_id: str, scope: tuple[str, str, str]) -> None:
    with parts.counted():
        roll = _read(session_id, scope)
        if roll.shown is None:
            parts.empty_state("search_off", _("This session doesn't exist, or it isn't yours to open."), key="no-session")
            return
        _draw(roll, roll.shown)


def _read(session_id: str, scope: tuple[str, str, str]) -> Roll:
    """The sheet as it stands; as it last stood, where the database is away."""
    known = saving.roll_of(session_id)
    roll = known if known and known.scope == scope else Roll(scope, session_id)
    try:
        actor = actor_still_here()
        with reading(actor) as session:
            roll = replace(roll, shown=read_sheet(session, session_id, clock.now()))
    except DatabaseUnavailable:
        if roll.shown is None or not roll.unsaved:
            raise
    saving.keep(roll)
    return roll


def _draw(roll: Roll, found: Sheet) -> None:
    if not found.is_open:
        parts.note(_why_closed(found))
    _waiting(roll, found)
    for each in roll.trouble:
        parts.note(each, "danger")
    if not found.lines:
        parts.empty_state("group_add", _("Nobody is enrolled in this class yet."), key="nobody")
        return
    _bar(roll, found)
    with st.container(key="sheet", gap="xsmall"):
        for line in found.lines:
            _line(roll, found, line)


def _why_closed(found: Sheet) -> str:
    if found.meeting.status is SessionStatus.CANCELLED:
        return _("This session was cancelled: nobody is marked in it.")
    return _("This session hasn't begun yet. Its attendance is taken once it has.")


def _waiting(roll: Roll, found: Sheet) -> None:
    """Which marks aren't saved yet, and that it goes on trying."""
    if not roll.unsaved:
        return
    names = {line.student_id: line.name for line in found.lines}
    said = [
        _("everyone else present")
        if each.student_id == ALL
        else f"{names.get(each.student_id, _('someone'))}: {each.status.label.lower()}"
        for each in roll.unsaved
    ]
    count = ngettext(
        "{count} mark isn't saved yet, since the database can't be reached.",
        "{count} marks aren't saved yet, since the database can't be reached.",
        len(said),
    )
    with st.container(key="unsaved-marks"):
        parts.note(f"{count} {', '.join(said)}. " + _("It is tried again by itself; please leave this page open."), "attention")
        st.button(_("Try again"), key="try-marks", icon=":material/refresh:", on_click=partial(saving.try_again, roll.session_id))
    state.put(TRIED, time.monotonic())
    _retry(roll.session_id)


@st.fragment(run_every=EVERY)
def _retry(session_id: str) -> None:
    # Drawn with the sheet, it tries when its own time has come: else what goes on failing would be tried without a pause.
    roll, waited = saving.roll_of(session_id), time.monotonic() - state.value(TRIED, 0.0)
    if roll and roll.unsaved and waited > EVERY / 2 and cache.database_is_back():
        find_actor()
        saving.try_again(session_id)
        st.rerun()


def _bar(roll: Roll, found: Sheet) -> None:
    """How many are marked, the one tap for the rest, and Undo: in sight while the sheet is scrolled."""
    marked = len(found.lines) - len(found.unmarked)
    with st.container(key="sheet-bar", horizontal=True, vertical_alignment="center", gap="small"):
        said = _("{marked} of {all} marked").format(marked=marked, all=len(found.lines))
        with st.container(key="sheet-said", width="stretch"):
            parts.quiet(said)
        if roll.done:
            st.button(
                _("Undo"),
                key="mark-undo",
                icon=":material/undo:",
                help=_undo_text(roll),
                on_click=partial(saving.undo, roll.session_id),
            )
        label = _("All present") if not marked else _("The rest present")
        st.button(
            label,
            key="all-present",
            icon=":material/done_all:",
            type="primary",
            disabled=not found.unmarked or not found.is_open,
            on_click=partial(saving.all_present, roll.session_id),
        )


def _undo_text(roll: Roll) -> str:
    if len(roll.done) == 1:
        return f"{plain(roll.done[0].name)}: {roll.done[0].status.label.lower()}"
    return ngettext("{count} student marked present", "{count} students marked present", len(roll.done))


def _line(roll: Roll, found: Sheet, line: SheetLine) -> None:
    session_id, student = roll.session_id, line.student_id
    waiting = next((each for each in roll.unsaved if each.student_id == student), None)
    if waiting is None and line.mark is None:
        waiting = next((each for each in roll.unsaved if each.student_id == ALL), None)
    shown = waiting.status if waiting else line.mark.status if line.mark else None
    key = f"tap-{session_id}-{student}"
    state.put(key, shown)
    with st.container(key=f"pupil-{student}", gap="xsmall"):
        with st.container(key=f"pupil-head-{student}", horizontal=True, vertical_alignment="center", gap="small"):
            with st.container(key=f"pupil-name-{student}", width="stretch"):
                st.html(person_html(line.name, "student", _detail(line, saved=waiting is None), line.picture))
            if line.mark and waiting is None:
                st.button(
                    _("Note"),
                    key=f"note-{student}",
                    icon=":material/edit_note:",
                    type="tertiary",
                    on_click=partial(_open_note, session_id, student),
                )
        st.segmented_control(
            line.name,
            TAPPED,
            format_func=status_text,
            key=key,
            required=shown is not None,
            disabled=not found.is_open,
            on_change=partial(_tapped, session_id, student, shown if line.mark else None),
            label_visibility="collapsed",
            width="stretch",
        )
        if student in roll.conflicts:
            _conflict(session_id, roll.conflicts[student])
        if line.mark and waiting is None and state.value(NOTE) == (session_id, student):
            _note(session_id, line, line.mark)


def _detail(line: SheetLine, *, saved: bool) -> str:
    if not saved:
        return _("not saved yet")
    if line.mark is None:
        return ""
    actor = state.remembered_actor()
    return mark_detail(line.mark, actor.zone) if actor else ""


def _tapped(session_id: str, student: str, seen: AttendanceStatus | None) -> None:
    chosen = state.value(f"tap-{session_id}-{student}")
    if chosen is not None:
        saving.tap(session_id, student, chosen, seen=seen)


def _conflict(session_id: str, conflict: Other) -> None:
    """What someone else said of this student meanwhile, and the choice between the two."""
    student, theirs, mine = conflict.student_id, conflict.theirs, conflict.mine
    actor = state.remembered_actor()
    with st.container(key=f"conflict-{student}", border=True, gap="xsmall"):
        if theirs is None:
            said = _("Someone has taken {student}'s mark back. You tapped {mine}.").format(
                student=conflict.name, mine=mine.label.lower()
            )
        else:
            when = ago(theirs.word.at, actor.zone) if theirs.word and actor else ""
            said = _("{who} marked {student} {status} {when}. You tapped {mine}.").format(
                who=who(theirs.word),
                student=conflict.name,
                status=theirs.status.label.lower(),
                when=when,
                mine=mine.label.lower(),
            )
        st.markdown(f":material/group: {plain(said)}")
        with st.container(horizontal=True, key=f"conflict-choice-{student}"):
            keep = _("Keep: {status}").format(status=theirs.status.label.lower() if theirs else _("not marked"))
            st.button(keep, key=f"keep-{student}", on_click=partial(saving.keep_theirs, session_id, student))
            seen = theirs.status if theirs else None
            replacing = _("Replace with: {status}").format(status=mine.label.lower())
            st.button(replacing, key=f"replace-{student}", on_click=partial(saving.tap, session_id, student, mine, seen=seen))


def _open_note(session_id: str, student: str) -> None:
    """Open the place for a word about a mark, or close it."""
    place = (session_id, student)
    state.put(NOTE, None if state.value(NOTE) == place else place)


def _note(session_id: str, line: SheetLine, mark: Mark) -> None:
    """A word about a mark, and when someone late came."""
    actor = current_actor()
    fields = Fields(f"note-{line.student_id}")
    arrived = None
    with st.form(f"note-form-{line.student_id}", border=False):
        if mark.status is AttendanceStatus.LATE:
            came = mark.checked_in_at.astimezone(actor.zone).time() if mark.checked_in_at else None
            with fields.of("arrived"):
                arrived = st.time_input(_("Came at"), value=came, key=f"arrived-{mark.id}", step=60)
        with fields.of("notes"):
            notes = st.text_area(_("Note"), value=mark.notes or "", key=f"notes-{mark.id}", max_chars=LONGEST_NOTE)
        if not st.form_submit_button(_("Save"), key=f"save-note-{line.student_id}", type="primary"):
            return
    with fields.telling():
        with unit_of_work(actor) as session:
            describe(session, session_id, line.student_id, version=mark.version, notes=notes, arrived=arrived)
        state.drop(NOTE)
        parts.toast(_("Noted for {name}.").format(name=line.name), later=True)
        st.rerun()
