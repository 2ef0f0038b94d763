"""Rights in words come from the data that decides; so do the table in docs/rights.md and the numbers beside a person."""

from pathlib import Path

import pytest
from sqlalchemy import select

from domain.access.decide import decide
from domain.access.explain import explain, person
from domain.access.grants import RIGHTS
from domain.access.roles import Role
from domain.access.uow import reading
from domain.access.words import KEYS, ROWS, markdown, table_of_rights, words_for
from domain.cli.rights import page, short
from domain.db.base import model_of
from domain.db.engine import engine
from domain.kit.errors import NotAllowed, NotFound
from domain.registry import GROUPS
from tests.conftest import School
from tests.factories.rows import Rows

ROOT = Path(__file__).parents[3]
PARTS = [(group.title, group.tables) for group in GROUPS.values()]


def test_every_scope_has_words() -> None:
    used = {each.scope for line in RIGHTS.tables.values() for grants in line.values() for each in grants}
    assert used <= set(ROWS)
    assert set(RIGHTS.scopes) <= set(ROWS)


def test_every_key_that_a_right_shows_of_an_object_has_words() -> None:
    grants = [each for line in RIGHTS.tables.values() for found in line.values() for each in found]
    assert {key for each in grants for _name, keys in each.parts for key in keys} <= set(KEYS)


def test_every_table_of_every_group_has_a_line_with_words_where_there_are_rights() -> None:
    lines = [line for part in table_of_rights(PARTS) for line in part.lines]
    assert [line.table for line in lines] == [table for group in GROUPS.values() for table in group.tables]
    for line in lines:
        assert {role for role in Role if line.cells[role]} == set(RIGHTS.tables[line.table])


def test_the_page_of_rights_in_docs_is_in_step() -> None:
    assert (ROOT / "docs" / "rights.md").read_text(encoding="utf-8") == page(), "run `python -m domain rights > docs/rights.md`"
    assert "(docs/rights.md)" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_readmes_table_is_in_step() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"\n{short()}\n" in readme, "put what `python -m domain rights --short` writes into README.md"
    lines = {line.split(" | ")[0].strip("| "): line for line in short().splitlines()}
    assert lines["Curriculum"] == "| Curriculum | R | R | R | R | R C U D | R |"
    assert lines["Memory"] == "| Memory | r c u d |  |  |  |  |  |"


def test_words_say_whose_rows_which_actions_and_what_is_hidden() -> None:
    assert words_for(Role.TEACHER, "users") == (
        "Own: read, change (only Phone, WhatsApp, Picture, Language)",
        "Of students in their classes: read (hidden: Phone, WhatsApp, CPF)",
        "Of those who work at the school: read (only First name, Last name, Role, Picture, Active)",
    )
    assert words_for(Role.PARENT, "organizations") == (
        "All of the school: read (only School name, Short name; of Settings only holidays, closed days, opening hours)",
    )
    assert words_for(Role.STAFF, "payment_methods") == (
        "Own: read (hidden: Card's expiry; last four characters of: Bank branch, Account number, Account holder's CPF or CNPJ, "
        "Pix key, Wallet's account)",
    )
    assert words_for(Role.STUDENT, "families") == ("Own: read", "Own, from 18 on: change (only Agreed as an adult)")
    assert words_for(Role.STUDENT, "invoices") == ("That they pay: read",)
    assert words_for(Role.OWNER, "memory_nodes") == ()
    counted = "figures of five people or more, without names"
    assert words_for(Role.TEACHER, "knowledge_nodes") == (f"Of students in their classes: {counted}",)
    assert words_for(Role.OWNER, "attendance") == (f"All of the school: {counted}",)
    assert f"| Stars | Own: read, create, change, delete | Of students in their classes: {counted} |  |" in markdown(PARTS)


@pytest.mark.parametrize("role", list(Role))
def test_the_numbers_are_what_the_person_reads_for_themself(role: Role, school: School) -> None:
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        for table in ("classes", "enrollments", "attendance", "todos", "invoices", "transactions", "staff_payroll", "leads"):
            rows.add(table)
    someone, tables = school.actor(role), [table for group in GROUPS.values() for table in group.tables]
    with reading(someone) as session:
        found = {each.table: each.rows for each in explain(session, someone, tables)}
        for table, number in found.items():
            if not decide(someone, "R", table):
                continue
            assert number == len(session.scalars(select(model_of(table).id)).all()), table


def test_numbers_are_counted_within_the_school(school: School) -> None:
    with engine().begin() as connection:
        Rows(connection).add("rooms")
    with reading(school.actor("school")) as session:
        (rooms,) = explain(session, school.actor("owner"), ["rooms"])
    assert (rooms.rows, rooms.total) == (1, 1)


def test_the_roles_of_others_are_told_to_coordination_and_owners_alone(school: School) -> None:
    child = school.people[Role.STUDENT]
    with reading(school.actor("owner")) as session:
        assert person(session, child).roles == (Role.STUDENT,)
    with reading(school.actor("parent")) as session:
        assert person(session, school.people[Role.PARENT]).roles == (Role.PARENT,)
        with pytest.raises(NotAllowed):
            person(session, child)


def test_nobody_of_another_school_is_explained(school: School) -> None:
    with engine().begin() as connection:
        theirs = Rows(connection).add("users")
    with reading(school.actor("school")) as session, pytest.raises(NotFound):
        person(session, theirs)
