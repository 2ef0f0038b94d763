"""Whether a record may be changed: by its own word, or by that of the record it is part of."""

from sqlalchemy import select

from domain.access.uow import ScopedSession
from domain.db.base import Base, model_of
from domain.kit.ids import is_id
from domain.records.fields import fields


def find(session: ScopedSession, model: type[Base], key: object) -> Base | None:
    """The record with this key, if it is among the actor's rows. (`session.get` names bare columns, which the session refuses.)"""
    return session.scalar(select(model).where(model.id == key)) if is_id(key) else None


def lock_reason(session: ScopedSession, record: Base, *, deleting: bool = False) -> str | None:
    """Why a record may not be changed or deleted (a source text), or None if it may."""
    reason = record.delete_lock_reason() if deleting else record.lock_reason()
    if reason or not record.__locked_by__:
        return reason
    field = fields(type(record))[record.__locked_by__]
    whole = find(session, model_of(field.target or ""), getattr(record, field.name))
    return whole.lock_reason() if whole else None
