"""Whether a record may be changed: by its own word, by that of the record it is part of, by the rights of who asks."""

from collections.abc import Sequence

from sqlalchemy import True_, select

from domain.access.decide import condition
from domain.access.roles import Role
from domain.access.uow import ScopedSession
from domain.db.base import Base, model_of
from domain.db.gather import gather
from domain.db.listed import listed
from domain.kit.ids import is_id
from domain.kit.texts import N_
from domain.records.fields import fields

READ_ONLY = N_("You may read this record, not change it.")
NOT_THEIRS: dict[tuple[str, Role], str] = {}
"""Why some rows of a table aren't a role's to write that writes the others (source texts); bound in the registry."""


def find(session: ScopedSession, model: type[Base], key: object) -> Base | None:
    """The record with this key, if it is among the actor's rows; None also for what isn't a key at all."""
    return session.scalar(select(model).where(model.id == key)) if is_id(key) else None


def refusal(session: ScopedSession, record: Base, action: str) -> str | None:
    """Why this actor may not change ("U") or delete ("D") this record (a source text), or None if they may."""
    reason, theirs = gather(
        session, lambda: lock_reason(session, record, deleting=action == "D"), lambda: _is_theirs(session, record, action)
    )
    if reason or theirs:
        return reason
    return NOT_THEIRS.get((record.__tablename__, session.actor.role), READ_ONLY) if session.actor.role else READ_ONLY


def _is_theirs(session: ScopedSession, record: Base, action: str) -> bool:
    where = condition(session.actor, action, type(record))
    if isinstance(where, True_):
        return True
    table = type(record).__table__
    return session.connection().execute(select(table.c.id).where(table.c.id == record.id, where)).first() is not None


def lock_reason(session: ScopedSession, record: Base, *, deleting: bool = False) -> str | None:
    """Why a record may not be changed or deleted (a source text), or None if it may."""
    return lock_reasons(session, [record], deleting=deleting).get(record.id)


def lock_reasons(session: ScopedSession, records: Sequence[Base], *, deleting: bool = False) -> dict[str, str]:
    """Why those of these records of one table that may not be changed or deleted may not (a source text), by key.

    What they are part of is asked for at once.
    """
    said = {each.id: each.delete_lock_reason() if deleting else each.lock_reason() for each in records}
    found = {key: reason for key, reason in said.items() if reason}
    parts = [each for each in records if each.__locked_by__ and each.id not in found]
    if not parts:
        return found
    field = fields(type(parts[0]))[parts[0].__locked_by__]
    model = model_of(field.target or "")
    whole = {each.id: getattr(each, field.name) for each in parts}
    wanted = select(model).where(model.id.in_(listed({key for key in whole.values() if key})))
    locked = {each.id: reason for each in session.scalars(wanted) if (reason := each.lock_reason())}
    return found | {key: locked[part_of] for key, part_of in whole.items() if part_of in locked}
