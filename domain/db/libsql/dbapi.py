"""PEP 249 for libSQL servers.

A connection is cheap: it holds a stream of the server only while a transaction is open. BEGIN rides with the transaction's first
statement, COMMIT closes the stream in the same request, and a transaction without a statement asks nothing. As with every
DBAPI a transaction begins by itself; `autocommit = True` turns that off.

`readonly = True` says that only reads follow: each is a round trip of its own, sees what was committed before it, takes no lock,
and may be answered by a near replica. `readonly = "snapshot"` gives them one state of the data, in one (deferred)
transaction on the primary.
"""

import random
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from datetime import time as time_of_day
from typing import Any, Literal, NoReturn
from weakref import WeakValueDictionary

from domain.db.libsql import protocol, values
from domain.db.libsql.address import Address, parse
from domain.db.libsql.cluster import BUSY_TRIES, Cluster, Stream, transport
from domain.db.libsql.errors import (
    Busy,
    ConnectionFailed,
    DatabaseError,
    DataError,
    Error,
    IntegrityError,
    InterfaceError,
    InternalError,
    NoAnswer,
    NotSupportedError,
    OperationalError,
    OutcomeUnknown,
    ProgrammingError,
    ServerError,
    StreamGone,
    TransactionLost,
    Unauthorized,
    Warning,  # noqa: A004 - PEP 249's name
)
from domain.db.libsql.protocol import AUTOCOMMIT, CLOSE, Request, Rows, Statement
from domain.db.libsql.statements import COUNTED, Kind, foreign_keys, keyword, kind

apilevel = "2.0"
threadsafety = 1
paramstyle = "qmark"
sqlite_version_info = (3, 44, 0)
"""The oldest SQLite inside of a libSQL server that this driver was written for; the server isn't asked."""
sqlite_version = ".".join(map(str, sqlite_version_info))

STRING, BINARY, NUMBER, DATETIME, ROWID = str, bytes, float, datetime, int
Date, Time, Timestamp, Binary = date, time_of_day, datetime, memoryview
DateFromTicks, TimestampFromTicks = date.fromtimestamp, datetime.fromtimestamp


def TimeFromTicks(ticks: float) -> time_of_day:  # noqa: N802 - PEP 249's name
    """The local time of day at so many seconds after 1970."""
    return datetime.fromtimestamp(ticks).time()  # noqa: DTZ006 - PEP 249 speaks of local time


__all__ = [
    "BINARY", "DATETIME", "NUMBER", "ROWID", "STRING", "Binary", "Busy", "Connection", "ConnectionFailed", "Cursor", "DataError",
    "DatabaseError", "Date", "DateFromTicks", "Error", "IntegrityError", "InterfaceError", "InternalError", "NoAnswer",
    "NotSupportedError", "OperationalError", "OutcomeUnknown", "ProgrammingError", "Recorded", "ServerError", "Time",
    "TimeFromTicks", "Timestamp", "TimestampFromTicks", "TransactionLost", "Unauthorized", "Warning", "apilevel", "connect",
    "paramstyle", "threadsafety",
]  # fmt: skip

Parameters = Sequence[object] | Mapping[str, object]
Readonly = Literal[False, True, "snapshot"]
BATCH_BYTES = 1_000_000
BATCH_STEPS = 1_000
KEPT = 1  # the number of the one text that a stream keeps, while the request lasts

_clusters: WeakValueDictionary[tuple[object, ...], Cluster] = WeakValueDictionary()
_clusters_lock = threading.Lock()


class Recorded(Exception):
    """A read that `Connection.recording` noted; `Connection.prefetch` asks it."""

    def __init__(self, statement: Statement) -> None:
        super().__init__()
        self.statement = statement


def connect(
    url: str,
    *,
    auth_token: str | None = None,
    primary_url: str | None = None,
    namespace: str | None = None,
    connect_timeout: float = 5.0,
    read_timeout: float = 30.0,
) -> "Connection":
    """A connection to a server. Asks nothing yet, so it can't fail for a server that is away.

    `url`, `primary_url`: libsql://, https://, http://, wss:// or ws://; with a primary, `url` is only read from. `auth_token`:
    for both; a token in the URL goes before it. Timeouts in seconds. Raises BadAddress, MissingExtra.
    """
    ways = [_addressed(each, namespace, auth_token) for each in ([url, primary_url] if primary_url else [url])]
    key = (*ways, connect_timeout, read_timeout)
    with _clusters_lock:
        cluster = _clusters.get(key)
        if cluster is None:
            timeouts = {"connect_timeout": connect_timeout, "read_timeout": read_timeout}
            cluster = _clusters[key] = Cluster(*(transport(address, auth_token=token, **timeouts) for address, token in ways))
    return Connection(cluster)


def _addressed(url: str, namespace: str | None, auth_token: str | None) -> tuple[Address, str | None]:
    address, token = parse(url)
    return (replace(address, namespace=namespace) if namespace else address), token or auth_token


class Connection:
    """A connection; used by one thread at a time. `foreign_keys`: what each of its streams is told."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.autocommit = False
        self.readonly: Readonly = False
        self.foreign_keys = True
        self.closed = False
        self._stream: Stream | None = None
        self._ahead: list[Statement] = []
        self._lost = False
        self._recording = False
        self._kept: dict[str, list[Rows]] = {}
        self._failure: OperationalError | None = None

    def __repr__(self) -> str:
        return f"<libsql connection to {self.cluster.near.address.url}>"

    def __enter__(self) -> "Connection":
        return self

    def __exit__(self, kind_of_error: object, *_rest: object) -> None:
        if kind_of_error is None:
            self.commit()
        else:
            self.rollback()

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open on the server, or about to be with the next statement."""
        return self._stream is not None or bool(self._ahead)

    def cursor(self) -> "Cursor":
        """A new cursor."""
        self._check()
        return Cursor(self)

    def execute(self, sql: str, parameters: Parameters = ()) -> "Cursor":
        """A new cursor that has executed the statement, as sqlite3 has it."""
        return self.cursor().execute(sql, parameters)

    def close(self) -> None:
        """End the connection; an open transaction is rolled back."""
        if not self.closed:
            self.rollback()
            self.closed = True

    def _check(self) -> None:
        if self.closed:
            raise ProgrammingError("the connection is closed")

    # What is asked

    def run(self, statement: Statement) -> Rows:
        """Carry out one statement in the way that its kind and the connection's mode ask for."""
        self._check()
        if self._failure is not None:
            failure, self._failure = self._failure, None
            raise failure
        if self._lost:
            raise TransactionLost("the transaction was lost: roll back, and begin again")
        wanted = kind(statement.sql)
        if self._recording:
            self._record(statement, wanted)
        if self._kept and (kept := self._kept.get(_key(statement))):
            return kept.pop(0)
        if wanted is not Kind.READ:
            self._kept.clear()
        if wanted in CONTROLS:
            return self._control(statement, wanted)
        if not self.in_transaction and (switched := foreign_keys(statement.sql)) is not None:
            self.foreign_keys = switched
            return Rows()
        if not self.in_transaction:
            if self.readonly is True and wanted is Kind.READ:
                return self.cluster.read([statement])[0]
            if self.autocommit:
                return self._alone(statement, wanted)
        return self._in_transaction([statement])[-1]

    def run_many(self, sql: str, rows: Sequence[Parameters]) -> int:
        """Carry out a statement for each row of parameters, in few requests; how many rows it changed."""
        self._check()
        if kind(sql) is not Kind.OTHER:
            raise ProgrammingError("executemany() takes statements that change something")
        self._kept.clear()
        alone = self.autocommit and not self.in_transaction
        changed = sum(sum(each.changed for each in self._in_transaction(part, keep=True)) for part in _parts(sql, rows))
        if alone:
            self.commit()
        return changed

    def _control(self, statement: Statement, wanted: Kind) -> Rows:
        if wanted is Kind.COMMIT:
            self.commit()
        elif wanted is Kind.ROLLBACK:
            self.rollback()
        elif wanted is Kind.BEGIN:
            if self.in_transaction:
                raise OperationalError("cannot start a transaction within a transaction")
            self._ahead = [statement]
        else:
            if not self.in_transaction:
                if self.autocommit:
                    raise OperationalError("a savepoint needs a transaction around it")
                self._ahead = [self._beginning()]
            self._ahead.append(statement)
        return Rows()

    def _beginning(self) -> Statement:
        return Statement("BEGIN" if self.readonly else "BEGIN IMMEDIATE")

    def _setting(self) -> Statement:
        return Statement(f"PRAGMA foreign_keys={'ON' if self.foreign_keys else 'OFF'}")

    def _alone(self, statement: Statement, wanted: Kind) -> Rows:
        """One statement that is its own transaction, on a stream of its own."""
        expected = self.cluster.known()
        try:
            stream = self.cluster.stream(writes=wanted is not Kind.READ)
            results = stream.send([protocol.batch([self._setting(), statement]), CLOSE])
            found = protocol.answer(results[0])
        except (NoAnswer, StreamGone) as error:
            if wanted is Kind.READ or isinstance(error, StreamGone):
                raise
            raise OutcomeUnknown("the statement was sent, and no answer came") from None
        self.cluster.heard(self.cluster.writer, found.index, expected)
        if found.error is not None:
            if found.error.code == "RESPONSE_TOO_LARGE" and wanted is not Kind.READ:
                raise OutcomeUnknown("the statement was carried out, and its rows are more than the server sends")
            raise found.error
        return found.results[1] or Rows()

    def _in_transaction(self, statements: list[Statement], *, keep: bool = False) -> list[Rows]:
        """Carry out statements within the transaction, which begins now if none is open; they ride in one request.

        `keep`: they share one text, which the stream is to keep.
        """
        if self._lost:
            raise TransactionLost("the transaction was lost: roll back, and begin again")
        opening = self._stream is None
        ahead = self._ahead or ([self._beginning()] if opening else [])
        # A read-only token may not even say PRAGMA foreign_keys, and reads don't need it.
        setting = [] if self.readonly == "snapshot" else [self._setting()]
        first = [*setting, *ahead] if opening else ahead
        for attempt in range(BUSY_TRIES):
            stream = self._stream or self.cluster.stream(writes=self.readonly is False)
            before: list[Request] = []
            after: list[Request] = []
            steps = [*first, *statements]
            if keep and len(statements) > 1 and self.cluster.writer.keeps_texts:
                before, after = [protocol.store(statements[0].sql, KEPT)], [protocol.forget(KEPT)]
                steps = [*first, *(Statement(each.sql, each.args, each.named, KEPT) for each in statements)]
            try:
                found, in_transaction = self._send(
                    stream, [*before, protocol.batch(steps), *after], at=len(before), opening=opening
                )
            except ConnectionFailed as error:
                if opening and error.reason in {"refused", "timeout"} and attempt < 1:
                    stream.abandon()
                    time.sleep(random.uniform(0.05, 0.2))  # noqa: S311 - only so that not all come back at once
                    continue
                self._lose(stream, opening=opening)
                if opening:
                    raise
                raise TransactionLost(f"the transaction was lost, and nothing of it is saved: {error}") from None
            if not (opening and isinstance(found.error, Busy) and found.failed_at == 1):
                break
            stream.abandon()
            if attempt == BUSY_TRIES - 1:
                raise found.error
            time.sleep(random.uniform(0.05, 0.3) * (attempt + 1))  # noqa: S311
        self._ahead = []
        if found.error is not None:
            if in_transaction:
                self._stream = stream
            else:
                self._lose(stream, opening=opening and (found.failed_at or 0) < len(first))
            raise found.error
        self._stream = stream
        return [each or Rows() for each in found.results[len(first) :]]

    def _send(self, stream: Stream, requests: list[Request], *, at: int, opening: bool) -> tuple[protocol.Answer, bool]:
        """One round trip of a transaction, whose batch is the request `at`: its answer, and if the transaction still stands.

        Whatever leaves its fate open ends it: without a COMMIT nothing of it is ever saved.
        """
        asks = self.cluster.writer.tells_autocommit
        try:
            results = stream.send([*requests, *([AUTOCOMMIT] if asks else [])])
            asks = len(results) > len(requests)  # the first answer may have shown that the server speaks version 2
            found = self._answer(results[at], stream, opening=opening)
            if found.error is None:
                return found, True
            return found, not (protocol.is_autocommit(results[-1]) if asks else self._was_ended(stream))
        except (ServerError, StreamGone) as error:
            self._lose(stream, opening=False)
            raise TransactionLost(f"the transaction was lost, and nothing of it is saved: {error}", error.code) from None
        except Unauthorized:
            self._lose(stream, opening=opening)
            raise
        except DataError:
            self._stream, self._ahead = stream, []  # the result can't be told; the transaction stands
            raise

    @staticmethod
    def _answer(result: object, stream: Stream, *, opening: bool) -> protocol.Answer:
        """What became of a batch. One that can't be parsed is refused as a whole: no step ran, BEGIN neither."""
        try:
            return protocol.answer(result)
        except (NoAnswer, StreamGone, DataError):
            raise
        except Error as error:
            if opening:
                stream.abandon()
                raise
            return protocol.Answer([], error, None, None)

    def _was_ended(self, stream: Stream) -> bool:
        """Whether an error ended the transaction as well, where the server can't be asked: then a new one can be begun."""
        return protocol.answer(stream.send([protocol.batch([Statement("BEGIN")])])[0]).error is None

    def _lose(self, stream: Stream, *, opening: bool) -> None:
        """The stream is of no more use. Unless nothing had begun, the caller must roll back before going on."""
        stream.abandon()
        self._stream, self._ahead = None, []
        self._lost = not opening

    # How a transaction ends

    def commit(self) -> None:
        """End the transaction. Returns only if it is saved.

        Raises TransactionLost (it isn't), Unauthorized (nor here), IntegrityError (a deferred constraint; nor here), or
        OutcomeUnknown.
        """
        self._check()
        if self._lost:
            raise TransactionLost("the transaction was lost, and nothing of it is saved")
        stream, ahead = self._stream, self._ahead
        self._stream, self._ahead, self._failure = None, [], None
        self._kept.clear()
        if stream is None:
            return
        expected = self.cluster.known()
        try:
            found = protocol.answer(stream.send([protocol.batch([*ahead, Statement("COMMIT")]), CLOSE])[0])
        except Unauthorized:
            stream.abandon()
            raise
        except (ConnectionFailed, StreamGone) as error:
            stream.abandon()
            raise TransactionLost(f"the transaction was lost, and nothing of it is saved: {error}", error.code) from None
        except (NoAnswer, OperationalError):
            stream.abandon()
            self._unknown()
        if found.error is not None:
            self._not_committed(found.error)
        self.cluster.heard(self.cluster.writer, found.index, expected)

    def _not_committed(self, error: Error) -> NoReturn:
        if isinstance(error, (IntegrityError, Busy, TransactionLost)):
            raise error
        if "no transaction is active" in str(error):
            raise TransactionLost("the transaction was lost, and nothing of it is saved", error.code)
        self._unknown()

    def _unknown(self) -> NoReturn:
        raise OutcomeUnknown("the commit was sent, and no answer came: it is saved as a whole or not at all") from None

    def rollback(self) -> None:
        """End the transaction; nothing of it is saved. Never fails: where the server is away, it does so by itself."""
        stream = self._stream
        self._stream, self._ahead, self._lost, self._failure = None, [], False, None
        self._kept.clear()
        if stream is None:
            return
        try:
            stream.send([protocol.batch([Statement("ROLLBACK")]), CLOSE])
        except Error:
            stream.abandon()

    # Reads that don't depend on each other

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Within, a read isn't asked but raised as Recorded."""
        self._recording = True
        try:
            yield
        finally:
            self._recording = False

    def _record(self, statement: Statement, wanted: Kind) -> NoReturn:
        if wanted is not Kind.READ:
            raise ProgrammingError("only reads can be asked together")
        raise Recorded(statement)

    def prefetch(self, recorded: Sequence[Recorded]) -> None:
        """Ask all of these reads in one round trip. The next time each is executed, its answer is there.

        If one of them is wrong, nothing is kept, and each speaks for itself when it is executed. Where the server fails, the next
        statement raises it: from within a statement SQLAlchemy learns that the transaction is gone.
        """
        self._check()
        self._failure = None
        statements = [each.statement for each in recorded]
        if not statements:
            return
        try:
            alone = self.readonly is True and not self.in_transaction
            found = self.cluster.read(statements) if alone else self._in_transaction(statements)
        except (IntegrityError, ProgrammingError, DataError, NotSupportedError):
            return
        except OperationalError as error:
            if type(error) is not OperationalError:
                self._failure = error
            return
        for statement, rows in zip(statements, found, strict=True):
            self._kept.setdefault(_key(statement), []).append(rows)


for _error in (Warning, Error, InterfaceError, DatabaseError, DataError, OperationalError, IntegrityError, InternalError):
    setattr(Connection, _error.__name__, _error)  # PEP 249's optional way to them
for _error in (ProgrammingError, NotSupportedError):
    setattr(Connection, _error.__name__, _error)

CONTROLS = {Kind.BEGIN, Kind.COMMIT, Kind.ROLLBACK, Kind.SAVEPOINT}


def _parts(sql: str, rows: Sequence[Parameters]) -> Iterator[list[Statement]]:
    """The statements in portions that make a request of some size, no more."""
    part: list[Statement] = []
    size = 0
    for row in rows:
        statement = _statement(sql, row)
        part.append(statement)
        given = [*statement.args, *(value for _name, value in statement.named)]
        size += 60 + sum(len(value.get("base64") or str(value.get("value", ""))) for value in given)
        if size > BATCH_BYTES or len(part) == BATCH_STEPS:
            yield part
            part, size = [], 0
    if part:
        yield part


def _statement(sql: str, parameters: Parameters) -> Statement:
    if isinstance(parameters, Mapping):
        return Statement(sql, named=tuple((name, values.encode(value)) for name, value in parameters.items()))
    if isinstance(parameters, (str, bytes)):
        raise ProgrammingError("parameters come as a sequence or as a mapping")
    return Statement(sql, tuple([values.encode(value) for value in parameters]))


def _key(statement: Statement) -> str:
    """By which a kept answer is found again: the text and the parameters, to the last bit."""
    return repr((statement.sql, statement.args, statement.named))


class Cursor:
    """A statement's result, whole in memory: a server answers with all rows at once."""

    def __init__(self, connection: Connection) -> None:
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
        rows = self.connection.run(_statement(sql, parameters))
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
