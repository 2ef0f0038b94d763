"""What is asked of the database for figures: who was part of what, when. Each statement reads countable rows and nothing else."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, select, union_all

from domain.access.actor import Actor
from domain.access.figures import countable
from domain.db.base import model_of
from domain.kit.clock import today
from domain.operations.enums import AttendanceStatus, EnrollmentStatus
from domain.operations.models import Attendance, ClassSession, Enrollment, Placement, SchoolClass, Term
from domain.supervision.enums import Mood
from domain.supervision.models import SafetyAlert, WellbeingSnapshot
from domain.toolbox.models import KnowledgeNode

SETTLING = timedelta(days=30)  # after a term's first day, or its last: late enrolments are in by then, endings are noted
RECKONED_ON = datetime(2026, 1, 1)  # noqa: DTZ001 -- a wall clock: a school's distance from UTC that day parts all its months
# Of the toolbox, what bears a date that never changes: the tables, and the column that holds it.
TOOLS: dict[str, str] = {
    "student_prompts": "created_at",
    "prompt_runs": "created_at",
    "annotations": "created_at",
    "graveyard_ideas": "created_at",
    "todos": "created_at",
    "knowledge_nodes": "created_at",
    "user_progress": "completed_at",
    "user_badges": "earned_at",
}
DAYS = f"{SETTLING.days} days"
NOTHING = literal("")
EVERYTHING = ""


def month_of(actor: Actor, column: ColumnElement[Any]) -> ColumnElement[str]:
    """The month of a moment by the school's clock, such as 2026-03. A summer time doesn't move it: no month is told anew."""
    offset = actor.zone.utcoffset(RECKONED_ON)
    minutes = int(offset.total_seconds() // 60) if offset else 0
    return func.strftime("%Y-%m", column, f"{minutes:+d} minutes")


def _facts(
    person: ColumnElement[Any],
    moment: ColumnElement[Any],
    *,
    group: ColumnElement[Any] = NOTHING,
    value: ColumnElement[Any] | None = None,
    until: ColumnElement[Any] = NOTHING,
) -> Select[Any]:
    """Each once; of several values of a person's in one group, their mean."""
    mean = literal(None) if value is None else func.avg(value)
    named = (person.label("person"), moment.label("moment"), until.label("until"), group.label("group_name"))
    return select(*named, mean.label("value")).group_by(*(each.name for each in named))


def attendance(actor: Actor) -> Select[Any]:
    """Whose presence was noted in a month, and how often they were there."""
    rows, meetings = countable(actor, Attendance).c, countable(actor, ClassSession).c
    there = case((rows.status.in_(sorted(AttendanceStatus.there())), 1.0), else_=0.0)
    found = _facts(rows.user_id, func.strftime("%Y-%m", meetings.date), value=there)
    return found.where(meetings.id == rows.session_id)


def enrolled(actor: Actor) -> Select[Any]:
    """From which month to which someone had a place in a class."""
    rows, classes, terms = countable(actor, Enrollment).c, countable(actor, SchoolClass).c, countable(actor, Term).c
    left = func.coalesce(month_of(actor, rows.dropped_at), func.strftime("%Y-%m", terms.end_date, "1 month"))
    until = case((rows.status == EnrollmentStatus.ACTIVE, ""), else_=left)
    found = _facts(rows.user_id, month_of(actor, rows.enrolled_at), until=until)
    return found.where(classes.id == rows.class_id, terms.id == classes.term_id)


def enrolled_by_level(actor: Actor) -> Select[Any]:
    """Who was in a class of which level, a month into the term. A course stands by itself: many take two."""
    rows, classes, terms = countable(actor, Enrollment).c, countable(actor, SchoolClass).c, countable(actor, Term).c
    levels = countable(actor, model_of("levels")).c
    taken = func.date(terms.start_date, DAYS)
    found = _facts(rows.user_id, terms.id + "." + levels.course_type_id, group=levels.id)
    return found.where(
        classes.id == rows.class_id,
        terms.id == classes.term_id,
        levels.id == classes.level_id,
        taken <= today(actor.zone).isoformat(),
        func.date(rows.enrolled_at) < taken,
        func.coalesce(func.date(rows.dropped_at), "9999") >= taken,
    )


def endings(actor: Actor) -> Select[Any]:
    """How someone's place in a class ended, a month after the term."""
    rows, classes, terms = countable(actor, Enrollment).c, countable(actor, SchoolClass).c, countable(actor, Term).c
    found = _facts(rows.user_id, terms.id, group=rows.status)
    over = func.date(terms.end_date, DAYS) <= today(actor.zone).isoformat()
    return found.where(classes.id == rows.class_id, terms.id == classes.term_id, over)


def placements(actor: Actor) -> Select[Any]:
    """Who took a placement test in a month, and with which score."""
    rows = countable(actor, Placement).c
    return _facts(rows.user_id, month_of(actor, rows.tested_at), value=rows.score / 100.0)


def toolbox(actor: Actor) -> Select[Any]:
    """Who used which part of the toolbox in a month."""
    found = []
    for table, column in TOOLS.items():
        rows = countable(actor, model_of(table)).c
        found.append(_facts(rows.user_id, month_of(actor, rows[column]), group=literal(table)).where(rows[column].is_not(None)))
    every = union_all(*found).subquery()
    return select(every)


def alerts(actor: Actor) -> Select[Any]:
    """About whom an alert of which level was raised in a month."""
    rows = countable(actor, SafetyAlert).c
    return _facts(rows.student_id, month_of(actor, rows.detected_at), group=rows.level)


def wellbeing(actor: Actor) -> Select[Any]:
    """Of whom there are figures for days of a month, and their engagement."""
    rows = countable(actor, WellbeingSnapshot).c
    found = _facts(rows.student_id, func.strftime("%Y-%m", rows.date), value=rows.engagement_score)
    return found.where(rows.engagement_score.is_not(None))


def mood(actor: Actor) -> Select[Any]:
    """Who said in a month how they felt, from 0 (sad) to 1 (great)."""
    rows = countable(actor, WellbeingSnapshot).c
    said = func.json_extract(rows.emotional_indicators, "$.mood")
    height = case(*((said == str(each), each.height) for each in Mood))
    return _facts(rows.student_id, func.strftime("%Y-%m", rows.date), value=height).where(said.in_([str(each) for each in Mood]))


def stars_of_class(actor: Actor, class_id: str) -> Select[Any]:
    """Who of a class has stars of which kind, from which month on; and, under no kind, who has any."""
    stars, rows = countable(actor, KnowledgeNode).c, countable(actor, Enrollment).c
    first = func.max(func.min(month_of(actor, stars.created_at)), month_of(actor, rows.enrolled_at))
    here = and_(rows.user_id == stars.user_id, rows.class_id == class_id, rows.status == EnrollmentStatus.ACTIVE)

    def those(group: ColumnElement[Any]) -> Select[Any]:
        named = (stars.user_id.label("person"), first.label("moment"), NOTHING.label("until"), group.label("group_name"))
        return select(*named, literal(None).label("value")).where(here).group_by(stars.user_id, group)

    kind = func.lower(func.trim(func.coalesce(stars.category, "")))
    every = union_all(those(literal(EVERYTHING)), those(kind).where(kind != EVERYTHING)).subquery()
    return select(every)
