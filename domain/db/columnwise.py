"""Rows that are written column by column: what a value becomes in the database is asked once for each value, not for each row."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, Table, insert
from sqlalchemy.types import TypeEngine

from domain.db.json_types import JsonValue
from domain.kit.progress import Work, tell

AT_ONCE = 10_000  # rows that are handed to the driver together


def write_columns(
    connection: Connection, table: Table, columns: Mapping[str, Sequence[Any]], *, work: Work = Work.WRITING
) -> None:
    """Insert rows given as columns of equal length, by the columns' names. What isn't named is left to the database.

    `work`: what it is to who waits for it.
    """
    names = [each.name for each in table.columns if each.name in columns]
    stored = [each_as(columns[name], table.c[name].type, _binder(table.c[name].type, connection.dialect)) for name in names]
    rows = list(zip(*stored, strict=True))
    statement = _statement(table, tuple(names), connection.dialect)
    for at in range(0, len(rows), AT_ONCE):
        tell(work, at, len(rows))
        connection.exec_driver_sql(statement, rows[at : at + AT_ONCE])


@lru_cache(maxsize=256)
def _statement(table: Table, names: tuple[str, ...], dialect: Dialect) -> str:
    return str(insert(table).compile(dialect=dialect, column_keys=names))


@lru_cache(maxsize=256)
def _binder(kind: TypeEngine[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    return kind.dialect_impl(dialect).bind_processor(dialect)


def each_as(values: Sequence[Any], kind: Any, convert: Callable[[Any], Any] | None) -> Sequence[Any]:
    """Each of a column's values converted, those that are equal once; nothing stays nothing."""
    if convert is None:
        return values
    if isinstance(kind, JsonValue):  # 1 and true are equal in Python, and lists are no keys
        return [None if value is None else convert(value) for value in values]
    told = {value: None if value is None else convert(value) for value in set(values)}
    return [told[value] for value in values]
