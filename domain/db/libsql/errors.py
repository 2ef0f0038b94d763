"""PEP 249's exceptions, and what can become of a transaction on a server.

No message holds a token or a row's values: what a server says is passed on, what was sent to it is not.
"""

from typing import Literal

Unreached = Literal["host", "refused", "timeout", "tls"]
Refusal = Literal["missing", "invalid", "expired", "forbidden"]


class Warning(Exception):  # noqa: A001 - PEP 249's name
    """Something worth knowing that stopped nothing."""


class Error(Exception):
    """Whatever goes wrong. `code`: the server's own code for it, where it gave one."""

    def __init__(self, message: str = "", code: str | None = None) -> None:
        super().__init__(message)
        self.code = code


class InterfaceError(Error):
    """The driver was misused, before any database was asked."""


class BadAddress(InterfaceError):
    """A database URL that names no database."""


class MissingExtra(InterfaceError):
    """A ws:// or wss:// URL, and the package `libsql-client` isn't installed."""


class DatabaseError(Error):
    """The database, or the way to it, failed."""


class DataError(DatabaseError):
    """A value that the database can't hold."""


class OperationalError(DatabaseError):
    """The database couldn't do it, through no fault of the statement."""


class IntegrityError(DatabaseError):
    """A constraint forbids it."""


class InternalError(DatabaseError):
    """The database is at odds with itself."""


class ProgrammingError(DatabaseError):
    """The statement is wrong, or came at the wrong time."""


class NotSupportedError(DatabaseError):
    """The database has no such thing."""


class ConnectionFailed(OperationalError):
    """The server couldn't be reached; nothing was sent to it.

    `reason`: "host" (no such name), "refused" (nobody answers there), "timeout", "tls" (its certificate isn't trusted).
    """

    def __init__(self, message: str, *, reason: Unreached) -> None:
        super().__init__(message)
        self.reason: Unreached = reason


class Unauthorized(OperationalError):
    """The server refuses the token: none was given, it is no good, it has expired, or it doesn't allow this."""

    def __init__(self, message: str, *, reason: Refusal) -> None:
        super().__init__(message)
        self.reason: Refusal = reason


class ServerError(OperationalError):
    """The server, or something before it, failed or said what makes no sense."""


class NoAnswer(ServerError):
    """A request may have reached the server, and no answer that can be read came back."""


class TimedOut(NoAnswer):
    """No answer came in the time that a request is given."""


class StreamGone(OperationalError):
    """The server no longer knows the stream: it was idle for too long, or the server was started again."""


class TransactionLost(OperationalError):
    """The transaction is over on the server without a commit: nothing of it is saved."""


class OutcomeUnknown(OperationalError):
    """A commit was sent and its answer never came: it is saved as a whole, or not at all, and only looking again tells which."""


class Busy(OperationalError):
    """Others wrote for longer than a writer waits. Nothing was done."""
