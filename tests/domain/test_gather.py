"""Reads asked at once, and the meter that counts them: on a file. What it costs on a server is tried in tests/engine."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from domain.db.engine import make_engine
from domain.db.gather import gather
from domain.db.meter import metered


@pytest.fixture
def bind(tmp_path: Path) -> Iterator[Engine]:
    made = make_engine(f"file:{tmp_path}/gather.db")
    yield made
    made.dispose()


@pytest.fixture
def session(bind: Engine) -> Iterator[Session]:
    with Session(bind.execution_options(libsql_readonly=True)) as opened:
        yield opened


def number(session: Session, value: int) -> int:
    return int(session.execute(text("SELECT :value"), {"value": value}).scalar_one())


def test_reads_are_answered_in_their_order(session: Session) -> None:
    assert gather(session, lambda: number(session, 1), lambda: "asks nothing", lambda: number(session, 3)) == (
        1,
        "asks nothing",
        3,
    )


def test_nothing_to_read_gives_nothing(session: Session) -> None:
    with metered() as meter:
        assert gather(session) == ()
    assert (meter.statements, meter.waits) == (0, 0)


def test_what_is_gathered_is_waited_for_once(session: Session) -> None:
    with metered() as meter:
        gather(session, lambda: number(session, 1), lambda: number(session, 2), lambda: number(session, 3))
        number(session, 4)
    assert (meter.statements, meter.waits, meter.round_trips) == (4, 2, 0)


def test_what_a_read_asks_after_its_first_statement_is_waited_for_by_itself(session: Session) -> None:
    def twice() -> int:
        return number(session, number(session, 1) + 1)

    with metered() as meter:
        assert gather(session, twice, twice) == (2, 2)
    assert (meter.statements, meter.waits) == (4, 3)


def test_a_gathering_that_comes_first_in_a_read_joins_those_beside_it(session: Session) -> None:
    def both() -> tuple[int, int]:
        return gather(session, lambda: number(session, 1), lambda: number(session, 2))

    with metered() as meter:
        assert gather(session, both, lambda: number(session, 3), both) == ((1, 2), 3, (1, 2))
    assert (meter.statements, meter.waits) == (5, 1)


def test_a_gathering_after_a_statement_is_waited_for_once_more(session: Session) -> None:
    def after() -> tuple[int, int]:
        first = number(session, 1)
        return gather(session, lambda: number(session, first + 1), lambda: number(session, first + 2))

    with metered() as meter:
        assert gather(session, after, after) == ((2, 3), (2, 3))
    assert (meter.statements, meter.waits) == (6, 3)


def test_the_first_error_is_raised_as_it_is_and_the_session_goes_on(session: Session) -> None:
    with pytest.raises(OperationalError, match="no such table"):
        gather(session, lambda: number(session, 1), lambda: session.execute(text("SELECT * FROM nowhere")), lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        gather(session, lambda: 1 / 0, lambda: number(session, 1))
    assert gather(session, lambda: number(session, 1), lambda: number(session, 2)) == (1, 2)


def test_how_a_transaction_begins_and_ends_is_no_statement(bind: Engine) -> None:
    with metered() as meter:
        with Session(bind) as writing:
            writing.execute(text("CREATE TABLE kept (value)"))
            writing.commit()
    assert (meter.statements, meter.waits) == (1, 1)


def test_a_meter_inside_another_counts_for_both(session: Session) -> None:
    with metered() as outer:
        number(session, 1)
        with metered() as inner:
            number(session, 2)
    number(session, 3)
    assert (outer.statements, inner.statements) == (2, 1)


def test_a_meter_counts_nothing_of_another_thread(bind: Engine) -> None:
    def elsewhere() -> None:
        with Session(bind) as other:
            number(other, 1)

    with metered() as meter:
        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()
    assert meter.statements == 0
