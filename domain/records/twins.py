"""What rows must be alone with: who else of the school's has it, asked of many rows in as few questions as of one."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, UniqueConstraint, select, tuple_, type_coerce
from sqlalchemy.types import NullType

from domain.access.decide import masked
from domain.access.uow import ScopedSession, named
from domain.db.base import ADDED, Base
from domain.db.errors import TAKEN
from domain.db.types import Choice
from domain.kit.errors import InvalidInput, Problem
from domain.kit.texts import N_
from domain.records.fields import fields
from domain.records.labels import in_school, labels
from domain.records.locks import find

TAKEN_BY = N_("“{other}” has this already.")
AT_ONCE = 500  # rows that are asked about in one statement

Rows = Mapping[str, Mapping[str, Any]]
"""Rows as they are about to be, by key (a new one's is empty): their values by field."""


@dataclass(frozen=True)
class Taken:
    """A row that can't be what it is about to be: its key, the row that is so already, at which field, and what they share."""

    key: str
    other: str
    field: str
    columns: frozenset[str]


def nobody_has(
    session: ScopedSession,
    model: type[Base],
    values: Mapping[str, Any],
    *,
    except_key: str,
    changing: Collection[str] | None = None,
) -> None:
    """Refuse values that another row of the school's must be alone with. `changing`: the fields that change, if not all may."""
    if taken := first_taken(session, model, {except_key: values}, changing=changing):
        raise taken_by(session, model, taken)


def first_taken(
    session: ScopedSession, model: type[Base], rows: Rows, *, changing: Collection[str] | None = None
) -> Taken | None:
    """The first of these rows that would be refused if they were written one after the other, in their order.

    A statement for each thing that rows must be alone with and 500 rows; none for what `changing` doesn't touch.
    """
    names = {field.column: field.name for field in fields(model).values()}
    found: dict[str, Taken] = {}
    for columns, where in uniques(model):
        own = [column for column in columns if column not in ADDED]
        conditions = where_values(where)
        about = {names[column] for column in [*own, *dict(conditions)] if column in names}
        if changing is not None and about.isdisjoint(changing):
            continue  # they were alone with these before, and still are
        if not (own or conditions):
            continue
        wanted = _wanted(rows, names, own, conditions)
        if not wanted:
            continue
        at, compared = names[own[-1] if own else conditions[-1][0]], frozenset({*own, *dict(conditions)})
        there = _there(session, model, own, conditions, list(dict.fromkeys(wanted.values())))
        for key, other in _twins(list(rows), wanted, there):
            found.setdefault(key, Taken(key, other, at, compared))
    return next((found[key] for key in rows if key in found), None)


def taken_by(session: ScopedSession, model: type[Base], taken: Taken) -> InvalidInput:
    """What is said of it, at its field. Who has it is named if the actor may read that row, and these values in it: whose a
    number is, is told to nobody who sees it as dots.
    """
    if masked(session.actor, model.__tablename__) & taken.columns or find(session, model, taken.other) is None:
        return InvalidInput([Problem(taken.field, TAKEN)])
    other = labels(session, model, [taken.other]).get(taken.other, "")
    return InvalidInput([Problem(taken.field, TAKEN_BY, {"other": other})])


def _wanted(
    rows: Rows, names: Mapping[str, str], own: Sequence[str], conditions: Sequence[tuple[str, Any]]
) -> dict[str, tuple[Any, ...]]:
    """What each row wants to be alone with: of those that the condition holds for, unless a part of it is empty."""
    found = {}
    for key, values in rows.items():
        stored = {column: plain_value(values.get(name)) for column, name in names.items()}
        if any(stored.get(column) is None for column in own):
            continue
        if any(stored.get(column) != value for column, value in conditions):
            continue
        found[key] = tuple(values[names[column]] for column in own)
    return found


def _there(
    session: ScopedSession,
    model: type[Base],
    own: Sequence[str],
    conditions: Sequence[tuple[str, Any]],
    wanted: Sequence[tuple[Any, ...]],
) -> dict[tuple[Any, ...], list[str]]:
    """The rows that are so as it stands, by what they are alone with."""
    table = named(model)
    columns = [table.c[column] for column in own]
    fixed = [type_coerce(table.c[column], NullType()).is_not_distinct_from(value) for column, value in conditions]
    found: dict[tuple[Any, ...], list[str]] = {}
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        among = [tuple_(*columns).in_(some)] if len(own) > 1 else [columns[0].in_([each for (each,) in some])] if own else []
        statement = select(table.c.id, *columns).where(*among, *fixed, in_school(session, table))
        for key, *values in session.connection().execute(statement):
            found.setdefault(tuple(values), []).append(key)
    return found


def _twins(
    order: Sequence[str], wanted: Mapping[str, tuple[Any, ...]], there: Mapping[tuple[Any, ...], Sequence[str]]
) -> Iterator[tuple[str, str]]:
    """Rows with who has it by then: one that was written before them, or one that is so and isn't written before them."""
    place = {key: at for at, key in enumerate(order)}
    first: dict[tuple[Any, ...], str] = {}
    for key, told in wanted.items():
        if first.setdefault(told, key) != key:
            yield key, first[told]
        yield from ((key, other) for other in there.get(told, ()) if place.get(other, len(order)) > place[key])


def uniques(model: type[Base]) -> list[tuple[list[str], Any]]:
    """What rows must be alone with: the columns, and the condition of a partial index."""
    table = model.__table__
    assert isinstance(table, Table)
    found: list[tuple[list[str], Any]] = [
        ([column.name for column in each.columns], None) for each in table.constraints if isinstance(each, UniqueConstraint)
    ]
    for index in table.indexes:
        if index.unique:
            found.append(([str(column.name) for column in index.columns], index.dialect_options["sqlite"]["where"]))  # noqa: PERF401
    return found


def unique_columns(model: type[Base]) -> frozenset[str]:
    """All columns that have a part in what rows must be alone with."""
    return frozenset(
        name for columns, where in uniques(model) for name in (*columns, *(column for column, _value in where_values(where)))
    ) - frozenset(ADDED)


def where_values(where: Any) -> list[tuple[str, Any]]:
    """A partial index's condition as columns and the values they have: `status = 'active'`, `is_current = 1`, `x IS NULL`."""
    said = str(where) if where is not None else ""
    equal = [(name, text if quoted else int(text)) for name, quoted, text in re.findall(r"\"?(\w+)\"? = ('?)(\w+)'?", said)]
    return [*equal, *((name, None) for name in re.findall(r"\"?(\w+)\"? IS NULL", said))]


def plain_value(value: Any) -> Any:
    """A value as a partial index's condition spells it."""
    if isinstance(value, bool):
        return int(value)
    return value.value if isinstance(value, Choice) else value
