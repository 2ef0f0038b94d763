"""PEP 249 for libSQL servers.

A connection is cheap: it holds a stream of the server only while a transaction is open. BEGIN rides with the transaction's first
statement, COMMIT closes the stream in the same request, and a transaction without a statement asks nothing. As with every
DBAPI a transaction begins by itself; `autocommit = True` turns that off.

`readonly = True` says that only reads follow: each is a round trip of its own, sees what was committed before it, takes no lock,
and may be answered by a near replica. `readonly = "snapshot"` gives them one state of the data, in one (deferred)
transaction on the primary.
"""

import threading
from dataclasses import replace
from datetime import date, datetime
from datetime import time as time_of_day
from weakref import WeakValueDictionary

from domain.db.libsql.address import Address, parse
from domain.db.libsql.cluster import Cluster, transport
from domain.db.libsql.connection import Connection, Readonly, Recorded
from domain.db.libsql.cursor import Cursor
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
    TransactionLost,
    Unauthorized,
    Warning,  # noqa: A004 - PEP 249's name
)

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
    "NotSupportedError", "OperationalError", "OutcomeUnknown", "ProgrammingError", "Readonly", "Recorded", "ServerError", "Time",
    "TimeFromTicks", "Timestamp", "TimestampFromTicks", "TransactionLost", "Unauthorized", "Warning", "apilevel", "connect",
    "paramstyle", "threadsafety",
]  # fmt: skip

_clusters: WeakValueDictionary[tuple[object, ...], Cluster] = WeakValueDictionary()
_clusters_lock = threading.Lock()


def connect(
    url: str,
    *,
    auth_token: str | None = None,
    primary_url: str | None = None,
    namespace: str | None = None,
    connect_timeout: float = 5.0,
    read_timeout: float = 30.0,
) -> Connection:
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
