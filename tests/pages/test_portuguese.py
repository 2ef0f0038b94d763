"""In Portuguese, no page says anything in English: each page and each table, for each role that it opens for."""

import pytest
from sqlalchemy import update
from streamlit.testing.v1 import AppTest

from domain.access.decide import decide
from domain.access.roles import Role
from domain.core.models import User
from domain.db.engine import engine
from domain.kit.texts import set_language
from pages._shell.catalog import pages_for
from tests.conftest import School
from tests.factories.rows import Rows
from tests.pages import day
from tests.pages.browser import MAIN, Browser
from tests.pages.filling import given
from tests.pages.words import english_in, pieces

LANGUAGE = "pt_BR"
ONCE = {"organizations", "users", "memory_graphs", "wellbeing_snapshots"}  # the day has these already, or another row makes them


@pytest.fixture
def speaking(school: School, monkeypatch: pytest.MonkeyPatch) -> School:
    """The school on a day with something of everything, whose people have chosen Portuguese."""
    day.make_day(school)
    day.stop_clock(monkeypatch)
    with engine().begin() as connection:
        connection.execute(update(User.__table__).values(language=LANGUAGE))
    set_language(LANGUAGE)  # AppTest formats options once more, in the test's own thread
    return school


def tables_of(school: School, role: Role) -> list[str]:
    """The tables that a role's menu leads to."""
    actor = school.actor(role)
    held = [table for page in pages_for(role) for table in page.holds]
    return [table for table in held if decide(actor, "R", table)]


def fill(school: School, role: Role, tables: list[str]) -> None:
    """A row of the role's own in each table."""
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        for table in tables:
            if table not in ONCE:
                mine = given(rows, school, table, role.value)
                if (table, role) == ("families", Role.PARENT):
                    mine["child_id"] = rows.add("users", role="student")
                rows.add(table, **mine)


@pytest.mark.parametrize("role", list(Role))
def test_no_page_says_anything_in_english(role: Role, speaking: School) -> None:
    browser = Browser(speaking, role)
    found = {}
    for page in pages_for(role):
        found[page.path] = english_in(browser.follow(page.path).at)
    assert {path: words for path, words in found.items() if words} == {}


@pytest.mark.parametrize("role", list(Role))
def test_no_table_says_anything_in_english(role: Role, speaking: School) -> None:
    tables = tables_of(speaking, role)
    fill(speaking, role, tables)
    browser = Browser(speaking, role)
    found = {}
    for table in tables:
        found[table] = english_in(browser.open(table).at)
        rows = browser.grid(table).index
        if browser.has(f"new-{table}"):
            found[f"{table} new"] = english_in(browser.open(table, mode="new").at)
        if len(rows):
            found[f"{table} record"] = english_in(browser.open(table, record=rows[0]).at)
    assert {place: words for place, words in found.items() if words} == {}


@pytest.mark.parametrize("is_founded", [True, False], ids=["sign in", "welcome"])
def test_the_door_speaks_portuguese_once_it_is_chosen(is_founded: bool, request: pytest.FixtureRequest) -> None:
    request.getfixturevalue("school" if is_founded else "database")
    at = AppTest.from_file(str(MAIN), default_timeout=30).run()
    assert english_in(at), "before anyone chose, it speaks English"
    at.selectbox(key="language").select(LANGUAGE).run()
    assert not at.exception
    assert english_in(at) == set()


def test_pieces_are_what_a_person_reads() -> None:
    assert pieces('<p class="c-quiet">Hoje &amp; sempre</p>') == ["Hoje & sempre"]
    assert pieces("**Sofia** · ontem \\*") == ["Sofia", "ontem"]
