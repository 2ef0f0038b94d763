"""What a delete takes along: the database deletes what hangs on a record, or empties references to it, without a word to anyone.

So it is read beforehand: level by level which rows hang on the deleted ones, one statement each, then their values.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, literal, select, union_all

from domain.access.trail.kinds import Kind, kind_of
from domain.db.base import Base, Tenant, model_of
from domain.db.listed import listed

READ = 500  # rows whose values are asked for at once


@dataclass(frozen=True)
class Gone:
    """Rows of one table, as `note` takes them: deleted ("D"), or changed ("U") where they lose a reference."""

    action: str
    model: type[Base]
    rows: list[tuple[str, dict[str, Any] | None, dict[str, Any] | None]]


@cache
def _hanging_on(table: str) -> list[tuple[type[Base], str, bool]]:
    """What a delete in a table reaches: (model, column, whether the row goes too, or only its reference)."""
    return [
        (each.info["model"], column.name, column.info["on_delete"] == "CASCADE")
        for each in Base.metadata.sorted_tables
        for column in each.columns
        if column.info.get("refers") == table and column.info["on_delete"] in {"CASCADE", "SET NULL"}
    ]


def rows_of(connection: Connection, model: type[Base], keys: Sequence[str]) -> list[dict[str, Any]]:
    """The rows with these keys, by column name, in the order of their keys."""
    table = model.__table__
    statement = select(table).where(table.c.id.in_(listed(keys))).order_by(table.c.id)
    return [dict(row) for row in connection.execute(statement).mappings()]


def gone_with(connection: Connection, school: str, model: type[Base], keys: Iterable[str]) -> list[Gone]:
    """These rows, and all that their delete takes along, as they are before it."""
    going: dict[str, set[str]] = {model.__tablename__: set(keys)}
    emptied: dict[tuple[str, str], dict[str, None]] = {}
    level = dict(going)
    while level:
        found = _reached(connection, school, level)
        level = {}
        for child, column, goes, key in found:
            if not goes:
                emptied.setdefault((child, key), {})[column] = None
            elif key not in going.setdefault(child, set()):
                going[child].add(key)
                level.setdefault(child, set()).add(key)
    return [*_deleted(connection, going), *_emptied(connection, emptied, going)]


def _reached(connection: Connection, school: str, level: dict[str, set[str]]) -> list[tuple[str, str, bool, str]]:
    parts: list[Select[Any]] = []
    for parent, keys in level.items():
        for child, column, goes in _hanging_on(parent):
            table = child.__table__
            if kind_of(table.name) is Kind.NOTHING:
                continue
            wanted = select(literal(table.name), literal(column), literal(goes), table.c.id)
            wanted = wanted.where(table.c[column].in_(listed(sorted(keys))))
            parts.append(wanted.where(table.c.organization_id == school) if issubclass(child, Tenant) else wanted)
    if not parts:
        return []
    return [(child, column, bool(goes), key) for child, column, goes, key in connection.execute(union_all(*parts))]


def _deleted(connection: Connection, going: dict[str, set[str]]) -> list[Gone]:
    found = []
    for name, keys in going.items():
        model = model_of(name)
        found.append(Gone("D", model, [(str(row["id"]), row, None) for row in _read(connection, model, sorted(keys))]))
    return found


def _emptied(connection: Connection, emptied: dict[tuple[str, str], dict[str, None]], going: dict[str, set[str]]) -> list[Gone]:
    by_table: dict[str, list[str]] = {}
    for name, key in emptied:
        if key not in going.get(name, set()):
            by_table.setdefault(name, []).append(key)
    return [
        Gone(
            "U",
            model_of(name),
            [
                (str(row["id"]), row, {**row, **emptied[name, str(row["id"])]})
                for row in _read(connection, model_of(name), sorted(keys), nulling=True)
            ],
        )
        for name, keys in by_table.items()
    ]


def _read(connection: Connection, model: type[Base], keys: Sequence[str], *, nulling: bool = False) -> list[dict[str, Any]]:
    """The rows' values; of tables of which only the fact is kept, no more than their keys (and what is about to be emptied)."""
    kind = kind_of(model.__tablename__)
    if kind is Kind.NOTHING or (kind is Kind.PRESENCE and not nulling):
        return [{"id": key} for key in keys] if kind is Kind.PRESENCE else []
    return [row for at in range(0, len(keys), READ) for row in rows_of(connection, model, keys[at : at + READ])]
