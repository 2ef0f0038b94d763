"""What guardians learn of a child's wellbeing: whole weeks, never a day, never a mood."""

import datetime as dt

import pytest
from sqlalchemy import func, select

from domain.access.roles import Role
from domain.access.uow import reading
from domain.db.engine import engine
from domain.supervision.models import WellbeingSnapshot
from domain.supervision.summaries import ChildsWeeks, weeks_of_children
from tests.conftest import School
from tests.domain.supervision import care
from tests.factories.rows import Rows

WEDNESDAY = dt.date(2026, 3, 18)
MONDAY = dt.date(2026, 3, 9)  # of the last whole week


def days(school: School, *given: tuple[dt.date, float | None, int], student: str | None = None) -> None:
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        for date, engagement, conversations in given:
            rows.add(
                "wellbeing_snapshots",
                student_id=student or school.people[Role.STUDENT],
                date=date,
                engagement_score=engagement,
                session_count=conversations,
                emotional_indicators={"mood": "sad", "answers": 1},
                anomaly_flags=["night"],
            )


def week(
    monday: dt.date, engagement: float | None, conversations: int, count: int = 5
) -> list[tuple[dt.date, float | None, int]]:
    return [(monday + dt.timedelta(days=at), engagement, conversations) for at in range(count)]


def weeks(school: School, role: str = "parent") -> list[ChildsWeeks]:
    with reading(school.actor(role)) as session:
        return weeks_of_children(session, WEDNESDAY)


def test_a_guardian_reads_whole_weeks_that_are_over(school: School) -> None:
    this_week = dt.date(2026, 3, 16)
    days(school, *week(MONDAY, 0.63, 2), *week(this_week, 0.1, 9, 3), *week(MONDAY - dt.timedelta(weeks=1), 0.5, 0))
    (found,) = weeks(school)
    assert found.name == "Sofia Lima"
    told = [(each.monday, round(each.engagement or 0, 4), each.talked_often) for each in found.weeks]
    assert told == [(dt.date(2026, 3, 2), 0.5, False), (dt.date(2026, 3, 9), 0.65, True)]


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_week_with_few_days_says_nothing(count: int, school: School) -> None:
    days(school, *week(MONDAY, 0.6, 1, count))
    assert weeks(school) == []


def test_an_engagement_known_on_few_days_is_not_told(school: School) -> None:
    days(school, *week(MONDAY, 0.9, 1, 3), *[(MONDAY + dt.timedelta(days=at), None, 1) for at in (3, 4)])
    assert [each.engagement for each in weeks(school)[0].weeks] == [None]


def test_at_most_eight_weeks_are_told(school: School) -> None:
    for back in range(12):
        days(school, *week(MONDAY - dt.timedelta(weeks=back), 0.5, 1, 4))
    assert len(weeks(school)[0].weeks) == 8


def test_no_row_is_read_and_nobody_elses_child_is_summarised(school: School) -> None:
    days(school, *week(MONDAY, 0.6, 1))
    days(school, *week(MONDAY, 0.2, 1), student=care.person(school, "student").user_id)
    assert [each.name for each in weeks(school)] == ["Sofia Lima"]
    with reading(school.actor("parent")) as session:
        assert session.scalar(select(func.count()).select_from(WellbeingSnapshot)) == 0
    for role in ("student", "teacher", "staff", "owner", "school"):
        assert weeks(school, role) == []


def test_a_barred_guardian_is_told_nothing(school: School) -> None:
    days(school, *week(MONDAY, 0.6, 1))
    with engine().begin() as connection:
        connection.exec_driver_sql("UPDATE families SET access = 'none'")
    assert weeks(school) == []


def test_what_is_told_holds_no_date_but_the_mondays_and_no_mood(school: School) -> None:
    days(school, *week(MONDAY, 0.6, 1))
    said = repr(weeks(school))
    assert "sad" not in said
    assert "night" not in said
    assert said.count("datetime.date") == 1
