"""A database's server that is away, seen in a browser: the page says so, comes back by itself, and nothing typed is lost."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import expect

from domain.access.roles import Role
from domain.access.sign_in import issue_ticket, redeem
from domain.db.engine import engine
from domain.migrations import state as revisions
from pages._shell.state import COOKIE
from tests.browser.conftest import OpenWindow
from tests.browser.server import PATIENCE, ROOT, Server
from tests.browser.window import Window
from tests.conftest import School, make_school
from tests.engine.servers import Sqld, free_port

pytestmark = pytest.mark.browser

SILENT = "The database's server doesn't answer"
BACK_WITHIN = 10_000  # milliseconds from the server's return; a page looks every other second
ROOMS, NEW_ROOM = "/operations?table=rooms", "/operations?table=rooms&mode=new"


@contextmanager
def app_on(url: str, folder: Path) -> Iterator[Server]:
    """The app on a database URL, whether or not anything answers there."""
    port = free_port()
    running = Server(f"http://127.0.0.1:{port}", folder / "app.log")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CONSTELA_", "STREAMLIT_", "TURSO_"))}
    options = ["--server.port", str(port), "--server.address", "127.0.0.1"]
    with running.log.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "app.py", *options],
            cwd=ROOT,
            env=kept | {"TURSO_DATABASE_URL": url, "PYTHONUNBUFFERED": "1"},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        until = time.monotonic() + PATIENCE
        while not _answers(running.url):
            assert process.poll() is None, f"the app ended at once:\n{running.said()}"
            assert time.monotonic() < until, f"the app did not get ready:\n{running.said()}"
            time.sleep(0.1)
        yield running
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/_stcore/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Sqld, str]]:
    """A stopped server that holds the small school, and the cookie of its coordinator."""
    with pytest.MonkeyPatch.context() as patch, Sqld(tmp_path_factory.mktemp("sqld")) as server:
        patch.setenv("TURSO_DATABASE_URL", server.url)
        revisions.upgrade()
        school: School = make_school()
        cookie = redeem(issue_ticket(school.people[Role.SCHOOL], Role.SCHOOL))
        assert cookie
        server.stop()
        yield server, cookie
        engine().dispose()


@pytest.fixture
def served(database: tuple[Sqld, str], tmp_path: Path) -> Iterator[Server]:
    """The app, started while its database is away."""
    with app_on(database[0].url, tmp_path) as running:
        yield running
    database[0].stop()


def come_back(server: Sqld, it: Window, title: str) -> float:
    """Start the server and touch nothing: seconds until the page has its title."""
    server.start()
    began = time.monotonic()
    expect(it.title).to_have_text(title, timeout=BACK_WITHIN)
    return time.monotonic() - began


def rooms(server: Sqld) -> list[tuple[str, int]]:
    from domain.db.engine import make_engine

    made = make_engine(server.url)
    with made.connect().execution_options(libsql_readonly=True) as connection:
        found = connection.exec_driver_sql("SELECT name, capacity FROM rooms WHERE name LIKE '%Ágata'")
        rows = [(str(name), int(capacity)) for name, capacity in found]
    made.dispose()
    return rows


def test_the_page_says_that_the_server_is_away_and_comes_back_by_itself(
    database: tuple[Sqld, str], served: Server, window: OpenWindow
) -> None:
    server, cookie = database
    it = window(served)
    it.context.add_cookies([{"name": COOKIE, "value": cookie, "url": served.url}])

    # Away from the start, at a page's own address. Whoever asks from outside hears no reason.
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{served.url}/readyz", timeout=10)
    assert (refused.value.code, refused.value.read()) == (503, b'{"ready":false}')
    it.open(ROOMS)
    expect(it.title).to_have_text(SILENT)
    it.says("what you typed is kept")
    took = [come_back(server, it, "Rooms")]
    assert it.page.url.endswith(ROOMS)
    with urllib.request.urlopen(f"{served.url}/readyz", timeout=10) as answer:
        assert answer.read() == b'{"ready":true}'
    it.settle()

    # Away in the middle of a form: what was typed is there again, at the same address, and is saved once.
    it.open(NEW_ROOM)
    it.type("rooms-new-name", "Sala Ágata").type("rooms-new-capacity", "7")
    server.kill()
    it.at("rooms-new.save").locator("button").click()
    it.says(SILENT)
    server.start()
    began = time.monotonic()
    expect(it.at("rooms-new-name").locator("input")).to_have_value("Sala Ágata", timeout=BACK_WITHIN)
    took.append(time.monotonic() - began)
    it.settle()
    assert (it.holds("rooms-new-name"), it.holds("rooms-new-capacity")) == ("Sala Ágata", "7")
    assert it.page.url.endswith(NEW_ROOM)
    it.says("Nothing was saved; what you typed is kept.")
    assert rooms(server) == []
    it.at("rooms-new.save").locator("button").click()
    expect(it.at("rooms-new.save")).to_have_count(0)
    it.settle()
    assert rooms(server) == [("Sala Ágata", 7)]

    # Away when a link of the menu is followed.
    server.kill()
    it.at("menu").locator('a[href="people"]').click()
    expect(it.title).to_have_text(SILENT)
    took.append(come_back(server, it, "People"))
    assert it.page.url.endswith("/people")
    it.settle()

    it.is_well()
    assert served.said().count("DatabaseSilent: Nobody answers") <= 3, "noted once a minute, not with each look"
    assert cookie not in served.said()
    print(f"back after {', '.join(f'{each:.1f}' for each in took)} s")
