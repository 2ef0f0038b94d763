"""The driver on a libSQL server beside others in one run, sqlite3 on a file as the floor; and what the app's pages cost there.

Each driver does each piece of work in turn, three times over; printed are the medians and their ratios to ours over HTTP. All
open their transactions with BEGIN IMMEDIATE. `libsql`, a binding to the Rust client, takes part if it is installed.
"""

import gc
import os
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import pytest
from streamlit.logger import set_log_level

from domain.db.engine import engine
from domain.db.libsql import dbapi
from domain.migrations import state
from tests.conftest import make_school
from tests.engine.servers import Sqld

ROUNDS = 3
ROWS, AT_ONCE, READS, TRANSACTIONS = 5_000, 1_000, 1_000, 200
THREADS, EACH = 8, 25
PATIENCE = 10.0  # seconds after which the threads begin no more transactions
NOTE = "Asked about mornings; comes back in March. " * 5
OURS = "ours, HTTP"
PAGES = ("home", "a table page")

# What becomes of a transaction. "Refused": its commit, or a statement before it, raised an error.
OUTCOMES = ("acknowledged", "refused", "not tried in time", "acknowledged but missing", "refused but there")

Connect = Callable[[], Any]
Outcomes = Counter[str]


@dataclass(frozen=True)
class Driver:
    """A way to the database. `connect` gives a PEP 249 connection whose writes begin with BEGIN IMMEDIATE.

    `makes_tables` gives one that another driver's work before can't have spoilt. `alone` readies a connection for reads that are
    no part of a transaction.
    """

    name: str
    connect: Connect
    makes_tables: Connect
    alone: Callable[[Any], None] = lambda _connection: None


def run() -> Iterator[str]:
    """The table of drivers, what became of the writes by threads, and the round trips of pages."""
    with TemporaryDirectory() as folder, Sqld(Path(folder) / "server") as server, Sqld(Path(folder) / "other") as other:
        drivers = list(_drivers(server, other, Path(folder) / "floor.db"))
        yield from _compared(drivers)
        for name in _absent():
            yield f"{name}: not installed, so it takes no part"
    with TemporaryDirectory() as folder, Sqld(Path(folder)) as server:
        yield from _pages(server)


def _drivers(server: Sqld, other: Sqld, file: Path) -> Iterator[Driver]:
    """All that are installed. `other` is for the one that leaves transactions open, which would hold up whoever comes next."""

    def reading(connection: Any) -> None:
        connection.readonly = True

    def patient(at: Sqld) -> Connect:
        return lambda: dbapi.connect(at.url, read_timeout=120)

    def on_file() -> sqlite3.Connection:
        return _on_file(file)

    yield Driver(OURS, lambda: dbapi.connect(server.url), patient(server), reading)
    if find_spec("libsql_client"):
        from libsql_client import dbapi2

        options: dict[str, Any] = {"isolation_level": "IMMEDIATE", "check_same_thread": False}
        yield Driver("ours, WebSocket", lambda: dbapi.connect(server.ws_url), patient(server), reading)
        yield Driver("libsql-client, WebSocket", lambda: dbapi2.connect(server.ws_url, **options), patient(server))
    if find_spec("libsql"):
        import libsql

        yield Driver("libsql (Rust), HTTP", lambda: libsql.connect(other.url, isolation_level="IMMEDIATE"), patient(other))
    yield Driver("sqlite3, file", on_file, on_file)


def _absent() -> list[str]:
    return [name for name in ("libsql_client", "libsql") if not find_spec(name)]


def _on_file(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=10, isolation_level="IMMEDIATE", check_same_thread=False)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    return connection


# The pieces of work: each is given a driver and an empty table of its own, and gives its seconds.


def _rows(count: int, start: int = 0) -> list[tuple[object, ...]]:
    return [(at, f"Lead {at}", at * 12.5, NOTE[:200]) for at in range(start, start + count)]


def _insert_one_by_one(driver: Driver, table: str) -> float:
    connection, rows = driver.connect(), _rows(ROWS)

    def work() -> None:
        connection.cursor().executemany(f"INSERT INTO {table} VALUES (?, ?, ?, ?)", rows)
        connection.commit()

    return _timed(work, connection)


def _insert_many_at_once(driver: Driver, table: str) -> float:
    """As SQLAlchemy writes many rows on this dialect: statements of a thousand rows each."""
    connection, rows = driver.connect(), _rows(ROWS)
    sql = f"INSERT INTO {table} VALUES {', '.join(['(?, ?, ?, ?)'] * AT_ONCE)}"

    def work() -> None:
        for at in range(0, ROWS, AT_ONCE):
            connection.cursor().execute(sql, tuple(chain.from_iterable(rows[at : at + AT_ONCE])))
        connection.commit()

    return _timed(work, connection)


def _read(driver: Driver, table: str) -> float:
    _insert_many_at_once(driver, table)
    connection = driver.connect()
    driver.alone(connection)

    def work() -> None:
        for key in range(READS):
            found = connection.cursor().execute(f"SELECT id, name, amount, note FROM {table} WHERE id = ?", (key,)).fetchone()
            assert found[0] == key

    return _timed(work, connection)


def _write_small(driver: Driver, table: str) -> float:
    connection, rows = driver.connect(), _rows(TRANSACTIONS)

    def work() -> None:
        for row in rows:
            connection.cursor().execute(f"INSERT INTO {table} VALUES (?, ?, ?, ?)", row)
            connection.commit()

    return _timed(work, connection)


def _timed(work: Callable[[], None], connection: Any) -> float:
    """Seconds of the work alone: the connection has asked something before, and the collector of garbage waits."""
    connection.cursor().execute("SELECT 1").fetchall()
    connection.rollback()
    gc.collect()
    gc.disable()
    start = perf_counter()
    work()
    took = perf_counter() - start
    gc.enable()
    connection.close()
    return took


def _write_by_threads(driver: Driver, table: str) -> tuple[float, Outcomes]:
    ready = threading.Barrier(THREADS + 1)
    acknowledged, refused, said = set[int](), set[int](), list[str]()
    connections = [driver.connect() for _thread in range(THREADS)]

    def work(connection: Any, rows: Sequence[tuple[object, ...]]) -> None:
        ready.wait()
        until = perf_counter() + PATIENCE
        for row in rows:
            if perf_counter() > until:
                break
            key = int(str(row[0]))
            try:
                connection.cursor().execute(f"INSERT INTO {table} VALUES (?, ?, ?, ?)", row)
                connection.commit()
                acknowledged.add(key)
            except Exception as error:  # each driver has errors of its own
                refused.add(key)
                said.append(" ".join(str(error).split())[:100])
                _roll_back(connection)

    portions = [_rows(EACH, start=EACH * number) for number in range(THREADS)]
    threads = [threading.Thread(target=work, args=each) for each in zip(connections, portions, strict=True)]
    for thread in threads:
        thread.start()
    ready.wait()
    start = perf_counter()
    for thread in threads:
        thread.join()
    took = perf_counter() - start
    for connection in connections:
        connection.close()  # first: what some leave open on the server would hold up the next look
    there = _keys(driver, table)
    untried = THREADS * EACH - len(acknowledged) - len(refused)
    counts = (len(acknowledged), len(refused), untried, len(acknowledged - there), len(refused & there))
    return took, Counter(dict(zip(OUTCOMES, counts, strict=True))) + Counter(said)


def _roll_back(connection: Any) -> None:
    try:
        connection.rollback()
    except Exception as error:  # there is nothing to roll back, say some
        del error


def _keys(driver: Driver, table: str) -> set[int]:
    connection = driver.makes_tables()
    driver.alone(connection)
    found = {row[0] for row in connection.cursor().execute(f"SELECT id FROM {table}").fetchall()}
    connection.close()
    return found


def _plain(work: Callable[[Driver, str], float]) -> Callable[[Driver, str], tuple[float, Outcomes]]:
    return lambda driver, table: (work(driver, table), Counter())


WORKS: dict[str, Callable[[Driver, str], tuple[float, Outcomes]]] = {
    f"{ROWS:,} rows, one by one": _plain(_insert_one_by_one),
    f"{ROWS:,} rows, {AT_ONCE:,} a statement": _plain(_insert_many_at_once),
    f"{READS:,} reads by key": _plain(_read),
    f"{TRANSACTIONS} small transactions": _plain(_write_small),
    f"{THREADS} threads, {EACH} transactions each": _write_by_threads,
}


def _compared(drivers: list[Driver]) -> Iterator[str]:
    seconds: dict[tuple[str, str], list[float]] = {}
    outcomes: dict[str, Outcomes] = {driver.name: Counter() for driver in drivers}
    for number in range(ROUNDS):
        for at, (name, work) in enumerate(WORKS.items()):
            for driver in drivers[number:] + drivers[:number]:
                took, became = work(driver, _table(driver, f"work_{number}_{at}_{drivers.index(driver)}"))
                seconds.setdefault((name, driver.name), []).append(took)
                outcomes[driver.name] += became
    width = max(len(driver.name) for driver in drivers)
    for name in WORKS:
        ours = median(seconds[name, OURS])
        yield f"{name} (median of {ROUNDS} rounds):"
        for driver in drivers:
            took = median(seconds[name, driver.name])
            yield f"  {driver.name:{width}}  {took:8.3f} s  {took / ours:7.2f} of ours"
    yield f"Of {ROUNDS * THREADS * EACH} transactions by threads, in all rounds:"
    for name, each in outcomes.items():
        yield f"  {name:{width}}  {', '.join(f'{each[outcome]} {outcome}' for outcome in OUTCOMES)}"
        yield from (f"    {count} times: {said}" for said, count in each.most_common() if said not in OUTCOMES)


def _table(driver: Driver, name: str) -> str:
    """An empty table, made by a connection that nothing before could have spoilt."""
    connection = driver.makes_tables()
    connection.cursor().execute(f"CREATE TABLE {name} (id INTEGER PRIMARY KEY, name TEXT, amount REAL, note TEXT)")
    connection.commit()
    connection.close()
    return name


def _pages(server: Sqld) -> Iterator[str]:
    """Round trips of a whole run of the script, from the look at who is signed in to the page's foot."""
    set_log_level("error")  # it warns of each page that runs without a browser
    from tests.pages import walks

    with _environment(server.url), pytest.MonkeyPatch.context() as patch:
        state.upgrade()
        school = make_school()
        walks.fill(school)
        for _once in walks.counting(patch):
            for name, (role, steps) in walks.WALKS.items():
                if name.startswith(PAGES):
                    for step, cost in walks.costs(school, role, steps(school)).items():
                        yield f"{name}, {step}: {cost.round_trips} round trips, {cost.statements} statements"


@contextmanager
def _environment(url: str) -> Iterator[None]:
    """The app's database is at this URL while this lasts."""
    before = os.environ.get("TURSO_DATABASE_URL")
    os.environ["TURSO_DATABASE_URL"] = url
    try:
        yield
    finally:
        engine().dispose()
        if before is None:
            del os.environ["TURSO_DATABASE_URL"]
        else:
            os.environ["TURSO_DATABASE_URL"] = before
