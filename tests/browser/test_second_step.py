"""The second step, as a person walks it: set up at the first sign-in, then asked for; a used code, a recovery code; by keys."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenWindow
from tests.browser.server import Server, copy, serving
from tests.browser.window import Window
from tests.conftest import PASSWORD, School
from tests.factories.authenticator import code

pytestmark = pytest.mark.browser

EMAIL = "staff@example.com"
REQUIRE = """UPDATE organizations SET settings = json_set(settings, '$.second_factor_required', json('true'))"""


@pytest.fixture
def asking(tmp_path: Path, school_file: tuple[Path, School]) -> Iterator[Server]:
    """The app with the small school, which asks reception for a second step."""
    database = copy(school_file[0], tmp_path)
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(REQUIRE)
    with serving(database) as running:
        yield running


def give_password(it: Window) -> Window:
    return enter(it.open("/").type("sign-in-email", EMAIL), "sign-in-password", PASSWORD)


def enter(it: Window, key: str, text: str) -> Window:
    """Type into a field, and send by the keyboard."""
    field = it.at(key).locator("input")
    field.fill(text)
    field.press("Enter")
    return it


def is_in(it: Window) -> None:
    expect(it.at("menu")).to_be_visible()
    it.settle().is_well()


def test_a_second_step_is_set_up_asked_for_refused_and_recovered(asking: Server, window: OpenWindow) -> None:
    it = give_password(window(asking))
    expect(it.title).to_have_text("Set up a second step")
    picture = it.page.get_by_alt_text("QR code for your authenticator app")
    expect(picture).to_be_visible()
    assert picture.evaluate("(each) => each.naturalWidth > 0"), "the content security policy lets it be drawn"
    secret = it.page.locator("[data-testid=stCode]").inner_text().replace(" ", "").strip()
    it.settle().is_well()
    first = code(secret, steps=-1)
    enter(it, "set-up-code", first)
    expect(it.title).to_have_text("Your recovery codes")
    codes = it.page.locator("[data-testid=stCode]").inner_text().split()
    assert len(codes) == 10
    assert not [each for each in it.context.cookies() if each["name"] == "constela_session"], "nothing is open yet"
    it.settle().is_well()
    it.at("codes-kept").locator("button").click()
    is_in(it)

    it.at("sign-out").locator("button").click()
    expect(it.title).to_have_text("Sign in")
    give_password(it.settle())
    expect(it.title).to_have_text("Second step")
    field = it.at("sign-in-code").locator("input")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("autocomplete", "one-time-code")
    it.page.keyboard.type(first)
    it.page.keyboard.press("Enter")
    expect(it.problem("step-code")).to_have_text(
        "This code doesn't fit, or was used already. Please wait for the next one and try again."
    )
    enter(it.settle(), "sign-in-code", code(secret, steps=1))
    is_in(it)

    other = give_password(window(asking))
    expect(other.title).to_have_text("Second step")
    other.settle().click("second-step-other")
    expect(other.at("sign-in-recovery").locator("input")).to_be_focused()
    enter(other, "sign-in-recovery", codes[0].lower())
    other.says("You have 9 recovery codes left.")
    other.at("left-go-on").locator("button").click()
    is_in(other)

    said = asking.said()
    assert [each for each in (secret, codes[0], PASSWORD) if each in said] == []
