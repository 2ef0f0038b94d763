"""A near replica for reads, the primary for writes: nobody reads less than they wrote, and each goes on without the other."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from domain.db.engine import make_engine
from domain.db.libsql import dbapi
from domain.db.libsql.errors import ConnectionFailed
from domain.db.libsql.trips import counted
from tests.engine.servers import Sqld


@pytest.fixture
def primary(tmp_path: Path) -> Iterator[Sqld]:
    with Sqld(tmp_path / "primary", grpc=True) as server:
        yield server


@pytest.fixture
def replica(tmp_path: Path, primary: Sqld) -> Iterator[Sqld]:
    with Sqld(tmp_path / "replica", primary=primary) as server:
        yield server


@pytest.fixture
def engine(primary: Sqld, replica: Sqld) -> Iterator[Engine]:
    made = make_engine(replica.url, primary_url=primary.url)
    with made.begin() as connection:
        connection.execute(text("CREATE TABLE notes (id INTEGER PRIMARY KEY, words TEXT)"))
    yield made
    made.dispose()


def write(engine: Engine, words: str = "a") -> None:
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO notes (words) VALUES (:words)"), {"words": words})


def count(engine: Engine) -> int:
    with engine.connect().execution_options(libsql_readonly=True) as connection:
        return int(connection.execute(text("SELECT count(*) FROM notes")).scalar_one())


def eventually(wanted: Callable[[], bool], seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if wanted():
            return True
        time.sleep(0.1)
    return False


def test_who_wrote_reads_what_they_wrote_each_of_200_times(engine: Engine) -> None:
    for written in range(1, 201):
        write(engine)
        assert count(engine) == written


def test_reads_are_answered_by_the_replica_once_it_has_what_was_written(engine: Engine, replica: Sqld, primary: Sqld) -> None:
    write(engine)
    assert count(engine) == 1
    primary.kill()
    assert count(engine) == 1


def test_a_read_is_one_round_trip_and_a_small_transaction_two(engine: Engine) -> None:
    write(engine)
    with counted() as trips:
        count(engine)
    assert trips.count == 1
    with counted() as trips:
        write(engine)
    assert trips.count == 2


def test_without_its_replica_a_process_reads_from_the_primary_and_returns_to_it(
    engine: Engine, replica: Sqld, primary: Sqld
) -> None:
    write(engine)
    replica.kill()
    assert count(engine) == 1
    write(engine)
    assert count(engine) == 2
    replica.start()
    assert eventually(lambda: count(engine) == 2)
    time.sleep(1.1)  # a server that was away is left alone for a second
    assert count(engine) == 2
    primary.kill()
    assert count(engine) == 2, "only the replica can have answered this"


def test_without_the_primary_reads_go_on_and_writes_say_so_and_succeed_after_its_return(engine: Engine, primary: Sqld) -> None:
    write(engine)
    assert count(engine) == 1
    primary.kill()
    assert count(engine) == 1
    with pytest.raises(OperationalError) as told:
        write(engine)
    assert isinstance(told.value.orig, ConnectionFailed)
    assert told.value.orig.reason == "refused"
    assert count(engine) == 1
    primary.start()
    write(engine)
    assert count(engine) == 2


def test_a_primary_that_came_back_from_a_crash_with_a_new_log_is_read_up_to_date(engine: Engine, primary: Sqld) -> None:
    """Measured on 0.24.32: after SIGKILL the log's index starts anew, so that the old one would be waited for in vain."""
    for _ in range(30):
        write(engine)
    assert count(engine) == 30
    primary.kill()
    primary.start()
    for written in range(31, 61):
        write(engine)
        assert count(engine) == written


def test_a_last_write_that_never_reached_the_replica_is_not_waited_for_without_end(
    engine: Engine, primary: Sqld, replica: Sqld
) -> None:
    write(engine)
    assert count(engine) == 1
    with replica.hanging():
        write(engine)
        primary.kill()
    started = time.monotonic()
    assert count(engine) in {1, 2}, "what the replica has is what there is"
    assert time.monotonic() - started < 10, "some seconds, not a request's whole time"


def test_another_process_reads_what_the_first_one_wrote_after_asking_the_primary(
    engine: Engine, primary: Sqld, replica: Sqld
) -> None:
    other = dbapi.connect(f"{replica.url}?namespace=default", primary_url=primary.url)
    other.readonly = True
    for written in range(1, 101):
        write(engine)
        other.cluster.catch_up()
        assert other.execute("SELECT count(*) FROM notes").fetchone() == (written,)


def test_a_write_within_a_connection_said_to_be_read_only_goes_to_the_primary_and_can_be_rolled_back(engine: Engine) -> None:
    with engine.connect().execution_options(libsql_readonly=True) as connection:
        connection.execute(text("INSERT INTO notes (words) VALUES ('never')"))
        assert connection.execute(text("SELECT count(*) FROM notes")).scalar_one() == 1
        connection.rollback()
    assert count(engine) == 0
