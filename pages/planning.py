"""A term's sessions: the days on which the school is closed, the sessions made from the week, and changes of that week."""

import datetime as dt

import streamlit as st

from domain.access.actor import Actor
from domain.access.trail.writing import written
from domain.access.uow import reading, unit_of_work
from domain.kit.clock import today
from domain.kit.formats import show_date, show_number
from domain.kit.texts import N_, _, ngettext
from domain.operations.planning import Preview, make_sessions, preview_sessions
from domain.operations.planning_queries import TermDates, classes_of, terms
from pages._crud import undo
from pages._operations import closed_days, on_closed, week_changes
from pages._operations.plan import show_plan
from pages._shell import errors, parts, state
from pages._shell.catalog import coming_sessions, table_link
from pages._shell.guard import current_actor, open_page
from pages._shell.navigate import page_link, switch_to

SESSIONS, CLOSED, WEEK = "sessions", "closed", "week"
VIEWS = {CLOSED: N_("Closed days"), SESSIONS: N_("Sessions"), WEEK: N_("Changes of the week")}


def page() -> None:
    """One term at a time: its closed days, its sessions, its classes' weeks."""
    actor = open_page("planning")
    with reading(actor) as session:
        known = terms(session)
    sentence = _("From a term's dates and each class's week to its sessions. You see what would be done before it is done.")
    if parts.page_header(_("Term"), sentence, action=_("New term"), key="new-term", icon=":material/add:"):
        switch_to(table_link("terms", mode="new"))
    undo.bar(actor)
    if not known:
        parts.empty_state("date_range", _("No term yet. A term gives the days between which classes meet."), key="no-terms")
        return
    term = _choose_term(known)
    parts.quiet(_("{first} to {last}").format(first=show_date(term.first), last=show_date(term.last)))
    view = _choose_view()
    if view == CLOSED:
        closed_days.section(actor, term)
    elif view == SESSIONS:
        _sessions(actor, term)
    else:
        week_changes.section(actor, term)


def _choose_term(known: list[TermDates]) -> TermDates:
    """The term: the address says it, else the current one."""
    by_key = {each.id: each for each in known}
    usual = next((each.id for each in known if each.is_current), known[0].id)
    wanted = st.query_params.get("term", usual)
    state.put("planning-term", wanted if wanted in by_key else usual)

    def keep() -> None:
        st.query_params["term"] = state.value("planning-term")

    chosen = st.selectbox(
        _("Term"), list(by_key), format_func=lambda key: by_key[key].name, key="planning-term", on_change=keep, width=280
    )
    return by_key[str(chosen)]


def _choose_view() -> str:
    wanted = st.query_params.get("show", SESSIONS)
    shown = wanted if wanted in VIEWS else SESSIONS
    state.put("planning-view", shown)

    def keep() -> None:
        st.query_params["show"] = state.value("planning-view") or SESSIONS

    st.pills(
        _("Show"),
        list(VIEWS),
        format_func=lambda view: _(VIEWS[view]),
        key="planning-view",
        on_change=keep,
        label_visibility="collapsed",
    )
    return shown


def _sessions(actor: Actor, term: TermDates) -> None:
    """What the pattern adds, and the one button that adds it."""
    with reading(actor) as session:
        names = classes_of(session, term.id)
    if not names:
        parts.empty_state("school", _("No class in this term yet."), key="no-classes")
        return
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    with left:
        chosen = st.multiselect(
            _("Classes"),
            list(names),
            format_func=lambda key: names.get(key, ""),
            key="planning-classes",
            placeholder=_("All classes of the term"),
        )
    day = today(actor.zone)
    with right:
        past = st.checkbox(_("Also days that are past"), key="planning-past") if term.first < day else True
    since = None if past else day
    with st.spinner(_("Reckoning the sessions …")), reading(actor) as session:
        preview = preview_sessions(session, term.id, chosen or None, since=since)
    _figures(preview)
    if preview.plan.add:
        count = len(preview.plan.add)
        st.button(
            ngettext("Make {count} session", "Make {count} sessions", count),
            key="planning-make",
            type="primary",
            icon=":material/event_available:",
            on_click=errors.telling(_make),
            args=(term.id, chosen or None, since, preview.fingerprint),
        )
    else:
        parts.note(_("Nothing to add: every session that the week asks for is there, or its day is closed."), "good")
    on_closed.section(actor, term, chosen or None)
    show_plan(preview)
    with st.container(horizontal=True):
        page_link(coming_sessions(day), label=_("Sessions to come"), icon="upcoming")
        page_link(table_link("sessions"), label=_("All sessions"), icon="event")


def _figures(preview: Preview) -> None:
    plan = preview.plan
    parts.metric_row(
        [
            parts.Metric(_("To be made"), show_number(len(plan.add))),
            parts.Metric(_("There already"), show_number(len(plan.there))),
            parts.Metric(_("Skipped: the school is closed"), show_number(len(plan.skipped))),
        ],
        key="planning",
    )


def _make(term_id: str, classes: list[str] | None, since: dt.date | None, seen: str) -> None:
    actor = current_actor()
    with unit_of_work(actor) as session:
        made = make_sessions(session, term_id, classes, since=since, seen=seen)
    undo.done(actor, written(session), ngettext("{count} session was made.", "{count} sessions were made.", made))


page()
