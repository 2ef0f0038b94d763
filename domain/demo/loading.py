"""Writing the demo: table by table, in batches, all in one transaction. What is drawn is what is written, and nothing is kept."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Engine, Table, insert

from domain.db.base import Base, searchable_columns
from domain.db.types import Instant
from domain.demo.plan import Row
from domain.kit.fold import fold

BATCH = 5_000
PRAGMAS = {"synchronous": "NORMAL", "cache_size": "-131072"}  # the cache in KiB, hence below zero


@lru_cache(maxsize=20_000)
def _folded(text: str) -> str:
    return " ".join(text.casefold().split()) if text.isascii() else fold(text)


class TableWriter:
    """Inserts rows of one table. What a row leaves out is the column's plain default; it never draws a key or a time itself."""

    def __init__(self, model: type[Base]) -> None:
        table: Any = model.__table__
        self.table: Table = table
        columns = table.columns
        self.blank: Row = {}
        self.called: dict[str, Any] = {}
        self.moments = []
        for column in columns:
            default = column.default
            self.blank[column.key] = default.arg if default is not None and default.is_scalar else None
            if default is not None and default.is_callable and not isinstance(column.type, Instant) and column.key != "id":
                self.called[column.key] = default.arg
            if default is not None and default.is_callable and isinstance(column.type, Instant):
                self.moments.append(column.key)
        self.search = [column.key for column in searchable_columns(model)] if "search_text" in columns else []
        self.sort = list(model.__label__) if "sort_text" in columns else []

    def complete(self, row: Row, organization_id: str) -> Row:
        """The row as it is stored: with its school, its defaults and its folded texts."""
        full = {**self.blank, **row}
        if "organization_id" in full:
            full["organization_id"] = organization_id
        for name in self.moments:
            assert full[name] is not None, f"{self.table.name}.{name}: the demo says when"
        for name, make in self.called.items():
            if name not in row:
                full[name] = make(None)
        if self.search:
            full["search_text"] = " ".join(filter(None, map(_folded, _words(full, self.search))))
        if self.sort:
            full["sort_text"] = " ".join(filter(None, (_folded(str(full[name] or "")) for name in self.sort)))
        return full

    def write(self, connection: Connection, rows: Iterable[Row], organization_id: str) -> Iterator[int]:
        """Insert all rows; after each batch, how many it held."""
        statement = insert(self.table)
        drawn = iter(rows)
        while batch := [self.complete(row, organization_id) for row in islice(drawn, BATCH)]:
            connection.execute(statement, batch)
            yield len(batch)


def _words(row: Row, names: list[str]) -> Iterator[str]:
    for name in names:
        value = row[name]
        if isinstance(value, list):
            yield from (str(each) for each in value if each)
        elif value:
            yield str(value)


@contextmanager
def bulk_connection(engine: Engine) -> Iterator[Connection]:
    """A connection in one transaction, with pragmas that suit a bulk load: synchronous=NORMAL and a larger cache.

    On the file only; they are put back afterwards. Losing power while loading may lose the demo, and nothing else.
    """
    with engine.connect() as connection:
        raw = connection.connection.driver_connection
        before = (
            {name: raw.execute(f"PRAGMA {name}").fetchone()[0] for name in PRAGMAS} if isinstance(raw, sqlite3.Connection) else {}
        )
        for name in before:
            raw.execute(f"PRAGMA {name}={PRAGMAS[name]}")  # type: ignore[union-attr]
        try:
            with connection.begin():
                yield connection
        finally:
            for name, value in before.items():
                raw.execute(f"PRAGMA {name}={value}")  # type: ignore[union-attr]
