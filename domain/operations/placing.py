"""Placement: a score, the level that it recommends by the school's thresholds, and where someone knows better."""

from sqlalchemy import select

from domain.access.uow import ScopedSession
from domain.curriculum.models import Level
from domain.kit.errors import InvalidInput, Problem
from domain.kit.texts import N_
from domain.operations.enrolling import recommended
from domain.operations.models import Placement
from domain.operations.planning_models import PlacementThreshold
from domain.records import write

ANOTHER_COURSE = N_("This is a level of another course.")


def thresholds(session: ScopedSession, course: str) -> dict[str, int]:
    """From which score each level of a course begins, by level."""
    rows = select(PlacementThreshold.level_id, PlacementThreshold.from_score)
    found = session.execute(rows.where(PlacementThreshold.course_type_id == course))
    return {row.level_id: row.from_score for row in found}


def recommendation(session: ScopedSession, course: str, score: int) -> str | None:
    """The level that a score recommends in a course; None where no threshold is that low."""
    return recommended(thresholds(session, course), score)


def place(
    session: ScopedSession,
    student: str,
    course: str,
    score: int | None,
    *,
    chosen: str | None = None,
    reason: str = "",
    notes: str = "",
) -> Placement:
    """Keep a test's result with what it recommends now, and the level that someone chose instead, with why.

    InvalidInput at the fields `user_id`, `course_type_id`, `score`, `chosen_level_id`, `reason`, `notes`.
    """
    level = recommendation(session, course, score) if course and score is not None else None
    if chosen and session.scalar(select(Level.id).where(Level.id == chosen, Level.course_type_id == course)) is None:
        raise InvalidInput([Problem("chosen_level_id", ANOTHER_COURSE)])
    values = {
        "user_id": student,
        "course_type_id": course,
        "score": score,
        "recommended_level_id": level,
        "chosen_level_id": chosen if chosen != level else None,
        "reason": reason if chosen and chosen != level else None,
        "notes": notes,
    }
    made = write.create(session, Placement, values)
    assert isinstance(made, Placement)
    return made
