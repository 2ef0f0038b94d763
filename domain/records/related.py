"""What refers to a record, as far as the actor may read it: which tables, through which column, how many rows."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, literal, select, union_all

from domain.access.decide import condition, decide, masked
from domain.access.uow import ScopedSession
from domain.db.base import Base, model_of
from domain.records.dependents import referring
from domain.records.fields import fields
from domain.records.labels import in_school


@dataclass(frozen=True)
class Related:
    """Rows of a table that refer to a record through one field."""

    table: str
    field: str
    count: int


def related(session: ScopedSession, model: type[Base], key: str) -> list[Related]:
    """Every table and field through which something refers to this record; one statement.

    Not fields that are masked in some row: a number would tell whom the dots stand for.
    """
    parts: list[Any] = []
    names: list[tuple[str, str]] = []
    for table, column, _rule in referring(model.__tablename__):
        other = model_of(table)
        name = next((each.name for each in fields(other).values() if each.column == column), None)
        if name is None or not decide(session.actor, "R", other) or column in masked(session.actor, table):
            continue
        rows = other.__table__
        where = (rows.c[column] == key, in_school(session, rows), condition(session.actor, "R", other))
        parts.append(select(literal(len(names)), func.count()).select_from(rows).where(*where))
        names.append((table, name))
    if not parts:
        return []
    return [Related(names[at][0], names[at][1], count) for at, count in session.connection().execute(union_all(*parts))]
