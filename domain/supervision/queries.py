"""What supervision asks of the database: open alerts and their story, wellbeing over time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from domain.access.uow import ScopedSession
from domain.core.models import User
from domain.core.queries import school_hours
from domain.core.rules import SchoolHours
from domain.db.gather import gather
from domain.kit.errors import NotFound
from domain.kit.ids import is_id
from domain.operations.enums import EnrollmentStatus
from domain.operations.models import Enrollment
from domain.records.labels import label_of_key, show_label
from domain.records.query import attribute
from domain.supervision.enums import AlertLevel, Detector
from domain.supervision.models import AlertAcknowledgment, SafetyAlert, WellbeingSnapshot
from domain.supervision.rules import deadline, is_late, mood_of, urgency


@dataclass(frozen=True)
class AlertLine:
    """An alert as a supervisor reads it. `due`: by when it must be acknowledged; `late`: that moment has passed unseen."""

    id: str
    student_id: str
    student: str
    level: AlertLevel
    reason: str
    detected_by: Detector
    detected_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str
    resolved_at: datetime | None
    resolved_by: str
    resolution_notes: str
    notified_parents: bool
    notified_authorities: bool
    due: datetime | None
    late: bool


@dataclass(frozen=True)
class Step:
    """What someone did about an alert, and when."""

    at: datetime
    who: str
    action: str
    notes: str


@dataclass(frozen=True)
class WellbeingDay:
    """A day's figures: of one student, or the mean of several. `moods`: how many said how they felt."""

    day: date
    students: int
    engagement: float | None
    conversations: float
    minutes: float
    mood: float | None
    moods: int


def count_open_alerts(level: AlertLevel) -> Select[int]:
    """How many alerts of a level nobody has resolved yet."""
    return select(func.count()).select_from(SafetyAlert).where(SafetyAlert.resolved_at.is_(None), SafetyAlert.level == level)


def open_alerts(session: ScopedSession, moment: datetime) -> list[AlertLine]:
    """Alerts that nobody has resolved, the highest level first and the oldest first within it; waited for once."""
    found = _alerts().where(SafetyAlert.resolved_at.is_(None))
    hours, rows = gather(session, lambda: school_hours(session), lambda: session.execute(found).all())
    return sorted((_alert_line(row, hours, moment) for row in rows), key=lambda each: urgency(each.level, each.detected_at))


def alert(session: ScopedSession, alert_id: str, moment: datetime) -> tuple[AlertLine, list[Step]]:
    """One alert and the steps taken about it, the earliest first; NotFound if it isn't the actor's to see."""
    if not is_id(alert_id):
        raise NotFound
    steps = (
        select(
            AlertAcknowledgment.timestamp,
            label_of_key("users", AlertAcknowledgment.user_id),
            AlertAcknowledgment.action_taken,
            AlertAcknowledgment.notes,
        )
        .where(AlertAcknowledgment.alert_id == alert_id)
        .order_by(AlertAcknowledgment.timestamp, AlertAcknowledgment.id)
    )
    row, taken, hours = gather(
        session,
        lambda: session.execute(_alerts().where(SafetyAlert.id == alert_id)).first(),
        lambda: session.execute(steps).all(),
        lambda: school_hours(session),
    )
    if row is None:
        raise NotFound
    told = [Step(at, show_label("users", who), action, notes or "") for at, who, action, notes in taken]
    return _alert_line(row, hours, moment), told


def _alerts() -> Select[Any]:
    people = [SafetyAlert.student_id, SafetyAlert.acknowledged_by, SafetyAlert.resolved_by]
    return select(SafetyAlert, *(label_of_key("users", each) for each in people))


def _alert_line(row: Any, hours: SchoolHours, moment: datetime) -> AlertLine:
    found, student, acknowledged_by, resolved_by = row
    due = deadline(found.level, found.detected_at, hours)
    return AlertLine(
        found.id,
        found.student_id,
        show_label("users", student),
        found.level,
        found.reason,
        found.detected_by,
        found.detected_at,
        found.acknowledged_at,
        show_label("users", acknowledged_by) if acknowledged_by else "",
        found.resolved_at,
        show_label("users", resolved_by) if resolved_by else "",
        found.resolution_notes or "",
        found.notified_parents,
        found.notified_authorities,
        due,
        is_late(due, found.acknowledged_at, moment),
    )


def wellbeing(
    session: ScopedSession, first: date, last: date, *, student_id: str | None = None, class_id: str | None = None
) -> list[WellbeingDay]:
    """Wellbeing by the day: of one student, of a class's active students, or of everyone whom the actor sees; one statement."""
    where: list[ColumnElement[bool]] = [WellbeingSnapshot.date.between(first, last)]
    if student_id is not None:
        where.append(WellbeingSnapshot.student_id == student_id)
    if class_id is not None:
        enrolled = (Enrollment.class_id == class_id, Enrollment.status == EnrollmentStatus.ACTIVE)
        where.append(WellbeingSnapshot.student_id.in_(select(Enrollment.user_id).where(*enrolled)))
    columns = (
        WellbeingSnapshot.date,
        WellbeingSnapshot.engagement_score,
        WellbeingSnapshot.session_count,
        WellbeingSnapshot.total_duration,
        WellbeingSnapshot.emotional_indicators,
    )
    by_day: dict[date, list[Any]] = {}
    for row in session.execute(select(*columns).where(*where).order_by(WellbeingSnapshot.date)):
        by_day.setdefault(row[0], []).append(row)
    return [_day(day, rows) for day, rows in by_day.items()]


def _day(day: date, rows: Sequence[Any]) -> WellbeingDay:
    scores = [row.engagement_score for row in rows if row.engagement_score is not None]
    moods = [mood.height for row in rows if (mood := mood_of(row.emotional_indicators)) is not None]
    return WellbeingDay(
        day=day,
        students=len(rows),
        engagement=_mean(scores),
        conversations=sum(row.session_count for row in rows) / len(rows),
        minutes=sum(row.total_duration for row in rows) / len(rows),
        mood=_mean(moods),
        moods=len(moods),
    )


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def students_with_wellbeing(session: ScopedSession) -> list[tuple[str, str]]:
    """Keys and names of the students who have any figures, in the order of their names."""
    known = select(WellbeingSnapshot.student_id).distinct()
    statement = select(User.id, User.first_name, User.last_name).where(User.id.in_(known)).order_by(attribute(User, "sort_text"))
    return [(key, f"{first} {last}") for key, first, last in session.execute(statement)]
