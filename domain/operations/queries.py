"""What the running of the school asks of the database: sessions of some days, classes and their seats, missing rolls."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select

from domain.access.grants import RIGHTS
from domain.access.uow import ScopedSession
from domain.core.models import User
from domain.operations.enums import AttendanceStatus, EnrollmentStatus, SessionStatus
from domain.operations.history import who_taught
from domain.operations.models import Attendance, ClassSession, Enrollment, Room, SchoolClass
from domain.records.figures import Question
from domain.records.labels import label_of_key, show_label
from domain.records.query import Filter, attribute

MEETS = (SessionStatus.SCHEDULED, SessionStatus.IN_PROGRESS, SessionStatus.COMPLETED)


@dataclass(frozen=True)
class SessionLine:
    """A dated meeting of a class as people say it. `roll`: how many of each attendance, or None where the reader sees none."""

    id: str
    class_id: str
    class_name: str
    date: dt.date
    start: dt.time
    end: dt.time
    status: SessionStatus
    teacher: str
    room: str
    version: int
    roll: dict[AttendanceStatus, int] | None

    def is_over(self, wall: dt.datetime) -> bool:
        """Whether the meeting has ended on the school's wall clock."""
        return dt.datetime.combine(self.date, self.end) <= wall.replace(tzinfo=None)

    def is_on(self, wall: dt.datetime) -> bool:
        """Whether the meeting goes on at this moment of the school's wall clock, whoever has been marked."""
        began = dt.datetime.combine(self.date, self.start) <= wall.replace(tzinfo=None)
        return began and not self.is_over(wall) and self.status is not SessionStatus.CANCELLED

    def needs_roll(self, wall: dt.datetime) -> bool:
        """Whether the meeting is over and nobody has called the roll, as far as the reader may see it."""
        return (
            self.status is not SessionStatus.CANCELLED
            and self.is_over(wall)
            and self.roll is not None
            and not any(self.roll.values())
        )


def sessions_on(first: dt.date, last: dt.date) -> Question:
    """The sessions from one day to another, both included, save those that were cancelled."""
    return Question("sessions", (Filter("date", low=first, high=last), Filter("status", values=MEETS)))


def absences() -> Question:
    """Every absence that the reader sees."""
    return Question("attendance", (Filter("status", values=(AttendanceStatus.ABSENT,)),))


def sees_rolls(session: ScopedSession) -> bool:
    """Whether the actor sees the attendance of everyone in the classes that they see."""
    return _sees_whole_classes(session, "attendance", "own_class_session")


def sees_seats(session: ScopedSession) -> bool:
    """Whether the actor sees everyone who is enrolled in the classes that they see."""
    return _sees_whole_classes(session, "enrollments", "led_class")


def _sees_whole_classes(session: ScopedSession, table: str, scope: str) -> bool:
    grants = RIGHTS.of(session.actor, table)
    return any("R" in each.actions and each.scope in {"every", scope} for each in grants)


def ahead_of(wall: dt.datetime) -> ColumnElement[bool]:
    """Sessions that aren't over yet on the school's wall clock."""
    today = and_(ClassSession.date == wall.date(), ClassSession.end_time > wall.time())
    return or_(ClassSession.date > wall.date(), today)


def without_attendance(wall: dt.datetime) -> ColumnElement[bool]:
    """Sessions that are over on the school's wall clock, and of which no attendance was taken."""
    marked = exists(select(Attendance.id).where(Attendance.session_id == ClassSession.id))
    return and_(~ahead_of(wall), ClassSession.status.in_(MEETS), ~marked)


def count_without_attendance(wall: dt.datetime) -> Select[int]:
    """How many sessions still need a roll."""
    return select(func.count()).select_from(ClassSession).where(without_attendance(wall))


def session_lines(
    session: ScopedSession, *where: ColumnElement[bool], newest_first: bool = False, limit: int = 200
) -> list[SessionLine]:
    """Sessions with class, teacher, room and roll: one statement."""
    moment = [ClassSession.date, ClassSession.start_time]
    order = [each.desc() for each in moment] if newest_first else moment
    rolls = sees_rolls(session)
    statement = (
        select(
            ClassSession,
            SchoolClass.name,
            label_of_key("users", who_taught()),
            Room.name,
            *([_roll(status) for status in AttendanceStatus] if rolls else []),
        )
        .join(SchoolClass, SchoolClass.id == ClassSession.class_id)
        .outerjoin(Room, Room.id == func.coalesce(ClassSession.room_id, SchoolClass.room_id))
        .where(*where)
        .order_by(*order, attribute(SchoolClass, "sort_text"))
        .limit(limit)
    )
    return [_session_line(row, rolls=rolls) for row in session.execute(statement)]


def _roll(status: AttendanceStatus) -> Any:
    marked = (Attendance.session_id == ClassSession.id, Attendance.status == status)
    return select(func.count()).select_from(Attendance).where(*marked).correlate(ClassSession).scalar_subquery()


def _session_line(row: Any, *, rolls: bool) -> SessionLine:
    meeting, class_name, teacher, room, *counts = row
    return SessionLine(
        meeting.id,
        meeting.class_id,
        class_name,
        meeting.date,
        meeting.start_time,
        meeting.end_time,
        meeting.status,
        show_label("users", teacher) if teacher else "",
        room or "",
        meeting.row_version,
        dict(zip(AttendanceStatus, counts, strict=True)) if rolls else None,
    )


def sessions_between(session: ScopedSession, first: dt.date, last: dt.date, *, limit: int = 200) -> list[SessionLine]:
    """The sessions from one day to another that meet, in their order; the same that `sessions_on` counts."""
    return session_lines(session, ClassSession.date.between(first, last), ClassSession.status.in_(MEETS), limit=limit)


def sessions_without_attendance(session: ScopedSession, wall: dt.datetime, *, limit: int = 200) -> list[SessionLine]:
    """The sessions that still need a roll, the latest first."""
    return session_lines(session, without_attendance(wall), newest_first=True, limit=limit)


def students_by_class(session: ScopedSession) -> dict[str, list[str]]:
    """First names of the active students that the reader sees, by class: for a guardian, their children's classes."""
    statement = (
        select(Enrollment.class_id, User.first_name)
        .join(User, User.id == Enrollment.user_id)
        .where(Enrollment.status == EnrollmentStatus.ACTIVE)
        .order_by(attribute(User, "sort_text"))
    )
    found: dict[str, list[str]] = {}
    for class_id, name in session.execute(statement):
        found.setdefault(class_id, []).append(name)
    return found
