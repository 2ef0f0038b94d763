"""One person in two browsers: each sees the other, ends it from afar, and a new password leaves only the one that set it."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from domain.db.engine import engine
from tests.browser.conftest import OpenWindow
from tests.browser.server import ROOT, Server, copy, environment, serving
from tests.browser.window import Window
from tests.conftest import PASSWORD
from tests.factories.guessing import guess_without_end

pytestmark = pytest.mark.browser

NEW = "violet otters juggle"
EMAIL = "teacher@example.com"
PHONE = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36"


@pytest.fixture
def small(tmp_path: Path, school_file: tuple[Path, object]) -> Iterator[Server]:
    """The app with the small school, whose people have passwords."""
    with serving(copy(school_file[0], tmp_path)) as running:
        yield running


def sign_in(it: Window, password: str) -> Window:
    it.open("/").type("sign-in-email", EMAIL).type("sign-in-password", password)
    it.at("sign-in-submit").locator("button").click()
    expect(it.at("menu")).to_be_visible()
    return it.settle()


def test_a_person_ends_their_session_elsewhere_and_changes_their_password(small: Server, window: OpenWindow) -> None:
    here, there = sign_in(window(small), PASSWORD), sign_in(window(small, user_agent=PHONE), PASSWORD)

    here.follow("security")
    expect(here.at("my-sign-ins")).to_contain_text("This browser")
    expect(here.at("my-sign-ins")).to_contain_text("Chrome · Android")
    here.at("my-sign-ins").get_by_role("button", name="Sign out").click()
    here.says("That browser was signed out.")
    expect(here.at("my-sign-ins").get_by_text("Chrome · Android")).to_have_count(0)
    there.at("menu").locator("a").nth(1).click()
    expect(there.title).to_have_text("Sign in")
    there.is_well()

    sign_in(there, PASSWORD)
    before = here.context.cookies()
    here.settle().type("password-present", PASSWORD).type("change-password", NEW).type("change-password-again", NEW)
    here.at("password-submit").locator("button").click()
    here.says("Your password was changed. All your other browsers were signed out.")
    here.settle().is_well()
    after = {each["name"]: each for each in here.context.cookies()}
    assert after["constela_session"]["value"] != {each["name"]: each["value"] for each in before}["constela_session"]
    assert (after["constela_session"]["httpOnly"], after["constela_session"]["sameSite"]) == (True, "Lax")
    there.at("menu").locator("a").nth(1).click()
    expect(there.title).to_have_text("Sign in")

    there.open("/").type("sign-in-email", EMAIL).type("sign-in-password", PASSWORD).click("sign-in-submit")
    there.says("That e-mail and password don't match.")
    sign_in(there, NEW).is_well()


def test_strangers_who_guess_without_end_keep_out_whoever_comes_from_a_browser_that_isnt_known(
    small: Server, window: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = sign_in(window(small), PASSWORD)
    here.at("sign-out").locator("button").click()
    expect(here.title).to_have_text("Sign in")
    [kept] = [each for each in here.context.cookies() if each["name"] == "constela_device"]
    assert (kept["httpOnly"], kept["sameSite"], "." in kept["value"]) == (True, "Strict", True)
    monkeypatch.setenv("TURSO_DATABASE_URL", f"file:{small.log.with_suffix('.db')}")
    guess_without_end(EMAIL)
    engine().dispose()

    stranger = window(small).open("/").type("sign-in-email", EMAIL).type("sign-in-password", PASSWORD).click("sign-in-submit")
    stranger.says("Too many attempts to sign in.")
    sign_in(here.settle(), PASSWORD).is_well()


def test_a_link_from_the_command_line_gives_a_new_password_once(small: Server, window: OpenWindow) -> None:
    address = _link(small)
    it = window(small).open(address)
    expect(it.title).to_have_text("A new password")
    it.type("reset-password", NEW).type("reset-password-again", NEW).click("reset-submit")
    it.says("Your new password is set. Please sign in with it.")
    sign_in(it, NEW).is_well()
    window(small).open(address).says("This link was used already, or its time is over.")


def _link(server: Server) -> str:
    command = [sys.executable, "-m", "domain", "user", "reset-link", EMAIL, "--at", server.url]
    given = environment(server.log.with_suffix(".db"))
    done = subprocess.run(command, cwd=ROOT, env=given, capture_output=True, text=True, check=True)
    return done.stdout.strip().splitlines()[-1]
