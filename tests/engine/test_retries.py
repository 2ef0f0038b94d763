"""What is tried again, what never is, and how a pool comes back to itself after an outage."""

import gc
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from domain.db.engine import make_engine
from domain.db.libsql import dbapi, errors
from domain.db.libsql.trips import counted
from domain.db.libsql.websocket import _loop
from tests.engine.proxy import CUT_AFTER, CUT_BEFORE, STATUS_502, Fault, Proxy
from tests.engine.servers import HOST, Sqld, free_port

INSERT, COUNT = text("INSERT INTO notes VALUES ('sol')"), text("SELECT count(*) FROM notes")


@pytest.fixture
def proxy(namespace_server: Sqld) -> Iterator[Proxy]:
    with Proxy(namespace_server.port) as between:
        yield between


@pytest.fixture(params=["http", "ws"])
def engine(request: pytest.FixtureRequest, proxy: Proxy, namespace: str) -> Iterator[Engine]:
    """An engine behind the proxy, on a database of the test's own with an empty table."""
    made = make_engine(f"{request.param}://{HOST}:{proxy.port}/?namespace={namespace}")
    with made.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE notes (word TEXT NOT NULL)")
    proxy.seen.clear()
    yield made
    made.dispose()


over_http = pytest.mark.parametrize("engine", ["http"], indirect=True)
"""A WebSocket is a stream of bytes to the proxy: it can only be cut as a whole."""


def write(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(INSERT)


def count(engine: Engine) -> int:
    with engine.connect().execution_options(libsql_readonly=True) as connection:
        return int(connection.execute(COUNT).scalar_one())


def write_alone(engine: Engine) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(INSERT)


def driver_error(step: Callable[[], object]) -> Exception:
    """The driver's error that a step ends with."""
    with pytest.raises(DBAPIError) as failed:
        step()
    assert isinstance(failed.value.orig, Exception)
    return failed.value.orig


@over_http
@pytest.mark.parametrize("fault", [CUT_BEFORE, CUT_AFTER, STATUS_502], ids=lambda fault: fault.name)
def test_a_read_is_asked_three_times_at_most(engine: Engine, proxy: Proxy, fault: Fault) -> None:
    proxy.next(fault, times=2)
    assert count(engine) == 0
    assert len(proxy.seen) == 3
    proxy.next(fault, times=3)
    assert isinstance(driver_error(lambda: count(engine)), errors.NoAnswer)
    assert len(proxy.seen) == 6
    assert count(engine) == 0


@over_http
@pytest.mark.parametrize("fault", [CUT_BEFORE, CUT_AFTER, STATUS_502], ids=lambda fault: fault.name)
def test_a_write_whose_answer_is_missing_is_sent_once(engine: Engine, proxy: Proxy, fault: Fault) -> None:
    proxy.next(fault)
    assert isinstance(driver_error(lambda: write_alone(engine)), errors.OutcomeUnknown)
    assert len(proxy.seen) == 1
    assert count(engine) == (1 if fault == CUT_AFTER else 0)


@pytest.mark.parametrize(("use", "trips"), [(write, 2), (count, 3), (write_alone, 1)])
def test_where_nobody_listens_openings_and_reads_are_tried_again(use: Callable[[Engine], object], trips: int) -> None:
    engine = make_engine(f"http://{HOST}:{free_port()}")
    with counted() as waited:
        error = driver_error(lambda: use(engine))
    assert isinstance(error, errors.ConnectionFailed)
    assert (error.reason, waited.count) == ("refused", trips)


@pytest.mark.parametrize("use", [write, count, write_alone])
def test_a_host_that_does_not_exist_is_asked_for_once(use: Callable[[Engine], object]) -> None:
    engine = make_engine("http://no-such-host.invalid:8080")
    with counted() as waited:
        error = driver_error(lambda: use(engine))
    assert isinstance(error, errors.ConnectionFailed)
    assert (error.reason, waited.count) == ("host", 1)


def test_after_an_outage_idle_connections_are_replaced_without_anyone_noticing(engine: Engine, proxy: Proxy) -> None:
    threads = 8
    together = Barrier(threads)

    def use(_thread: int) -> int:
        with engine.begin() as connection:
            connection.execute(INSERT)
        together.wait()  # so that each thread has a connection of its own at some time
        return count(engine)

    with ThreadPoolExecutor(threads) as pool:
        assert set(pool.map(use, range(threads))) == {threads}
        for outage in (2, 3):
            proxy.down()
            proxy.up()
            assert set(pool.map(use, range(threads))) == {outage * threads}


def test_while_the_server_is_away_it_is_said_and_then_it_goes_on(engine: Engine, proxy: Proxy) -> None:
    write(engine)
    proxy.down()
    for use in (write, count, write_alone):
        error = driver_error(lambda use=use: use(engine))
        assert isinstance(error, errors.ConnectionFailed)
        assert error.reason == "refused"
    proxy.up()
    write(engine)
    write_alone(engine)
    assert count(engine) == 3


def test_a_transaction_whose_connection_broke_is_told_as_lost_until_it_is_rolled_back(proxy: Proxy, engine: Engine) -> None:
    with engine.connect() as pooled:
        driver = pooled.connection.driver_connection
        assert isinstance(driver, dbapi.Connection)
        driver.execute("INSERT INTO notes VALUES ('sol')")
        proxy.down()
        proxy.up()
        if engine_scheme(driver) == "http":
            proxy.next(CUT_BEFORE)  # a new connection would carry the stream on
        with pytest.raises(errors.TransactionLost):
            driver.execute("INSERT INTO notes VALUES ('lua')")
        with counted() as waited:
            with pytest.raises(errors.TransactionLost):
                driver.execute("SELECT 1")
            with pytest.raises(errors.TransactionLost):
                driver.commit()
            driver.rollback()
        assert waited.count == 0
        driver.execute("INSERT INTO notes VALUES ('mar')")
        driver.commit()
    assert count(engine) == 1


@over_http
def test_a_stream_over_http_goes_on_over_a_new_connection(engine: Engine, proxy: Proxy) -> None:
    with engine.begin() as connection:
        connection.execute(INSERT)
        proxy.down()
        proxy.up()
        connection.execute(INSERT)
        proxy.down()
        proxy.up()
    assert count(engine) == 2


def test_a_writer_waits_for_one_that_is_at_work(engine: Engine) -> None:
    with ThreadPoolExecutor(1) as other, engine.connect() as first:
        first.execute(INSERT)
        second = other.submit(write, engine)
        for _step in range(5):
            first.execute(INSERT)
        assert not second.done()
        first.commit()
        second.result(timeout=10)
    assert count(engine) == 7


def test_a_connection_that_nobody_closed_is_rolled_back_in_whatever_thread_it_is_found(engine: Engine) -> None:
    # The garbage collector runs in any thread, and so in that of the WebSockets' loop, which must not wait for itself.
    gc.disable()
    try:
        left = [engine.connect()]
        left.append(left)
        left[0].execute(INSERT)
        del left
        collected = Event()
        _loop().call_soon_threadsafe(lambda: (gc.collect(), collected.set()))
        assert collected.wait(60)
    finally:
        gc.enable()
    write(engine)
    assert count(engine) == 1


def test_an_answer_of_nine_megabytes_arrives_and_one_too_large_costs_others_nothing(engine: Engine) -> None:
    megabytes = (
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) SELECT hex(zeroblob(500000)) FROM n"
    )
    with engine.connect() as other:
        other.execute(INSERT)
        with engine.connect().execution_options(libsql_readonly=True) as connection:
            assert len(connection.execute(text(megabytes.format(9))).all()) == 9
            error = driver_error(lambda: connection.execute(text(megabytes.format(12))))
        assert "too large" in str(error)
        other.commit()
    assert count(engine) == 1


FIRST_THREADS = """
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from domain.db.libsql.websocket import _loop

sys.setswitchinterval(1e-6)
together = Barrier(32)
with ThreadPoolExecutor(32) as pool:
    print(len(set(pool.map(lambda _: (together.wait(), id(_loop()))[1], range(32)))))
"""


def test_threads_that_use_websockets_first_at_the_same_time_share_one_loop() -> None:
    # In a process of its own, where none has been before. With two loops, one thread waits for what the other's is to bring.
    found = subprocess.run([sys.executable, "-c", FIRST_THREADS], capture_output=True, check=True, text=True, timeout=60)
    assert found.stdout.strip() == "1"


def engine_scheme(driver: dbapi.Connection) -> str:
    return driver.cluster.near.address.scheme
