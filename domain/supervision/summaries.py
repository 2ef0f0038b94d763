"""A child's wellbeing as their guardians may know it: whole weeks, never a day.

Its own right ("S") finds the child; no row, date, mood or flag leaves this file.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from domain.access.decide import condition
from domain.access.uow import ScopedSession
from domain.records.labels import label_of_key, show_label
from domain.supervision.models import WellbeingSnapshot

WEEKS = 8
FEWEST = 4  # days with figures, below which a week says nothing: two or three would be days again
STEP = 0.05  # what an engagement is rounded to
OFTEN = 1.0  # conversations a day of a week that count as many
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class WeekOfChild:
    """A week of a child. `engagement`: the mean, to the nearest twentieth. `talked_often`: a conversation a day or more."""

    monday: date
    engagement: float | None
    talked_often: bool


@dataclass(frozen=True)
class ChildsWeeks:
    """A child's whole weeks, the earliest first; those with too few figures are left out."""

    child_id: str
    name: str
    weeks: tuple[WeekOfChild, ...]


def weeks_of_children(session: ScopedSession, today: date) -> list[ChildsWeeks]:
    """The last whole weeks of each of the actor's children who has any to tell of, by name; one statement."""
    end = today - timedelta(days=today.weekday())
    table = WellbeingSnapshot.__table__
    wanted = select(
        table.c.student_id,
        label_of_key("users", table.c.student_id),
        table.c.date,
        table.c.engagement_score,
        table.c.session_count,
    ).where(
        table.c.organization_id == session.actor.organization_id,
        table.c.date >= end - WEEKS * WEEK,
        table.c.date < end,
        condition(session.actor, "S", WellbeingSnapshot),
    )
    days: dict[str, dict[date, list[tuple[float | None, int]]]] = {}
    names: dict[str, str] = {}
    for child, name, day, engagement, conversations in session.connection().execute(wanted):
        names[child] = show_label("users", name)
        monday = day - timedelta(days=day.weekday())
        days.setdefault(child, {}).setdefault(monday, []).append((engagement, conversations))
    told = [ChildsWeeks(child, names[child], _weeks(found)) for child, found in days.items()]
    return sorted((each for each in told if each.weeks), key=lambda each: each.name)


def _weeks(found: dict[date, list[tuple[float | None, int]]]) -> tuple[WeekOfChild, ...]:
    return tuple(_week(monday, days) for monday, days in sorted(found.items()) if len(days) >= FEWEST)


def _week(monday: date, days: Iterable[tuple[float | None, int]]) -> WeekOfChild:
    figures = list(days)
    known = [engagement for engagement, _conversations in figures if engagement is not None]
    mean = round(sum(known) / len(known) / STEP) * STEP if len(known) >= FEWEST else None
    conversations = sum(count for _engagement, count in figures)
    return WeekOfChild(monday, mean, conversations / len(figures) >= OFTEN)
