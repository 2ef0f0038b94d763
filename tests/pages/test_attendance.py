"""The attendance sheet: one tap for each student, all present in one, what others said shown, what isn't saved kept."""

import datetime as dt
from collections.abc import Iterator

import pytest

from domain.access.roles import Role
from domain.access.uow import unit_of_work
from domain.operations.attendance import mark
from domain.operations.enums import AttendanceStatus
from pages._shell.catalog import page_at, pages_for
from tests.conftest import School
from tests.pages import evening
from tests.pages.browser import Browser
from tests.pages.conftest import Ask

PRESENT, ABSENT, LATE, EXCUSED = AttendanceStatus


@pytest.fixture
def keys(school: School, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    yield from evening.stopped_evening(school, monkeypatch)


def tap(browser: Browser, keys: dict[str, str], who: str, status: AttendanceStatus, session: str = "six") -> Browser:
    browser.at.button_group(key=f"tap-{keys[session]}-{keys[who]}").set_value(status)
    return browser.run()


def marks(sql: Ask, keys: dict[str, str], session: str = "six") -> dict[str, str]:
    found = sql("SELECT user_id, status FROM attendance WHERE session_id = ?", keys[session])
    names = {key: name for name, key in keys.items()}
    return {names[row["user_id"]]: row["status"] for row in found}


def test_the_session_that_goes_on_is_open_and_taken_in_a_few_taps(school: School, keys: dict[str, str], sql: Ask) -> None:
    browser = Browser(school, "teacher").follow("attendance")
    assert browser.held("attendance-session") == keys["six"]
    assert "0 of 4 marked" in browser.text()
    browser.click("all-present")
    assert "4 of 4 marked" in browser.text()
    tap(browser, keys, "Ana", ABSENT)
    tap(browser, keys, "Bia", LATE)
    assert marks(sql, keys) == {"Ana": "absent", "Bia": "late", "Caio": "present", "Sofia": "present"}
    text = browser.text()
    assert "was present, changed by Tomás Lima" in text
    assert "came at 18:10" in text
    browser.click("mark-undo")
    assert marks(sql, keys)["Bia"] == "present"
    assert not browser.said()


def test_all_present_is_taken_back_as_one(school: School, keys: dict[str, str], sql: Ask) -> None:
    browser = Browser(school, "teacher").follow("attendance")
    browser.click("all-present").click("mark-undo")
    assert marks(sql, keys) == {}
    assert not browser.has("mark-undo")


def test_sessions_without_attendance_are_walked_through_and_the_address_says_where(
    school: School, keys: dict[str, str], sql: Ask
) -> None:
    browser = Browser(school, "school").follow("attendance")
    assert "2 more sessions have no attendance." in browser.text()
    browser.click("next-unmarked")
    assert browser.query == {"session": keys["four"]}
    browser.click("all-present").click("next-unmarked")
    assert browser.query == {"session": keys["before"]}
    assert len(marks(sql, keys, "four")) == 4
    assert [row["status"] for row in sql("SELECT status FROM sessions WHERE id = ?", keys["four"])] == ["completed"]


@pytest.mark.parametrize(("session", "told"), [("tomorrow", "hasn't begun yet"), ("nonsense", "doesn't exist")])
def test_what_cannot_be_marked_says_why(session: str, told: str, school: School, keys: dict[str, str]) -> None:
    browser = Browser(school, "teacher").follow("attendance", session=keys.get(session, "'; drop"))
    assert told in browser.text() + "".join(browser.said())
    assert all(each.disabled for key, each in browser.widgets("tap-").items())


def test_another_persons_word_is_shown_and_one_of_the_two_is_chosen(school: School, keys: dict[str, str], sql: Ask) -> None:
    browser = Browser(school, "teacher").follow("attendance")
    with unit_of_work(school.actor("staff")) as session:
        mark(session, keys["six"], keys["Ana"], ABSENT, seen=None)
        mark(session, keys["six"], keys["Bia"], EXCUSED, seen=None)
    tap(browser, keys, "Caio", PRESENT)
    assert "3 of 4 marked" in browser.text()
    with unit_of_work(school.actor("staff")) as session:
        mark(session, keys["six"], keys["Ana"], EXCUSED, seen=ABSENT)
    tap(browser, keys, "Ana", PRESENT)
    assert marks(sql, keys) == {"Ana": "excused", "Bia": "excused", "Caio": "present"}
    assert "Rui Lima marked Ana Melo excused just now\\. You tapped present\\." in browser.text()
    browser.click(f"replace-{keys['Ana']}")
    assert marks(sql, keys)["Ana"] == "present"
    assert not browser.has(f"conflict-{keys['Ana']}")


def test_a_note_is_kept_and_a_strange_time_is_refused_at_its_field(school: School, keys: dict[str, str], sql: Ask) -> None:
    browser = Browser(school, "teacher").follow("attendance")
    tap(browser, keys, "Ana", LATE).click(f"note-{keys['Ana']}")
    [row] = sql("SELECT id FROM attendance")
    browser.put({f"arrived-{row['id']}": dt.time(7), f"notes-{row['id']}": "The bus."})
    browser.click(f"save-note-{keys['Ana']}")
    assert browser.problems(f"note-{keys['Ana']}-arrived") == ["Someone late came after 18:00, and by 19:00."]
    assert sql("SELECT notes FROM attendance") == [{"notes": None}]
    browser.put({f"arrived-{row['id']}": dt.time(18, 5)}).click(f"save-note-{keys['Ana']}")
    assert sql("SELECT notes, checked_in_at FROM attendance") == [
        {"notes": "The bus.", "checked_in_at": "2026-03-04 21:05:00.000000"}
    ]


def test_only_those_who_take_attendance_have_its_sheet() -> None:
    assert {role for role in Role if page_at("attendance") in pages_for(role)} == {Role.TEACHER, Role.STAFF, Role.SCHOOL}
