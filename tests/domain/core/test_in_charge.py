"""A school is never left without an owner who can sign in, nor does coordination remove its own last one."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from sqlalchemy import select

from domain.access.roles import Role
from domain.access.uow import ScopedSession, unit_of_work
from domain.core.models import User, UserRole
from domain.core.service import LastInCharge
from domain.kit.errors import InvalidInput
from domain.records import write
from tests.conftest import School

OWNERS_LAST = "Nobody else who can sign in holds the role Owner. Please give it to someone else first."


def change(session: ScopedSession, model: Any, key: str, values: Mapping[str, Any]) -> None:
    write.update(session, model, key, values, version=session.get_one(model, key).row_version, opened={})


def role_row(session: ScopedSession, person: str, role: Role) -> str:
    return str(session.scalars(select(UserRole.id).where(UserRole.user_id == person, UserRole.role == role)).one())


@pytest.fixture
def last_owner(school: School) -> School:
    """The founder gave the role of owner away: Olga is the only one left."""
    with unit_of_work(school.actor(Role.OWNER)) as session:
        write.remove(session, UserRole, [role_row(session, school.people[Role.SCHOOL], Role.OWNER)])
    return school


def test_the_last_owner_is_not_disabled_by_anyone(last_owner: School) -> None:
    olga = last_owner.people[Role.OWNER]
    for actor in (last_owner.actor(Role.OWNER), last_owner.job):
        for write_it in (
            lambda session: change(session, User, olga, {"is_active": False}),
            lambda session: write.update_many(session, User, [olga], {"is_active": False}),
        ):
            with pytest.raises(InvalidInput) as refused, unit_of_work(actor) as session:
                write_it(session)
            assert [(each.field, each.message) for each in refused.value.problems] == [("is_active", OWNERS_LAST)]


def test_the_last_owner_is_not_deleted(last_owner: School) -> None:
    with pytest.raises(LastInCharge) as refused, unit_of_work(last_owner.actor(Role.OWNER)) as session:
        write.remove(session, User, [last_owner.people[Role.OWNER]])
    assert refused.value.message == OWNERS_LAST


def test_the_last_owners_role_is_not_taken_or_turned_into_another(school: School) -> None:
    founder, olga = school.people[Role.SCHOOL], school.people[Role.OWNER]
    with unit_of_work(school.actor(Role.OWNER)) as session:
        change(session, User, olga, {"is_active": False})
    with pytest.raises(LastInCharge), unit_of_work(school.job) as session:
        write.remove(session, UserRole, [role_row(session, founder, Role.OWNER)])
    for field, value in (("role", Role.STAFF), ("user_id", school.people[Role.TEACHER])):
        with pytest.raises(InvalidInput) as refused, unit_of_work(school.job) as session:
            change(session, UserRole, role_row(session, founder, Role.OWNER), {field: value})
        assert [(each.field, each.message) for each in refused.value.problems] == [(field, OWNERS_LAST)]


@pytest.mark.parametrize(
    "what",
    [
        lambda session, key: change(session, User, key, {"first_name": "Olívia"}),
        lambda session, key: change(session, User, key, {"is_active": True}),
    ],
)
def test_other_changes_of_the_last_owner_are_free(what: Callable[..., None], last_owner: School) -> None:
    with unit_of_work(last_owner.actor(Role.OWNER)) as session:
        what(session, last_owner.people[Role.OWNER])


def test_with_a_second_owner_the_first_may_go(school: School) -> None:
    with unit_of_work(school.actor(Role.OWNER)) as session:
        change(session, User, school.people[Role.OWNER], {"is_active": False})


def test_all_owners_at_once_are_as_many_as_the_last(school: School) -> None:
    both = [school.people[Role.OWNER], school.people[Role.SCHOOL]]
    with pytest.raises(InvalidInput), unit_of_work(school.job) as session:
        write.update_many(session, User, both, {"is_active": False})


def test_the_last_of_coordination_does_not_disable_themself_and_an_owner_may(school: School, last_owner: School) -> None:
    founder = school.people[Role.SCHOOL]
    with pytest.raises(InvalidInput) as refused, unit_of_work(school.actor(Role.SCHOOL)) as session:
        change(session, User, founder, {"is_active": False})
    assert "the role Coordination" in refused.value.problems[0].message
    with unit_of_work(school.actor(Role.OWNER)) as session:
        change(session, User, founder, {"is_active": False})
