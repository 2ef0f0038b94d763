"""Adding and moving a weekly meeting: what it would clash with is said as one types, and what clashes isn't saved."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from domain.access.actor import Actor
from domain.access.decide import decide
from domain.access.trail.writing import written
from domain.access.uow import ScopedSession, unit_of_work
from domain.kit.errors import DomainError, InvalidInput, Problem
from domain.kit.findings import Finding, Refused, Weight
from domain.kit.formats import show_time, show_weekday
from domain.kit.texts import _, ngettext
from domain.operations.boards import Timetable
from domain.operations.clashes import Clash, Meeting
from domain.operations.pattern import preview_change
from domain.operations.permits import NO_MEETING
from domain.operations.timetable import NEW, Draft, Permit, changes_of, permit_for, save, tried
from pages._crud import undo
from pages._operations.along import goes_along
from pages._shell import parts, state
from pages._shell.errors import Fields
from pages._shell.findings import findings_list
from pages._shell.guard import current_actor
from pages._timetable import place
from pages._timetable.touching import touches
from pages._timetable.week import MONDAY_FIRST

OPEN, PROBLEMS, REFUSED, TROUBLE = "plan.open", "plan.problems", "plan.refused", "plan.trouble"
CLASS_KEY, DAY_KEY, START_KEY, END_KEY = "plan-class", "plan-day", "plan-start", "plan-end"
TEACHER_KEY, ROOM_KEY, REASON_KEY, ALONG_KEY = "plan-teacher", "plan-room", "plan-reason", "plan-along"
WIDGETS = (CLASS_KEY, DAY_KEY, START_KEY, END_KEY, TEACHER_KEY, ROOM_KEY, REASON_KEY, ALONG_KEY)
MINUTES = 300  # seconds between two times that are offered


def may_plan(actor: Actor) -> bool:
    """Whether someone plans the timetable."""
    return bool(decide(actor, "C", "schedules") and decide(actor, "U", "classes"))


def form(
    session: ScopedSession,
    table: Timetable,
    term: str,
    meeting: Meeting | None,
    *,
    teachers: Sequence[tuple[str, str]],
    permits: Mapping[str, Permit],
) -> None:
    """The form of a meeting; None for a new one."""
    _open(table, term, meeting)
    asked = Fields("plan")
    names = {key: each.name for key, each in table.classes.items() if each.term == term}
    with st.container(border=True, key="plan"):
        called = table.classes[meeting.class_id].name if meeting else ""
        parts.section(_("Move: {name}").format(name=called) if meeting else _("A new weekly meeting"))
        if meeting is None:
            with asked.of("class_id"):
                st.selectbox(
                    _("Class"),
                    list(names),
                    format_func=lambda key: names[key],
                    key=CLASS_KEY,
                    index=None,
                    placeholder=_("Choose one"),
                    on_change=_take_place,
                    args=({key: (each.teacher, each.room) for key, each in table.classes.items()},),
                )
        _times(asked)
        _place(asked, table, teachers)
        draft = _draft(meeting)
        found = _live(table, draft, permits)
        asked.mark(_problems(draft))
        if trouble := _of_draft(TROUBLE, draft):
            parts.note(trouble, "danger")
        findings_list(found, key="plan")
        if not found and draft.class_id and draft.weekday is not None and draft.start and draft.end:
            parts.note(_("Nothing clashes: teacher, room and students are free then."), "good")
        _follows(session, draft)
        against = [each for each in found if each.weight is Weight.REFUSES and each.kind not in NO_MEETING]
        if against:
            _all_the_same(draft, against)
        with st.container(horizontal=True, horizontal_alignment="right", key="plan-actions"):
            st.button(_("Cancel"), key="plan-cancel", on_click=close)
            st.button(_("Save"), key="plan-save", type="primary", icon=":material/check:", on_click=_save, args=(draft, ()))


def _open(table: Timetable, term: str, meeting: Meeting | None) -> None:
    """Fill the form in when it is opened: with what is there, or for a new meeting with the class that the address names."""
    key = meeting.key if meeting else f"{NEW}-{term}"
    if state.value(OPEN) == key:
        return
    forget()
    state.put(OPEN, key)
    if meeting:
        start = meeting.weekday, meeting.start, meeting.end, meeting.teacher, meeting.room
        for name, value in zip((DAY_KEY, START_KEY, END_KEY, TEACHER_KEY, ROOM_KEY), start, strict=True):
            state.put(name, value)
    elif (klass := table.classes.get(place.said("of"))) is not None:
        state.put(CLASS_KEY, klass.id)
        state.put(TEACHER_KEY, klass.teacher)
        state.put(ROOM_KEY, klass.room)


def _take_place(places: Mapping[str, tuple[str | None, str | None]]) -> None:
    """A class brings its teacher and room."""
    teacher, room = places.get(state.value(CLASS_KEY) or "", (None, None))
    state.put(TEACHER_KEY, teacher)
    state.put(ROOM_KEY, room)


def _times(asked: Fields) -> None:
    for column, name in zip(st.columns(3), ("day_of_week", "start_time", "end_time"), strict=True):
        with column, asked.of(name):
            if name == "day_of_week":
                st.selectbox(
                    _("Weekday"), MONDAY_FIRST, index=None, format_func=show_weekday, key=DAY_KEY, placeholder=_("Choose one")
                )
            elif name == "start_time":
                st.time_input(_("Begins"), value=None, step=MINUTES, key=START_KEY)
            else:
                st.time_input(_("Ends"), value=None, step=MINUTES, key=END_KEY)


def _place(asked: Fields, table: Timetable, teachers: Sequence[tuple[str, str]]) -> None:
    known = dict(teachers)
    rooms = {key: _("{room}, {seats} seats").format(room=name, seats=seats) for key, name, seats, used in table.rooms if used}
    current = state.value(ROOM_KEY)
    if current and current not in rooms:
        rooms[current] = table.board.names.get(current, "…")
    if state.value(TEACHER_KEY) and state.value(TEACHER_KEY) not in known:
        known[state.value(TEACHER_KEY)] = table.board.names.get(state.value(TEACHER_KEY), "…")
    left, right = st.columns(2)
    choose = _("Choose one")
    with left, asked.of("teacher_id"):
        st.selectbox(
            _("Teacher"),
            list(known),
            index=None,
            format_func=lambda each: known.get(each, ""),
            key=TEACHER_KEY,
            placeholder=choose,
        )
    with right, asked.of("room_id"):
        st.selectbox(
            _("Room"), list(rooms), index=None, format_func=lambda each: rooms.get(each, ""), key=ROOM_KEY, placeholder=choose
        )
    parts.quiet(_("Teacher and room are the class's: another one here is another one in all its meetings from now on."))


def _draft(meeting: Meeting | None) -> Draft:
    of = meeting.class_id if meeting else state.value(CLASS_KEY) or ""
    times = state.value(DAY_KEY), state.value(START_KEY), state.value(END_KEY)
    return Draft(meeting.key if meeting else NEW, of, *times, state.value(TEACHER_KEY), state.value(ROOM_KEY))


def _problems(draft: Draft) -> list[Problem]:
    """What was wrong with the draft when it was last to be saved."""
    return list(_of_draft(PROBLEMS, draft) or ())


def _of_draft(kept: str, draft: Draft) -> Any:
    """What was said of the draft when it was last to be saved: nothing once it is another one."""
    saved, said = state.value(kept, (None, None))
    return said if saved == draft else None


def _live(table: Timetable, draft: Draft, permits: Mapping[str, Permit]) -> list[Clash]:
    """What the draft would clash with, and what was found beside that when it was last to be saved."""
    found = [each for each in tried(table, draft) if permit_for(each, permits) is None]
    beside = _of_draft(REFUSED, draft) or ()
    return [*found, *(each for each in beside if each.key not in {one.key for one in found})]


def _follows(session: ScopedSession, draft: Draft) -> None:
    """What saving would do to sessions to come, and how many it would tell; nothing as long as the form isn't whole."""
    changes = changes_of(draft)
    try:
        seen = [preview_change(session, each) for each in changes]
    except DomainError:
        return  # said at its field, or above, once it is saved
    *_place, times = seen
    people = {each.id for preview in seen for each in preview.told}
    said = ngettext("{count} person is told.", "{count} people are told.", len(people)) if people else ""
    parts.quiet(f"{touches(times)} {said}".strip())
    findings_list([each.finding for each in times.booked], key="plan-booked")
    goes_along(times.may_go_along, key=ALONG_KEY)


def _all_the_same(draft: Draft, against: Sequence[Finding]) -> None:
    with st.expander(_("Save all the same"), key="plan-permit", icon=":material/gavel:"):
        parts.quiet(
            _("What clashes is then allowed just as it stands, and your reason is shown with it, until either side changes.")
        )
        asked = Fields("plan-permit")
        with asked.of("reason"):
            st.text_area(_("Why it is allowed"), key=REASON_KEY, max_chars=500)
        asked.mark([each for each in _problems(draft) if each.field == "reason"])
        keys = tuple(each.key for each in against)
        st.button(_("Save all the same, with this reason"), key="plan-permit-save", on_click=_save, args=(draft, keys))


def _save(draft: Draft, allowed: Sequence[str]) -> None:
    actor = current_actor()
    state.drop(PROBLEMS, REFUSED, TROUBLE)
    try:
        with unit_of_work(actor) as session:
            along = bool(state.value(ALONG_KEY, True))
            save(session, draft, allowed=allowed, reason=state.value(REASON_KEY) or "", taking_along=along)
    except InvalidInput as error:
        state.put(PROBLEMS, (draft, error.problems))
    except Refused as error:
        state.put(REFUSED, (draft, error.findings))
        state.put(TROUBLE, (draft, error.message))
    except DomainError as error:
        state.put(TROUBLE, (draft, error.message))
    else:
        undo.done(actor, written(session), _said(draft))
        close()


def _said(draft: Draft) -> str:
    assert draft.weekday is not None
    assert draft.start is not None
    said = _("The class meets on {day} at {time} now.") if draft.key == NEW else _("The meeting is on {day} at {time} now.")
    return said.format(day=show_weekday(draft.weekday), time=show_time(draft.start))


def forget() -> None:
    """Forget what was typed."""
    state.drop(OPEN, PROBLEMS, REFUSED, TROUBLE, *WIDGETS)


def close() -> None:
    """Leave the form, and the meeting that it was of."""
    forget()
    place.go(meeting="", mode="", of="")
