"""The school's list for alerts: put there by others, and nobody else's business."""

import pytest

from domain.access.roles import Role
from domain.access.uow import reading, unit_of_work
from domain.kit.errors import NotAllowed, NotFound
from domain.supervision.supervisors import (
    AlreadyListed,
    NobodyByThemself,
    add_supervisor,
    people_to_list,
    remove_supervisor,
    supervisors,
)
from tests.conftest import School
from tests.domain.supervision import care


def test_nobody_puts_themself_on_the_list_and_no_owner_puts_an_owner_there(school: School) -> None:
    owner, partner, second = school.actor("owner"), care.person(school, "owner"), care.person(school, "school")
    with pytest.raises(NobodyByThemself), unit_of_work(second) as session:
        add_supervisor(session, second.user_id)
    for key in (owner.user_id, partner.user_id):
        with pytest.raises((NobodyByThemself, NotAllowed)), unit_of_work(owner) as session:
            add_supervisor(session, key)
    with unit_of_work(owner) as session:
        assert [key for key, _name in people_to_list(session)] == [second.user_id]
        add_supervisor(session, second.user_id)
    with pytest.raises(AlreadyListed), unit_of_work(school.actor("school")) as session:
        add_supervisor(session, second.user_id)
    for key in (school.people[Role.TEACHER], school.people[Role.PARENT]):
        with pytest.raises(NotAllowed), unit_of_work(school.actor("school")) as session:
            add_supervisor(session, key)
    with pytest.raises(NobodyByThemself), unit_of_work(second) as session:
        remove_supervisor(session, second.user_id)
    with pytest.raises(NotAllowed), unit_of_work(owner) as session:
        remove_supervisor(session, second.user_id)
    with reading(school.actor("school")) as session:
        assert next((each.name, each.by) for each in supervisors(session)) == ("Clara Nunes", "")
        assert len(supervisors(session)) == 2


@pytest.mark.parametrize("role", ["student", "teacher", "parent", "staff"])
def test_the_list_is_nobody_elses_business(role: str, school: School) -> None:
    with reading(school.actor(role)) as session:
        assert supervisors(session) == []
    with pytest.raises((NotAllowed, NotFound)), unit_of_work(school.actor(role)) as session:
        add_supervisor(session, school.people[Role.OWNER])
