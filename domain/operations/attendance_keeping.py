"""What holds however attendance is written: in a form, in a list, in bulk, by an import, by an undo; and what follows of it.

What a mark makes of its session (it goes on, it was held) follows by itself, under the job `attendance` and in the name of
whoever marked: reception marks, and writes no sessions.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Table, and_, or_, select

from domain.access.trail.writing import Change
from domain.access.uow import ScopedSession
from domain.db.base import Base
from domain.kit.clock import now, wall
from domain.kit.errors import InvalidInput, Problem
from domain.kit.findings import Finding
from domain.kit.texts import N_
from domain.operations.attendance_rules import after_a_mark, against
from domain.operations.enums import AttendanceStatus, SessionStatus
from domain.operations.models import Attendance, ClassSession
from domain.operations.queries import ahead_of
from domain.operations.sheets import Facts, facts

JOB = "attendance"
TABLES = ("attendance",)
PLACE = frozenset({"session_id", "user_id"})
BATCH = 500
NO_TIME = N_("Only who was there has a time at which they came.")


def keep_attendance(session: ScopedSession, changes: Sequence[Change]) -> None:
    """At the end of a unit of work: InvalidInput, at its field, for each mark that the rules refuse; sessions move on."""
    created, moved, corrected = _touched(changes)
    marks: Table = Attendance.__table__
    rows: list[Any] = []
    keys = [*created, *moved, *corrected]
    for at in range(0, len(keys), BATCH):
        wanted = select(marks.c.id, marks.c.session_id, marks.c.user_id).where(marks.c.id.in_(keys[at : at + BATCH]))
        rows += session.connection().execute(wanted.where(marks.c.organization_id == session.actor.organization_id))
    by_session: dict[str, list[Any]] = {}
    for row in rows:
        by_session.setdefault(row.session_id, []).append(row)
    against_them: list[Finding] = []
    moment, begun = on_the_wall(session), []
    for session_id, some in by_session.items():
        known = facts(session, session_id, [row.user_id for row in some])
        if known is None:
            continue
        strict = {row.user_id for row in some if row.id not in corrected}
        found = against(known.meeting, known.students.values(), moment, known.terms)
        against_them += [each for each in found if each.at == "session_id" or each.subjects["student"].key in strict]
        if any(row.id in created for row in some):
            begun.append(known)
    refuse_marks(against_them)
    for known in begun:
        advance(session, known, moment)


def _touched(changes: Sequence[Change]) -> tuple[set[str], set[str], set[str]]:
    """The marks that are new, those that went to another session or student, and those whose status alone was corrected."""
    created: set[str] = set()
    moved: set[str] = set()
    corrected: set[str] = set()
    for change in changes:
        for record in change.records:
            names = json.loads(record.after)["values"].keys() if record.after else set()
            if change.action == "C":
                created.add(record.key)
            elif change.action == "U" and names & PLACE:
                moved.add(record.key)
            elif change.action == "U" and "status" in names:
                corrected.add(record.key)
    return created, moved - created, corrected - created - moved


def tidy_time(session: ScopedSession, record: Base, _action: str) -> None:
    """After a mark was written: who wasn't there has no time of coming."""
    assert isinstance(record, Attendance)
    if record.checked_in_at is not None and record.status not in AttendanceStatus.there():
        record.checked_in_at = None
        session.flush()


def time_problems(values: Mapping[str, Any]) -> list[Problem]:
    """What is wrong between the values of one mark."""
    status = values.get("status")
    if values.get("checked_in_at") is None or status is None or status in AttendanceStatus.there():
        return []
    return [Problem("checked_in_at", NO_TIME)]


def refuse_marks(found: Iterable[Finding]) -> None:
    """InvalidInput with each finding at its field, if there is any."""
    problems = [each.problem for each in found]
    if problems:
        raise InvalidInput(problems)


def advance(session: ScopedSession, known: Facts, moment: datetime) -> None:
    """Let a session be what a mark in it says: going on until its end, held from then on.

    What went on before in the same class, and was never closed, is held by then.
    """
    meeting, class_id = known.meeting, known.class_id
    status = after_a_mark(meeting, moment)
    if status is meeting.status:
        return
    forgotten = and_(ClassSession.status == SessionStatus.IN_PROGRESS, ~ahead_of(moment))
    with as_job(session) as job:
        theirs = select(ClassSession).where(ClassSession.class_id == class_id, or_(ClassSession.id == meeting.id, forgotten))
        for each in job.scalars(theirs):
            each.status = status if each.id == meeting.id else SessionStatus.COMPLETED
    for record in session.identity_map.values():
        if isinstance(record, ClassSession):
            session.expire(record)


@contextmanager
def as_job(session: ScopedSession) -> Iterator[ScopedSession]:
    """Write under the job's own grants, in the person's name, as part of their unit of work."""
    info = {"actor": replace(session.actor, job=JOB)}
    job = ScopedSession(session.connection(), info=info, expire_on_commit=False, join_transaction_mode="rollback_only")
    with job:
        yield job
        job.commit()


def on_the_wall(session: ScopedSession) -> datetime:
    """The school's wall clock, without its zone."""
    return wall(now(), session.actor.zone).replace(tzinfo=None)
