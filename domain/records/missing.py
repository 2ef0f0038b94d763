"""A link to a record that its reader doesn't get: they are told the same whatever the reason, the security log tells it."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import select

from domain.access import security_log
from domain.access.security_log import Event
from domain.access.uow import ScopedSession
from domain.db.base import Base, Tenant
from domain.kit.errors import NotFound
from domain.kit.ids import is_id


def note_missing(session: ScopedSession, model: type[Base], key: object) -> None:
    """Write down, once a minute, that the actor asked for a record that isn't among their rows.

    One statement, whether the record exists or not.
    """
    actor, table = session.actor, model.__table__
    if not security_log.is_new(f"record {actor.user_id or actor.job} {table.name} {key}"):
        return
    school = None
    if is_id(key):
        column = table.c.organization_id if issubclass(model, Tenant) else table.c.id
        school = session.connection().execute(select(column).where(table.c.id == key)).scalar()
    event = Event.RECORD_MISSING if school is None else Event.RECORD_REFUSED
    reason = "" if school is None else "another's" if school == actor.organization_id else "another school's"
    security_log.record(event, actor, table=table.name, key=str(key), reason=reason)


@contextmanager
def noting_missing(session: ScopedSession, model: type[Base], key: object) -> Iterator[None]:
    """Write down that this record was asked for, if the block raises NotFound."""
    try:
        yield
    except NotFound:
        note_missing(session, model, key)
        raise
