"""The matrix through the pages: what each role finds in its menu, at addresses, behind links, in pickers, in files, in bulk.

What is expected is read from docs/security.md, which was written by hand, and never from the policies.
"""

import os
import random
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from domain.access.roles import Role
from domain.access.sign_in import issue_ticket, redeem
from domain.access.uow import reading
from domain.db.base import Base, model_of
from domain.db.engine import engine
from domain.kit.ids import new_id
from domain.records.fields import fields
from pages._crud.options import Wanted, options
from pages._crud.resolve import resolve
from pages._shell import state
from pages._shell.catalog import CATALOG, Page, page_at
from pages._specs import spec_of
from tests.conftest import School
from tests.domain.rights.expected import Entry, expected
from tests.domain.rights.making import make_world
from tests.domain.rights.world import Row, World
from tests.pages import serving
from tests.pages.browser import Browser
from tests.pages.words import read

LONG = bool(os.environ.get("CONSTELA_TEST_LONG"))
EVERYONE = set(Role)
# Pages that are more than the lists of their tables: who may open them, beside what their tables ask.
ROLES = {
    "home": EVERYONE,
    "rights": EVERYONE,
    "security": EVERYONE,
    "constellation": {Role.STUDENT},
    "memory": {Role.STUDENT},
    "supervision": {Role.SCHOOL, Role.OWNER},
    "figures": {Role.OWNER},
    "profile": EVERYONE,
    "calendars": EVERYONE,
    "inbox": EVERYONE,
    "attendance": {Role.TEACHER, Role.STAFF, Role.SCHOOL},
    "check_in": {Role.STAFF, Role.SCHOOL},
    "absences": set(Role) - {Role.OWNER},
    "planning": {Role.SCHOOL},
    "enrolment": {Role.STAFF, Role.SCHOOL},
    "exchange": {Role.STAFF, Role.SCHOOL, Role.OWNER},
    "care": EVERYONE - {Role.PARENT},
}
NOBODYS = "no-such-page"
EXPECTED = expected()
LISTED = sorted(table for page in CATALOG for table in page.holds)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, empty_file: Path) -> Iterator[World]:
    """Two schools with people, classes and families, in one database for the module: nothing here changes it."""
    path = tmp_path_factory.mktemp("pages") / "constela.db"
    shutil.copy(empty_file, path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TURSO_DATABASE_URL", f"file:{path}")
        with engine().begin() as connection:
            made = make_world(connection)
        yield made
        engine().dispose()


def school_of(world: World) -> School:
    return School(world.id, {role: world.people[role.value] for role in Role}, term="", level="", room="", klass="")


@pytest.fixture(scope="module")
def browsers(world: World) -> dict[Role, Browser]:
    """The school's person of each role, signed in."""
    return {role: Browser(school_of(world), role) for role in Role}


def entries(role: Role, table: str, letter: str) -> list[Entry]:
    """What the page says that a role may do so with a table's rows."""
    return [each for each in EXPECTED[table][role] if letter in each.actions]


def allowed(world: World, role: Role, row: Row, letter: str) -> bool:
    """Whether the page allows this role to do so with this row."""
    return any(world.is_of_kind(each.rows, role, row) for each in entries(role, row.table, letter))


def opens(page: Page, role: Role) -> bool:
    """Whether a page is this role's: one of its tables is theirs to read, and it is for them at all."""
    listed = set(page.tables) == set(page.holds) and page.holds
    assert listed or page.path in ROLES or not page.roles, f"say in ROLES who may open {page.path}"
    theirs = role in ROLES.get(page.path, EVERYONE)
    return theirs and (not page.tables or any(entries(role, table, "R") for table in page.tables))


def menu_of(browser: Browser) -> set[str]:
    """The pages that the menu leads to."""
    return {each.proto.page or "home" for each in browser.at.sidebar.get("page_link")}


def at_address(browser: Browser, path: str, **query: str) -> list[str]:
    """All texts at an address that someone typed."""
    browser.at.context = {"url": f"http://127.0.0.1:8501/{path}"}
    browser.at._page_hash = calc_hash(path)
    browser.at.query_params.clear()
    browser.at.query_params.update(query)
    try:
        return list(read(browser.run().at))
    finally:
        browser.at.context = {}


@pytest.mark.parametrize("role", list(Role))
def test_the_menu_shows_the_pages_that_are_theirs_and_no_others(role: Role, browsers: dict[Role, Browser]) -> None:
    wanted = {page.path for page in CATALOG if opens(page, role)}
    assert menu_of(browsers[role].follow("home")) == wanted


@pytest.mark.parametrize("role", list(Role))
def test_at_the_address_of_anothers_page_there_is_nothing_as_at_one_that_doesnt_exist(
    role: Role, browsers: dict[Role, Browser]
) -> None:
    browser = browsers[role]
    nothing = at_address(browser, NOBODYS)
    assert "Nothing here for you" in nothing
    for page in CATALOG:
        if not opens(page, role):
            assert at_address(browser, page.path) == nothing, page.path
            assert at_address(browser, page.path, record=new_id(), mode="edit") == nothing, page.path
    assert "Nothing here for you" not in at_address(browser, "rights"), "one's own page does open"


@pytest.mark.parametrize("page", [page for page in CATALOG if page.path != "home"], ids=lambda page: page.path)
def test_a_page_that_is_run_past_the_menu_guards_itself(page: Page, world: World) -> None:
    strangers = [role for role in Role if not opens(page, role)]
    for role in strangers[:: 1 if LONG else 3]:
        at = AppTest.from_file(str(page.file), default_timeout=30)
        at.session_state[state.TOKEN] = redeem(issue_ticket(world.people[role.value], role))
        at.run()
        assert not at.exception
        said = "\n".join(read(at))
        assert ":material/explore_off:" in said, (page.path, role)  # the calm page, in whichever language
        assert not at.dataframe
    nobody = AppTest.from_file(str(page.file), default_timeout=30)
    nobody.session_state[state.TOKEN] = "forged"
    nobody.run()
    assert not nobody.dataframe
    assert nobody.exception or not list(nobody.button), "someone who isn't signed in is told nothing"


def strangers_rows(world: World, role: Role, table: str, rng: random.Random) -> list[Row]:
    """Rows of a table that aren't this role's to read: one of the school's, one of the other's."""
    hidden = [row for row in world.rows[table].values() if not allowed(world, role, row, "R")]
    ours, theirs = [row for row in hidden if world.is_ours(row)], [row for row in hidden if not world.is_ours(row)]
    return [rng.choice(some) for some in (ours, theirs) if some]


@pytest.mark.parametrize("role", list(Role))
def test_a_link_to_a_record_that_isnt_theirs_says_what_one_to_nothing_says(
    role: Role, world: World, browsers: dict[Role, Browser]
) -> None:
    rng, browser = random.Random(f"links {role}"), browsers[role]
    tables = [table for table in LISTED if entries(role, table, "R")]
    chosen = tables if LONG else rng.sample(tables, min(3, len(tables)))
    for table in chosen:
        for mode in ("", "edit") if LONG else ("",):
            nothing = list(read(browser.open(table, record=new_id(), mode=mode).at))
            assert any("doesn't exist, or it isn't yours" in each for each in nothing)
            for row in strangers_rows(world, role, table, rng):
                found = list(read(browser.open(table, record=row.key, mode=mode).at))
                assert found == nothing, f"{role} {table} {world.told(row)}"


@pytest.mark.parametrize("role", list(Role))
def test_a_filter_that_names_a_record_of_others_finds_and_names_nothing(
    role: Role, world: World, browsers: dict[Role, Browser]
) -> None:
    rng, browser = random.Random(f"filters {role}"), browsers[role]
    found = [
        (table, each.name, each.target)
        for table in LISTED
        if entries(role, table, "R")
        for each in resolve(world.actor(role), spec_of(table)).filters
        if each.target
    ]
    for table, name, target in found if LONG else rng.sample(found, min(3, len(found))):
        theirs = [key for key, row in world.rows[target].items() if not world.is_ours(row)]
        nothing = list(read(browser.open(table, **{f"f_{name}": new_id()}).at))
        if theirs:
            assert list(read(browser.open(table, **{f"f_{name}": rng.choice(theirs)}).at)) == nothing, (table, name)


@pytest.mark.parametrize("role", list(Role))
def test_a_picker_offers_what_its_person_may_read_and_nothing_else(role: Role, world: World) -> None:
    actor, tried = world.actor(role), 0
    for table in LISTED:
        if not entries(role, table, "R"):
            continue
        view = resolve(actor, spec_of(table))
        asked = {each.name: each for each in (*view.create_fields, *view.edit_fields, *view.filters) if each.target}
        for field in asked.values():
            with reading(actor) as session:
                offered = options(session, {"picker": Wanted(field, "", None)})["picker"].labels
            rows = world.rows[field.target or ""]
            wrong = [world.told(rows[key]) for key in offered if not allowed(world, role, rows[key], "R")]
            assert not wrong, (table, field.name, wrong[:3])
            tried += len(offered)
    assert tried or role in {Role.STUDENT, Role.PARENT}


def test_a_picker_does_not_name_what_the_address_names_and_its_person_may_not_read(world: World) -> None:
    view = resolve(world.actor(Role.TEACHER), spec_of("attendance"))
    field = next(each for each in view.create_fields if each.name == "user_id")
    unread = world.people["outsider"]
    with reading(world.actor(Role.TEACHER)) as session:
        assert unread not in options(session, {"picker": Wanted(field, "", unread, asked_for=True)})["picker"].labels
        assert unread in options(session, {"picker": Wanted(field, "", unread)})["picker"].labels, "of a row that they read"


@pytest.mark.parametrize("role", list(Role))
def test_buttons_offer_no_more_than_the_page_of_rights_grants(role: Role, world: World) -> None:
    actor = world.actor(role)
    for table in LISTED:
        view = resolve(actor, spec_of(table))
        columns = {fields(view.model)[each.name].column for each in view.edit_fields}
        granted = entries(role, table, "U")
        assert not view.can_create or entries(role, table, "C"), table
        assert not view.can_delete or entries(role, table, "D"), table
        assert not columns or granted, table
        if granted and all(each.only for each in granted):
            assert columns <= set().union(*(each.only for each in granted)), table
        hidden = [each.masked for each in entries(role, table, "R")]
        if hidden:
            never = frozenset.intersection(*hidden)
            own = fields(view.model)  # what rests on other tables is refused by what those mask
            shown = {own[each.name].column for each in (*view.filters, *view.inline) if each.name in own}
            assert not shown & never, f"{table}: what is masked is no filter and no cell to edit"


def forged() -> None:
    """What a page would do with keys that it never showed. Streamlit runs this as a script of its own."""
    import streamlit as st

    import domain.registry  # noqa: F401
    from domain.kit.errors import DomainError
    from pages._crud import bulk, removal
    from pages._crud.resolve import resolve
    from pages._shell.guard import current_actor
    from pages._specs import spec_of

    told = []
    for act, table, keys, field in st.session_state["forged"]:
        view = resolve(current_actor(), spec_of(table))
        try:
            if act == "remove":
                removal.remove(view, keys)
            else:
                st.session_state["value"] = "forged"
                bulk._save(view, field, "value", tuple(keys))
            told.append("done")
        except (DomainError, StopIteration) as error:
            told.append(type(error).__name__)
    st.session_state["told"] = told


@pytest.mark.parametrize("role", list(Role))
def test_bulk_actions_on_keys_that_arent_theirs_change_nothing(role: Role, world: World) -> None:
    rng, acts = random.Random(f"bulk {role}"), []
    for table in LISTED if LONG else rng.sample(LISTED, len(LISTED) // 3):
        view = resolve(world.actor(role), spec_of(table))
        for letter, act in (("D", "remove"), ("U", "save")):
            others = [row for row in world.rows[table].values() if not allowed(world, role, row, letter)]
            own = [row.key for row in world.rows[table].values() if allowed(world, role, row, letter)]
            field = view.edit_fields[0].name if view.edit_fields else "id"
            for row in rng.sample(others, min(2, len(others))):
                acts.append((act, table, [row.key], field))
                if own:
                    acts.append((act, table, [own[0], row.key], field))
    before = content(world)
    at = AppTest.from_function(forged, default_timeout=120)
    at.session_state[state.TOKEN] = redeem(issue_ticket(world.people[role.value], role))
    at.session_state["forged"] = acts
    at.run()
    assert not at.exception, at.exception
    told = at.session_state["told"]
    assert len(told) == len(acts)
    done = [act for act, said in zip(acts, told, strict=True) if said == "done" and act[0] == "remove"]
    assert not done
    assert content(world) == before


def content(world: World) -> dict[str, Any]:
    """All rows of both schools, save what signing in keeps."""
    tables = [table for name, table in Base.metadata.tables.items() if name not in {"sign_ins"}]
    with engine().connect() as connection:
        return {table.name: connection.execute(select(table).order_by(table.c.id)).all() for table in tables}


@pytest.mark.parametrize("role", list(Role))
def test_a_list_as_a_file_holds_the_rows_of_the_page_of_rights(role: Role, world: World) -> None:
    rng = random.Random(f"export {role}")
    token = redeem(issue_ticket(world.people[role.value], role))
    told = serving.Asker()
    nothing = told("GET", "/export/no_such_table.csv", cookie=str(token))
    assert nothing.status_code == 404
    foreign = {row.key for table in LISTED for row in world.rows[table].values() if not world.is_ours(row)}
    for table in sorted(Base.metadata.tables) if LONG else rng.sample(LISTED, 15):
        answer = told("GET", f"/export/{table}.csv", cookie=str(token))
        page = next((each for each in CATALOG if table in each.holds), None)
        if page is None or not entries(role, table, "R") or not opens(page, role):
            assert (answer.status_code, answer.text) == (404, nothing.text), table
            continue
        assert answer.status_code == 200, table
        rows = [row for row in world.rows[table].values() if allowed(world, role, row, "R")]
        lines = re.findall(r"\r\n", answer.text)
        assert len(lines) >= len(rows) + 1, f"{table}: {len(lines)} lines of {len(rows)} rows"
        assert not foreign & set(re.findall(r"[0-9A-Z]{26}", answer.text)), table
        assert told("GET", f"/export/{table}.csv").text == nothing.text, "without a cookie"
    assert page_at("home")
    assert model_of("users")
