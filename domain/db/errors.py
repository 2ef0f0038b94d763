"""From what the driver says to what a person can be told: the field, and why."""

import re
import sqlite3

from sqlalchemy import CheckConstraint, Table
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.exc import StaleDataError

from domain.db.base import ADDED, Base
from domain.db.libsql import errors as libsql
from domain.kit.errors import (
    DatabaseAddressWrong,
    DatabaseExtraMissing,
    DatabaseFailing,
    DatabaseHostUnknown,
    DatabaseNotTrusted,
    DatabaseReadOnly,
    DatabaseRefuses,
    DatabaseSilent,
    DatabaseTimedOut,
    DatabaseTokenExpired,
    DatabaseTokenMissing,
    DatabaseTokenReadOnly,
    DatabaseUnavailable,
    DomainError,
    InvalidInput,
    NotFound,
    OutcomeUnknown,
    Problem,
    SavingInterrupted,
    StillNeeded,
    Unchangeable,
)
from domain.kit.texts import N_

REQUIRED = N_("Please fill this in.")
TAKEN = N_("Another record has this already.")
GONE = N_("The record chosen here doesn't exist any more. Please choose again.")
OUTSIDE = N_("This value isn't allowed here.")
IN_A_CIRCLE = N_("Its level must be one more than that of what it stands under.")
TOGETHER = N_("These don't fit together: {labels}.")
TOO_LARGE = N_("This is more than the database takes at once. Please shorten it, or choose a smaller file.")


class Unbalanced(DomainError):
    """An entry was to be posted whose sides don't agree."""

    source = N_("This entry can't be posted: it needs two lines or more, on accounts that take entries, debits equal to credits.")


class Busy(DatabaseUnavailable):
    """Someone else wrote for longer than a writer waits."""

    source = N_("The database is busy. What you typed is kept; please try again.")


UNREACHED: dict[libsql.Unreached, type[DatabaseUnavailable]] = {
    "host": DatabaseHostUnknown,
    "refused": DatabaseSilent,
    "timeout": DatabaseTimedOut,
    "tls": DatabaseNotTrusted,
}
REFUSED: dict[libsql.Refusal, type[DatabaseUnavailable]] = {
    "missing": DatabaseTokenMissing,
    "invalid": DatabaseRefuses,
    "expired": DatabaseTokenExpired,
    "forbidden": DatabaseTokenReadOnly,
}
SERVER: tuple[tuple[type[libsql.Error], type[DatabaseUnavailable]], ...] = (
    # The narrower class first.
    (libsql.MissingExtra, DatabaseExtraMissing),
    (libsql.BadAddress, DatabaseAddressWrong),
    (libsql.TransactionLost, SavingInterrupted),
    (libsql.OutcomeUnknown, OutcomeUnknown),
    (libsql.Busy, Busy),
    (libsql.TimedOut, DatabaseTimedOut),
    (libsql.ServerError, DatabaseFailing),
    (libsql.StreamGone, DatabaseFailing),
)
FILE_AT_FAULT = {
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_NOTADB,
}
REQUEST_TOO_LARGE = "PAYLOAD_TOO_LARGE"


def translate(error: BaseException) -> DomainError:
    """The domain's error for one of SQLAlchemy's or of a driver's. Holds no token and no row of data."""
    if isinstance(error, DomainError):
        return error
    if isinstance(error, StaleDataError):
        return NotFound()
    origin = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    said = str(origin)
    if isinstance(origin, (sqlite3.IntegrityError, libsql.IntegrityError)):
        return _integrity(said)
    if isinstance(origin, (sqlite3.DataError, libsql.DataError)):
        return InvalidInput([Problem("", TOO_LARGE if "too big" in said else OUTSIDE)])
    if isinstance(origin, libsql.Error) and (found := _of_server(origin)):
        return found
    if "readonly" in said or "read-only" in said:
        return DatabaseReadOnly()
    if "locked" in said or "busy" in said:
        return Busy()
    return DatabaseUnavailable(said if _is_of_the_file(origin) else "")


def _is_of_the_file(error: BaseException) -> bool:
    """Whether it is the file that is at fault: then SQLite's words tell of nothing else."""
    code = getattr(error, "sqlite_errorcode", 0)
    return isinstance(error, sqlite3.Error) and code & 0xFF in FILE_AT_FAULT


def _of_server(error: libsql.Error) -> DomainError | None:
    """What only a server, or the way to it, can do; None for what is a statement's own fault."""
    if isinstance(error, libsql.ConnectionFailed):
        return UNREACHED[error.reason](str(error))
    if isinstance(error, libsql.Unauthorized):
        return REFUSED[error.reason](str(error))
    if error.code == REQUEST_TOO_LARGE:
        return InvalidInput([Problem("", TOO_LARGE)])
    return next((kind(str(error)) for family, kind in SERVER if isinstance(error, family)), None)


def _integrity(said: str) -> DomainError:
    if found := re.search(r"(UNIQUE|NOT NULL) constraint failed: (.+)", said):
        columns = [each.split(".")[-1] for each in found[2].split(", ")]
        name = next((each for each in reversed(columns) if each not in ADDED), columns[-1])
        return InvalidInput([Problem(name, TAKEN if found[1] == "UNIQUE" else REQUIRED)])
    if found := re.search(r"CHECK constraint failed: (\w+)", said):
        return InvalidInput(_check(found[1]))
    if found := re.search(r"wrong school: \w+\.(\w+)", said):
        return InvalidInput([Problem(found[1], GONE)])
    if found := re.search(r"loop: \w+\.(\w+)", said):
        return InvalidInput([Problem(found[1], IN_A_CIRCLE)])
    if "append only" in said or "locked:" in said:
        return Unchangeable()
    if "unbalanced:" in said:
        return Unbalanced()
    return StillNeeded([])


def _check(constraint: str) -> list[Problem]:
    for table in Base.metadata.tables.values():
        for check in table.constraints:
            if isinstance(check, CheckConstraint) and check.name == constraint:
                return check_problems(table, check)
    return [Problem("", OUTSIDE)]


def check_problems(table: Table, check: CheckConstraint) -> list[Problem]:
    """What a broken CHECK says, at the fields that it speaks of. A check may carry its own words in `info["message"]`."""
    columns = check_columns(table, check)
    if message := check.info.get("message"):
        return [Problem(columns[-1] if columns else "", message)]
    if len(columns) == 1:
        return [Problem(columns[0], OUTSIDE)]
    labels = tuple(str(table.columns[name].info.get("label", name)) for name in columns)
    return [Problem(name, TOGETHER, {"labels": labels}) for name in columns]


def check_columns(table: Table, check: CheckConstraint) -> list[str]:
    """The columns that a CHECK speaks of, in the table's order."""
    words = set(re.findall(r"\w+", re.sub(r"'[^']*'", "", str(check.sqltext))))
    return [column.name for column in table.columns if column.name in words]
