"""Identity providers on the pages: their buttons, who came from one, inviting on a person's record, ending a link."""

import json
from itertools import count

import pytest
from streamlit.testing.v1 import AppTest

from domain.access import sign_in
from domain.access.id_tokens import Proven
from domain.access.identities import arrive, enter, links_of
from domain.access.invitations import invitation_of, invite
from domain.access.providers import Provider, Setup
from domain.access.roles import Role
from domain.access.sign_in import actor_of, begin, issue_ticket, redeem
from domain.db.engine import engine
from pages._shell import oidc, state
from tests.conftest import School
from tests.factories.rows import Rows
from tests.pages.browser import MAIN, Browser

ISSUER = "https://clerk.example.com"
CLERK = Provider("clerk", "Clerk", ISSUER, f"{ISSUER}/.well-known/openid-configuration", "client", "secret", keyed=True)
GITEA = Provider("gitea", "The [city] library", "https://id.example.org", "", "client", "secret")
SETUP = Setup((CLERK, GITEA), "https://school.example.org/oauth2callback", "a cookie secret")
UNKNOWN = "no school here knows you by it yet"
STATES = count(1)


@pytest.fixture
def providers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oidc, "configured", lambda: SETUP)


def came_back(code: str | None) -> Browser:
    """Someone whose browser holds this code of an arrival."""
    it = Browser.__new__(Browser)
    it.at = AppTest.from_file(str(MAIN), default_timeout=30)
    it.at.session_state[oidc.ARRIVAL] = code
    return it.run()


def arrival(subject: str, email: str = "") -> str | None:
    return arrive(f"state {next(STATES)}", Proven(ISSUER, subject, email))


def link(school: School, role: Role, inviting: str = "school") -> None:
    invite(school.actor(inviting), school.people[role])
    assert enter(str(arrival(f"subject of {role}", f"{role}@example.com")))


def test_without_a_provider_there_is_no_button(school: School) -> None:
    it = came_back(None)
    assert not it.widgets("provider-")
    assert it.widgets("sign-in-submit")


@pytest.mark.usefixtures("providers")
def test_each_provider_has_its_button_beside_the_password(school: School) -> None:
    it = came_back(None)
    labels = {key: button.label for key, button in it.widgets("provider-").items()}
    assert labels == {"provider-clerk": "Sign in with Clerk", "provider-gitea": "Sign in with The \\[city\\] library"}
    assert it.widgets("sign-in-submit")


@pytest.mark.usefixtures("providers")
def test_someone_known_is_let_in_by_a_session_of_ours(school: School) -> None:
    link(school, Role.TEACHER)
    it = came_back(arrival("subject of teacher"))
    assert 'data-trade="session"' in it.text()


@pytest.mark.usefixtures("providers")
def test_someone_unknown_disabled_or_not_invited_is_told_the_same(school: School) -> None:
    link(school, Role.STUDENT)
    with engine().begin() as connection:
        connection.exec_driver_sql("UPDATE users SET is_active = 0 WHERE id = ?", (school.people[Role.STUDENT],))
    said = [
        came_back(arrival(subject, email)).said()
        for subject, email in (("nobody", ""), ("x", "teacher@example.com"), ("subject of student", "student@example.com"))
    ]
    assert len(said[0]) == 1
    assert UNKNOWN in said[0][0]
    assert said[0] == said[1] == said[2]


@pytest.mark.usefixtures("providers")
def test_a_code_that_is_over_says_nothing_and_a_failed_one_is_told(school: School) -> None:
    code = arrival("nobody")
    assert came_back(code).said()
    assert came_back(code).said() == []
    assert came_back("invented").said() == []
    assert came_back("failed").said() == ["That sign-in didn't come through. Please try again, or use your e-mail and password."]


@pytest.mark.usefixtures("providers")
def test_who_is_known_at_several_schools_chooses(school: School) -> None:
    link(school, Role.TEACHER)
    with engine().begin() as connection:
        rows = Rows(connection)
        other = rows.add("users", is_active=True, role="parent")
        rows.add("identities", user_id=other, issuer=ISSUER, subject="subject of teacher")
    it = came_back(arrival("subject of teacher"))
    assert set(it.widgets("school-")) >= {f"school-{other}", f"school-{school.people[Role.TEACHER]}"}
    assert 'data-trade="session"' in it.click(f"school-{other}").text()


@pytest.mark.usefixtures("providers")
@pytest.mark.parametrize(("whose", "offered"), [(Role.STUDENT, True), (Role.OWNER, False), (Role.SCHOOL, False)])
def test_coordination_invites_from_the_record_of_anyone_but_owners_and_themself(
    whose: Role, offered: bool, school: School
) -> None:
    it = Browser(school, Role.SCHOOL).open("users", record=school.people[whose])
    assert it.has("invite") is offered
    if not offered:
        return
    it.click("invite")
    [shown] = [each.value for each in it.at.code]
    assert "https://school.example.org/" in shown
    assert "student@example.com" in shown
    assert invitation_of(school.actor("school"), school.people[whose])
    it.click("withdraw")
    assert invitation_of(school.actor("school"), school.people[whose]) is None


@pytest.mark.usefixtures("providers")
def test_whoever_has_no_e_mail_is_not_invited_and_it_says_why(school: School) -> None:
    student = school.people[Role.STUDENT]
    with engine().begin() as connection:
        connection.exec_driver_sql("UPDATE users SET email = NULL WHERE id = ?", (student,))
    it = Browser(school, Role.SCHOOL).open("users", record=student).click("invite")
    assert it.said() == ["Please write the person's e-mail into their record first: the invitation is bound to it."]


@pytest.mark.parametrize("role", [Role.STAFF, Role.TEACHER])
@pytest.mark.usefixtures("providers")
def test_nobody_else_sees_the_button(role: Role, school: School) -> None:
    it = Browser(school, role).open("users", record=school.people[Role.STUDENT])
    assert not it.has("invite")


def test_without_a_provider_nobody_is_invited(school: School) -> None:
    assert not Browser(school, Role.SCHOOL).open("users", record=school.people[Role.STUDENT]).has("invite")


@pytest.mark.usefixtures("providers")
def test_coordination_ends_a_link_from_the_record_and_the_person_is_signed_out(school: School) -> None:
    student = school.people[Role.STUDENT]
    link(school, Role.STUDENT)
    token = redeem(issue_ticket(student, Role.STUDENT))
    assert token
    it = Browser(school, Role.SCHOOL).open("users", record=student).click("links")
    [key] = it.widgets("unlink-")
    it.click(key)
    assert links_of(school.actor("student"), student) == []
    assert actor_of(token) is None


@pytest.mark.usefixtures("providers")
def test_a_person_sees_what_they_are_linked_to_and_ends_it(school: School) -> None:
    link(school, Role.STUDENT)
    it = Browser(school, Role.STUDENT).follow("security")
    assert "Linked to Clerk" in it.text()
    assert ISSUER in it.text()
    [key] = it.widgets("unlink-")
    it.click(key)
    assert not it.widgets("unlink-")
    assert "None yet" in it.text()


def came_in(school: School, role: Role) -> Browser:
    """Someone who came in by their link."""
    found = enter(str(arrival(f"subject of {role}")))
    assert found
    [step] = begin(found.accounts, links=found.links)
    it = Browser.__new__(Browser)
    it.at = AppTest.from_file(str(MAIN), default_timeout=30)
    it.at.session_state[state.TOKEN] = redeem(sign_in.enter(step.token))
    it.at.run()
    return it.follow("security")


@pytest.mark.usefixtures("providers")
def test_ending_the_link_of_another_browser_signs_that_out_and_says_that_this_one_goes_on(school: School) -> None:
    link(school, Role.STUDENT)
    there = came_in(school, Role.STUDENT)
    assert "by Clerk" in there.text()
    it = Browser(school, Role.STUDENT).follow("security")
    [key] = it.widgets("unlink-")
    it.click(key)
    assert [each.value.replace("\\", "") for each in it.at.toast] == [
        "The link was ended. 1 browser that had come in by it was signed out; this one had not, and goes on."
    ]
    assert "None yet" in it.text()
    assert "sign-in-email" in there.run().widgets()


@pytest.mark.usefixtures("providers")
def test_who_came_by_the_link_is_asked_before_it_ends_and_is_signed_out(school: School) -> None:
    link(school, Role.STUDENT)
    it = came_in(school, Role.STUDENT)
    token = it.at.session_state[state.TOKEN]
    [key] = it.widgets("unlink-")
    it.click(key)
    asked = it.text().replace("\\", "")
    assert "You came in by this account, so you are signed out here too. You can sign in again with your password." in asked
    assert actor_of(token)
    it.click("unlink-here-yes")
    assert (actor_of(token), links_of(school.actor("student"), school.people[Role.STUDENT])) == (None, [])
    assert 'data-trade="end"' in it.text()


@pytest.mark.usefixtures("providers")
def test_who_has_no_password_is_told_whom_to_ask_before_they_end_their_only_way_in(school: School) -> None:
    link(school, Role.STUDENT)
    with engine().begin() as connection:
        connection.exec_driver_sql("DELETE FROM credentials")
    it = came_in(school, Role.STUDENT)
    [key] = it.widgets("unlink-")
    it.click(key)
    assert "ask your school" in it.text()
    it.click("unlink-here-cancel")
    assert links_of(school.actor("student"), school.people[Role.STUDENT])


def test_a_link_stays_in_sight_when_its_provider_is_no_longer_configured(school: School) -> None:
    link(school, Role.STUDENT)
    it = Browser(school, Role.STUDENT).follow("security")
    assert "Linked to clerk.example.com" in it.text()
    assert "Accounts elsewhere" not in Browser(school, Role.TEACHER).follow("security").text()


@pytest.mark.usefixtures("providers")
@pytest.mark.parametrize(
    ("said_there", "accepted_here", "comes_in"), [(True, True, True), (True, False, False), (False, True, False)]
)
def test_a_providers_second_factor_counts_where_the_school_accepts_it_and_ours_is_asked_for_elsewhere(
    said_there: bool, accepted_here: bool, comes_in: bool, school: School
) -> None:
    link(school, Role.STAFF)
    with engine().begin() as connection:
        settings = json.dumps({"second_factor_required": True, "second_factor_by_provider": accepted_here})
        connection.exec_driver_sql("UPDATE organizations SET settings = json_patch(settings, ?)", (settings,))
    code = arrive(f"state {next(STATES)}", Proven(ISSUER, "subject of staff", second_factor=said_there))
    text = came_back(code).text()
    assert ('data-trade="session"' in text) is comes_in
