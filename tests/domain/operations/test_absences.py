"""Rates and absences in a row, held beside a plain count of the same marks in Python."""

import datetime as dt
from collections import Counter, defaultdict
from random import Random

import pytest
from sqlalchemy import select

from domain.access.actor import Actor
from domain.access.roles import Role
from domain.access.uow import reading
from domain.core.models import User
from domain.db.engine import engine
from domain.db.types import Cpf
from domain.operations.absences import away_in_a_row, grouped, missed, pattern
from domain.operations.attendance_rules import Tally
from domain.operations.enums import AttendanceStatus
from domain.operations.models import Attendance
from domain.operations.rules import absences_in_a_row
from domain.records.figures import Question, counting
from domain.records.query import Filter
from domain.records.traits import TRAITS, Trait, trait_field, traits_for
from tests.conftest import School
from tests.factories.rows import Rows

FIRST, LAST = dt.date(2026, 2, 2), dt.date(2026, 3, 31)
BEGAN = dt.datetime(2026, 2, 1, 12, tzinfo=dt.UTC)
Marks = dict[tuple[str, str], list[tuple[dt.date, AttendanceStatus]]]


def fill(school: School, seed: int) -> tuple[Marks, dict[str, str]]:
    """Two classes with four students each, marked at random over some weeks: the small school's, and a foreign one."""
    random, marks, keys = Random(seed), defaultdict(list), {}
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        Rows(connection).add("attendance")  # another school's
        keys["stand_in"] = rows.add("users", role="teacher", first_name="Sub", last_name="Stituta")
        keys["foreign"] = rows.add("classes", term_id=school.term, name="French A1")
        for klass in (school.klass, keys["foreign"]):
            students = [rows.add("users", role="student", first_name=f"S{at}") for at in range(4)]
            for student in students:
                rows.add("enrollments", class_id=klass, user_id=student, enrolled_at=BEGAN, status="active")
            for at in range(12):
                day = FIRST + dt.timedelta(days=random.randrange(3) + 4 * at)
                given = {"teacher_id": keys["stand_in"]} if at == 0 else {}
                session = rows.add("sessions", class_id=klass, date=day, status="completed", **given)
                for student in students:
                    status = random.choices(list(AttendanceStatus), (4, 5, 1, 1))[0]
                    rows.add("attendance", session_id=session, user_id=student, status=status)
                    marks[student, klass].append((day, status))
    return marks, keys


def tally(statuses: list[AttendanceStatus]) -> Tally:
    count = Counter(statuses)
    late = count[AttendanceStatus.LATE]
    there = count[AttendanceStatus.PRESENT] + late
    return Tally(there, late, count[AttendanceStatus.ABSENT], count[AttendanceStatus.EXCUSED])


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_the_database_sums_is_what_a_plain_count_says(school: School, seed: int) -> None:
    marks, keys = fill(school, seed)
    low, high = dt.date(2026, 2, 8), dt.date(2026, 3, 14)
    for role, classes in (("school", {school.klass, keys["foreign"]}), ("teacher", {school.klass})):
        with reading(school.actor(role)) as session:
            found = pattern(session, low, high)
        seen = [(klass, day, status) for (_who, klass), some in marks.items() for day, status in some if klass in classes]
        within = [each for each in seen if low <= each[1] <= high]
        for name, key in (
            ("class_id", lambda klass, _day: klass),
            ("weekday", lambda _klass, day: day.isoweekday() % 7),
            ("monday", lambda _klass, day: day - dt.timedelta(days=day.weekday())),
        ):
            expected = defaultdict(list)
            for klass, day, status in within:
                expected[key(klass, day)].append(status)
            assert grouped(found.held, lambda each, name=name: getattr(each, name)) == {
                group: tally(statuses) for group, statuses in expected.items()
            }
        rows = {who: [s for _day, s in reversed(some)] for (who, klass), some in marks.items() if klass in classes}
        expected_away = {who: absences_in_a_row(some) for who, some in rows.items() if absences_in_a_row(some) >= 3}
        assert {each.student_id: each.absences for each in found.away} == expected_away


@pytest.mark.parametrize("role", ["school", "staff", "teacher"])
def test_the_list_behind_a_group_holds_the_marks_that_it_counts(school: School, role: str) -> None:
    fill(school, 1)
    low, high = dt.date(2026, 2, 8), dt.date(2026, 3, 14)
    span = Filter("day", low=low, high=high)
    with reading(school.actor(role)) as session:
        held = pattern(session, low, high).held

        def count(*filters: Filter) -> int:
            return session.scalar(counting(session, Question("attendance", (span, *filters)))) or 0

        for trait, key in (
            ("class_id", lambda each: each.class_id),
            ("level_id", lambda each: each.level_id),
            ("teacher_id", lambda each: each.teacher_id),
            ("weekday", lambda each: each.weekday),
        ):
            groups = grouped(held, key)
            assert groups
            for value, found in ((value, found) for value, found in groups.items() if value):
                theirs = Filter(trait, values=(value,))
                assert count(theirs) == found.there + found.absent + found.excused
                assert count(theirs, Filter("status", values=(AttendanceStatus.ABSENT,))) == found.absent
        assert count() == sum(each.tally.there + each.tally.absent + each.tally.excused for each in held)
        assert count(Filter("weekday", values=tuple(range(7)))) == count()


def test_a_trait_that_rests_on_what_one_may_not_read_or_sees_masked_is_neither_offered_nor_asked(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(school, 1)
    everyone = {"day", "weekday", "class_id", "level_id", "teacher_id"}
    assert set(traits_for(school.actor("school"), Attendance)) == everyone
    assert set(traits_for(school.actor("student"), Attendance)) == everyone
    reads_no_classes = Actor.system(school.id, "attendance")
    assert set(traits_for(reads_no_classes, Attendance)) == {"day", "weekday", "class_id"}
    number = Trait(
        trait_field("cpf", "CPF", Cpf()),
        lambda asked: Attendance.user_id.in_(select(User.id).where(asked(User.cpf))),
        ((User, "cpf"),),
    )
    monkeypatch.setitem(TRAITS, "attendance", (number,))
    assert set(traits_for(school.actor("school"), Attendance)) == {"cpf"}
    assert not traits_for(school.actor("staff"), Attendance), "reception sees a part of the number"
    asks = Question("attendance", (Filter("cpf", values=("none has this",)),))
    for role, found in (("school", False), ("staff", True)):
        with reading(school.actor(role)) as session:
            assert bool(session.scalar(counting(session, asks))) is found


def test_a_session_counts_for_who_stood_in(school: School) -> None:
    _marks, keys = fill(school, 1)
    with reading(school.actor("school")) as session:
        found = pattern(session, FIRST, LAST)
    by_teacher = grouped(found.held, lambda each: each.teacher_id)
    assert set(by_teacher) >= {keys["stand_in"], school.people[Role.TEACHER]}
    assert found.teachers[keys["stand_in"]] == "Sub Stituta"
    assert sum(each.day == min(h.day for h in found.held) for each in found.held) >= 1


def test_who_left_is_no_longer_away(school: School) -> None:
    fill(school, 2)
    with reading(school.actor("school")) as session:
        before = away_in_a_row(session, least=1)
    assert before
    with engine().begin() as connection:
        connection.exec_driver_sql(
            "UPDATE enrollments SET status = 'dropped', dropped_at = '2026-04-01 12:00:00.000000' WHERE user_id = ?",
            (before[0].student_id,),
        )
    with reading(school.actor("school")) as session:
        assert [each.student_id for each in away_in_a_row(session, least=1)] == [each.student_id for each in before[1:]]


def test_a_student_and_a_guardian_see_what_they_missed_and_nobody_else_s(school: School) -> None:
    fill(school, 3)
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        for day, status in ((2, "present"), (4, "absent"), (9, "late"), (11, "excused")):
            session = rows.add(
                "sessions", class_id=school.klass, date=dt.date(2026, 3, day), start_time=dt.time(6), status="completed"
            )
            rows.add("attendance", session_id=session, user_id=school.people[Role.STUDENT], status=status)
    for role in ("student", "parent"):
        with reading(school.actor(role)) as session:
            attended, gone = missed(session)
        assert [(each.name, each.class_name, each.tally) for each in attended] == [
            ("Sofia Lima", "English A1", Tally(there=2, late=1, absent=1, excused=1))
        ]
        assert [(each.day.day, each.status.value) for each in gone] == [(11, "excused"), (9, "late"), (4, "absent")]
    with reading(school.actor("owner")) as session:
        assert missed(session) == ([], [])
        assert pattern(session, FIRST, LAST).held == ()
        assert away_in_a_row(session) == []
