"""What the driver's connections see of each other, over HTTP and over WebSocket, and when their server goes away."""

from collections.abc import Iterator
from pathlib import Path

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


# What is seen


def test_a_snapshot_stays_as_it_is_while_others_commit(schema: Schema, connection: dbapi.Connection) -> None:
    step(connection, "sol")
    connection.commit()
    reader = schema.connect()
    reader.readonly = "snapshot"
    before = reader.execute("SELECT word FROM steps").fetchall()
    step(connection, "mar")
    connection.commit()
    assert schema.saved() == ["sol", "mar"]
    assert reader.execute("SELECT word FROM steps").fetchall() == before == [("sol",)]
    reader.commit()
    assert reader.execute("SELECT word FROM steps").fetchall() == [("sol",), ("mar",)]


def test_a_read_sees_what_is_committed_and_disturbs_no_writer(schema: Schema, connection: dbapi.Connection) -> None:
    reader = schema.connect()
    reader.readonly = True
    step(connection, "sol")
    with counted() as trips:
        assert reader.execute("SELECT word FROM steps").fetchall() == []
    assert trips.count == 1
    connection.commit()
    assert reader.execute("SELECT word FROM steps").fetchall() == [("sol",)]


def test_a_write_on_a_readonly_connection_is_a_transaction(schema: Schema, connection: dbapi.Connection) -> None:
    connection.readonly = True
    step(connection, "sol")
    assert connection.execute("SELECT word FROM steps").fetchall() == [("sol",)]
    assert schema.saved() == []
    connection.commit()
    assert schema.saved() == ["sol"]


# Reads together


def recorded(connection: dbapi.Connection, *statements: str) -> list[dbapi.Recorded]:
    found = []
    with connection.recording():
        for sql in statements:
            with pytest.raises(dbapi.Recorded) as noted:
                connection.execute(sql)
            found.append(noted.value)
    return found


@pytest.mark.parametrize("readonly", [False, True, "snapshot"])
def test_noted_reads_are_asked_at_once(connection: dbapi.Connection, readonly: dbapi.Readonly) -> None:
    connection.readonly = readonly
    statements = ["SELECT 1", "SELECT 'two'", "SELECT 1"]
    with counted() as trips:
        connection.prefetch(recorded(connection, *statements))
        assert trips.count == 1
        assert [connection.execute(each).fetchone() for each in statements] == [(1,), ("two",), (1,)]
        assert trips.count == 1
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert trips.count == 2
    connection.rollback()


def test_a_write_makes_kept_answers_old(connection: dbapi.Connection) -> None:
    count = "SELECT count(*) FROM steps"
    connection.prefetch(recorded(connection, count))
    step(connection, "sol")
    assert connection.execute(count).fetchone() == (1,)
    connection.prefetch(recorded(connection, count))
    connection.rollback()
    assert connection.execute(count).fetchone() == (0,)


def test_a_wrong_read_among_them_speaks_for_itself(connection: dbapi.Connection) -> None:
    connection.prefetch(recorded(connection, "SELECT 1", "SELECT nowhere"))
    assert connection.execute("SELECT 1").fetchone() == (1,)
    with pytest.raises(dbapi.OperationalError, match="no such column"):
        connection.execute("SELECT nowhere")


def test_only_reads_are_noted(schema: Schema, connection: dbapi.Connection) -> None:
    with connection.recording():
        for sql in ("DELETE FROM steps", "BEGIN", "COMMIT", "SAVEPOINT a", "PRAGMA foreign_keys = OFF"):
            with pytest.raises(dbapi.ProgrammingError):
                connection.execute(sql)
    connection.prefetch([])
    assert not connection.in_transaction
    step(connection, "sol")
    connection.commit()
    assert schema.saved() == ["sol"]


# A server that goes away


@pytest.mark.parametrize("kind", ["url", "ws_url"], ids=["http finds nobody", "the websocket breaks"])
def test_a_server_that_dies_loses_the_transaction_and_the_connection_heals(tmp_path: Path, kind: str) -> None:
    with Sqld(tmp_path) as server:
        connection = dbapi.connect(getattr(server, kind))
        connection.execute("CREATE TABLE steps (id INTEGER PRIMARY KEY, word TEXT)")
        step(connection, "sol")
        connection.commit()
        step(connection, "lost")
        server.kill()
        with pytest.raises(errors.TransactionLost):
            step(connection, "never")
        server.restart()
        for refused in (lambda: step(connection, "alone"), connection.commit):
            with pytest.raises(errors.TransactionLost):
                refused()
        connection.rollback()
        step(connection, "mar")
        connection.commit()
        connection.readonly = True
        assert connection.execute("SELECT word FROM steps ORDER BY id").fetchall() == [("sol",), ("mar",)]
        server.kill()
        with pytest.raises(errors.ConnectionFailed) as raised:
            connection.execute("SELECT 1")
        assert raised.value.reason == "refused"
        server.restart()
        assert connection.execute("SELECT 1").fetchall() == [(1,)]
        connection.close()
