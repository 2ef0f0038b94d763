"""One person's walk through the app in a browser while the school lives on a libSQL server."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect
from sqlalchemy import Engine, text

from domain import demo
from domain.db.engine import engine, make_engine
from domain.migrations import state
from tests.browser.conftest import OpenWindow
from tests.browser.server import Server
from tests.browser.window import Window
from tests.cluster.parts import App, environment
from tests.engine.servers import Sqld, running

pytestmark = pytest.mark.browser

STUDENTS = 12
NEW_NAME, PLAIN = "Turma Ângulo – Manhã", "angulo manha"


class AppOnOneServer(App):
    """An app process whose database is a single server, which it reads from and writes to."""

    def environment(self) -> dict[str, str]:
        """The one setting that says so."""
        return environment(TURSO_DATABASE_URL=self.near.url)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sqld]:
    """A server that holds a small demo school as it stands today."""
    with running(tmp_path_factory) as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("TURSO_DATABASE_URL", server.url)
        state.upgrade()
        demo.load(students=STUDENTS)
        engine().dispose()
        yield server


@pytest.fixture(scope="module")
def app(database: Sqld, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app on that server."""
    process = AppOnOneServer(tmp_path_factory.mktemp("served") / "app", near=database, primary=database)
    try:
        process.start()
        yield Server(f"http://{process.at}", process.log)
    finally:
        process.stop()


@pytest.fixture
def school(database: Sqld) -> Iterator[Engine]:
    """The database, asked past the app."""
    made = make_engine(database.url)
    yield made
    made.dispose()


def asked(school: Engine, sql: str, **values: str) -> list[tuple[object, ...]]:
    with school.connect() as connection:
        return [tuple(row) for row in connection.execute(text(sql), values)]


def test_a_walk_on_a_server(app: Server, window: OpenWindow, school: Engine) -> None:
    sql = "SELECT name FROM classes WHERE organization_id = (SELECT id FROM organizations WHERE slug = :slug) ORDER BY id LIMIT 1"
    name = str(asked(school, sql, slug=demo.SLUG)[0][0])
    it = window(app).enter("school")
    it.is_well()
    key = _find(it, name)
    _rename(it, key)
    assert asked(school, "SELECT name, row_version FROM classes WHERE id = :key", key=key) == [(NEW_NAME, 2)]
    _see_it_in_the_list(it)
    _see_it_from_elsewhere(it, window, key)
    _sign_out(it)


def _find(it: Window, name: str) -> str:
    """Find a class by its name with the search box, and open it."""
    it.at("search").locator("input").press_sequentially(name, delay=20)
    it.settle()  # each letter asks anew: a link that is drawn again under the pointer is not clicked
    found = it.at("search").get_by_role("link").filter(has_text=name).first
    expect(found).to_be_visible()
    found.click()
    expect(it.at("record-drawer").get_by_text(name).first).to_be_visible()
    it.settle().is_well()
    return parse_qs(urlsplit(it.page.url).query)["record"][0]


def _rename(it: Window, key: str) -> None:
    it.click("record-edit-classes").type(f"classes-{key}-name", NEW_NAME).click(f"classes-{key}.save")
    it.says(f"“{NEW_NAME}” was saved.")
    expect(it.at("record-drawer").get_by_text(NEW_NAME).first).to_be_visible()
    it.is_well()


def _see_it_in_the_list(it: Window) -> None:
    it.click("record-close-classes").type("search-classes", PLAIN)
    it.says("1 record")
    expect(it.at("chips")).to_contain_text(PLAIN)
    it.is_well()


def _see_it_from_elsewhere(it: Window, window: OpenWindow, key: str) -> None:
    other = window(it).open(f"/class?record={key}")
    expect(other.title).to_have_text(NEW_NAME)
    other.is_well()


def _sign_out(it: Window) -> None:
    it.at("sign-out").locator("button").click()
    expect(it.title).to_have_text("Sign in")
    it.settle().open("/operations")
    expect(it.title).to_have_text("Sign in")
    expect(it.at("menu")).to_have_count(0)
    it.is_well()
