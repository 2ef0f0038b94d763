"""Walks through pages whose cost is counted: what a person opens, step by step, and how often each step may wait.

Counted is a whole run of the script, from the look at who is signed in to the page's foot, as development shows it there.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import insert

from domain.access.roles import Role
from domain.crm.models import Lead
from domain.db.base import folded
from domain.db.engine import engine
from domain.kit.ids import new_id
from pages._shell.cache import require_database
from pages._shell.parts import COUNTED
from tests.conftest import School
from tests.factories.rows import Rows
from tests.pages import day
from tests.pages.browser import Browser

LEADS = 120  # three pages


@dataclass(frozen=True)
class Cost:
    """What one run asked: statements, how often it waited for an answer, and round trips (0 on a file)."""

    statements: int
    waits: int
    round_trips: int


@dataclass(frozen=True)
class Step:
    """Something that a person does. `most`: how often the page may wait for it. `is_new`: whether it asks for anything new."""

    name: str
    take: Callable[[Browser], object]
    most: int
    is_new: bool = True


def costs(school: School, role: Role | str, steps: list[Step]) -> dict[str, Cost]:
    """What the last run of each step asked, by its name, taken one after another by a person who has just signed in."""
    require_database()  # as the app does when it starts
    browser = Browser(school, role)
    found = {}
    for step in steps:
        if found:
            browser.at.session_state[COUNTED] = ()
        step.take(browser)
        found[step.name] = Cost(*browser.at.session_state[COUNTED])
    return found


def _staying(_browser: Browser) -> None:
    """What was drawn when the person signed in."""


def _again(browser: Browser) -> object:
    return browser.run()


def _open(table: str, **query: str) -> Callable[[Browser], object]:
    return lambda browser: browser.open(table, **query)


def _follow(path: str, **query: str) -> Callable[[Browser], object]:
    return lambda browser: browser.follow(path, **query)


def _fill_in(key: str, value: object) -> Callable[[Browser], object]:
    return lambda browser: browser.put({key: value}).run()


def _opened(popover: str) -> Callable[[Browser], object]:
    def take(browser: Browser) -> object:
        browser.at.session_state[popover] = True
        return browser.run()

    return take


def _closed(popover: str) -> Callable[[Browser], object]:
    def take(browser: Browser) -> object:
        browser.at.session_state[popover] = False
        return browser.run()

    return take


def _home(_school: School) -> list[Step]:
    return [Step("home", _staying, 2), Step("home again", _again, 2, is_new=False)]


def _leads(_school: School) -> list[Step]:
    return [
        Step("as it opens", _open("leads"), 2),
        Step("again", _again, 2, is_new=False),
        Step("filter panel opened", _opened("filter-leads"), 2, is_new=False),
        Step("saved views opened as well", _opened("views-leads"), 2),
        Step("filtered", _open("leads", f_status="new,contacted"), 2),
        Step("sorted", _open("leads", sort="-name"), 2),
        Step("next page", _fill_in("page-leads", 2), 2),
        Step("searched", _fill_in("search-leads", "lead 7"), 2),
        Step("deleted records", _open("leads", mode="deleted"), 3),
        Step("beyond the last page", _open("leads", page="99"), 3),
    ]


def _records(school: School) -> list[Step]:
    return [
        Step("a class", _open("classes", record=school.klass), 3),
        Step("the class again", _again, 3, is_new=False),
        Step("its history", _opened("history-classes"), 7),
        Step("its history again", _again, 7, is_new=False),
        Step("its history closed", _closed("history-classes"), 3, is_new=False),
        Step("other related records", _fill_in("related-classes", "sessions.class_id"), 3),
        Step("the class's form", _open("classes", record=school.klass, mode="edit"), 3),
        Step("a new class", _open("classes", mode="new"), 3),
        Step("the new class again", _again, 3, is_new=False),
        Step("invoices of one payer", _open("invoices", f_payer_id=school.people[Role.PARENT]), 2),
    ]


def _masked(school: School) -> list[Step]:
    return [
        Step("people", _open("users"), 3),
        Step("a student", _open("users", record=school.people[Role.STUDENT]), 5),
    ]


def _classes(school: School) -> list[Step]:
    return [
        Step("all classes", _follow("class"), 2),
        Step("one class", _follow("class", record=school.klass), 2),
        Step("sessions without attendance", _follow("class", show="unmarked"), 2),
        Step("alerts", _follow("supervision"), 2),
    ]


def _own(_school: School) -> list[Step]:
    return [Step("constellation", _follow("constellation"), 2), Step("memory", _follow("memory"), 2)]


def _figures(_school: School) -> list[Step]:
    return [
        Step("figures", _follow("figures"), 2),
        Step("again", _again, 2, is_new=False),
        Step("about learning", _follow("figures", topic="learning"), 2),
        Step("about care", _follow("figures", topic="care"), 2),
    ]


def _taught(school: School) -> list[Step]:
    return [Step("a class with its constellations", _follow("class", record=school.klass), 2)]


def _finding(_school: School) -> list[Step]:
    return [Step("a word in the search box", _fill_in("search-text", "English"), 4)]


WALKS: dict[str, tuple[Role, Callable[[School], list[Step]]]] = {
    **{f"home of {role}": (role, _home) for role in Role},
    "a table page": (Role.SCHOOL, _leads),
    "records and forms": (Role.SCHOOL, _records),
    "masked rows": (Role.TEACHER, _masked),
    "classes and alerts": (Role.SCHOOL, _classes),
    "a student's own pages": (Role.STUDENT, _own),
    "figures": (Role.OWNER, _figures),
    "a teacher's class": (Role.TEACHER, _taught),
    "finding": (Role.SCHOOL, _finding),
}


def fill(school: School) -> dict[str, str]:
    """The school of `day`, with some pages of leads."""
    keys = day.make_day(school)
    with engine().begin() as connection:
        made = []
        for at in range(LEADS):
            row = {"id": new_id(), "organization_id": school.id, "name": f"Lead {at}", "source": "website", "status": "new"}
            made.append(row | folded(Lead, row) | {"created_at": day.NOON})
        connection.execute(insert(Lead.__table__), made)
        rows = Rows(connection, school.id)
        memory = rows.add("memory_graphs", student_id=school.people[Role.STUDENT])
        one, other = (rows.add("memory_nodes", graph_id=memory) for _at in range(2))
        rows.add("memory_contradictions", graph_id=memory, node_a=one, node_b=other)
    return keys


def counting(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """For fixtures: the app in development, which counts."""
    monkeypatch.setenv("CONSTELA_DEBUG", "1")
    day.stop_clock(monkeypatch)
    yield
