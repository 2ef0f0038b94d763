"""Who comes in at the front desk: people found by name with today's sessions, and who is expected about now."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import and_, select

from domain.access.roles import Role
from domain.access.uow import ScopedSession
from domain.core.models import User
from domain.core.queries import holding
from domain.db.gather import gather
from domain.kit.fold import fold
from domain.operations.attendance_rules import Meeting, Stay, Student, Terms, is_open
from domain.operations.enums import AttendanceStatus, EnrollmentStatus, SessionStatus
from domain.operations.models import Attendance, ClassSession, Enrollment
from domain.operations.queries import MEETS, SessionLine, session_lines
from domain.operations.sheets import terms
from domain.records.query import attribute

SHORTEST, LONGEST = 2, 100  # characters of a name
FOUND = 12  # people in one answer
AHEAD = timedelta(minutes=30)


@dataclass(frozen=True)
class Visit:
    """A session of today that someone belongs to, and how they are marked in it. `is_open`: whether they may come in now;
    `opens`: from when they may, None once it is over.
    """

    meeting: SessionLine
    status: AttendanceStatus | None
    checked_in_at: datetime | None
    is_open: bool
    opens: time | None


@dataclass(frozen=True)
class Arrival:
    """Someone at the front desk."""

    student_id: str
    name: str
    picture: str | None
    visits: tuple[Visit, ...]

    @property
    def rank(self) -> int:
        """Who may come in now before who may later, these before who was here or has nothing today."""
        waiting = [each for each in self.visits if each.status not in AttendanceStatus.there() and each.opens is not None]
        return 0 if any(each.is_open for each in waiting) else 1 if waiting else 2


def arrivals(session: ScopedSession, name: str, wall: datetime) -> list[Arrival]:
    """Students whose names hold these words, however they are accented, with their sessions of today; waited for once.

    Those who may come in now stand first, and who has a session today is left out for nobody who hasn't.
    """
    words = fold(name[:LONGEST].replace("\x00", "")).split()
    if len("".join(words)) < SHORTEST:
        return []
    called = attribute(User, "sort_text")
    students = (holding([Role.STUDENT]), *(called.contains(each, autoescape=True) for each in words))
    order = (User.id.in_(_due(wall)).desc(), called, User.id)
    chosen = select(User.id).where(*students).order_by(*order).limit(FOUND)
    people, belonging, today, settings = gather(
        session,
        lambda: session.execute(
            select(User.id, User.first_name, User.last_name, User.avatar_url).where(*students).order_by(*order).limit(FOUND)
        ).all(),
        lambda: _belonging(session, wall, Enrollment.user_id.in_(chosen)),
        lambda: session_lines(session, ClassSession.date == wall.date(), ClassSession.status.in_(MEETS), limit=500),
        lambda: terms(session),
    )
    meetings = {each.id: each for each in today}
    found = []
    for key, first, last, picture in people:
        visits = [_visit(meetings[row.id], row, wall, settings) for row in belonging.get(key, ()) if row.id in meetings]
        found.append(Arrival(key, f"{first} {last}", picture, tuple(visits)))
    return sorted(found, key=lambda each: each.rank)


def _due(wall: datetime) -> Any:
    """Those whose class meets today and isn't over."""
    today = (ClassSession.date == wall.date(), ClassSession.end_time >= wall.time(), ClassSession.status.in_(MEETS))
    meeting = select(Enrollment.user_id).join(ClassSession, ClassSession.class_id == Enrollment.class_id)
    return meeting.where(Enrollment.status == EnrollmentStatus.ACTIVE, *today)


def _belonging(session: ScopedSession, wall: datetime, *where: Any) -> dict[str, list[Any]]:
    """By student, today's sessions of the classes that they are in today, with their marks."""
    statement = (
        select(
            ClassSession.id,
            Enrollment.user_id,
            Enrollment.enrolled_at,
            Enrollment.dropped_at,
            Attendance.status,
            Attendance.checked_in_at,
        )
        .join(Enrollment, Enrollment.class_id == ClassSession.class_id)
        .outerjoin(Attendance, and_(Attendance.session_id == ClassSession.id, Attendance.user_id == Enrollment.user_id))
        .where(ClassSession.date == wall.date(), ClassSession.status.in_(MEETS), *where)
        .order_by(ClassSession.start_time, ClassSession.id)
    )
    found: dict[str, list[Any]] = {}
    zone = session.actor.zone
    for row in session.execute(statement):
        until = row.dropped_at.astimezone(zone).date() if row.dropped_at else None
        stay = Stay(row.enrolled_at.astimezone(zone).date(), until)
        if Student(row.user_id, "", (stay,)).was_in_class(wall.date()):
            found.setdefault(row.user_id, []).append(row)
    return found


def _visit(meeting: SessionLine, row: Any, wall: datetime, settings: Terms) -> Visit:
    clock = wall.replace(tzinfo=None)
    shape = Meeting(meeting.id, meeting.class_name, meeting.date, meeting.start, meeting.end, SessionStatus(meeting.status))
    over = clock > shape.ends
    opens = None if over else (shape.begins - settings.opens_before).time()
    return Visit(meeting, row.status, row.checked_in_at, is_open(shape, clock, settings) and not over, opens)


def about_now(session: ScopedSession, wall: datetime) -> list[SessionLine]:
    """Today's sessions that go on, or begin within half an hour."""
    clock = wall.replace(tzinfo=None)
    soon = min(clock + AHEAD, datetime.combine(clock.date(), time.max)).time()
    here = (ClassSession.start_time <= soon, ClassSession.end_time > clock.time(), ClassSession.status.in_(MEETS))
    return session_lines(session, ClassSession.date == wall.date(), *here)
