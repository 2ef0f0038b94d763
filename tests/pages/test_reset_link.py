"""The link for a new password, on a person's record."""

import pytest

from domain.access.roles import Role
from domain.access.sign_in import link_holds
from tests.conftest import School
from tests.pages.browser import Browser


@pytest.mark.parametrize(("whose", "offered"), [(Role.STUDENT, True), (Role.OWNER, False), (Role.SCHOOL, False)])
def test_coordination_hands_out_a_link_from_the_record_of_anyone_but_owners_and_themself(
    whose: Role, offered: bool, school: School
) -> None:
    it = Browser(school, Role.SCHOOL).open("users", record=school.people[whose])
    assert it.has("reset-link") is offered
    if offered:
        it.click("reset-link")
        [shown] = [each.value for each in it.at.code]
        assert link_holds(shown.split("/?reset=")[1])
