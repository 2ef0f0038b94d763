"""What is asked of classes: their seats, their week, who is in them and how often they come."""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select

from domain.access.uow import ScopedSession
from domain.core.models import User
from domain.db.gather import gather
from domain.kit.ids import is_id
from domain.operations.enums import AttendanceStatus, EnrollmentStatus, SessionStatus
from domain.operations.models import Attendance, ClassSession, Enrollment, Room, Schedule, SchoolClass, Term
from domain.operations.planning_models import WaitingEntry
from domain.operations.queries import SessionLine, ahead_of, sees_rolls, sees_seats, session_lines
from domain.operations.rules import SHARE_TAKEN, absences_in_a_row, attendance_rate
from domain.records.labels import label_of_key, show_label
from domain.records.query import attribute

ACTIVE, NEARLY_FULL, PAST = "active", "nearly_full", "past"
MOST = 500  # classes in one list


@dataclass(frozen=True)
class WeeklyMeeting:
    """When a class meets each week; `weekday` is 0 for Sunday up to 6 for Saturday."""

    weekday: int
    start: dt.time
    end: dt.time


@dataclass(frozen=True)
class StudentLine:
    """A student of a class. `rate`: the share of sessions at which they were there, None before the first or where unseen."""

    id: str
    name: str
    since: dt.date
    sessions: int
    rate: float | None
    absences_in_a_row: int


@dataclass(frozen=True)
class ClassCard:
    """A class at a glance. `taken` is None for those who don't see who else is enrolled."""

    id: str
    name: str
    level: str
    teacher: str
    room: str
    term: str
    places: int
    taken: int | None
    is_active: bool
    next_session: tuple[dt.date, dt.time] | None


def seats_taken() -> Any:
    """The number of students enrolled in a class, as a column of a query on classes."""
    taken = (Enrollment.class_id == SchoolClass.id, Enrollment.status == EnrollmentStatus.ACTIVE)
    return select(func.count()).select_from(Enrollment).where(*taken).correlate(SchoolClass).scalar_subquery()


def nearly_full() -> ColumnElement[bool]:
    """Active classes that are full or nearly so."""
    return and_(SchoolClass.is_active, seats_taken() >= SchoolClass.max_students * SHARE_TAKEN)


def count_nearly_full() -> Select[int]:
    """How many classes are full or nearly so."""
    return select(func.count()).select_from(SchoolClass).where(nearly_full())


@dataclass(frozen=True)
class FullClass:
    """A class without a free place, and how many wait for one."""

    id: str
    name: str
    waiting: int


def full_classes(session: ScopedSession, day: dt.date, *, limit: int) -> list[FullClass]:
    """Classes that go on, or are yet to begin, without a free place; those for which the most wait first."""
    in_line = (WaitingEntry.class_id == SchoolClass.id, WaitingEntry.closed_at.is_(None))
    waiting = select(func.count()).select_from(WaitingEntry).where(*in_line).correlate(SchoolClass).scalar_subquery()
    statement = (
        select(SchoolClass.id, SchoolClass.name, waiting)
        .join(Term, Term.id == SchoolClass.term_id)
        .where(SchoolClass.is_active, Term.end_date >= day, seats_taken() >= SchoolClass.max_students)
        .order_by(waiting.desc(), attribute(SchoolClass, "sort_text"))
        .limit(limit)
    )
    return [FullClass(*row) for row in session.execute(statement)]


def count_active_classes() -> Select[int]:
    """How many classes go on now."""
    return select(func.count()).select_from(SchoolClass).where(SchoolClass.is_active)


def class_cards(session: ScopedSession, wall: dt.datetime, which: str = ACTIVE) -> list[ClassCard]:
    """Classes that go on now, are (nearly) full, or are over, with teacher, room, seats and next session: one statement."""
    meant = {ACTIVE: SchoolClass.is_active.is_(True), NEARLY_FULL: nearly_full(), PAST: ~SchoolClass.is_active}
    return cards(session, wall, meant[which])


def class_card(session: ScopedSession, wall: dt.datetime, class_id: str) -> ClassCard | None:
    """One class; None if it isn't the actor's to see."""
    found = cards(session, wall, SchoolClass.id == class_id) if is_id(class_id) else []
    return found[0] if found else None


def cards(session: ScopedSession, wall: dt.datetime, where: ColumnElement[bool]) -> list[ClassCard]:
    """The classes that fit, with teacher, room, seats and next session: one statement."""
    seats = sees_seats(session)
    statement = (
        select(
            SchoolClass,
            label_of_key("levels", SchoolClass.level_id),
            label_of_key("users", SchoolClass.teacher_id),
            Room.name,
            Term.name,
            _next_session(wall),
            *([seats_taken()] if seats else []),
        )
        .outerjoin(Room, Room.id == SchoolClass.room_id)
        .outerjoin(Term, Term.id == SchoolClass.term_id)
        .where(where)
        .order_by(attribute(SchoolClass, "sort_text"), SchoolClass.id)
        .limit(MOST)
    )
    return [_class_card(row) for row in session.execute(statement)]


def _next_session(wall: dt.datetime) -> Any:
    """Day and hour of a class's next session, as one text: the database gives one value for a column."""
    moment = func.min(func.json_array(ClassSession.date, ClassSession.start_time))
    coming = (ClassSession.class_id == SchoolClass.id, ClassSession.status == SessionStatus.SCHEDULED, ahead_of(wall))
    return select(moment).where(*coming).correlate(SchoolClass).scalar_subquery()


def _class_card(row: Any) -> ClassCard:
    found, level, teacher, room, term, following, *taken = row
    day, hour = json.loads(following) if following else ("", "")
    return ClassCard(
        found.id,
        found.name,
        show_label("levels", level) if level else "",
        show_label("users", teacher) if teacher else "",
        room or "",
        term or "",
        found.max_students,
        taken[0] if taken else None,
        found.is_active,
        (dt.date.fromisoformat(day), dt.time.fromisoformat(hour)) if day else None,
    )


@dataclass(frozen=True)
class WholeClass:
    """A class with its week, its next and last sessions, and its students (nobody, for those who don't see who is enrolled)."""

    card: ClassCard
    week: list[WeeklyMeeting]
    coming: list[SessionLine]
    held: list[SessionLine]
    students: list[StudentLine]


def whole_class(session: ScopedSession, wall: dt.datetime, class_id: str, *, coming: int, held: int) -> WholeClass | None:
    """One class with so many of its next and last sessions, waited for once; None if it isn't the actor's to see."""
    if not is_id(class_id):
        return None
    card, week, following, past, students = gather(
        session,
        lambda: class_card(session, wall, class_id),
        lambda: weekly_meetings(session, class_id),
        lambda: coming_sessions_of(session, class_id, wall, limit=coming),
        lambda: past_sessions_of(session, class_id, wall, limit=held),
        lambda: students_of(session, class_id) if sees_seats(session) else [],
    )
    return WholeClass(card, week, following, past, students) if card else None


def weekly_meetings(session: ScopedSession, class_id: str) -> list[WeeklyMeeting]:
    """A class's week, Monday first."""
    order = ((Schedule.day_of_week + 6) % 7, Schedule.start_time)
    statement = select(Schedule.day_of_week, Schedule.start_time, Schedule.end_time)
    return [WeeklyMeeting(*row) for row in session.execute(statement.where(Schedule.class_id == class_id).order_by(*order))]


def coming_sessions_of(session: ScopedSession, class_id: str, wall: dt.datetime, *, limit: int) -> list[SessionLine]:
    """A class's next sessions, cancelled ones among them."""
    return session_lines(session, ClassSession.class_id == class_id, ahead_of(wall), limit=limit)


def past_sessions_of(session: ScopedSession, class_id: str, wall: dt.datetime, *, limit: int) -> list[SessionLine]:
    """A class's last sessions, the latest first."""
    return session_lines(session, ClassSession.class_id == class_id, ~ahead_of(wall), newest_first=True, limit=limit)


def students_of(session: ScopedSession, class_id: str) -> list[StudentLine]:
    """Who is enrolled in a class, by name, with their attendance there: two statements, waited for once."""
    enrolled = (
        select(User.id, User.first_name, User.last_name, Enrollment.enrolled_at)
        .join(Enrollment, Enrollment.user_id == User.id)
        .where(Enrollment.class_id == class_id, Enrollment.status == EnrollmentStatus.ACTIVE)
        .order_by(attribute(User, "sort_text"), User.id)
    )
    people, marks = gather(
        session,
        lambda: session.execute(enrolled).all(),
        lambda: _marks(session, class_id) if sees_rolls(session) else {},
    )
    zone = session.actor.zone
    return [
        StudentLine(
            key,
            f"{first} {last}",
            since.astimezone(zone).date(),
            len(marks.get(key, ())),
            attendance_rate(marks.get(key, ())),
            absences_in_a_row(marks.get(key, ())),
        )
        for key, first, last, since in people
    ]


def _marks(session: ScopedSession, class_id: str) -> dict[str, list[AttendanceStatus]]:
    """The attendance of a class by student, the latest first."""
    statement = (
        select(Attendance.user_id, Attendance.status)
        .join(ClassSession, ClassSession.id == Attendance.session_id)
        .where(ClassSession.class_id == class_id)
        .order_by(ClassSession.date.desc(), ClassSession.start_time.desc())
    )
    found: dict[str, list[AttendanceStatus]] = {}
    for key, status in session.execute(statement):
        found.setdefault(key, []).append(status)
    return found


def class_names(session: ScopedSession, *, active: bool = True) -> Sequence[tuple[str, str]]:
    """Keys and names of the classes that the reader sees."""
    statement = select(SchoolClass.id, SchoolClass.name).order_by(attribute(SchoolClass, "sort_text"))
    return [(key, name) for key, name in session.execute(statement.where(SchoolClass.is_active) if active else statement)]
