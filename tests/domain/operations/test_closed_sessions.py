"""Sessions on days that were closed after they were made: found by day, cancelled in one go, and none is made there by hand."""

import datetime as dt
from collections.abc import Callable

import pytest
from sqlalchemy import update

from domain.access.accounts import table_named
from domain.access.actor import Actor
from domain.access.roles import Role
from domain.access.uow import reading, unit_of_work
from domain.core.closing_service import close_on
from domain.db.engine import engine
from domain.kit.errors import InvalidInput, NotAllowed
from domain.kit.findings import Refused
from domain.operations.closed_sessions import ClosedWith, cancel_standing, standing_on_closed
from domain.operations.meetings import move
from domain.operations.models import ClassSession
from domain.operations.planning import LookAgain, make_sessions
from domain.outbox.queries import inbox
from domain.records import write
from tests.conftest import School
from tests.domain.operations.test_planning import EIGHT, FIRST, LAST, MONDAY, NINE, mark, sessions, weekly  # noqa: F401 -- a fixture
from tests.factories.rows import Rows

NEXT, AFTER = MONDAY + dt.timedelta(days=7), MONDAY + dt.timedelta(days=14)
TIRADENTES = dt.date(2026, 4, 21)


@pytest.fixture
def french(school: School) -> str:
    """Another class, of nobody, that meets next week's Monday as well."""
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        key = rows.add("classes", name="French", term_id=school.term, level_id=school.level, is_active=True)
        rows.add("sessions", class_id=key, date=NEXT, start_time=NINE, end_time=dt.time(10))
        return key


def close(actor: Actor, day: dt.date, name: str = "") -> None:
    with unit_of_work(actor) as session:
        close_on(session, day, name)


def found(actor: Actor) -> list[ClosedWith]:
    with reading(actor) as session:
        return standing_on_closed(session, FIRST, LAST)


def statuses(day: dt.date) -> list[str]:
    return [str(each["status"]) for each in sessions() if each["date"] == day]


@pytest.mark.usefixtures("weekly")
def test_what_stands_on_a_closed_day_is_cancelled_in_one_go_and_told(
    school: School, french: str, actor: Callable[[Role | str], Actor]
) -> None:
    coordination = actor("school")
    with unit_of_work(coordination) as session:
        make_sessions(session, school.term)
    by_hand = next(str(each["id"]) for each in sessions() if each["date"] == AFTER)
    with unit_of_work(coordination) as session:
        move(session, by_hand, day=AFTER + dt.timedelta(days=1), start=EIGHT, end=NINE, reason="A visit.")
    assert found(coordination) == []
    close(coordination, MONDAY - dt.timedelta(days=7), "Past")
    close(coordination, NEXT, "Fair")
    close(coordination, AFTER + dt.timedelta(days=1))
    first, second = found(coordination)
    assert (first.closed.name, list(first.classes.values()), first.people) == ("Fair", ["English A1", "French"], 3)
    assert [each.id for each in second.sessions] == [by_hand], "what was moved by hand is to come as well"
    keys = [each.id for each in first.sessions]
    with pytest.raises(InvalidInput) as refused, unit_of_work(coordination) as session:
        cancel_standing(session, NEXT, keys, reason=" ")
    assert [each.field for each in refused.value.problems] == ["reason"]
    with pytest.raises(LookAgain), unit_of_work(coordination) as session:
        cancel_standing(session, NEXT, [*keys, by_hand], reason="Fair")
    with pytest.raises(NotAllowed), unit_of_work(actor("staff")) as session:
        cancel_standing(session, NEXT, keys, reason="Fair")
    assert statuses(NEXT) == ["scheduled", "scheduled"]
    with engine().begin() as connection:
        table = table_named("sessions")
        stands_in = update(table).where(table.c.id == keys[0]).values(teacher_id=coordination.user_id)
        connection.execute(stands_in)
    with unit_of_work(coordination) as session:
        cancel_standing(session, NEXT, keys, reason="Fair", quiet={french})
    assert statuses(NEXT) == ["cancelled", "cancelled"]
    with reading(coordination) as session:
        assert inbox(session) == [], "who does it needs no word of it"
    assert len(found(coordination)) == 1
    with reading(actor("parent")) as session:
        assert next(each.text.partition("Why: ")[2] for each in inbox(session)) == "Fair"
    with unit_of_work(coordination) as session:
        cancel_standing(session, AFTER + dt.timedelta(days=1), [by_hand], reason="Closed", quiet={school.klass})
    with reading(actor("parent")) as session:
        assert not any("Closed" in each.text for each in inbox(session))


@pytest.mark.usefixtures("weekly")
def test_what_has_attendance_or_is_cancelled_stands_there_no_more(school: School, actor: Callable[[Role | str], Actor]) -> None:
    with unit_of_work(actor("school")) as session:
        make_sessions(session, school.term)
    at = next(at for at, each in enumerate(sessions()) if each["date"] == NEXT)
    mark(school, at)
    close(actor("school"), NEXT)
    assert found(actor("school")) == []


def test_no_session_is_put_on_a_public_holiday_unless_the_school_is_open_then(
    school: School, actor: Callable[[Role | str], Actor]
) -> None:
    wanted = {"class_id": school.klass, "date": TIRADENTES, "start_time": EIGHT, "end_time": NINE}
    with pytest.raises(Refused) as refused, unit_of_work(actor("school")) as session:
        write.create(session, ClassSession, wanted)
    assert [each.message for each in refused.value.findings] == [
        "Tue 21 Apr: English A1 meets (08:00–09:00), and the school is closed."
    ]
    with engine().begin() as connection:
        connection.execute(update(table_named("organizations")).values(settings={"public_holidays": False}))
    with unit_of_work(actor("school")) as session:
        write.create(session, ClassSession, wanted)
    assert statuses(TIRADENTES) == ["scheduled"]
