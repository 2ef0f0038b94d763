"""My calendars: secret addresses that a phone's calendar reads sessions from, by itself and for as long as one wants."""

import streamlit as st

from domain.access.actor import Actor
from domain.access.uow import reading, unit_of_work
from domain.kit.errors import InvalidInput
from domain.kit.formats import show_when
from domain.kit.texts import _
from domain.operations import calendar_links
from domain.operations.calendar_links import SUBJECTS, Link
from domain.operations.enums import CalendarKind
from domain.operations.models import ClassSession, Enrollment, SchoolClass
from domain.records.fields import Field, fields
from pages._crud.widgets import pick
from pages._shell import address, errors, parts, state
from pages._shell.guard import current_actor, open_page
from pages._shell.lines import joined, words

KIND, MADE, PROBLEMS = "calendar-kind", "constela_calendar_made", "calendar-problems"
MEANT = {
    CalendarKind.CLASS: (ClassSession, "class_id"),
    CalendarKind.TEACHER: (SchoolClass, "teacher_id"),
    CalendarKind.ROOM: (SchoolClass, "room_id"),
    CalendarKind.STUDENT: (Enrollment, "user_id"),
}


def main() -> None:
    """Draw the page."""
    actor = open_page("calendars")
    parts.page_header(_("Calendars"), _("Your phone's calendar shows your sessions, and follows when one is moved or cancelled."))
    kinds = calendar_links.kinds_for(actor)
    if kinds:
        _new(actor, kinds)
    with reading(actor) as session:
        links = calendar_links.my_links(session)
    parts.section(_("Your addresses"), _("Whoever has an address sees its sessions: end the ones that you don't use."))
    if not links:
        parts.empty_state("event_upcoming", _("You have no address yet. Choose above what your calendar should show."))
    for each in links:
        _link(actor, each)
    made = state.value(MADE)
    state.drop(MADE)
    if made:
        _show(made)


def _new(actor: Actor, kinds: list[CalendarKind]) -> None:
    parts.section(_("A new address"))
    asked = errors.Fields("calendar")
    with st.container(key="calendar-new", width=480):
        with asked.of("kind"):
            kind = st.selectbox(_("Which sessions"), kinds, format_func=lambda each: each.label, key=KIND)
        if kind in MEANT:
            with asked.of("record_id"):
                pick(_field(kind), None, _whose(kind), actor)
        asked.mark(state.value(PROBLEMS, []))
        state.drop(PROBLEMS)
        with st.container(horizontal=True):
            st.button(
                _("Make an address"),
                key="calendar-make",
                type="primary",
                icon=":material/add_link:",
                on_click=errors.telling(_make),
                args=(kind,),
            )
            if kind is CalendarKind.MINE:
                parts.file_link(_("As a file"), "/calendar/mine.ics")
            elif state.value(_whose(kind)):
                parts.file_link(_("As a file"), f"/calendar/{kind.value}/{state.value(_whose(kind))}.ics")


def _field(kind: CalendarKind) -> Field:
    model, column = MEANT[kind]
    return fields(model)[column]


def _whose(kind: CalendarKind) -> str:
    return f"calendar-whose-{kind}"


def _make(kind: CalendarKind) -> None:
    try:
        with unit_of_work(current_actor()) as session:
            code = calendar_links.make_link(session, kind, state.value(_whose(kind)) if kind in SUBJECTS else None)
    except InvalidInput as error:
        state.put(PROBLEMS, list(error.problems))
        return
    state.put(MADE, code)


def _show(code: str) -> None:
    link = f"{address.here()}/calendar/feed.ics?code={code}"

    def body() -> None:
        st.markdown(_("Copy this address into your calendar program as a subscription (“from URL”). It isn't shown again."))
        st.code(link, language=None, wrap_lines=True)
        st.markdown(_("Give it to nobody: it opens without a password. You can end it here at any time."))
        st.link_button(_("Open in my calendar"), f"webcal://{link.partition('://')[2]}", icon=":material/event:")

    st.dialog(_("Your calendar's address"))(body)()


def _link(actor: Actor, link: Link) -> None:
    title = joined([link.kind.label, link.label])
    since = _("made {when}").format(when=show_when(link.created_at, actor.zone))
    used = _("never used yet")
    if link.last_used_at:
        used = _("last used {when}").format(when=show_when(link.last_used_at, actor.zone))
    with st.container(key=f"calendar-{link.id}", border=True, horizontal=True, vertical_alignment="center"):
        with st.container(gap=None, width="stretch"):
            words(title, joined([since, used]))
        if st.button(_("End"), key=f"calendar-end-{link.id}", icon=":material/link_off:"):
            parts.confirm(
                _("End this address?"),
                _("“{what}”: calendar programs that use this address no longer learn of any change.").format(what=title),
                action=_("End it"),
                on_confirm=_end,
                args=(link.id,),
                key="calendar-end",
            )


def _end(key: str) -> None:
    with unit_of_work(current_actor()) as session:
        calendar_links.end_link(session, key)
    parts.toast(_("The address opens nothing any more."), later=True)


main()
