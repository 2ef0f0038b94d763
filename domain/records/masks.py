"""What is shown as dots: values that a role may not see in rows that it may read."""

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, select

from domain.access.decide import masked, masks
from domain.access.uow import ScopedSession
from domain.db.base import Base
from domain.db.gather import gather

MASK = "•••"


def hidden_in(session: ScopedSession, model: type[Base], keys: Sequence[str]) -> dict[str, frozenset[str]]:
    """The columns that the actor doesn't see in each of these rows: a teacher sees their own phone, not their students'.

    A statement for each right to read, all waited for once; none where nothing is masked.
    """
    hidden = dict.fromkeys(keys, masked(session.actor, model.__tablename__))
    if not any(hidden.values()):
        return hidden
    table = model.__table__

    def among(where: ColumnElement[bool]) -> list[str]:
        return list(session.connection().execute(select(table.c.id).where(table.c.id.in_(keys), where)).scalars())

    granted = masks(session.actor, model)
    found = gather(session, *(partial(among, where) for where, _names in granted))
    for (_where, names), shown in zip(granted, found, strict=True):
        for key in shown:
            hidden[key] &= names
    return hidden


def mask(values: Mapping[str, Any], hidden: Collection[str]) -> dict[str, Any]:
    """The values with dots for what is hidden; what is empty stays so."""
    return {name: MASK if name in hidden and value is not None else value for name, value in values.items()}
