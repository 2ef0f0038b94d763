"""What is shown as dots, in part or not at all: values that a role may not see in rows that it may read."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Select, True_, select

from domain.access.actor import Actor
from domain.access.decide import masked, masks
from domain.access.field_scope import to_be_masked
from domain.access.masking import MASK, Dots, Mask, has_dots
from domain.access.trail.cascade import rows_of
from domain.access.uow import ScopedSession
from domain.db.base import Base
from domain.db.gather import gather
from domain.records.fields import fields

__all__ = ["MASK", "Dots", "has_dots", "hidden_in", "mask", "masked_fields", "masks_in", "read", "stored"]


def masked_fields(actor: Actor, model: type[Base]) -> frozenset[str]:
    """The fields whose values the actor doesn't see in every row."""
    hidden = masked(actor, model.__tablename__)
    return frozenset(name for name, field in fields(model).items() if field.column in hidden)


def masks_in(session: ScopedSession, model: type[Base], keys: Sequence[str]) -> dict[str, Mask]:
    """What the actor is shown of each of these rows: a teacher sees their own phone, not their students'.

    A statement for each right to some rows, all waited for once; none where nothing is masked.
    """
    unseen = Mask(masked(session.actor, model.__tablename__))
    if not unseen.hidden or not keys:
        return dict.fromkeys(keys, unseen)
    table = model.__table__

    def among(where: ColumnElement[bool]) -> Sequence[str]:
        if isinstance(where, True_):
            return keys
        return list(session.connection().execute(select(table.c.id).where(table.c.id.in_(keys), where)).scalars())

    granted = masks(session.actor, model)
    found = gather(session, *(partial(among, where) for where, _mask in granted))
    shown: dict[str, Mask] = {}
    for (_where, each), theirs in zip(granted, found, strict=True):
        for key in theirs:
            shown[key] = shown[key] | each if key in shown else each
    return {key: shown.get(key, unseen) for key in keys}


def hidden_in(session: ScopedSession, model: type[Base], keys: Sequence[str]) -> dict[str, frozenset[str]]:
    """The fields that the actor doesn't see as they are in each of these rows."""
    names = {field.column: name for name, field in fields(model).items()}
    return {
        key: frozenset(names[column] for column in each.hidden if column in names)
        for key, each in masks_in(session, model, keys).items()
    }


def mask(model: type[Base], values: Mapping[str, Any], shown: Mask) -> dict[str, Any]:
    """A row's values by field, as they are shown."""
    known = fields(model)
    return {name: shown.of(known[name].column, value) for name, value in values.items()}


def read(
    session: ScopedSession, model: type[Base], statement: Select[Any], names: Sequence[str]
) -> list[tuple[Sequence[Any], Mask]]:
    """The rows of a statement whose first column is the key, each with what is shown of it.

    Whoever asks shows none of them but through `mask`. Where `names`, the fields that are asked for, hold nothing masked, it is
    a question like any other.
    """
    if masked_fields(session.actor, model).isdisjoint(names):
        return [(row, Mask()) for row in session.execute(statement)]
    found = session.execute(to_be_masked(statement)).all()
    shown = masks_in(session, model, [row[0] for row in found])
    return [(row, shown[row[0]]) for row in found]


def stored(session: ScopedSession, record: Base, hidden: Iterable[str]) -> dict[str, Any]:
    """A record's fields as they stand, for checks alone: what the actor may not see is asked of the database."""
    known = fields(type(record))
    unseen = set(hidden) | masked_fields(session.actor, type(record))
    values = {name: getattr(record, name) for name in known if name not in unseen}
    if unseen:
        [row] = rows_of(session.connection(), type(record), [record.id])
        values |= {name: row[field.column] for name, field in known.items() if name in unseen}
    return {name: values[name] for name in known}
