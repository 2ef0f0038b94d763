"""The whole app on a server: each page and each list shows what it shows on a file, and a record is made, changed and deleted.

The file holds the demo school as it stands on one day; the server holds a copy of that file.
"""

import datetime as dt
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from domain import demo
from domain.access.decide import decide
from domain.access.roles import Role
from domain.access.sign_in import demo_people
from domain.db.base import model_of
from domain.db.engine import engine
from domain.kit import clock
from domain.migrations import state
from domain.records.fields import fields
from domain.transfer.copy import copy
from domain.transfer.place import Place
from pages._shell.catalog import pages_for
from tests.conftest import School
from tests.engine.servers import Sqld
from tests.pages import day
from tests.pages.browser import Browser
from tests.pages.filling import agrees, typed
from tests.pages.words import read

STUDENTS = 16
TABLES = [table for page in pages_for(Role.SCHOOL) for table in page.holds]


@dataclass(frozen=True)
class Twins:
    """One school in two databases, by their URLs."""

    file: str
    server: str
    school: School


class Stopped(dt.datetime):
    """Always the hour for which the school was made."""

    @classmethod
    def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:  # type: ignore[override]
        return day.NOON.astimezone(tz)


@contextmanager
def at(url: str) -> Iterator[None]:
    """The app's database is the one with this URL."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TURSO_DATABASE_URL", url)
        yield


@pytest.fixture(scope="module")
def twins(namespace_server: Sqld, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twins]:
    """The demo school on a file, and its copy in a database of this file's own on a server."""
    name = f"app-{secrets.token_hex(4)}"
    server = namespace_server.create_namespace(name)
    file = f"file:{tmp_path_factory.mktemp('app')}/constela.db"
    with at(file):
        state.upgrade()
        demo.load(students=STUDENTS, today=day.DAY)
        people = demo_people()
    copy(Place(file), Place(server))
    keys = {account.role: account.user_id for account in people}
    yield Twins(file, server, School(id=people[0].organization_id, people=keys, term="", level="", room="", klass=""))
    for url in (file, server):
        with at(url):
            engine().dispose()
    namespace_server.drop_namespace(name)


@pytest.fixture
def school(twins: Twins, monkeypatch: pytest.MonkeyPatch) -> School:
    """The school, at an hour of the day for which it was made; the app's database is the one on the server."""
    monkeypatch.setenv("TURSO_DATABASE_URL", twins.server)
    day.stop_clock(monkeypatch)
    return twins.school


def seen(twins: Twins, role: Role, places: dict[str, Callable[[Browser], Any]]) -> dict[str, dict[str, list[str]]]:
    """What a person reads in each place, by place and by database."""
    found: dict[str, dict[str, list[str]]] = {}
    for database in ("file", "server"):
        with at(getattr(twins, database)), pytest.MonkeyPatch.context() as patch:
            patch.setattr(clock, "datetime", Stopped)  # sign-ins too: the next one may be in the next minute
            browser = Browser(twins.school, role)
            for name, go in places.items():
                go(browser)
                found.setdefault(name, {})[database] = list(read(browser.at))
    return found


def same(found: dict[str, dict[str, list[str]]]) -> None:
    """Fail for the places where the two databases don't show the same, or where nothing is shown."""
    for name, each in found.items():
        assert each["server"] == each["file"], name
        assert any(len(said) > 2 for said in each["server"]), f"{name} says nothing"


def to_page(path: str) -> Callable[[Browser], Any]:
    return lambda browser: browser.follow(path)


def to_list(table: str) -> Callable[[Browser], Any]:
    return lambda browser: browser.open(table)


def to_first_record(table: str) -> Callable[[Browser], Any]:
    def go(browser: Browser) -> None:
        keys = list(browser.open(table).grid(table).index)
        if keys:
            browser.open(table, record=keys[0])

    return go


def tables_of(school: School, role: Role) -> list[str]:
    """The tables that a role's menu leads to."""
    actor = school.actor(role)
    return [table for page in pages_for(role) for table in page.holds if decide(actor, "R", table)]


def first_reader(school: School, table: str) -> Role:
    """The first role, the coordinator before all, that may read a table."""
    return next(role for role in (Role.SCHOOL, *Role) if table in tables_of(school, role))


def test_the_database_is_the_server(school: School, twins: Twins) -> None:
    assert os.environ["TURSO_DATABASE_URL"] == twins.server
    assert engine().dialect.driver == "libsql"


@pytest.mark.parametrize("role", list(Role))
def test_every_page_shows_on_a_server_what_it_shows_on_a_file(role: Role, school: School, twins: Twins) -> None:
    same(seen(twins, role, {page.path: to_page(page.path) for page in pages_for(role)}))


def test_every_table_shows_on_a_server_what_it_shows_on_a_file(school: School, twins: Twins) -> None:
    wanted: dict[Role, list[str]] = {}
    for table in TABLES:
        wanted.setdefault(first_reader(school, table), []).append(table)
    for role, tables in wanted.items():
        same(seen(twins, role, {table: to_list(table) for table in tables}))


@pytest.mark.long
@pytest.mark.parametrize("role", list(Role))
def test_every_table_and_record_of_every_role_is_the_same_on_both(role: Role, school: School, twins: Twins) -> None:
    same(seen(twins, role, {table: to_first_record(table) for table in tables_of(school, role)}))


def row(table: str, key: str) -> dict[str, Any] | None:
    """What the server holds of a record, asked past the app."""
    with engine().connect().execution_options(libsql_readonly=True) as connection:
        found = connection.execute(text(f'SELECT * FROM "{table}" WHERE id = :key'), {"key": key}).mappings().first()
    return dict(found) if found else None


WALKS: dict[str, tuple[Role, dict[str, Any], str, str]] = {
    # table: who, what is typed, and the field that is changed to what
    "rooms": (Role.SCHOOL, {"name": "Sala Órbita", "capacity": 9}, "name", "Sala 🌌 “Órbita”"),
    "leads": (Role.STAFF, {"name": "João d'Ávila", "source": "website"}, "notes", "Asked; twice\n\nDROP TABLE leads; --"),
    "todos": (Role.STUDENT, {"title": "Read a page"}, "title", "Ler uma página – já"),
    "products": (Role.SCHOOL, {"name": "Tuition", "price": Decimal("1234.56")}, "name", "Mensalidade"),
}


@pytest.mark.parametrize("table", list(WALKS))
def test_a_record_is_created_changed_and_deleted_on_a_server(table: str, school: School) -> None:
    role, values, field, changed = WALKS[table]
    known = fields(model_of(table))
    browser = Browser(school, role).open(table, mode="new")
    browser.put({f"{table}-new-{name}": typed(known[name], value, school) for name, value in values.items()})
    browser.click(f"{table}-new.save")
    assert browser.all_problems() == []
    key = str(browser.query["record"])
    made = row(table, key)
    assert made is not None
    assert (made["organization_id"], made["row_version"]) == (school.id, 1)
    agrees(made, table, values)

    browser.click(f"record-edit-{table}").put({f"{table}-{key}-{field}": changed}).click(f"{table}-{key}.save")
    assert browser.all_problems() == []
    now = row(table, key)
    assert now is not None
    assert (now[field], now["row_version"]) == (changed, 2)
    assert key in browser.open(table).grid(table).index, "who wrote sees it at once"

    browser.open(table, record=key).click(f"record-delete-{table}").click(f"delete-{table}-yes")
    assert row(table, key) is None
    assert key not in browser.grid(table).index


@pytest.mark.parametrize(("chosen", "name", "capacity"), [("mine", "Mine", 30), ("theirs", "Theirs", 12)])
def test_two_editors_on_a_server_see_both_versions_and_choose(chosen: str, name: str, capacity: int, school: School) -> None:
    made = Browser(school, Role.SCHOOL).open("rooms", mode="new")
    made.put({"rooms-new-name": f"Room of {chosen}", "rooms-new-capacity": 12}).click("rooms-new.save")
    key = str(made.query["record"])
    form = f"rooms-{key}"
    first, second = (Browser(school, Role.SCHOOL).open("rooms", record=key, mode="edit") for _each in range(2))

    first.put({f"{form}-name": "Theirs"}).click(f"{form}.save")
    second.put({f"{form}-name": "Mine", f"{form}-capacity": 30}).click(f"{form}.save")
    held = row("rooms", key)
    assert held is not None
    assert (held["name"], held["capacity"]) == ("Theirs", 12), "nothing is overwritten unseen"
    assert second.at.radio(key=f"{form}.keep-name").options == ["Yours: Mine", "Theirs: Theirs"]

    second.put({f"{form}.keep-{each}": chosen for each in ("name", "capacity")}).click(f"{form}.resolve")
    held = row("rooms", key)
    assert held is not None
    assert (held["name"], held["capacity"]) == (name, capacity)
    second.open("rooms", record=key).click("record-delete-rooms").click("delete-rooms-yes")
    assert row("rooms", key) is None


def test_what_the_database_forbids_is_told_at_its_field(school: School) -> None:
    browser = Browser(school, Role.SCHOOL).open("rooms")
    taken = str(browser.grid("rooms").iloc[0, 0])
    browser.open("rooms", mode="new").put({"rooms-new-name": taken, "rooms-new-capacity": 5}).click("rooms-new.save")
    assert any("has this already" in said for said in browser.all_problems())
