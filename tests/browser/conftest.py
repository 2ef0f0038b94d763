"""A browser, and the app with an empty database or with the demo school."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.server import Server, copy, program, serving
from tests.browser.window import Window, chromium

RESULTS = Path(__file__).parents[2] / "test-results"
WIDE = {"width": 1360, "height": 900}
FAILED = pytest.StashKey[bool]()

OpenWindow = Callable[..., Window]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[Any]:
    """Remember that a test failed, so that its windows are photographed before they close."""
    report = yield
    if report.when == "call" and report.failed:
        item.stash[FAILED] = True
    return report


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database without a school."""
    path = tmp_path_factory.mktemp("migrated") / "constela.db"
    program(path, "migrate")
    return path


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Path:
    """A database that holds the demo school as it stands today, loaded once."""
    path = copy(migrated, tmp_path_factory.mktemp("demo"))
    program(path, "demo")
    return path


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Iterator[Server]:
    """The app on an empty database."""
    with serving(copy(migrated, tmp_path_factory.mktemp("served"))) as running:
        yield running


@pytest.fixture(scope="module")
def demo_server(tmp_path_factory: pytest.TempPathFactory, demo: Path) -> Iterator[Server]:
    """The app on a demo school of the module's own."""
    with serving(copy(demo, tmp_path_factory.mktemp("served"))) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium. Of a module, not the session: while it is there, nothing else in this process may run an event loop."""
    with sync_playwright() as playwright, chromium(playwright) as started:
        yield started


@pytest.fixture
def window(browser: Browser, request: pytest.FixtureRequest) -> Iterator[OpenWindow]:
    """`window(server)` opens a window with cookies of its own; what any of them shows at a failure is kept as a picture."""
    opened: list[Window] = []

    def open_one(at: Server | Window, **options: Any) -> Window:
        options = {"viewport": WIDE, "locale": "en-US", **options}
        if isinstance(at, Window):
            opened.append(at.another(browser, **options))
        else:
            opened.append(Window(at, browser.new_context(**options)))
        return opened[-1]

    yield open_one
    for number, each in enumerate(opened):
        if FAILED in request.node.stash:
            RESULTS.mkdir(exist_ok=True)
            each.page.screenshot(path=RESULTS / f"{request.node.name}-{number}.png")
        each.context.close()


@pytest.fixture
def page_as(window: OpenWindow, demo_server: Server) -> Callable[..., Window]:
    """`page_as("teacher")` is a window in which the demo school's person of that role has signed in through the page."""

    def enter(role: str, **options: Any) -> Window:
        return window(demo_server, **options).enter(role)

    return enter
