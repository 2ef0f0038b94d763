"""A student asks for help; coordination finds it, withheld; the guardian reads nothing until it is released to them by name."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenWindow
from tests.browser.server import Server

pytestmark = pytest.mark.browser

ASKED = "I can't sleep since last week."
MESSAGE = "Please call the coordination, we would like to talk with you."
WHY = "Agreed with the student."


def test_a_call_for_help_reaches_coordination_and_a_guardian_only_by_name(demo_server: Server, window: OpenWindow) -> None:
    student = window(demo_server).enter("student")
    student.page.get_by_role("link", name="I need help").click()
    student.settle().says("Who will read this").type("care-reason", ASKED)
    student.at("care-level").get_by_text("I need help now").click()
    student.at("care-send").locator("button").click()
    student.says(ASKED).says("not seen yet").is_well()
    name = student.at("menu").page.locator(".c-person-words span").first.inner_text()

    school = window(demo_server).enter("school").open("/supervision?level=red")
    line = school.page.locator("[class*='st-key-leads-']").filter(has_text=name).filter(has_text="minutes ago")
    expect(line).to_contain_text("withheld from guardians")
    line.get_by_role("button").click()
    school.settle().says(ASKED).says("withheld from all guardians")

    parent = window(demo_server).enter("parent")
    assert MESSAGE not in parent.page.locator("body").inner_text()

    school.page.get_by_text("Release it to a guardian, or hold it back").click()
    guardian = parent.page.locator(".c-person-words span").first.inner_text()
    school.at("release-guardian").get_by_text(guardian).click()
    school.type("release-message", MESSAGE).type("release-reason", WHY)
    school.at("release-save").locator("button").click()
    school.says("can read about it now").is_well()

    parent.open("/").says(MESSAGE).is_well()
    said = parent.page.locator("body").inner_text()
    assert ASKED not in said
    assert WHY not in said
