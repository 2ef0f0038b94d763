"""A school's week to clash in."""

import datetime as dt
from dataclasses import dataclass

import pytest

from domain.access.roles import Role
from domain.access.uow import unit_of_work
from domain.core.models import User
from domain.operations.models import Enrollment, Room, Schedule, SchoolClass
from domain.records import write
from tests.conftest import School


@pytest.fixture(autouse=True)
def _of_one_day(same_day: None) -> None:
    """Many tests here speak of today."""


@dataclass(frozen=True)
class Week:
    """English A1 meets on Mondays 18:00 to 19:20 in Sala 1 with Tomás; French on Tuesdays 18:00 to 19:20 in Sala 2 with Inês."""

    school: School
    english: str
    french: str
    english_meets: str
    french_meets: str
    room: str
    other_room: str
    teacher: str
    other_teacher: str
    student: str


def at(text: str) -> dt.time:
    return dt.time.fromisoformat(text)


@pytest.fixture
def week(school: School) -> Week:
    with unit_of_work(school.actor(Role.SCHOOL)) as session:
        values = {"first_name": "Inês", "last_name": "Alves", "email": "ines@example.com", "role": Role.TEACHER}
        teacher = write.create(session, User, values).id
        room = write.create(session, Room, {"name": "Sala 2", "capacity": 8}).id
        french = write.create(
            session,
            SchoolClass,
            {
                "term_id": school.term,
                "level_id": school.level,
                "teacher_id": teacher,
                "room_id": room,
                "name": "French",
                "max_students": 8,
            },
        ).id
        hours = {"start_time": at("18:00"), "end_time": at("19:20")}
        english_meets = write.create(session, Schedule, {"class_id": school.klass, "day_of_week": 1, **hours}).id
        french_meets = write.create(session, Schedule, {"class_id": french, "day_of_week": 2, **hours}).id
        write.create(session, Enrollment, {"user_id": school.people[Role.STUDENT], "class_id": french})
    return Week(
        school,
        school.klass,
        french,
        english_meets,
        french_meets,
        school.room,
        room,
        school.people[Role.TEACHER],
        teacher,
        school.people[Role.STUDENT],
    )
