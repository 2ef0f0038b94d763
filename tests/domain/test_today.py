"""What needs someone: to each role what is theirs, the most urgent first."""

import datetime as dt
from collections.abc import Iterator

import pytest

from domain.access.roles import Role
from domain.access.uow import reading
from domain.db.engine import engine
from domain.today import Task, Urgency, tasks
from tests.conftest import School
from tests.factories.rows import Rows
from tests.pages import day
from tests.pages.browser import Browser
from tests.pages.day import DAY, NOON, WALL, days


@pytest.fixture
def keys(school: School, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    yield from day.stopped_day(school, monkeypatch)


def needs(school: School, role: Role, wall: dt.datetime = WALL) -> list[Task]:
    with reading(school.actor(role)) as session:
        return tasks(session, wall)


def told(school: School, role: Role, kind: str) -> list[str]:
    return [each.message for each in needs(school, role) if each.kind == kind]


def test_coordination_sees_late_alerts_missing_rolls_and_empty_classes_the_urgent_first(
    school: School, keys: dict[str, str]
) -> None:
    found = needs(school, Role.SCHOOL)
    assert [each.urgency for each in found] == sorted(each.urgency for each in found)
    assert {each.key for each in found if each.kind == "late_alert"} == {keys["red"], keys["old_yellow"]}
    assert [each.key for each in found if each.kind == "unmarked"] == [keys["missing"], keys["forgotten"]]
    assert keys["small"] in {each.key for each in found if each.kind == "nearly_empty"}


def test_a_teacher_has_their_own_rolls_and_no_alert(school: School, keys: dict[str, str]) -> None:
    assert told(school, Role.TEACHER, "unmarked") == [
        "English A1, Wed 4 Mar 09:00: no attendance yet.",
        "English A1, Mon 2 Mar 18:00: no attendance yet.",
    ]
    assert {each.kind for each in needs(school, Role.TEACHER)} == {"unmarked"}


def test_a_session_that_is_on_comes_first_until_its_roll_is_called(school: School, keys: dict[str, str]) -> None:
    half_past_six = WALL.replace(hour=18, minute=30)
    first = needs(school, Role.TEACHER, half_past_six)[0]
    assert (first.kind, first.key, first.urgency) == ("running", keys["coming"], Urgency.NOW)
    assert first.message == "English A1 is on until 19:00: call the roll."
    with engine().begin() as connection:
        student = school.people[Role.STUDENT]
        Rows(connection, school.id).add("attendance", session_id=keys["coming"], user_id=student, status="present")
    assert [each.kind for each in needs(school, Role.TEACHER, half_past_six)] == ["unmarked", "unmarked"]


def test_three_absences_in_a_row_are_told_and_an_excused_one_neither_counts_nor_ends_the_row(
    school: School, keys: dict[str, str]
) -> None:
    student = school.people[Role.STUDENT]
    with engine().begin() as connection:
        rows = Rows(connection, school.id)

        def mark(back: int, status: str) -> None:
            times = {"start_time": dt.time(8), "end_time": dt.time(9)}
            key = rows.add("sessions", class_id=school.klass, date=days(-back), status="completed", **times)
            rows.add("attendance", session_id=key, user_id=student, status=status)

        mark(4, "absent")
        mark(3, "excused")
        assert told(school, Role.SCHOOL, "absent_in_a_row") == [], "five days ago they were there"
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        mark(2, "absent")
        mark(1, "absent")
    said = ["Sofia Lima missed the last 3 sessions of English A1."]
    assert told(school, Role.SCHOOL, "absent_in_a_row") == told(school, Role.TEACHER, "absent_in_a_row") == said
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        times = {"start_time": dt.time(7), "end_time": dt.time(8)}
        key = rows.add("sessions", class_id=school.klass, date=DAY, status="completed", **times)
        rows.add("attendance", session_id=key, user_id=student, status="late")
    assert told(school, Role.SCHOOL, "absent_in_a_row") == []


def test_a_student_and_their_guardian_see_what_was_missed_lately(school: School, keys: dict[str, str]) -> None:
    assert told(school, Role.STUDENT, "missed") == ["You missed English A1 on Wed 25 Feb."]
    assert told(school, Role.PARENT, "missed") == ["Sofia missed English A1 on Wed 25 Feb."]
    with engine().begin() as connection:
        connection.exec_driver_sql("UPDATE families SET access = 'none'")
    assert needs(school, Role.PARENT) == []


def test_an_offer_that_ends_within_a_day_is_for_today(school: School, keys: dict[str, str]) -> None:
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        for name, hours in (("Bia", 5), ("Caio", 40)):
            person = rows.add("users", first_name=name, last_name="Reis", role="student")
            offer = {"status": "offered", "offered_at": NOON, "offer_ends_at": NOON + dt.timedelta(hours=hours)}
            rows.add("waiting_entries", user_id=person, class_id=school.klass, **offer)
    for role in (Role.SCHOOL, Role.STAFF):
        found = [(each.message, each.urgency) for each in needs(school, role) if each.kind == "offer"]
        assert [urgency for _message, urgency in found] == [Urgency.TODAY, Urgency.SOON]
        assert found[0][0].startswith("A seat in English A1 is offered to Bia Reis until ")


def test_the_owner_has_figures_and_no_list(school: School, keys: dict[str, str]) -> None:
    assert needs(school, Role.OWNER) == []
    assert "What needs you" not in _home(school, "owner")


def test_home_leads_from_each_line_to_where_it_is_done(school: School, keys: dict[str, str]) -> None:
    said = _home(school, "teacher")
    assert "What needs you" in said
    assert "English A1, Mon 2 Mar 18:00: no attendance yet." in said


def _home(school: School, role: str) -> str:
    it = Browser(school, role).follow("home")
    return it.text() + "\n".join(each.value for each in it.at.header)
