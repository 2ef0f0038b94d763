"""Changes of a class's week, teacher, room, or of the term's dates: what would be done is shown, and then done."""

import datetime as dt

import streamlit as st

from domain.access.actor import Actor
from domain.access.trail.writing import written
from domain.access.uow import reading, unit_of_work
from domain.kit.formats import show_number, show_time, show_weekday
from domain.kit.texts import N_, _, ngettext
from domain.operations.generating import Weekly
from domain.operations.pattern import (
    Change,
    NewMeeting,
    NoMeeting,
    OtherDates,
    OtherPlace,
    OtherTime,
    apply_change,
    preview_change,
)
from domain.operations.planning import Preview
from domain.operations.planning_queries import TermDates, classes_of, pattern_of, place_of, rooms_to_choose, teachers_to_choose
from pages._crud import undo
from pages._operations.along import goes_along
from pages._operations.plan import show_plan
from pages._operations.told import who_is_told
from pages._shell import parts, state
from pages._shell.errors import Fields

TIME, NEW, END, PLACE, DATES = "time", "new", "end", "place", "dates"
KINDS = {
    TIME: N_("Another day or time"),
    NEW: N_("One more weekly meeting"),
    END: N_("Give a weekly meeting up"),
    PLACE: N_("Another teacher or room"),
    DATES: N_("Other dates of the term"),
}
WANTED = "planning-wanted"  # the change that is looked at


def section(actor: Actor, term: TermDates) -> None:
    """Choose what changes; look; do."""
    kind = st.pills(_("What changes?"), list(KINDS), format_func=lambda each: _(KINDS[each]), key="change-kind", default=TIME)
    parts.quiet(_("Only sessions to come change: what was held, has attendance or was changed by hand stays as it is."))
    if not kind:
        return
    fields = Fields("change")
    wanted = _dates(fields, term) if kind == DATES else _of_class(actor, term, kind, fields)
    if wanted is None:
        return
    if st.button(_("Show what would be done"), key="change-look", icon=":material/visibility:"):
        state.put(WANTED, wanted)
    if state.value(WANTED) == wanted:
        _look(actor, fields, wanted)


def _of_class(actor: Actor, term: TermDates, kind: str, fields: Fields) -> Change | None:
    with reading(actor) as session:
        names = classes_of(session, term.id)
    key = st.selectbox(
        _("Class"),
        list(names),
        index=None,
        format_func=lambda one: names.get(one, ""),
        key="change-class",
        placeholder=_("Which class is it about?"),
    )
    if not key:
        return None
    if kind == NEW:
        return NewMeeting(key, *_times(fields, "new", None))
    if kind == PLACE:
        return _place(actor, fields, key)
    with reading(actor) as session:
        pattern = pattern_of(session, [key])
    if not pattern:
        parts.note(_("This class meets on no weekday yet."), "attention")
        return None
    said = {each.key: f"{show_weekday(each.weekday)} {show_time(each.start)}–{show_time(each.end)}" for each in pattern.values()}
    meeting = st.selectbox(
        _("Weekly meeting"), list(said), format_func=lambda one: said.get(one, ""), key=f"change-meeting-{key}"
    )
    if not meeting:
        return None
    return NoMeeting(meeting) if kind == END else OtherTime(meeting, *_times(fields, meeting, pattern[meeting]))


def _times(fields: Fields, key: str, now: Weekly | None) -> tuple[int | None, dt.time | None, dt.time | None]:
    columns = st.columns(3)
    with columns[0], fields.of("day_of_week"):
        day = st.selectbox(
            _("Weekday"),
            list(range(7)),
            index=now.weekday if now else None,
            format_func=show_weekday,
            key=f"change-day-{key}",
            placeholder=_("Choose a day"),
        )
    with columns[1], fields.of("start_time"):
        start = st.time_input(_("Begins"), value=now.start if now else None, key=f"change-start-{key}", step=900)
    with columns[2], fields.of("end_time"):
        end = st.time_input(_("Ends"), value=now.end if now else None, key=f"change-end-{key}", step=900)
    return day, start, end


def _place(actor: Actor, fields: Fields, key: str) -> Change:
    with reading(actor) as session:
        teacher, room = place_of(session, key)
        teachers, rooms = dict(teachers_to_choose(session)), dict(rooms_to_choose(session))
    left, right = st.columns(2)
    with left, fields.of("teacher_id"):
        chosen = _choose(_("Teacher"), teachers, teacher, f"change-teacher-{key}")
    with right, fields.of("room_id"):
        place = _choose(_("Room"), rooms, room, f"change-room-{key}")
    return OtherPlace(key, chosen, place)


def _choose(label: str, names: dict[str, str], now: str | None, key: str) -> str | None:
    index = list(names).index(now) if now in names else None
    found: str | None = st.selectbox(label, list(names), index=index, format_func=lambda one: names.get(one, ""), key=key)
    return found


def _dates(fields: Fields, term: TermDates) -> Change:
    left, right = st.columns(2)
    with left, fields.of("start_date"):
        first = st.date_input(_("First day"), value=term.first, key=f"change-first-{term.id}", format="DD/MM/YYYY")
    with right, fields.of("end_date"):
        last = st.date_input(_("Last day"), value=term.last, key=f"change-last-{term.id}", format="DD/MM/YYYY")
    return OtherDates(term.id, first, last)


def _look(actor: Actor, fields: Fields, wanted: Change) -> None:
    """What would be done, who would be told, and the button that does it."""
    preview = None
    with fields.telling(), reading(actor) as session:
        preview = preview_change(session, wanted)
    if preview is None:
        return
    _shown(preview)
    show_plan(preview)
    along = goes_along(preview.may_go_along, key=f"change-along-{preview.fingerprint}")
    telling = who_is_told(preview.told, key=f"change-told-{preview.fingerprint}")
    if not st.button(_("Do it"), key="change-do", type="primary", icon=":material/check:"):
        return
    done = False
    with fields.telling():
        with unit_of_work(actor) as session:
            apply_change(session, wanted, seen=preview.fingerprint, telling=telling, taking_along=along)
        done = True
        undo.done(actor, written(session), _("The change is made, and those whom it concerns are told."))
    if done:
        state.drop(WANTED)
        st.rerun()


def _shown(preview: Preview) -> None:
    plan = preview.plan
    if preview.pinned:
        parts.note(
            ngettext(
                "{count} session that was held keeps the teacher and room that it had.",
                "{count} sessions that were held keep the teacher and room that they had.",
                preview.pinned,
            )
        )
    parts.metric_row(
        [
            parts.Metric(_("At another time"), show_number(len(plan.change))),
            parts.Metric(_("New"), show_number(len(plan.add))),
            parts.Metric(_("Taken away"), show_number(len(plan.drop))),
            parts.Metric(_("Stay"), show_number(len(plan.there) + len(plan.kept))),
        ],
        key="change",
    )
