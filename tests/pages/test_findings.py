"""A link for each record that a finding names: for whom may read its kind, and of records that are told at all."""

import pytest

from domain.access.roles import Role
from domain.kit.findings import Subject
from pages._shell import state
from pages._shell.catalog import Link, Page, pages_for
from pages._shell.findings import subject_link
from tests.conftest import School


def link_for(school: School, role: Role | None, subject: Subject) -> Link | None:
    with state.one_run():
        state.remember_actor(school.actor(role) if role else None)
        return subject_link(subject)


@pytest.mark.parametrize(
    ("role", "table", "page"),
    [(Role.SCHOOL, "rooms", "operations"), (Role.SCHOOL, "classes", "class"), (Role.STUDENT, "classes", "class")],
)
def test_a_record_that_is_theirs_to_read_has_a_link(role: Role, table: str, page: str, school: School) -> None:
    found = link_for(school, role, Subject(table, school.room, "Sala 1"))
    assert found is not None
    assert (found.path, found.query["record"]) == (page, school.room)


def test_no_page_opens_for_nobody_and_a_page_that_says_for_whom_it_is_not_for_nobody_else() -> None:
    assert pages_for(None) == []
    assert not any(Page("empty", "Empty", "x").opens_for(role) for role in Role)
    assert not Page("home", "Home", "x", roles=tuple(Role)).opens_for(None)


def test_none_leads_to_what_is_not_theirs_nor_to_what_is_not_told(school: School) -> None:
    room = Subject("rooms", school.room, "Sala 1")
    assert link_for(school, Role.STUDENT, Subject("staff_payroll", school.room, "2026-03")) is None
    assert link_for(school, None, room) is None
    assert link_for(school, Role.SCHOOL, Subject("rooms", "", "someone else's room")) is None
