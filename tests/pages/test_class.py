"""Classes at a glance, and one class with its week, sessions, students and places."""

from collections.abc import Iterator

import pytest

from domain.access.roles import Role
from tests.conftest import School
from tests.pages import day
from tests.pages.browser import Browser


@pytest.fixture
def keys(school: School, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    yield from day.stopped_day(school, monkeypatch)


def test_classes_are_shown_with_their_places_and_next_session(school: School, keys: dict[str, str]) -> None:
    browser = Browser(school, "school").follow("class")
    assert browser.has(f"leads-{school.klass}")
    assert browser.has(f"leads-{keys['small']}")
    text = browser.text()
    assert "English · A1 · Tomás Lima · Sala 1" in text
    assert "Next: Wed 4 Mar 18:00" in text


def test_a_full_class_is_listed_as_such(school: School, keys: dict[str, str]) -> None:
    browser = Browser(school, "school").follow("class", show="nearly_full")
    assert browser.has(f"leads-{keys['small']}")
    assert not browser.has(f"leads-{school.klass}")


def test_sessions_without_attendance_are_one_click_away(school: School, keys: dict[str, str]) -> None:
    browser = Browser(school, "teacher").follow("class")
    browser.at.button_group(key="class-view").set_value("unmarked")
    browser.run()
    assert browser.query == {"show": "unmarked"}
    assert browser.has(f"leads-{keys['missing']}")
    assert browser.has(f"leads-{keys['forgotten']}")
    assert not browser.has(f"leads-{keys['coming']}")


def test_a_class_shows_its_week_sessions_students_and_places(school: School, keys: dict[str, str]) -> None:
    browser = Browser(school, "school").follow("class", record=school.klass)
    text = browser.text()
    assert browser.at.title[0].value == "English A1"
    assert "1 of 12" in text
    assert "11 places free" in text
    assert "**Monday**" in text
    assert "**Wednesday**" in text
    assert "Wed 4 Mar · Scheduled" in text
    assert "No attendance yet" in text
    assert "1 there, 1 of them late" in text
    assert "Sofia Lima" in text
    assert "was there 67% of the time" in text


def test_an_id_in_the_address_opens_the_class_too(school: School, keys: dict[str, str]) -> None:
    browser = Browser(school, "staff").follow("class", id=school.klass)
    assert browser.at.title[0].value == "English A1"
    assert not browser.click("all-classes").query


@pytest.mark.parametrize("role", [Role.STUDENT, Role.PARENT, Role.OWNER])
def test_who_else_is_enrolled_is_not_everybodys_business(role: Role, school: School, keys: dict[str, str]) -> None:
    browser = Browser(school, role).follow("class", record=school.klass)
    headings = [each.value for each in browser.at.header]
    assert "Its week" in headings
    assert "Students" not in headings
    assert "places free" not in browser.text()


@pytest.mark.parametrize("record", ["nonsense", "01ARZ3NDEKTSV4RRFFQ69G5FAV"])
def test_a_class_that_is_not_there_is_told_calmly(record: str, school: School) -> None:
    assert "exist" in Browser(school, "school").follow("class", record=record).text()


def test_a_teacher_does_not_open_anothers_class(school: School, keys: dict[str, str]) -> None:
    text = Browser(school, "teacher").follow("class", record=keys["small"]).text()
    assert "exist" in text


def test_an_address_with_nonsense_opens_the_usual_list(school: School) -> None:
    assert Browser(school, "school").follow("class", show="'; drop").has(f"leads-{school.klass}")
