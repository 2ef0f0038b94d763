"""What can be done with one session: cancel it, move it, give it to a substitute, make up for it. Drawn beside its record."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import streamlit as st

from domain.access.actor import Actor
from domain.access.decide import decide
from domain.access.trail.writing import Written, written
from domain.access.uow import ScopedSession, reading, unit_of_work
from domain.kit.errors import InvalidInput
from domain.kit.findings import Refused
from domain.kit.formats import show_time, show_weekly
from domain.kit.texts import N_, _
from domain.operations.meeting_state import SessionState, state_of
from domain.operations.meetings import cancel, make_up, move, substitute
from domain.operations.permits import allow
from domain.operations.planning_queries import rooms_to_choose, taught_meanwhile, teachers_to_choose
from pages._crud import undo
from pages._operations.along import goes_along
from pages._operations.told import who_is_told
from pages._shell import parts, state
from pages._shell.catalog import record_link
from pages._shell.errors import Fields
from pages._shell.findings import findings_list
from pages._shell.lines import joined
from pages._shell.navigate import page_link

CANCEL, MOVE, SUBSTITUTE, MAKE_UP = "cancel", "move", "substitute", "make_up"
TITLES = {
    CANCEL: N_("Cancel the session"),
    MOVE: N_("Move it"),
    SUBSTITUTE: N_("Give it to a substitute"),
    MAKE_UP: N_("Plan a make-up"),
}
DONE = {
    CANCEL: N_("The session is cancelled."),
    MOVE: N_("The session is moved."),
    SUBSTITUTE: N_("The session has another teacher."),
    MAKE_UP: N_("The make-up is planned."),
}
GIVEN_BACK = N_("The session is its class's own again.")
Choices = Sequence[tuple[str, str]]


def offer(actor: Actor, key: str) -> None:
    """What this person may do with a session; nothing where they may do nothing."""
    with reading(actor) as session:
        found = state_of(session, key)
        if found is None:
            return
        choices = [CANCEL, MOVE, SUBSTITUTE] if found.may_change else [MAKE_UP] if found.may_make_up else []
        rooms = rooms_to_choose(session) if choices else []
        teachers = teachers_to_choose(session) if choices else []
        if choices and state.value(f"session-do-{key}") == SUBSTITUTE:
            teachers = _free_first(teachers, taught_meanwhile(session, key))
    if found.made_up_by:
        page_link(record_link("sessions", found.made_up_by), label=_("The session that makes up for it"), icon="event_repeat")
    if not choices:
        return
    if state.value(f"session-done-{key}"):
        # What was just done is chosen no more. Forgotten and not emptied, the browser would go on showing it.
        state.drop(f"session-done-{key}")
        state.put(f"session-do-{key}", None)
    chosen = st.pills(
        _("What is to be done with this session?"), choices, format_func=lambda one: _(TITLES[one]), key=f"session-do-{key}"
    )
    if chosen:
        with parts.card(f"session-{chosen}"):
            _form(actor, found, chosen, rooms, teachers)


def _free_first(teachers: Choices, taught: Mapping[str, str]) -> list[tuple[str, str]]:
    """Those who are free before those who give another session then, which is said beside their name."""
    free = [(key, name) for key, name in teachers if key not in taught]
    busy = [(key, name) for key, name in teachers if key in taught]
    return [*free, *((key, _("{name} (gives {klass} then)").format(name=name, klass=taught[key])) for key, name in busy)]


def _form(actor: Actor, found: SessionState, chosen: str, rooms: Choices, teachers: Choices) -> None:
    fields, clash = Fields(f"session-{chosen}"), f"session-clash-{chosen}-{found.id}"
    told = found.told
    parts.quiet(joined([show_weekly(found.date), f"{show_time(found.start)}–{show_time(found.end)}"]))
    if chosen in {CANCEL, MOVE}:
        findings_list([each.finding for each in found.booked], key=f"session-{chosen}")
        told = tuple({each.id: each for each in (*found.told, *found.keepers)}.values())
    with st.form(f"session-{chosen}-{found.id}", border=False):
        act = {CANCEL: _cancelling, MOVE: _moving, SUBSTITUTE: _substituting, MAKE_UP: _making_up}[chosen]
        step = act(fields, found, rooms, teachers)
        telling = who_is_told(told, key=f"session-told-{chosen}-{found.id}")
        # Given away already, a session may go to someone else or back to the class's own teacher.
        doing = _("Save") if chosen == SUBSTITUTE and found.substitute else _(TITLES[chosen])
        wanted = st.form_submit_button(doing, key=f"session-save-{chosen}", type="primary")
    if wanted and (what := _done(actor, fields, clash, lambda session: step(session, telling=telling))):
        is_back = chosen == SUBSTITUTE and state.value("session-substitute-teacher") is None
        undo.done(actor, what, _(GIVEN_BACK if is_back else DONE[chosen]))
        state.put(f"session-done-{found.id}", True)
        state.drop(clash, f"{clash}-why")
        st.rerun()
    if state.value(clash) and decide(actor, "C", "clash_permits"):
        st.text_input(
            _("To allow the clash all the same, say why it is allowed"),
            key=f"{clash}-why",
            help=_("It is kept with the clash. Left empty, nothing that clashes is saved."),
        )
        parts.quiet(_("Then press “{button}” once more.").format(button=doing))


def _done(actor: Actor, fields: Fields, clash: str, step: Callable[[ScopedSession], object]) -> Written | None:
    """What was done, if it was. Clashes that stand against it are kept under `clash`: once someone says why, they are allowed."""
    with fields.telling():
        try:
            with unit_of_work(actor) as session:
                if state.value(clash) and (state.value(f"{clash}-why") or "").strip():
                    allow(session, state.value(clash), state.value(f"{clash}-why"))
                step(session)
        except Refused as error:
            state.put(clash, tuple(each.key for each in error.findings))
            raise
        except InvalidInput:
            # What clashed elsewhere or at another time isn't shown any more; a reason that was given for it may be what is wrong.
            if not (state.value(f"{clash}-why") or "").strip():
                state.drop(clash)
            raise
        return written(session)
    return None


Step = Callable[..., object]


def _cancelling(fields: Fields, found: SessionState, _rooms: Choices, _teachers: Choices) -> Step:
    return partial(_then, cancel, found.id, reason=_reason(fields, CANCEL))


def _moving(fields: Fields, found: SessionState, rooms: Choices, _teachers: Choices) -> Step:
    day, start, end = _when(fields, MOVE, found, day=found.date)
    room = _room(fields, MOVE, rooms, found.room_id)
    reason = _reason(fields, MOVE)
    along = goes_along(found.booked, key=f"session-along-{found.id}")
    step = partial(_then, move, found.id, day=day, start=start, end=end, room_id=room, reason=reason)
    return partial(step, taking_along=along)


def _substituting(fields: Fields, found: SessionState, _rooms: Choices, teachers: Choices) -> Step:
    if found.substitute:
        parts.quiet(_("Given by {name} now.").format(name=found.substitute))
    teacher = _teacher(fields, SUBSTITUTE, teachers, _("Who gives it"))
    reason = _reason(fields, SUBSTITUTE)
    return partial(_then, substitute, found.id, teacher_id=teacher, reason=reason)


def _making_up(fields: Fields, found: SessionState, rooms: Choices, teachers: Choices) -> Step:
    day, start, end = _when(fields, MAKE_UP, found, day=None)
    room = _room(fields, MAKE_UP, rooms, None)
    teacher = _teacher(fields, MAKE_UP, teachers, _("Substitute"))
    return partial(_then, make_up, found.id, day=day, start=start, end=end, room_id=room, teacher_id=teacher)


def _then(act: Callable[..., object], key: str, session: ScopedSession, **given: object) -> None:
    act(session, key, **given)


def _when(
    fields: Fields, name: str, found: SessionState, *, day: dt.date | None
) -> tuple[dt.date | None, dt.time | None, dt.time | None]:
    """The day, and under it beginning and end: a drawer is narrow."""
    with fields.of("date"):
        chosen = st.date_input(_("Date"), value=day, key=f"session-{name}-date-{found.id}", format="DD/MM/YYYY")
    left, right = st.columns(2)
    with left, fields.of("start_time"):
        start = st.time_input(_("Begins"), value=found.start, key=f"session-{name}-start-{found.id}", step=900)
    with right, fields.of("end_time"):
        end = st.time_input(_("Ends"), value=found.end, key=f"session-{name}-end-{found.id}", step=900)
    return chosen, start, end


def _room(fields: Fields, name: str, rooms: Choices, now: str | None) -> str | None:
    with fields.of("room_id"):
        return _choice(_("Other room"), rooms, f"session-{name}-room", now, _("The class's own room"))


def _teacher(fields: Fields, name: str, teachers: Choices, label: str) -> str | None:
    with fields.of("teacher_id"):
        found = _choice(label, teachers, f"session-{name}-teacher", None, _("The class's own teacher"))
    parts.quiet(_("Whoever you choose is told as well."))
    return found


def _choice(label: str, choices: Choices, key: str, now: str | None, nothing: str) -> str | None:
    names = dict(choices)
    index = list(names).index(now) if now in names else None
    found: str | None = st.selectbox(
        label, list(names), index=index, format_func=lambda one: names.get(one, ""), key=key, placeholder=nothing
    )
    return found


def _reason(fields: Fields, name: str) -> str:
    with fields.of("reason"):
        said = st.text_area(
            _("Reason"), key=f"session-{name}-reason", height=80, help=_("Those who are told read it; please leave out health.")
        )
    return said or ""
