"""Founding one's own school: what is wrong stands at its field, what was typed stays, and then one is in."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenWindow
from tests.browser.server import Server
from tests.browser.window import Window

pytestmark = pytest.mark.browser

FIELDS = {
    "school": "Escola São João",
    "first-name": "Zoë",
    "last-name": "d'Ávila",
    "email": "zoe@example.com",
    "term-name": "2026/1",
}
PASSWORD = "seven calm stars"


def test_a_school_is_founded_by_one_form(server: Server, window: OpenWindow) -> None:
    it = window(server).open("/")
    expect(it.title).to_have_text("Welcome")

    it.click("found-submit")
    for field in ("school", "first_name", "last_name", "email", "password", "term_name"):
        expect(it.problem(f"found-{field}")).not_to_be_empty()

    for field, text in FIELDS.items():
        it.type(f"found-{field}", text)
    it.type("found-password", "short").type("found-password-again", "short").click("found-submit")
    expect(it.problem("found-password")).not_to_be_empty()
    expect(it.problem("found-school")).to_have_count(0)
    _kept(it)

    it.type("found-password", PASSWORD).type("found-password-again", f"{PASSWORD}!").click("found-submit")
    expect(it.problem("found-password_again")).to_have_text("The two passwords differ.")
    _kept(it)

    it.type("found-email", "zoe at example").type("found-password-again", PASSWORD).click("found-submit")
    expect(it.problem("found-email")).not_to_be_empty()

    it.type("found-email", FIELDS["email"])
    it.at("found-submit").locator("button").click()
    expect(it.at("menu")).to_be_visible()
    it.settle()
    expect(it.title).to_contain_text("Zoë")
    expect(it.page.get_by_text(FIELDS["school"])).to_be_visible()
    assert {"People", "Operations", "Finance"} <= {name for name, _path in it.menu()}
    it.is_well()

    it.open("/")
    expect(it.title).to_contain_text("Zoë")
    it.at("sign-out").locator("button").click()
    expect(it.title).to_have_text("Sign in")
    it.settle()
    expect(it.at("demo-people")).to_have_count(0)
    it.type("sign-in-email", FIELDS["email"]).type("sign-in-password", "seven calm moons").click("sign-in-submit")
    it.says("That e-mail and password don't match.")
    it.type("sign-in-password", PASSWORD)
    it.at("sign-in-submit").locator("button").click()
    expect(it.title).to_have_text("Set up a second step")
    it.settle().is_well()


def _kept(it: Window) -> None:
    for field, text in FIELDS.items():
        assert it.holds(f"found-{field}") == text
