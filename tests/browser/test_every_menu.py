"""Every role's menu, page by page: what must be so on any page is asked of each, and another role's page says so calmly.

Each opens, has one title, says that nothing went wrong; the browser refuses nothing by the page's policy; a browser that speaks
Portuguese reads no English; axe-core finds nothing severe by day or night. One walk asks all of it: opening is what costs.
"""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from domain.kit.texts import LANGUAGES, catalogue
from tests.browser.conftest import OpenWindow
from tests.browser.looks import english_on, refused_on, severe_on
from tests.browser.server import Server
from tests.browser.window import Window

pytestmark = pytest.mark.browser

# Paths that a role's menu must have, and one that isn't theirs; written by hand from the table of roles.
ROLES = {
    "student": ({"constellation", "memory", "toolbox"}, "supervision"),
    "teacher": ({"class", "operations"}, "memory"),
    "parent": ({"class", "financial"}, "constellation"),
    "staff": ({"class", "people", "crm"}, "supervision"),
    "school": ({"class", "people", "operations", "financial", "crm", "supervision", "wellbeing"}, "memory"),
    "owner": ({"financial", "accounting", "payroll"}, "constellation"),
}
# Some people of the demo school have chosen Portuguese, whatever their browser speaks.
NOTHING = re.compile("|".join(re.escape(catalogue(each).gettext("Nothing here for you")) for each in LANGUAGES))
NONSENSE = ("/no-such-page", "/class/42", "/class?record=nonsense", "/operations?table=classes&f_x=y&page=-3&sort=%00")


LANGUAGE = {"student": "pt-BR", "school": "pt-BR"}
# Pages that no menu leads to, and forms.
BESIDE_THE_MENU = {
    "school": (
        "/operations?table=classes&mode=new",
        "/operations?table=classes&mode=grid",
        "/timetable?day=2&meeting=new&mode=edit",
        "/timetable?show=free",
    ),
}
MARKED_UP = '[aria-label*="\\\\"]'  # names that are read out with the backslashes of what is drawn from them
looked_at: set[str] = set()  # pages that several roles have look the same to axe-core


@pytest.mark.parametrize("role", ROLES)
def test_every_page_of_the_menu(role: str, demo_server: Server, window: OpenWindow) -> None:
    language = LANGUAGE.get(role, "en-US")
    it = window(demo_server, locale=language)
    refused = refused_on(it)
    it.enter(role).is_well()
    theirs, not_theirs = ROLES[role]
    menu = [path.strip("/") for _name, path in it.menu()]
    assert theirs <= set(menu)
    assert not_theirs not in menu

    found: list[str] = []
    for path in menu:
        found += _troubles(it.follow(path), role, path)
    for address in BESIDE_THE_MENU.get(role, ()):
        found += _troubles(it.open(address), role, address)
    assert not found, "\n".join(found)
    assert it.page.evaluate("document.documentElement.lang") == language.removesuffix("-US")

    it.open(f"/{not_theirs}")
    expect(it.title).to_have_text(NOTHING)
    it.is_well()
    it.at("sign-out").locator("button").click()
    expect(it.at("sign-in-email")).to_be_visible()
    assert refused == []


def _troubles(it: Window, role: str, path: str) -> list[str]:
    """What a person would mind on the page that is open."""
    expect(it.page.locator("h1")).to_have_count(1)
    expect(it.title).not_to_be_empty()
    expect(it.title).not_to_have_text(NOTHING)
    it.is_well()
    found = english_on(it) if role in LANGUAGE else []
    found += it.page.locator(MARKED_UP).evaluate_all("all => all.map((one) => `${location.pathname} reads out ${one.ariaLabel}`)")
    if role in LANGUAGE or path not in looked_at:
        looked_at.add(path)
        found += severe_on(it)
    return found


def test_a_nonsense_address_is_answered_calmly(page_as: Callable[..., Window]) -> None:
    it = page_as("school")
    for address in NONSENSE:
        it.open(address)
        expect(it.page.locator("h1")).to_have_count(1)
        it.is_well()
