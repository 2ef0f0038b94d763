"""How often a page waits for the database, counted on the file; tests/engine counts the same walks on a server."""

import time
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from domain.db.engine import database_url, engine
from pages._shell import cache
from pages._shell.parts import COUNTED
from tests.conftest import School
from tests.pages import walks
from tests.pages.browser import Browser

HOME = 26  # coordination's: who is there, the figures, today's sessions; what needs one: clashes 11, alerts 2, leads 2, 8 others


@pytest.fixture
def filled(school: School, monkeypatch: pytest.MonkeyPatch) -> Iterator[School]:
    walks.fill(school)
    for _once in walks.counting(monkeypatch):
        yield school


@pytest.mark.parametrize("name", walks.WALKS)
def test_a_page_waits_no_more_often_than_it_must(name: str, filled: School) -> None:
    role, steps = walks.WALKS[name]
    found = walks.costs(filled, role, steps(filled))
    assert {step.name: found[step.name].waits for step in steps(filled) if found[step.name].waits > step.most} == {}
    assert {cost.round_trips for cost in found.values()} == {0}, "a file has none"


def test_development_says_what_a_page_asked(filled: School) -> None:
    browser = Browser(filled, "school")
    assert f"{HOME} statements · 0 round trips · " in browser.run().text()


def test_nobody_else_is_told_what_a_page_asked(school: School) -> None:
    assert "round trip" not in Browser(school, "school").text()


def test_who_is_signed_in_is_asked_once_a_run_however_long_it_takes(filled: School, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pages._shell.state.ACTOR_LASTS", 0.0)
    role, steps = walks.WALKS["home of school"]
    assert walks.costs(filled, role, steps(filled))["home"].waits == 2


def test_a_database_that_fits_no_longer_is_told_in_the_run_after_it_was_looked_at(
    filled: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = Browser(filled, "school")
    monkeypatch.setattr(cache, "LOOKED_AT_EVERY", 0.0)
    with engine().begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'of another program'"))
    assert browser.run().at.session_state[COUNTED][0] == HOME, "nobody waits for the look"
    deadline = time.monotonic() + 30
    while database_url() in cache._looked_at and time.monotonic() < deadline:
        time.sleep(0.01)
    assert browser.run().at.title[0].value == "The database is newer than the program"


def test_a_page_that_leads_elsewhere_is_counted_where_it_led(filled: School) -> None:
    browser = Browser(filled, "school").follow("class").click("new-class")
    assert browser.query == {"table": "classes", "mode": "new"}
    assert browser.text().count(" round trips · ") == 1
