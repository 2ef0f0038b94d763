"""The timetable is planned: a meeting is opened, one is added onto another and refused, allowed with a reason, and moved away."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.window import Window

pytestmark = pytest.mark.browser

REASON = "The two classes rehearse together."


def test_a_meeting_is_added_refused_allowed_and_moved(page_as: Callable[..., Window]) -> None:
    it = page_as("school")
    it.open("/timetable")
    room, hours, taken = _first_on_monday(it)
    added = _add(it, room, hours, taken)
    _allow(it)
    _move(it, added)
    it.is_well()


def _first_on_monday(it: Window) -> tuple[str, str, str]:
    """A room in which someone meets on a Monday, at which hours, and which class; opened by a click in the grid."""
    row = it.page.locator(".c-week tbody tr").filter(has=it.page.locator("td:nth-child(2) a")).first
    room = row.locator("th").inner_text()
    slot = row.locator("td:nth-child(2) a").first
    hours, name = slot.locator(".c-slot-hours").inner_text(), slot.locator("b").inner_text()
    slot.click()
    expect(it.at("meeting")).to_contain_text(name)
    expect(it.at("meeting")).to_contain_text(f"Monday {hours}")
    it.settle().is_well()
    return room, hours, name


def _add(it: Window, room: str, hours: str, taken: str) -> str:
    """Put another class into that room at that time: said as it is typed, refused when it is saved."""
    it.click("new-meeting")
    added = _another_class(it, taken)
    it.choose("plan-day", "Monday")
    for key, time in zip(("plan-start", "plan-end"), hours.split("–"), strict=True):
        _time(it, key, time)
    it.choose("plan-room", room)
    said = it.at("plan").get_by_text(re.compile(rf"Monday: {re.escape(room)} is taken by"))
    expect(said).to_contain_text(taken)
    expect(said).to_contain_text(added)
    it.click("plan-save").says("This can't be saved as it stands. Nothing was changed.")
    expect(said).to_contain_text(taken)
    expect(it.at("plan").get_by_role("link", name=taken).first).to_be_visible()
    return added


def _another_class(it: Window, taken: str) -> str:
    it.at("plan-class").get_by_role("combobox").click()
    entries = it.page.get_by_role("option")
    expect(entries.first).to_be_visible()
    name = next(each for each in entries.all_inner_texts() if each != taken)
    entries.filter(has_text=re.compile(f"^{re.escape(name)}$")).first.click()
    it.settle()
    return name


def _time(it: Window, key: str, time: str) -> None:
    it.at(key).get_by_role("spinbutton").first.click()
    it.page.keyboard.type(time.replace(":", ""))
    it.page.keyboard.press("Tab")
    it.settle()


def _allow(it: Window) -> None:
    it.at("plan-permit").locator("summary").click()
    it.type("plan-reason", REASON).click("plan-permit-save").says("The class meets on Monday")
    it.open("/timetable?show=clashes").says(re.compile(re.escape(REASON)))


def _move(it: Window, added: str) -> None:
    """What was allowed ends when the meeting moves away."""
    it.open("/timetable?by=class")
    row = it.page.locator(".c-week tbody tr").filter(has=it.page.get_by_role("rowheader", name=added, exact=True))
    row.locator("a").filter(has_text="allowed").first.click()
    it.settle().click("meeting-move")
    it.choose("plan-day", "Saturday")
    for key, time in (("plan-start", "12:10"), ("plan-end", "13:00")):
        _time(it, key, time)
    room = it.at("plan-room").get_by_role("combobox")
    expect(room).to_be_visible()
    it.says("Nothing clashes: teacher, room and students are free then.")
    it.click("plan-save").says("The meeting is on Saturday")
    it.open("/timetable?show=clashes")
    expect(it.page.get_by_text(REASON)).to_have_count(0)
