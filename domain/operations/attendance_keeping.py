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

from sqlalchemy import Table, select

from domain.access import bulk
from domain.access.trail.writing import Change
from domain.access.uow import ScopedSession
from domain.db.base import Base
from domain.db.listed import listed
from domain.kit.clock import now, wall
from domain.kit.errors import InvalidInput, Problem
from domain.kit.findings import Finding
from domain.kit.texts import N_
from domain.operations.attendance_rules import after_a_mark, against
from domain.operations.enums import AttendanceStatus, SessionStatus
from domain.operations.marking import Facts, facts_of_many
from domain.operations.models import Attendance, ClassSession
from domain.operations.queries import ahead_of
from domain.records.many import write_rows

JOB = "attendance"
TABLES = ("attendance",)
PLACE = frozenset({"session_id", "user_id"})
BATCH = 5_000
NO_TIME = N_("Only who was there has a time at which they came.")


def keep_attendance(session: ScopedSession, changes: Sequence[Change]) -> None:
    """At the end of a unit of work: InvalidInput, at its field, for each mark that the rules refuse; sessions move on."""
    created, moved, corrected = _touched(changes)
    moment = on_the_wall(session)
    marks = _marks(session, sorted((*created, *moved, *corrected)))
    known = facts_of_many(session, marks)
    against_them: list[Finding] = []
    for session_id, each in known.items():
        for found in against(each.meeting, each.students.values(), moment, each.terms):
            key = marks[session_id][found.subjects["student"].key]
            if found.at == "session_id" or key not in corrected:
                against_them.append(replace(found, records=(key,)))
    refuse_marks(against_them)
    begun = [each for session_id, each in known.items() if not created.isdisjoint(marks[session_id].values())]
    advance(session, begun, moment)


def _marks(session: ScopedSession, keys: Sequence[str]) -> dict[str, dict[str, str]]:
    """By session, and in it by student, the key of each of these marks."""
    marks: Table = Attendance.__table__
    found: dict[str, dict[str, str]] = {}
    for at in range(0, len(keys), BATCH):
        wanted = select(marks.c.session_id, marks.c.user_id, marks.c.id).where(marks.c.id.in_(listed(keys[at : at + BATCH])))
        rows = session.connection().execute(wanted.where(marks.c.organization_id == session.actor.organization_id))
        for session_id, student, key in rows:
            found.setdefault(session_id, {})[student] = key
    return found


def _touched(changes: Sequence[Change]) -> tuple[set[str], set[str], set[str]]:
    """The marks that are new, those that went to another session or student, and those whose status alone was corrected."""
    created: set[str] = set()
    moved: set[str] = set()
    corrected: set[str] = set()
    for change in changes:
        if change.action == "C":
            created.update(record.key for record in change.records)
        for record in change.records if change.action == "U" else ():
            names = json.loads(record.after)["values"].keys() if record.after else set()
            if names & PLACE:
                moved.add(record.key)
            elif "status" in names:
                corrected.add(record.key)
    return created, moved - created, corrected - created - moved


def tidy_time(session: ScopedSession, records: Sequence[Base], _action: str) -> None:
    """After marks were written: who wasn't there has no time of coming."""
    marks = [each for each in records if isinstance(each, Attendance)]
    absent = [each.id for each in marks if each.checked_in_at is not None and each.status not in AttendanceStatus.there()]
    write_rows(session, Attendance, [{"id": key, "checked_in_at": None} for key in absent])


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


def advance(session: ScopedSession, known: Iterable[Facts], moment: datetime) -> None:
    """Let sessions be what a mark in them says: going on until their end, held from then on.

    What went on before in the same class, and was never closed, is held by then.
    """
    become: dict[SessionStatus, list[str]] = {}
    classes: set[str] = set()
    for each in known:
        status = after_a_mark(each.meeting, moment)
        if status is not each.meeting.status:
            become.setdefault(status, []).append(each.meeting.id)
            classes.add(each.class_id)
    if not become:
        return
    changed = {key for keys in become.values() for key in keys}
    forgotten = (ClassSession.status == SessionStatus.IN_PROGRESS, ~ahead_of(moment), ClassSession.class_id.in_(listed(classes)))
    with as_job(session) as job:
        held = [key for key in job.scalars(select(ClassSession.id).where(*forgotten)) if key not in changed]
        become.setdefault(SessionStatus.COMPLETED, []).extend(held)
        for status, keys in become.items():
            bulk.update_rows(job, ClassSession, keys, {"status": status})
    for record in session.identity_map.values():
        if isinstance(record, ClassSession):
            session.expire(record)


@contextmanager
def as_job(session: ScopedSession, name: str = JOB) -> Iterator[ScopedSession]:
    """Write under a job's own grants, in the person's name, as part of their unit of work."""
    info = {"actor": replace(session.actor, job=name)}
    job = ScopedSession(session.connection(), info=info, expire_on_commit=False, join_transaction_mode="rollback_only")
    with job:
        yield job
        job.commit()


def on_the_wall(session: ScopedSession) -> datetime:
    """The school's wall clock, without its zone."""
    return wall(now(), session.actor.zone).replace(tzinfo=None)
