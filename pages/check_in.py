"""The front desk: someone comes in, is found by name, and is checked in with one tap."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

import streamlit as st

from domain.access.actor import Actor
from domain.access.uow import reading, unit_of_work
from domain.kit.clock import now, wall
from domain.kit.errors import DomainError, InvalidInput
from domain.kit.formats import show_time
from domain.kit.texts import _, ngettext
from domain.operations.arrivals import LONGEST, SHORTEST, Arrival, Visit, about_now, arrivals
from domain.operations.attendance import CheckedIn, Taken, check_in, take_back
from domain.operations.enums import AttendanceStatus
from domain.operations.queries import SessionLine
from pages._attendance.words import SHAPES
from pages._shell import errors, focus, parts, state
from pages._shell.catalog import Link
from pages._shell.cells import person_html
from pages._shell.guard import actor_still_here, current_actor, open_page
from pages._shell.lines import joined, session_line

TYPED, LAST = "check-in-search", "constela_checked_in"
NAMED = 3  # of those who are still expected


@dataclass(frozen=True)
class Last:
    """The last one who was checked in here, for Undo."""

    scope: tuple[str, str, str]
    session_id: str
    taken: Taken


def desk() -> None:
    """Find who comes in; below, what begins about now."""
    open_page("check_in")
    parts.page_header(_("Check-in"), _("Type a part of the name, then tap once. Who is late is told by the clock."))
    _desk()


@st.fragment
def _desk() -> None:
    with parts.counted():
        actor = actor_still_here()
        errors.show_pending()
        moment = wall(now(), actor.zone)
        typed = st.text_input(
            _("Who comes in?"),
            key=TYPED,
            type="search",
            placeholder=_("A part of the name"),
            icon=":material/search:",
            live="300ms",
            autocomplete="off",
            max_chars=LONGEST,
        )
        focus.arrive(TYPED, inside="input")
        name = (typed or "").strip()
        with reading(actor) as session:
            if len(name) >= SHORTEST:
                found, going_on = arrivals(session, name, moment), []
            else:
                found, going_on = [], about_now(session, moment)
        _undo_bar(actor)
        if len(name) >= SHORTEST:
            _found(found, actor)
        else:
            _about_now(going_on, moment)


def _found(found: list[Arrival], actor: Actor) -> None:
    if not found:
        parts.empty_state("person_search", _("Nobody of this name. Try a shorter part of it."), key="nobody-found")
        return
    with st.container(key="arrivals", gap="small"):
        for each in found:
            with st.container(key=f"card-arrival-{each.student_id}", border=True, gap="xsmall"):
                none = "" if each.visits else _("No session today.")
                st.html(person_html(each.name, "student", none, each.picture))
                for visit in each.visits:
                    _visit(each, visit, actor)


def _visit(who: Arrival, visit: Visit, actor: Actor) -> None:
    meeting = visit.meeting
    key = f"{meeting.id}-{who.student_id}"
    with st.container(key=f"visit-{key}", horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(key=f"visit-said-{key}", width="stretch"):
            hours = f"{show_time(meeting.start)}–{show_time(meeting.end)}"
            parts.quiet(joined([hours, meeting.class_name, meeting.room, _marked(visit, actor)]))
        if visit.status in AttendanceStatus.there() or not visit.is_open:
            return
        st.button(
            _("Check in"),
            key=f"come-{key}",
            icon=":material/how_to_reg:",
            type="primary",
            on_click=partial(_come, meeting.id, who.student_id),
        )


def _marked(visit: Visit, actor: Actor) -> str:
    if visit.status is None:
        if visit.is_open:
            return ""
        return _("from {time}").format(time=show_time(visit.opens)) if visit.opens else _("over")
    said = f"{SHAPES[visit.status]} {visit.status.label.lower()}"
    if visit.checked_in_at is None:
        return said
    return f"{said} {show_time(visit.checked_in_at.astimezone(actor.zone).time())}"


def _come(session_id: str, student_id: str) -> None:
    actor = current_actor()
    try:
        with unit_of_work(actor) as session:
            done = check_in(session, session_id, student_id)
    except InvalidInput as error:
        state.set_trouble(" ".join(each.message for each in error.problems))
        return
    except DomainError as error:
        state.set_trouble(error.message)
        return
    state.put(TYPED, "")  # the next one waits already
    focus.step_taken()
    state.put(LAST, Last(actor.scope, session_id, done.taken))
    parts.toast(_welcome(done), icon="how_to_reg", later=True)


def _welcome(done: CheckedIn) -> str:
    """Who came, where they go, and who of their class is still expected."""
    said = joined([done.taken.name, done.taken.status.label.lower(), done.class_name, done.room])
    if not done.expected:
        return f"{said}. " + _("Everyone is here.")
    names = ", ".join(done.expected[:NAMED])
    more = len(done.expected) - NAMED
    if more > 0:
        names += " " + ngettext("and {count} more", "and {count} more", more)
    return f"{said}. " + _("Still expected: {names}.").format(names=names)


def _undo_bar(actor: Actor) -> None:
    last: Last | None = state.value(LAST)
    if last is None or last.scope != actor.scope:
        return
    with st.container(key="undo-bar", horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(key="undo-said", width="stretch"):
            parts.quiet(joined([last.taken.name, last.taken.status.label.lower()]))
        st.button(_("Undo"), key="check-in-undo", icon=":material/undo:", on_click=_undo)


def _undo() -> None:
    last: Last | None = state.value(LAST)
    state.drop(LAST)
    if last is None:
        return
    try:
        with unit_of_work(current_actor()) as session:
            take_back(session, last.session_id, [last.taken])
    except DomainError as error:
        state.set_trouble(error.message)
        return
    parts.toast(_("{name} isn't checked in any more.").format(name=last.taken.name), icon="undo", later=True)


def _about_now(going_on: list[SessionLine], moment: datetime) -> None:
    parts.section(_("Going on, or about to begin"))
    if not going_on:
        parts.empty_state("event_available", _("No session goes on, and none begins within half an hour."), key="nothing-now")
        return
    with st.container(key="about-now", gap="xsmall"):
        for each in going_on:
            session_line(each, moment, link=Link("attendance", {"session": each.id}))


desk()
