"""A Wednesday afternoon at the small school: what is held, owed, asked and worried about then."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from domain.access.roles import Role
from domain.db.engine import engine
from domain.kit import clock
from tests.conftest import School
from tests.factories.rows import Rows

ZONE = ZoneInfo("America/Sao_Paulo")
DAY = dt.date(2026, 3, 4)
NOON = dt.datetime(2026, 3, 4, 15, 0, tzinfo=ZONE).astimezone(dt.UTC)
WALL = NOON.astimezone(ZONE)


def stop_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the pages believe that it is that afternoon; they import the clock anew with each run."""
    monkeypatch.setattr(clock, "now", lambda: NOON)


def days(count: int) -> dt.date:
    """A date so many days from that Wednesday."""
    return DAY + dt.timedelta(days=count)


def make_day(school: School) -> dict[str, str]:
    """Fill the school, and another one that must never show; the keys of some rows."""
    with engine().begin() as connection:
        other = Rows(connection)
        for table in ("leads", "safety_alerts", "wellbeing_snapshots"):
            other.add(table)
        other.add("sessions", date=DAY, status="completed")
        other.add("invoices", due_date=days(-9), status="overdue", amount=Decimal("999.00"))
        return _fill(Rows(connection, school.id), school)


def _fill(rows: Rows, school: School) -> dict[str, str]:
    student, teacher, parent = (school.people[role] for role in (Role.STUDENT, Role.TEACHER, Role.PARENT))
    keys = _sessions(rows, school, student)
    _money(rows, teacher=teacher, parent=parent, student=student)
    _leads(rows, school)
    keys |= _care(rows, school, student)
    rows.add("todos", user_id=student, due_date=DAY, completed=False)
    rows.add("todos", user_id=student, due_date=days(3), completed=False)
    rows.add("todos", user_id=student, due_date=days(-1), completed=True)
    for _star in range(3):
        rows.add("knowledge_nodes", user_id=student)
    rows.add("knowledge_nodes")  # somebody else's
    rows.add("user_badges", user_id=student)
    return keys


def _sessions(rows: Rows, school: School, student: str) -> dict[str, str]:
    def session(day: dt.date, hour: int, status: str, **given: str) -> str:
        times = {"start_time": dt.time(hour), "end_time": dt.time(hour + 1)}
        return rows.add("sessions", date=day, status=status, **{"class_id": school.klass, **times, **given})

    for weekday in (1, 3):
        rows.add("schedules", class_id=school.klass, day_of_week=weekday, start_time=dt.time(18), end_time=dt.time(19))
    missing = session(DAY, 9, "completed")
    coming = session(DAY, 18, "scheduled")
    session(DAY, 10, "cancelled")
    session(days(2), 18, "scheduled")
    session(days(9), 18, "scheduled")
    forgotten = session(days(-2), 18, "scheduled")
    for back, status in ((5, "present"), (7, "absent"), (12, "late")):
        rows.add("attendance", session_id=session(days(-back), 18, "completed"), user_id=student, status=status)
    small = rows.add("classes", max_students=1, is_active=True, term_id=school.term, level_id=school.level)
    rows.add("enrollments", class_id=small, status="active")
    rows.add("classes", is_active=False, term_id=school.term, level_id=school.level)
    return {"missing": missing, "coming": coming, "forgotten": forgotten, "small": small}


def _money(rows: Rows, *, teacher: str, parent: str, student: str) -> None:
    def invoice(status: str, due: dt.date, amount: str, **given: object) -> str:
        return rows.add(
            "invoices", payer_id=parent, student_id=student, status=status, due_date=due, amount=Decimal(amount), **given
        )

    invoice("overdue", days(-10), "300.00", discount_amount=Decimal("50.00"))
    partly = invoice("pending", days(-1), "200.00")
    invoice("pending", days(10), "100.10")
    paid = invoice("paid", days(-3), "80.00", paid_at=NOON)
    invoice("cancelled", days(-3), "70.00")
    for key, amount in ((partly, "120.00"), (paid, "80.00")):
        rows.add("transactions", invoice_id=key, amount=Decimal(amount), type="income", processed_at=NOON)
    rows.add("transactions", invoice_id=partly, amount=Decimal("20.00"), type="refund", processed_at=NOON)
    earlier = NOON - dt.timedelta(days=10)
    rows.add("transactions", amount=Decimal("55.00"), type="income", processed_at=earlier)
    rows.add("payouts", user_id=teacher, status="pending", amount=Decimal("10.00"))


def _leads(rows: Rows, school: School) -> None:
    rows.add("leads", status="new")
    quiet = NOON - dt.timedelta(days=6)
    lead = rows.add("leads", status="contacted", last_contact=quiet)
    rows.add("leads", status="contacted", last_contact=NOON)
    rows.add("leads", status="lost", last_contact=quiet)
    rows.add("trials", lead_id=lead, class_id=school.klass, scheduled_at=NOON + dt.timedelta(hours=3), status="scheduled")
    rows.add("trials", lead_id=lead, class_id=school.klass, scheduled_at=NOON, status="cancelled")


def _care(rows: Rows, school: School, student: str) -> dict[str, str]:
    def alert(level: str, hours: int, **given: object) -> str:
        raised = NOON - dt.timedelta(hours=hours)
        return rows.add("safety_alerts", student_id=student, level=level, detected_at=raised, reason=f"{level} worry", **given)

    seen = {"acknowledged_at": NOON, "acknowledged_by": school.people[Role.SCHOOL]}
    over = {**seen, "resolved_at": NOON, "resolved_by": school.people[Role.SCHOOL], "resolution_notes": "All well."}
    alert("red", 30, **over)
    for back in range(10):
        mood = {"mood": "good", "answers": 1} if back == 2 else None
        rows.add(
            "wellbeing_snapshots",
            student_id=student,
            date=days(-back),
            engagement_score=0.5,
            session_count=1,
            total_duration=12,
            emotional_indicators=mood,
        )
    return {
        "red": alert("red", 1),
        "orange": alert("orange", 4, **seen),
        "old_yellow": alert("yellow", 80),
        "yellow": alert("yellow", 1),
    }


def stopped_day(school: School, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """For fixtures: the filled school with its clock stopped."""
    keys = make_day(school)
    stop_clock(monkeypatch)
    yield keys
