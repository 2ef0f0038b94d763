"""How often students come: rates by class, level, weekday, teacher and week, who stays away again and again, what one missed."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any, TypeVar

from sqlalchemy import CTE, ColumnElement, and_, case, func, select
from sqlalchemy.orm import aliased

from domain.access.uow import ScopedSession
from domain.core.models import User
from domain.db.gather import gather
from domain.operations.attendance_rules import Tally, total
from domain.operations.enums import AttendanceStatus, EnrollmentStatus, SessionStatus
from domain.operations.history import who_taught
from domain.operations.models import Attendance, ClassSession, Enrollment, SchoolClass
from domain.operations.rules import WORTH_A_WORD
from domain.records.labels import label_of_key, show_label
from domain.records.query import attribute

MOST = 200  # lines of one list
WEEK = timedelta(days=7)
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Held:
    """The marks of one session, and what it is told apart by."""

    class_id: str
    level_id: str
    teacher_id: str | None
    day: date
    tally: Tally

    @property
    def weekday(self) -> int:
        """0 for Sunday up to 6 for Saturday, as `schedules` counts."""
        return self.day.isoweekday() % 7

    @property
    def monday(self) -> date:
        """The first day of its week."""
        return self.day - timedelta(days=self.day.weekday())


@dataclass(frozen=True)
class Away:
    """Someone who missed the last sessions of a class, one after the other."""

    student_id: str
    name: str
    class_id: str
    class_name: str
    absences: int
    since: date


@dataclass(frozen=True)
class Pattern:
    """The sessions of a span with their marks, what they are called by, and who is away."""

    held: tuple[Held, ...]
    classes: Mapping[str, str]
    levels: Mapping[str, str]
    teachers: Mapping[str, str]
    away: tuple[Away, ...]


def grouped(held: Iterable[Held], key: Callable[[Held], Key]) -> dict[Key, Tally]:
    """The marks of each group."""
    found: dict[Key, list[Tally]] = {}
    for each in held:
        found.setdefault(key(each), []).append(each.tally)
    return {name: total(tallies) for name, tallies in found.items()}


def pattern(session: ScopedSession, first: date, last: date) -> Pattern:
    """How often the students whom the actor sees came from one day to another; waited for once.

    Each session with marks is one row, summed by the database; who is away is asked of all time.
    """
    held, (classes, levels), teachers, away = gather(
        session,
        lambda: _held(session, first, last),
        lambda: _classes(session),
        lambda: _teachers(session, first, last),
        lambda: away_in_a_row(session),
    )
    return Pattern(tuple(held), classes, levels, teachers, tuple(away))


def _sums() -> list[ColumnElement[int]]:
    """How many were there, late, absent, excused."""
    there = sorted(AttendanceStatus.there())
    wanted = (there, [AttendanceStatus.LATE], [AttendanceStatus.ABSENT], [AttendanceStatus.EXCUSED])
    return [func.sum(case((Attendance.status.in_(some), 1), else_=0)) for some in wanted]


def _meets(first: date, last: date) -> tuple[ColumnElement[bool], ...]:
    return ClassSession.date.between(first, last), ClassSession.status != SessionStatus.CANCELLED


def _held(session: ScopedSession, first: date, last: date) -> list[Held]:
    statement = (
        select(ClassSession.class_id, SchoolClass.level_id, who_taught(), ClassSession.date, *_sums())
        .join(Attendance, Attendance.session_id == ClassSession.id)
        .join(SchoolClass, SchoolClass.id == ClassSession.class_id)
        .where(*_meets(first, last))
        .group_by(ClassSession.id)
        .order_by(ClassSession.date)
    )
    rows: Iterable[Any] = session.execute(statement)
    return [Held(row[0], row[1], row[2], row[3], Tally(*row[4:])) for row in rows]


def _classes(session: ScopedSession) -> tuple[dict[str, str], dict[str, str]]:
    statement = select(
        SchoolClass.id, SchoolClass.name, SchoolClass.level_id, label_of_key("levels", SchoolClass.level_id)
    ).order_by(attribute(SchoolClass, "sort_text"))
    rows = session.execute(statement).all()
    return {row[0]: row[1] for row in rows}, {row[2]: show_label("levels", row[3]) for row in rows}


def _teachers(session: ScopedSession, first: date, last: date) -> dict[str, str]:
    statement = (
        select(who_taught(), label_of_key("users", who_taught()))
        .select_from(ClassSession)
        .join(SchoolClass, SchoolClass.id == ClassSession.class_id)
        .where(*_meets(first, last), who_taught().is_not(None))
        .group_by(who_taught())
    )
    return {key: show_label("users", parts) for key, parts in session.execute(statement)}


def away_in_a_row(session: ScopedSession, least: int = WORTH_A_WORD, *, most: int = MOST) -> list[Away]:
    """Who missed so many of the last sessions of a class that they are in, the longest away first: an excused one neither counts
    nor ends the row.

    Few marks are absences, so those with enough of them in a class are found first, and only of these when they last came.
    """
    away = _may_be_away(least)
    statement = (
        select(
            User.id,
            User.first_name,
            User.last_name,
            SchoolClass.id,
            SchoolClass.name,
            func.count(),
            func.min(ClassSession.date),
        )
        .select_from(away)
        .join(Attendance, Attendance.user_id == away.c.user_id)
        .join(ClassSession, and_(ClassSession.id == Attendance.session_id, ClassSession.class_id == away.c.class_id))
        .join(SchoolClass, SchoolClass.id == away.c.class_id)
        .join(User, User.id == away.c.user_id)
        .where(Attendance.status == AttendanceStatus.ABSENT, _moment(ClassSession) > away.c.last_there)
        .group_by(User.id, SchoolClass.id)
        .having(func.count() >= least)
        .order_by(func.count().desc(), attribute(User, "sort_text"))
        .limit(most)
    )
    rows: Iterable[Any] = session.execute(statement)
    return [Away(row[0], f"{row[1]} {row[2]}", *row[3:]) for row in rows]


def _may_be_away(least: int) -> CTE:
    """Students with enough absences in a class that they are in, and the moment of the last session that they came to there."""
    absences = (
        select(Attendance.user_id, ClassSession.class_id)
        .join(ClassSession, ClassSession.id == Attendance.session_id)
        .where(Attendance.status == AttendanceStatus.ABSENT)
        .group_by(Attendance.user_id, ClassSession.class_id)
        .having(func.count() >= least)
        .cte("absences")
        .prefix_with("MATERIALIZED")
    )
    mark, meeting = aliased(Attendance), aliased(ClassSession)
    there = (mark.user_id == absences.c.user_id, mark.status.in_(sorted(AttendanceStatus.there())))
    last = (
        select(func.max(_moment(meeting)))
        .join_from(mark, meeting, meeting.id == mark.session_id)
        .where(*there, meeting.class_id == absences.c.class_id)
        .scalar_subquery()
    )
    return (
        select(absences.c.user_id, absences.c.class_id, func.coalesce(last, "").label("last_there"))
        .join(Enrollment, and_(Enrollment.user_id == absences.c.user_id, Enrollment.class_id == absences.c.class_id))
        .join(SchoolClass, SchoolClass.id == absences.c.class_id)
        .where(Enrollment.status == EnrollmentStatus.ACTIVE, SchoolClass.is_active)
        .cte("away")
        .prefix_with("MATERIALIZED")
    )


def _moment(meeting: Any) -> ColumnElement[str]:
    """When a session begins, as one value that is compared as text."""
    return func.json_array(meeting.date, meeting.start_time)


@dataclass(frozen=True)
class Missed:
    """A session that someone missed, or came late to."""

    id: str
    student_id: str
    name: str
    class_id: str
    class_name: str
    day: date
    start: time
    status: AttendanceStatus
    notes: str | None


@dataclass(frozen=True)
class Attended:
    """How often someone came to a class."""

    student_id: str
    name: str
    class_id: str
    class_name: str
    tally: Tally


def missed(session: ScopedSession) -> tuple[list[Attended], list[Missed]]:
    """How often those whom the actor sees came to each of their classes, and what they missed, the latest first."""
    return gather(session, lambda: _attended(session), lambda: _missed(session))


def _attended(session: ScopedSession) -> list[Attended]:
    statement = (
        select(User.id, User.first_name, User.last_name, SchoolClass.id, SchoolClass.name, *_sums())
        .select_from(Attendance)
        .join(ClassSession, ClassSession.id == Attendance.session_id)
        .join(SchoolClass, SchoolClass.id == ClassSession.class_id)
        .join(User, User.id == Attendance.user_id)
        .group_by(User.id, SchoolClass.id)
        .order_by(attribute(User, "sort_text"), attribute(SchoolClass, "sort_text"))
        .limit(MOST)
    )
    rows: Iterable[Any] = session.execute(statement)
    return [Attended(row[0], f"{row[1]} {row[2]}", row[3], row[4], Tally(*row[5:])) for row in rows]


def _missed(session: ScopedSession) -> list[Missed]:
    statement = (
        select(
            Attendance.id,
            User.id,
            User.first_name,
            User.last_name,
            SchoolClass.id,
            SchoolClass.name,
            ClassSession.date,
            ClassSession.start_time,
            Attendance.status,
            Attendance.notes,
        )
        .join(ClassSession, ClassSession.id == Attendance.session_id)
        .join(SchoolClass, SchoolClass.id == ClassSession.class_id)
        .join(User, User.id == Attendance.user_id)
        .where(Attendance.status != AttendanceStatus.PRESENT)
        .order_by(ClassSession.date.desc(), ClassSession.start_time.desc())
        .limit(MOST)
    )
    rows: Iterable[Any] = session.execute(statement)
    return [Missed(row[0], row[1], f"{row[2]} {row[3]}", *row[4:]) for row in rows]
