"""The engine of the database that the environment names, and whether it can be used.

`TURSO_DATABASE_URL` says where the data lives; unset, it is `file:data/constela.db`. Where there are replicas it names the near
one, which is read from, and `TURSO_PRIMARY_URL` the primary, which is written to, and read when the replica is away.

A transaction is BEGIN IMMEDIATE, and BEGIN (no write lock) for a connection with the execution option `libsql_readonly`.
SQLite's own driver opens transactions late and behind one's back, so it is told not to.
"""

import os
import sqlite3
from functools import cache, partial
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError

import domain.db  # noqa: F401 - registers the dialect
from domain.db.libsql import address, dbapi, errors
from domain.db.libsql.cluster import Cluster
from domain.db.libsql.turns import Turns
from domain.kit.errors import DatabaseUnavailable

DEFAULT_URL = "file:data/constela.db"
BUSY_TIMEOUT_MS = 10_000
CONNECT_SECONDS = 5.0
READ_SECONDS = 30.0
TURN = "constela turn"

_clusters: WeakKeyDictionary[Engine, Cluster] = WeakKeyDictionary()


def database_url() -> str:
    """Where the data lives, as the environment says it."""
    return os.environ.get("TURSO_DATABASE_URL") or DEFAULT_URL


def primary_url() -> str | None:
    """The primary that is written to, where `database_url` is a replica's; None where there is but one server."""
    return os.environ.get("TURSO_PRIMARY_URL") or None


def auth_token() -> str | None:
    """The token for the server, as the environment says it."""
    return os.environ.get("TURSO_AUTH_TOKEN") or None


def file_path(url: str) -> Path | None:
    """The file behind a `file:` URL; None for any other."""
    return Path(url.removeprefix("file:").removeprefix("//")) if url.startswith("file:") else None


def engine() -> Engine:
    """The engine of the database that the environment names; one for each setting in a process."""
    return _engine(database_url(), primary_url(), auth_token())


@cache
def _engine(url: str, primary: str | None, token: str | None) -> Engine:
    return make_engine(url, primary_url=primary, auth_token=token)


def make_engine(
    url: str, *, primary_url: str | None = None, auth_token: str | None = None, read_timeout: float = READ_SECONDS
) -> Engine:
    """A new engine for a URL (file:, libsql://, https://, http://, wss://, ws://); whoever makes one disposes of it.

    `read_timeout`: seconds that a server may take for one answer. Raises the domain's error for a URL that names no database.
    """
    path = file_path(url)
    return _of_server(url, primary_url, auth_token, read_timeout) if path is None else _of_file(path)


def _of_file(path: Path) -> Engine:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseUnavailable from error
    # A Streamlit session's thread changes with each rerun, so connections are handed from thread to thread.
    made = create_engine(
        URL.create("sqlite", database=str(path)),
        connect_args={"check_same_thread": False},
        pool_size=8,
        max_overflow=24,
        hide_parameters=True,
    )
    event.listen(made, "connect", _prepare)
    turns = Turns()
    event.listen(made, "begin", partial(_begin, turns))
    event.listen(made, "checkin", partial(_give_turn, turns))
    return made


def _of_server(url: str, primary_url: str | None, auth_token: str | None, read_timeout: float) -> Engine:
    from domain.db.errors import translate

    try:
        near, _token = address.parse(url)
        connect = partial(
            dbapi.connect,
            url,
            auth_token=auth_token,
            primary_url=primary_url,
            connect_timeout=CONNECT_SECONDS,
            read_timeout=read_timeout,
        )
        cluster = connect().cluster  # asks nothing; a wrong URL is told now, not at the first page
    except errors.Error as error:
        raise translate(error) from error
    made = create_engine(
        URL.create("sqlite+libsql", host=near.host, port=near.port),
        creator=connect,
        pool_size=16,
        max_overflow=48,
        hide_parameters=True,
    )
    _clusters[made] = cluster
    return made


def catch_up() -> None:
    """Before a person's first read in this process: see what they may have written through another."""
    if cluster := _clusters.get(engine()):
        cluster.catch_up()


def _prepare(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA synchronous=FULL")
    try:
        cursor.execute("PRAGMA journal_mode=WAL")
    except sqlite3.OperationalError:
        pass  # a read-only file keeps its mode; the first write says so
    finally:
        cursor.close()


def _begin(turns: Turns, connection: Connection) -> None:
    readonly = connection.get_execution_options().get("libsql_readonly", False)
    info = connection.info
    if not readonly and not info.get(TURN):
        info[TURN] = turns.take()
    connection.exec_driver_sql("BEGIN" if readonly else "BEGIN IMMEDIATE")


def _give_turn(turns: Turns, _connection: Any, record: Any) -> None:
    if turn := record.info.pop(TURN, None):
        turns.give(turn)


def check() -> None:
    """Ask the database something; raises the domain's error if it doesn't answer."""
    from domain.db.errors import translate

    try:
        with engine().connect().execution_options(libsql_readonly=True) as connection:
            connection.execute(text("SELECT 1"))
    except (DBAPIError, OSError) as error:
        raise translate(error) from error
