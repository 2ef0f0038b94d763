"""Who taught and where is what was so when it was held, whichever way the class gets another teacher or room afterwards."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from domain.access.roles import Role
from domain.access.trail.writing import written
from domain.access.uow import reading, unit_of_work
from domain.db.engine import engine
from domain.exchange.calendar import sessions_for_calendar
from domain.operations.absences import pattern
from domain.operations.enums import CalendarKind
from domain.operations.models import ClassSession, SchoolClass
from domain.operations.pattern import OtherPlace, apply_change, preview_change
from domain.operations.queries import session_lines
from domain.records import write
from domain.records.undo import undo
from tests.conftest import School
from tests.factories.rows import Rows
from tests.pages import day

Lived = dict[str, str]
Change = Callable[[School, str, str], Any]
TOMAS, ANA = ("Tomás Lima", "Sala 1"), ("Ana Lima", "Lab")


@pytest.fixture
def lived(school: School, monkeypatch: pytest.MonkeyPatch) -> Lived:
    """A Wednesday afternoon: marked a week ago, held by a substitute, over without a mark, cancelled; to come today and later."""
    day.stop_clock(monkeypatch)
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        other = rows.add("users", role="teacher", first_name="Ana", last_name="Lima")
        third = rows.add("users", role="teacher", first_name="Beto", last_name="Sá")

        def session(back: int, hour: int, status: str = "scheduled", **given: Any) -> str:
            times = {"date": day.days(-back), "start_time": dt.time(hour), "end_time": dt.time(hour + 1)}
            return rows.add("sessions", class_id=school.klass, status=status, **times, **given)

        found = {
            "marked": session(7, 8, "completed"),
            "substitute": session(6, 8, "completed", teacher_id=third),
            "unmarked": session(5, 8),
            "cancelled": session(4, 8, "cancelled"),
            "over": session(0, 9),
            "tonight": session(0, 18, reason="Earlier than usual."),
            "next": session(-7, 8),
        }
        rows.add("attendance", session_id=found["marked"], user_id=school.people[Role.STUDENT], status="present")
        return {**found, "other": other, "lab": rows.add("rooms", name="Lab", capacity=20)}


def told(school: School, lived: Lived) -> dict[str, tuple[str, str]]:
    with reading(school.actor("school")) as session:
        lines = {each.id: (each.teacher, each.room) for each in session_lines(session)}
    return {name: lines[key] for name, key in lived.items() if key in lines}


def by_form(school: School, teacher: str, room: str) -> Any:
    with unit_of_work(school.actor("school")) as session:
        values = {"teacher_id": teacher, "room_id": room}
        version = session.get(SchoolClass, school.klass).row_version
        write.update(session, SchoolClass, school.klass, values, version=version, opened={})
    return written(session)


def many_at_once(school: School, teacher: str, room: str) -> Any:
    with unit_of_work(school.actor("school")) as session:
        write.update_many(session, SchoolClass, [school.klass], {"teacher_id": teacher, "room_id": room})
    return written(session)


def by_plan(school: School, teacher: str, room: str) -> Any:
    with unit_of_work(school.actor("school")) as session:
        seen = preview_change(session, OtherPlace(school.klass, teacher, room))
        apply_change(session, OtherPlace(school.klass, teacher, room), seen=seen.fingerprint)
        assert seen.pinned == 5, "the substitute's session keeps its room"
    return written(session)


@pytest.mark.parametrize("change", [by_form, many_at_once, by_plan])
def test_what_was_held_says_who_taught_it_and_where_and_what_is_to_come_follows_the_class(
    school: School, lived: Lived, change: Change
) -> None:
    before = told(school, lived)
    done = change(school, lived["other"], lived["lab"])
    after = told(school, lived)
    assert {name: after[name] for name in ("marked", "unmarked", "cancelled", "over")} == dict.fromkeys(
        ("marked", "unmarked", "cancelled", "over"), TOMAS
    )
    assert after["substitute"] == ("Beto Sá", "Sala 1")
    assert (after["tonight"], after["next"]) == (ANA, ANA)
    with reading(school.actor("school")) as session:
        marks = pattern(session, day.days(-30), day.DAY).held
    assert [each.teacher_id for each in marks] == [school.people[Role.TEACHER]]
    with unit_of_work(school.actor("school")) as session:
        undo(session, done)
    assert told(school, lived) == before
    assert _named(school, lived["marked"]) == (None, None)


@pytest.mark.parametrize("change", [by_form, many_at_once])
def test_what_was_held_while_the_class_had_no_teacher_is_nobodys_until_somebody_says_whose(
    school: School, lived: Lived, change: Change
) -> None:
    with engine().begin() as connection:
        connection.exec_driver_sql("UPDATE classes SET teacher_id = NULL WHERE id = ?", (school.klass,))
    with reading(school.actor("school")) as session:
        assert preview_change(session, OtherPlace(school.klass, lived["other"], school.room)).pinned == 4
    before = told(school, lived)
    done = change(school, lived["other"], school.room)
    after = told(school, lived)
    assert {after[name] for name in ("marked", "unmarked", "cancelled", "over")} == {("", "Sala 1")}
    assert after["substitute"] == ("Beto Sá", "Sala 1")
    assert after["tonight"] == after["next"] == ("Ana Lima", "Sala 1")
    with reading(school.actor("school")) as session:
        marks = pattern(session, day.days(-30), day.DAY)
        ana = [each.id for each in sessions_for_calendar(session, CalendarKind.TEACHER, lived["other"])]
    assert [each.teacher_id for each in marks.held] == [None]
    assert sorted(ana) == sorted([lived["tonight"], lived["next"]])
    with unit_of_work(school.actor("school")) as session:
        undo(session, done)
    assert told(school, lived) == before
    change(school, lived["other"], school.room)
    third = school.people[Role.TEACHER]
    with unit_of_work(school.actor("school")) as session:
        write.update_many(session, SchoolClass, [school.klass], {"teacher_id": third})
        write.update_many(session, ClassSession, [lived["over"]], {"teacher_id": lived["other"]})
    assert told(school, lived)["unmarked"] == ("", "Sala 1"), "nobody's it stays, whoever comes next"
    assert told(school, lived)["over"] == ("Ana Lima", "Sala 1")


def test_an_undo_leaves_what_was_held_meanwhile_with_who_gave_it(
    school: School, lived: Lived, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = by_form(school, lived["other"], lived["lab"])
    monkeypatch.setattr(day.clock, "now", lambda: day.NOON + dt.timedelta(minutes=5))
    with engine().begin() as connection:
        times = {"date": day.DAY, "start_time": dt.time(12, 2), "end_time": dt.time(12, 50)}
        lived["meanwhile"] = Rows(connection, school.id).add("sessions", class_id=school.klass, **times)
    with unit_of_work(school.actor("school")) as session:
        undo(session, done)
    assert told(school, lived)["meanwhile"] == ANA
    assert told(school, lived)["marked"] == told(school, lived)["next"] == TOMAS


def test_a_correction_by_hand_and_another_name_of_the_class_are_left_alone(school: School, lived: Lived) -> None:
    with unit_of_work(school.actor("school")) as session:
        write.update(session, SchoolClass, school.klass, {"name": "English A1+"}, version=1, opened={})
    assert _named(school, lived["marked"]) == (None, None)
    with unit_of_work(school.actor("school")) as session:
        klass = {"teacher_id": lived["other"]}
        write.update(session, SchoolClass, school.klass, klass, version=2, opened={})
        write.update(session, ClassSession, lived["marked"], {"teacher_id": lived["other"]}, version=1, opened={})
    assert told(school, lived)["marked"] == ("Ana Lima", "Sala 1")
    assert told(school, lived)["unmarked"] == TOMAS


def _named(school: School, key: str) -> tuple[str | None, str | None]:
    with reading(school.actor(Role.SCHOOL)) as session:
        record = session.get(ClassSession, key)
    return record.teacher_id, record.room_id
