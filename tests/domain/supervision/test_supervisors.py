"""The school's list for alerts: put there by others, and nobody else's business."""

import pytest
from sqlalchemy import select

from domain.access.roles import Role
from domain.access.trail.undo import NotKept
from domain.access.trail.writing import written
from domain.access.uow import reading, unit_of_work
from domain.core.models import User
from domain.kit.errors import NotAllowed, NotFound
from domain.kit.ids import new_id
from domain.records import write
from domain.records.deleted import may_bring_back
from domain.records.undo import bring_back, undo
from domain.supervision.alert_models import AlertSupervisor
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
    for key in (new_id(), "nonsense", "\ud800"):
        for change in (add_supervisor, remove_supervisor):
            with pytest.raises(NotFound), unit_of_work(school.actor("school")) as session:
                change(session, key)
    with reading(school.actor("school")) as session:
        assert next((each.name, each.by) for each in supervisors(session)) == ("Clara Nunes", "")
        assert len(supervisors(session)) == 2


def test_an_owner_lists_nobody_who_is_an_owner_besides_and_below_the_service_nobody_lists_themself_either(school: School) -> None:
    both, alone = care.person(school, "school", "owner"), care.person(school, "school")
    with pytest.raises(NotAllowed), unit_of_work(school.actor("owner")) as session:
        add_supervisor(session, both.user_id)
    with pytest.raises(NotAllowed), unit_of_work(alone) as session:
        session.add(AlertSupervisor(user_id=alone.user_id, added_by=alone.user_id))


@pytest.mark.parametrize("role", ["student", "teacher", "parent", "staff"])
def test_the_list_is_nobody_elses_business(role: str, school: School) -> None:
    with reading(school.actor(role)) as session:
        assert supervisors(session) == []
    with pytest.raises((NotAllowed, NotFound)), unit_of_work(school.actor(role)) as session:
        add_supervisor(session, school.people[Role.OWNER])


def test_undoing_the_delete_of_someone_on_the_list_does_not_put_them_back_on_it(school: School) -> None:
    listed, by = care.person(school, "school"), care.person(school, "school")
    with unit_of_work(by) as session:
        add_supervisor(session, listed.user_id)
    before = _people(school)
    with unit_of_work(school.actor("school")) as session:
        write.remove(session, User, [listed.user_id])
    deleted = written(session)
    assert deleted is not None
    assert deleted.can_be_undone
    with unit_of_work(school.actor("school")) as session:
        undo(session, deleted)
    assert _people(school) == before - {listed.user_id}
    with reading(school.actor("school")) as session:
        assert session.get(User, listed.user_id) is not None


def test_taking_someone_off_the_list_is_neither_undone_nor_brought_back(school: School) -> None:
    listed, by = care.person(school, "school"), care.person(school, "school")
    with unit_of_work(by) as session:
        add_supervisor(session, listed.user_id)
    with reading(by) as session:
        key = session.scalar(select(AlertSupervisor.id).where(AlertSupervisor.user_id == listed.user_id))
    with unit_of_work(school.actor("school")) as session:
        remove_supervisor(session, listed.user_id)
    removed = written(session)
    assert removed is not None
    assert not removed.can_be_undone
    with pytest.raises(NotKept), unit_of_work(school.actor("school")) as session:
        undo(session, removed)
    with pytest.raises(NotKept), unit_of_work(by) as session:
        bring_back(session, AlertSupervisor, str(key))
    with reading(by) as session:
        assert not may_bring_back(session, AlertSupervisor)


def _people(school: School) -> set[str]:
    with reading(school.actor("school")) as session:
        return {each.user_id for each in supervisors(session)}
