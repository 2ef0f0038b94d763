"""The front desk: found by a part of the name, checked in with one tap, in time or late by the clock."""

import re
from collections.abc import Iterator

import pytest

from domain.access.roles import Role
from domain.db.engine import engine
from domain.operations.arrivals import FOUND
from pages._shell.catalog import page_at, pages_for
from tests.conftest import School
from tests.factories.authenticator import setting
from tests.factories.rows import Rows
from tests.pages import evening
from tests.pages.browser import Browser
from tests.pages.conftest import Ask


@pytest.fixture
def keys(school: School, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    yield from evening.stopped_evening(school, monkeypatch)


def search(browser: Browser, name: str) -> Browser:
    return browser.put({"check-in-search": name}).run()


def test_someone_is_found_by_a_part_of_the_name_and_checked_in_with_one_tap(
    school: School, keys: dict[str, str], sql: Ask
) -> None:
    with engine().begin() as connection:
        other = Rows(connection, school.id).add("users", first_name="Ângela", last_name="Sá", role="student")
    browser = Browser(school, "staff").follow("check_in")
    assert browser.has(f"leads-{keys['six']}")
    assert "Now" in browser.text(), "a session that goes on says so, though nobody is marked yet"
    search(browser, "angEL")
    assert browser.has(f"card-arrival-{other}")
    assert "No session today." in browser.text()
    search(browser, "an mel")
    assert not browser.has(f"card-arrival-{other}")
    assert f"come-{keys['four']}-{keys['Ana']}" not in browser.widgets()
    assert "16:00–17:00 · English A1 · Sala 1 · over" in browser.text()
    browser.click(f"come-{keys['six']}-{keys['Ana']}")
    [toast] = browser.at.toast
    assert "Ana Melo · present · English A1 · Sala 1" in toast.value.replace("\\", "")
    assert "Still expected: Bia Melo, Caio Melo, Sofia Lima." in toast.value.replace("\\", "")
    assert browser.held("check-in-search") == ""
    assert any('data-focus="check-in-search"' in each.value for each in browser.at.html), "the next name is typed at once"
    assert sql("SELECT user_id, status FROM attendance") == [{"user_id": keys["Ana"], "status": "present"}]
    browser.click("check-in-undo")
    assert sql("SELECT * FROM attendance") == []


def test_whose_session_goes_on_stands_first_and_is_left_out_for_nobody(school: School, keys: dict[str, str]) -> None:
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        for at in range(FOUND):
            rows.add("users", first_name=f"Abel {at}", last_name="Melo", role="student")
    browser = search(Browser(school, "staff").follow("check_in"), "ana melo").click(f"come-{keys['six']}-{keys['Ana']}")
    search(browser, "melo")
    names = re.findall(r"<span>((?:Abel \d+|Ana|Bia|Caio) Melo)<", browser.text())
    assert names[:2] == ["Bia Melo", "Caio Melo"], "they may come in now"
    assert "Ana Melo" in names[2:], "she is here already"
    assert len(names) == FOUND


def test_who_comes_after_the_schools_grace_is_late_and_nobody_comes_twice(school: School, keys: dict[str, str], sql: Ask) -> None:
    setting(school.id, late_after_minutes=5)
    browser, other = Browser(school, "staff").follow("check_in"), Browser(school, "school").follow("check_in")
    search(browser, "Bia")
    search(other, "Bia")
    browser.click(f"come-{keys['six']}-{keys['Bia']}")
    other.click(f"come-{keys['six']}-{keys['Bia']}")
    assert other.said() == ["Bia Melo was checked in before: there is nothing left to do."]
    assert sql("SELECT status FROM attendance") == [{"status": "late"}]
    assert "◐ late 18:10" in search(other, "Bia").text()


@pytest.mark.parametrize("typed", ["%", "_%", "'; drop table users", "\x00\x00\x00", "x" * 100, "  "])
def test_strange_names_find_nobody(typed: str, school: School, keys: dict[str, str]) -> None:
    browser = search(Browser(school, "staff").follow("check_in"), typed)
    assert not any(key.startswith("come-") for key in browser.widgets())


def test_only_the_front_desk_and_coordination_check_people_in() -> None:
    assert {role for role in Role if page_at("check_in") in pages_for(role)} == {Role.STAFF, Role.SCHOOL}
