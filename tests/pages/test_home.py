"""Home: each role is greeted with figures that are exactly as long as the lists behind them."""

import datetime as dt
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event

from domain.access.roles import Role
from domain.access.uow import reading
from domain.db.engine import engine
from domain.overview import ALERTS, CLASSES, NEARLY_FULL, STARS, UNMARKED, Figure, overview
from domain.supervision.enums import AlertLevel
from pages._crud.links import question_link
from tests.conftest import School
from tests.pages import day
from tests.pages.browser import Browser


@pytest.fixture
def keys(school: School, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    yield from day.stopped_day(school, monkeypatch)


EXPECTED = {
    Role.SCHOOL: {"sessions_today": 2, "unmarked": 2, "alerts": 4, "new_leads": 1, "overdue": 2, "nearly_full": 1},
    Role.OWNER: {"received": 2, "outstanding": 3, "overdue": 2, "payouts": 1},
    Role.STAFF: {"trials_today": 1, "follow_up": 1, "new_leads": 1, "sessions_today": 2},
    Role.TEACHER: {"sessions_today": 2, "sessions_week": 4, "unmarked": 2, "classes": 1},
    Role.PARENT: {"sessions_ahead": 3, "invoices": 3, "absences": 1},
    Role.STUDENT: {"sessions_ahead": 3, "todos": 1, "badges": 1, "stars": 3},
}


def figures(school: School, role: Role) -> dict[str, Figure]:
    with reading(school.actor(role)) as session:
        return {each.name: each for each in overview(session, day.WALL).figures}


@pytest.mark.parametrize("role", list(Role))
def test_the_figures_are_what_a_person_would_count(role: Role, school: School, keys: dict[str, str]) -> None:
    found = {name: each.count for name, each in figures(school, role).items()}
    assert {name: found[name] for name in EXPECTED[role]} == EXPECTED[role]


@pytest.mark.parametrize("role", list(Role))
def test_a_figure_is_as_long_as_the_list_that_it_leads_to(role: Role, school: School, keys: dict[str, str]) -> None:
    browser = Browser(school, role)
    for each in figures(school, role).values():
        assert listed(browser, each) == each.count, each.name


def listed(browser: Browser, figure: Figure) -> int:
    """How many records the page behind a figure shows."""
    if figure.question:
        link = question_link(figure.question)
        browser.follow(link.path, **link.query)
        assert not browser.said()
        said = re.search(r">(\d+) records?\b", browser.text())
        return int(said[1]) if said else 0
    path, query = {
        UNMARKED: ("class", {"show": "unmarked"}),
        NEARLY_FULL: ("class", {"show": "nearly_full"}),
        CLASSES: ("class", {}),
        ALERTS: ("supervision", {}),
        STARS: ("operations", {}),
    }[figure.place]
    if figure.place == STARS:
        return len(browser.open("knowledge_nodes").grid("knowledge_nodes"))
    return cards(browser.follow(path, **query))


def cards(browser: Browser) -> int:
    """How many things a list of cards shows."""
    return sum(str(getattr(each, "key", "")).startswith("leads-") for each in browser.at)


@pytest.mark.parametrize("role", list(Role))
def test_home_opens_with_its_figures_and_few_statements(role: Role, school: School, keys: dict[str, str]) -> None:
    statements: list[str] = []

    def note(*told: Any) -> None:
        statements.append(told[2])

    event.listen(engine(), "before_cursor_execute", note)
    try:
        with reading(school.actor(role)) as session:
            overview(session, day.WALL)
    finally:
        event.remove(engine(), "before_cursor_execute", note)
    assert len([each for each in statements if each.startswith("SELECT")]) <= 6
    browser = Browser(school, role).follow("home")
    assert browser.at.title[0].value.startswith("Good afternoon, ")
    for each in figures(school, role).values():
        if each.name != "sessions_ahead" or role is not Role.STUDENT:
            assert f'<div class="c-quiet">{each.label}</div>' in browser.text()


def test_money_is_what_is_left_to_pay(school: School, keys: dict[str, str]) -> None:
    found = figures(school, Role.OWNER)
    assert found["received"].amount == Decimal("200.00")
    assert found["outstanding"].amount == Decimal("450.10")  # 250.00, 200.00 less 100.00 paid, 100.10
    assert found["overdue"].amount == Decimal("350.00")
    assert figures(school, Role.PARENT)["invoices"].amount == Decimal("450.10")


def test_open_alerts_are_told_by_level(school: School, keys: dict[str, str]) -> None:
    with reading(school.actor("school")) as session:
        found = overview(session, day.WALL).alerts
    assert found == {AlertLevel.GREEN: 0, AlertLevel.YELLOW: 2, AlertLevel.ORANGE: 1, AlertLevel.RED: 1}
    assert "1 ■ imminent · 1 ◆ serious · 2 ▲ attention" in Browser(school, "school").follow("home").text()


def test_a_student_reads_when_the_next_session_is(school: School, keys: dict[str, str]) -> None:
    assert "Wed 4 Mar 18:00" in Browser(school, "student").follow("home").text()


def test_a_parent_reads_whose_session_it_is(school: School, keys: dict[str, str]) -> None:
    assert "Sofia · Tomás Lima · Sala 1" in Browser(school, "parent").follow("home").text()


@pytest.mark.parametrize("role", list(Role))
def test_an_empty_school_greets_as_well(role: Role, school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    day.stop_clock(monkeypatch)
    monkeypatch.setattr(day.clock, "now", lambda: day.NOON - dt.timedelta(hours=9))
    browser = Browser(school, role).follow("home")
    assert browser.at.title[0].value.startswith("Good morning, ")
