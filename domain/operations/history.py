"""What was held keeps the teacher and the room that it had, whichever way its class gets others: by a form, many at once, an
import, a plan or an undo.

A session names neither as long as they are its class's. So when a class gets others, those that it had are written into what
was held by then, and what is to come follows the class. Where it had no teacher, that is written: nobody taught what the first
one finds held, until somebody says who did.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select

from domain.access import bulk
from domain.access.trail.writing import Change
from domain.access.uow import ScopedSession
from domain.db.listed import listed
from domain.kit import clock
from domain.operations.enums import SessionStatus
from domain.operations.models import Attendance, ClassSession, SchoolClass

TABLES = ("classes", "sessions")
PLACE = ("teacher_id", "room_id")
NOBODY = "without_teacher"
UNDER_WAY = (SessionStatus.IN_PROGRESS, SessionStatus.COMPLETED)
Had = Mapping[str, Mapping[str, str | None]]  # by class, the teacher and the room that it had, as far as it lost them
Pins = dict[str, dict[str, str | bool]]


def who_taught() -> ColumnElement[str | None]:
    """Of a session joined with its class: the key of who gave it, else of the class's own teacher, unless it had none then."""
    own = case((ClassSession.without_teacher.is_(True), None), else_=SchoolClass.teacher_id)
    return func.coalesce(ClassSession.teacher_id, own)


def keep_history(session: ScopedSession, changes: Sequence[Change]) -> None:
    """At the end of a unit of work: write into what was held the teacher and the room that its class had before."""
    had: dict[str, dict[str, str | None]] = {}
    by_hand: set[str] = set()
    for change in changes:
        for record in change.records if change.action == "U" else ():
            before = json.loads(record.before)["values"] if record.before else {}
            if change.table == "sessions" and not before.keys().isdisjoint({*PLACE, NOBODY}):
                by_hand.add(record.key)  # this very unit of work says where and by whom: an undo, or a correction
            elif change.table == "classes":
                values = {name: before[name] for name in PLACE if name in before}
                had[record.key] = {**values, **had.get(record.key, {})}
    same: dict[tuple[tuple[str, str | bool], ...], list[str]] = {}
    for key, values in pins(session, had).items():
        if key not in by_hand:
            same.setdefault(tuple(values.items()), []).append(key)
    for place, keys in same.items():
        bulk.update_rows(session, ClassSession, keys, dict(place))


def pins(session: ScopedSession, had: Had) -> Pins:
    """By session that was held, what is to be written into it: what it names itself stays."""
    classes = [key for key, values in had.items() if values]
    if not classes:
        return {}
    unnamed = or_(ClassSession.teacher_id.is_(None), ClassSession.room_id.is_(None))
    columns = (ClassSession.class_id, ClassSession.teacher_id, ClassSession.room_id, ClassSession.without_teacher)
    wanted = select(ClassSession.id, *columns).where(ClassSession.class_id.in_(listed(classes)), unnamed, held(session))
    found = {row.id: _missing(had[row.class_id], row) for row in session.execute(wanted)}
    return {key: values for key, values in found.items() if values}


def _missing(had: Mapping[str, str | None], row: Any) -> dict[str, str | bool]:
    found: dict[str, str | bool] = {}
    if "teacher_id" in had and row.teacher_id is None and not row.without_teacher:
        found |= {"teacher_id": had["teacher_id"]} if had["teacher_id"] else {NOBODY: True}
    if had.get("room_id") and row.room_id is None:
        found["room_id"] = str(had["room_id"])
    return found


def held(session: ScopedSession) -> ColumnElement[bool]:
    """Sessions that have begun by the school's clock, go on, were held, or have attendance."""
    moment = clock.wall(clock.now(), session.actor.zone)
    today = and_(ClassSession.date == moment.date(), ClassSession.start_time <= moment.time())
    marked = exists(select(Attendance.id).where(Attendance.session_id == ClassSession.id))
    return or_(ClassSession.date < moment.date(), today, ClassSession.status.in_(UNDER_WAY), marked)


def left_by(before: Mapping[str, str | None], after: Mapping[str, str | None]) -> dict[str, str | None]:
    """Of a class's teacher and room those that a change takes from it, or that it had none."""
    return {name: before[name] for name in PLACE if after[name] != before[name]}
