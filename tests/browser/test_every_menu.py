"""Every role's menu: each page in it opens, has a title and says nothing went wrong; another role's page says so calmly."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from domain.kit.texts import LANGUAGES, catalogue
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


@pytest.mark.parametrize("role", ROLES)
def test_every_page_of_the_menu_opens(role: str, page_as: Callable[..., Window]) -> None:
    it = page_as(role)
    it.is_well()
    theirs, not_theirs = ROLES[role]
    menu = it.menu()
    paths = {path.strip("/") for _name, path in menu}
    assert theirs <= paths
    assert not_theirs not in paths

    for _name, path in menu:
        it.follow(path)
        expect(it.page.locator("h1")).to_have_count(1)
        expect(it.title).not_to_be_empty()
        expect(it.title).not_to_have_text(NOTHING)
        it.is_well()

    it.open(f"/{not_theirs}")
    expect(it.title).to_have_text(NOTHING)
    it.is_well()


def test_a_nonsense_address_is_answered_calmly(page_as: Callable[..., Window]) -> None:
    it = page_as("school")
    for address in NONSENSE:
        it.open(address)
        expect(it.page.locator("h1")).to_have_count(1)
        it.is_well()
