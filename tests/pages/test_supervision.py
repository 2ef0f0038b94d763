"""The supervisors' page: what is open, how old, and what is done about it."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from domain.access.roles import Role
from domain.access.uow import reading
from domain.supervision.models import AlertAcknowledgment, SafetyAlert
from tests.conftest import School
from tests.pages import day
from tests.pages.browser import Browser


@pytest.fixture
def keys(school: School, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    yield from day.stopped_day(school, monkeypatch)


def shown(browser: Browser) -> list[str]:
    found = [str(each.key) for each in browser.at if str(getattr(each, "key", "")).startswith("leads-")]
    return [key.rpartition("-")[2] for key in found]


def steps(school: School, key: str) -> list[tuple[str, str | None, str]]:
    with reading(school.actor("school")) as session:
        columns = (AlertAcknowledgment.action_taken, AlertAcknowledgment.notes, AlertAcknowledgment.user_id)
        return [tuple(row) for row in session.execute(select(*columns).where(AlertAcknowledgment.alert_id == key))]


def test_the_most_urgent_come_first_and_the_oldest_first_among_them(school: School, keys: dict[str, str]) -> None:
    browser = Browser(school, "school").follow("supervision")
    assert shown(browser) == [keys["red"], keys["orange"], keys["old_yellow"], keys["yellow"]]
    text = browser.text()
    assert "■ imminent" in text
    assert "3 days ago" in text
    assert "late" in text


def test_a_level_can_be_shown_alone_and_stands_in_the_address(school: School, keys: dict[str, str]) -> None:
    assert shown(Browser(school, "school").follow("supervision", level="orange")) == [keys["orange"]]
    assert len(shown(Browser(school, "school").follow("supervision", level="purple"))) == 4


def test_acknowledging_asks_for_action_and_notes_and_keeps_what_was_typed(school: School, keys: dict[str, str]) -> None:
    browser = Browser(school, "school").follow("supervision", record=keys["red"])
    browser.put({"acknowledge-action": "Called home"}).click("acknowledge-save")
    assert browser.all_problems()
    assert browser.held("acknowledge-action") == "Called home"
    assert not steps(school, keys["red"])


def test_an_alert_is_acknowledged_then_resolved_each_step_a_row(school: School, keys: dict[str, str]) -> None:
    person = school.people[Role.SCHOOL]
    browser = Browser(school, "school").follow("supervision", record=keys["red"])
    assert not browser.widgets("resolve-")
    browser.put({"acknowledge-action": "Called home", "acknowledge-notes": "Mother is on her way."}).click("acknowledge-save")
    assert steps(school, keys["red"]) == [("Called home", "Mother is on her way.", person)]
    assert "Mother is on her way." in browser.text()
    browser.put({"resolve-notes": "Safe at home."}).click("resolve-save")
    assert [action for action, _notes, _who in steps(school, keys["red"])] == ["Called home", "Resolved"]
    assert keys["red"] not in shown(browser)
    with reading(school.actor("school")) as session:
        alert = session.get_one(SafetyAlert, keys["red"])
        assert (alert.acknowledged_by, alert.resolved_by, alert.resolution_notes) == (person, person, "Safe at home.")


def test_resolving_without_a_word_is_refused_at_its_field(school: School, keys: dict[str, str]) -> None:
    browser = Browser(school, "school").follow("supervision", record=keys["orange"]).click("resolve-save")
    assert len(browser.all_problems()) == 1
    assert not steps(school, keys["orange"])


@pytest.mark.parametrize("record", ["nonsense", "01ARZ3NDEKTSV4RRFFQ69G5FAV"])
def test_an_alert_that_is_not_there_is_told_calmly(record: str, school: School) -> None:
    assert Browser(school, "school").follow("supervision", record=record).said()


def test_a_calm_day_says_so(school: School) -> None:
    assert "No open alerts" in Browser(school, "school").follow("supervision").text()


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.SCHOOL, Role.OWNER}])
def test_nobody_else_opens_supervision(role: Role, school: School, keys: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="Could not find a navigation page"):
        Browser(school, role).follow("supervision")
