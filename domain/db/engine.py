"""The engine of the embedded file, and whether the database can be used.

`TURSO_DATABASE_URL` says where the data lives; unset, it is `file:data/constela.db`. SQLite's own driver opens transactions
late and behind one's back, so it is told not to: a transaction is BEGIN IMMEDIATE, and BEGIN (no write lock) for a connection
with the execution option `libsql_readonly`.
"""

import os
import sqlite3
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError

from domain.kit.errors import DatabaseUnavailable

DEFAULT_URL = "file:data/constela.db"
BUSY_TIMEOUT_MS = 10_000


def database_url() -> str:
    """Where the data lives, as the environment says it."""
    return os.environ.get("TURSO_DATABASE_URL") or DEFAULT_URL


def file_path(url: str) -> Path | None:
    """The file behind a `file:` URL; None for any other."""
    return Path(url.removeprefix("file:").removeprefix("//")) if url.startswith("file:") else None


def engine() -> Engine:
    """The engine of the database that the environment names; one for each URL in a process."""
    return _engine(database_url())


@cache
def _engine(url: str) -> Engine:
    return make_engine(url)


def make_engine(url: str) -> Engine:
    """A new engine for a URL; whoever makes one disposes of it."""
    path = file_path(url)
    if path is None:
        raise DatabaseUnavailable
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseUnavailable from error
    # A Streamlit session's thread changes with each rerun, so connections are handed from thread to thread.
    made = create_engine(
        URL.create("sqlite", database=str(path)), connect_args={"check_same_thread": False}, pool_size=8, max_overflow=24
    )
    event.listen(made, "connect", _prepare)
    event.listen(made, "begin", _begin)
    return made


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


def _begin(connection: Connection) -> None:
    readonly = connection.get_execution_options().get("libsql_readonly", False)
    connection.exec_driver_sql("BEGIN" if readonly else "BEGIN IMMEDIATE")


def check() -> None:
    """Ask the database something; raises the domain's error if it doesn't answer."""
    from domain.db.errors import translate

    try:
        with engine().connect().execution_options(libsql_readonly=True) as connection:
            connection.execute(text("SELECT 1"))
    except (DBAPIError, OSError) as error:
        raise translate(error) from error
