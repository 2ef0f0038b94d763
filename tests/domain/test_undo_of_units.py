"""What undoing and bringing back stand on: what one unit of work did, and of that what went with one record."""

import pytest

from domain.access import bulk
from domain.access.roles import Role
from domain.access.trail import writing as trail_writing
from domain.access.trail.models import TrailAction
from domain.access.trail.undo import Deletion, Step, deletion_of
from domain.access.trail.writing import written
from domain.access.uow import reading, unit_of_work
from domain.core.enums import AddressType
from domain.core.models import Address, User
from domain.crm.models import Lead
from domain.db.base import Base
from domain.kit.errors import NotFound
from domain.operations.models import Room
from domain.records.undo import undo
from domain.supervision.models import SafetyAlert
from tests.conftest import School
from tests.domain.trailing import another_school, asked, last_number
from tests.factories.rows import Rows


def deletion(school: School, model: type[Base], key: str) -> Deletion:
    with reading(school.actor(Role.SCHOOL)) as session:
        return deletion_of(session, model, key)


def steps(found: Deletion) -> list[tuple[str, str, str]]:
    return sorted((str(each.action), each.model.__tablename__, each.key) for each in found.steps)


def test_with_a_record_go_what_hung_on_it_and_what_referred_to_it_and_nothing_that_merely_happened_then(school: School) -> None:
    with unit_of_work(school.job) as session:
        rows = Rows(session.connection(), school.id)
        person = rows.add("users", role="student", first_name="Bia", last_name="Reis")
        address, moved = (rows.add("addresses", user_id=person, type=each) for each in list(AddressType)[:2])
        run = rows.add("prompt_runs", user_id=person)
        rows.add("todos", user_id=person)
        rows.add("annotations", user_id=school.people[Role.STUDENT], prompt_run_id=run)
        kept, gone = (rows.add("leads", assigned_to=person) for _each in "ab")
    with unit_of_work(school.job) as session:
        session.get(Room, school.room).name = "Sala Azul"
        session.get(Address, moved).user_id = school.people[Role.TEACHER]
        session.flush()
        bulk.delete_rows(session, Lead, [gone])
        bulk.delete_rows(session, User, [person])
    found = deletion(school, User, person)
    roles = [each for each in steps(found) if each[1] == "user_roles"]
    assert steps(found) == sorted([("D", "addresses", address), ("D", "users", person), ("U", "leads", kept), *roles])
    assert found.lost == {"todos": 1, "prompt_runs": 1}


def test_a_unit_is_found_whole_whatever_numbers_another_school_has_come_to(school: School) -> None:
    with unit_of_work(another_school()) as session:
        bulk.insert_rows(session, Room, [{"name": f"Deles {at}", "capacity": 5} for at in range(last_number(school) + 20)])
    coordinator = school.actor(Role.SCHOOL)
    with unit_of_work(coordinator) as session:
        keys = bulk.insert_rows(session, Room, [{"name": f"Sala B{at}", "capacity": 5} for at in range(3)])
    with unit_of_work(coordinator) as session:
        bulk.update_rows(session, Room, keys, {"capacity": 9})
    done = written(session)
    assert done
    with unit_of_work(coordinator) as session:
        undo(session, done)
    assert [each["capacity"] for each in asked("SELECT capacity FROM rooms WHERE name LIKE 'Sala B%'")] == [5, 5, 5]


def test_a_change_of_too_many_records_is_not_offered(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    with unit_of_work(school.actor(Role.SCHOOL)) as session:
        keys = bulk.insert_rows(session, Room, [{"name": f"Sala B{at}", "capacity": 5} for at in range(3)])
    monkeypatch.setattr(trail_writing, "BATCH", 2)
    for some, offered in ((keys[:2], True), (keys, False)):
        with unit_of_work(school.actor(Role.SCHOOL)) as session:
            bulk.update_rows(session, Room, some, {"capacity": len(some)})
        done = written(session)
        assert done
        assert done.can_be_undone is offered


def test_whoever_reads_a_table_in_part_brings_none_of_its_records_back(school: School) -> None:
    with unit_of_work(school.job) as session:
        alert = Rows(session.connection(), school.id).add("safety_alerts")
    with reading(school.actor(Role.SCHOOL)) as session, pytest.raises(NotFound):
        deletion_of(session, SafetyAlert, alert)


def test_of_what_it_was_a_step_tells_the_columns_that_there_are() -> None:
    step = Step(1, "a unit", TrailAction.DELETE, Room, "a key", {"name": "Sala 1", "colour": "red"}, None)
    assert step.of_before() == {"name": "Sala 1"}
