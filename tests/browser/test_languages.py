"""The doorstep speaks the browser's language and is fit for everyone; a picked language stays."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenWindow
from tests.browser.looks import english_on, severe_on
from tests.browser.server import Server
from tests.browser.window import Window

pytestmark = pytest.mark.browser

CLASSES = "/operations?table=classes"


def test_the_doorstep_speaks_the_browsers_language(server: Server, demo_server: Server, window: OpenWindow) -> None:
    welcome = window(server, locale="pt-BR").open("/")
    assert not english_on(welcome)
    assert not severe_on(welcome)
    welcome.click("found-submit")
    expect(welcome.problem("found-school")).not_to_be_empty()
    assert not english_on(welcome)
    door = window(demo_server, locale="pt-BR").open("/")
    assert not english_on(door)
    assert not severe_on(door)
    expect(window(demo_server, locale="de-DE").open("/").title).to_have_text("Sign in")


def test_a_picked_language_is_kept(page_as: Callable[..., Window]) -> None:
    it = page_as("school").open(CLASSES)
    expect(it.title).to_have_text("Classes")
    it.choose("language", "Português")
    expect(it.title).to_have_text("Turmas")
    assert "table=classes" in it.page.url
    it.open("/operations?table=rooms")
    expect(it.title).to_have_text("Salas")
    it.choose("language", "English")
    expect(it.title).to_have_text("Rooms")
