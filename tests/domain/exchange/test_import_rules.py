"""What rules find once a whole file is written (who sits where, what clashes): told at the rows that brought it about."""

import datetime as dt
import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event, insert, select

from domain.access import bulk
from domain.access.actor import Actor
from domain.access.uow import unit_of_work
from domain.db.base import model_of
from domain.db.engine import engine
from domain.operations.models import ClassSession, SchoolClass
from domain.records import write
from tests.conftest import School
from tests.domain.exchange.importing import counts, done, errors, everything, lines, tried
from tests.factories.rows import Rows

DAY = dt.date(2026, 3, 2)


@pytest.fixture
def coordination(school: School) -> Actor:
    return school.actor("school")


@pytest.fixture
def two_classes(school: School) -> None:
    """English A2 with three places, beside English A1; a session of each, and students who aren't enrolled anywhere."""
    with unit_of_work(school.job) as session:
        given = {"term_id": school.term, "level_id": school.level, "name": "English A2", "max_students": 3}
        other = write.create(session, SchoolClass, given)
        for klass in (school.klass, other.id):
            write.create(
                session, ClassSession, {"class_id": klass, "date": DAY, "start_time": dt.time(8), "end_time": dt.time(9)}
            )
        for name in ("Ana", "Bia", "Caio", "Davi", "Eva"):
            values = {"first_name": name, "last_name": "Luz", "role": "student", "email": f"{name.lower()}@example.com"}
            write.create(session, model_of("users"), values)


def refused_alike(actor: Actor, table: str, data: bytes) -> list[tuple[int, str, str]]:
    """What a preview tells, which is what the import tells too, and nothing is kept of either."""
    before = everything()
    seen = tried(actor, table, data)
    assert errors(done(actor, table, data)) == errors(seen)
    assert everything() == before
    return errors(seen)


@pytest.mark.usefixtures("two_classes")
def test_a_mark_of_someone_who_was_not_in_the_class_is_told_at_its_cell(coordination: Actor) -> None:
    data = lines(
        "Class,Date,Begins,E-mail,Attendance",
        "English A1,02/03/2026,8:00,student@example.com,Present",
        "English A1,02/03/2026,8:00,ana@example.com,Present",
        "English A2,02/03/2026,8:00,student@example.com,Absent",
    )
    assert refused_alike(coordination, "attendance", data) == [
        (3, "E-mail", "Ana Luz was never enrolled in the class of English A1 (Mon 2 Mar 08:00)."),
        (4, "E-mail", "Sofia Lima was never enrolled in the class of English A2 (Mon 2 Mar 08:00)."),
    ]
    assert counts(done(coordination, "attendance", b"\n".join(data.split(b"\n")[:2]))) == (1, 0, 0, 0)


@pytest.mark.usefixtures("two_classes")
def test_those_whom_a_class_has_no_seat_for_are_told_at_their_rows(coordination: Actor) -> None:
    people = ("ana", "bia", "caio", "davi", "eva")
    data = lines("E-mail,Class,Enrolled", *(f"{each}@example.com,English A2,02/03/2026" for each in people))
    found = refused_alike(coordination, "enrollments", data)
    assert [(row, column) for row, column, _said in found] == [(5, "Class"), (6, "Class")]  # three seats for five
    assert "English A2" in found[0][2]


@pytest.mark.usefixtures("two_classes")
def test_what_clashes_in_a_timetable_is_told_at_the_meetings_that_clash(school: School, coordination: Actor) -> None:
    done(coordination, "classes", lines("Term,Level,Name,Teacher", "2026/1,A1,English B,teacher@example.com"))
    data = lines(
        "Class,Weekday,Begins,Ends",
        "English A1,Monday,8:00,9:30",
        "English A2,Monday,8:00,9:30",
        "English B,Monday,9:00,10:00",
    )
    found = refused_alike(coordination, "schedules", data)
    assert [row for row, _column, _said in found] == [2, 4]  # of one teacher; the class without one clashes with nobody
    assert all("Tomás Lima" in said for _row, _column, said in found)


@pytest.mark.usefixtures("two_classes")
def test_whoever_would_sit_in_two_classes_at_once_is_told_at_the_enrolment(coordination: Actor) -> None:
    week = lines("Class,Weekday,Begins,Ends", "English A1,Monday,8:00,9:30", "English A2,Monday,9:00,10:00")
    assert counts(done(coordination, "schedules", week)) == (2, 0, 0, 0)
    data = lines("E-mail,Class,Enrolled", "ana@example.com,English A2,02/03/2026", "student@example.com,English A2,02/03/2026")
    [(row, _column, said)] = refused_alike(coordination, "enrollments", data)
    assert (row, "Sofia Lima" in said) == (3, True)


def test_rules_are_asked_of_more_rows_than_a_statement_takes_parameters(
    school: School, coordination: Actor, few_parameters: int
) -> None:
    """Of enrolments, marks, meetings and sessions more than SQLite takes parameters, each in one unit of work."""
    count = few_parameters + 100
    with engine().begin() as connection:
        made = Rows(connection, school.id)
        people = [made.values("users", first_name="Ana", last_name=f"L{at}", role="student") for at in range(count)]
        given = {"term_id": school.term, "level_id": school.level, "room_id": school.room}
        classes = [made.values("classes", **given, name=f"C{at}") for at in range(count)]
        for table, rows in (("users", people), ("classes", classes)):
            connection.execute(insert(model_of(table).__table__), rows)
    keys = [each["id"] for each in classes]
    with unit_of_work(coordination) as unit:
        assert bulk.update_rows(unit, SchoolClass, keys, {"room_id": None}) == count
    hours = {"start_time": dt.time(8), "end_time": dt.time(9)}
    met = written(coordination, "sessions", [{"class_id": key, "date": DAY, **hours} for key in keys])
    written(coordination, "schedules", [{"class_id": key, "day_of_week": 1, **hours} for key in keys])
    moment = dt.datetime(2026, 2, 2, 12, tzinfo=dt.UTC)
    pairs = list(zip(keys, met, [each["id"] for each in people], strict=True))
    enrolled = [{"class_id": klass, "user_id": person, "enrolled_at": moment} for klass, _met, person in pairs]
    written(coordination, "enrollments", enrolled)
    marks = [{"session_id": session, "user_id": person, "status": "absent"} for _klass, session, person in pairs]
    written(coordination, "attendance", marks)
    with unit_of_work(school.job) as unit:
        assert set(unit.scalars(select(ClassSession.status))) == {"completed"}


def written(actor: Actor, table: str, rows: list[dict[str, Any]]) -> list[str]:
    with unit_of_work(actor) as unit:
        return bulk.insert_rows(unit, model_of(table), rows)


@pytest.fixture
def few_parameters(school: School) -> Iterator[int]:
    """A database that takes hardly more parameters in a statement than a batch of our own has."""
    most = bulk.BATCH + 20
    engine().dispose()

    def limit(connection: Any, _record: Any) -> None:
        connection.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, most)

    event.listen(engine(), "connect", limit)
    yield most
    event.remove(engine(), "connect", limit)
    engine().dispose()
