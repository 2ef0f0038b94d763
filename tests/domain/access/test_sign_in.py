"""Signing in: who a password opens for, what a ticket and a cookie are worth, and for how long."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from domain.access import sessions
from domain.access.actor import Actor
from domain.access.roles import Role
from domain.access.sign_in import (
    actor_of,
    check_new_password,
    check_password,
    demo_people,
    end,
    enter_demo,
    issue_ticket,
    redeem,
    set_password,
    switch_role,
)
from domain.db.engine import database_url, engine, file_path
from domain.kit.errors import InvalidInput, NotAllowed
from tests.conftest import PASSWORD, School
from tests.factories.rows import Rows

Pass = Callable[[dt.timedelta], None]


@pytest.fixture
def pass_time(monkeypatch: pytest.MonkeyPatch) -> Pass:
    """Sign-in's clock, put forward."""

    def forward(by: dt.timedelta) -> None:
        moment = sessions.now() + by
        monkeypatch.setattr(sessions, "now", lambda: moment)

    return forward


def signed_in(school: School, role: Role) -> str:
    """The token of someone who has just signed in."""
    token = redeem(issue_ticket(school.people[role], role))
    assert token
    return token


def run(statement: str, *values: object) -> None:
    with engine().begin() as connection:
        connection.exec_driver_sql(statement, values)


def test_the_right_password_opens_the_persons_account(school: School) -> None:
    accounts = check_password("teacher@example.com", PASSWORD)
    assert [(each.user_id, each.school_name, each.role) for each in accounts] == [
        (school.people[Role.TEACHER], "Escola Aurora", Role.TEACHER)
    ]


@pytest.mark.parametrize("email", ["Teacher@Example.COM", "  teacher@example.com "])
def test_an_email_is_known_however_it_is_typed(email: str, school: School) -> None:
    assert len(check_password(email, PASSWORD)) == 1


@pytest.mark.parametrize("password", ["", "wrong", PASSWORD.upper(), PASSWORD + " ", "\x00", "🔑" * 2000])
def test_a_wrong_password_opens_nothing(password: str, school: School) -> None:
    assert check_password("teacher@example.com", password) == []


def test_an_unknown_email_opens_nothing(school: School) -> None:
    assert check_password("nobody@example.com", PASSWORD) == []


def test_a_person_without_a_password_cannot_sign_in(school: School) -> None:
    run("DELETE FROM credentials WHERE user_id = ?", school.people[Role.TEACHER])
    assert check_password("teacher@example.com", PASSWORD) == []


def test_an_email_known_to_several_schools_opens_an_account_in_each_that_has_this_password(school: School) -> None:
    with engine().begin() as connection:
        for password in (PASSWORD, "another password"):
            rows = Rows(connection)
            user = rows.add("users", email="teacher@example.com", is_active=True)
            set_password(connection, user_id=user, organization_id=rows.organization_id, password=password)
    assert len(check_password("teacher@example.com", PASSWORD)) == 2


def test_someone_disabled_cannot_sign_in_and_is_signed_out_at_once(school: School) -> None:
    token = signed_in(school, Role.TEACHER)
    run("UPDATE users SET is_active = 0 WHERE id = ?", school.people[Role.TEACHER])
    assert check_password("teacher@example.com", PASSWORD) == []
    assert actor_of(token) is None
    with pytest.raises(NotAllowed):
        issue_ticket(school.people[Role.TEACHER], Role.TEACHER)


def test_a_token_says_who_acts_where_and_in_which_role(school: School) -> None:
    actor = actor_of(signed_in(school, Role.SCHOOL))
    assert actor is not None
    assert (actor.organization_id, actor.user_id, actor.role) == (school.id, school.people[Role.SCHOOL], Role.SCHOOL)
    assert (actor.name, actor.school_name, actor.is_demo) == ("Clara Nunes", "Escola Aurora", False)
    assert set(actor.roles) == {Role.SCHOOL, Role.OWNER}
    assert actor.time_zone == "America/Sao_Paulo"


def test_a_ticket_is_worth_one_use(school: School) -> None:
    ticket = issue_ticket(school.people[Role.STAFF], Role.STAFF)
    assert redeem(ticket)
    assert redeem(ticket) is None


def test_a_ticket_is_worth_nothing_after_half_a_minute(school: School, pass_time: Pass) -> None:
    ticket = issue_ticket(school.people[Role.STAFF], Role.STAFF)
    pass_time(dt.timedelta(seconds=31))
    assert redeem(ticket) is None


def test_a_ticket_is_no_token_and_a_token_no_ticket(school: School) -> None:
    ticket = issue_ticket(school.people[Role.STAFF], Role.STAFF)
    assert actor_of(ticket) is None
    token = redeem(ticket)
    assert token
    assert redeem(token) is None


@pytest.mark.parametrize("token", ["", "x", "' OR 1=1 --", "é" * 100])
def test_an_invented_token_is_nobodys(token: str, school: School) -> None:
    signed_in(school, Role.STAFF)
    issue_ticket(school.people[Role.STAFF], Role.STAFF)
    assert actor_of(token) is None
    assert redeem(token) is None


def test_a_ticket_for_a_role_that_the_person_does_not_hold_is_refused(school: School) -> None:
    with pytest.raises(NotAllowed):
        issue_ticket(school.people[Role.TEACHER], Role.SCHOOL)
    with pytest.raises(NotAllowed):
        issue_ticket("nobody", Role.TEACHER)


def test_a_person_switches_between_their_roles_and_the_old_session_ends(school: School) -> None:
    token = signed_in(school, Role.SCHOOL)
    other = redeem(switch_role(token, Role.OWNER))
    assert other
    actor = actor_of(other)
    assert actor
    assert (actor.user_id, actor.role) == (school.people[Role.SCHOOL], Role.OWNER)
    assert actor_of(token) is None


def test_a_switch_to_a_role_not_held_is_refused_and_changes_nothing(school: School) -> None:
    token = signed_in(school, Role.TEACHER)
    with pytest.raises(NotAllowed):
        switch_role(token, Role.OWNER)
    assert actor_of(token)


def test_a_role_that_is_taken_away_ends_what_was_signed_in_with_it(school: School) -> None:
    token = redeem(issue_ticket(school.people[Role.SCHOOL], Role.OWNER))
    assert token
    run("DELETE FROM user_roles WHERE user_id = ? AND role = 'owner'", school.people[Role.SCHOOL])
    assert actor_of(token) is None


def test_half_a_day_without_a_sign_of_life_signs_out(school: School, pass_time: Pass) -> None:
    token = signed_in(school, Role.PARENT)
    pass_time(dt.timedelta(hours=11))
    assert actor_of(token)
    pass_time(dt.timedelta(hours=11))
    assert actor_of(token), "the last visit counts, not the first"
    pass_time(dt.timedelta(hours=12, minutes=1))
    assert actor_of(token) is None


def test_two_weeks_sign_out_even_who_comes_every_day(school: School, pass_time: Pass) -> None:
    token = signed_in(school, Role.PARENT)
    for _half_day in range(27):
        pass_time(dt.timedelta(hours=11, minutes=59))
        assert actor_of(token)
    pass_time(dt.timedelta(hours=11, minutes=59))
    pass_time(dt.timedelta(minutes=30))
    assert actor_of(token) is None


def test_signing_out_ends_this_browser_alone(school: School) -> None:
    here, there = signed_in(school, Role.STUDENT), signed_in(school, Role.STUDENT)
    end(here)
    assert actor_of(here) is None
    assert actor_of(there)


def test_a_new_password_ends_every_browser_and_replaces_the_old_one(school: School) -> None:
    token = signed_in(school, Role.STUDENT)
    with engine().begin() as connection:
        person = school.people[Role.STUDENT]
        set_password(connection, user_id=person, organization_id=school.id, password="a whole new phrase")
    assert actor_of(token) is None
    assert check_password("student@example.com", PASSWORD) == []
    assert len(check_password("student@example.com", "a whole new phrase")) == 1


@pytest.mark.parametrize("length", [12, 1000])
def test_a_password_of_twelve_characters_or_more_is_taken(length: int) -> None:
    check_new_password(("violet otters juggle " * 50)[:length])


@pytest.mark.parametrize("length", [0, 11, 1001])
def test_a_password_too_short_or_too_long_is_refused_at_its_field(length: int) -> None:
    with pytest.raises(InvalidInput) as refusal:
        check_new_password("x" * length)
    assert [problem.field for problem in refusal.value.problems] == ["password"]


def test_neither_password_nor_token_is_in_the_database(school: School) -> None:
    token = signed_in(school, Role.STUDENT)
    engine().dispose()
    path = file_path(database_url())
    assert path
    kept = b"".join(each.read_bytes() for each in Path(path).parent.glob("constela.db*"))
    assert b"$argon2id$" in kept
    assert PASSWORD.encode() not in kept
    assert token.encode() not in kept


def test_no_one_is_offered_by_one_click_unless_the_demo_made_the_school(school: School) -> None:
    people = dict(school.people)
    assert demo_people() == []
    with pytest.raises(NotAllowed):
        enter_demo(school.people[Role.STUDENT])
    with engine().begin() as connection:
        earlier, here = Rows(connection, Rows(connection).add("organizations", id="0" * 26)), Rows(connection, school.id)
        for number, role in enumerate(Role):
            earlier.add("users", id=f"{number:026}", role=role, is_active=True)
            later = here.add("users", role=role, is_active=True)
            people = {**people, role: later} if role is Role.STUDENT else people
    run("UPDATE organizations SET is_demo = 1 WHERE id = ?", school.id)
    run("UPDATE users SET is_active = 0 WHERE id = ?", school.people[Role.STUDENT])
    assert {account.role: account.user_id for account in demo_people()} == people
    assert [account.role for account in demo_people()] == list(Role)
    assert redeem(enter_demo(school.people[Role.TEACHER]))


def test_a_visit_writes_only_when_the_last_one_is_a_while_ago(school: School, pass_time: Pass) -> None:
    token = signed_in(school, Role.STUDENT)
    signed_in(school, Role.TEACHER)

    def last_seen(role: Role = Role.STUDENT) -> str:
        with engine().connect() as connection:
            wanted = "SELECT last_seen_at FROM sign_ins WHERE user_id = ?"
            return str(connection.exec_driver_sql(wanted, (school.people[role],)).scalar_one())

    before, elsewhere = last_seen(), last_seen(Role.TEACHER)
    pass_time(dt.timedelta(minutes=4))
    assert actor_of(token)
    assert last_seen() == before
    pass_time(dt.timedelta(minutes=2))
    assert actor_of(token)
    assert last_seen() > before
    assert last_seen(Role.TEACHER) == elsewhere, "nobody else was here"


def test_a_caches_key_tells_people_roles_and_schools_apart() -> None:
    keys = {
        Actor("school", "person", Role.TEACHER).scope,
        Actor("school", "person", Role.PARENT).scope,
        Actor("school", "other", Role.PARENT).scope,
        Actor("another", "person", Role.PARENT).scope,
        Actor.system("school", "demo").scope,
    }
    assert len(keys) == 5
