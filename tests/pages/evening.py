"""A Wednesday evening at the small school, ten past six: a session that goes on, four who belong to it, the clock stopped."""

import datetime as dt
from collections.abc import Iterator

import pytest

from domain.access.roles import Role
from domain.access.trail import writing
from domain.db.engine import engine
from domain.kit import clock
from domain.operations import attendance, attendance_keeping
from tests.conftest import School
from tests.factories.rows import Rows
from tests.pages.day import DAY, ZONE

TEN_PAST_SIX = dt.datetime(2026, 3, 4, 18, 10, tzinfo=ZONE).astimezone(dt.UTC)
NAMES = ("Ana", "Bia", "Caio")


def make_evening(school: School) -> dict[str, str]:
    """Three more students, today's session of six o'clock, one of four that nobody marked, tomorrow's, and one of last week."""
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        keys = {"Sofia": school.people[Role.STUDENT]}
        for name in NAMES:
            keys[name] = rows.add("users", first_name=name, last_name="Melo", role="student")
            began = dt.datetime(2026, 2, 3, 12, tzinfo=dt.UTC)
            rows.add("enrollments", class_id=school.klass, user_id=keys[name], enrolled_at=began, status="active")
        for name, days, hour in (("six", 0, 18), ("four", 0, 16), ("tomorrow", 1, 18), ("before", -7, 18)):
            times = {"start_time": dt.time(hour), "end_time": dt.time(hour + 1)}
            day = DAY + dt.timedelta(days=days)
            keys[name] = rows.add("sessions", class_id=school.klass, date=day, status="scheduled", **times)
        return keys


def stopped_evening(school: School, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """For fixtures: the evening with its clock stopped, in the domain and on the pages."""
    for module in (clock, attendance, attendance_keeping, writing):
        monkeypatch.setattr(module, "now", lambda: TEN_PAST_SIX)
    yield make_evening(school)
