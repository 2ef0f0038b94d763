"""What happens to one session: cancelled, moved, given away, made up for; and who is told, in which words."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update

from domain.access.accounts import table_named
from domain.access.actor import Actor
from domain.access.roles import Role
from domain.access.uow import reading, unit_of_work
from domain.db.engine import engine
from domain.kit.errors import InvalidInput, NotAllowed, NotFound
from domain.kit.formats import show_day
from domain.kit.ids import new_id
from domain.operations.meeting_state import state_of
from domain.operations.meetings import NotCancelled, Settled, cancel, make_up, move, substitute
from domain.operations.models import SchoolClass
from domain.operations.planning import make_sessions
from domain.outbox.queries import inbox
from tests.conftest import School
from tests.domain.operations.test_planning import EIGHT, MONDAY, NINE, TEN, mark, sessions, weekly  # noqa: F401 -- a fixture
from tests.factories.rows import Rows

NEXT = MONDAY + dt.timedelta(days=7)
TUESDAY = NEXT + dt.timedelta(days=1)
WHY = "The teacher is ill."


@pytest.fixture
def session_id(school: School, weekly: str) -> str:  # noqa: F811
    """Next week's session of the class."""
    with unit_of_work(school.actor("school")) as session:
        make_sessions(session, school.term)
    return next(str(each["id"]) for each in sessions() if each["date"] == NEXT)


@pytest.fixture
def ana(school: School) -> str:
    """Another teacher."""
    with engine().begin() as connection:
        return Rows(connection, school.id).add("users", role="teacher", first_name="Ana", last_name="Reis", is_active=True)


def row(key: str) -> dict[str, Any]:
    return next(each for each in sessions() if each["id"] == key)


def texts(actor: Actor) -> list[str]:
    with reading(actor) as session:
        return [each.text for each in inbox(session)]


def titles(actor: Actor) -> list[str]:
    with reading(actor) as session:
        return [each.title for each in inbox(session)]


def do(actor: Actor, what: Callable[..., Any], *given: Any, **named: Any) -> Any:
    with unit_of_work(actor) as session:
        return what(session, *given, **named)


def test_a_cancelled_session_says_why_and_its_people_are_told(school: School, session_id: str) -> None:
    with reading(school.actor("school")) as session:
        state = state_of(session, session_id)
    assert state is not None
    assert state.may_change
    assert not state.may_make_up
    assert [(each.name, each.of) for each in state.told] == [("Paula Lima", ("Sofia",)), ("Sofia Lima", ()), ("Tomás Lima", ())]
    do(
        school.actor("school"),
        cancel,
        session_id,
        reason=f" {WHY} ",
        telling=[school.people[Role.PARENT], school.people[Role.STAFF]],
    )
    assert (row(session_id)["status"], row(session_id)["reason"]) == ("cancelled", WHY)
    said = f"English A1 on {show_day(NEXT)} at 08:00 is cancelled. Why: {WHY}"
    assert texts(school.actor("parent")) == [f"Sofia: {said}"]
    assert texts(school.actor("student")) == texts(school.actor("staff")) == texts(school.actor("school")) == []
    with pytest.raises(Settled):
        do(school.actor("school"), cancel, session_id, reason=WHY)


def test_a_moved_session_keeps_its_place_in_the_pattern(school: School, session_id: str) -> None:
    do(school.actor("teacher"), move, session_id, day=TUESDAY, start=NINE, end=TEN, reason=WHY)
    moved = row(session_id)
    assert (moved["date"], moved["start_time"], moved["planned_for"], moved["reason"]) == (TUESDAY, NINE, NEXT, WHY)
    said = f"English A1 on {show_day(NEXT)} at 08:00 moves to {show_day(TUESDAY)} at 09:00. Why: {WHY}"
    assert texts(school.actor("student")) == [said]
    assert texts(school.actor("teacher")) == []  # who did it needs no word of it
    with unit_of_work(school.actor("school")) as session:
        assert make_sessions(session, school.term) == 0


def test_a_substitute_is_told_and_so_is_everyone_when_the_own_teacher_is_back(school: School, session_id: str, ana: str) -> None:
    stand_in = Actor(organization_id=school.id, user_id=ana, role=Role.TEACHER, roles=(Role.TEACHER,))
    do(school.actor("school"), substitute, session_id, teacher_id=ana, reason=WHY)
    assert row(session_id)["teacher_id"] == ana
    said = f"English A1 on {show_day(NEXT)} at 08:00 is given by Ana Reis. Why: {WHY}"
    assert texts(stand_in) == texts(school.actor("student")) == texts(school.actor("teacher")) == [said]
    with pytest.raises(InvalidInput):
        do(school.actor("school"), substitute, session_id, teacher_id=ana, reason=WHY)
    do(school.actor("school"), substitute, session_id, teacher_id=school.people[Role.TEACHER], reason="Back.")
    assert row(session_id)["teacher_id"] is None
    back = f"Tomás Lima gives English A1 on {show_day(NEXT)} at 08:00 again. Why: Back."
    assert texts(stand_in)[0] == texts(school.actor("teacher"))[0] == back
    assert titles(stand_in) == ["The class's own teacher gives a session again", "Another teacher gives a session"]
    with unit_of_work(school.job) as session:
        session.get(SchoolClass, school.klass).teacher_id = None
    do(school.actor("school"), substitute, session_id, teacher_id=ana, reason=WHY)
    do(school.actor("school"), substitute, session_id, teacher_id=None, reason="Ana is ill.")
    assert titles(stand_in)[0] == "A session has no teacher yet"
    assert texts(stand_in)[0] == f"English A1 on {show_day(NEXT)} at 08:00 has no teacher yet. Why: Ana is ill."


def test_whoever_is_to_give_a_session_is_told_though_those_who_are_told_were_ticked_before(
    school: School, session_id: str, ana: str
) -> None:
    stand_in = Actor(organization_id=school.id, user_id=ana, role=Role.TEACHER, roles=(Role.TEACHER,))
    do(school.actor("school"), substitute, session_id, teacher_id=ana, reason=WHY, telling=[school.people[Role.PARENT]])
    assert texts(stand_in) == [f"English A1 on {show_day(NEXT)} at 08:00 is given by Ana Reis. Why: {WHY}"]
    do(school.actor("school"), cancel, session_id, reason=WHY, telling=[])
    given = {"day": TUESDAY, "start": EIGHT, "end": NINE, "teacher_id": ana}
    do(school.actor("school"), make_up, session_id, **given, telling=[])
    assert texts(stand_in)[0].endswith(f"in place of {show_day(NEXT)} at 08:00.")
    assert texts(school.actor("student")) == texts(school.actor("teacher")) == []


def test_a_cancelled_session_is_made_up_for_once(school: School, session_id: str) -> None:
    given = {"day": TUESDAY, "start": EIGHT, "end": NINE}
    with pytest.raises(NotCancelled):
        do(school.actor("school"), make_up, session_id, **given)
    do(school.actor("school"), cancel, session_id, reason=WHY, telling=[])
    with reading(school.actor("school")) as session:
        assert state_of(session, session_id).may_make_up
    for wanted in (given, dict.fromkeys(given)):  # who may not isn't told first what is wrong with it
        with pytest.raises(NotAllowed):
            do(school.actor("teacher"), make_up, session_id, **wanted)
    with reading(school.actor("teacher")) as session:
        assert not state_of(session, session_id).may_make_up
    key = do(school.actor("school"), make_up, session_id, **given)
    assert (row(key)["makes_up_id"], row(key)["date"], row(key)["status"]) == (session_id, TUESDAY, "scheduled")
    assert texts(school.actor("student")) == [
        f"English A1 meets on {show_day(TUESDAY)} at 08:00, in place of {show_day(NEXT)} at 08:00."
    ]
    with pytest.raises(InvalidInput):
        do(school.actor("school"), make_up, session_id, **{**given, "start": NINE, "end": TEN})
    with unit_of_work(school.actor("school")) as session:
        assert make_sessions(session, school.term) == 0
    do(school.actor("school"), cancel, key, reason=WHY)
    assert do(school.actor("school"), make_up, session_id, **{**given, "start": NINE, "end": TEN})


def test_what_was_held_or_has_attendance_stays(school: School, session_id: str, ana: str) -> None:
    at = next(at for at, each in enumerate(sessions()) if each["id"] == session_id)
    mark(school, at)
    held = sessions()[0]["id"]
    with engine().begin() as connection:
        table = table_named("sessions")
        connection.execute(update(table).where(table.c.id == held).values(status="completed"))
    before = sessions()
    for key in (session_id, held):
        for what, given in (
            (cancel, {"reason": WHY}),
            (move, {"day": TUESDAY, "start": EIGHT, "end": NINE, "reason": WHY}),
            (substitute, {"teacher_id": ana, "reason": WHY}),
        ):
            with pytest.raises(Settled):
                do(school.actor("school"), what, key, **given)
    assert sessions() == before


@pytest.mark.parametrize("role", ["student", "parent", "staff", "owner"])
def test_who_may_not_change_sessions_does_nothing_to_them(school: School, session_id: str, role: str, ana: str) -> None:
    for what, given in (
        (cancel, {"reason": WHY}),
        (move, {"day": TUESDAY, "start": EIGHT, "end": NINE, "reason": WHY}),
        (substitute, {"teacher_id": ana, "reason": WHY}),
        (make_up, {"day": TUESDAY, "start": EIGHT, "end": NINE}),
    ):
        with pytest.raises(NotAllowed):
            do(school.actor(role), what, session_id, **given)
    with reading(school.actor(role)) as session:
        state = state_of(session, session_id)
    assert state is not None
    assert (state.may_change, state.may_make_up, state.told) == (False, False, ())


def test_another_teachers_session_is_not_there(school: School, session_id: str, ana: str) -> None:
    stranger = Actor(organization_id=school.id, user_id=ana, role=Role.TEACHER, roles=(Role.TEACHER,))
    with reading(stranger) as session:
        assert state_of(session, session_id) is None
        assert state_of(session, "x") is None
    for key in (session_id, new_id(), ""):
        with pytest.raises(NotFound):
            do(stranger, cancel, key, reason=WHY)


@pytest.mark.parametrize(
    ("what", "given", "fields"),
    [
        (cancel, {"reason": "  "}, {"reason"}),
        (cancel, {"reason": "x" * 501}, {"reason"}),
        (move, {"day": None, "start": None, "end": None, "reason": ""}, {"date", "start_time", "end_time", "reason"}),
        (move, {"day": TUESDAY, "start": NINE, "end": EIGHT, "reason": WHY}, {"start_time", "end_time"}),
        (move, {"day": NEXT, "start": EIGHT, "end": NINE, "reason": WHY}, {"date"}),
        (move, {"day": NEXT + dt.timedelta(days=2), "start": EIGHT, "end": NINE, "reason": WHY}, {"date"}),
        (move, {"day": TUESDAY, "start": EIGHT, "end": NINE, "room_id": new_id(), "reason": WHY}, {"room_id"}),
        (substitute, {"teacher_id": "STUDENT", "reason": WHY}, {"teacher_id"}),
        (substitute, {"teacher_id": "TEACHER", "reason": WHY}, {"teacher_id"}),
        (substitute, {"teacher_id": new_id(), "reason": WHY}, {"teacher_id"}),
    ],
)
def test_what_makes_no_sense_is_told_at_its_field(
    school: School, session_id: str, what: Callable[..., Any], given: dict[str, Any], fields: set[str]
) -> None:
    with engine().begin() as connection:
        closed = {"closed_days": [(NEXT + dt.timedelta(days=2)).isoformat()], "public_holidays": False}
        connection.execute(update(table_named("organizations")).values(settings=closed))
    if given.get("teacher_id") in {"STUDENT", "TEACHER"}:
        given = {**given, "teacher_id": school.people[Role(given["teacher_id"].lower())]}
    before = sessions()
    with pytest.raises(InvalidInput) as refused:
        do(school.actor("school"), what, session_id, **given)
    assert {each.field for each in refused.value.problems} <= fields
    assert all(each.message for each in refused.value.problems)
    assert sessions() == before
    assert texts(school.actor("student")) == []
