"""What depends on a record: every table that refers to it, how many rows, and what a delete would do to them."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import case, func, literal, select, union_all

from domain.access.decide import condition
from domain.access.uow import ScopedSession
from domain.db.base import Base, model_of
from domain.kit.errors import Dependent
from domain.records.labels import in_school, labels

EXAMPLES = 3


@cache
def referring(table: str) -> list[tuple[str, str, str]]:
    """Who refers to a table: (table, column, rule of the delete)."""
    return [
        (each.name, column.name, str(column.info["on_delete"]))
        for each in Base.metadata.sorted_tables
        for column in each.columns
        if column.info.get("refers") == table
    ]


def dependents(session: ScopedSession, model: type[Base], keys: Sequence[str]) -> list[Dependent]:
    """Rows that refer to these records, counted in one statement; and where they stand in the way, some by name.

    Of what stands in the way and isn't the actor's to read, all tables together, no more is said than that there is something:
    an alert that is withheld from them isn't told by a number.
    """
    parts: list[Any] = []
    for name, column, rule in referring(model.__tablename__):
        other = model_of(name).__table__
        told = func.count()
        if rule == "RESTRICT":
            told = func.count(case((condition(session.actor, "R", model_of(name)), 1)))
        counted = select(literal(name), literal(column), literal(rule), told, func.count()).select_from(other)
        parts.append(counted.where(other.c[column].in_(keys), in_school(session, other)))
    if not parts:
        return []
    found = session.connection().execute(union_all(*parts)).all()
    named = [_named(session, row, keys) for row in found if row[3]]
    return named + ([Dependent("", "", 0, "RESTRICT")] if any(row[3] < row[4] for row in found) else [])


def _named(session: ScopedSession, row: Any, keys: Sequence[str]) -> Dependent:
    name, column, rule, count, _all = row
    examples: tuple[str, ...] = ()
    if rule == "RESTRICT":
        other = model_of(name)
        table = other.__table__
        readable = condition(session.actor, "R", other)
        first = select(table.c.id).where(table.c[column].in_(keys), in_school(session, table), readable).limit(EXAMPLES)
        examples = tuple(labels(session, other, list(session.connection().execute(first).scalars())).values())
    return Dependent(name, column, count, rule, examples)
