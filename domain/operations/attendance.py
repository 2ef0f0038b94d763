"""Taking attendance: one mark for each student and session, whoever takes it and however.

Marks of different students never meet. Two people's different words about the same student do: the later one is told of the
earlier, and chooses. A mark that was just made by mistake is nobody's to delete: it is taken back under the job `attendance`, in
the name of whoever made it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from sqlalchemy import Table, select

from domain.access import bulk
from domain.access.trail.models import TrailAction, TrailEntry, TrailValue
from domain.access.trail.undo import UNDO_LIFE, TooLate
from domain.access.uow import ScopedSession
from domain.core.models import User
from domain.kit.clock import now, wall
from domain.kit.errors import DomainError, EditConflict, InvalidInput, NotFound, Problem
from domain.kit.texts import N_
from domain.operations.attendance_keeping import as_job, on_the_wall, refuse_marks
from domain.operations.attendance_rules import Student, against, arrival, on_arrival
from domain.operations.enums import AttendanceStatus
from domain.operations.marking import Facts, facts
from domain.operations.models import Attendance, ClassSession
from domain.operations.sheets import Mark, Word, sheet, words
from domain.records.check import require

OVER = N_("{session} is over: please mark {student} on its attendance sheet.")


class MarkConflict(DomainError):
    """Someone else marked this student otherwise since the sheet was read. Nothing was changed; the person chooses."""

    source = N_("Someone else has marked {student} by now. Nothing was changed: please choose.")

    def __init__(self, student: Student, theirs: Mark | None, mine: AttendanceStatus) -> None:
        super().__init__(student=student.name)
        self.student, self.theirs, self.mine = student, theirs, mine


class AlreadyHere(DomainError):
    """Who checks in was checked in before."""

    source = N_("{student} was checked in before: there is nothing left to do.")


@dataclass(frozen=True)
class Taken:
    """One mark that was made: whose, what it is, and what it was before (None for none)."""

    student_id: str
    name: str
    status: AttendanceStatus
    former: Mark | None = None


@dataclass(frozen=True)
class CheckedIn:
    """Someone who came in: to which class, and who of it is still expected."""

    taken: Taken
    class_name: str
    room: str
    expected: tuple[str, ...]


def mark(
    session: ScopedSession,
    session_id: str,
    student_id: str,
    status: AttendanceStatus,
    *,
    seen: AttendanceStatus | None,
) -> Taken:
    """Mark a student; `seen` is what the sheet showed of them (None: not marked).

    MarkConflict if that has changed since to something else than is wanted. Marking again what is so already changes nothing.
    InvalidInput, naming student and session, for whom the rules refuse, is raised at the end of the unit of work.
    """
    known, standing = _look(session, session_id, student_id)
    student = known.students[student_id]
    record = standing.get(student_id)
    if record is not None and record.status is status:
        return Taken(student_id, student.name, status, _as_mark(record))  # said twice, or by two people alike
    if (record.status if record else None) is not seen:
        raise MarkConflict(student, _as_mark(record, words(session, session_id)) if record else None, status)
    came = arrival(status, known.meeting, on_the_wall(session), known.terms, before=_on_the_wall(session, record))
    former = _as_mark(record) if record else None
    if record is None:
        record = Attendance(session_id=session_id, user_id=student_id)
        session.add(record)
    record.status, record.checked_in_at = status, _instant(session, came)
    session.flush()
    return Taken(student_id, student.name, status, former)


def mark_all_present(session: ScopedSession, session_id: str) -> list[Taken]:
    """Mark as present everyone on the sheet who isn't marked yet; marks that stand stay."""
    found = sheet(session, session_id, now())
    if found is None:
        raise NotFound
    left = [each.student_id for each in found.unmarked]
    known = facts(session, session_id, left)
    if known is None or not left:
        return []
    students = [known.students[key] for key in left]
    came = _instant(session, arrival(AttendanceStatus.PRESENT, known.meeting, on_the_wall(session), known.terms))
    rows = [{"session_id": session_id, "user_id": key, "status": AttendanceStatus.PRESENT, "checked_in_at": came} for key in left]
    bulk.insert_rows(session, Attendance, rows)
    return [Taken(each.id, each.name, AttendanceStatus.PRESENT) for each in students]


def describe(
    session: ScopedSession, session_id: str, student_id: str, *, version: int, notes: str | None, arrived: time | None = None
) -> None:
    """Note something about a mark and, of someone late, when they came. EditConflict if it has changed since `version`.

    InvalidInput at `notes` and `arrived`.
    """
    known, standing = _look(session, session_id, student_id)
    record = standing.get(student_id)
    if record is None:
        raise NotFound
    said = {"notes": record.notes, "status": record.status}
    if record.row_version != version:
        raise EditConflict(mine={"notes": notes}, theirs=said, version=record.row_version)
    record.notes = require(Attendance, {"notes": notes}, names={"notes"})["notes"]
    if record.status is AttendanceStatus.LATE and arrived is not None:
        came = arrival(AttendanceStatus.LATE, known.meeting, on_the_wall(session), known.terms, given=arrived)
        if came != _minute(_on_the_wall(session, record)):
            record.checked_in_at = _instant(session, came)
    session.flush()


def check_in(session: ScopedSession, session_id: str, student_id: str) -> CheckedIn:
    """Note that someone has come, in time or late by the clock and the school's settings. AlreadyHere if that is known.

    Who was marked absent or excused, and comes all the same, is late or present from now on.
    """
    known, standing = _look(session, session_id, student_id)
    student, record, moment = known.students[student_id], standing.get(student_id), on_the_wall(session)
    if record is not None and record.status in AttendanceStatus.there():
        raise AlreadyHere(student=student.name)
    refuse_marks(against(known.meeting, [student], moment, known.terms))
    if moment > known.meeting.ends:
        raise InvalidInput([Problem("session_id", OVER, {"session": known.meeting.subject.label, "student": student.name})])
    status = on_arrival(known.meeting, moment, known.terms)
    taken = mark(session, session_id, student_id, status, seen=record.status if record else None)
    found = sheet(session, session_id, now())
    expected = tuple(each.name for each in found.unmarked) if found else ()
    return CheckedIn(taken, known.meeting.class_name, found.meeting.room if found else "", expected)


def take_back(session: ScopedSession, session_id: str, some: Sequence[Taken]) -> None:
    """Let marks that this person just made be what they were: the former mark, or none.

    All of them or none: MarkConflict for one that someone has changed since, TooLate after ten minutes.
    """
    known, standing = _look(session, session_id, *(each.student_id for each in some))
    fresh: list[Attendance] = []
    for each in some:
        record = standing.get(each.student_id)
        if record is None or record.status is not each.status:
            theirs = _as_mark(record, words(session, session_id)) if record else None
            raise MarkConflict(known.students[each.student_id], theirs, each.status)
        if each.former is None:
            fresh.append(record)
        else:
            record.status, record.checked_in_at = each.former.status, each.former.checked_in_at
    session.flush()
    if fresh:
        _made_just_now(session, [record.id for record in fresh])
        for record in fresh:
            session.expunge(record)
        with as_job(session) as job:
            bulk.delete_rows(job, Attendance, [record.id for record in fresh])


def _made_just_now(session: ScopedSession, keys: Collection[str]) -> None:
    """TooLate unless this very person made these marks within the time that undoing has."""
    entries, values = _table(TrailEntry), _table(TrailValue)
    made = (
        select(values.c.record_id)
        .join(entries, entries.c.id == values.c.entry_id)
        .where(values.c.organization_id == session.actor.organization_id, values.c.record_id.in_(list(keys)))
        .where(entries.c.table_name == Attendance.__tablename__, entries.c.action == TrailAction.CREATE)
        .where(entries.c.user_id == session.actor.user_id, entries.c.at >= now() - UNDO_LIFE)
    )
    if set(session.connection().execute(made).scalars()) != set(keys):
        raise TooLate


def _look(session: ScopedSession, session_id: str, *student_ids: str) -> tuple[Facts, dict[str, Attendance]]:
    """What a mark rests on, and the marks of these students as they stand. NotFound for what isn't the actor's to see."""
    here = select(ClassSession.id, Attendance).outerjoin(
        Attendance, (Attendance.session_id == ClassSession.id) & Attendance.user_id.in_(student_ids)
    )
    rows = session.execute(here.where(ClassSession.id == session_id)).all()
    known = facts(session, session_id, student_ids) if rows else None
    if known is None or not _all_known(session, known, student_ids):
        raise NotFound
    return known, {record.user_id: record for _key, record in rows if record is not None}


def _all_known(session: ScopedSession, known: Facts, student_ids: Collection[str]) -> bool:
    """Whether each is, or was, in the class, or else someone whom the actor may read: names are told of nobody else."""
    strangers = [key for key in student_ids if key not in known.students or not known.students[key].stays]
    if not strangers:
        return True
    return set(session.scalars(select(User.id).where(User.id.in_(strangers)))) == set(strangers)


def _as_mark(record: Attendance, told: Mapping[str, Word] | None = None) -> Mark:
    word = (told or {}).get(record.id)
    return Mark(record.id, record.row_version, record.status, record.checked_in_at, record.notes, word)


def _on_the_wall(session: ScopedSession, record: Attendance | None) -> datetime | None:
    came = record.checked_in_at if record else None
    return wall(came, session.actor.zone).replace(tzinfo=None) if came else None


def _minute(moment: datetime | None) -> datetime | None:
    return moment.replace(second=0, microsecond=0) if moment else None


def _instant(session: ScopedSession, clock: datetime | None) -> datetime | None:
    return clock.replace(tzinfo=session.actor.zone).astimezone(UTC) if clock else None


def _table(model: Any) -> Table:
    found: Table = model.__table__
    return found
