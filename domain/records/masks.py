"""What is shown as dots, in part or not at all: values that a role may not see in rows that it may read."""

from collections.abc import Mapping, Sequence
from functools import partial, reduce
from operator import or_
from typing import Any

from sqlalchemy import ColumnElement, Select, True_, select

from domain.access.actor import Actor
from domain.access.decide import masked, masks, shown_by_right
from domain.access.decide import rows_of as rows_meant
from domain.access.field_scope import to_be_masked
from domain.access.grants import EVERY, Grant
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
    if not shown.hidden:
        return dict(values)
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
    granted, unless = _worth_asking(shown_by_right(session.actor, model.__tablename__))
    asked = [rows_meant(right, session.actor, model) for right, _mask in granted if right.scope != EVERY]
    whole = [each for right, each in granted if right.scope == EVERY]
    some = [each for right, each in granted if right.scope != EVERY]
    known: dict[Sequence[int], Mask] = {}  # by which rights hold: a page's rows are of few kinds
    found: list[tuple[Sequence[Any], Mask]] = []
    for row in session.execute(to_be_masked(statement, *asked)):
        end = len(row) - len(asked)
        held = row[end:]
        if held not in known:
            shown = [*whole, *(each for each, holds in zip(some, held, strict=True) if holds)]
            known[held] = reduce(or_, shown) if shown else unless or Mask(masked(session.actor, model.__tablename__))
        found.append((row[:end], known[held]))
    return found


def _worth_asking(granted: Sequence[tuple[Grant, Mask]]) -> tuple[Sequence[tuple[Grant, Mask]], Mask | None]:
    """The rights of which each row must be asked whether they hold, and what is shown where none of these does.

    A right that shows nothing that any other doesn't is not asked for: whoever reads a row has some right to it, so where no
    other holds it is this one.
    """
    for at, (right, least) in enumerate(granted):
        others = [*granted[:at], *granted[at + 1 :]]
        if right.scope != EVERY and all(each | least == each for _right, each in others):
            return others, least
    return granted, None


def stored(session: ScopedSession, record: Base) -> dict[str, Any]:
    """A record's fields as they stand, for checks alone: what the actor may not see in every row is asked of the database."""
    return stored_of_many(session, type(record), [record])[record.id]


def stored_of_many(session: ScopedSession, model: type[Base], records: Sequence[Base]) -> dict[str, dict[str, Any]]:
    """The same of many records of one table, by key."""
    known, unseen = fields(model), masked_fields(session.actor, model)
    found = {each.id: {name: getattr(each, name) for name in known if name not in unseen} for each in records}
    for row in rows_of(session.connection(), model, list(found)) if unseen else ():
        found[row["id"]] |= {name: row[field.column] for name, field in known.items() if name in unseen}
    return {key: {name: values[name] for name in known} for key, values in found.items()}
