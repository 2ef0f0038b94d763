"""The driver is what PEP 249 says, over HTTP and over WebSocket: its module, its cursors, and how much is asked for what."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from domain.db.libsql import dbapi, errors
from domain.db.libsql.trips import counted
from tests.engine.servers import Sqld

Connect = Callable[[], dbapi.Connection]


@pytest.fixture(params=["url", "ws_url"], ids=["http", "websocket"])
def connect(request: pytest.FixtureRequest, sqld: Sqld) -> Iterator[Connect]:
    """Connections to a server with an empty table `words (id INTEGER PRIMARY KEY, word TEXT UNIQUE)`."""
    made: list[dbapi.Connection] = []

    def connected() -> dbapi.Connection:
        made.append(dbapi.connect(getattr(sqld, request.param)))
        return made[-1]

    with connected() as connection:
        connection.execute("CREATE TABLE words (id INTEGER PRIMARY KEY, word TEXT UNIQUE)")
    yield connected
    for each in made:
        each.close()
    with dbapi.connect(sqld.url) as connection:
        connection.execute("DROP TABLE words")


@pytest.fixture
def connection(connect: Connect) -> dbapi.Connection:
    return connect()


def words(connect: Connect) -> list[str]:
    """What is saved, as another connection sees it."""
    reader = connect()
    reader.readonly = True
    return [row[0] for row in reader.execute("SELECT word FROM words ORDER BY id")]


# The module


def test_the_module_says_what_it_is() -> None:
    assert (dbapi.apilevel, dbapi.threadsafety, dbapi.paramstyle) == ("2.0", 1, "qmark")
    for name in dbapi.__all__:
        assert hasattr(dbapi, name), name


def test_exceptions_stand_under_one_another_as_pep_249_has_them() -> None:
    assert issubclass(dbapi.Warning, Exception)
    assert issubclass(dbapi.Error, Exception)
    assert dbapi.InterfaceError.__bases__ == dbapi.DatabaseError.__bases__ == (dbapi.Error,)
    under = [dbapi.DataError, dbapi.OperationalError, dbapi.IntegrityError, dbapi.InternalError, dbapi.ProgrammingError]
    for each in [*under, dbapi.NotSupportedError]:
        assert each.__bases__ == (dbapi.DatabaseError,)
        assert getattr(dbapi.Connection, each.__name__) is each
    for own in (errors.ConnectionFailed, errors.Unauthorized, errors.ServerError, errors.StreamGone, errors.Busy):
        assert own.__bases__ == (dbapi.OperationalError,)
    for own in (errors.TransactionLost, errors.OutcomeUnknown):
        assert own.__bases__ == (dbapi.OperationalError,)


def test_type_objects_and_constructors_are_there() -> None:
    assert dbapi.Date(2026, 2, 28).isoformat() == "2026-02-28"
    assert dbapi.Time(23, 59).isoformat() == "23:59:00"
    assert dbapi.Timestamp(2026, 2, 28, 23).isoformat(" ") == "2026-02-28 23:00:00"
    assert bytes(dbapi.Binary(b"ab")) == b"ab"
    assert dbapi.TimeFromTicks(0) == dbapi.TimestampFromTicks(0).time()
    assert dbapi.DateFromTicks(0) == dbapi.TimestampFromTicks(0).date()
    assert len({dbapi.STRING, dbapi.BINARY, dbapi.NUMBER, dbapi.DATETIME, dbapi.ROWID}) == 5


def test_threads_share_the_module(connect: Connect) -> None:
    failures: list[BaseException] = []

    def write(writer: int) -> None:
        try:
            mine = connect()
            for at in range(10):
                mine.execute("INSERT INTO words (word) VALUES (?)", (f"{writer} {at}",))
                mine.commit()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert failures == []
    assert sorted(words(connect)) == sorted(f"{writer} {at}" for writer in range(4) for at in range(10))


def test_a_websocket_needs_the_extra() -> None:
    program = """
import sys
sys.modules["libsql_client"] = None
from domain.db.libsql import dbapi, errors
dbapi.connect("http://127.0.0.1:1")
for url in ("ws://127.0.0.1:1", "wss://127.0.0.1:1"):
    try:
        dbapi.connect(url)
    except errors.MissingExtra as error:
        assert isinstance(error, dbapi.InterfaceError)
        print(error)
"""
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    ran = subprocess.run([sys.executable, "-c", program], cwd=root, env=environment, capture_output=True, text=True, check=True)
    assert ran.stdout.count("libsql-client") == 2


# Cursors


def test_a_cursor_tells_of_its_rows(connection: dbapi.Connection) -> None:
    cursor = connection.cursor()
    assert (cursor.description, cursor.rowcount, cursor.arraysize, cursor.lastrowid) == (None, -1, 1, None)
    assert cursor.connection is connection
    assert cursor.execute("SELECT 1 AS one, 'a' AS word") is cursor
    assert cursor.description == (("one", *[None] * 6), ("word", *[None] * 6))
    assert cursor.rowcount == -1
    cursor.execute("SELECT 1 AS none WHERE 0")
    assert cursor.description == (("none", *[None] * 6),)
    assert cursor.fetchone() is None
    cursor.execute("DELETE FROM words")
    assert cursor.description is None


def test_rows_are_fetched_by_one_by_some_and_to_the_end(connection: dbapi.Connection) -> None:
    cursor = connection.execute(
        "WITH RECURSIVE n (at) AS (SELECT 1 UNION ALL SELECT at + 1 FROM n WHERE at < 10) SELECT at FROM n"
    )
    assert cursor.fetchone() == (1,)
    assert cursor.fetchmany() == [(2,)]
    cursor.arraysize = 2
    assert cursor.fetchmany() == [(3,), (4,)]
    assert cursor.fetchmany(3) == [(5,), (6,), (7,)]
    assert next(cursor) == (8,)
    assert cursor.fetchall() == [(9,), (10,)]
    assert (cursor.fetchone(), cursor.fetchmany(5), cursor.fetchall(), list(cursor)) == (None, [], [], [])


def test_two_cursors_of_one_connection_keep_their_rows_apart(connection: dbapi.Connection) -> None:
    first, second = connection.execute("SELECT 1"), connection.execute("SELECT 2")
    assert (first.fetchall(), second.fetchall()) == ([(1,)], [(2,)])


def test_rowcount_and_lastrowid_are_the_statements(connection: dbapi.Connection) -> None:
    cursor = connection.execute("INSERT INTO words VALUES (41, 'sol'), (42, 'mar')")
    assert (cursor.rowcount, cursor.lastrowid) == (2, 42)
    cursor.execute("UPDATE words SET word = word || '!'")
    assert cursor.rowcount == 2
    cursor.execute("DELETE FROM words WHERE id = 41")
    assert cursor.rowcount == 1
    cursor.execute("INSERT INTO words VALUES (43, 'lua') RETURNING id, word")
    assert (cursor.rowcount, cursor.lastrowid, cursor.fetchall()) == (1, 43, [(43, "lua")])
    cursor.execute("SELECT * FROM words")
    assert cursor.rowcount == -1
    cursor.executemany("INSERT INTO words (word) VALUES (?)", [("a",), ("b",), ("c",)])
    assert cursor.rowcount == 3
    cursor.executemany("INSERT INTO words (word) VALUES (?)", [])
    assert cursor.rowcount == 0


def test_parameters_come_by_position_or_by_name(connection: dbapi.Connection) -> None:
    assert connection.execute("SELECT ?, ?2, ?1", (1, 2)).fetchall() == [(1, 2, 1)]
    assert connection.execute("SELECT :a, @b, $c", {"a": 1, "b": 2, "c": 3}).fetchall() == [(1, 2, 3)]
    for wrong in ((), (1, 2), {"a": 1}):
        with pytest.raises(dbapi.ProgrammingError):
            connection.execute("SELECT ?", wrong)
    with pytest.raises(dbapi.ProgrammingError):
        connection.execute("SELECT ?", "a")
    with pytest.raises(dbapi.ProgrammingError):
        connection.cursor().executemany("INSERT INTO words (word) VALUES (?)", ["a"])
    assert connection.execute("SELECT count(*) FROM words").fetchall() == [(0,)]


def test_executemany_only_changes(connection: dbapi.Connection) -> None:
    with pytest.raises(dbapi.ProgrammingError):
        connection.cursor().executemany("SELECT ?", [(1,)])


def test_a_statement_without_rows_has_none_to_fetch(connection: dbapi.Connection) -> None:
    cursor = connection.execute("DELETE FROM words")
    for fetch in (cursor.fetchone, cursor.fetchmany, cursor.fetchall):
        with pytest.raises(dbapi.ProgrammingError):
            fetch()
    cursor.execute("SELECT 1")
    with pytest.raises(dbapi.OperationalError):
        cursor.execute("SELECT nothing")
    with pytest.raises(dbapi.ProgrammingError):
        cursor.fetchall()


def test_sizes_are_taken_and_ignored(connection: dbapi.Connection) -> None:
    cursor = connection.cursor()
    cursor.setinputsizes([1])
    cursor.setoutputsize(1)
    cursor.setoutputsize(1, 0)


def test_what_is_closed_does_nothing_more(connect: Connect) -> None:
    connection = connect()
    connection.execute("INSERT INTO words (word) VALUES ('never saved')")
    cursor, other = connection.execute("SELECT 1"), connection.execute("SELECT 2")
    cursor.close()
    cursor.close()
    for do in (cursor.fetchone, cursor.fetchall, lambda: cursor.execute("SELECT 1"), lambda: next(cursor)):
        with pytest.raises(dbapi.ProgrammingError):
            do()
    assert other.fetchall() == [(2,)]
    connection.close()
    connection.close()
    for do in (connection.cursor, connection.commit, other.fetchone, lambda: connection.execute("SELECT 1")):
        with pytest.raises(dbapi.ProgrammingError):
            do()
    assert words(connect) == []


# How much is asked


def test_begin_and_savepoints_ride_with_statements_and_commit_with_the_end(connection: dbapi.Connection) -> None:
    asked: list[int] = []
    for sql in ("BEGIN", "SAVEPOINT a", "INSERT INTO words (word) VALUES ('sol')", "RELEASE a", "SELECT 1", "SAVEPOINT b"):
        with counted() as trips:
            connection.execute(sql)
        asked.append(trips.count)
    with counted() as trips:
        connection.commit()
    assert [*asked, trips.count] == [0, 0, 1, 0, 1, 0, 1]


def test_a_transaction_without_a_statement_asks_nothing(connection: dbapi.Connection) -> None:
    with counted() as trips:
        connection.commit()
        connection.rollback()
        connection.execute("BEGIN")
        connection.commit()
        connection.execute("BEGIN")
        connection.execute("SAVEPOINT a")
        connection.execute("ROLLBACK TO a")
        connection.rollback()
        connection.close()
    assert trips.count == 0


def test_a_rollback_is_one_request(connect: Connect, connection: dbapi.Connection) -> None:
    connection.execute("INSERT INTO words (word) VALUES ('sol')")
    with counted() as trips:
        connection.rollback()
    assert trips.count == 1
    assert words(connect) == []


def test_reads_alone_are_a_request_each_and_end_without_one(connection: dbapi.Connection) -> None:
    connection.readonly = True
    with counted() as trips:
        for _time in range(3):
            connection.execute("SELECT count(*) FROM words")
        connection.commit()
        connection.rollback()
    assert trips.count == 3


def test_a_statement_in_autocommit_is_one_request(connect: Connect, connection: dbapi.Connection) -> None:
    connection.autocommit = True
    with counted() as trips:
        connection.execute("INSERT INTO words (word) VALUES ('sol')")
        connection.commit()
    assert trips.count == 1
    assert words(connect) == ["sol"]


def test_three_thousand_rows_are_few_requests(connect: Connect, connection: dbapi.Connection) -> None:
    rows = [(f"word {at}",) for at in range(3_000)]
    with counted() as trips:
        connection.cursor().executemany("INSERT INTO words (word) VALUES (?)", rows)
        connection.commit()
    assert trips.count == 4
    assert words(connect) == [row[0] for row in rows]


@pytest.mark.parametrize("named", [False, True], ids=["by position", "by name"])
def test_large_rows_are_parted_by_their_size(connect: Connect, connection: dbapi.Connection, named: bool) -> None:
    texts = [f"{at} {'x' * 300_000}" for at in range(10)]
    rows = [{"word": each} if named else (each,) for each in texts]
    with counted() as trips:
        connection.cursor().executemany(f"INSERT INTO words (word) VALUES ({':word' if named else '?'})", rows)
        connection.commit()
    assert trips.count == 4
    assert words(connect) == texts
