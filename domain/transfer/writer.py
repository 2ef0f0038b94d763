"""Filling a database that was empty: each batch in one transaction with its own note of how far the copy is."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from types import TracebackType
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from domain.transfer.errors import CantTravel, CopyDiffers, NoRoom, NotEmpty, OtherCopy
from domain.transfer.layout import PROGRESS, SEQUENCE, Made, Table, quoted
from domain.transfer.patience import patiently
from domain.transfer.place import Place
from domain.transfer.reader import Reader, Row, ServerReader, reading

Given = TypeVar("Given")
Taken = ParamSpec("Taken")

STATEMENTS = 20  # that make a schema, in one transaction: on a server no one else can write meanwhile
SOURCE, TABLE = "source", "table"


class Writer:
    """Writes to a place, foreign keys off. As a context manager: what is begun stays begun, to be taken up again."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self._engine = place.engine()
        self._connection: Connection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._let_go()

    def begin(self, fingerprint: str, tables: Sequence[Table], *, start_over: bool) -> dict[str, int]:
        """Make ready: rows that are there already, by table. Raises NotEmpty, or OtherCopy unless it may start over."""
        names = set(self._in_one(_names))  # a server that was never there is told at once
        if names and PROGRESS not in names:
            raise NotEmpty(place=self.place)
        if names and start_over:
            self._clear()
        self._patiently(_note, self.place, fingerprint, tables)
        found = self._patiently(_rows, f"SELECT kind, name, done FROM {PROGRESS}")  # noqa: S608 -- a name of ours
        if [name for kind, name, _done in found if kind == SOURCE] != [fingerprint]:
            raise OtherCopy(place=self.place)
        return {name: done for kind, name, done in found if kind == TABLE}

    def make(self, wanted: Sequence[Made]) -> None:
        """Make tables, indexes, views or triggers, word by word, those that aren't there yet."""
        for start in range(0, len(wanted), STATEMENTS):
            some = wanted[start : start + STATEMENTS]
            self._patiently(_make, some)

    def last(self, table: Table) -> Row:
        """How far along its path a table with rows is copied."""
        path = ", ".join(quoted(each) for each in table.path)
        back = ", ".join(f"{quoted(each)} DESC" for each in table.path)
        sql = f"SELECT {path} FROM {quoted(table.name)} ORDER BY {back} LIMIT 1"  # noqa: S608 -- quoted
        return self._patiently(_rows, sql)[0]

    def add(self, table: Table, rows: Sequence[Row], *, done: int) -> None:
        """Add rows to a table that holds `done` of them, and note it; once, even if the server's answer is lost."""
        try:
            self._patiently(_add, table, rows, done)
        except IntegrityError:  # others write there as well
            raise CopyDiffers(place=self.place, tables=table.name) from None
        except DataError:  # infinity, which a file holds and a server doesn't take
            raise CantTravel(names=table.name) from None

    def count_on(self, rows: Sequence[Row]) -> None:
        """Set what AUTOINCREMENT counts on from."""
        self._patiently(_count_on, rows)

    @contextmanager
    def reading(self) -> Iterator[Reader]:
        """A reader of what was written: on a replica, through the engine that wrote, which knows how far to wait for it."""
        if self.place.path is not None:
            with reading(self.place) as reader:
                yield reader
            return
        with closing(ServerReader(self._engine)) as reader:
            yield reader

    def finish(self) -> None:
        """Drop the notes: from here on it is a database like any other."""
        self._patiently(_run, f"DROP TABLE IF EXISTS {PROGRESS}")

    def _clear(self) -> None:
        for kind in ("trigger", "view", "table"):
            sql = "SELECT name FROM sqlite_master WHERE type = ? AND name NOT LIKE 'sqlite~_%' ESCAPE '~'"
            found = self._patiently(_rows, sql, (kind,))
            names = [name for (name,) in found if name != PROGRESS and not name.startswith("libsql_")]
            for start in range(0, len(names), STATEMENTS):
                drops = [f"DROP {kind.upper()} IF EXISTS {quoted(name)}" for name in names[start : start + STATEMENTS]]
                self._patiently(_run, *drops)
        self.finish()

    def _patiently(self, act: Callable[Concatenate[Connection, Taken], Given], *taken: Taken.args, **none: Taken.kwargs) -> Given:
        return patiently(lambda: self._in_one(act, *taken, **none), heal=self._let_go)

    def _in_one(self, act: Callable[Concatenate[Connection, Taken], Given], *taken: Taken.args, **none: Taken.kwargs) -> Given:
        if self._connection is None:
            connection = self._engine.connect()
            # By the driver's own cursor: within the transaction that SQLAlchemy would begin, SQLite ignores the switch.
            cursor = connection.connection.cursor()
            cursor.execute("PRAGMA foreign_keys=OFF")
            cursor.close()
            self._connection = connection
        try:
            with self._connection.begin():
                return act(self._connection, *taken, **none)
        except DBAPIError as error:
            if "is full" in str(error.orig):
                raise NoRoom(place=self.place) from None
            raise

    def _let_go(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(DBAPIError):  # the server is gone, and with it what was not committed
                connection.invalidate()
                connection.close()
        self._engine.dispose()


def _rows(connection: Connection, sql: str, parameters: tuple[Any, ...] = ()) -> list[Row]:
    return [tuple(row) for row in connection.exec_driver_sql(sql, parameters)]


def _run(connection: Connection, *statements: str) -> None:
    for each in statements:
        connection.exec_driver_sql(each)


def _names(connection: Connection) -> list[str]:
    found = _rows(connection, "SELECT name FROM sqlite_master")
    return [name for (name,) in found if not name.startswith(("sqlite_", "libsql_"))]


def _note(connection: Connection, place: Place, fingerprint: str, tables: Sequence[Table]) -> None:
    names = _names(connection)
    if PROGRESS in names:
        return
    if names:  # someone was faster
        raise NotEmpty(place=place)
    _run(connection, f"CREATE TABLE {PROGRESS} (kind TEXT, name TEXT, done INTEGER NOT NULL, PRIMARY KEY (kind, name))")
    notes = [(SOURCE, fingerprint, 0), *((TABLE, table.name, 0) for table in tables)]
    sql = f"INSERT INTO {PROGRESS} VALUES {', '.join(['(?, ?, ?)'] * len(notes))}"  # noqa: S608 -- a name of ours
    connection.exec_driver_sql(sql, tuple(value for note in notes for value in note))


def _make(connection: Connection, wanted: Sequence[Made]) -> None:
    present = set(_names(connection))
    _run(connection, *(each.sql for each in wanted if each.name not in present))


def _add(connection: Connection, table: Table, rows: Sequence[Row], done: int) -> None:
    sql = f"UPDATE {PROGRESS} SET done = ? WHERE kind = '{TABLE}' AND name = ? AND done = ?"  # noqa: S608 -- names of ours
    noted = connection.exec_driver_sql(sql, (done + len(rows), table.name, done))
    if noted.rowcount != 1:
        return  # saved before, and the answer was lost
    names = ", ".join(quoted(each) for each in table.stored)
    places = ", ".join([f"({', '.join('?' * len(table.stored))})"] * len(rows))
    sql = f"INSERT INTO {quoted(table.name)} ({names}) VALUES {places}"  # noqa: S608 -- quoted
    connection.exec_driver_sql(sql, tuple(value for row in rows for value in row))


def _count_on(connection: Connection, rows: Sequence[Row]) -> None:
    _run(connection, f"DELETE FROM {SEQUENCE}")  # noqa: S608 -- SQLite's name
    for row in rows:
        connection.exec_driver_sql(f"INSERT INTO {SEQUENCE} (name, seq) VALUES (?, ?)", row)  # noqa: S608 -- SQLite's name
