"""A writer killed at random moments: no acknowledged write is lost, none is there twice or by half, and the database is sound."""

import os
import random
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import pytest
from sqlalchemy import Engine, text

from domain.db.engine import make_engine
from tests.engine import writer
from tests.engine.servers import Sqld

LONG = bool(os.environ.get("CONSTELA_TEST_LONG"))
FILE_KILLS = 500 if LONG else 15
SERVER_KILLS = 100 if LONG else 8
LANES = 4  # databases at once on the server: after a kill the next writer waits up to 5 s for the dead one's lock
PATIENCE = 60.0


class Writer:
    """The program `writer` on one database. Inside its `with` it is ready to make children."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._waiting = b""

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "tests.engine.writer", self.url]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
        return self

    def __exit__(self, *problem: object) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        if problem[0] is not None:
            self._process.kill()
        self._process.stdout.close()
        self._process.wait(PATIENCE)

    def _line(self) -> tuple[str, int]:
        """The next line: its word and its number."""
        assert self._process.stdout
        descriptor, deadline = self._process.stdout.fileno(), time.monotonic() + PATIENCE
        while b"\n" not in self._waiting:
            assert select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))[0], "the writer says nothing"
            received = os.read(descriptor, 1 << 16)
            assert received, "the writer ended"
            self._waiting += received
        line, self._waiting = self._waiting.split(b"\n", 1)
        word, _, number = line.decode().partition(" ")
        return word, int(number or 0)

    def run(self, chance: random.Random) -> tuple[int | None, list[int]]:
        """Start a child and kill it at some moment: the number that it found, and those that it acknowledged.

        It found None if it was killed before it could say so.
        """
        assert self._process.stdin
        self._process.stdin.write(b"go\n")
        word, child = self._line()
        assert word == "child"
        found, done = None, []
        # A moment within the start, or after some commits: a transaction takes a few milliseconds, so most kills fall into one.
        for _line in range(chance.randrange(6)):
            word, number = self._line()
            assert word in {"began", "done"}
            found, done = (number, done) if word == "began" else (found, [*done, number])
        time.sleep(chance.uniform(0, 0.02))
        os.kill(child, signal.SIGKILL)
        while (said := self._line())[0] != "ended":
            found, done = (said[1], done) if said[0] == "began" else (found, [*done, said[1]])
        return found, done


def kill_writers(url: str, kills: int, seed: str) -> int:
    """Kill so many writers, one after the other; each finds what those before it were told is saved.

    Gives how many commits were acknowledged.
    """
    chance = random.Random(seed)
    known, doubtful, acknowledged = 0, 0, 0
    with Writer(url) as program:
        for _kill in range(kills):
            found, done = program.run(chance)
            if found is None:
                assert done == []
                doubtful += 1  # killed before it spoke, perhaps after its first commit
                continue
            # What was acknowledged is there, and of each killed writer at most the one commit that it could no longer tell of.
            assert known <= found <= known + doubtful
            assert done == list(range(found + 1, found + 1 + len(done)))
            known, doubtful = found + len(done), 1
            acknowledged += len(done)
    engine = make_engine(url)
    assert known <= check(engine) <= known + doubtful
    engine.dispose()
    return acknowledged


def check(engine: Engine) -> int:
    """The last number of a database that is sound: a whole chain, each number once, in pairs."""
    with engine.connect() as connection:  # with the write lock, so that whatever a dead writer holds has ended
        assert connection.execute(text("PRAGMA integrity_check")).scalars().all() == ["ok"]
        assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
        last, digest = connection.execute(text("SELECT number, digest FROM chain")).one()
        debits = connection.execute(text("SELECT number, id, digest FROM debits ORDER BY number")).all()
        other_halves = connection.execute(text("SELECT number, debit_id FROM credits ORDER BY number")).all()
    assert [row.number for row in debits] == list(range(1, last + 1))
    assert [tuple(row) for row in other_halves] == [(row.number, row.id) for row in debits]
    link = ""
    for row in debits:
        link = writer.follow(link, row.number)
        assert row.digest == link
    assert digest == link
    return int(last)


def make_tables(url: str) -> None:
    engine = make_engine(url)
    with engine.begin() as connection:
        for statement in writer.TABLES:
            connection.exec_driver_sql(statement)
    engine.dispose()


@contextmanager
def reported(what: str, kills: int, seed: int) -> Iterator[list[int]]:
    """Prints the seed before, and the figures after: pytest shows both where a test fails, or with -s."""
    print(f"seed {seed}")
    acknowledged: list[int] = []
    began = time.monotonic()
    yield acknowledged
    print(f"{what}: {kills} kills, {sum(acknowledged)} acknowledged commits, {time.monotonic() - began:.0f} s")


@pytest.fixture
def seed() -> int:
    """The same moments each time, as far as a clock allows, unless the long run asks for new ones."""
    return random.SystemRandom().randrange(10**9) if LONG else 20_261_123


def test_writers_killed_on_a_file_lose_nothing_that_was_acknowledged(tmp_path: Path, seed: int) -> None:
    url = f"file:{tmp_path / 'killed.db'}"
    make_tables(url)
    with reported("file", FILE_KILLS, seed) as acknowledged:
        acknowledged.append(kill_writers(url, FILE_KILLS, str(seed)))
    assert acknowledged[0] > 0


def test_writers_killed_towards_a_server_lose_nothing_that_was_acknowledged(namespace_server: Sqld, seed: int) -> None:
    names = [f"killed-{seed}-{lane}" for lane in range(LANES)]
    urls = [namespace_server.create_namespace(name) for name in names]
    for url in urls:
        make_tables(url)
    with reported("server", SERVER_KILLS, seed) as acknowledged, ThreadPoolExecutor(LANES) as pool:
        acknowledged.extend(pool.map(lambda url: kill_writers(url, SERVER_KILLS // LANES, f"{seed} {urls.index(url)}"), urls))
    assert sum(acknowledged) > 0
    for name in names:
        namespace_server.drop_namespace(name)
