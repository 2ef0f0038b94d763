"""A school, or a new role, asks for a second step: sessions that began without one go no further before it."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update

from domain.access import my_factor, second_factor
from domain.access.attempts import TooManyAttempts
from domain.access.models import SignIn
from domain.access.own_sessions import RoleAsksMore
from domain.access.roles import Role
from domain.access.sign_in import (
    actor_of,
    by_password,
    change_password,
    end_others,
    is_asked_for_step,
    issue_ticket,
    redeem,
    sessions_of,
    switch_role,
)
from domain.access.uow import unit_of_work
from domain.core.models import Organization, UserRole
from domain.db.engine import engine
from domain.kit import clock
from domain.kit.errors import InvalidInput, NotAllowed
from tests.conftest import PASSWORD, School
from tests.factories.authenticator import code, give_phone, require, setting
from tests.factories.on_the_way import rows


def signed_in(school: School, role: Role) -> str:
    return redeem(issue_ticket(school.people[role], role)) or ""


def is_in(token: str) -> bool:
    return actor_of(token) is not None


def test_whoever_came_in_without_one_goes_no_further_in_a_role_that_asks_for_it(school: School) -> None:
    tokens = {role: signed_in(school, role) for role in Role}
    assert all(is_in(each) for each in tokens.values())
    require(school.id)
    asked = {role for role, token in tokens.items() if is_asked_for_step(token)}
    assert asked == {Role.STAFF, Role.SCHOOL, Role.OWNER}
    assert {role for role, token in tokens.items() if is_in(token)} == set(Role) - asked
    setting(school.id, second_factor_required=False)
    assert all(is_in(each) for each in tokens.values()), "as soon as it isn't asked for any more, they go on"


def test_until_then_the_session_is_good_for_that_step_alone(school: School) -> None:
    token = signed_in(school, Role.SCHOOL)
    require(school.id)
    for attempt in (
        lambda: sessions_of(token),
        lambda: end_others(token),
        lambda: switch_role(token, Role.OWNER),
        lambda: change_password(token, PASSWORD, "violet otters juggle"),
    ):
        with pytest.raises(NotAllowed):
            attempt()


def test_the_code_from_their_phone_lets_this_session_go_on_and_no_other(school: School) -> None:
    here, there = signed_in(school, Role.STAFF), signed_in(school, Role.STAFF)
    secret, codes = give_phone(school.people[Role.STAFF])
    require(school.id)
    with pytest.raises(InvalidInput) as refused:
        my_factor.give_code(here, "000000" if code(secret) != "000000" else "000001")
    assert ([each.field for each in refused.value.problems], is_in(here)) == (["code"], False)
    assert my_factor.give_code(here, code(secret)) == 10
    assert (is_in(here), is_in(there), is_asked_for_step(here)) == (True, False, False)
    with pytest.raises(InvalidInput):
        my_factor.give_code(there, code(secret))
    assert my_factor.give_code(there, codes[0]) == 9
    assert is_in(there)


def test_who_guesses_there_must_wait_and_signing_in_goes_on(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    moment = my_factor.attempts.now()
    monkeypatch.setattr(my_factor.attempts, "now", lambda: moment)
    token = signed_in(school, Role.STAFF)
    secret, _codes = give_phone(school.people[Role.STAFF])
    require(school.id)
    for _guess in range(5):
        with pytest.raises(InvalidInput):
            my_factor.give_code(token, "12345")
    with pytest.raises(TooManyAttempts):
        my_factor.give_code(token, code(secret))
    assert by_password("staff@example.com", PASSWORD)


def test_who_has_no_phone_yet_sets_one_up_by_their_password(school: School) -> None:
    """Whoever finds the browser open makes it theirs by no phone of their own."""
    token, elsewhere = signed_in(school, Role.STAFF), signed_in(school, Role.STAFF)
    require(school.id)
    with pytest.raises(InvalidInput):
        my_factor.set_up(token, password="not mine at all")
    told = my_factor.set_up(token, password=PASSWORD)
    assert not is_in(token)
    my_factor.confirm(token, code(told.secret))
    assert (is_in(token), is_in(elsewhere), is_asked_for_step(elsewhere)) == (True, False, False)


@pytest.mark.parametrize("token", ["", "invented"])
def test_nobody_is_asked_and_nobody_gives_a_code_without_a_session(token: str, school: School) -> None:
    require(school.id)
    assert not is_asked_for_step(token)
    with pytest.raises(NotAllowed):
        my_factor.give_code(token, "123456")


def test_a_role_that_asks_for_it_given_to_someone_isnt_entered_without(school: School) -> None:
    require(school.id)
    token = signed_in(school, Role.TEACHER)
    with unit_of_work(school.job) as session:
        session.add(UserRole(user_id=school.people[Role.TEACHER], role=Role.STAFF))
    assert is_in(token), "as a teacher they see what they saw"
    with pytest.raises(RoleAsksMore):
        switch_role(token, Role.STAFF)
    with engine().begin() as connection:  # as if they had gone there while it wasn't asked for
        connection.execute(update(SignIn.__table__).values(role=Role.STAFF))
    assert (is_in(token), is_asked_for_step(token)) == (False, True)


def test_a_schools_first_day_is_its_founders(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    token = signed_in(school, Role.SCHOOL)
    setting(school.id, second_factor_required=True)
    with engine().connect() as connection:
        founded = connection.execute(Organization.__table__.select()).one().created_at
    for passed, in_now in ((dt.timedelta(days=1), True), (dt.timedelta(days=1, seconds=1), False)):
        monkeypatch.setattr(second_factor, "now", lambda passed=passed: founded + passed)
        assert is_in(token) is in_now


def test_invented_people_are_never_asked(school: School) -> None:
    token = signed_in(school, Role.STAFF)
    require(school.id)
    with engine().begin() as connection:
        connection.exec_driver_sql("UPDATE organizations SET is_demo = 1")
    assert is_in(token)


def test_the_security_log_tells_it_once(school: School, noted: Callable[..., list[dict[str, Any]]]) -> None:
    token, teachers = signed_in(school, Role.STAFF), signed_in(school, Role.TEACHER)
    require(school.id)
    assert is_in(teachers)
    for _click in range(3):
        actor_of(token)
    [line] = noted("second_step_asked", "cookie_refused")
    assert (line["event"], line["actor"], line["role"]) == ("second_step_asked", school.people[Role.STAFF], "staff")


def test_a_step_that_was_taken_isnt_asked_for_again(school: School) -> None:
    token = signed_in(school, Role.STAFF)
    with engine().begin() as connection:
        connection.execute(update(SignIn.__table__).values(factor_at=clock.now()))
    require(school.id)
    assert is_in(token)
    assert [each.role for each in rows(SignIn)] == [Role.STAFF]
