"""Deleted records: what the trail holds of records that are gone, for those who may create such records again."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from domain.access.decide import decide, masked, reads_all
from domain.access.roles import Role
from domain.access.trail.kinds import BY_HAND, Kind, kind_of
from domain.access.trail.models import TrailEntry, TrailValue
from domain.access.uow import ScopedSession
from domain.db.base import Base, model_of
from domain.db.types import Instant
from domain.kit.errors import NotAllowed
from domain.records.fields import fields
from domain.records.labels import NAMELESS, labels, say_part
from domain.records.masks import MASK

PAGE = 20


@dataclass(frozen=True)
class Deleted:
    """A record that is gone: what it was called, when it went, and who deleted it: a person's key and role, or a job."""

    key: str
    label: str
    at: datetime
    user_id: str | None
    role: Role | None
    job: str | None


def may_bring_back(session: ScopedSession, model: type[Base]) -> bool:
    """Whether the actor may see a table's deleted records: they read all of it, read the trail, and may create."""
    actor, table = session.actor, model.__tablename__
    if kind_of(table) is not Kind.WHOLE or table in BY_HAND or not reads_all(actor, table):
        return False
    return bool(decide(actor, "R", TrailEntry) and decide(actor, "C", model))


def deleted(session: ScopedSession, model: type[Base], *, page: int = 1, size: int = PAGE) -> list[Deleted]:
    """Records of a table that are gone and whose values are still kept, the latest first; NotAllowed without the right."""
    if not may_bring_back(session, model):
        raise NotAllowed("deleted records")
    entries, values, table = TrailEntry.__table__, TrailValue.__table__, model.__table__
    latest = func.max(entries.c.number)  # SQLite takes the other columns from the row of the maximum
    wanted = (
        select(latest, entries.c.at, entries.c.user_id, entries.c.role, entries.c.job, values.c.record_id, values.c.before)
        .join(values, values.c.entry_id == entries.c.id)
        .where(entries.c.organization_id == session.actor.organization_id, entries.c.table_name == model.__tablename__)
        .where(entries.c.action == "D", values.c.before.is_not(None))
        .where(~select(table.c.id).where(table.c.id == values.c.record_id).exists())
        .group_by(values.c.record_id)
        .order_by(latest.desc(), values.c.record_id)
        .limit(size)
        .offset((page - 1) * size)
    )
    rows = session.connection().execute(wanted).all()
    told = [json.loads(row.before)["values"] for row in rows]
    names = _names(session, model, told)
    return [_deleted(session, model, row, one, names) for row, one in zip(rows, told, strict=True)]


def _names(session: ScopedSession, model: type[Base], told: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """What those are called now that the deleted records are called by."""
    found: dict[str, str] = {}
    for name in model.__label__:
        field = fields(model)[name]
        if field.target:
            keys = [one[field.column] for one in told if one.get(field.column)]
            found |= labels(session, model_of(field.target), keys)
    return found


def _deleted(session: ScopedSession, model: type[Base], row: Any, told: Mapping[str, Any], names: Mapping[str, str]) -> Deleted:
    hidden = masked(session.actor, model.__tablename__)
    parts: list[str] = []
    for name in model.__label__:
        field = fields(model)[name]
        value = told.get(field.column)
        if field.column in hidden and value is not None:
            parts.append(MASK)
        elif field.target:
            parts.append(names.get(value or "", ""))
        else:
            bare = value.removesuffix("+00:00") if isinstance(field.type, Instant) and value else value
            parts.append(say_part(field, bare, session.actor.zone))
    separator = " " if all(fields(model)[name].target is None for name in model.__label__) else " · "
    label = separator.join(part for part in parts if part) or NAMELESS
    return Deleted(row.record_id, label, row.at, row.user_id, row.role, row.job)
