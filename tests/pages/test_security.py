"""The page of one's own sign-ins: the list, ending sessions, and a new password."""

import pytest

from domain.access.roles import Role
from domain.access.sign_in import actor_of, check_password, issue_ticket, redeem
from pages._shell import state
from tests.conftest import PASSWORD, School
from tests.pages.browser import Browser
from tests.pages.conftest import Ask

PHONE = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36"
NEW = "violet otters juggle"


def elsewhere(school: School, role: Role) -> str:
    """The token of another browser of the same person."""
    token = redeem(issue_ticket(school.people[role], role), browser=PHONE, address="198.51.100.1")
    assert token
    return token


def fill(it: Browser, present: str, wanted: str, again: str) -> Browser:
    it.put({"password-present": present, "change-password": wanted, "change-password-again": again})
    return it.click("password-submit")


@pytest.mark.parametrize("role", list(Role))
def test_everyone_has_the_page_and_sees_their_own_browsers(role: Role, school: School) -> None:
    elsewhere(school, role)
    elsewhere(school, next(each for each in Role if each is not role))
    it = Browser(school, role).follow("security")
    assert it.text().count("Chrome · Android") == 1
    assert it.text().count("This browser") == 1
    assert "from 198.51.100.1" in it.text()
    assert len(it.widgets("end-0")) == 1


def test_one_browser_is_signed_out_from_the_list(school: School, sql: Ask) -> None:
    other = elsewhere(school, Role.TEACHER)
    it = Browser(school, Role.TEACHER).follow("security")
    [key] = [each["id"] for each in sql("SELECT id FROM sign_ins WHERE address IS NOT NULL")]
    it.click(f"end-{key}")
    assert actor_of(other) is None
    assert "Chrome · Android" not in it.text()
    assert not it.has("end-others")


def test_all_other_browsers_are_signed_out_at_once(school: School) -> None:
    others = [elsewhere(school, Role.TEACHER) for _each in range(3)]
    it = Browser(school, Role.TEACHER).follow("security").click("end-others")
    assert [actor_of(each) for each in others] == [None, None, None]
    assert "This browser" in it.text()


def test_a_new_password_signs_out_everywhere_and_hands_this_browser_a_ticket(school: School) -> None:
    other = elsewhere(school, Role.TEACHER)
    it = Browser(school, Role.TEACHER).follow("security")
    mine = it.at.session_state[state.TOKEN]
    fill(it, PASSWORD, NEW, NEW)
    assert (actor_of(mine), actor_of(other)) == (None, None)
    assert 'data-trade="session"' in it.text()
    assert 'data-go="/security?changed=password"' in it.text()
    assert check_password("teacher@example.com", NEW)


@pytest.mark.parametrize(
    ("present", "wanted", "again", "field", "said"),
    [
        ("not mine at all", NEW, NEW, "present", "This isn&#x27;t your present password."),
        (PASSWORD, "short", "short", "password", "Please use at least 12 characters."),
        (PASSWORD, NEW, NEW + "!", "password_again", "The two passwords differ."),
    ],
)
def test_what_is_wrong_is_said_at_its_field(present: str, wanted: str, again: str, field: str, said: str, school: School) -> None:
    it = fill(Browser(school, Role.TEACHER).follow("security"), present, wanted, again)
    assert it.problems(f"password-{field}") == [said]
    assert check_password("teacher@example.com", PASSWORD)


def test_an_easy_password_is_refused_in_one_clear_sentence(school: School) -> None:
    it = Browser(school, Role.TEACHER).follow("security")
    for easy in ("password1234", "Tomás Lima 2026", "Escola Aurora 1"):
        [said] = fill(it, PASSWORD, easy, easy).problems("password-password")
        assert said.startswith("Please choose another one: this is among the passwords that are tried first")


def test_who_comes_back_after_the_change_is_told_that_it_worked(school: School) -> None:
    it = Browser(school, Role.TEACHER).follow("security", changed="password")
    assert it.said() == ["Your password was changed. All your other browsers were signed out."]
