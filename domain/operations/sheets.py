"""What a session's attendance sheet holds: its students, their marks, and of each mark who made it and what it was before."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Table, select

from domain.access.trail.models import TrailEntry, TrailValue
from domain.access.uow import ScopedSession
from domain.core.models import Organization, User
from domain.db.gather import gather
from domain.kit.clock import wall
from domain.kit.ids import is_id
from domain.operations.attendance_rules import Meeting, Student, Terms, is_open, terms_of
from domain.operations.enums import AttendanceStatus, SessionStatus
from domain.operations.marking import stay
from domain.operations.models import Attendance, ClassSession, Enrollment
from domain.operations.queries import SessionLine, session_lines
from domain.records.query import attribute


@dataclass(frozen=True)
class Word:
    """Who said the present status of a mark, when, and what it was before, if it was something else."""

    by: str
    at: datetime
    was: AttendanceStatus | None = None


@dataclass(frozen=True)
class Mark:
    """A student's attendance as it stands. `word` is None where the trail doesn't hold it any more."""

    id: str
    version: int
    status: AttendanceStatus
    checked_in_at: datetime | None = None
    notes: str | None = None
    word: Word | None = None


@dataclass(frozen=True)
class SheetLine:
    """A student on a sheet."""

    student_id: str
    name: str
    picture: str | None
    mark: Mark | None = None


@dataclass(frozen=True)
class Sheet:
    """A session and those who are to be marked in it. `is_open`: whether marks may be taken now."""

    meeting: SessionLine
    lines: tuple[SheetLine, ...]
    is_open: bool
    terms: Terms = field(default_factory=Terms)

    @property
    def unmarked(self) -> list[SheetLine]:
        return [each for each in self.lines if each.mark is None]


def sheet(session: ScopedSession, session_id: str, moment: datetime) -> Sheet | None:
    """A session's sheet, waited for once; None if the session isn't the actor's to see."""
    if not is_id(session_id):
        return None
    found, enrolled, marks, told, settings = gather(
        session,
        lambda: session_lines(session, ClassSession.id == session_id),
        lambda: _enrolled(session, session_id),
        lambda: _marks(session, session_id),
        lambda: words(session, session_id),
        lambda: terms(session),
    )
    if not found:
        return None
    meeting = found[0]
    clock = wall(moment, session.actor.zone).replace(tzinfo=None)
    shape = Meeting(meeting.id, meeting.class_name, meeting.date, meeting.start, meeting.end, meeting.status)
    may = meeting.status is not SessionStatus.CANCELLED and is_open(shape, clock, settings)
    return Sheet(meeting, _lines(session, meeting.date, enrolled, marks, told), may, settings)


def _enrolled(session: ScopedSession, session_id: str) -> list[Any]:
    statement = (
        select(User.id, User.first_name, User.last_name, User.avatar_url, Enrollment.enrolled_at, Enrollment.dropped_at)
        .join(Enrollment, Enrollment.user_id == User.id)
        .join(ClassSession, ClassSession.class_id == Enrollment.class_id)
        .where(ClassSession.id == session_id)
        .order_by(attribute(User, "sort_text"), User.id)
    )
    return list(session.execute(statement).all())


def _marks(session: ScopedSession, session_id: str) -> list[Any]:
    statement = (
        select(Attendance, User.first_name, User.last_name, User.avatar_url)
        .join(User, User.id == Attendance.user_id)
        .where(Attendance.session_id == session_id)
        .order_by(attribute(User, "sort_text"), User.id)
    )
    return list(session.execute(statement).all())


def _lines(
    session: ScopedSession, day: date, enrolled: list[Any], marks: list[Any], told: Mapping[str, Word]
) -> tuple[SheetLine, ...]:
    """Who was enrolled that day, then who was marked all the same."""
    marked = {row[0].user_id: row for row in marks}
    found: dict[str, SheetLine] = {}
    for key, first, last, picture, since, until in enrolled:
        student = Student(key, f"{first} {last}", (stay(session, since, until),))
        if student.was_in_class(day):
            mark = _mark(marked[key][0], told) if key in marked else None
            found[key] = SheetLine(key, student.name, picture, mark)
    for key, (record, first, last, picture) in marked.items():
        if key not in found:
            found[key] = SheetLine(key, f"{first} {last}", picture, _mark(record, told))
    return tuple(found.values())


def _mark(record: Attendance, told: Mapping[str, Word]) -> Mark:
    return Mark(record.id, record.row_version, record.status, record.checked_in_at, record.notes, told.get(record.id))


def _table(model: Any) -> Table:
    found: Table = model.__table__
    return found


def words(session: ScopedSession, session_id: str) -> dict[str, Word]:
    """Of each mark of a session, who gave it its status and what it was before, as the trail holds it: one statement.

    Read below the session, as undoing is: whoever takes attendance may have no right to the trail, and is told this much.
    """
    values, entries, users, marks = (_table(each) for each in (TrailValue, TrailEntry, User, Attendance))
    school = session.actor.organization_id
    theirs = select(marks.c.id).where(marks.c.organization_id == school, marks.c.session_id == session_id)
    statement = (
        select(values.c.record_id, entries.c.at, users.c.first_name, users.c.last_name, values.c.before, values.c.after)
        .join(entries, entries.c.id == values.c.entry_id)
        .outerjoin(users, users.c.id == entries.c.user_id)
        .where(values.c.record_id.in_(theirs), values.c.organization_id == school)
        .where(entries.c.table_name == marks.name)
        .order_by(entries.c.number)
    )
    found: dict[str, Word] = {}
    for key, at, first, last, before, after in session.connection().execute(statement):
        was, became = (json.loads(text)["values"].get("status") if text else None for text in (before, after))
        if became is not None:
            found[key] = Word(f"{first} {last}" if first else "", at, AttendanceStatus(was) if was else None)
    return found


def terms(session: ScopedSession) -> Terms:
    """What the school's settings say of attendance. They bind everyone, also those who don't read settings."""
    schools = _table(Organization)
    return terms_of(session.connection().execute(select(schools.c.settings).where(_is_own(session, schools))).scalar())


def _is_own(session: ScopedSession, schools: Table) -> Any:
    return schools.c.id == session.actor.organization_id
