"""What is kept from one run to the next: for the very person, language and question alone, while nothing was written."""

from collections.abc import Iterator

import pytest

from domain.access.actor import Actor
from domain.access.roles import Role
from domain.db import gather
from domain.kit.texts import set_language
from pages._shell import cache, state
from tests.conftest import School


class Data:
    """A database that says how far its data have come, and one question that is counted."""

    def __init__(self) -> None:
        self.stamp: object = 1
        self.asked = 0

    def ask(self) -> int:
        self.asked += 1
        return self.asked


@pytest.fixture
def data(monkeypatch: pytest.MonkeyPatch) -> Iterator[Data]:
    found = Data()
    monkeypatch.setattr(gather, "state_of_data", lambda _engine: found.stamp)
    yield found
    cache.forget("test")


def told(data: Data, actor: Actor, key: str = "a", *, looked_up: bool = True) -> int:
    with state.one_run():
        if looked_up:
            state.remember_actor(actor)
        found = cache.while_unchanged(actor, "test", key, data.ask)
    assert not state.asked_in_this_run(), "the run is over, and what was known in it"
    return found


def test_an_answer_is_kept_for_who_asked_the_same_and_for_nobody_else(school: School, data: Data) -> None:
    coordinator, teacher = school.actor(Role.SCHOOL), school.actor(Role.TEACHER)
    assert [told(data, coordinator), told(data, coordinator)] == [1, 1]
    assert told(data, teacher) == 2, "another person's eyes"
    assert told(data, teacher, "b") == 3, "another question"
    set_language("pt_BR")
    assert told(data, teacher, "b") == 4, "other words"


def test_it_is_asked_again_once_anything_was_written_or_time_has_passed(
    school: School, data: Data, monkeypatch: pytest.MonkeyPatch
) -> None:
    coordinator = school.actor(Role.SCHOOL)
    assert [told(data, coordinator), told(data, coordinator)] == [1, 1]
    data.stamp = 2
    assert [told(data, coordinator), told(data, coordinator)] == [2, 2]
    cache.forget("test")
    assert told(data, coordinator) == 3
    later = cache.time.monotonic() + cache.KEPT_FOR + 1
    monkeypatch.setattr(cache.time, "monotonic", lambda: later)
    assert told(data, coordinator) == 4


def test_nothing_is_kept_where_it_is_not_known_whether_anything_changed(school: School, data: Data) -> None:
    coordinator = school.actor(Role.SCHOOL)
    assert told(data, coordinator) == 1
    assert [told(data, coordinator, looked_up=False) for _each in range(2)] == [2, 3], "nobody was looked up in this run"
    data.stamp = None
    assert [told(data, coordinator), told(data, coordinator)] == [4, 5]
