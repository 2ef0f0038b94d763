"""A cursor, and how its parameters become statements."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from domain.db.libsql import values
from domain.db.libsql.errors import ProgrammingError
from domain.db.libsql.protocol import Rows, Statement
from domain.db.libsql.statements import COUNTED, Kind, keyword, kind

if TYPE_CHECKING:
    from domain.db.libsql.connection import Connection

Parameters = Sequence[object] | Mapping[str, object]
BATCH_BYTES = 1_000_000
BATCH_STEPS = 1_000


def parts(sql: str, rows: Sequence[Parameters]) -> Iterator[list[Statement]]:
    """The statements in portions that make a request of some size, no more."""
    part: list[Statement] = []
    size = 0
    for row in rows:
        statement = statement_of(sql, row)
        part.append(statement)
        given = [*statement.args, *(value for _name, value in statement.named)]
        size += 60 + sum(len(value.get("base64") or str(value.get("value", ""))) for value in given)
        if size > BATCH_BYTES or len(part) == BATCH_STEPS:
            yield part
            part, size = [], 0
    if part:
        yield part


def statement_of(sql: str, parameters: Parameters) -> Statement:
    """A statement with its parameters. Raises DataError or ProgrammingError for values that the database can't hold."""
    if isinstance(parameters, Mapping):
        return Statement(sql, named=tuple((name, values.encode(value)) for name, value in parameters.items()))
    if isinstance(parameters, (str, bytes)):
        raise ProgrammingError("parameters come as a sequence or as a mapping")
    return Statement(sql, tuple([values.encode(value) for value in parameters]))


def key(statement: Statement) -> str:
    """By which a kept answer is found again: the text and the parameters, to the last bit."""
    return repr((statement.sql, statement.args, statement.named))


class Cursor:
    """A statement's result, whole in memory: a server answers with all rows at once."""

    def __init__(self, connection: "Connection") -> None:
        self.connection = connection
        self.arraysize = 1
        self.description: tuple[tuple[str, None, None, None, None, None, None], ...] | None = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self._rows: list[tuple[Any, ...]] = []
        self._at = 0
        self._closed = False

    def execute(self, sql: str, parameters: Parameters = ()) -> "Cursor":
        """Carry out one statement. Parameters by position (`?`) or by name (`:name`)."""
        self._check()
        self._take(Rows())
        rows = self.connection.run(statement_of(sql, parameters))
        self._take(rows)
        if keyword(sql) in COUNTED and (not rows.columns or kind(sql) is Kind.OTHER):
            self.rowcount = rows.changed
            self.lastrowid = rows.last_rowid
        return self

    def executemany(self, sql: str, parameters: Sequence[Parameters]) -> "Cursor":
        """Carry out a statement that changes something once for each row of parameters."""
        self._check()
        self._take(Rows())
        self.rowcount = self.connection.run_many(sql, list(parameters))
        return self

    def _take(self, rows: Rows) -> None:
        self.description = tuple((name, None, None, None, None, None, None) for name in rows.columns) or None
        self._rows, self._at, self.rowcount = rows.rows, 0, -1

    def _check(self) -> None:
        if self._closed or self.connection.closed:
            raise ProgrammingError("the cursor is closed")

    def _fetchable(self) -> None:
        self._check()
        if self.description is None:
            raise ProgrammingError("the statement gave no rows")

    def fetchone(self) -> tuple[Any, ...] | None:
        """The next row; None after the last."""
        self._fetchable()
        if self._at >= len(self._rows):
            return None
        self._at += 1
        return self._rows[self._at - 1]

    def fetchmany(self, size: int | None = None) -> list[tuple[Any, ...]]:
        """The next rows, `arraysize` of them unless told."""
        self._fetchable()
        found = self._rows[self._at : self._at + (self.arraysize if size is None else size)]
        self._at += len(found)
        return found

    def fetchall(self) -> list[tuple[Any, ...]]:
        """All rows that are left."""
        self._fetchable()
        found = self._rows[self._at :] if self._at else self._rows
        self._at = len(self._rows)
        return found

    def __iter__(self) -> "Cursor":
        return self

    def __next__(self) -> tuple[Any, ...]:
        row = self.fetchone()
        if row is None:
            raise StopIteration
        return row

    def setinputsizes(self, sizes: object) -> None:
        """Nothing to do: values carry their sizes."""

    def setoutputsize(self, size: int, column: int | None = None) -> None:
        """Nothing to do: results come whole."""

    def close(self) -> None:
        """End the cursor."""
        self._closed = True
        self._rows = []
