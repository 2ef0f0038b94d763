"""Writing the demo: table by table, in batches, all in one transaction. What is drawn is what is written, and nothing is kept.

Values are bound here, once for each distinct date, moment or choice, and handed to the driver as tuples: twice as fast as letting
an insert bind every value of every row, which is what two million rows are measured by.
"""

import gc
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Dialect, Engine, insert, text

from domain.db.base import Base, searchable_columns
from domain.db.types import Instant, JsonValue
from domain.demo.plan import Row
from domain.kit.fold import fold

BATCH = 5_000
REMEMBERED = 65_536
PRAGMAS = {"synchronous": "NORMAL", "cache_size": "-262144"}  # the cache in KiB, hence below zero

Binder = Callable[[Any], Any]


@lru_cache(maxsize=REMEMBERED)
def _folded(text: str) -> str:
    return " ".join(text.casefold().split()) if text.isascii() else fold(text)


def _json_binder(bind: Binder) -> Binder:
    """Most lists and objects are empty, and an empty one needn't be written out each time."""
    empty: dict[type, Any] = {list: bind([]), dict: bind({})}
    return lambda value: bind(value) if value else empty[type(value)]


class TableWriter:
    """Inserts rows of one table. What a row leaves out is the column's plain default; it never draws a key or a time itself."""

    def __init__(self, model: type[Base], dialect: Dialect) -> None:
        table: Any = model.__table__
        self.name: str = table.name
        columns = list(table.columns)
        self._statement = str(insert(table).compile(dialect=dialect))
        self._defaults: list[tuple[str, Any]] = []
        self._binders: list[tuple[int, Binder]] = []
        for at, column in enumerate(columns):
            default = column.default
            made = default.arg(None) if default is not None and default.is_callable and self._is_plain(column) else None
            scalar = default.arg if default is not None and default.is_scalar else made
            self._defaults.append((column.key, scalar))
            bind = column.type.dialect_impl(dialect).bind_processor(dialect)
            if bind is not None:
                is_json = isinstance(column.type, JsonValue)
                self._binders.append((at, _json_binder(bind) if is_json else lru_cache(maxsize=REMEMBERED)(bind)))
        places = {column.key: at for at, column in enumerate(columns)}
        self._moments = [column.key for column in columns if column.default is not None and isinstance(column.type, Instant)]
        self._school = places.get("organization_id")
        self._search = [column.key for column in searchable_columns(model)] if "search_text" in places else []
        self._search_at = places.get("search_text", 0)
        self._sort = list(model.__label__) if "sort_text" in places else []
        self._sort_at = places.get("sort_text", 0)

    @staticmethod
    def _is_plain(column: Any) -> bool:
        """Whether a made default is the same each time, such as an empty list: not a key, not a moment."""
        return column.key != "id" and not isinstance(column.type, Instant)

    def bound(self, row: Row, organization_id: str) -> tuple[Any, ...]:
        """The row as the driver takes it: with its school, its defaults and its folded texts."""
        get = row.get
        values = [get(name, default) for name, default in self._defaults]
        for name in self._moments:
            assert row[name] is not None, f"{self.name}.{name}: the demo says when"
        if self._school is not None:
            values[self._school] = organization_id
        if self._search:
            values[self._search_at] = " ".join(filter(None, map(_folded, _words(row, self._search))))
        if self._sort:
            values[self._sort_at] = " ".join(filter(None, (_folded(str(get(name) or "")) for name in self._sort)))
        for at, bind in self._binders:
            if values[at] is not None:
                values[at] = bind(values[at])
        return tuple(values)

    def write(self, connection: Connection, rows: Iterable[Row], organization_id: str) -> Iterator[int]:
        """Insert all rows; after each batch, how many it held."""
        drawn = iter(rows)
        while batch := [self.bound(row, organization_id) for row in islice(drawn, BATCH)]:
            connection.exec_driver_sql(self._statement, batch)
            yield len(batch)


def _words(row: Row, names: list[str]) -> Iterator[str]:
    for name in names:
        value = row.get(name)
        if isinstance(value, list):
            yield from (str(each) for each in value if each)
        elif value:
            yield str(value)


@contextmanager
def indexes_later(connection: Connection) -> Iterator[None]:
    """Without the indexes that only readers need, until all is written: building each of them once is a third faster.

    In the same transaction, so that a load that fails leaves them as they were. What is unique stays, and is checked row by row.
    """
    wanted = text("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql LIKE 'CREATE INDEX%' ORDER BY rowid")
    found = [(name, statement) for name, statement in connection.execute(wanted)]
    for name, _statement in found:
        connection.exec_driver_sql(f'DROP INDEX "{name}"')
    yield
    for _name, statement in found:
        connection.exec_driver_sql(statement)


@contextmanager
def bulk_connection(engine: Engine) -> Iterator[Connection]:
    """A connection in one transaction, with pragmas that suit a bulk load: synchronous=NORMAL and a larger cache.

    On the file only; they are put back afterwards. Losing power while loading may lose the demo, and nothing else. The garbage
    collection waits meanwhile: it would walk over all that was planned again and again, and finds nothing to free.
    """
    collecting = gc.isenabled()
    with engine.connect() as connection:
        raw: Any = connection.connection.driver_connection
        is_file = isinstance(raw, sqlite3.Connection)
        before = {name: raw.execute(f"PRAGMA {name}").fetchone()[0] for name in PRAGMAS} if is_file else {}
        for name in before:
            raw.execute(f"PRAGMA {name}={PRAGMAS[name]}")
        gc.disable()
        try:
            with connection.begin():
                yield connection
        finally:
            for name, value in before.items():
                raw.execute(f"PRAGMA {name}={value}")
            if collecting:
                gc.enable()
