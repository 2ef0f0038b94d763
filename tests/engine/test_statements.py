"""What the driver takes a statement for, and that wrong ones fail as they do with Python's sqlite3."""

import sqlite3
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.db.libsql import dbapi, errors
from domain.db.libsql.statements import Kind, foreign_keys, keyword, kind
from tests.engine.servers import Sqld

KINDS = {
    "SELECT 1": Kind.READ,
    "  \n select 1": Kind.READ,
    "-- why\nSELECT 1": Kind.READ,
    "/* why */ SELECT 1": Kind.READ,
    "(SELECT 1)": Kind.READ,
    "VALUES (1)": Kind.READ,
    "EXPLAIN QUERY PLAN DELETE FROM t": Kind.READ,
    "WITH a AS (SELECT 1) SELECT * FROM a": Kind.READ,
    "WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a": Kind.OTHER,
    "WITH a AS (SELECT 1) UPDATE t SET x = 1": Kind.OTHER,
    "WITH a AS (SELECT 1) DELETE FROM t": Kind.OTHER,
    "WITH a AS (SELECT 1) REPLACE INTO t SELECT * FROM a": Kind.OTHER,
    "INSERT INTO t VALUES (1)": Kind.OTHER,
    "-- SELECT\nDELETE FROM t": Kind.OTHER,
    "/* SELECT */DELETE FROM t": Kind.OTHER,
    "UPDATE t SET x = 1": Kind.OTHER,
    "REPLACE INTO t VALUES (1)": Kind.OTHER,
    "CREATE TABLE t (x)": Kind.OTHER,
    "PRAGMA table_info(t)": Kind.READ,
    "PRAGMA main.table_xinfo(t)": Kind.READ,
    "PRAGMA foreign_keys": Kind.READ,
    "PRAGMA foreign_keys = ON": Kind.OTHER,
    "PRAGMA foreign_keys(ON)": Kind.OTHER,
    "PRAGMA user_version(7)": Kind.OTHER,
    "PRAGMA wal_checkpoint": Kind.OTHER,
    "PRAGMA optimize": Kind.OTHER,
    "BEGIN IMMEDIATE": Kind.BEGIN,
    "COMMIT": Kind.COMMIT,
    "END TRANSACTION": Kind.COMMIT,
    "rollback": Kind.ROLLBACK,
    "ROLLBACK TRANSACTION": Kind.ROLLBACK,
    "ROLLBACK TO a": Kind.SAVEPOINT,
    "/* why */ rollback transaction to savepoint a": Kind.SAVEPOINT,
    "SAVEPOINT a": Kind.SAVEPOINT,
    "RELEASE a": Kind.SAVEPOINT,
    "; COMMIT": Kind.COMMIT,
    ";;/* why */; ROLLBACK;": Kind.ROLLBACK,
    "; DELETE FROM t": Kind.OTHER,
    "/*/ COMMIT /*/ SELECT 1": Kind.READ,
    "-- why\r\nCOMMIT": Kind.COMMIT,
    "/* PRAGMA table_info(t) */ PRAGMA user_version(7)": Kind.OTHER,
    "": Kind.OTHER,
    "-- only words": Kind.OTHER,
    "nonsense": Kind.OTHER,
}

FOREIGN_KEYS = {
    "PRAGMA foreign_keys=ON": True,
    "pragma foreign_keys = off": False,
    " PRAGMA main.foreign_keys(1) ; ": True,
    "PRAGMA foreign_keys = 'no'": False,
    "PRAGMA foreign_keys = true": True,
    "PRAGMA foreign_keys": None,
    "PRAGMA foreign_key_check": None,
    "SELECT 'PRAGMA foreign_keys=ON'": None,
}


@pytest.mark.parametrize("sql", KINDS)
def test_a_statement_is_taken_for_what_it_is(sql: str) -> None:
    assert kind(sql) is KINDS[sql]


@pytest.mark.parametrize("sql", FOREIGN_KEYS)
def test_the_foreign_keys_setting_is_known_from_others(sql: str) -> None:
    assert foreign_keys(sql) is FOREIGN_KEYS[sql]


NOISE = st.lists(st.sampled_from([" ", "\n", "\t", "-- a\n", "--\n", "/**/", "/* DELETE; */", "/* -- */", ";"]), max_size=6).map(
    "".join
)


@given(
    NOISE, st.sampled_from(["INSERT", "update", "Delete", "REPLACE", "CREATE", "DROP", "ALTER", "BEGIN", "COMMIT", "SAVEPOINT"])
)
def test_no_comment_hides_what_a_statement_does(noise: str, word: str) -> None:
    assert keyword(f"{noise}{word} x") == word.upper()
    assert kind(f"{noise}{word} x") is not Kind.READ


@given(NOISE, st.text(max_size=30))
def test_only_what_begins_like_a_read_is_one(noise: str, text: str) -> None:
    if kind(noise + text) is Kind.READ:
        assert keyword(noise + text) in {"SELECT", "VALUES", "EXPLAIN", "WITH", "PRAGMA"}


# Wrong statements, on both drivers

SCHEMA = [
    "CREATE TABLE rooms (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, seats INT CONSTRAINT seats_some CHECK (seats > 0))",
    "CREATE TABLE lessons (id INTEGER PRIMARY KEY, room INTEGER NOT NULL REFERENCES rooms (id) ON DELETE RESTRICT)",
    "CREATE TABLE strict_rooms (id INTEGER PRIMARY KEY, seats INTEGER) STRICT",
    "CREATE VIEW large AS SELECT * FROM rooms WHERE seats > 20",
    "INSERT INTO rooms VALUES (1, 'Sala 1', 12)",
    "INSERT INTO lessons VALUES (1, 1)",
    "CREATE TRIGGER no_abort BEFORE INSERT ON rooms WHEN NEW.name = 'abort' BEGIN SELECT RAISE(ABORT, 'locked: rooms'); END",
    "CREATE TRIGGER no_fail BEFORE INSERT ON rooms WHEN NEW.name = 'fail' BEGIN SELECT RAISE(FAIL, 'locked: rooms'); END",
    "CREATE TRIGGER no_roll BEFORE INSERT ON rooms WHEN NEW.name = 'rollback' BEGIN SELECT RAISE(ROLLBACK, 'locked: rooms'); END",
]
Wrong = tuple[str, Any, str, str]
SAME: list[Wrong] = [
    ("INSERT INTO rooms VALUES (2, 'Sala 1', 5)", (), "IntegrityError", "UNIQUE constraint failed: rooms.name"),
    ("INSERT INTO rooms VALUES (1, 'Sala 2', 5)", (), "IntegrityError", "UNIQUE constraint failed: rooms.id"),
    ("INSERT INTO rooms VALUES (2, NULL, 5)", (), "IntegrityError", "NOT NULL constraint failed: rooms.name"),
    ("INSERT INTO rooms VALUES (2, 'Sala 2', ?)", (0,), "IntegrityError", "CHECK constraint failed: seats_some"),
    ("UPDATE rooms SET seats = -1", (), "IntegrityError", "CHECK constraint failed: seats_some"),
    ("INSERT INTO lessons VALUES (2, 99)", (), "IntegrityError", "FOREIGN KEY constraint failed"),
    ("DELETE FROM rooms", (), "IntegrityError", "FOREIGN KEY constraint failed"),
    ("INSERT INTO rooms VALUES (2, 'abort', 5)", (), "IntegrityError", "locked: rooms"),
    ("INSERT INTO rooms VALUES (2, 'fail', 5)", (), "IntegrityError", "locked: rooms"),
    ("INSERT INTO rooms VALUES (2, 'rollback', 5)", (), "IntegrityError", "locked: rooms"),
    ("INSERT INTO rooms (id, name) VALUES ('x', 'Sala 2')", (), "IntegrityError", "datatype mismatch"),
    ("INSERT INTO strict_rooms VALUES (1, 'many')", (), "IntegrityError", "cannot store TEXT value in INTEGER column"),
    ("SELECT * FROM nowhere", (), "OperationalError", "no such table: nowhere"),
    ("SELECT missing FROM rooms", (), "OperationalError", "no such column: missing"),
    ("SELECT nosuch(1)", (), "OperationalError", "no such function: nosuch"),
    ("INSERT INTO rooms VALUES (1)", (), "OperationalError", "has 3 columns but 1 values"),
    ("INSERT INTO large VALUES (2, 'x', 1)", (), "OperationalError", "cannot modify large because it is a view"),
    ("CREATE TABLE rooms (id)", (), "OperationalError", "table rooms already exists"),
    ("SELEC 1", (), "OperationalError", "syntax error"),
    ("SELECT abs(-9223372036854775808)", (), "OperationalError", "integer overflow"),
    ("SELECT json('{')", (), "OperationalError", "malformed JSON"),
    ("SELECT load_extension('x')", (), "OperationalError", "not authorized"),
    ("SELECT zeroblob(2000000000)", (), "DataError", "string or blob too big"),
    ("SELECT ?", (), "ProgrammingError", ""),
    ("SELECT ?", (1, 2), "ProgrammingError", ""),
    ("SELECT :name", {"other": 1}, "ProgrammingError", ""),
    ("SELECT ?", (Decimal(1),), "ProgrammingError", ""),
]
"""Statement, parameters, the error's name on both, and what both say in it."""

DIFFERENT: list[Wrong] = [
    ("", (), "ProgrammingError", "no error: sqlite3 takes a text without a statement; the server doesn't"),
    ("SELECT ?", (2**63,), "DataError", "OverflowError: Python's, not the driver's"),
    ("SELECT ?", ("\ud800",), "DataError", "UnicodeEncodeError: Python's, not the driver's"),
    ("SELECT ?", (float("nan"),), "DataError", "no error: sqlite3 makes NULL of it, and says nothing"),
    ("SELECT 9e999", (), "DataError", "no error: JSON has no infinity"),
    ("SELECT :a", {"a": 1, "b": 2}, "ProgrammingError", "no error: the server takes no parameter too many"),
    ("CREATE TEMP TABLE passing (id)", (), "OperationalError", "no error: a server's streams have no tables of their own"),
    ("ATTACH ':memory:' AS other", (), "OperationalError", "no error: a server opens no other database"),
    ("PRAGMA journal_mode = DELETE", (), "OperationalError", "no error: how it writes is the server's own business"),
    ("ANALYZE", (), "OperationalError", "no error: the server knows no such statement"),
]
"""Statement, parameters, the driver's error, and what sqlite3 does instead, with the reason."""


@pytest.fixture
def file() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute("PRAGMA foreign_keys = ON")
    for each in [*SCHEMA, "BEGIN"]:
        connection.execute(each)
    yield connection
    connection.close()


@pytest.fixture(params=["url", "ws_url"], ids=["http", "websocket"], scope="module")
def prepared(request: pytest.FixtureRequest, sqld: Sqld) -> Iterator[str]:
    url = getattr(sqld, request.param)
    with dbapi.connect(url) as connection:
        for each in SCHEMA:
            connection.execute(each)
    yield url
    with dbapi.connect(url) as connection:
        connection.execute("DROP VIEW large")
        for table in ("lessons", "rooms", "strict_rooms"):
            connection.execute(f"DROP TABLE {table}")


@pytest.fixture
def server(prepared: str) -> Iterator[dbapi.Connection]:
    connection = dbapi.connect(prepared)
    connection.execute("BEGIN")
    yield connection
    connection.close()


def told(execute: Callable[[str, Any], Any], sql: str, parameters: Any) -> tuple[str, str]:
    """The name of the error, and its words."""
    try:
        execute(sql, parameters)
    except Exception as error:
        return type(error).__name__, str(error)
    return "no error", ""


@pytest.mark.parametrize(("sql", "parameters", "name", "words"), SAME, ids=[f"{sql} {given}" for sql, given, *_ in SAME])
def test_a_wrong_statement_fails_as_on_a_file(
    file: sqlite3.Connection, server: dbapi.Connection, sql: str, parameters: Any, name: str, words: str
) -> None:
    on_file, on_server = told(file.execute, sql, parameters), told(server.execute, sql, parameters)
    assert (on_file[0], on_server[0]) == (name, name), (on_file, on_server)
    assert words in on_file[1]
    assert words in on_server[1]
    assert file.in_transaction == server.in_transaction


@pytest.mark.parametrize(
    ("sql", "parameters", "name", "other"), DIFFERENT, ids=[f"{sql} {given!a}" for sql, given, *_ in DIFFERENT]
)
def test_a_statement_that_only_a_file_takes_is_refused_with_a_reason(
    file: sqlite3.Connection, server: dbapi.Connection, sql: str, parameters: Any, name: str, other: str
) -> None:
    if "journal_mode" in sql:
        file.execute("ROLLBACK")
    assert told(file.execute, sql, parameters)[0] == other.partition(":")[0]
    assert told(server.execute, sql, parameters)[0] == name


def test_a_refused_statement_is_not_repeated_by_its_error(server: dbapi.Connection) -> None:
    """The server repeats the whole of it, and rows stand in it."""
    with pytest.raises(dbapi.OperationalError, match="unsupported statement") as raised:
        server.execute("CREATE TEMP TABLE passing AS SELECT 'Sofia Lima' AS name")
    assert "Sofia" not in str(raised.value)


def test_an_integrity_error_carries_the_servers_code(server: dbapi.Connection) -> None:
    with pytest.raises(errors.IntegrityError) as raised:
        server.execute("INSERT INTO rooms VALUES (2, 'Sala 1', 5)")
    assert (raised.value.code or "").startswith("SQLITE_CONSTRAINT")
