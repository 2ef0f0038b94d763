"""Rates and absences: for those who run the school and teach, with ways to the rows; for students and guardians, their own."""

import datetime as dt
from collections.abc import Iterator
from urllib.parse import parse_qsl

import pytest

from domain.access.roles import Role
from domain.db.engine import engine
from pages._shell.catalog import page_at, pages_for
from tests.conftest import School
from tests.factories.rows import Rows
from tests.pages import evening
from tests.pages.browser import Browser
from tests.pages.day import DAY


@pytest.fixture
def keys(school: School, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """Ana missed the last three of five sessions; Sofia came to four, once late, and one is excused."""
    for found in evening.stopped_evening(school, monkeypatch):
        with engine().begin() as connection:
            rows = Rows(connection, school.id)
            for at in range(5):
                day = DAY - dt.timedelta(days=2 + 3 * at)
                session = rows.add("sessions", class_id=school.klass, date=day, status="completed")
                rows.add("attendance", session_id=session, user_id=found["Ana"], status="absent" if at < 3 else "present")
                status = {0: "late", 1: "excused"}.get(at, "present")
                rows.add("attendance", session_id=session, user_id=found["Sofia"], status=status)
        yield found


def links(browser: Browser) -> dict[str, dict[str, str]]:
    """What stands in the addresses of a page's links, by what they are called."""
    return {each.proto.label: dict(parse_qsl(each.proto.query_string)) for each in browser.at.get("page_link")}


@pytest.mark.parametrize("role", ["school", "staff", "teacher"])
def test_rates_are_shown_by_group_with_the_rows_behind_them(role: str, school: School, keys: dict[str, str]) -> None:
    browser = Browser(school, role).follow("absences")
    text = browser.text()
    assert "67%" in text  # six of nine that count
    assert browser.has(f"leads-away-{keys['Ana']}-{school.klass}")
    assert "3 absences in a row" in text
    assert browser.has(f"leads-group-{school.klass}")
    for view in ("level", "weekday", "teacher", "week"):
        browser.at.button_group(key="absences-by").set_value(view)
        browser.run()
        assert browser.query["by"] == view
        assert any(getattr(each, "key", "") and str(each.key).startswith("leads-group-") for each in browser.at)
        assert browser.at.get("plotly_chart")
    browser.at.button_group(key="absences-weeks").set_value(26)
    assert browser.run().query["weeks"] == "26"


def test_a_line_opens_the_very_marks_that_it_counts(school: School, keys: dict[str, str]) -> None:
    browser = Browser(school, "school")
    weekdays = dict.fromkeys(("Monday", "Friday", "Tuesday", "Saturday", "Wednesday"), 2)  # two, five … days before a Wednesday
    for view, lines in (
        ("class", {"English A1": 10}),
        ("level", {"English · A1": 10}),
        ("teacher", {"Tomás Lima": 10}),
        ("weekday", weekdays),
    ):
        behind = links(browser.follow("absences", by=view))
        for label, count in lines.items():
            browser.follow("operations", **behind[label])
            assert len(browser.grid("attendance")) == count
            assert any(label in each.label for key, each in browser.widgets("chip-").items() if key != "chip-day")
    browser.follow("operations", **links(browser.follow("absences"))["Ana Melo"])
    assert list(browser.grid("attendance")["user_id"]) == ["Ana Melo"] * 3


@pytest.mark.parametrize("role", ["student", "parent"])
def test_students_and_guardians_see_what_was_missed(role: str, school: School, keys: dict[str, str]) -> None:
    text = Browser(school, role).follow("absences").text()
    assert "100%" in text
    assert "◐ Late" in text
    assert "◇ Excused" in text
    assert "Ana" not in text


def test_an_address_with_nonsense_shows_the_usual_view(school: School, keys: dict[str, str]) -> None:
    browser = Browser(school, "school").follow("absences", by="'; drop", weeks="-1e9")
    assert browser.held("absences-by") == "class"


def test_a_school_without_marks_says_so(school: School) -> None:
    browser = Browser(school, "school").follow("absences")
    assert browser.has("hollow-no-marks")
    assert Browser(school, "student").follow("absences").has("hollow-no-marks")


def test_owners_have_figures_and_no_absences() -> None:
    assert {role for role in Role if page_at("absences") in pages_for(role)} == set(Role) - {Role.OWNER}
