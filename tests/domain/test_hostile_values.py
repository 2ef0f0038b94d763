"""Values that no one means to type: each is told of at its field, or read as nothing; none of them stops the program."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from domain import founding
from domain.access.roles import Role
from domain.access.sign_in import actor_of, check_new_password, check_password
from domain.access.uow import reading
from domain.core.rules import hours_of
from domain.db import types
from domain.db.engine import engine, make_engine
from domain.kit.clock import DEFAULT_ZONE, zone_of
from domain.kit.errors import InvalidInput
from domain.operations.models import Room
from domain.records.query import View, list_page
from tests.conftest import PASSWORD, School

HALF = "\ud800"  # half of a surrogate pair: a text of Python's that no file can hold


def nested(levels: int) -> list[Any]:
    found: list[Any] = []
    for _level in range(levels):
        found = [found]
    return found


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (types.Money(), Decimal("1E+1000000")),
        (types.Money(), Decimal("sNaN")),
        (types.Money(), Decimal("1E-1000100")),
        (types.Money(), 10**5000),
        (types.Money(), float("nan")),
        (types.Money(), True),
        (types.Number(), Decimal("sNaN")),
        (types.Number(), 10**400),
        (types.Number(), float("-inf")),
        (types.Number(), True),
        (types.Whole(), 2**53),
        (types.Whole(), 1.0),
        (types.Cents(), 10**30),
        (types.Flag(), 1),
        (types.JsonList(), nested(101)),
        (types.JsonList(), [float("nan")]),
        (types.JsonObject(), {"a": HALF}),
        (types.Tags(), [HALF]),
        (types.Tags(), [""]),
        (types.ShortText(), HALF),
        (types.Email(), f"{HALF}@example.com"),
        (types.Key(), "../../etc/passwd"),
        (types.Day(), dt.date.min),
        (types.Day(), dt.date.max),
        (types.Day(), dt.datetime(2026, 3, 2)),  # noqa: DTZ001 -- a naive moment is what is tried
        (types.Instant(), dt.datetime.min.replace(tzinfo=dt.UTC)),
        (types.Instant(), dt.datetime.max.replace(tzinfo=dt.UTC)),
        (types.Instant(), dt.datetime(2026, 3, 2)),  # noqa: DTZ001
        (types.ClockTime(), dt.time(8, tzinfo=dt.UTC)),
    ],
    ids=lambda each: type(each).__name__,  # a number of 5,000 digits can't be written down
)
def test_a_value_that_cannot_be_kept_is_told_of(kind: types.Shaped, value: Any) -> None:
    assert kind.problem(kind.tidy(value))


def test_json_may_be_as_deep_as_people_write_it() -> None:
    assert types.JsonList().problem(nested(99)) is None


@pytest.mark.parametrize("name", ["", "America", "../x", "a\x00b", HALF, "x" * 5000, 7, None])
def test_a_zone_that_does_not_exist_is_read_as_the_usual_one(name: object) -> None:
    assert str(zone_of({"time_zone": name})) == DEFAULT_ZONE


def test_opening_hours_with_a_zone_are_the_schools_own_hours() -> None:
    hours = hours_of({"opening_hours": {"1": ["08:00", "18:00Z"]}}, zone_of(None))
    assert hours.days == {1: (dt.time(8), dt.time(18))}


@pytest.mark.parametrize("search", [f"zz{HALF}", "a\x00b", "word " * 5000, "%" * 60_000, "[" * 300, "😀"])
def test_a_search_for_nonsense_finds_nothing_and_breaks_nothing(search: str, school: School) -> None:
    with reading(school.actor(Role.SCHOOL)) as session:
        assert list_page(session, Room, View(search=search)).rows == []


@pytest.mark.parametrize("text", [HALF, f"teacher@example.com{HALF}", "\x00"])
def test_sign_in_takes_no_harm_from_what_cannot_be_written_down(text: str, school: School) -> None:
    assert check_password(text, PASSWORD) == []
    assert check_password("teacher@example.com", text * 12) == []
    assert actor_of(text) is None
    with pytest.raises(InvalidInput):
        check_new_password(text * 12)


def test_of_two_who_found_at_once_one_is_first(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = founding.Founding(
        "Aurora", "Clara", "Nunes", "c@example.com", PASSWORD, "1", dt.date(2026, 2, 2), dt.date(2026, 7, 3)
    )
    ready = Barrier(2)

    def try_it() -> str:
        ready.wait()
        try:
            return founding.found(wanted)
        except founding.AlreadyFounded:
            return ""

    with ThreadPoolExecutor(2) as pool:
        keys = [each.result() for each in [pool.submit(try_it), pool.submit(try_it)]]
    assert sorted(bool(key) for key in keys) == [False, True]
    with engine().connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM organizations").scalar() == 1


@pytest.mark.parametrize("name", ["a?b.db", "a#b.db", "a%41.db"])
def test_a_file_may_be_called_anything(name: str, tmp_path: Path) -> None:
    made = make_engine(f"file:{tmp_path / name}")
    with made.connect():
        pass
    made.dispose()
    assert (tmp_path / name).exists()
