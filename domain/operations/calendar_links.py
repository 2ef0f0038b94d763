"""Secret addresses under which a calendar program reads sessions, as its person in the role in which they made it.

The address is shown once and kept as a hash. It opens what the person may read at that moment and no more: whoever is disabled or
loses the role has an empty-handed calendar, and ends an address themself at any time.
"""

import datetime as dt
import secrets
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import func, select, update

from domain.access.accounts import connected, digest
from domain.access.actor import Actor
from domain.access.decide import decide, reads_all
from domain.access.roles import Role
from domain.access.standing import standing
from domain.access.uow import ScopedSession
from domain.db.base import model_of
from domain.kit.clock import now
from domain.kit.errors import DatabaseUnavailable, InvalidInput, NotFound, Problem
from domain.kit.texts import N_
from domain.operations.enums import CalendarKind
from domain.operations.planning_models import CalendarLink
from domain.records.labels import readable_labels

MOST = 20  # addresses of one person in one role
SEEN_EVERY = dt.timedelta(hours=1)
HAVE_THEIR_OWN = frozenset({Role.STUDENT, Role.TEACHER, Role.PARENT})
SUBJECTS = {
    CalendarKind.CLASS: "classes",
    CalendarKind.TEACHER: "users",
    CalendarKind.ROOM: "rooms",
    CalendarKind.STUDENT: "users",
}
TOO_MANY = N_("These are {limit} addresses already. Please end one that nobody uses.")
WHOSE = N_("Please choose whose calendar it is.")


@dataclass(frozen=True)
class Link:
    """An address of the reader's own, as a list tells it; the address itself is known to nobody any more."""

    id: str
    kind: CalendarKind
    record_id: str | None
    label: str
    created_at: dt.datetime
    last_used_at: dt.datetime | None


@dataclass(frozen=True)
class Feed:
    """What an address opens: whose eyes read, and which sessions."""

    actor: Actor
    kind: CalendarKind
    record_id: str | None


def kinds_for(actor: Actor) -> list[CalendarKind]:
    """The calendars that a role may have. A teacher's, a room's and anyone's is for who reads every session."""
    found = [CalendarKind.MINE] if actor.role in HAVE_THEIR_OWN else []
    if decide(actor, "R", "classes"):
        found.append(CalendarKind.CLASS)
    if reads_all(actor, "sessions"):
        found += [CalendarKind.TEACHER, CalendarKind.ROOM]
    if actor.role is Role.PARENT or reads_all(actor, "enrollments"):
        found.append(CalendarKind.STUDENT)
    return found


def make_link(session: ScopedSession, kind: CalendarKind, record_id: str | None = None) -> str:
    """A new address's secret part, for the actor in their present role. NotFound for a calendar that isn't theirs to have."""
    actor = session.actor
    if kind not in kinds_for(actor) or actor.role is None:
        raise NotFound
    if kind is CalendarKind.MINE:
        record_id = None
    elif not record_id:
        raise InvalidInput([Problem("record_id", WHOSE)])
    else:
        subject(session, kind, record_id)
    held = select(func.count(CalendarLink.id)).where(CalendarLink.role == actor.role)
    if (session.scalar(held) or 0) >= MOST:
        raise InvalidInput([Problem("kind", TOO_MANY, {"limit": MOST})])
    code = secrets.token_urlsafe(32)
    session.add(CalendarLink(user_id=actor.user_id, role=actor.role, kind=kind, record_id=record_id, code_hash=digest(code)))
    return code


def subject(session: ScopedSession, kind: CalendarKind, record_id: str) -> str:
    """What the subject of a calendar is called. NotFound for a calendar that isn't the actor's to have."""
    named = readable_labels(session, model_of(SUBJECTS[kind]), [record_id]) if kind in kinds_for(session.actor) else {}
    if record_id not in named:
        raise NotFound
    return named[record_id]


def my_links(session: ScopedSession) -> list[Link]:
    """The actor's addresses in their present role, the newest first."""
    wanted = select(CalendarLink).where(CalendarLink.role == session.actor.role).order_by(CalendarLink.created_at.desc())
    rows = list(session.scalars(wanted))
    named: dict[str, str] = {}
    for table in set(SUBJECTS.values()):
        keys = [row.record_id for row in rows if row.record_id and SUBJECTS.get(row.kind) == table]
        named |= readable_labels(session, model_of(table), keys) if keys else {}
    return [
        Link(row.id, row.kind, row.record_id, named.get(row.record_id or "", ""), row.created_at, row.last_used_at)
        for row in rows
    ]


def end_link(session: ScopedSession, key: str) -> None:
    """End an address of the actor's own. NotFound for any other."""
    found = session.get(CalendarLink, key)
    if found is None:
        raise NotFound
    session.delete(found)


def opened(code: str) -> Feed | None:
    """What an address opens now; None for one that is unknown, ended, or whose person is gone or holds the role no more."""
    table = CalendarLink.__table__
    with connected(writing=False) as connection:
        row = connection.execute(select(table).where(table.c.code_hash == digest(code))).first()
        actor = standing(connection, row.user_id, row.role) if row is not None else None
    if row is None or actor is None:
        return None
    _note_used(row.id, row.last_used_at)
    return Feed(actor, row.kind, row.record_id)


def _note_used(key: str, before: dt.datetime | None) -> None:
    """Keep when it was last used, by the hour. A database that only answers reads right now hinders no calendar."""
    moment, table = now(), CalendarLink.__table__
    if before is None or moment - before > SEEN_EVERY:
        with suppress(DatabaseUnavailable), connected(writing=True) as connection:
            connection.execute(update(table).where(table.c.id == key).values(last_used_at=moment))
