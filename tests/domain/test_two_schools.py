"""Two schools side by side: whatever is done in one, what each role reads in the other stays the same, byte for byte."""

import datetime as dt
import os
import random
import secrets
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, update

from domain.db.base import Base
from domain.db.engine import engine
from domain.kit import clock
from domain.transfer.copy import copy
from domain.transfer.place import Place as database
from domain.transfer.place import file_place
from tests.domain.rights.making import make_world, read_rows
from tests.domain.rights.world import World
from tests.domain.two_schools.doing import BROKE, DONE, REFUSED, Doing
from tests.domain.two_schools.reading import Part, difference, held, parts, read, tables
from tests.engine.servers import Sqld

LONG = bool(os.environ.get("CONSTELA_TEST_LONG"))
OPERATIONS = {"file": 4_000 if LONG else 150, "server": 1_500 if LONG else 40}  # in each direction
SAMPLED = {"file": 12, "server": 30}  # of so many parts, one is read before and after
READ_EVERY = 1 if LONG else 3  # operations, after which one part is read in between
WALKS = [("file", "there"), ("file", "back"), ("server", "there"), *([("server", "back")] if LONG else [])]
FAR = dt.datetime(2099, 1, 1, tzinfo=dt.UTC)
MOMENT = dt.datetime(2026, 3, 2, 16, tzinfo=dt.UTC)  # noon by the schools' wall clock
SEED = int(os.environ.get("CONSTELA_SEED", "0")) or (secrets.randbits(32) if LONG else 20260302)
LOOK_EVERY = 50  # operations after which all that the other school's rows hold is looked at


class StoppedClock(dt.datetime):
    """Always the same moment, so that nothing comes to be read otherwise by time alone: no midnight, no alert overdue."""

    @classmethod
    def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:  # type: ignore[override]
        return MOMENT.astimezone(tz)


@pytest.fixture(scope="module", autouse=True)
def stopped_clock() -> Iterator[None]:
    """The domain's clock stands still from the making of the schools to the last reading."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "datetime", StoppedClock)
        yield


@pytest.fixture(scope="module")
def file_of_two(
    tmp_path_factory: pytest.TempPathFactory, empty_file: Path, stopped_clock: None
) -> tuple[Path, tuple[World, World]]:
    """A file with two schools with people, classes and families alike, and rows of each of them in every table."""
    path = tmp_path_factory.mktemp("two") / "constela.db"
    shutil.copy(empty_file, path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TURSO_DATABASE_URL", f"file:{path}")
        with engine().begin() as connection:
            made = make_world(connection), make_world(connection)
            _keep_from_expiring(connection)
        made = _as_it_is(made[0]), _as_it_is(made[1])
        engine().dispose()
    return path, made


@pytest.fixture(params=WALKS, ids="-".join)
def walk(
    request: pytest.FixtureRequest, tmp_path: Path, file_of_two: tuple[Path, tuple[World, World]]
) -> Iterator[tuple[str, World, World]]:
    """A database of the test's own, which the environment names: a file, or on a libSQL server; who acts, who looks on."""
    kind, direction = request.param
    source, worlds = file_of_two
    ours, theirs = worlds if direction == "there" else worlds[::-1]
    with pytest.MonkeyPatch.context() as patch, ExitStack() as stack:
        if kind == "file":
            shutil.copy(source, tmp_path / "constela.db")
            patch.setenv("TURSO_DATABASE_URL", f"file:{tmp_path}/constela.db")
        else:
            server = stack.enter_context(Sqld(tmp_path / "sqld"))
            copy(file_place(source), database(server.url))
            patch.setenv("TURSO_DATABASE_URL", server.url)
        yield kind, ours, theirs
        engine().dispose()


def test_nothing_done_in_one_school_is_seen_in_the_other(walk: tuple[str, World, World]) -> None:
    kind, ours, theirs = walk
    rng = random.Random(f"{SEED} {ours.id < theirs.id}")
    doing = Doing(ours, theirs, rng)
    before, there = {part: read(theirs, part) for part in _looked_at(kind, rng)}, held(theirs)
    assert len(set(before.values())) > len(before) / 4, "there is something to read"
    told: list[str] = []
    for at in range(OPERATIONS[kind]):
        told.append(doing.one())
        last = f"seed {SEED}, operation {at}: " + " < ".join(reversed(told[-3:]))
        assert not doing.leaks, (doing.leaks, last)
        part = rng.choice(list(before))
        if at % READ_EVERY == 0:
            _same({part: before[part]}, {part: read(theirs, part)}, last)
        if at % LOOK_EVERY == LOOK_EVERY - 1:
            _same(there, held(theirs), last)
    last = f"seed {SEED}, at the end of {len(told)} operations"
    _same(there, held(theirs), last)
    _same(before, {part: read(theirs, part) for part in before}, last)
    _it_was_no_idle_walk(doing, told)


def _it_was_no_idle_walk(doing: Doing, told: list[str]) -> None:
    """Both happened often enough to say something: operations that were done, and such that were refused."""
    counted: Counter[str] = Counter()
    for (_verb, outcome), count in doing.outcomes.items():
        counted[outcome.split(":")[0]] += count
    print(f"{len(told)} operations: {dict(counted)}; {len(doing.written)} of {len(tables())} tables written")
    assert min(counted[DONE], counted[REFUSED]) > len(told) / 8, doing.outcomes
    assert counted[BROKE] < len(told) / 4, doing.outcomes
    if len(told) >= 2_000:
        assert len(doing.written) > len(tables()) * 0.7, sorted(set(tables()) - doing.written)


def _keep_from_expiring(connection: Connection) -> None:
    """What is over is swept away by whoever comes next, of whichever school; so nothing here is over."""
    for table in Base.metadata.sorted_tables:
        for name in {"expires_at", "last_seen_at"} & set(table.columns.keys()):
            connection.execute(update(table).values({name: FAR}))


def _looked_at(kind: str, rng: random.Random) -> list[Part]:
    """What the other school's people read before and after: all of it in the long run, else a sample."""
    return parts() if LONG else rng.sample(parts(), len(parts()) // SAMPLED[kind])


def _as_it_is(world: World) -> World:
    """The school as the database holds it by now."""
    with engine().connect() as connection:
        read_rows(world, connection, *world.rows)
    return world


def _same(before: Mapping[Any, str], after: Mapping[Any, str], last: str) -> None:
    changed = [each for each in before if before[each] != after[each]]
    if changed:
        pytest.fail(f"{changed[:10]} changed: {last}: {difference(before[changed[0]], after[changed[0]])}")
