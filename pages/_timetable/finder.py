"""Which rooms and teachers are free: on a weekday of a term, or on a date."""

import datetime as dt
from collections.abc import Sequence

import streamlit as st

from domain.access.uow import ScopedSession
from domain.kit.clock import today
from domain.kit.formats import show_day, show_weekday
from domain.kit.texts import _, ngettext
from domain.operations.boards import Timetable
from domain.operations.planning_queries import TermDates, closed_between
from domain.operations.timetable import Span, busy, busy_on, free_rooms, teachers
from pages._shell import parts
from pages._shell.catalog import record_link
from pages._shell.lines import line
from pages._timetable.week import MONDAY_FIRST

EACH_WEEK, ONE_DAY = "week", "date"
USUAL = dt.time(18), dt.time(19, 30)
STEP = 300


def finder(session: ScopedSession, table: Timetable, term: TermDates) -> None:
    """Ask when and for how many, and list who and what is free."""
    kinds = {EACH_WEEK: _("Every week of the term"), ONE_DAY: _("On one day")}
    with st.container(border=True, key="finder"):
        kind = st.segmented_control(
            _("When"), list(kinds), default=EACH_WEEK, format_func=lambda each: kinds[each], key="free-kind", required=True
        )
        columns = st.columns(4)
        with columns[0]:
            day = _day(str(kind), term, today(session.actor.zone))
        with columns[1]:
            start = st.time_input(_("From"), USUAL[0], step=STEP, key="free-start")
        with columns[2]:
            end = st.time_input(_("To"), USUAL[1], step=STEP, key="free-end")
        with columns[3]:
            seats = st.number_input(_("Seats at least"), 1, 10_000, 1, key="free-seats")
    if start is None or end is None or start >= end:
        parts.note(_("The end comes after the beginning, on the same day."), "attention")
        return
    if isinstance(day, dt.date):
        _closed(session, day)
    span = Span(day, start, end, term.first, term.last)
    taken = busy_on(session, table.board, span) if isinstance(day, dt.date) else busy(table.board, span)
    rooms, people = free_rooms(table, taken[1], int(seats)), [each for each in teachers(session) if each[0] not in taken[0]]
    left, right = st.columns(2, gap="medium")
    with left:
        parts.section(ngettext("{count} free room", "{count} free rooms", len(rooms)))
        _rooms(rooms)
    with right:
        parts.section(ngettext("{count} free teacher", "{count} free teachers", len(people)))
        with st.container(gap="xsmall", key="free-teachers"):
            for key, name in people:
                line(name, key=f"free-{key}", to=record_link("users", key))


def _day(kind: str, term: TermDates, now: dt.date) -> int | dt.date:
    if kind == EACH_WEEK:
        return int(st.selectbox(_("Weekday"), MONDAY_FIRST, format_func=show_weekday, key="free-day"))
    shown = min(max(now, term.first), term.last)
    found = st.date_input(_("Date"), shown, format="DD/MM/YYYY", key="free-date")
    return found if isinstance(found, dt.date) else shown


def _closed(session: ScopedSession, day: dt.date) -> None:
    """Say that the school is closed on a day; what would be free then is told all the same."""
    closed = closed_between(session, day, day).get(day)
    if closed is None:
        return
    said = _("The school is closed on {day}: {name}.") if closed.name else _("The school is closed on {day}.")
    parts.note(said.format(day=show_day(day), name=closed.name), "attention")


def _rooms(rooms: Sequence[tuple[str, str, int]]) -> None:
    with st.container(gap="xsmall", key="free-rooms"):
        for key, name, seats in rooms:
            said = ngettext("{count} seat", "{count} seats", seats)
            line(name, said, key=f"free-{key}", to=record_link("rooms", key))
