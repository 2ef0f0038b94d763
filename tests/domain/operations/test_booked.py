"""Who is booked to try a session: named before it goes or moves, and who looks after them is told what became of it."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from domain.access.actor import Actor
from domain.access.roles import Role
from domain.access.trail.writing import written
from domain.access.uow import reading, unit_of_work
from domain.db.engine import engine
from domain.kit.clock import now
from domain.kit.formats import show_day
from domain.operations.meeting_state import state_of
from domain.operations.meetings import cancel, move
from domain.operations.pattern import NoMeeting, OtherTime, apply_change, preview_change
from domain.outbox.queries import inbox
from domain.records.undo import undo
from tests.conftest import School
from tests.domain.operations.test_meetings import NEXT, TUESDAY, session_id  # noqa: F401 -- a fixture
from tests.domain.operations.test_planning import EIGHT, NINE, TEN, weekly  # noqa: F401 -- a fixture
from tests.factories.rows import Rows

SAID = f"Nina is booked to try English A1 on {show_day(NEXT)} at 08:00."
WAS = f"Nina was to try English A1 on {show_day(NEXT)} at 08:00, and that session"
OFF = f"{WAS} isn't held. Please agree on another one."


@pytest.fixture
def booked(school: School, session_id: str) -> str:  # noqa: F811
    """Reception's lead Nina tries next week's session; two others who don't come to it are booked on it as well."""
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        lead = rows.add("leads", name="Nina", status="contacted", assigned_to=school.people[Role.STAFF])
        trial = {"class_id": school.klass, "session_id": session_id, "scheduled_at": now() + dt.timedelta(days=7)}
        rows.add("trials", lead_id=lead, status="confirmed", **trial)
        for status in ("cancelled", "no_show"):
            rows.add("trials", lead_id=rows.add("leads", assigned_to=school.people[Role.STAFF]), status=status, **trial)
    return session_id


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
    do(school.actor("school"), apply_change, OtherTime(weekly, 2, NINE, TEN))
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
    do(teacher, move, booked, day=TUESDAY, start=EIGHT, end=NINE, reason="Rain")
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
