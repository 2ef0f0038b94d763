"""Streams that expire, writers that wait too long, and servers that hang, are killed and started again under load."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, field

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError, PendingRollbackError

from domain.db.engine import make_engine
from tests.engine.servers import Sqld, running

LONG = bool(os.environ.get("CONSTELA_TEST_LONG"))
IDLE_SECONDS = 11.0  # a server ends a stream over HTTP that was idle for 10 s
STEALING_SECONDS = 5.5  # and a write transaction after 5 s, once somebody else wants to write
THREADS = 8
KILLS = 10 if LONG else 2
CREATE = "CREATE TABLE notes (word TEXT NOT NULL)"


def insert(connection: Connection, word: str) -> None:
    connection.execute(text("INSERT INTO notes (word) VALUES (:word)"), {"word": word})


def words(engine: Engine) -> list[str]:
    with engine.connect().execution_options(libsql_readonly=True) as connection:
        return list(connection.execute(text("SELECT word FROM notes ORDER BY word")).scalars())


def told(step: Callable[[], object]) -> str:
    """The name of the driver's error that a step ends with, or "done"."""
    try:
        step()
    except DBAPIError as error:
        return type(error.orig).__name__
    return "done"


# Idle streams: all of them wait at once.


def statement_after_a_pause(engine: Engine) -> list[str]:
    """A transaction that goes on after a pause, as far as it can, and then once more on the same connection."""
    with engine.connect() as connection:
        insert(connection, "before")
        time.sleep(IDLE_SECONDS)
        said = [told(lambda: insert(connection, "after"))]
        with pytest.raises(PendingRollbackError) if said == ["TransactionLost"] else nullcontext():
            connection.commit()
        connection.rollback()
        insert(connection, "again")
        connection.commit()
    return said


def commit_after_a_pause(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        insert(connection, "before")
        time.sleep(IDLE_SECONDS)
        said = [told(connection.commit)]
        connection.rollback()
        insert(connection, "again")
        connection.commit()
    return said


def snapshot_after_a_pause(engine: Engine) -> list[str]:
    with engine.connect().execution_options(libsql_readonly="snapshot") as connection:
        count = text("SELECT count(*) FROM notes")
        connection.execute(count)
        time.sleep(IDLE_SECONDS)
        said = [told(lambda: connection.execute(count))]
        connection.rollback()
        return [*said, told(lambda: connection.execute(count))]


def pause_between_transactions(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        insert(connection, "before")
        connection.commit()
        time.sleep(IDLE_SECONDS)
        return [told(lambda: insert(connection, "after")), told(connection.commit)]


def reads_with_a_pause(engine: Engine) -> list[str]:
    with engine.connect().execution_options(libsql_readonly=True) as connection:
        count = text("SELECT count(*) FROM notes")
        connection.execute(count)
        time.sleep(IDLE_SECONDS)
        return [told(lambda: connection.execute(count))]


def statement_while_another_wants_to_write(engine: Engine) -> list[str]:
    return _while_another_wants_to_write(engine, lambda connection: insert(connection, "first again"))


def commit_while_another_wants_to_write(engine: Engine) -> list[str]:
    return _while_another_wants_to_write(engine, lambda connection: connection.commit())


def _while_another_wants_to_write(engine: Engine, step: Callable[[Connection], None]) -> list[str]:
    def write_second() -> None:
        with engine.begin() as connection:
            insert(connection, "second")

    with engine.connect() as connection, ThreadPoolExecutor(1) as other:
        insert(connection, "first")
        second = other.submit(told, write_second)
        time.sleep(STEALING_SECONDS)
        said = [told(lambda: step(connection)), second.result()]
        connection.rollback()
    return said


HTTP: dict[Callable[[Engine], list[str]], tuple[list[str], list[str]]] = {
    statement_after_a_pause: (["TransactionLost"], ["again"]),
    commit_after_a_pause: (["TransactionLost"], ["again"]),
    snapshot_after_a_pause: (["TransactionLost", "done"], []),
    pause_between_transactions: (["done", "done"], ["after", "before"]),
    reads_with_a_pause: (["done"], []),
    statement_while_another_wants_to_write: (["TransactionLost", "done"], ["second"]),
    commit_while_another_wants_to_write: (["TransactionLost", "done"], ["second"]),
}
"""What is told over HTTP, and which rows are there at the end."""

WEBSOCKET = HTTP | {
    # A stream over WebSocket lives as long as its WebSocket does, however idle.
    statement_after_a_pause: (["done"], ["after", "again", "before"]),
    commit_after_a_pause: (["done"], ["again", "before"]),
    snapshot_after_a_pause: (["done", "done"], []),
}
PAUSES = [("http", pause) for pause in HTTP] + [("ws", pause) for pause in WEBSOCKET]


@pytest.fixture(scope="module")
def pauses(namespace_server: Sqld) -> dict[tuple[str, Callable[[Engine], list[str]]], tuple[list[str], list[str]]]:
    """What each was told, and its rows."""

    def run(numbered: tuple[int, tuple[str, Callable[[Engine], list[str]]]]) -> tuple[list[str], list[str]]:
        number, (scheme, pause) = numbered
        name = f"pause-{os.getpid()}-{number}"
        engine = make_engine(namespace_server.create_namespace(name).replace("http", scheme))
        with engine.begin() as connection:
            connection.exec_driver_sql(CREATE)
        found = pause(engine), words(engine)
        engine.dispose()
        namespace_server.drop_namespace(name)
        return found

    with ThreadPoolExecutor(len(PAUSES)) as pool:
        return dict(zip(PAUSES, pool.map(run, enumerate(PAUSES)), strict=True))


@pytest.mark.parametrize("pause", PAUSES, ids=lambda pause: f"{pause[0]} {pause[1].__name__.replace('_', ' ')}")
def test_what_becomes_of_whoever_pauses(pause, pauses) -> None:
    scheme, what = pause
    assert pauses[pause] == (HTTP if scheme == "http" else WEBSOCKET)[what]


# Servers that hang or die


@pytest.fixture(params=["http", "ws"])
def scheme(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sqld]:
    """A server of the test's own, to be killed."""
    with running(tmp_path_factory) as server:
        yield server


def test_a_server_that_hangs_costs_others_nothing_that_they_had_begun(server: Sqld, scheme: str) -> None:
    engine = make_engine(server.url.replace("http", scheme), read_timeout=1.0)
    with engine.begin() as connection:
        connection.exec_driver_sql(CREATE)
    with engine.connect() as writer, engine.connect().execution_options(libsql_readonly=True) as reader:
        insert(writer, "begun")
        with server.hanging():
            assert told(lambda: reader.execute(text("SELECT 1"))) == "TimedOut"
        time.sleep(0.3)  # the late answer comes, and nobody waits for it
        insert(writer, "ended")
        writer.commit()
    assert words(engine) == ["begun", "ended"]
    engine.dispose()


def test_a_restart_between_transactions_is_not_noticed(server: Sqld, scheme: str) -> None:
    engine = make_engine(server.url.replace("http", scheme))
    with engine.begin() as connection:
        connection.exec_driver_sql(CREATE)
    with engine.connect() as writer, engine.connect().execution_options(libsql_readonly=True) as reader:
        for number in range(3):
            server.kill()
            server.start()
            insert(writer, str(number))
            writer.commit()
            assert reader.execute(text("SELECT count(*) FROM notes")).scalar_one() == number + 1
    engine.dispose()


@pytest.mark.parametrize("step", ["statement", "commit"])
def test_a_restart_within_a_transaction_loses_it_as_a_whole(server: Sqld, scheme: str, step: str) -> None:
    engine = make_engine(server.url.replace("http", scheme))
    with engine.begin() as connection:
        connection.exec_driver_sql(CREATE)
    with engine.connect() as connection:
        insert(connection, "begun")
        server.kill()
        server.start()
        assert told(connection.commit if step == "commit" else lambda: insert(connection, "more")) == "TransactionLost"
        connection.rollback()
        assert words(engine) == []
        insert(connection, "again")
        connection.commit()
    assert words(engine) == ["again"]
    engine.dispose()


@dataclass
class Heard:
    """What one thread was told of its transactions, each of two rows of the same word."""

    done: list[str] = field(default_factory=list)
    not_done: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    read_wrongly: list[str] = field(default_factory=list)
    read: set[str] = field(default_factory=set)
    went_on: bool = False


def read_back(engine: Engine, word: str, heard: Heard) -> None:
    """Look for both rows of a saved transaction."""
    with engine.connect().execution_options(libsql_readonly=True) as connection:
        question = text("SELECT count(*) FROM notes WHERE word = :word")
        if connection.execute(question, {"word": word}).scalar_one() != 2:
            heard.read_wrongly.append(word)


def write_pairs(engine: Engine, thread: int, last_restart: threading.Event) -> Heard:
    """Write, whatever happens, until five transactions have been saved after the last restart."""
    heard, number, saved_since = Heard(), 0, 0
    deadline = time.monotonic() + 60
    while saved_since < 5 and time.monotonic() < deadline:
        word, number = f"{thread}-{number}", number + 1
        since = last_restart.is_set()
        try:
            with engine.begin() as connection:
                insert(connection, word)
                insert(connection, word)
        except DBAPIError as error:
            kind = type(error.orig).__name__
            assert kind in {"TransactionLost", "ConnectionFailed", "Busy", "OutcomeUnknown"}, kind
            (heard.unknown if kind == "OutcomeUnknown" else heard.not_done).append(word)
            time.sleep(0.02)
            continue
        heard.done.append(word)
        saved_since += since
        heard.read.add(told(lambda word=word: read_back(engine, word, heard)))
    heard.went_on = saved_since >= 5
    return heard


def test_a_server_killed_under_load_keeps_what_it_acknowledged_and_threads_go_on(server: Sqld, scheme: str) -> None:
    engine = make_engine(server.url.replace("http", scheme))
    with engine.begin() as connection:
        connection.exec_driver_sql(CREATE)
    last_restart = threading.Event()
    with ThreadPoolExecutor(THREADS) as pool:
        threads = [pool.submit(write_pairs, engine, thread, last_restart) for thread in range(THREADS)]
        for _kill in range(KILLS):
            time.sleep(0.6)
            server.kill()
            time.sleep(0.2)
            server.start()
        last_restart.set()
        heard = [thread.result() for thread in threads]
    stored = words(engine)
    counts = {word: stored.count(word) for word in set(stored)}
    done, not_done, unknown = (
        {word for each in heard for word in getattr(each, name)} for name in ("done", "not_done", "unknown")
    )
    print(f"{scheme}: {KILLS} kills, {len(done)} saved, {len(not_done)} not, {len(unknown)} unknown")
    assert {word: counts.get(word, 0) for word in done} == dict.fromkeys(done, 2)
    assert {word: counts[word] for word in not_done & counts.keys()} == {}
    assert {word: counts[word] for word in unknown & counts.keys()} == dict.fromkeys(unknown & counts.keys(), 2)
    assert counts.keys() <= done | unknown
    assert [word for each in heard for word in each.read_wrongly] == []
    assert {kind for each in heard for kind in each.read} <= {"done", "ConnectionFailed", "NoAnswer"}
    assert all(each.went_on for each in heard)
    assert not_done | unknown, "no kill met a transaction"
    engine.dispose()
