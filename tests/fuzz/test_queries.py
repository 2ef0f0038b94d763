"""Every query parameter of every page, with values that nobody means: it is drawn, calm, and tells nothing that isn't theirs.

What the address says is read and asked of the database by the thousand, within one script; some of it is drawn as well.
"""

import random
import re
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

from domain.access.roles import Role
from domain.access.sign_in import actor_of
from domain.db.base import Base
from domain.records.fields import fields
from pages._shell import state
from pages._shell.catalog import CATALOG, pages_for
from tests.conftest import School
from tests.fuzz.hostile import Hostile
from tests.fuzz.planted import Planted, readable
from tests.pages.browser import Browser
from tests.pages.words import read

PAGES = Path(__file__).parents[2] / "pages"
READS = re.compile(r"""query(?:_params)?(?:\.get\(|\[|\.pop\()\s*"(\w+)\"""")


def _names() -> list[str]:
    """Every parameter that a page reads: found in the pages' code, and a filter for each field of each table."""
    found = {name for path in PAGES.rglob("*.py") for name in READS.findall(path.read_text(encoding="utf-8"))}
    filters = {f"f_{name}" for table in Base.metadata.tables.values() for name in fields(table.info["model"])}
    assert {"table", "record", "mode", "sort", "page", "q", "reset"} <= found, found
    return [*sorted(found) * (1 + len(filters) // (2 * len(found))), *sorted(filters)]


NAMES = _names()


def asking() -> None:
    """What a table's page asks of the database for each of many addresses. Streamlit runs this as a script of its own."""
    import streamlit as st

    import domain.registry  # noqa: F401
    from domain.access.uow import reading
    from domain.kit.errors import DomainError
    from pages._crud import address, filters
    from pages._crud.grid import fetch
    from pages._crud.record import opened
    from pages._crud.resolve import resolve
    from pages._shell.guard import current_actor
    from pages._specs import spec_of

    actor, told = current_actor(), []
    for table, query in st.session_state["asked"]:
        st.query_params.clear()
        st.query_params.update({**query, "table": table})
        view = resolve(actor, spec_of(table))
        try:
            where = address.read(view)
            with reading(actor) as session:
                page = fetch(session, view, where)
                known = filters.known(session, view, where)
                record = opened(session, view, where, spec_of) if where.record else None
            told.append((page.total, repr((page, known, record, where.notes))))
        except DomainError as error:
            told.append((0, repr(error.message)))
    st.query_params.clear()
    st.session_state["told"] = told


def test_no_address_of_a_list_breaks_it_or_shows_what_isnt_theirs(planted: Planted, seed: int, tries: dict[str, int]) -> None:
    rng, done = random.Random(f"questions {seed}"), 0
    hostile = Hostile(rng, planted.keys)
    while done < tries["questions"]:
        role = rng.choice(list(Role))
        tables = [table for page in pages_for(role) for table in page.holds if readable(planted.world, role, table)]
        asked = [(rng.choice(tables), _sensible(hostile.query(NAMES))) for _at in range(60)]
        at = AppTest.from_function(asking, default_timeout=300)
        at.session_state[state.TOKEN] = planted.tokens[role]
        at.session_state["asked"] = asked
        at.run()
        assert not at.exception, (f"CONSTELA_SEED={seed}, after {done}", role, asked, [each.value for each in at.exception])
        for (table, query), (total, said) in zip(asked, at.session_state["told"], strict=True):
            where = f"CONSTELA_SEED={seed}, {role} {table} {query}"
            assert total <= readable(planted.world, role, table), where
            given = " ".join(query.values()).lower()
            assert not [word for word in planted.told(role, said) if word not in given], where
        done += len(asked)


def _sensible(query: dict[str, str]) -> dict[str, str]:
    """Without `table`, which is set, and half of a surrogate pair, which no browser sends."""
    return {
        name.encode("utf-8", "replace").decode(): value.encode("utf-8", "replace").decode()
        for name, value in query.items()
        if name not in {"table", "embed", "embed_options"}
    }


def test_no_address_of_a_page_breaks_it_or_shows_what_isnt_theirs(planted: Planted, seed: int, tries: dict[str, int]) -> None:
    rng = random.Random(f"pages {seed}")
    hostile, world = Hostile(rng, planted.keys), planted.world
    school = School(world.id, {role: world.people[role.value] for role in Role}, term="", level="", room="", klass="")
    browsers: dict[Role, Browser] = {}
    for at in range(tries["pages"]):
        role = rng.choice(list(Role))
        if role not in browsers or at % 200 == 199:
            browsers[role] = Browser(school, role)
        page = rng.choice(pages_for(role))
        query = _sensible(hostile.query(NAMES, most=4))
        if page.holds:
            query["table"] = rng.choice([*page.holds, hostile.text()]).encode("utf-8", "replace").decode()
        where = f"CONSTELA_SEED={seed}, try {at}: {role} {page.path} {query}"
        try:
            try:
                browsers[role].follow(page.path, **query)
            except ValueError:  # the address before led to the door, which knows no pages, as a link for a new password does
                token = str(browsers[role].at.session_state[state.TOKEN])
                assert actor_of(token) is not None, "an address signed someone out"
                browsers[role] = Browser(school, role)
                browsers[role].follow(page.path, **query)
        except AssertionError as error:
            raise AssertionError(f"{where}: {error}") from error
        _nothing_leaks(browsers[role].at, planted, role, query, where)


def _nothing_leaks(at: AppTest, planted: Planted, role: Role, query: dict[str, Any], where: str) -> None:
    said = "\n".join(read(at))
    given = " ".join(query.values()).lower()
    assert not [word for word in planted.told(role, said) if word not in given], where
    assert "Something went wrong" not in said, where


def test_every_page_was_among_them() -> None:
    assert {page.path for role in Role for page in pages_for(role)} == {page.path for page in CATALOG}
