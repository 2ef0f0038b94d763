"""A record as it once was: found by walking the trail back from today, and brought back through the rights like any change."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from domain.access.decide import decide
from domain.access.masking import MASK
from domain.access.trail.cascade import rows_of
from domain.access.trail.models import TrailAction, TrailEntry
from domain.access.trail.undo import NotKept, steps_after
from domain.access.trail.values import kept, revived
from domain.access.uow import ScopedSession
from domain.db.base import Base, table_key
from domain.kit.errors import NotAllowed, NotFound
from domain.records.locks import find
from domain.records.masks import hidden_in, mask, masks_in, stored
from domain.records.write import update, writable


@dataclass(frozen=True)
class Version:
    """What bringing back a version would change: by field, what it is and what it was then.

    `row_version` and `current` are what the record is now, for a later write to hold against. `stays`: fields that differ as
    well, which this actor can't write, doesn't see, or whose value isn't kept.
    """

    row_version: int
    current: Mapping[str, Any]
    then: Mapping[str, Any]
    stays: tuple[str, ...]


def version(session: ScopedSession, model: type[Base], key: str, number: int) -> Version:
    """A record as it was after the entry of this number, held against what it is now.

    NotAllowed without the right to the trail, NotFound for a record that isn't the actor's or has no such entry, NotKept where
    what lies between was erased.
    """
    verdict = decide(session.actor, "R", TrailEntry)
    if not verdict:
        raise NotAllowed(verdict.reason)
    record = find(session, model, key)
    if record is None or not _is_of(session, model, number):
        raise NotFound
    [row] = rows_of(session.connection(), model, [key])  # as it stands, below what is masked for the actor
    now = kept(model, row)
    was: dict[str, Any] | None = dict(now)
    for step in steps_after(session, model, key, number):
        if step.emptied:
            raise NotKept
        if step.action is TrailAction.CREATE:
            was = None
        elif was is None or step.action is TrailAction.DELETE:
            was = dict(step.before or {})
        else:
            was |= step.before or {}
    if was is None:
        raise NotFound
    return _compared(session, model, record, now, was)


def _is_of(session: ScopedSession, model: type[Base], number: int) -> bool:
    wanted = select(TrailEntry.id).where(TrailEntry.number == number, TrailEntry.table_name == model.__tablename__)
    return session.scalar(wanted) is not None


def _compared(session: ScopedSession, model: type[Base], record: Base, now: Mapping[str, Any], was: Mapping[str, Any]) -> Version:
    hidden = hidden_in(session, model, [record.id])[record.id]
    shown = masks_in(session, model, [record.id])[record.id]
    allowed = writable(session.actor, model, "U") - hidden
    attributes = {table_key(record.__mapper__, each.key): each.key for each in record.__mapper__.column_attrs}
    types = model.__table__.columns
    then, stays = {}, []
    for column, value in now.items():
        name, old = attributes[column], was.get(column)
        if old == value:
            continue
        if name in allowed and MASK not in (old, value):
            then[name] = revived(types[column].type, old)
        else:
            stays.append(name)
    return Version(record.row_version, mask(model, stored(session, record), shown), then, tuple(stays))


def bring_back_version(session: ScopedSession, model: type[Base], key: str, number: int, seen: Version) -> Base:
    """Make a record what it was after an entry, as it was `seen`; a change of its own.

    InvalidInput where a rule stands against it now or what it referred to is gone; EditConflict if it changed since it was seen.
    """
    found = version(session, model, key, number)
    given = {name: found.then.get(name, value) for name, value in seen.then.items()}
    return update(session, model, key, given, version=seen.row_version, opened=seen.current)
