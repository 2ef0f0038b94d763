"""Timetables as the reader sees them, read into what the rules of clashes work on."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, null, select
from sqlalchemy.orm import aliased

from domain.access.uow import ScopedSession
from domain.core.closing import public_holidays
from domain.core.queries import settings_of
from domain.core.rules import closed_days, stated_hours
from domain.db.gather import gather
from domain.operations.clashes import Board, Group, Meeting
from domain.operations.class_queries import seats_taken
from domain.operations.enums import EnrollmentStatus
from domain.operations.models import ClassSession, Enrollment, Room, Schedule, SchoolClass, Term
from domain.operations.queries import MEETS, sees_seats
from domain.records.labels import label_of_key, show_label
from domain.records.query import attribute


@dataclass(frozen=True)
class ClassRow:
    """A class on a timetable: what it is called, of which level and term, who teaches where, between which days."""

    id: str
    name: str
    level: str
    level_name: str
    term: str
    term_name: str
    first: dt.date
    last: dt.date
    teacher: str | None
    teacher_name: str
    room: str | None
    places: int
    taken: int


@dataclass(frozen=True)
class Timetable:
    """A board, and what a page says beside it of its classes and of all the school's rooms (key, name, seats, in use)."""

    board: Board
    classes: Mapping[str, ClassRow]
    rooms: Sequence[tuple[str, str, int, bool]]


def at_work() -> ColumnElement[bool]:
    """Classes that go on: what was given up is in nobody's way."""
    return SchoolClass.is_active.is_(True)


def weekly(session: ScopedSession, *where: ColumnElement[bool], enrolled: ColumnElement[bool] | None = None) -> Timetable:
    """The weekly meetings of the classes that fit, each between its term's first and last day. Waits once.

    `where` may speak of classes and of their terms. `enrolled`: whose enrolments are known on the board, in place of everybody's.
    """
    classes, meetings, students, rooms, settings = gather(
        session,
        lambda: session.execute(_classes(session, *where)).all(),
        lambda: session.execute(_within(select(Schedule), Schedule.class_id, *where)).scalars().all(),
        lambda: session.execute(_students(*where, enrolled=enrolled)).all(),
        lambda: session.execute(_rooms()).all(),
        lambda: settings_of(session),
    )
    known = {row[0]: _class_row(row) for row in classes}
    week = [_weekly(each, known[each.class_id]) for each in meetings if each.class_id in known]
    return _timetable(week, known, students, rooms, settings)


def dated(session: ScopedSession, *where: ColumnElement[bool]) -> Timetable:
    """The sessions that fit and aren't cancelled, each with its substitute or other room if it has one. Waits once."""
    fits = (ClassSession.status.in_(MEETS), *where)
    theirs = SchoolClass.id.in_(select(ClassSession.class_id).where(*fits))
    classes, sessions, students, rooms, settings = gather(
        session,
        lambda: session.execute(_classes(session, theirs)).all(),
        lambda: session.execute(select(ClassSession, label_of_key("users", ClassSession.teacher_id)).where(*fits)).all(),
        lambda: session.execute(_students(theirs)).all(),
        lambda: session.execute(_rooms()).all(),
        lambda: settings_of(session),
    )
    known = {row[0]: _class_row(row) for row in classes}
    held = [_dated(each, known[each.class_id]) for each, _name in sessions if each.class_id in known]
    substitutes = {each.teacher_id: show_label("users", name) for each, name in sessions if each.teacher_id}
    return _timetable(held, known, students, rooms, settings, names=substitutes)


def _classes(session: ScopedSession, *where: ColumnElement[bool]) -> Select[Any]:
    return (
        select(
            SchoolClass.id,
            SchoolClass.name,
            SchoolClass.level_id,
            label_of_key("levels", SchoolClass.level_id),
            SchoolClass.term_id,
            Term.name,
            Term.start_date,
            Term.end_date,
            SchoolClass.teacher_id,
            label_of_key("users", SchoolClass.teacher_id),
            SchoolClass.room_id,
            SchoolClass.max_students,
            seats_taken() if sees_seats(session) else null(),
        )
        .join(Term, Term.id == SchoolClass.term_id)
        .where(*where)
        .order_by(attribute(SchoolClass, "sort_text"), SchoolClass.id)
    )


def _class_row(row: Any) -> ClassRow:
    key, name, level, level_name, term, term_name, first, last, teacher, teacher_name, room, places, taken = row
    said = show_label("levels", level_name), show_label("users", teacher_name) if teacher_name else ""
    return ClassRow(key, name, level, said[0], term, term_name, first, last, teacher, said[1], room, places, taken or 0)


def _within(statement: Select[Any], column: Any, *where: ColumnElement[bool]) -> Select[Any]:
    return statement.where(column.in_(select(SchoolClass.id).join(Term, Term.id == SchoolClass.term_id).where(*where)))


def _students(*where: ColumnElement[bool], enrolled: ColumnElement[bool] | None = None) -> Select[Any]:
    """Those who are in several classes: nobody else is ever in two at once."""
    other = aliased(Enrollment)
    several = select(other.user_id).where(other.status == EnrollmentStatus.ACTIVE)
    several = several.group_by(other.user_id).having(func.count() > 1)
    active = [Enrollment.status == EnrollmentStatus.ACTIVE, Enrollment.user_id.in_(several)]
    active += [] if enrolled is None else [enrolled]
    found = select(Enrollment.class_id, Enrollment.user_id, label_of_key("users", Enrollment.user_id)).where(*active)
    return _within(found, Enrollment.class_id, *where)


def _rooms() -> Any:
    return select(Room.id, Room.name, Room.capacity, Room.is_active).order_by(attribute(Room, "sort_text"), Room.id)


def _weekly(found: Schedule, klass: ClassRow) -> Meeting:
    hours = found.start_time, found.end_time
    return Meeting(found.id, klass.id, found.day_of_week, *hours, klass.teacher, klass.room, klass.first, klass.last)


def _dated(found: ClassSession, klass: ClassRow) -> Meeting:
    hours = found.start_time, found.end_time
    teacher = found.teacher_id or (None if found.without_teacher else klass.teacher)
    room = found.room_id or klass.room
    return Meeting(found.id, klass.id, found.date, *hours, teacher, room, klass.first, klass.last)


def _timetable(
    meetings: Sequence[Meeting],
    classes: Mapping[str, ClassRow],
    students: Iterable[Any],
    rooms: Sequence[Any],
    settings: Mapping[str, Any],
    *,
    names: Mapping[str, str] | None = None,
) -> Timetable:
    of_class: dict[str, set[str]] = {}
    called = dict(names or {})
    for class_id, student, label in students:
        of_class.setdefault(class_id, set()).add(student)
        called[student] = show_label("users", label)
    called |= {each.teacher: each.teacher_name for each in classes.values() if each.teacher}
    called |= {key: name for key, name, _seats, _used in rooms}
    groups = {
        key: Group(key, each.name, each.places, each.room, each.taken, frozenset(of_class.get(key, ())))
        for key, each in classes.items()
    }
    seats = {key: capacity for key, _name, capacity, _used in rooms}
    board = Board(meetings, groups, called, seats, stated_hours(settings), _closed(settings, meetings))
    return Timetable(board, classes, [tuple(each) for each in rooms])


def _closed(settings: Mapping[str, Any], meetings: Sequence[Meeting]) -> frozenset[int | dt.date]:
    """The weekdays and dates on which the school is closed by its own word, and the public holidays among the meetings' dates."""
    dates = [each.day for each in meetings if isinstance(each.day, dt.date)]
    public = public_holidays(settings, min(dates), max(dates)) if dates else {}
    return closed_days(settings) | public.keys()
