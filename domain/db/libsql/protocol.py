"""Requests and answers of Hrana 2 and 3 as plain data; nothing here touches a network.

A batch is a list of steps, each carried out only if the one before it was: what follows a failed step never runs.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from domain.db.libsql import errors
from domain.db.libsql.values import Wire, decode

Request = dict[str, Any]
CLOSE: Request = {"type": "close"}
AUTOCOMMIT: Request = {"type": "get_autocommit"}


@dataclass(frozen=True)
class Statement:
    """A statement with its parameters, by position or by name, already in Hrana's form.

    `sql_id`: the number under which the stream keeps the text, in place of sending it again.
    """

    sql: str
    args: tuple[Wire, ...] = ()
    named: tuple[tuple[str, Wire], ...] = ()
    sql_id: int | None = None

    def wire(self) -> dict[str, Any]:
        said: dict[str, Any] = {"sql": self.sql} if self.sql_id is None else {"sql_id": self.sql_id}
        if self.args:
            said["args"] = self.args
        if self.named:
            said["named_args"] = [{"name": name, "value": value} for name, value in self.named]
        return said


@dataclass(frozen=True)
class Rows:
    """What a statement gave: column names, rows, how many rows it changed, and the last key it made."""

    columns: tuple[str, ...] = ()
    rows: list[tuple[object, ...]] = field(default_factory=list)
    changed: int = 0
    last_rowid: int | None = None


@dataclass(frozen=True)
class Answer:
    """What became of a batch: a result for each step that ran, and the error that stopped it.

    `index`: how far the server's replication log had come; None where the server doesn't say.
    """

    results: list[Rows | None]
    error: errors.Error | None
    failed_at: int | None
    index: int | None


def batch(statements: Sequence[Statement], *, index: int | None = None) -> Request:
    """The request that carries out the statements one after another until one fails.

    `index`: the server is to have come at least so far in its replication log before it begins.
    """
    steps: list[dict[str, Any]] = []
    for at, statement in enumerate(statements):
        step: dict[str, Any] = {"stmt": statement.wire()}
        if at:
            step["condition"] = {"type": "ok", "step": at - 1}
        steps.append(step)
    said: dict[str, Any] = {"steps": steps}
    if index is not None:
        said["replication_index"] = index
    return {"type": "batch", "batch": said}


def store(sql: str, number: int) -> Request:
    """The request that has the stream keep a text."""
    return {"type": "store_sql", "sql_id": number, "sql": sql}


def forget(number: int) -> Request:
    """The request that has the stream keep a text no longer."""
    return {"type": "close_sql", "sql_id": number}


def response(result: object) -> dict[str, Any]:
    """What one request of a pipeline was answered. Raises the server's error, or NoAnswer if it makes no sense."""
    try:
        if result["type"] == "ok":  # type: ignore[index]
            return dict(result["response"])  # type: ignore[index]
        if result["type"] == "error":  # type: ignore[index]
            raise from_server(result["error"])  # type: ignore[index]
    except (KeyError, TypeError, ValueError):
        pass
    raise errors.NoAnswer("the server's answer can't be read")


def answer(result: object) -> Answer:
    """What became of a batch. Raises NoAnswer for what can't be read, and the server's error where the whole batch failed."""
    said = response(result)
    try:
        batch_result = said["result"]
        results = [None if each is None else _rows(each) for each in batch_result["step_results"]]
        failures = batch_result["step_errors"]
        index = batch_result.get("replication_index")
        failed_at = next((at for at, each in enumerate(failures) if each is not None), None)
        error = None if failed_at is None else from_server(failures[failed_at])
        return Answer(results, error, failed_at, None if index is None else int(index))
    except (KeyError, TypeError, ValueError, AttributeError):
        raise errors.NoAnswer("the server's answer can't be read") from None


def is_autocommit(result: object) -> bool:
    """Whether the stream is outside of any transaction."""
    found = response(result).get("is_autocommit")
    if isinstance(found, bool):
        return found
    raise errors.NoAnswer("the server's answer can't be read")


def _rows(result: dict[str, Any]) -> Rows:
    columns = tuple(each["name"] or "" for each in result["cols"])
    rows = [tuple([decode(value) for value in row]) for row in result["rows"]]
    if any(len(row) != len(columns) for row in rows):
        raise ValueError
    last = result.get("last_insert_rowid")
    return Rows(columns, rows, int(result["affected_row_count"]), None if last is None else int(last))


CODES: dict[str, type[errors.Error]] = {
    "SQLITE_CONSTRAINT": errors.IntegrityError,
    "SQLITE_BUSY": errors.Busy,
    "SQLITE_LOCKED": errors.Busy,
    "SQLITE_TOOBIG": errors.DataError,
    "SQLITE_MISMATCH": errors.IntegrityError,
    "SQLITE_RANGE": errors.ProgrammingError,
    "SQLITE_MISUSE": errors.ProgrammingError,
    "SQLITE_CORRUPT": errors.DatabaseError,
    "SQLITE_NOTADB": errors.DatabaseError,
    "SQLITE_INTERNAL": errors.InternalError,
    "ARGS_INVALID": errors.ProgrammingError,
    "ARGS_BOTH_POSITIONAL_AND_NAMED": errors.ProgrammingError,
    "SQL_MANY_STATEMENTS": errors.ProgrammingError,
    "SQL_NO_STATEMENT": errors.ProgrammingError,
    "TRANSACTION_TIMEOUT": errors.TransactionLost,
    "STREAM_EXPIRED": errors.StreamGone,
}
PREFIXES = ("SQLite error: ", "SQL input error: ", "SQL string could not be parsed: ")


def from_server(said: object) -> errors.Error:
    """PEP 249's exception for an error of the server's; everything else is an OperationalError, as with sqlite3.

    An unsupported statement is told by its first word only: the server repeats the whole of it.
    """
    message = str(said.get("message", "")) if isinstance(said, dict) else ""
    code = said.get("code") if isinstance(said, dict) else None
    code = code if isinstance(code, str) else None
    for prefix in PREFIXES:
        message = message.removeprefix(prefix)
    if message.startswith("unsupported statement"):
        return errors.OperationalError(" ".join(message.split()[:3]), code)
    if "too big" in message:
        return errors.DataError(message, code)
    family = next((kind for start, kind in CODES.items() if code == start or (code or "").startswith(start + "_")), None)
    return (family or errors.OperationalError)(message, code)
