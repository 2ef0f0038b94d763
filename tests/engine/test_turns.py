"""Writers of one process go one after another, in order; a turn that isn't given back holds nobody up for good."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from domain.db.engine import make_engine
from domain.db.libsql import turns
from domain.db.libsql.turns import Turns
from tests.engine.servers import Sqld


def test_turns_are_given_in_the_order_in_which_they_were_asked_for() -> None:
    all_turns, came = Turns(), []
    first = all_turns.take()
    assert first is not None

    def wait(name: int) -> None:
        turn = all_turns.take(30)
        came.append(name)
        assert turn is not None
        all_turns.give(turn)

    threads = []
    for name in range(8):
        thread = threading.Thread(target=wait, args=(name,))
        thread.start()
        threads.append(thread)
        while len(all_turns._waiting) <= name:
            time.sleep(0.001)
    all_turns.give(first)
    for thread in threads:
        thread.join()
    assert came == list(range(8))


def test_who_has_waited_long_enough_goes_on_without_a_turn() -> None:
    all_turns = Turns()
    first = all_turns.take()
    assert all_turns.take(0.01) is None
    assert first is not None
    all_turns.give(first)
    assert all_turns.take(0.01) is not None


def test_a_turn_that_was_never_given_back_is_over_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    all_turns = Turns()
    lost = all_turns.take()
    assert lost is not None
    monkeypatch.setattr(turns, "LOST", 0.0)
    time.sleep(0.001)
    second = all_turns.take(0.01)
    assert second is not None
    all_turns.give(lost)
    monkeypatch.undo()
    assert all_turns.take(0.01) is None, "the late return of a lost turn ends nobody else's"


@pytest.fixture(params=["file", "http", "websocket"])
def engine(request: pytest.FixtureRequest, tmp_path: Path, sqld: Sqld) -> Iterator[Engine]:
    urls = {"file": f"file:{tmp_path / 'turns.db'}", "http": sqld.url, "websocket": sqld.ws_url}
    made = make_engine(urls[request.param])
    with made.begin() as connection:
        connection.execute(text("CREATE TABLE IF NOT EXISTS turns_taken (id INTEGER PRIMARY KEY, word TEXT UNIQUE)"))
        connection.execute(text("DELETE FROM turns_taken"))
    yield made
    made.dispose()


@pytest.mark.parametrize("ending", ["commit", "rollback", "error", "left open"])
def test_however_a_transaction_ends_the_next_writer_needn_t_wait(engine: Engine, ending: str) -> None:
    insert = text("INSERT INTO turns_taken (word) VALUES (:word)")
    connection = engine.connect()
    connection.execute(insert, {"word": "one"})
    if ending == "commit":
        connection.commit()
    elif ending == "rollback":
        connection.rollback()
    elif ending == "error":
        with pytest.raises(Exception, match="UNIQUE"):
            connection.execute(insert, {"word": "one"})
    connection.close()
    started = time.monotonic()
    with engine.begin() as other:
        other.execute(insert, {"word": "two"})
    assert time.monotonic() - started < turns.PATIENCE - 0.5
