"""The sign-in page: refused calmly, made to wait, and a new password by a link."""

import pytest
from streamlit.testing.v1 import AppTest

from domain.access.known_browsers import remember
from domain.access.roles import Role
from domain.access.sign_in import check_password, hand_out, issue_ticket, link_holds, redeem
from domain.access.steps import counted_as
from pages._shell import reset_link, state
from tests.conftest import PASSWORD, School
from tests.factories.authenticator import code, give_phone
from tests.factories.guessing import guess_without_end
from tests.pages.doorstep import Doorstep

NEW = "violet otters juggle"
NO_MATCH = "That e-mail and password don't match."


@pytest.mark.parametrize("email", ["teacher@example.com", "nobody@example.com", "", "nonsense"])
def test_a_refusal_reads_the_same_whoever_it_is(email: str, school: School) -> None:
    assert Doorstep().sign_in(email, "no such password").said() == [NO_MATCH]


def test_the_right_password_hands_the_browser_a_ticket(school: School) -> None:
    it = Doorstep().sign_in("teacher@example.com", PASSWORD)
    assert 'data-trade="session"' in it.text()
    assert 'data-go=""' in it.text(), "the page stays where a pasted link led"


def test_who_tries_too_often_is_told_how_long_to_wait(school: School) -> None:
    it = Doorstep()
    said = [it.sign_in("teacher@example.com", "no such password").said() for _attempt in range(5)]
    assert said == [[NO_MATCH]] * 5
    said = it.sign_in("teacher@example.com", "no such password").said()
    # On a slow machine the second has passed already, and the attempt is made.
    assert said in ([NO_MATCH], ["Too many attempts to sign in. Please try again in 1 second."])


def test_a_known_browser_comes_in_while_strangers_guess_and_an_unknown_one_waits(school: School) -> None:
    person = school.people[Role.TEACHER]
    secret, _codes = give_phone(person)
    known = remember(redeem(issue_ticket(person, Role.TEACHER)) or "", "")
    guess_without_end("teacher@example.com")
    guess_without_end(counted_as(person))
    assert "Too many attempts to sign in." in Doorstep().sign_in("teacher@example.com", PASSWORD).said()[0]
    it = Doorstep()
    it.at.session_state[state.DEVICE] = known  # where there is no browser with a cookie
    it.sign_in("teacher@example.com", PASSWORD).give("sign-in-code", code(secret), "second-step-submit")
    assert it.is_in


def test_whoever_chose_a_new_password_by_a_link_signs_in_there_while_strangers_guess(school: School) -> None:
    it = Doorstep(reset=hand_out(school.actor("school"), school.people[Role.STUDENT]))
    it.put({"reset-password": NEW, "reset-password-again": NEW}).click("reset-submit")
    guess_without_end("student@example.com")
    assert "Too many attempts to sign in." in Doorstep().sign_in("student@example.com", NEW).said()[0]
    assert it.sign_in("student@example.com", NEW).is_in


def test_a_link_sets_a_new_password_and_leads_back_to_the_sign_in(school: School) -> None:
    code = hand_out(school.actor("school"), school.people[Role.STUDENT])
    it = Doorstep(reset=code)
    it.put({"reset-password": NEW, "reset-password-again": NEW}).click("reset-submit")
    assert it.said() == ["Your new password is set. Please sign in with it."]
    assert "reset" not in it.query
    assert not link_holds(code)
    assert 'data-trade="session"' in it.sign_in("student@example.com", NEW).text()


@pytest.mark.parametrize(
    ("password", "again", "field", "said"),
    [
        ("short", "short", "password", "Please use at least 12 characters."),
        (NEW, "something else", "password_again", "The two passwords differ."),
    ],
)
def test_what_is_wrong_with_the_new_password_is_said_at_its_field(
    password: str, again: str, field: str, said: str, school: School
) -> None:
    code = hand_out(school.actor("school"), school.people[Role.STUDENT])
    it = Doorstep(reset=code)
    it.put({"reset-password": password, "reset-password-again": again}).click("reset-submit")
    assert it.problems(f"reset-{field}") == [said]
    assert link_holds(code)
    assert check_password("student@example.com", PASSWORD)


def test_a_link_that_is_over_says_whom_to_ask_and_leads_to_the_sign_in(school: School) -> None:
    it = Doorstep(reset="invented")
    assert it.said() == ["This link was used already, or its time is over. Please ask for a new one at your school."]
    it.click("reset-leave")
    assert "sign-in-email" in it.widgets()


def _record(organization_id: str, user_id: str, role: str, whose: str) -> None:
    from domain.access.actor import Actor
    from domain.access.roles import Role
    from domain.access.sign_in import issue_ticket, redeem
    from pages._shell import state
    from pages._shell.reset_link import offer

    if state.TOKEN not in state._kept():
        state.put(state.TOKEN, redeem(issue_ticket(user_id, Role(role))))
    offer(Actor(organization_id=organization_id, user_id=user_id, role=Role(role), roles=(Role(role),)), whose)


@pytest.mark.parametrize(
    ("role", "whose", "offered"),
    [
        (Role.SCHOOL, Role.STUDENT, True),
        (Role.SCHOOL, Role.OWNER, False),
        (Role.OWNER, Role.STAFF, True),
        (Role.STAFF, Role.STUDENT, False),
        (Role.TEACHER, Role.STUDENT, False),
    ],
)
def test_the_button_for_a_link_is_theirs_who_may_hand_one_out(role: Role, whose: Role, offered: bool, school: School) -> None:
    given = (school.id, school.people[role], str(role), school.people[whose])
    at = AppTest.from_function(_record, args=given, default_timeout=30).run()
    assert [each.key for each in at.button] == (["reset-link"] if offered else [])


def test_a_link_is_shown_once_to_who_hands_it_out(school: School) -> None:
    given = (school.id, school.people[Role.SCHOOL], "school", school.people[Role.STUDENT])
    at = AppTest.from_function(_record, args=given, default_timeout=30).run()
    at.button(key="reset-link").click().run()
    [shown] = [each.value for each in at.code]
    assert link_holds(shown.split("/?reset=")[1])
    assert reset_link.MADE not in at.session_state
    at.run()
    assert not at.code
