"""SQLAlchemy's dialect `sqlite+libsql`: SQLite's, over this package's DBAPI.

`sqlite+libsql://HOST[:PORT]/[?secure=false][&namespace=NAME][&authToken=…][&primary=HOST:PORT]`: https unless `secure=false`,
WebSocket with `websocket=true`. A token that the URL lacks comes from `connect_args={"auth_token": …}` or, last, from the
environment (`TURSO_AUTH_TOKEN`). The execution option `libsql_readonly` (True or "snapshot") is `Connection.readonly`.
"""

import os
from math import inf
from types import ModuleType
from typing import Any

from sqlalchemy import URL, Engine
from sqlalchemy.dialects.sqlite.base import SQLiteDialect
from sqlalchemy.engine.characteristics import ConnectionCharacteristic
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.engine.interfaces import ConnectArgsType, DBAPIConnection, IsolationLevel
from sqlalchemy.pool import Pool, QueuePool

from domain.db.libsql import dbapi, errors

TRUE, FALSE = {"true", "1", "yes"}, {"false", "0", "no"}
GONE = (errors.ConnectionFailed, errors.TransactionLost, errors.OutcomeUnknown, errors.ServerError, errors.StreamGone)
VECTORS = frozenset({"vector32", "vector_distance_cos", "libsql_vector_idx", "vector_top_k"})


class ReadonlyCharacteristic(ConnectionCharacteristic):
    """`libsql_readonly` as a property of the DBAPI connection, given back when it returns to the pool."""

    transactional = True

    def reset_characteristic(self, dialect: Any, dbapi_conn: Any) -> None:
        """As a new connection is."""
        dbapi_conn.readonly = False

    def set_characteristic(self, dialect: Any, dbapi_conn: Any, value: Any) -> None:
        """From the execution option."""
        dbapi_conn.readonly = value

    def get_characteristic(self, dialect: Any, dbapi_conn: Any) -> Any:
        """As it is now."""
        return dbapi_conn.readonly


class LibsqlDialect(SQLiteDialect):
    """SQLite as a libSQL server speaks it."""

    driver = "libsql"
    default_paramstyle = "qmark"
    supports_statement_cache = True
    # An executemany of an INSERT becomes few statements of many rows.
    use_insertmanyvalues_wo_returning = True
    connection_characteristics = DefaultDialect.connection_characteristics.union({"libsql_readonly": ReadonlyCharacteristic()})

    @classmethod
    def import_dbapi(cls) -> ModuleType:
        """The DBAPI of this package."""
        return dbapi

    @classmethod
    def get_pool_class(cls, url: URL) -> type[Pool]:
        """Connections may go from thread to thread, one at a time."""
        return QueuePool

    @classmethod
    def engine_created(cls, engine: Engine) -> None:
        """The token goes out of the engine's URL, which is printed where an engine is."""
        engine.url = engine.url.difference_update_query(["authToken"])

    def create_connect_args(self, url: URL) -> ConnectArgsType:
        """What `connect` of the DBAPI is given for a URL. Raises BadAddress for an option that isn't known."""
        query = {name: value if isinstance(value, str) else value[-1] for name, value in url.query.items()}
        secure, websocket = query.pop("secure", "true").lower(), query.pop("websocket", "false").lower()
        if secure not in TRUE | FALSE or websocket not in TRUE | FALSE:
            raise errors.BadAddress("secure and websocket are true or false")
        if not url.host:
            raise errors.BadAddress("the database URL names no host")
        scheme = ("wss" if secure in TRUE else "ws") if websocket in TRUE else ("https" if secure in TRUE else "http")
        path = f"/{url.database}" if url.database else ""
        options: dict[str, Any] = {
            "auth_token": query.pop("authToken", None) or os.environ.get("TURSO_AUTH_TOKEN") or None,
            "namespace": query.pop("namespace", None),
            "primary_url": f"{scheme}://{query.pop('primary')}" if "primary" in query else None,
        }
        options |= {name: _seconds(query.pop(name)) for name in ("connect_timeout", "read_timeout") if name in query}
        if query:
            raise errors.BadAddress(f"a database URL has no option {min(query)[:40]}")
        return [dbapi_url(scheme, url.host, url.port, path)], options

    def _get_server_version_info(self, connection: Any) -> tuple[int, ...]:
        return dbapi.sqlite_version_info

    def supports(self, ability: str) -> bool:
        """Whether the database has a function that only libSQL has, such as `vector_top_k`."""
        return ability in VECTORS

    def get_isolation_level(self, dbapi_connection: DBAPIConnection) -> IsolationLevel:
        """AUTOCOMMIT or SERIALIZABLE; the server isn't asked."""
        return "AUTOCOMMIT" if dbapi_connection.autocommit else "SERIALIZABLE"

    def get_default_isolation_level(self, dbapi_conn: DBAPIConnection) -> IsolationLevel:
        """One writer at a time, readers of one state each."""
        return "SERIALIZABLE"

    def get_isolation_level_values(self, dbapi_conn: DBAPIConnection) -> list[IsolationLevel]:
        """What can be chosen."""
        return ["SERIALIZABLE", "AUTOCOMMIT"]

    def set_isolation_level(self, dbapi_connection: DBAPIConnection, level: IsolationLevel) -> None:
        """AUTOCOMMIT makes each statement a transaction of its own."""
        dbapi_connection.autocommit = level == "AUTOCOMMIT"

    def detect_autocommit_setting(self, dbapi_conn: DBAPIConnection) -> bool:
        """Whether each statement is a transaction of its own now."""
        return bool(dbapi_conn.autocommit)

    def is_disconnect(self, e: Any, connection: Any, cursor: Any) -> bool:
        """Whether the connection's transaction is gone for good."""
        return isinstance(e, GONE)

    def on_connect(self) -> None:
        """Nothing to prepare: a connection asks nothing before its first statement."""
        return


def _seconds(said: str) -> float:
    try:
        seconds = float(said)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < inf:
        raise errors.BadAddress("a timeout is a number of seconds above 0")
    return seconds


def dbapi_url(scheme: str, host: str, port: int | None, path: str = "") -> str:
    """A URL as the DBAPI takes it."""
    return f"{scheme}://{f'[{host}]' if ':' in host else host}{f':{port}' if port else ''}{path}"


dialect = LibsqlDialect
