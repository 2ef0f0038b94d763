"""A week's timetable on one page: of a room, a teacher, a class, or of all that its reader may read."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from fpdf.enums import MethodReturnValue
from sqlalchemy import ColumnElement, select

from domain.access.uow import ScopedSession
from domain.db.base import model_of
from domain.exchange.printing.sheet import INK, LINE, MARGIN, QUIET, SHADE, Printed, Sheet, spelled
from domain.kit.clock import today
from domain.kit.errors import NotFound
from domain.kit.fold import fold
from domain.kit.formats import show_time
from domain.kit.texts import _
from domain.operations.enums import CalendarKind
from domain.operations.models import Room, Schedule, SchoolClass, Term
from domain.operations.rules import WEEKDAYS
from domain.records.labels import label_of_key, readable_labels, show_label

SUBJECTS = {CalendarKind.CLASS: "classes", CalendarKind.TEACHER: "users", CalendarKind.ROOM: "rooms"}
DAYS = (1, 2, 3, 4, 5, 6, 0)  # Monday first; Sunday only where something meets
TOP, BOTTOM, HOURS = 44.0, 22.0, 14.0  # millimetres
FEWEST_HOURS = 4
SIZES = (8.5, 8.0, 7.5, 7.0, 6.5, 6.0, 5.5, 5.0)  # points; the largest in which a meeting says all that it has to say
SMALLER = 0.88  # hours, teacher and room beside the class's name
PITCH = 0.44  # millimetres from line to line for each point
Line = tuple[str, float, bool, tuple[int, int, int]]  # words, points, whether bold, colour
MOST_ABREAST = 2  # meetings at the same time; of more each room has a page of its own


@dataclass(frozen=True)
class Block:
    """One weekly meeting on the page. `lane` of `lanes`: which of those that overlap it is."""

    day: int
    start: dt.time
    end: dt.time
    title: str
    under: str
    room: str = ""
    lane: int = 0
    lanes: int = 1


def week_timetable(session: ScopedSession, kind: CalendarKind, key: str | None = None) -> Printed:
    """The week of active classes in terms that aren't over; of a whole school at work, room by room. NotFound for what isn't the
    actor's to read.
    """
    title = _("Timetable")
    if kind in SUBJECTS:
        key = key or ""
        named = readable_labels(session, model_of(SUBJECTS[kind]), [key])
        if key not in named:
            raise NotFound
        title = named[key]
    blocks = side_by_side(_blocks(session, kind, key))
    pages = {title: blocks}
    if kind not in SUBJECTS and any(each.lanes > MOST_ABREAST for each in blocks):
        pages = _room_by_room(blocks)
    first, *others = pages.items()
    sheet = Sheet(first[0], _("Weekly timetable"), school=session.actor.school_name, zone=session.actor.zone, wide=True)
    if blocks:
        _draw(sheet, *first)
    else:
        sheet.words(_("Nothing meets in this week."))
    for room, theirs in others:
        sheet.turn(room)
        _draw(sheet, room, theirs)
    return Printed("timetable", sheet.bytes())


def _blocks(session: ScopedSession, kind: CalendarKind, key: str | None) -> list[Block]:
    of: dict[CalendarKind, ColumnElement[bool]] = {
        CalendarKind.CLASS: SchoolClass.id == key,
        CalendarKind.TEACHER: SchoolClass.teacher_id == key,
        CalendarKind.ROOM: SchoolClass.room_id == key,
    }
    wanted = (
        select(
            Schedule.day_of_week,
            Schedule.start_time,
            Schedule.end_time,
            SchoolClass.name,
            label_of_key("users", SchoolClass.teacher_id),
            Room.name,
        )
        .join(SchoolClass, SchoolClass.id == Schedule.class_id)
        .join(Term, Term.id == SchoolClass.term_id)
        .outerjoin(Room, Room.id == SchoolClass.room_id)
        .where(SchoolClass.is_active, Term.end_date >= today(session.actor.zone))
    )
    if kind in of:
        wanted = wanted.where(of[kind])
    found = []
    for day, start, end, name, teacher, room in session.execute(wanted):
        shown = [show_label("users", teacher) if teacher and kind is not CalendarKind.TEACHER else ""]
        shown.append(room or "" if kind is not CalendarKind.ROOM else "")
        found.append(Block(day, start, end, name, " · ".join(each for each in shown if each), room or ""))
    return found


def side_by_side(blocks: Sequence[Block]) -> list[Block]:
    """The same blocks, those that overlap on a day in lanes of their own."""
    found: list[Block] = []
    for day in DAYS:
        group: list[Block] = []
        ends = dt.time.min
        for each in sorted((each for each in blocks if each.day == day), key=lambda each: (each.start, each.end, each.title)):
            if group and each.start >= ends:
                found += _in_lanes(group)
                group, ends = [], dt.time.min
            group.append(each)
            ends = max(ends, each.end)
        found += _in_lanes(group)
    return found


def _in_lanes(group: Sequence[Block]) -> list[Block]:
    free: list[dt.time] = []  # when each lane is free again
    at: list[int] = []
    for each in group:
        lane = next((number for number, ends in enumerate(free) if ends <= each.start), len(free))
        if lane == len(free):
            free.append(each.end)
        free[lane] = each.end
        at.append(lane)
    return [replace(each, lane=lane, lanes=len(free)) for each, lane in zip(group, at, strict=True)]


def _room_by_room(blocks: Sequence[Block]) -> dict[str, list[Block]]:
    """A page for each room, to be pinned to its door; last one for what has no room yet."""
    rooms = sorted({each.room for each in blocks}, key=lambda name: (not name, fold(name)))
    return {
        room or _("no room yet"): side_by_side(
            [replace(each, under=each.under.removesuffix(room).removesuffix(" · ")) for each in blocks if each.room == room]
        )
        for room in rooms
    }


def _draw(sheet: Sheet, title: str, blocks: Sequence[Block]) -> None:
    """The week, and on a page after it whatever its blocks were too small for."""
    days = [day for day in DAYS if day or any(each.day == 0 for each in blocks)]
    first = min(each.start for each in blocks).hour
    last = max(first + FEWEST_HOURS, *(each.end.hour + (each.end.minute > 0) for each in blocks))
    width, height = (sheet.w - 2 * MARGIN - HOURS) / len(days), (sheet.h - TOP - BOTTOM) / (last - first)
    sheet.set_auto_page_break(False)
    cut: list[Block] = []
    for at, day in enumerate(days):
        _words(sheet, _(WEEKDAYS[day]), MARGIN + HOURS + at * width, TOP - 7, width, size=10, bold=True)
    for hour in range(first, last + 1):
        y = TOP + (hour - first) * height
        sheet.line(MARGIN + HOURS, y, sheet.w - MARGIN, y)
        _words(sheet, show_time(dt.time(hour % 24)), MARGIN, y - 2, HOURS, size=8, colour=QUIET)
    for each in blocks:
        lane = width / each.lanes
        x = MARGIN + HOURS + days.index(each.day) * width + each.lane * lane + 0.6
        y = TOP + (_hours(each.start) - first) * height
        tall = (_hours(each.end) - _hours(each.start)) * height
        if not _block(sheet, each, x=x, y=y, width=lane - 1.2, height=tall):
            cut.append(each)
    sheet.set_auto_page_break(True, MARGIN + 6)
    if cut:
        sheet.turn(title)
        _in_full(sheet, cut)


def _in_full(sheet: Sheet, cut: Sequence[Block]) -> None:
    """Meetings as a list, in the week's order."""
    sheet.words(_("These meetings are marked with “…” on the page before. Here they are in full."))
    sheet.ln(3)
    sheet.set_fill_color(255, 255, 255)
    heads = [_("Weekday"), _("Hours"), _("Class"), _("Teacher and room")]
    rows = [
        [_(WEEKDAYS[each.day]), f"{show_time(each.start)}–{show_time(each.end)}", each.title, each.under]
        for each in sorted(cut, key=lambda each: (DAYS.index(each.day), each.start, each.title))
    ]
    sheet.rows(heads, rows, [32.0, 28.0, 110.0, sheet.w - 2 * MARGIN - 170.0])


def _block(sheet: Sheet, each: Block, *, x: float, y: float, width: float, height: float) -> bool:
    """Draw a meeting; whether all of it is said."""
    sheet.set_fill_color(*SHADE)
    sheet.set_draw_color(*QUIET)
    sheet.rect(x, y, width, height, style="DF", round_corners=True, corner_radius=min(1.0, height / 2))
    sheet.set_draw_color(*LINE)
    lines, is_whole = _lines(sheet, each, width - 0.4, height - 1)
    at = y + 0.6
    for text, size, bold, colour in lines:
        _words(sheet, text, x + 0.2, at, width - 0.4, tall=size * PITCH, size=size, bold=bold, colour=colour)
        at += size * PITCH
    return is_whole


def _lines(sheet: Sheet, each: Block, width: float, height: float) -> tuple[list[Line], bool]:
    """What a meeting says, as large as its block lets it, and whether that is all of it: where even small type is too large it is
    as much as there is room for, and ends in "…".
    """
    said = [(each.title, True, INK), (f"{show_time(each.start)}–{show_time(each.end)}", False, INK)]
    said += [(part, False, QUIET) for part in each.under.split(" · ") if part]
    lines: list[Line] = []
    for size in SIZES:
        lines = []
        for text, bold, colour in said:
            points = size if bold else size * SMALLER
            sheet.ink(size=points, bold=bold)
            lines += [(line, points, bold, colour) for line in _wrapped(sheet, text, width)]
        if sum(points for _text, points, _bold, _colour in lines) * PITCH <= height:
            return lines, True
    most = 0.0
    shown = [each for each in lines if (most := most + each[1] * PITCH) <= height] or lines[:1]
    text, points, bold, colour = shown[-1]
    sheet.ink(size=points, bold=bold)
    while text and sheet.get_string_width(spelled(f"{text}…")) > width - 2 * sheet.c_margin:
        text = text[:-1]
    return [*shown[:-1], (f"{text.rstrip()}…", points, bold, colour)], False


def _wrapped(sheet: Sheet, text: str, width: float) -> list[str]:
    """A text in the lines that it takes in the type that was chosen last."""
    found = sheet.multi_cell(width, 4, spelled(text), align="L", dry_run=True, output=MethodReturnValue.LINES)
    assert isinstance(found, list)
    return found


def _words(sheet: Sheet, text: str, x: float, y: float, width: float, *, tall: float = 4, **ink: Any) -> None:
    sheet.set_xy(x, y)
    sheet.ink(**ink)
    sheet.cell(width, tall, spelled(text))


def _hours(moment: dt.time) -> float:
    return moment.hour + moment.minute / 60
