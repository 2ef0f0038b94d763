"""One session in a real browser: moved, told, cancelled and made up for. How a term comes to its sessions: test_monday."""

import datetime as dt
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.window import Window

pytestmark = [pytest.mark.browser, pytest.mark.long]


def at_noon(it: Window, what: str) -> None:
    """Put the form's hours where no class of the demo school meets."""
    for name, hour in (("start", "1215"), ("end", "1300")):
        digits(it, f"session-{what}-{name}-", hour)


def on(it: Window, what: str, day: dt.date) -> None:
    """Put the form's date."""
    digits(it, f"session-{what}-date-", day.strftime("%d%m%Y"))


def digits(it: Window, key: str, typed: str) -> None:
    """Type into a field of several parts, from its first one on."""
    it.page.locator(f"[class*=st-key-{key}]").get_by_role("spinbutton").first.click()
    it.page.keyboard.type(typed)
    it.page.keyboard.press("Tab")
    it.settle()


def choose(it: Window, text: str) -> None:
    """Choose what is to be done with the session."""
    it.page.locator("[class*=st-key-session-do-]").get_by_text(text, exact=True).click()
    it.settle()


def test_a_session_is_moved_cancelled_and_made_up_for_and_its_student_told(page_as: Callable[..., Window]) -> None:
    student = page_as("student")
    student.follow("class")
    student.page.locator("[class*=st-key-go-] button").first.click()
    student.settle()
    klass = parse_qs(urlsplit(student.page.url).query)["record"][0]

    it = page_as("school")
    today = dt.datetime.now(dt.UTC).date()
    it.open(f"/class?record={klass}")
    it.page.locator("[class*=st-key-sessions-Coming] a").last.click()
    it.settle()
    choose(it, "Move it")
    moved = today + dt.timedelta(days=22 - today.weekday())  # a Tuesday
    on(it, "move", moved)
    at_noon(it, "move")
    it.type("session-move-reason", "Science fair.").click("session-save-move").says("The session is moved.").is_well()
    expect(it.page.locator("[class*=st-key-session-do-]").get_by_role("radio", checked=True)).to_have_count(0)
    student.follow("inbox").says("A session is moved").is_well()

    choose(it, "Cancel the session")
    it.type("session-cancel-reason", "No power.").click("session-save-cancel").says("The session is cancelled.")
    choose(it, "Plan a make-up")
    on(it, "make_up", moved + dt.timedelta(days=1))
    at_noon(it, "make_up")
    it.click("session-save-make_up").says("The session that makes up for it").is_well()
    student.open("/inbox").says("A session makes up for another").says("A session is cancelled").is_well()
