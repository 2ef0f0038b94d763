"""A term's sessions in the database: looked at, made once, kept in step with the pattern; what was held stays to the letter."""

import datetime as dt
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from domain.access.accounts import table_named
from domain.access.actor import Actor
from domain.access.roles import Role
from domain.access.uow import reading, unit_of_work
from domain.db.engine import engine
from domain.kit.errors import InvalidInput, NotAllowed, NotFound
from domain.kit.ids import new_id
from domain.operations.pattern import NewMeeting, NoMeeting, OtherDates, OtherPlace, OtherTime, apply_change, preview_change
from domain.operations.planning import LookAgain, make_sessions, preview_sessions
from domain.outbox.queries import inbox
from tests.conftest import School
from tests.factories.rows import Rows
from tests.factories.standing_day import TODAY

MONDAY = TODAY - dt.timedelta(days=TODAY.weekday())  # of this week
FIRST, LAST = MONDAY - dt.timedelta(days=28), MONDAY + dt.timedelta(days=55)  # twelve weeks, of which four are over
WEEKS = 12
EIGHT, NINE, TEN, ELEVEN = (dt.time(hour) for hour in (8, 9, 10, 11))


def sessions() -> list[dict[str, Any]]:
    table = table_named("sessions")
    with engine().connect() as connection:
        found = connection.execute(select(table).order_by(table.c.date, table.c.start_time))
        return [dict(row) for row in found.mappings()]


def as_they_were(keys: set[str]) -> list[dict[str, Any]]:
    """These sessions to the letter, save where their weekly meeting's own row went."""
    return [{name: value for name, value in each.items() if name != "schedule_id"} for each in sessions() if each["id"] in keys]


@pytest.fixture
def weekly(school: School) -> str:
    """The class meets on Mondays at eight, in a term around today; no public holiday falls among its days."""
    with engine().begin() as connection:
        terms, schools = table_named("terms"), table_named("organizations")
        connection.execute(update(terms).values(start_date=FIRST, end_date=LAST))
        connection.execute(update(schools).values(settings={"public_holidays": False, "language": "en"}))
        return Rows(connection, school.id).add("schedules", class_id=school.klass, day_of_week=1, start_time=EIGHT, end_time=NINE)


def make(actor: Actor, school: School, **given: Any) -> int:
    with unit_of_work(actor) as session:
        return make_sessions(session, school.term, **given)


def mark(school: School, at: int) -> str:
    """Give the session at this place attendance; its key."""
    key = str(sessions()[at]["id"])
    with engine().begin() as connection:
        Rows(connection, school.id).add("attendance", session_id=key, user_id=school.people[Role.STUDENT], status="present")
    return key


def change(actor: Actor, wanted: Any, **given: Any) -> Any:
    with unit_of_work(actor) as session:
        return apply_change(session, wanted, **given)


def test_a_term_is_made_once_and_twice_adds_nothing(school: School, weekly: str, actor: Callable[..., Actor]) -> None:
    with engine().begin() as connection:
        closed = {"closed_days": [(MONDAY + dt.timedelta(days=7)).isoformat()], "public_holidays": False}
        connection.execute(update(table_named("organizations")).values(settings=closed))
        idle = Rows(connection, school.id).add(
            "classes", term_id=school.term, level_id=school.level, name="No week", is_active=True
        )
    with reading(actor("school")) as session:
        preview = preview_sessions(session, school.term)
    assert (len(preview.plan.add), [each.slot.day for each in preview.plan.skipped]) == (
        WEEKS - 1,
        [MONDAY + dt.timedelta(days=7)],
    )
    assert preview.without_week == ("No week",)
    assert make(actor("school"), school, seen=preview.fingerprint) == WEEKS - 1
    with pytest.raises(LookAgain):
        make(actor("school"), school, seen=preview.fingerprint)
    assert make(actor("school"), school) == 0
    made = sessions()
    assert {(each["schedule_id"], each["start_time"], each["end_time"], each["status"]) for each in made} == {
        (weekly, EIGHT, NINE, "scheduled")
    }
    assert all(each["planned_for"] == each["date"] for each in made)
    assert make(actor("school"), school, classes=[idle]) == 0


def test_only_some_classes_and_only_from_a_day_on(school: School, weekly: str, actor: Callable[..., Actor]) -> None:
    assert make(actor("school"), school, classes=[]) == 0
    assert make(actor("school"), school, classes=[school.klass], since=TODAY) == sum(
        FIRST + dt.timedelta(days=7 * at) >= TODAY for at in range(WEEKS)
    )
    with reading(actor("school")) as session, pytest.raises(NotFound):
        preview_sessions(session, new_id())


def test_planning_is_coordinations(school: School, weekly: str, actor: Callable[..., Actor]) -> None:
    for role in ("teacher", "student", "parent", "staff", "owner"):
        for classes in (None, []):  # also where there is nothing to make
            with pytest.raises(NotAllowed):
                make(actor(role), school, classes=classes)
        with pytest.raises(NotAllowed):
            change(actor(role), OtherTime(weekly, 2, TEN, ELEVEN))
    assert sessions() == []


def test_another_day_moves_what_is_to_come_and_tells_the_class(school: School, weekly: str, actor: Callable[..., Actor]) -> None:
    make(actor("school"), school)
    held = {mark(school, 0), mark(school, 6)}
    past = {each["id"] for each in sessions() if each["date"] < TODAY}
    before = as_they_were(held | past)
    wanted = OtherTime(weekly, 2, TEN, ELEVEN)
    with reading(actor("school")) as session:
        preview = preview_change(session, wanted)
    assert {each.name for each in preview.told} == {"Sofia Lima", "Paula Lima", "Tomás Lima"}
    change(actor("school"), wanted, seen=preview.fingerprint, telling=[school.people[Role.STUDENT], school.people[Role.STAFF]])
    assert as_they_were(held | past) == before
    coming = [each for each in sessions() if each["id"] not in held | past and each["date"] > MONDAY + dt.timedelta(days=6)]
    assert {(each["date"].weekday(), each["start_time"], each["planned_for"] == each["date"]) for each in coming} == {
        (1, TEN, True)
    }
    told = {}
    for role in Role:
        with reading(actor(role)) as session:
            told[role] = [each.text for each in inbox(session)]
    said = "The sessions of English A1 have changed. Please look at its coming dates."
    assert told == {role: [said] if role is Role.STUDENT else [] for role in Role}  # the others were unticked
    assert make(actor("school"), school) == 0


def test_a_meeting_more_a_meeting_less_and_a_longer_term(school: School, weekly: str, actor: Callable[..., Actor]) -> None:
    make(actor("school"), school)
    marked = mark(school, 6)
    done = change(actor("school"), NewMeeting(school.klass, 5, EIGHT, NINE))
    fridays = [each for each in sessions() if each["date"].weekday() == 4]
    assert len(fridays) == len(done.plan.add) > 0
    assert all(each["date"] >= TODAY and each["schedule_id"] not in {None, weekly} for each in fridays)
    change(actor("school"), OtherDates(school.term, FIRST, LAST + dt.timedelta(days=7)))
    assert len([each for each in sessions() if each["date"].weekday() == 4]) == len(fridays) + 1
    change(actor("school"), NoMeeting(weekly))
    left = [each for each in sessions() if each["date"].weekday() == 0]
    assert [each["id"] for each in left if each["date"] >= MONDAY + dt.timedelta(days=7)] == [marked]
    assert {each["id"] for each in left if each["date"] < TODAY} == {each["id"] for each in left if each["date"] < TODAY}


def test_another_teacher_and_room_leave_what_was_held_with_those_that_it_had(
    school: School, weekly: str, actor: Callable[..., Actor]
) -> None:
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        other, lab = rows.add("users", role="teacher", first_name="Ana"), rows.add("rooms", name="Lab", capacity=12)
    make(actor("school"), school)
    over = {each["id"] for each in sessions() if each["date"] < TODAY}
    done = change(actor("school"), OtherPlace(school.klass, other, lab))
    assert done.pinned in {len(over), len(over) + 1}  # today's may have begun
    for each in sessions():
        had = (school.people[Role.TEACHER], school.room) if each["id"] in over else (None, None)
        if each["date"] != TODAY:
            assert (each["teacher_id"], each["room_id"]) == had
    assert change(actor("school"), OtherPlace(school.klass, other, lab)).told == ()


@pytest.mark.parametrize(
    ("wanted", "fields"),
    [
        (lambda school, weekly: OtherTime(weekly, None, EIGHT, NINE), {"day_of_week"}),
        (lambda school, weekly: OtherTime(weekly, 9, EIGHT, NINE), {"day_of_week"}),
        (lambda school, weekly: OtherTime(weekly, 1, NINE, EIGHT), {"start_time", "end_time"}),
        (lambda school, weekly: NewMeeting(school.klass, 2, None, NINE), {"start_time"}),
        (lambda school, weekly: NewMeeting(school.klass, 1, EIGHT, NINE), {"class_id", "day_of_week", "start_time"}),
        (lambda school, weekly: OtherDates(school.term, LAST, FIRST), {"start_date", "end_date"}),
        (lambda school, weekly: OtherDates(school.term, FIRST, None), {"end_date"}),
        (lambda school, weekly: OtherPlace(school.klass, school.people[Role.STUDENT], None), {"teacher_id"}),
    ],
)
def test_what_makes_no_sense_is_told_at_its_field_and_nothing_is_written(
    school: School, weekly: str, actor: Callable[..., Actor], wanted: Callable[..., Any], fields: set[str]
) -> None:
    make(actor("school"), school)
    before = sessions()
    with pytest.raises(InvalidInput) as refused:
        change(actor("school"), wanted(school, weekly))
    assert {each.field for each in refused.value.problems} <= fields
    assert all(each.message for each in refused.value.problems)
    assert sessions() == before


def test_what_is_not_there_is_not_found(school: School, weekly: str, actor: Callable[..., Actor]) -> None:
    missing = (
        OtherTime(new_id(), 1, EIGHT, NINE),
        NoMeeting("x"),
        NewMeeting(new_id(), 1, EIGHT, NINE),
        OtherDates(new_id(), FIRST, LAST),
        OtherPlace("x", None, None),
    )
    for wanted in missing:
        with pytest.raises(NotFound):
            change(actor("school"), wanted)


doings = st.lists(
    st.one_of(
        st.tuples(st.just("make"), st.booleans(), st.none()),
        st.tuples(st.just("hold"), st.integers(0, 40), st.none()),
        st.tuples(st.just("time"), st.integers(0, 3), st.tuples(st.integers(0, 6), st.integers(7, 9))),
        st.tuples(st.just("more"), st.integers(0, 6), st.integers(7, 9)),
        st.tuples(st.just("less"), st.integers(0, 3), st.none()),
        st.tuples(st.just("term"), st.integers(-14, 14), st.none()),
        st.tuples(st.just("close"), st.integers(0, 80), st.none()),
    ),
    max_size=8,
)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(doings)
def test_in_whatever_order_no_held_session_is_lost_altered_or_doubled(
    school: School, weekly: str, steps: list[tuple[str, Any, Any]]
) -> None:
    actor = school.actor("school")
    _empty(school)
    held: set[str] = set()
    before: list[dict[str, Any]] = []
    for verb, number, said in [("make", False, None), *steps, ("make", True, None)]:
        with suppress(InvalidInput):  # twice at the same time
            _do(actor, school, held, (verb, number, said))
        if verb == "hold":
            before = as_they_were(held)
        assert as_they_were(held) == before
        made = sessions()
        assert len({(each["class_id"], each["date"], each["start_time"]) for each in made}) == len(made)
        planned = [(each["schedule_id"], each["planned_for"]) for each in made if each["schedule_id"]]
        assert len(set(planned)) == len(planned)
    make(actor, school)
    assert make(actor, school) == 0


def _empty(school: School) -> None:
    with engine().begin() as connection:
        for table in ("attendance", "sessions", "schedules"):
            connection.execute(table_named(table).delete())
        connection.execute(update(table_named("terms")).values(start_date=FIRST, end_date=LAST))
        connection.execute(update(table_named("organizations")).values(settings={"public_holidays": False}))
        Rows(connection, school.id).add("schedules", class_id=school.klass, day_of_week=1, start_time=EIGHT, end_time=NINE)


def _do(actor: Actor, school: School, held: set[str], step: tuple[str, Any, Any]) -> None:
    verb, number, said = step
    table = table_named("schedules")
    with engine().connect() as connection:
        pattern = list(connection.execute(select(table.c.id).order_by(table.c.id)).scalars())
    if verb == "make":
        make(actor, school, since=TODAY if number else None)
    elif verb == "hold" and sessions():
        free = [at for at, each in enumerate(sessions()) if each["id"] not in held]
        if free:
            held.add(mark(school, free[number % len(free)]))
    elif verb == "time" and pattern:
        day, hour = said
        change(actor, OtherTime(pattern[number % len(pattern)], day, dt.time(hour), dt.time(hour + 1)))
    elif verb == "more":
        change(actor, NewMeeting(school.klass, number, dt.time(said), dt.time(said + 1)))
    elif verb == "less" and pattern:
        change(actor, NoMeeting(pattern[number % len(pattern)]))
    elif verb == "term":
        change(actor, OtherDates(school.term, FIRST, LAST + dt.timedelta(days=number)))
    elif verb == "close":
        closed = {"public_holidays": False, "closed_days": [(FIRST + dt.timedelta(days=number)).isoformat()]}
        with engine().begin() as connection:
            connection.execute(update(table_named("organizations")).values(settings=closed))
