"""What axe-core finds on the pages, by day and by night: nothing serious, nothing critical."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import OpenWindow
from tests.browser.server import Server
from tests.browser.window import Window

pytestmark = pytest.mark.browser

SEVERE = {"serious", "critical"}
THEMES = ("light", "dark")
BESIDE_THE_MENU = {
    "school": (
        "/operations?table=classes&mode=new",
        "/operations?table=classes&mode=grid",
        "/timetable?day=2&meeting=new&mode=edit",
        "/timetable?show=free",
    ),
    "student": (),
}
# What is Streamlit's own and can't be changed from here: rule, part of the element that it is found at, why it stays.
STREAMLITS_OWN: tuple[tuple[str, str, str], ...] = ()


def findings(it: Window) -> list[str]:
    """What is severe on the page that is open, a line each: rule, element, what is wrong with it."""
    found: list[dict[str, Any]] = Axe().run(it.page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{it.page.url} {each['id']} ({each['impact']}): {node['html'][:200]}\n    {node['failureSummary']}"
        for each in found
        if each["impact"] in SEVERE
        for node in each["nodes"]
        if not any(each["id"] == rule and part in node["html"] for rule, part, _why in STREAMLITS_OWN)
    ]


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("role", BESIDE_THE_MENU)
def test_every_page_of_the_menu(role: str, theme: str, page_as: Callable[..., Window]) -> None:
    it = page_as(role, color_scheme=theme)
    found: list[str] = []
    for _name, path in it.menu():
        found += findings(it.follow(path))
    for address in BESIDE_THE_MENU[role]:
        found += findings(it.open(address))
    assert not found, "\n".join(found)


@pytest.mark.parametrize("theme", THEMES)
def test_the_doorstep(theme: str, server: Server, demo_server: Server, window: OpenWindow) -> None:
    found: list[str] = []
    for each in (server, demo_server):
        found += findings(window(each, color_scheme=theme).open("/"))
    assert not found, "\n".join(found)
