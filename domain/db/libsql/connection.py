"""A connection: which statement rides in which request, how a transaction begins, ends and is lost."""

import random
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Literal, NoReturn

from domain.db.libsql import protocol
from domain.db.libsql.cluster import BUSY_TRIES, Cluster, Stream
from domain.db.libsql.cursor import Cursor, Parameters, key, parts
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
from domain.db.libsql.statements import Kind, foreign_keys, kind

Readonly = Literal[False, True, "snapshot"]
KEPT = 1  # the number of the one text that a stream keeps, while the request lasts
CONTROLS = {Kind.BEGIN, Kind.COMMIT, Kind.ROLLBACK, Kind.SAVEPOINT}


class Recorded(Exception):
    """A read that `Connection.recording` noted; `Connection.prefetch` asks it."""

    def __init__(self, statement: Statement) -> None:
        super().__init__()
        self.statement = statement


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

    def cursor(self) -> Cursor:
        """A new cursor."""
        self._check()
        return Cursor(self)

    def execute(self, sql: str, parameters: Parameters = ()) -> Cursor:
        """A new cursor that has executed the statement, as sqlite3 has it."""
        return self.cursor().execute(sql, parameters)

    def executemany(self, sql: str, parameters: Sequence[Parameters]) -> Cursor:
        """A new cursor that has executed the statement once for each row of parameters, as sqlite3 has it."""
        return self.cursor().executemany(sql, parameters)

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
        if self._kept and (kept := self._kept.get(key(statement))):
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
        changed = sum(sum(each.changed for each in self._in_transaction(part, keep=True)) for part in parts(sql, rows))
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
            self._kept.setdefault(key(statement), []).append(rows)


for _error in (Warning, Error, InterfaceError, DatabaseError, DataError, OperationalError, IntegrityError, InternalError):
    setattr(Connection, _error.__name__, _error)  # PEP 249's optional way to them
for _error in (ProgrammingError, NotSupportedError):
    setattr(Connection, _error.__name__, _error)
