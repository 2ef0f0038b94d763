"""Faults at every step: what the caller is told is true, nothing is half there, nothing is sent twice, and the pool heals.

Each case of the matrix runs on a database and behind a proxy of its own, all at once; then, when the server has ended whatever
was left open (after 10 s), each database is looked into directly. Garbled bytes are such that they break the structure of the
answer: plain HTTP has no checksum, so a changed digit that leaves good JSON would be believed; TLS is what guards against that.
"""

import secrets
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

import pytest
import urllib3
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from domain.db.engine import make_engine
from domain.db.gather import gather
from tests.engine.asking import ask, values
from tests.engine.proxy import (
    CUT_AFTER,
    CUT_BEFORE,
    CUT_HALF_REQUEST,
    CUT_MIDDLE,
    GARBLE,
    REFUSE,
    STATUS_502,
    Fault,
    Proxy,
    delay,
)
from tests.engine.servers import Sqld

READ_SECONDS = 7.0  # more than the 5 s that a writer waits for the lock of a transaction whose client is gone
LATE = delay(READ_SECONDS + 1.5)
DOWN = Fault("down")
"""From before the step until the caller was told, nobody listens: the only fault where surely nothing was sent."""
EXPIRY_SECONDS = 11.0
CASES_AT_ONCE = 24

Told = Literal["done", "TransactionLost", "ConnectionFailed", "OutcomeUnknown", "TimedOut"]
NOTHING: list[str] = []
BOTH = ["first", "second"]
ALONE = ["alone"]


Outcome = tuple[Told, list[str]]
LOST: Outcome = ("TransactionLost", NOTHING)
UNREACHED: Outcome = ("ConnectionFailed", NOTHING)
SAVED: Outcome = ("OutcomeUnknown", BOTH)
UNSAVED: Outcome = ("OutcomeUnknown", NOTHING)
WRITTEN: Outcome = ("OutcomeUnknown", ALONE)
UNDONE: Outcome = ("done", NOTHING)
LATE_READ: Outcome = ("TimedOut", NOTHING)

ANSWERLESS = (REFUSE, CUT_BEFORE, CUT_HALF_REQUEST, CUT_AFTER, CUT_MIDDLE, GARBLE, LATE, STATUS_502)
"""Faults after which a client can't know whether the server did what it was asked to."""
EVERY = (*ANSWERLESS, DOWN)

# By step and fault: what the caller is told, and the rows that are there ever after.
MATRIX: dict[str, dict[Fault, Outcome]] = {
    # Before COMMIT a transaction without an answer is given up: whatever the server did, without COMMIT nothing of it is saved.
    # It may hold the lock: the server takes that away once somebody else wants to write, or when the stream was idle too long.
    "first statement": dict.fromkeys(ANSWERLESS, LOST) | {DOWN: UNREACHED},
    "later statement": dict.fromkeys(EVERY, LOST),
    # A read did no harm, but with its answer the stream's next baton is lost, without which the transaction can't go on.
    "read within a transaction": dict.fromkeys(EVERY, LOST),
    "prefetch within a transaction": dict.fromkeys(EVERY, LOST),
    # A COMMIT that may have arrived and has no answer is unknown to the caller; here the proxy knows if it arrived.
    "commit": {
        REFUSE: UNSAVED,
        CUT_BEFORE: UNSAVED,
        CUT_HALF_REQUEST: UNSAVED,  # half of a request is none
        CUT_AFTER: SAVED,
        CUT_MIDDLE: SAVED,
        GARBLE: SAVED,
        LATE: SAVED,
        STATUS_502: UNSAVED,  # said by what stands before the server, and that may say so after the server's work as well
        DOWN: LOST,  # the COMMIT was never sent, and never will be
    },
    # A rollback never fails: a server that doesn't hear of it forgets the transaction by itself.
    "rollback": dict.fromkeys(EVERY, UNDONE),
    # A read changes nothing, so it is asked again and nobody notices. But not after a wait for the full time that an answer may
    # take, which would double it, and which is likely the statement's own fault.
    "read": dict.fromkeys(EVERY, UNDONE) | {LATE: LATE_READ, DOWN: UNREACHED},
    "prefetch": dict.fromkeys(EVERY, UNDONE) | {LATE: LATE_READ, DOWN: UNREACHED},
    # As with COMMIT, except that there is no transaction to lose where nobody listens.
    "write that is its own transaction": {
        REFUSE: UNSAVED,
        CUT_BEFORE: UNSAVED,
        CUT_HALF_REQUEST: UNSAVED,
        CUT_AFTER: WRITTEN,
        CUT_MIDDLE: WRITTEN,
        GARBLE: WRITTEN,
        LATE: WRITTEN,
        STATUS_502: UNSAVED,
        DOWN: UNREACHED,
    },
}
CASES = [(step, fault) for step, row in MATRIX.items() for fault in row]


@dataclass
class Case:
    """What became of one case. `struck`, `sent`: the faults that happened, and the requests that had come when they had."""

    told: str = "done"
    healed: str = "not tried"
    struck: list[Fault] = field(default_factory=list)
    sent: list[bytes] = field(default_factory=list)
    rows: list[str] = field(default_factory=list)


Strike = Callable[[], None]


def told_by(error: DBAPIError | None) -> str:
    return "done" if error is None else type(error.orig).__name__


@contextmanager
def struck(proxy: Proxy, engine: Engine, fault: Fault) -> Iterator[Strike]:
    """Gives what makes the next request meet the fault; afterwards the way is free again."""

    def strike() -> None:
        if fault == DOWN:
            proxy.down()
            return
        if fault == REFUSE:
            with engine.connect() as connection:  # as if the idle connections had ended, so that a new one is needed
                connection.connection.driver_connection.cluster.close()
        proxy.next(fault)

    yield strike
    proxy.up()


def insert(connection: Connection, word: str) -> None:
    connection.execute(text("INSERT INTO notes (word) VALUES (:word)"), {"word": word})


def write(engine: Engine, strike_at: str, strike: Strike) -> None:
    """A transaction of two rows and some reads, struck at one of its steps."""
    connection = engine.connect()
    try:
        steps = {
            "first statement": lambda: insert(connection, "first"),
            "later statement": lambda: insert(connection, "second"),
            "read within a transaction": lambda: connection.execute(text("SELECT count(*) FROM notes")).scalar_one(),
            "prefetch within a transaction": lambda: fetch(Session(connection)),
            "commit" if strike_at != "rollback" else "rollback": connection.commit
            if strike_at != "rollback"
            else connection.rollback,
        }
        for name, step in steps.items():
            if name == strike_at:
                strike()
            step()
    finally:
        connection.close()


def fetch(session: Session) -> None:
    """Two reads in one request."""

    def count() -> int:
        return session.execute(text("SELECT count(*) FROM notes")).scalar_one()

    def longest() -> int | None:
        return session.execute(text("SELECT max(length(word)) FROM notes")).scalar_one()

    gather(session, count, longest)


def act(engine: Engine, step: str, strike: Strike) -> None:
    """The step of a case, and what must go before it."""
    readonly = engine.execution_options(libsql_readonly=True)
    if step == "read":
        with readonly.connect() as connection:
            strike()
            assert connection.execute(text("SELECT count(*) FROM notes")).scalar_one() == 0
    elif step == "prefetch":
        with Session(readonly) as session:
            session.connection()
            strike()
            fetch(session)
    elif step == "write that is its own transaction":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            strike()
            insert(connection, "alone")
    else:
        write(engine, step, strike)


def heal(engine: Engine) -> str:
    """The first use after the fault: a transaction that writes and reads, and a connection that only reads."""
    try:
        with engine.begin() as connection:
            insert(connection, "healed")
        with engine.connect().execution_options(libsql_readonly=True) as connection:
            found = connection.execute(text("SELECT count(*) FROM notes WHERE word = 'healed'")).scalar_one()
    except DBAPIError as error:
        return told_by(error)
    return "done" if found == 1 else f"{found} rows"


@pytest.fixture(scope="module")
def cases(namespace_server: Sqld) -> Iterator[dict[tuple[str, Fault], Case]]:
    """All cases, run and looked at."""
    mark = secrets.token_hex(3)
    names = {case: f"faults-{mark}-{number}" for number, case in enumerate(CASES)}
    for name in names.values():
        namespace_server.create_namespace(name)
    with urllib3.PoolManager(retries=False, timeout=30.0) as http:

        def run(case: tuple[str, Fault]) -> Case:
            step, fault = case
            create = "CREATE TABLE notes (word TEXT NOT NULL)"
            assert ask(http, namespace_server.url, create, host=f"{names[case]}.localhost").status == 200
            outcome = Case()
            with Proxy(namespace_server.port) as proxy:
                engine = make_engine(f"{proxy.url}/?namespace={names[case]}", read_timeout=READ_SECONDS)
                with struck(proxy, engine, fault) as strike:
                    try:
                        act(engine, step, strike)
                    except DBAPIError as error:
                        outcome.told = told_by(error)
                    except Exception as error:
                        outcome.told = f"not by SQLAlchemy: {type(error).__name__}"
                outcome.struck, outcome.sent = list(proxy.struck), list(proxy.seen)
                outcome.healed = heal(engine)
                engine.dispose()
            return outcome

        with ThreadPoolExecutor(CASES_AT_ONCE) as pool:
            outcomes = dict(zip(CASES, pool.map(run, CASES), strict=True))
        time.sleep(EXPIRY_SECONDS)
        for case, outcome in outcomes.items():
            answer = ask(http, namespace_server.url, "SELECT word FROM notes ORDER BY word", host=f"{names[case]}.localhost")
            outcome.rows = values(answer)
    yield outcomes
    for name in names.values():
        namespace_server.drop_namespace(name)


def named(case: tuple[str, Fault]) -> str:
    return f"{case[0]}, {case[1].name}"


@pytest.fixture(params=CASES, ids=named)
def case(request: pytest.FixtureRequest) -> tuple[str, Fault]:
    return request.param


def test_the_caller_is_told_what_is_true(case: tuple[str, Fault], cases: dict[tuple[str, Fault], Case]) -> None:
    told, rows = MATRIX[case[0]][case[1]]
    assert cases[case].struck == ([] if case[1] == DOWN else [case[1]])
    assert (cases[case].told, [word for word in cases[case].rows if word != "healed"]) == (told, rows)


def test_nothing_that_changes_data_is_sent_twice(case: tuple[str, Fault], cases: dict[tuple[str, Fault], Case]) -> None:
    writes = b"".join(body for body in cases[case].sent if b"SELECT" not in body)
    for mark in (b'"value":"first"', b'"value":"second"', b'"value":"alone"', b'"sql":"COMMIT"'):
        assert writes.count(mark) <= 1, mark
    if case[0] in {"later statement", "commit", "rollback"}:
        assert writes.count(b'"value":"first"') == 1


def test_the_pool_heals_by_itself(case: tuple[str, Fault], cases: dict[tuple[str, Fault], Case]) -> None:
    assert cases[case].healed == "done"
    assert cases[case].rows.count("healed") == 1


def test_every_step_meets_every_fault() -> None:
    assert {step: set(row) for step, row in MATRIX.items()} == {step: set(EVERY) for step in MATRIX}
