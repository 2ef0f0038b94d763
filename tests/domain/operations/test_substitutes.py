"""Who stands in for a session is its class's teacher for a while: what they then see and write, and what they don't."""

import datetime as dt
from collections.abc import Callable

import pytest
from sqlalchemy import select, update

from domain.access.accounts import table_named
from domain.access.actor import Actor
from domain.access.roles import Role
from domain.access.uow import reading, unit_of_work
from domain.core.models import User
from domain.db.engine import engine
from domain.kit.errors import InvalidInput, NotAllowed, NotFound
from domain.operations.enums import AttendanceStatus, SessionStatus
from domain.operations.meeting_state import state_of
from domain.operations.meetings import cancel
from domain.operations.models import Attendance, ClassSession, Enrollment, SchoolClass
from domain.operations.queries import session_lines
from domain.records import write
from tests.conftest import School
from tests.factories.rows import Rows
from tests.factories.standing_day import TODAY


@pytest.fixture
def ana(school: School) -> Actor:
    """A teacher without a class of her own."""
    with engine().begin() as connection:
        key = Rows(connection, school.id).add("users", role="teacher", first_name="Ana", last_name="Reis", is_active=True)
    return Actor(organization_id=school.id, user_id=key, role=Role.TEACHER, roles=(Role.TEACHER,))


@pytest.fixture
def given(school: School, ana: Actor) -> Callable[[int], str]:
    """`given(3)`: a session in three days that Ana gives; its key. Beside it stands one that she doesn't."""

    def make(days: int) -> str:
        with engine().begin() as connection:
            rows, day = Rows(connection, school.id), TODAY + dt.timedelta(days=days)
            rows.add("sessions", class_id=school.klass, date=day, start_time=dt.time(15), end_time=dt.time(16))
            return rows.add("sessions", class_id=school.klass, date=day, teacher_id=ana.user_id)

    return make


def seen(actor: Actor) -> dict[str, int]:
    with reading(actor) as session:
        models = (SchoolClass, ClassSession, Enrollment)
        found = {each.__tablename__: len(session.scalars(select(each.id)).all()) for each in models}
        students = select(User.id).where(User.role == Role.STUDENT)
        return {**found, "students": len(session.scalars(students).all())}


NOTHING = {"classes": 0, "sessions": 0, "enrollments": 0, "students": 0}
ALL = {"classes": 1, "sessions": 1, "enrollments": 1, "students": 1}


@pytest.mark.parametrize(("days", "found"), [(30, ALL), (0, ALL), (-7, ALL), (-8, NOTHING)])
def test_a_substitute_sees_the_class_until_a_week_after_the_session(
    ana: Actor, given: Callable[[int], str], days: int, found: dict[str, int]
) -> None:
    assert seen(ana) == NOTHING
    given(days)
    assert seen(ana) == found


def test_a_substitute_calls_the_roll_and_writes_what_was_done_and_nothing_else(
    school: School, ana: Actor, given: Callable[[int], str]
) -> None:
    key = given(-1)
    student = school.people[Role.STUDENT]
    with unit_of_work(ana) as session:
        write.create(session, Attendance, {"session_id": key, "user_id": student, "status": AttendanceStatus.PRESENT})
        record = session.scalars(select(ClassSession)).one()
        values = {"status": SessionStatus.COMPLETED, "notes": "Unit 4."}
        write.update(session, ClassSession, key, values, version=record.row_version, opened={})
    with reading(ana) as session:
        [line] = session_lines(session)
        assert line.teacher == "Ana Reis"
        assert line.roll == {**dict.fromkeys(AttendanceStatus, 0), AttendanceStatus.PRESENT: 1}
        assert not state_of(session, key).may_change
    with reading(school.actor("school")) as session:
        other = session.scalar(select(ClassSession.id).where(ClassSession.id != key))

    def change(**wanted: object) -> None:
        with unit_of_work(ana) as session:
            version = session.scalars(select(ClassSession.row_version)).one()
            write.update(session, ClassSession, key, wanted, version=version, opened={})

    for wanted in ({"date": TODAY + dt.timedelta(days=90)}, {"teacher_id": None}, {"reason": "Mine."}):
        with pytest.raises(NotAllowed):
            change(**wanted)
    with pytest.raises(InvalidInput), unit_of_work(ana) as session:
        write.create(session, Attendance, {"session_id": other, "user_id": student, "status": AttendanceStatus.PRESENT})
    with pytest.raises(NotFound), unit_of_work(ana) as session:
        cancel(session, other, reason="Mine.")
    with pytest.raises(NotAllowed), unit_of_work(ana) as session:
        cancel(session, key, reason="Mine.")


def test_a_teacher_of_another_school_named_in_a_session_sees_nothing(
    school: School, ana: Actor, given: Callable[[int], str]
) -> None:
    given(1)
    with engine().begin() as connection:
        there = Rows(connection, Rows(connection).add("organizations"))
        there.add("classes")
    stranger = Actor(organization_id=there.organization_id, user_id=ana.user_id, role=Role.TEACHER, roles=(Role.TEACHER,))
    assert seen(stranger) == NOTHING


def test_who_is_no_longer_the_substitute_sees_nothing_from_that_moment(ana: Actor, given: Callable[[int], str]) -> None:
    key = given(2)
    assert seen(ana) == ALL
    with engine().begin() as connection:
        table = table_named("sessions")
        connection.execute(update(table).where(table.c.id == key).values(teacher_id=None))
    assert seen(ana) == NOTHING
