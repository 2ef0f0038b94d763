"""A browser that speaks Portuguese is answered in Portuguese, before and after signing in; a picked language stays."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenWindow
from tests.browser.server import Server
from tests.browser.window import Window
from tests.pages.words import english, pieces

pytestmark = pytest.mark.browser

# What a person sees in words: texts that are drawn, and what empty fields say. Icons are words too, which nobody reads.
SEEN = """() => {
  const seen = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const within = walker.currentNode.parentElement;
    const hidden = within.closest('script, style, noscript, [translate="no"], [data-testid="stIconMaterial"]');
    if (!hidden && within.checkVisibility({visibilityProperty: true, opacityProperty: true})) seen.push(walker.currentNode.data);
  }
  for (const field of document.querySelectorAll("[placeholder]")) seen.push(field.placeholder);
  return seen;
}"""
# What is read there in English for a reason: Streamlit's own words can't be translated, and a lesson of English is in English.
NOT_OURS = {"Skip to main content": "Streamlit's link for the keyboard", "Places": "the title of a lesson in the demo school"}
FORM, CLASSES = "/operations?table=classes&mode=new", "/operations?table=classes"


def english_on(it: Window) -> list[str]:
    """The sources of ours that stand untranslated on the page that is open."""
    plain, filled, _long = english()
    seen = {piece for text in it.page.evaluate(SEEN) for piece in pieces(text)} - NOT_OURS.keys()
    return sorted(f"{it.page.url}: {each}" for each in seen if each in plain or any(form.fullmatch(each) for form in filled))


def test_the_doorstep_speaks_the_browsers_language(server: Server, demo_server: Server, window: OpenWindow) -> None:
    welcome = window(server, locale="pt-BR").open("/")
    assert not english_on(welcome)
    welcome.click("found-submit")
    expect(welcome.problem("found-school")).not_to_be_empty()
    assert not english_on(welcome)
    assert not english_on(window(demo_server, locale="pt-BR").open("/"))
    expect(window(demo_server, locale="de-DE").open("/").title).to_have_text("Sign in")


@pytest.mark.parametrize("role", ["school", "student"])
def test_every_page_of_the_menu_speaks_portuguese(role: str, page_as: Callable[..., Window]) -> None:
    it = page_as(role, locale="pt-BR")
    found: list[str] = []
    for _name, path in it.menu():
        found += english_on(it.follow(path))
    if role == "school":
        found += english_on(it.open(FORM))
    assert not found, "\n".join(found)
    it.is_well()


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
