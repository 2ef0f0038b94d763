"""Wellbeing over time: of the school, a class, a student; students see their own."""

from collections.abc import Iterator

import pandas as pd
import pytest

from domain.access.roles import Role
from tests.conftest import School
from tests.pages import day
from tests.pages.browser import Browser


@pytest.fixture
def keys(school: School, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    yield from day.stopped_day(school, monkeypatch)


def table(browser: Browser, title: str) -> pd.DataFrame:
    """The numbers under a chart."""
    return next(each.value for each in browser.at.dataframe if title in each.value.columns)


def test_the_school_sees_its_own_students_alone(school: School, keys: dict[str, str]) -> None:
    browser = Browser(school, "school").follow("wellbeing")
    text = browser.text()
    assert "The mean of 1 student." in text
    assert "50%" in text
    assert "from 1 answer" in text


@pytest.mark.parametrize("whose", ["student", "class"])
def test_a_student_or_a_class_stands_in_the_address(whose: str, school: School, keys: dict[str, str]) -> None:
    key = school.people[Role.STUDENT] if whose == "student" else school.klass
    browser = Browser(school, "school").follow("wellbeing", **{whose: key})
    assert browser.held(f"wellbeing-{whose}") == key
    assert len(table(browser, "Engagement")) == 10
    assert list(table(browser, "Mood")["Mood"]).count("not asked") == 9
    assert table(browser, "Minutes a day").iloc[0].to_list() == ["04/03/2026", "12"]


def test_a_student_sees_their_own_and_chooses_nobody(school: School, keys: dict[str, str]) -> None:
    browser = Browser(school, "student").follow("wellbeing", student=school.people[Role.SCHOOL])
    assert not browser.widgets("wellbeing-whose")
    assert len(table(browser, "Engagement")) == 10


def test_how_far_back_stands_in_the_address(school: School, keys: dict[str, str]) -> None:
    assert Browser(school, "school").follow("wellbeing", days="30").held("wellbeing-days") == 30
    assert Browser(school, "school").follow("wellbeing", days="-1").held("wellbeing-days") == 90


def test_without_figures_the_page_says_when_they_come(school: School) -> None:
    assert "No figures for these days" in Browser(school, "student").follow("wellbeing").text()


def test_a_student_who_is_not_there_asks_for_a_choice(school: School, keys: dict[str, str]) -> None:
    assert "Choose whose days" in Browser(school, "school").follow("wellbeing", student="nonsense").text()


@pytest.mark.parametrize("role", [Role.OWNER, Role.STAFF, Role.TEACHER, Role.PARENT])
def test_the_page_is_open_to_those_alone_whom_the_policy_names(role: Role, school: School, keys: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="Could not find a navigation page"):
        Browser(school, role).follow("wellbeing")
