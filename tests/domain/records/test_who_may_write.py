"""What a role may write through records, and which fields nobody may."""

from typing import Any

import pytest

from domain.access.roles import Role
from domain.access.uow import reading, unit_of_work
from domain.core.models import User, UserRole
from domain.db.base import Base, model_of
from domain.kit.errors import InvalidInput, NotAllowed
from domain.kit.ids import new_id
from domain.operations.models import Room
from domain.records import write
from domain.records.dependents import dependents
from domain.records.locks import READ_ONLY, refusal
from domain.records.masks import hidden_in
from domain.records.query import Filter, View, list_page
from domain.toolbox.models import Todo
from tests.conftest import School
from tests.factories.rows import Rows


def create(school: School, model: type[Base], **values: Any) -> Base:
    with unit_of_work(school.actor(Role.SCHOOL)) as session:
        return write.create(session, model, values)


def test_fields_that_no_form_offers_cannot_be_written(school: School) -> None:
    for name, value in (
        ("organization_id", new_id()),
        ("is_demo", True),
        ("row_version", 7),
        ("created_at", None),
        ("nonsense", 1),
    ):
        with pytest.raises(NotAllowed), unit_of_work(school.actor(Role.SCHOOL)) as session:
            write.update(session, model_of("organizations"), school.id, {name: value}, version=1, opened={})


def test_a_role_that_may_only_read_writes_nothing(school: School) -> None:
    with unit_of_work(school.actor(Role.STAFF)) as session:
        with pytest.raises(NotAllowed):
            write.create(session, Room, {"name": "Lab", "capacity": 8})
        with pytest.raises(NotAllowed):
            write.update(session, Room, school.room, {"capacity": 8}, version=1, opened={})
        with pytest.raises(NotAllowed):
            write.remove(session, Room, [school.room])


def test_why_a_record_is_not_theirs_to_change_is_said_for_this_very_record(school: School) -> None:
    with reading(school.actor(Role.STAFF)) as session:
        room, me, pupil = (
            session.get(model, key)
            for model, key in (
                (Room, school.room),
                (User, school.people[Role.STAFF]),
                (User, school.people[Role.STUDENT]),
            )
        )
        assert [refusal(session, each, "U") for each in (room, me, pupil)] == [READ_ONLY, None, READ_ONLY]
        assert refusal(session, me, "D") == READ_ONLY
    with reading(school.actor(Role.SCHOOL)) as session:
        assert refusal(session, session.get(Room, school.room), "U") is None


def test_of_what_goes_along_with_a_record_nothing_is_named_and_nothing_stands_in_the_way(school: School) -> None:
    person = create(school, User, first_name="Bia", last_name="Reis", role="student").id
    with unit_of_work(school.job) as session:
        rows = Rows(session.connection(), school.id)
        rows.add("addresses", user_id=person)
        rows.add("todos", user_id=person)  # which coordination may not read
        rows.add("leads", assigned_to=person)
    with unit_of_work(school.actor(Role.SCHOOL)) as session:
        found = {each.table: (each.rule, each.count, each.examples) for each in dependents(session, User, [person])}
        assert found["addresses"] == ("CASCADE", 1, ())
        assert found["todos"] == ("CASCADE", 1, ())
        assert found["leads"] == ("SET NULL", 1, ())
        assert "RESTRICT" not in {rule for rule, _count, _examples in found.values()}


def test_what_is_hidden_is_asked_of_each_row(school: School) -> None:
    me, pupil = school.people[Role.TEACHER], school.people[Role.STUDENT]
    with reading(school.actor(Role.TEACHER)) as session:
        found = hidden_in(session, User, [me, pupil])
    assert found[me] < found[pupil]
    assert "cpf" in found[pupil]


def test_reception_makes_students_and_nobody_else(school: School) -> None:
    person = {"first_name": "Davi", "last_name": "Reis"}
    with unit_of_work(school.actor(Role.STAFF)) as session:
        write.create(session, User, {**person, "role": "student"})
    with pytest.raises(NotAllowed), unit_of_work(school.actor(Role.STAFF)) as session:
        write.create(session, User, {**person, "role": "school"})


def test_coordination_neither_makes_nor_becomes_an_owner(school: School) -> None:
    owner, own = school.people[Role.OWNER], school.people[Role.SCHOOL]
    with pytest.raises(NotAllowed), unit_of_work(school.actor(Role.SCHOOL)) as session:
        write.create(session, User, {"first_name": "Davi", "last_name": "Reis", "role": "owner"})
    with pytest.raises(NotAllowed), unit_of_work(school.actor(Role.SCHOOL)) as session:
        write.update(session, User, own, {"role": "owner"}, version=1, opened={})
    with pytest.raises(NotAllowed), unit_of_work(school.actor(Role.SCHOOL)) as session:
        write.update(session, User, owner, {"first_name": "Nobody"}, version=1, opened={})
    with pytest.raises(NotAllowed), unit_of_work(school.actor(Role.SCHOOL)) as session:
        write.create(session, UserRole, {"user_id": school.people[Role.STAFF], "role": "owner"})


def test_the_role_that_a_person_starts_in_is_always_among_their_roles(school: School) -> None:
    person = create(school, User, first_name="Davi", last_name="Reis", role="teacher")
    with unit_of_work(school.actor(Role.SCHOOL)) as session:
        write.update(session, User, person.id, {"role": "parent"}, version=1, opened={})
    with reading(school.job) as session:
        page = list_page(session, UserRole, View(filters=(Filter("user_id", values=(person.id,)),)))
    assert {row.values["role"] for row in page.rows} == {Role.TEACHER, Role.PARENT}


def test_a_student_writes_their_own_tasks(school: School) -> None:
    student = school.actor(Role.STUDENT)
    task = {"title": "Read", "urgency": 5, "importance": 10, "effort": 1, "user_id": student.user_id}
    with unit_of_work(student) as session:
        key = write.create(session, Todo, task).id
        write.update(session, Todo, key, {"completed": True}, version=1, opened={})
        assert write.remove(session, Todo, [key]) == 1
    with pytest.raises(InvalidInput), unit_of_work(student) as session:
        write.create(session, Todo, {**task, "urgency": 11})
