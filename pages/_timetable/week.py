"""The week as it is drawn: which meetings are shown, in which columns, what stands in each."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

import streamlit as st

from domain.kit.findings import Weight
from domain.kit.texts import _
from domain.operations.boards import ClassRow, Timetable
from domain.operations.clashes import Clash, Meeting
from domain.operations.rules import WEEKDAYS
from domain.operations.timetable import Permit, permit_for
from pages._shell import parts
from pages._shell.lines import joined
from pages._timetable import grid, place
from pages._timetable.grid import Block
from pages._timetable.place import CLASS, LEVEL, ROOM, TEACHER

HUES = ("iris", "sea", "leaf", "sand", "orchid")  # without red, which says that something clashes
MONDAY_FIRST = (1, 2, 3, 4, 5, 6, 0)
ALWAYS = (1, 2, 3, 4, 5)  # weekdays that are shown though nothing is on them


def day_names(meetings: Iterable[Meeting]) -> dict[int, str]:
    """The weekdays that are shown, Monday first."""
    met = {each.weekday for each in meetings}
    return {day: _(WEEKDAYS[day]) for day in MONDAY_FIRST if day in ALWAYS or day in met}


def marks(found: Iterable[Clash], permits: Mapping[str, Permit]) -> dict[str, tuple[str, str]]:
    """What is said beside the meetings that clash."""
    said: dict[str, tuple[str, str]] = {}
    for each in found:
        if each.weight is Weight.REFUSES:
            permitted = permit_for(each, permits) is not None
            for meeting in each.meetings:
                if not permitted or meeting.key not in said:
                    said[meeting.key] = (_("allowed"), "attention") if permitted else (_("clash"), "danger")
    return said


def fits(meeting: Meeting, klass: ClassRow, term: str) -> bool:
    """Whether a meeting is among those that the filters leave."""
    asked = (
        (place.said("room"), meeting.room),
        (place.said("teacher"), meeting.teacher),
        (place.said("level"), klass.level),
        (place.said("day"), str(meeting.weekday)),
    )
    return klass.term == term and all(not wanted or wanted == held for wanted, held in asked)


def week(
    table: Timetable,
    term: str,
    said: Mapping[str, tuple[str, str]],
    moment: datetime,
    *,
    whose: Mapping[str, str] | None = None,
) -> None:
    """Draw it. `said`: marks by meeting. `whose`: for one's own week, to whom a class matters, where that isn't oneself."""
    shown = [each for each in table.board.meetings if fits(each, table.classes[each.class_id], term)]
    days = day_names(each for each in table.board.meetings if table.classes[each.class_id].term == term)
    if not shown:
        parts.empty_state("calendar_view_week", _("Nothing meets here. Choose another term, or fewer filters."), key="no-meeting")
        return
    day = place.said("day")
    by = place.one_of("by", (ROOM, TEACHER, CLASS, LEVEL), ROOM)
    as_week = not day and (whose is not None or bool(place.said("room") or place.said("teacher")))
    blocks = [_block(each, table, said, by="" if as_week else by, whose=whose or {}) for each in shown]
    opened = moment.isoweekday() % 7
    if place.said("as") != "list":
        st.html(_drawn(table, blocks, days, by=by, day=day, as_week=as_week))
    listed = {int(day): days[int(day)]} if day and int(day) in days else days
    first = opened if opened in listed else next(iter(listed))
    st.html(grid.list_html(listed, blocks, opened=first, always=place.said("as") == "list"))


def _drawn(table: Timetable, blocks: Collection[Block], days: Mapping[int, str], *, by: str, day: str, as_week: bool) -> str:
    if as_week:
        some = [replace(each, column=str(each.day)) for each in blocks]
        return grid.calendar_html([(str(key), name) for key, name in days.items()], some, _("The week"))
    columns = _columns(table, by, {each.column for each in blocks})
    if day:
        return grid.calendar_html(columns, list(blocks), _(WEEKDAYS[int(day)]))
    corner = {ROOM: _("Room"), TEACHER: _("Teacher"), CLASS: _("Class"), LEVEL: _("Level")}[by]
    return grid.table_html(columns, days, list(blocks), corner)


def _columns(table: Timetable, by: str, used: Collection[str]) -> list[tuple[str, str]]:
    """The rooms, teachers, classes or levels that have a meeting, by name, and those without one at the end."""
    names = {
        ROOM: {key: name for key, name, _seats, _used in table.rooms},
        TEACHER: {each.teacher: each.teacher_name for each in table.classes.values() if each.teacher},
        CLASS: {key: each.name for key, each in table.classes.items()},
        LEVEL: {each.level: each.level_name for each in table.classes.values()},
    }[by]
    found = [(key, name) for key, name in names.items() if key in used]
    if by != ROOM:
        found.sort(key=lambda each: each[1])
    nobody = {ROOM: _("no room yet"), TEACHER: _("no teacher yet")}.get(by, "")
    return [*found, ("", nobody)] if "" in used else found


def _block(
    meeting: Meeting, table: Timetable, said: Mapping[str, tuple[str, str]], *, by: str, whose: Mapping[str, str]
) -> Block:
    klass, names = table.classes[meeting.class_id], table.board.names
    teacher, room = names.get(meeting.teacher or "", ""), names.get(meeting.room or "", "")
    column = {ROOM: meeting.room, TEACHER: meeting.teacher, CLASS: klass.id, LEVEL: klass.level}.get(by) or ""
    is_plain = {TEACHER: by == TEACHER or bool(place.said("teacher")), ROOM: by == ROOM or bool(place.said("room"))}
    detail = joined([whose.get(klass.id, ""), "" if is_plain[TEACHER] else teacher, "" if is_plain[ROOM] else room])
    levels = sorted({each.level_name for each in table.classes.values()})
    return Block(
        meeting.key,
        meeting.weekday or 0,
        column,
        meeting.start,
        meeting.end,
        klass.name,
        detail,
        joined([whose.get(klass.id, ""), teacher, room]),
        place.address(meeting=meeting.key),
        HUES[levels.index(klass.level_name) % len(HUES)],
        said.get(meeting.key, grid.NO_MARK),
        is_open=place.said("meeting") == meeting.key,
    )
