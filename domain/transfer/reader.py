"""Asking a database that is read as a whole, from a file or a server, in the driver's own values.

SQLAlchemy's column types take no part: what is stored is what is given, by its own type and not by the declared one.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from domain.transfer.errors import LooseReferences, NothingThere
from domain.transfer.patience import PASSING, patiently
from domain.transfer.place import Place, open_file, told

Row = tuple[Any, ...]


class Reader(Protocol):
    """Asks one database. `steady`: every answer so far is of one moment."""

    steady: bool

    def ask(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """All rows that a statement gives."""

    def renew(self) -> bool:
        """Look at the database as it is now; whether someone has written since, as far as that is known without looking."""


class FileReader:
    """One read transaction on a file: whoever writes isn't stopped by it, and isn't seen."""

    steady = True

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self._path, self._connection = path, connection
        self._version = self.ask("PRAGMA data_version")
        self._begin()

    def ask(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        try:
            return self._connection.execute(sql, parameters).fetchall()
        except sqlite3.Error as error:
            raise told(error, self._path) from None

    def renew(self) -> bool:
        self.ask("ROLLBACK")
        before, self._version = self._version, self.ask("PRAGMA data_version")
        self._begin()
        return before != self._version

    def copy_into(self, target: sqlite3.Connection, *, pages: int, progress: Callable[[float], None]) -> None:
        """SQLite's online backup of this moment into an open database; `progress` hears the share every so many pages."""
        try:
            # No pause between steps: a reader of a WAL file is in nobody's way, and its moment doesn't move.
            self._connection.backup(
                target, pages=pages, progress=lambda _state, left, every: progress(1 - left / max(1, every)), sleep=0
            )
        except sqlite3.Error as error:
            raise told(error, self._path) from None

    def _begin(self) -> None:
        self.ask("BEGIN")
        self.ask("SELECT count(*) FROM sqlite_master")  # the moment is that of the first read, not of BEGIN


class ServerReader:
    """A read transaction on a server, of one moment as long as the server keeps it; begun anew when it is lost."""

    def __init__(self, engine: Engine) -> None:
        self.steady = True
        self._engine = engine
        self._connection: Connection | None = None
        self._answered = False

    def ask(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        if not self._answered:  # a server that was never there is told at once
            rows = self._ask(sql, parameters)
            self._answered = True
            return rows
        return patiently(lambda: self._ask(sql, parameters), heal=self._lose)

    def renew(self) -> bool:
        self.close()
        return False

    def close(self) -> None:
        """Give the connection back."""
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.close()
            except DBAPIError as error:
                if not isinstance(error.orig, PASSING):
                    raise

    def _ask(self, sql: str, parameters: Sequence[Any]) -> list[Row]:
        if self._connection is None:
            self._connection = self._engine.connect().execution_options(libsql_readonly="snapshot")
        return [tuple(row) for row in self._connection.exec_driver_sql(sql, tuple(parameters))]

    def _lose(self) -> None:
        self.steady = False
        try:
            self.close()
        finally:
            self._engine.dispose()


def references_hold(reader: Reader, place: Place) -> None:
    """Raise LooseReferences, naming tables and how many rows, if a reference leads nowhere."""
    loose = reader.ask('SELECT "table", parent, count(*) FROM pragma_foreign_key_check GROUP BY 1, 2')
    if loose:
        raise LooseReferences(place=place, tables=", ".join(f"{table} → {parent} ({count})" for table, parent, count in loose))


@contextmanager
def reading(place: Place, *, mode: str = "rw") -> Iterator[Reader]:
    """A reader of a database that exists. `mode`: ro for a file that may not be touched. Raises NothingThere, Unreadable."""
    if place.path is not None:
        if not place.path.is_file():
            raise NothingThere(place=place)
        connection = open_file(place.path, mode=mode)
        try:
            yield FileReader(place.path, connection)
        finally:
            connection.close()
        return
    engine = place.engine()
    reader = ServerReader(engine)
    try:
        yield reader
    finally:
        reader.close()
        engine.dispose()
