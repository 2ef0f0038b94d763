"""The days of a term on which the school is closed, as a list by month; adding one, opening one again, public holidays."""

import datetime as dt
from functools import partial
from itertools import groupby

import streamlit as st

from domain.access.actor import Actor
from domain.access.decide import decide
from domain.access.trail.writing import written
from domain.access.uow import reading, unit_of_work
from domain.core.closing import ClosedDay, Why
from domain.core.closing_service import close_on, keep_public_holidays, open_on
from domain.core.queries import settings_of
from domain.core.settings import STATES
from domain.kit.formats import show_day, show_month
from domain.kit.texts import _
from domain.operations.planning_queries import TermDates, closed_between
from pages._crud import undo
from pages._operations import on_closed
from pages._shell import errors, parts, state
from pages._shell.errors import Fields
from pages._shell.guard import current_actor
from pages._shell.lines import words


def section(actor: Actor, term: TermDates) -> None:
    """The list, and for who may change the school's settings, what changes it."""
    with reading(actor) as session:
        settings = settings_of(session)
        found = [each for each in closed_between(session, term.first, term.last).values() if each.why is not Why.WEEKDAY]
    may_change = bool(decide(actor, "U", "organizations"))
    left, right = st.columns([3, 2], gap="medium")
    with left:
        parts.section(_("Closed in this term"), _("No session is made on these days."))
        if not found:
            parts.empty_state("event_busy", _("The school is open on every day of the term."), key="no-closed")
        for month, days in groupby(found, key=lambda each: each.day.replace(day=1)):
            st.markdown(f"**{show_month(month)}**")
            with st.container(key=f"closed-{month}", gap="xsmall"):
                for each in days:
                    _day(each, may_change=may_change)
    if may_change:
        with right:
            _adding(actor, term)
            _public(settings.get("public_holidays", True) is True, settings.get("state"))
    on_closed.section(actor, term)


def _day(each: ClosedDay, *, may_change: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"closed-day-{each.day}"):
        with st.container(width="stretch"):
            words(
                show_day(each.day),
                each.name or _(each.why.value),
                marks=[(_("public"), "info")] if each.why is Why.PUBLIC else [],
            )
        if may_change and each.why is Why.OWN:
            opening = errors.telling(partial(_open, each.day))
            st.button(_("Open again"), key=f"open-{each.day}", type="tertiary", on_click=opening)


def _open(day: dt.date) -> None:
    actor = current_actor()
    with unit_of_work(actor) as session:
        open_on(session, day)
    undo.done(actor, written(session), _("The school is open on {day}.").format(day=show_day(day)))


def _adding(actor: Actor, term: TermDates) -> None:
    fields, done, day = Fields("close"), False, None
    if state.value("close-done"):
        # Forgotten and not emptied, the browser would go on showing what was just closed.
        state.drop("close-done")
        state.put("close-day", None)
        state.put("close-name", "")
    with parts.card("close"), st.form("close", border=False, clear_on_submit=False):
        st.subheader(_("Add a closed day"), anchor=False)
        with fields.of("day"):
            day = st.date_input(
                _("Day"), value=None, key="close-day", format="DD/MM/YYYY", min_value=term.first, max_value=term.last
            )
        with fields.of("name"):
            name = st.text_input(_("What for"), key="close-name", placeholder=_("Such as: carnival"), max_chars=120)
        if not st.form_submit_button(_("Close the school on this day"), key="close-save", type="primary"):
            return
    with fields.telling():
        with unit_of_work(actor) as session:
            close_on(session, day, name or "")
        done = True
    if done and day:
        said = _("The school is closed on {day}. Sessions that stand there are listed below.").format(day=show_day(day))
        undo.done(actor, written(session), said)
        state.put("close-done", True)
        st.rerun()


def _public(keep: bool, uf: object) -> None:
    with parts.card("public"), st.form("public", border=False):
        st.subheader(_("Public holidays"), anchor=False)
        states = sorted(STATES)
        st.toggle(_("The school is closed on public holidays"), value=keep, key="public-keep")
        st.selectbox(
            _("State"),
            states,
            index=states.index(str(uf)) if uf in STATES else None,
            key="public-state",
            placeholder=_("Those of the country alone"),
        )
        st.form_submit_button(_("Save"), key="public-save", on_click=errors.telling(_keep))


def _keep() -> None:
    actor = current_actor()
    with unit_of_work(actor) as session:
        keep_public_holidays(session, keep=bool(state.value("public-keep")), state=state.value("public-state"))
    undo.done(actor, written(session), _("Public holidays are saved."))
