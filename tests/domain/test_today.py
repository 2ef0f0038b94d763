"""What needs someone: to each role what is theirs, the most urgent first."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from domain.access.roles import Role
from domain.access.uow import reading, unit_of_work
from domain.crm.models import LeadInteraction
from domain.db.engine import engine
from domain.operations.meetings import cancel
from domain.operations.planning_queries import terms
from domain.operations.timetable import allow_standing, standing_clashes
from domain.records import write
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


def test_of_many_sessions_that_are_on_a_few_are_told_the_longest_on_first(school: School, keys: dict[str, str]) -> None:
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        for at in range(7):
            klass = rows.add("classes", name=f"Class {at}", is_active=True, term_id=school.term, level_id=school.level)
            times = {"date": DAY, "start_time": dt.time(14, 30 - at), "end_time": dt.time(16)}
            rows.add("sessions", class_id=klass, status="scheduled", **times)
    assert told(school, Role.SCHOOL, "running") == [f"Class {at} is on until 16:00: call the roll." for at in (6, 5, 4, 3, 2)]


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
        mark(0, "absent")
    assert told(school, Role.SCHOOL, "absent_in_a_row") == [said[0].replace("3", "4")]
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        times = {"start_time": dt.time(7), "end_time": dt.time(8)}
        key = rows.add("sessions", class_id=school.klass, date=days(1), status="completed", **times)
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


LEADS = (Role.SCHOOL, Role.STAFF)
OTHERS = tuple(role for role in Role if role not in LEADS)


def lead(rows: Rows, name: str, **given: Any) -> str:
    return rows.add("leads", name=name, **{"status": "trial", "last_contact": NOON - dt.timedelta(days=1), **given})


def test_a_trial_whose_session_is_cancelled_or_has_moved_is_said_to_be_off(school: School, keys: dict[str, str]) -> None:
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        connection.exec_driver_sql("DELETE FROM trials")

        def trial(name: str, session: dict[str, Any], hour: int) -> None:
            times = {"date": DAY, "start_time": dt.time(hour), "end_time": dt.time(hour + 1)} | session
            at = WALL.replace(hour=hour, minute=0)
            key = rows.add("sessions", class_id=school.klass, **times)
            given = {"class_id": school.klass, "session_id": key, "scheduled_at": at, "status": "confirmed"}
            rows.add("trials", lead_id=lead(rows, name), **given)

        trial("Ada", {}, 17)
        trial("Bia", {"status": "cancelled"}, 19)
        trial("Caio", {"date": days(1)}, 20)
        trial("Davi", {"start_time": dt.time(8), "end_time": dt.time(9)}, 11)
    off = "was to try English A1 today at {}:00, and no session is held then. Please agree on another one."
    assert told(school, Role.STAFF, "trial") == [
        "Ada tries English A1 today at 17:00.",
        f"Bia {off.format(19)}",
        f"Caio {off.format(20)}",
    ]
    assert told(school, Role.STAFF, "trial_over") == [
        "Davi was to try English A1 on Wed 4 Mar, and no session was held then. Please agree on another one."
    ]


def test_who_tries_a_class_today_and_of_whom_nobody_said_whether_they_came(school: School, keys: dict[str, str]) -> None:
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        connection.exec_driver_sql("DELETE FROM trials")

        def trial(name: str, hours: float, status: str) -> str:
            at = NOON + dt.timedelta(hours=hours)
            return rows.add("trials", lead_id=lead(rows, name), class_id=school.klass, scheduled_at=at, status=status)

        evening = trial("Rita Melo", 3.5, "confirmed")
        trial("Ada Reis", 2, "scheduled")
        noon = trial("Gil Sá", -1, "confirmed")
        trial("Bento Luz", -50, "scheduled")
        for name, hours, status in (
            ("Zé", 1, "cancelled"),
            ("Lia", -2, "no_show"),
            ("Eva", -3, "completed"),
            ("Ivo", 10, "confirmed"),
        ):
            trial(name, hours, status)
    for role in LEADS:
        assert told(school, role, "trial") == [
            "Ada Reis tries English A1 today at 17:00, and hasn't confirmed yet.",
            "Rita Melo tries English A1 today at 18:30.",
        ]
        assert told(school, role, "trial_over") == [
            "Did Gil Sá come to try English A1 on Wed 4 Mar?",
            "Did Bento Luz come to try English A1 on Mon 2 Mar?",
        ]
        assert {each.urgency for each in needs(school, role) if each.kind.startswith("trial")} == {Urgency.TODAY}
    for role in OTHERS:
        assert told(school, role, "trial") == told(school, role, "trial_over") == []
    it = Browser(school, "staff").follow("home")
    assert "Rita Melo tries English A1 today at 18:30." in it.text()
    assert {evening, noon} <= {each.key for each in needs(school, Role.STAFF)}
    assert it.open("trials", record=noon, mode="edit").has(f"trials-{noon}-status")


def test_a_planned_word_comes_before_a_long_silence_and_ends_with_a_talk(school: School, keys: dict[str, str]) -> None:
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        for table in ("trials", "leads"):
            connection.exec_driver_sql(f"DELETE FROM {table}")

        def after_trial(name: str, follow_up: float, spoken: float, **given: Any) -> str:
            """Hours from noon: when a word was planned for, and when the last one was."""
            key = lead(rows, name, last_contact=NOON + dt.timedelta(hours=spoken), **given)
            planned = NOON + dt.timedelta(hours=follow_up)
            rows.add("trials", lead_id=key, class_id=school.klass, scheduled_at=NOON, status="completed", follow_up_at=planned)
            return key

        yesterday = after_trial("Ana", -24, -48)
        after_trial("Bia", 3, -200)
        after_trial("Caio", 3, -2)  # spoken to today, before the hour that was planned
        after_trial("Duda", 48, -200)  # planned for later
        after_trial("Enzo", -24, -48, status="enrolled")
        after_trial("Fabi", -24, -48, status="lost")
        quiet = lead(rows, "Gabi", status="contacted", last_contact=NOON - dt.timedelta(days=6))
        lead(rows, "Hugo", status="qualified", last_contact=NOON - dt.timedelta(days=2))
        lead(rows, "Iara", status="new", last_contact=None)
    for role in LEADS:
        found = [(each.message, each.urgency, each.key) for each in needs(school, role) if each.kind == "follow_up"]
        assert found[0] == ("Ana was to hear from you on Tue 3 Mar.", Urgency.TODAY, yesterday)
        assert [each[0] for each in found[1:]] == [
            "Bia was to hear from you on Wed 4 Mar.",
            "Gabi has heard nothing since Thu 26 Feb.",
        ]
        assert found[2][1:] == (Urgency.SOON, quiet)
    for role in OTHERS:
        assert told(school, role, "follow_up") == []
    with unit_of_work(school.actor("staff")) as session:
        for key, kind in ((yesterday, "call"), (quiet, "note")):
            said = {"lead_id": key, "user_id": school.people[Role.STAFF], "type": kind, "content": "…"}
            write.create(session, LeadInteraction, said)
    assert [each.key for each in needs(school, Role.STAFF) if each.kind == "follow_up"][1:] == [quiet], "a note is no talk"
    assert yesterday not in {each.key for each in needs(school, Role.STAFF)}


def test_what_clashes_is_coordinations_until_it_is_allowed_or_mended(school: School, keys: dict[str, str]) -> None:
    assert told(school, Role.SCHOOL, "clash") == []
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        given = {"term_id": school.term, "level_id": school.level, "is_active": True, "max_students": 5}
        other = rows.add("classes", name="French", teacher_id=school.people[Role.TEACHER], room_id=school.room, **given)
        half_past = {"start_time": dt.time(18, 30), "end_time": dt.time(19, 30)}
        rows.add("schedules", class_id=school.klass, day_of_week=5, start_time=dt.time(18), end_time=dt.time(19))
        meeting = rows.add("schedules", class_id=other, day_of_week=5, **half_past)
        soon = rows.add("sessions", class_id=other, date=DAY, **half_past)
        rows.add("sessions", class_id=other, date=days(2), status="cancelled", **half_past)
    found = [each for each in needs(school, Role.SCHOOL) if each.kind == "clash"]
    assert [(each.message, each.key, each.term) for each in found] == [
        ("Friday: Tomás Lima teaches English A1 (18:00–19:00) and French (18:30–19:30).", meeting, school.term),
        ("Wed 4 Mar: Tomás Lima teaches English A1 (18:00–19:00) and French (18:30–19:30).", soon, school.term),
    ]
    for role in Role:
        if role is not Role.SCHOOL:
            assert told(school, role, "clash") == []
    with reading(school.actor("school")) as session:
        [term] = [each for each in terms(session) if each.id == school.term]
        weekly, room = [
            each for each, _term in standing_clashes(session, DAY, dt.timedelta()) if isinstance(each.meetings[0].day, int)
        ]
    with unit_of_work(school.actor("school")) as session:
        allow_standing(session, term, weekly.key, "They learn together.")
    [left] = [each for each in needs(school, Role.SCHOOL) if each.kind == "clash" and each.key == meeting]
    assert left.message == "Friday: Sala 1 is taken by English A1 (18:00–19:00) and French (18:30–19:30)."
    with unit_of_work(school.actor("school")) as session:
        allow_standing(session, term, room.key, "They learn together.")
    assert [each.key for each in needs(school, Role.SCHOOL) if each.kind == "clash"] == [soon]
    with unit_of_work(school.actor("school")) as session:
        cancel(session, soon, reason="Two at once.")
    assert told(school, Role.SCHOOL, "clash") == []


def test_a_class_without_a_free_place_is_told_with_who_waits(school: School, keys: dict[str, str]) -> None:
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        connection.exec_driver_sql("UPDATE classes SET name = 'Small' WHERE id = ?", (keys["small"],))
        over = rows.add("terms", start_date=days(-200), end_date=days(-90))
        past = rows.add("classes", name="Past", max_students=1, is_active=True, term_id=over, level_id=school.level)
        rows.add("enrollments", class_id=past, status="active")
    for role in LEADS:
        assert told(school, role, "full") == ["Small is full."]
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        for closed in (None, None, NOON):
            status = "withdrawn" if closed else "waiting"
            person = rows.add("users", role="student")
            rows.add("waiting_entries", user_id=person, class_id=keys["small"], status=status, closed_at=closed)
    for role in LEADS:
        [found] = [each for each in needs(school, role) if each.kind == "full"]
        assert (found.message, found.place, found.key) == ("Small is full, and waiting for a place: 2.", "waiting", keys["small"])
    for role in OTHERS:
        assert told(school, role, "full") == []


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
