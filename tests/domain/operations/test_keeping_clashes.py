"""Nothing that clashes is saved, by any way of writing; what someone in charge allows is, with the reason, while it lasts."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from sqlalchemy import select

from domain.access import bulk
from domain.access.actor import Actor
from domain.access.roles import Role
from domain.access.trail.writing import written
from domain.access.uow import ScopedSession, reading, unit_of_work
from domain.core.models import Organization, User
from domain.db.base import Base
from domain.db.engine import engine
from domain.kit import clock
from domain.kit.errors import InvalidInput, NotAllowed
from domain.kit.findings import Refused
from domain.kit.ids import new_id
from domain.operations.enums import EnrollmentStatus, SessionStatus
from domain.operations.models import ClassSession, Enrollment, Room, Schedule, SchoolClass, Term
from domain.operations.permits import allow
from domain.operations.planning_models import ClashPermit
from domain.records import write
from domain.records.undo import undo
from tests.domain.operations.conftest import Week, at
from tests.factories.rows import Rows


def change(actor: Actor, model: type[Base], key: str, **values: Any) -> None:
    with unit_of_work(actor) as session:
        update(session, model, key, values)


def update(session: ScopedSession, model: type[Base], key: str, values: Mapping[str, Any]) -> None:
    record = session.get(model, key)
    write.update(session, model, key, values, version=record.row_version, opened={})


def said(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [each.message for each in refused.value.findings]


@pytest.fixture
def coordination(week: Week) -> Actor:
    return week.school.actor(Role.SCHOOL)


# Every way of writing.


def by_form(session: ScopedSession, week: Week) -> None:
    update(session, Schedule, week.french_meets, {"day_of_week": 1})


def by_new_row(session: ScopedSession, week: Week) -> None:
    hours = {"start_time": at("19:00"), "end_time": at("20:00")}
    write.create(session, Schedule, {"class_id": week.french, "day_of_week": 1, **hours})


def by_many_at_once(session: ScopedSession, week: Week) -> None:
    write.update_many(session, Schedule, [week.french_meets], {"day_of_week": 1})


def by_bulk_insert(session: ScopedSession, week: Week) -> None:
    hours = {"start_time": at("19:00"), "end_time": at("20:00")}
    bulk.insert_rows(session, Schedule, [{"class_id": week.french, "day_of_week": 1, **hours}])


def by_bulk_update(session: ScopedSession, week: Week) -> None:
    bulk.update_rows(session, Schedule, [week.french_meets], {"day_of_week": 1})


def by_record(session: ScopedSession, week: Week) -> None:
    session.get(Schedule, week.french_meets).day_of_week = 1


WAYS = [by_form, by_new_row, by_many_at_once, by_bulk_insert, by_bulk_update, by_record]


@pytest.mark.parametrize("way", WAYS)
def test_a_student_in_two_classes_at_once_is_refused_by_every_way_of_writing(
    way: Callable[[ScopedSession, Week], None], week: Week, coordination: Actor
) -> None:
    with pytest.raises(Refused) as refused, unit_of_work(coordination) as session:
        way(session, week)
    [told] = said(refused)
    assert "Sofia Lima" in told
    assert "English A1 (18:00–19:20)" in told
    assert "French" in told
    with reading(coordination) as session:
        assert session.scalars(select(Schedule.day_of_week).order_by(Schedule.day_of_week)).all() == [1, 2]


def test_undoing_is_refused_where_someone_has_taken_the_hour_meanwhile(week: Week, coordination: Actor) -> None:
    with unit_of_work(coordination) as session:
        update(session, Schedule, week.english_meets, {"day_of_week": 3})
    moved = written(session)
    change(coordination, Schedule, week.french_meets, day_of_week=1)
    assert moved is not None
    with pytest.raises(Refused), unit_of_work(coordination) as session:
        undo(session, moved)


def test_two_meetings_that_change_places_in_one_go_never_clash(week: Week, coordination: Actor) -> None:
    with unit_of_work(coordination) as session:
        update(session, Schedule, week.english_meets, {"day_of_week": 2})
        session.flush()
        update(session, Schedule, week.french_meets, {"day_of_week": 1})


# Every table that a clash can come from.


def test_a_class_gets_no_teacher_or_room_that_is_taken_then(week: Week, coordination: Actor) -> None:
    with unit_of_work(coordination) as session:
        bulk.update_rows(session, Enrollment, _enrolled(session, week.french), _left())
        update(session, Schedule, week.french_meets, {"day_of_week": 1})
    with pytest.raises(Refused) as refused:
        change(coordination, SchoolClass, week.french, teacher_id=week.teacher)
    assert said(refused) == ["Monday: Tomás Lima teaches English A1 (18:00–19:20) and French (18:00–19:20)."]
    with pytest.raises(Refused) as refused:
        change(coordination, SchoolClass, week.french, room_id=week.room)
    assert said(refused) == ["Monday: Sala 1 is taken by English A1 (18:00–19:20) and French (18:00–19:20)."]
    change(coordination, SchoolClass, week.french, name="French of Mondays")


def test_a_class_has_no_more_places_than_its_room_seats_nor_fewer_than_students(week: Week, coordination: Actor) -> None:
    for values, told in (
        ({"max_students": 9}, "French has 9 places, and Sala 2 only 8 seats."),
        ({"room_id": None, "max_students": 9}, ""),
        ({"room_id": week.other_room}, "French has 9 places, and Sala 2 only 8 seats."),
    ):
        if not told:
            change(coordination, SchoolClass, week.french, **values)
            continue
        with pytest.raises(Refused) as refused:
            change(coordination, SchoolClass, week.french, **values)
        assert said(refused) == [told]
    with pytest.raises(Refused) as refused:
        change(coordination, Room, week.room, capacity=11)
    assert said(refused) == ["English A1 has 12 places, and Sala 1 only 11 seats."]


def test_nobody_enrols_into_two_classes_at_once_and_places_do_not_fall_below_students(week: Week, coordination: Actor) -> None:
    with unit_of_work(coordination) as session:
        values = {"first_name": "Rita", "last_name": "Reis", "email": "rita@example.com", "role": Role.STUDENT}
        rita = write.create(session, User, values).id
        german = {"term_id": week.school.term, "level_id": week.school.level, "name": "German", "max_students": 2}
        klass = write.create(session, SchoolClass, german).id
        hours = {"start_time": at("19:00"), "end_time": at("20:00")}
        write.create(session, Schedule, {"class_id": klass, "day_of_week": 1, **hours})
    reception = week.school.actor(Role.STAFF)
    with pytest.raises(Refused) as refused, unit_of_work(reception) as session:
        write.create(session, Enrollment, {"user_id": week.student, "class_id": klass})
    assert said(refused) == ["Monday: Sofia Lima is in English A1 (18:00–19:20) and in German (19:00–20:00)."]
    with unit_of_work(coordination) as session:
        bulk.update_rows(session, Enrollment, _enrolled(session, week.english), _left())
    with unit_of_work(reception) as session:
        write.create(session, Enrollment, {"user_id": week.student, "class_id": klass})
        write.create(session, Enrollment, {"user_id": rita, "class_id": klass})
    with pytest.raises(Refused) as refused:
        change(coordination, SchoolClass, klass, max_students=1)
    assert said(refused) == ["German has 2 students, and only 1 places."]


def test_a_terms_days_and_a_class_that_comes_back_are_looked_at(week: Week, coordination: Actor) -> None:
    with pytest.raises(Refused) as refused:  # a week from Wednesday to Friday
        change(coordination, Term, week.school.term, start_date=dt.date(2026, 7, 1))
    assert sorted(each.kind for each in refused.value.findings) == ["outside_term", "outside_term"]
    change(coordination, SchoolClass, week.english, is_active=False)
    change(coordination, Schedule, week.french_meets, day_of_week=1)
    with pytest.raises(Refused):
        change(coordination, SchoolClass, week.english, is_active=True)


def test_hours_and_closed_days_of_the_school_are_kept(week: Week, coordination: Actor) -> None:
    settings = {"opening_hours": {"1": ["08:00", "19:30"], "2": ["08:00", "22:00"]}, "closed_days": [0, "2026-03-03"]}
    change(week.school.actor(Role.OWNER), Organization, week.school.id, settings=settings)
    with pytest.raises(Refused) as refused:
        change(coordination, Schedule, week.english_meets, end_time=at("19:45"))
    assert said(refused) == ["Monday: English A1 meets 18:00–19:45, and the school is open 08:00–19:30."]
    with pytest.raises(Refused) as refused, unit_of_work(coordination) as session:
        write.create(session, ClassSession, _dated(week.french, "2026-03-03", "18:00"))
    assert [each.kind for each in refused.value.findings] == ["closed_day"]


# Sessions.


def _dated(of: str, day: str, start: str, **more: Any) -> dict[str, Any]:
    begins = at(start)
    ends = begins.replace(hour=begins.hour + 1)
    return {"class_id": of, "date": dt.date.fromisoformat(day), "start_time": begins, "end_time": ends, **more}


def _enrolled(session: ScopedSession, class_id: str) -> list[str]:
    return list(session.scalars(select(Enrollment.id).where(Enrollment.class_id == class_id)))


def _left() -> dict[str, Any]:
    return {"status": EnrollmentStatus.DROPPED, "dropped_at": dt.datetime(2027, 1, 1, tzinfo=dt.UTC), "reason": "moved"}


def test_a_session_moves_to_no_hour_at_which_its_people_or_room_are_taken(week: Week, coordination: Actor) -> None:
    with unit_of_work(coordination) as session:
        english = write.create(session, ClassSession, _dated(week.english, "2026-03-02", "18:00")).id
        french = write.create(session, ClassSession, _dated(week.french, "2026-03-03", "18:00")).id
    with pytest.raises(Refused) as refused:
        change(coordination, ClassSession, french, date=dt.date(2026, 3, 2))
    assert said(refused) == ["Mon 2 Mar: Sofia Lima is in English A1 (18:00–19:00) and in French (18:00–19:00)."]
    change(coordination, ClassSession, english, status=SessionStatus.CANCELLED)
    change(coordination, ClassSession, french, date=dt.date(2026, 3, 2))
    with pytest.raises(Refused):
        change(coordination, ClassSession, english, status=SessionStatus.SCHEDULED)
    change(coordination, ClassSession, french, notes="Unit 3")


def test_a_substitute_and_another_room_are_free_then(week: Week, coordination: Actor) -> None:
    with unit_of_work(coordination) as session:
        bulk.update_rows(session, Enrollment, _enrolled(session, week.french), _left())
        write.create(session, ClassSession, _dated(week.english, "2026-03-02", "18:00"))
        french = write.create(session, ClassSession, _dated(week.french, "2026-03-02", "18:00")).id
    with pytest.raises(Refused) as refused:
        change(coordination, ClassSession, french, teacher_id=week.teacher, room_id=week.room)
    assert [each.kind for each in refused.value.findings] == ["teacher_twice", "room_twice"]


def test_a_class_gets_no_teacher_who_is_away_at_a_make_up_session_then(
    week: Week, coordination: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: dt.datetime(2026, 3, 4, 12, tzinfo=dt.UTC))
    with unit_of_work(coordination) as session:
        bulk.update_rows(session, Enrollment, _enrolled(session, week.french), _left())
        write.create(session, ClassSession, _dated(week.english, "2026-03-04", "18:00"))
        write.create(session, ClassSession, _dated(week.french, "2026-03-04", "18:00"))
    with pytest.raises(Refused) as refused:
        change(coordination, SchoolClass, week.french, teacher_id=week.teacher)
    assert said(refused) == ["Wed 4 Mar: Tomás Lima teaches English A1 (18:00–19:00) and French (18:00–19:00)."]


def test_a_teacher_is_told_that_there_is_a_clash_and_nothing_of_whose(week: Week, coordination: Actor) -> None:
    with unit_of_work(coordination) as session:
        bulk.update_rows(session, Enrollment, _enrolled(session, week.french), _left())
        write.create(session, ClassSession, _dated(week.french, "2026-03-03", "18:00", room_id=week.room))
        english = write.create(session, ClassSession, _dated(week.english, "2026-03-02", "18:00")).id
    with pytest.raises(Refused) as refused:
        change(week.school.actor(Role.TEACHER), ClassSession, english, date=dt.date(2026, 3, 3))
    assert said(refused) == ["Tue 3 Mar: Sala 1 is taken by English A1 (18:00–19:00) and another class (18:00–19:00)."]
    assert week.french not in {each.key for each in refused.value.findings[0].subjects.values()}


# What someone in charge allows.


def _clash(coordination: Actor, week: Week) -> str:
    """The key of the clash that moving French to Mondays brings about."""
    with pytest.raises(Refused) as refused:
        change(coordination, Schedule, week.french_meets, day_of_week=1)
    return refused.value.findings[0].key


def _allowed(coordination: Actor, week: Week) -> str:
    key = _clash(coordination, week)
    with unit_of_work(coordination) as session:
        allow(session, [key], "  Sofia comes to French every other week.  ")
        update(session, Schedule, week.french_meets, {"day_of_week": 1})
    return key


def _permits(actor: Actor) -> list[str]:
    with reading(actor) as session:
        return list(session.scalars(select(ClashPermit.finding)))


def test_what_is_allowed_is_saved_with_who_and_why(week: Week, coordination: Actor) -> None:
    key = _allowed(coordination, week)
    with reading(coordination) as session:
        kept = session.scalars(select(ClashPermit)).one()
    assert (kept.finding, kept.kind, kept.user_id) == (key, "student_twice", coordination.user_id)
    assert kept.reason == "Sofia comes to French every other week."
    assert kept.told == "Monday: Sofia Lima is in English A1 (18:00–19:20) and in French (18:00–19:20)."
    change(coordination, SchoolClass, week.french, max_students=7)


def test_a_permit_needs_a_reason_and_someone_in_charge(week: Week, coordination: Actor) -> None:
    key = _clash(coordination, week)
    with pytest.raises(InvalidInput) as wrong, unit_of_work(coordination) as session:
        allow(session, [key], "   ")
    assert [each.field for each in wrong.value.problems] == ["reason"]
    with pytest.raises(InvalidInput), unit_of_work(coordination) as session:
        allow(session, [key], "x" * 501)
    for role in (Role.STAFF, Role.TEACHER, Role.OWNER):
        with pytest.raises(NotAllowed), unit_of_work(week.school.actor(role)) as session:
            allow(session, [key], "please")


def test_a_permit_covers_no_other_clash(week: Week, coordination: Actor) -> None:
    key = _clash(coordination, week)

    def later(session: ScopedSession) -> None:
        allow(session, [key], "every other week")
        update(session, Schedule, week.french_meets, {"day_of_week": 1, "start_time": at("18:30")})

    with pytest.raises(Refused), unit_of_work(coordination) as session:
        later(session)
    assert _permits(coordination) == []


@pytest.mark.parametrize(
    ("table", "key", "values"),
    [
        (Schedule, "french_meets", {"day_of_week": 2}),
        (Schedule, "english_meets", {"day_of_week": 3}),
        (SchoolClass, "french", {"teacher_id": None}),
        (SchoolClass, "english", {"room_id": None}),
    ],
)
def test_a_permit_ends_when_either_side_changes(
    table: type[Base], key: str, values: dict[str, Any], week: Week, coordination: Actor
) -> None:
    _allowed(coordination, week)
    change(coordination, table, getattr(week, key), **values)
    assert _permits(coordination) == []


def test_a_permit_for_something_else_stays(week: Week, coordination: Actor) -> None:
    _allowed(coordination, week)
    others = [f"room_twice:{new_id()}:{new_id()}:{terms}" for terms in ("1.1800", "2026-09-07.1800")]
    others.append("what no rule of ours wrote")
    with engine().begin() as connection:
        for each in others:
            Rows(connection, week.school.id).add("clash_permits", finding=each)
    change(coordination, Schedule, week.french_meets, day_of_week=2)
    assert sorted(_permits(coordination)) == sorted(others)


def test_what_comes_back_is_to_be_allowed_anew(week: Week, coordination: Actor) -> None:
    _allowed(coordination, week)
    change(coordination, Schedule, week.french_meets, day_of_week=2)
    with pytest.raises(Refused):
        change(coordination, Schedule, week.french_meets, day_of_week=1)


def test_a_permit_goes_with_the_meeting_that_it_was_for_and_comes_back_with_its_undoing(week: Week, coordination: Actor) -> None:
    key = _allowed(coordination, week)
    with unit_of_work(coordination) as session:
        write.remove(session, Schedule, [week.french_meets])
    assert _permits(coordination) == []
    gone = written(session)
    assert gone is not None
    with unit_of_work(coordination) as session:
        undo(session, gone)
    assert _permits(coordination) == [key]


def test_what_is_allowed_each_week_is_so_for_its_sessions(week: Week, coordination: Actor) -> None:
    _allowed(coordination, week)
    hours = {"start_time": at("18:00"), "end_time": at("19:20")}

    def both(session: ScopedSession, day: dt.date) -> None:
        for of in (week.english, week.french):
            write.create(session, ClassSession, {"class_id": of, "date": day, **hours})

    with unit_of_work(coordination) as session:
        both(session, dt.date(2026, 3, 2))
    with pytest.raises(Refused), unit_of_work(coordination) as session:
        both(session, dt.date(2026, 3, 3))


def test_a_dated_permit_ends_when_its_session_moves(week: Week, coordination: Actor) -> None:
    with unit_of_work(coordination) as session:
        write.create(session, ClassSession, _dated(week.english, "2026-03-02", "18:00"))
        french = write.create(session, ClassSession, _dated(week.french, "2026-03-03", "18:00")).id
    with pytest.raises(Refused) as refused:
        change(coordination, ClassSession, french, date=dt.date(2026, 3, 2))
    with unit_of_work(coordination) as session:
        allow(session, [each.key for each in refused.value.findings], "an exam")
        update(session, ClassSession, french, {"date": dt.date(2026, 3, 2)})
    assert len(_permits(coordination)) == 1
    change(coordination, ClassSession, french, date=dt.date(2026, 3, 3))
    assert _permits(coordination) == []


def test_what_clashed_before_is_in_nobodys_way_who_changes_something_else(week: Week, coordination: Actor) -> None:
    with engine().begin() as connection:
        rows = Rows(connection, week.school.id)
        for of in (week.english, week.french):
            rows.add("schedules", class_id=of, day_of_week=4, start_time=at("10:00"), end_time=at("11:00"))
    change(coordination, SchoolClass, week.french, name="French B1", max_students=7)
    change(coordination, Schedule, week.french_meets, end_time=at("19:30"))
    with pytest.raises(Refused):
        change(coordination, SchoolClass, week.french, room_id=week.room, max_students=13)
