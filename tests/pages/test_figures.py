"""The owner's figures, and a class's for its teacher: what is said, what isn't, and whose page it is."""

import datetime as dt
from collections.abc import Iterator

import pytest

from domain.access.roles import Role
from domain.db.engine import engine
from pages._shell.catalog import page_at
from tests.conftest import School
from tests.factories.rows import Rows
from tests.pages import day
from tests.pages.browser import Browser

IN_FEBRUARY = dt.datetime(2026, 2, 10, 12, tzinfo=dt.UTC)  # the clock stands in March


@pytest.fixture
def keys(school: School, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    yield from day.stopped_day(school, monkeypatch)


def fill(school: School, count: int) -> None:
    """So many students who did something of everything in February."""
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        held = rows.add("sessions", class_id=school.klass, date=IN_FEBRUARY.date())
        for _each in range(count):
            student = rows.add("users", role="student")
            rows.add("enrollments", user_id=student, class_id=school.klass, enrolled_at=IN_FEBRUARY)
            rows.add("attendance", user_id=student, session_id=held, status="present")
            rows.add("placements", user_id=student, tested_at=IN_FEBRUARY, score=75)
            rows.add("knowledge_nodes", user_id=student, category="science", created_at=IN_FEBRUARY)
            rows.add("safety_alerts", student_id=student, level="orange", detected_at=IN_FEBRUARY)


def figures(browser: Browser) -> list[list[str]]:
    """The tables beside the charts, row by row."""
    return [row for each in browser.at.dataframe for row in each.value.astype(str).to_numpy().tolist()]


def test_the_owner_sees_figures_in_fives_and_shares_in_bands(school: School, keys: dict[str, str]) -> None:
    fill(school, 7)
    browser = Browser(school, "owner").follow("figures")
    assert ["Feb 2026", "5 to 9", "over 80%"] in figures(browser)
    assert "Nothing here is about fewer than five people" in browser.text()
    learning = figures(browser.follow("figures", topic="learning"))
    assert ["Feb 2026", "5 to 9", "60% to 80%"] in learning
    assert ["Stars", "5 to 9"] in learning
    assert ["Journal", "fewer than five"] in learning
    assert ["Feb 2026: any level", "5 to 9"] in figures(browser.follow("figures", topic="care"))


def test_fewer_than_five_is_said_in_words_and_no_number_is_shown(school: School, keys: dict[str, str]) -> None:
    fill(school, 2)  # with Sofia, and who is in the small class, fewer than five
    browser = Browser(school, "owner").follow("figures")
    assert "Fewer than five people so far, so there is nothing to show" in browser.text()
    assert figures(browser) == []


def test_a_new_school_has_empty_figures(school: School, keys: dict[str, str]) -> None:
    for topic in ("students", "learning", "care", "nonsense"):
        assert "nothing to show" in Browser(school, "owner").follow("figures", topic=topic).text()


def test_the_page_is_the_owners_alone() -> None:
    page = page_at("figures")
    assert page
    assert [role for role in Role if page.opens_for(role)] == [Role.OWNER]


def test_a_teacher_sees_what_the_class_knows_and_not_who(school: School, keys: dict[str, str]) -> None:
    fill(school, 6)
    browser = Browser(school, "teacher").follow("class", record=school.klass)
    assert ["Any star", "5 to 9"] in figures(browser)
    assert ["Science", "5 to 9"] in figures(browser)


def test_a_teacher_of_a_small_class_reads_why_there_is_nothing(school: School, keys: dict[str, str]) -> None:
    fill(school, 2)
    browser = Browser(school, "teacher").follow("class", record=school.klass)
    assert "Fewer than five students of this class had stars" in browser.text()
    assert "Its constellations" not in Browser(school, "school").follow("class", record=school.klass).text()
