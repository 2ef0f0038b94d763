"""Transactions of the driver, over HTTP and over WebSocket: what is saved, what isn't, and what ends one."""

from collections.abc import Iterator

import pytest

from domain.db.libsql import dbapi, errors
from domain.db.libsql.trips import counted
from tests.engine.servers import Sqld
from tests.engine.steps import Schema, prepared, step


@pytest.fixture(params=["url", "ws_url"], ids=["http", "websocket"])
def schema(request: pytest.FixtureRequest, sqld: Sqld) -> Iterator[Schema]:
    with prepared(getattr(sqld, request.param)) as made:
        yield made


@pytest.fixture
def connection(schema: Schema) -> dbapi.Connection:
    return schema.connect()


# What is saved


def test_only_a_commit_saves(schema: Schema, connection: dbapi.Connection) -> None:
    step(connection, "sol")
    assert connection.in_transaction
    assert schema.saved() == []
    connection.commit()
    assert not connection.in_transaction
    assert schema.saved() == ["sol"]
    step(connection, "mar")
    connection.rollback()
    assert schema.saved() == ["sol"]


def step_and_fail(connection: dbapi.Connection) -> None:
    step(connection, "mar")
    raise KeyError


def test_a_with_block_commits_or_rolls_back(schema: Schema) -> None:
    with schema.connect() as connection:
        step(connection, "sol")
    with pytest.raises(KeyError), schema.connect() as connection:
        step_and_fail(connection)
    assert schema.saved() == ["sol"]


def test_commit_and_rollback_may_be_statements(schema: Schema, connection: dbapi.Connection) -> None:
    connection.autocommit = True
    for sql in ("BEGIN", "INSERT INTO steps (word) VALUES ('sol')", "COMMIT", "BEGIN IMMEDIATE", "DELETE FROM steps", "ROLLBACK"):
        connection.execute(sql)
    assert schema.saved() == ["sol"]
    connection.execute("BEGIN")
    with pytest.raises(dbapi.OperationalError, match="within a transaction"):
        connection.execute("BEGIN")


@pytest.mark.parametrize("end", ["; ROLLBACK", "/* done */ rollback;", ";;\u00a0ROLLBACK TRANSACTION", "-- done\r\nROLLBACK"])
def test_no_disguise_ends_a_transaction_unnoticed(schema: Schema, connection: dbapi.Connection, end: str) -> None:
    """Else what follows would be saved at once, statement by statement."""
    step(connection, "sol")
    connection.execute(end)
    assert not connection.in_transaction
    step(connection, "mar")
    assert schema.saved() == []
    connection.commit()
    assert schema.saved() == ["mar"]


def test_savepoints_keep_what_was_before_them(schema: Schema, connection: dbapi.Connection) -> None:
    step(connection, "before")
    for sql in ("SAVEPOINT a", "INSERT INTO steps (word) VALUES ('inside')", "ROLLBACK TO SAVEPOINT a", "RELEASE a"):
        connection.execute(sql)
    step(connection, "after")
    connection.execute("SAVEPOINT b")
    step(connection, "kept")
    connection.execute("RELEASE SAVEPOINT b")
    connection.commit()
    assert schema.saved() == ["before", "after", "kept"]


def test_a_rollback_to_a_savepoint_before_commit_still_counts(schema: Schema, connection: dbapi.Connection) -> None:
    step(connection, "before")
    connection.execute("SAVEPOINT a")
    step(connection, "inside")
    connection.execute("ROLLBACK TO a")
    with counted() as trips:
        connection.commit()
    assert trips.count == 1
    assert schema.saved() == ["before"]


def test_a_savepoint_that_is_unknown_is_told_with_the_next_statement(schema: Schema, connection: dbapi.Connection) -> None:
    step(connection, "sol")
    connection.execute("ROLLBACK TO nowhere")
    with pytest.raises(dbapi.OperationalError, match="no such savepoint"):
        step(connection, "mar")
    connection.commit()
    assert schema.saved() == ["sol"]


def test_a_savepoint_needs_a_transaction_in_autocommit(connection: dbapi.Connection) -> None:
    connection.autocommit = True
    with pytest.raises(dbapi.OperationalError):
        connection.execute("SAVEPOINT a")


def test_a_failed_statement_leaves_the_rest_of_its_transaction(schema: Schema, connection: dbapi.Connection) -> None:
    step(connection, "sol")
    for wrong in ("INSERT INTO steps (word) VALUES ('sol')", "INSERT INTO nowhere VALUES (1)", "SELEC 1"):
        with pytest.raises((dbapi.IntegrityError, dbapi.OperationalError)):
            connection.execute(wrong)
        assert connection.in_transaction
    step(connection, "mar")
    connection.commit()
    assert schema.saved() == ["sol", "mar"]


def test_a_first_statement_that_fails_begins_a_transaction_all_the_same(schema: Schema, connection: dbapi.Connection) -> None:
    with pytest.raises(dbapi.OperationalError):
        connection.execute("INSERT INTO nowhere VALUES (1)")
    step(connection, "sol")
    assert schema.saved() == []
    connection.rollback()
    assert schema.saved() == []


def test_a_statement_that_cant_be_parsed_leaves_the_transaction_to_begin_with_the_next(
    schema: Schema, connection: dbapi.Connection
) -> None:
    """The server refuses such a request as a whole, BEGIN with it; what follows must not run alone for that."""
    connection.autocommit = True
    for sql in ("BEGIN", "SAVEPOINT a"):
        connection.execute(sql)
    with pytest.raises(dbapi.OperationalError, match="syntax error"):
        connection.execute("SELEC 1")
    step(connection, "inside")
    assert schema.saved() == []
    connection.execute("ROLLBACK TO a")
    step(connection, "sol")
    with pytest.raises(dbapi.OperationalError, match="syntax error"):
        connection.execute("SELEC 1")
    connection.commit()
    assert schema.saved() == ["sol"]


# What ends a transaction behind one's back


@pytest.mark.parametrize(
    "stop", ["INSERT INTO steps (word) VALUES ('stop')", "INSERT OR ROLLBACK INTO steps (word) VALUES ('sol')"]
)
def test_after_a_rollback_by_the_database_nothing_runs_alone(schema: Schema, connection: dbapi.Connection, stop: str) -> None:
    step(connection, "sol")
    with pytest.raises(dbapi.IntegrityError):
        connection.execute(stop)
    with counted() as trips:
        for refused in (lambda: step(connection, "alone"), lambda: connection.execute("SELECT 1"), connection.commit):
            with pytest.raises(errors.TransactionLost):
                refused()
        with pytest.raises(errors.TransactionLost):
            connection.cursor().executemany("INSERT INTO steps (word) VALUES (?)", [("alone",), ("too",)])
        connection.rollback()
    assert trips.count == 0
    step(connection, "new")
    connection.commit()
    assert schema.saved() == ["new"]


def test_a_rollback_by_the_database_amid_many_rows_saves_none(schema: Schema, connection: dbapi.Connection) -> None:
    step(connection, "before")
    with pytest.raises(dbapi.IntegrityError, match="stopped"):
        connection.cursor().executemany("INSERT INTO steps (word) VALUES (?)", [("a",), ("stop",), ("b",)])
    with pytest.raises(errors.TransactionLost):
        connection.commit()
    connection.rollback()
    assert schema.saved() == []


def test_a_rollback_by_the_database_of_the_first_statement_saves_nothing(schema: Schema, connection: dbapi.Connection) -> None:
    with pytest.raises(dbapi.IntegrityError, match="stopped"):
        step(connection, "stop")
    with pytest.raises(errors.TransactionLost):
        step(connection, "alone")
    connection.rollback()
    assert schema.saved() == []


def test_in_autocommit_each_statement_stands_for_itself(schema: Schema, connection: dbapi.Connection) -> None:
    connection.autocommit = True
    step(connection, "sol")
    with pytest.raises(dbapi.IntegrityError, match="stopped"):
        step(connection, "stop")
    step(connection, "mar")
    with pytest.raises(dbapi.IntegrityError):
        connection.cursor().executemany("INSERT INTO steps (word) VALUES (?)", [("lua",), ("sol",)])
    connection.rollback()
    assert schema.saved() == ["sol", "mar"]


def test_a_deferred_constraint_fails_the_commit_and_nothing_is_saved(schema: Schema, connection: dbapi.Connection) -> None:
    step(connection, "sol")
    connection.execute("INSERT INTO children VALUES (1, 99)")
    with pytest.raises(dbapi.IntegrityError, match="FOREIGN KEY"):
        connection.commit()
    assert not connection.in_transaction
    connection.commit()
    assert schema.saved() == schema.saved("SELECT id FROM children") == []


# Foreign keys


def test_foreign_keys_are_watched_unless_told_otherwise(schema: Schema, connection: dbapi.Connection) -> None:
    orphan = "INSERT INTO children (parent) VALUES (99)"
    with counted() as trips:
        connection.execute("PRAGMA foreign_keys = OFF")
    assert trips.count == 0
    for _transaction in range(2):
        connection.execute(orphan)
        connection.commit()
    connection.execute("PRAGMA foreign_keys(on)")
    connection.execute(orphan)
    with pytest.raises(dbapi.IntegrityError):
        connection.commit()
    assert len(schema.saved("SELECT id FROM children")) == 2


def test_inside_of_a_transaction_foreign_keys_stay_as_they_are(connection: dbapi.Connection) -> None:
    """So SQLite has it, from BEGIN on."""
    connection.execute("BEGIN")
    connection.execute("PRAGMA foreign_keys = OFF")
    assert connection.execute("PRAGMA foreign_keys").fetchall() == [(1,)]
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.rollback()
    assert connection.execute("PRAGMA foreign_keys").fetchall() == [(1,)]
