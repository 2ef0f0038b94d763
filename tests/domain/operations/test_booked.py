"""Who is booked to try a session: named before it goes or moves, and who looks after them is told what became of it."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from domain.access.actor import Actor
from domain.access.roles import Role
from domain.access.trail.writing import written
from domain.access.uow import reading, unit_of_work
from domain.db.engine import engine
from domain.kit.formats import show_day
from domain.operations.meeting_state import state_of
from domain.operations.meetings import cancel, move
from domain.operations.pattern import NoMeeting, OtherTime, apply_change, preview_change
from domain.outbox.queries import inbox
from domain.records.undo import undo
from tests.conftest import School
from tests.domain.operations.test_meetings import NEXT, TUESDAY, session_id  # noqa: F401 -- a fixture
from tests.domain.operations.test_planning import EIGHT, NINE, TEN, weekly  # noqa: F401 -- a fixture
from tests.domain.trailing import asked
from tests.factories.rows import Rows

ZONE = ZoneInfo("America/Sao_Paulo")
SAID = f"Nina is booked to try English A1 on {show_day(NEXT)} at 08:00."
WAS = f"Nina was to try English A1 on {show_day(NEXT)} at 08:00, and that session"
OFF = f"{WAS} isn't held. Please agree on another one."


@pytest.fixture
def booked(school: School, session_id: str) -> str:  # noqa: F811
    """Reception's lead Nina tries next week's session; two others who don't come to it are booked on it as well."""
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        lead = rows.add("leads", name="Nina", status="contacted", assigned_to=school.people[Role.STAFF])
        at = dt.datetime.combine(NEXT, EIGHT, ZONE)
        seat = {"class_id": school.klass, "session_id": session_id, "scheduled_at": at}
        rows.add("trials", lead_id=lead, status="confirmed", **seat)
        for status in ("cancelled", "no_show"):
            rows.add("trials", lead_id=rows.add("leads", assigned_to=school.people[Role.STAFF]), status=status, **seat)
    return session_id


def trial() -> tuple[str, str]:
    """When Nina is to try it, in UTC, and how sure that is."""
    [found] = asked("SELECT scheduled_at, status FROM trials WHERE status IN ('scheduled', 'confirmed')")
    return found["scheduled_at"][:16], found["status"]


def told(actor: Actor) -> list[str]:
    with reading(actor) as session:
        return [each.text for each in inbox(session)]


def do(actor: Actor, what: Callable[..., Any], *given: Any, **named: Any) -> Any:
    with unit_of_work(actor) as session:
        what(session, *given, **named)
    return session


def test_a_meeting_given_up_names_who_comes_to_try_it_and_tells_who_looks_after_them(
    school: School,
    weekly: str,  # noqa: F811
    booked: str,
) -> None:
    coordination, staff = school.actor("school"), school.actor("staff")
    with reading(coordination) as session:
        preview = preview_change(session, NoMeeting(weekly))
    [booking] = preview.booked
    assert booking.finding.message == SAID
    assert {each.table for each in booking.finding.subjects.values() if each.key} == {"leads", "classes"}
    assert school.people[Role.STAFF] in {each.id for each in preview.told}
    done = do(coordination, apply_change, NoMeeting(weekly), seen=preview.fingerprint)
    assert told(staff) == [OFF]
    what = written(done)
    assert what is not None
    do(coordination, undo, what)
    assert told(staff)[0] == f"This was undone and doesn't hold any more: “{OFF}”"
    do(coordination, apply_change, NoMeeting(weekly), telling=[])
    assert len(told(staff)) == 2


def test_a_meeting_on_another_day_says_where_the_session_goes(school: School, weekly: str, booked: str) -> None:  # noqa: F811
    do(school.actor("school"), apply_change, OtherTime(weekly, 2, NINE, TEN), taking_along=False)
    assert told(school.actor("staff")) == [f"{WAS} moves to {show_day(TUESDAY)} at 09:00. Please ask whether it suits."]


def test_a_teacher_who_moves_a_session_hears_that_someone_is_booked_and_not_who(school: School, booked: str) -> None:
    teacher, staff = school.actor("teacher"), school.actor("staff")
    with reading(teacher) as session:
        found = state_of(session, booked)
    assert found is not None
    [booking] = found.booked
    assert booking.finding.message == SAID.replace("Nina", "Someone")
    assert "Nina" not in str(booking.finding)
    assert [each.id for each in found.keepers] == [school.people[Role.STAFF]]
    before = trial()
    do(teacher, move, booked, day=TUESDAY, start=EIGHT, end=NINE, reason="Rain")
    assert trial() == before, "when a lead comes isn't a teacher's to say"
    assert told(staff) == [f"{WAS} moves to {show_day(TUESDAY)} at 08:00. Please ask whether it suits."]
    do(teacher, move, booked, day=NEXT, start=EIGHT, end=NINE, reason="Sun", telling=[])
    assert len(told(staff)) == 1


def test_a_cancelled_session_tells_who_looks_after_those_who_were_to_try_it(school: School, booked: str) -> None:
    do(school.actor("school"), cancel, booked, reason="Rain")
    assert told(school.actor("staff")) == [OFF]


def test_who_looks_after_them_and_cancels_it_tells_nobody_else(school: School, booked: str) -> None:
    with engine().begin() as connection:
        connection.exec_driver_sql("UPDATE leads SET assigned_to = ?", (school.people[Role.SCHOOL],))
    with reading(school.actor("school")) as session:
        found = state_of(session, booked)
    assert found is not None
    assert (len(found.booked), found.keepers) == (1, ())
    do(school.actor("school"), cancel, booked, reason="Rain")
    assert told(school.actor("school")) == told(school.actor("staff")) == []


# Those who go along.

ALONG = (
    f"Nina tries English A1 on {show_day(TUESDAY)} at 09:00, no longer on {show_day(NEXT)} at 08:00: the session moves, and the "
    "trial class with it. Please tell them."
)


def test_a_trial_class_goes_where_its_session_goes_and_comes_back_with_it(school: School, booked: str) -> None:
    coordination, staff = school.actor("school"), school.actor("staff")
    before = trial()
    assert before == (f"{NEXT} 11:00", "confirmed")
    done = do(coordination, move, booked, day=TUESDAY, start=NINE, end=TEN, reason="Rain")
    assert trial() == (f"{TUESDAY} 12:00", "scheduled"), "by the school's clock; who confirmed, confirmed the former hour"
    assert told(staff) == [ALONG]
    what = written(done)
    assert what is not None
    do(coordination, undo, what)
    assert trial() == before
    assert told(staff)[0] == f"This was undone and doesn't hold any more: “{ALONG}”"


def test_a_trial_class_goes_along_with_the_week_and_stays_where_that_is_chosen(school: School, weekly: str, booked: str) -> None:  # noqa: F811
    coordination, staff = school.actor("school"), school.actor("staff")
    before = trial()
    do(coordination, apply_change, OtherTime(weekly, 1, EIGHT, TEN))
    assert (trial(), told(staff)) == (before, []), "it ends later alone"
    do(coordination, apply_change, OtherTime(weekly, 1, NINE, TEN), taking_along=False)
    assert trial() == before
    assert told(staff) == [f"{WAS} moves to {show_day(NEXT)} at 09:00. Please ask whether it suits."]
    with reading(coordination) as session:
        preview = preview_change(session, OtherTime(weekly, 2, NINE, TEN))
        gone = preview_change(session, NoMeeting(weekly))
    assert [each.who.label for each in preview.may_go_along] == ["Nina"]
    assert (len(gone.booked), gone.may_go_along) == (1, ()), "what isn't held takes nobody along"
    do(coordination, apply_change, OtherTime(weekly, 2, NINE, TEN), seen=preview.fingerprint)
    assert trial() == (f"{TUESDAY} 12:00", "scheduled")


def test_another_room_alone_touches_no_trial_class(school: School, booked: str) -> None:
    with engine().begin() as connection:
        lab = Rows(connection, school.id).add("rooms", capacity=30)
    before = trial()
    do(school.actor("school"), move, booked, day=NEXT, start=EIGHT, end=NINE, room_id=lab, reason="Paint")
    assert (trial(), told(school.actor("staff"))) == (before, [])


# Those whom nobody looks after.


@pytest.mark.parametrize("nobody", ["nobody at all", "someone who has left"])
def test_of_whom_nobody_looks_after_coordination_hears_once(nobody: str, school: School, booked: str) -> None:
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        left = rows.add("users", role="staff", is_active=False) if nobody == "someone who has left" else None
        connection.exec_driver_sql("UPDATE leads SET assigned_to = ?", (left,))
        seat = {"class_id": school.klass, "session_id": booked, "scheduled_at": dt.datetime.combine(NEXT, EIGHT, ZONE)}
        rows.add("trials", lead_id=rows.add("leads", name="Otto"), **seat, status="scheduled")
        rows.add("users", role="school", first_name="Carla", last_name="Reis", is_active=True)
        rows.add("user_roles", user_id=rows.add("users", role="teacher", first_name="Davi", last_name="Reis"), role="school")
    teacher = school.actor("teacher")
    with reading(teacher) as session:
        found = state_of(session, booked)
    assert found is not None
    assert {each.name for each in found.keepers} == {"Carla Reis", "Davi Reis", "Clara Nunes"}
    do(teacher, move, booked, day=TUESDAY, start=NINE, end=TEN, reason="Rain")
    here = f"Nobody looks after who was to try English A1 on {show_day(NEXT)} at 08:00: Nina, Otto."
    assert told(school.actor("school")) == [
        f"{here} That session moves to {show_day(TUESDAY)} at 09:00. Please ask whether it suits."
    ]
    assert told(school.actor("staff")) == told(school.actor("owner")) == []


def test_coordination_hears_that_whom_nobody_looks_after_went_along_and_that_it_is_off(school: School, booked: str) -> None:
    with engine().begin() as connection:
        connection.exec_driver_sql("UPDATE leads SET assigned_to = NULL")
        other = Rows(connection, school.id).add("users", role="school", is_active=True)
    first, second = school.actor("school"), replace(school.actor("school"), user_id=other)
    do(first, move, booked, day=TUESDAY, start=NINE, end=TEN, reason="Rain")
    assert told(first) == [], "who is at it has seen it"
    moved = f"Nobody looks after who was to try English A1 on {show_day(NEXT)} at 08:00: Nina. The session moves to"
    assert told(second) == [f"{moved} {show_day(TUESDAY)} at 09:00, and the trial class with it. Please tell them."]
    do(first, cancel, booked, reason="Storm")
    off = f"Nobody looks after who was to try English A1 on {show_day(TUESDAY)} at 09:00: Nina. That session isn't held."
    assert told(second)[0] == f"{off} Please agree on another one."
