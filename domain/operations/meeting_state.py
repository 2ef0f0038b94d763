"""One dated session as those who do something with it see it: what may be done, and whom it concerns."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from domain.access.decide import condition, decide
from domain.access.uow import ScopedSession
from domain.kit.ids import is_id
from domain.operations.booked import Booking, booked_on, keepers
from domain.operations.class_people import people_of
from domain.operations.enums import SessionStatus
from domain.operations.models import Attendance, ClassSession, SchoolClass
from domain.outbox.people import Told, audience
from domain.records.labels import label_of_key, show_label


@dataclass(frozen=True)
class SessionState:
    """A session as those who do something with it see it, and what may be done. `told`: whom it concerns.

    `booked`: who comes to try the class then; `keepers`: who looks after them, and is told where it is cancelled or moves.
    """

    id: str
    class_id: str
    class_name: str
    date: dt.date
    start: dt.time
    end: dt.time
    status: SessionStatus
    substitute: str | None
    room_id: str | None
    reason: str
    may_change: bool
    may_make_up: bool
    made_up_by: str | None
    told: tuple[Told, ...] = ()
    booked: tuple[Booking, ...] = ()
    keepers: tuple[Told, ...] = ()


def state_of(session: ScopedSession, key: str) -> SessionState | None:
    """A session, what the actor may do with it, and who would be told; None where it isn't theirs to see."""
    found = find(session, key)
    if found is None:
        return None
    record, name, substitute, marked, made_up = found
    changes = may_change(session, record)
    booked = booked_on(session, [record.id]) if changes else ()
    loose = record.status is SessionStatus.SCHEDULED and not marked
    return SessionState(
        record.id,
        record.class_id,
        name,
        record.date,
        record.start_time,
        record.end_time,
        record.status,
        show_label("users", substitute) if substitute else None,
        record.room_id,
        record.reason or "",
        may_change=changes and loose,
        may_make_up=record.status is SessionStatus.CANCELLED and made_up is None and may_make(session),
        made_up_by=made_up,
        told=concerned(session, record) if changes else (),
        booked=booked,
        keepers=keepers(session, booked),
    )


def find(session: ScopedSession, key: str) -> Any:
    """A session's record, its class's name, its substitute's label, whether it has attendance, and what makes up for it."""
    if not is_id(key):
        return None
    marked = exists(select(Attendance.id).where(Attendance.session_id == ClassSession.id))
    made_up = _making_up(ClassSession.id)
    substitute = label_of_key("users", ClassSession.teacher_id)
    wanted = select(ClassSession, SchoolClass.name, substitute, marked, made_up)
    return session.execute(
        wanted.join(SchoolClass, SchoolClass.id == ClassSession.class_id).where(ClassSession.id == key)
    ).first()


def _making_up(key: Any) -> Any:
    """The key of a session that makes up for another and isn't cancelled itself."""
    other = aliased(ClassSession)
    wanted = select(other.id).where(other.makes_up_id == key, other.status != SessionStatus.CANCELLED)
    return wanted.limit(1).scalar_subquery()


def may_change(session: ScopedSession, record: ClassSession) -> bool:
    """Whether the actor may say when and by whom just this session is given: a substitute may not."""
    table = ClassSession.__table__
    theirs = condition(session.actor, "U", ClassSession, changing=("date", "reason", "teacher_id"))
    return session.connection().execute(select(table.c.id).where(table.c.id == record.id, theirs)).first() is not None


def may_make(session: ScopedSession) -> bool:
    """Whether the actor may make sessions."""
    return bool(decide(session.actor, "C", ClassSession))


def concerned(session: ScopedSession, record: ClassSession, *others: str | None) -> tuple[Told, ...]:
    """Whom a session concerns: students, guardians, teacher, substitute, others; not who does it."""
    people = [*people_of(session, [record.class_id]).get(record.class_id, []), record.teacher_id, *others]
    return tuple(each for each in audience(session, [one for one in people if one]) if each.id != session.actor.user_id)
