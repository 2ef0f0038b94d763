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
from domain.supervision.alert_models import AlertContest, AlertRaising
from domain.supervision.enums import AlertLevel, Detector, HomeConcern
from domain.supervision.models import AlertAcknowledgment, SafetyAlert, WellbeingSnapshot
from domain.supervision.rules import deadline, is_late, mood_of, urgency


@dataclass(frozen=True)
class AlertLine:
    """An alert as a supervisor reads it. `due`: by when it must be acknowledged; `late`: that moment has passed unseen.

    `home`, `raised_by`: what whoever raised it said of the home, and who that is; nobody, for the automatic checks. `contested`:
    the student says something against it, and no step has been taken since.
    """

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
    home: HomeConcern | None
    raised_by: str
    contested: bool

    @property
    def is_withheld(self) -> bool:
        """Whether it may concern the home: then it is withheld from all guardians until it is released to one by name."""
        return self.home in {HomeConcern.MAYBE, HomeConcern.UNSURE}


@dataclass(frozen=True)
class Step:
    """What someone did about an alert, and when."""

    at: datetime
    who: str
    action: str
    notes: str


@dataclass(frozen=True)
class Contest:
    """What the student says against an alert."""

    at: datetime
    who: str
    words: str


@dataclass(frozen=True)
class AlertStory:
    """An alert, the steps taken about it and what the student says against it, the earliest first."""

    line: AlertLine
    steps: tuple[Step, ...]
    contests: tuple[Contest, ...]


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


def contested_alerts(session: ScopedSession, moment: datetime) -> list[AlertLine]:
    """Alerts that were resolved and that the student says something against, which nobody has answered; the oldest first."""
    found = _alerts().where(SafetyAlert.resolved_at.is_not(None), _contested()).order_by(SafetyAlert.detected_at)
    hours, rows = gather(session, lambda: school_hours(session), lambda: session.execute(found).all())
    return [_alert_line(row, hours, moment) for row in rows]


def alert(session: ScopedSession, alert_id: str, moment: datetime) -> AlertStory:
    """One alert with its story; NotFound if it isn't the actor's to see."""
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
    contests = (
        select(AlertContest.created_at, label_of_key("users", AlertContest.user_id), AlertContest.words)
        .where(AlertContest.alert_id == alert_id)
        .order_by(AlertContest.created_at, AlertContest.id)
    )
    row, taken, said, hours = gather(
        session,
        lambda: session.execute(_alerts().where(SafetyAlert.id == alert_id)).first(),
        lambda: session.execute(steps).all(),
        lambda: session.execute(contests).all(),
        lambda: school_hours(session),
    )
    if row is None:
        raise NotFound
    return AlertStory(
        _alert_line(row, hours, moment),
        tuple(Step(at, show_label("users", who), action, notes or "") for at, who, action, notes in taken),
        tuple(Contest(at, show_label("users", who), words) for at, who, words in said),
    )


def _alerts() -> Select[Any]:
    people = [SafetyAlert.student_id, SafetyAlert.acknowledged_by, SafetyAlert.resolved_by]
    about = AlertRaising.alert_id == SafetyAlert.id
    home = select(AlertRaising.home).where(about).scalar_subquery()
    raiser = select(label_of_key("users", AlertRaising.user_id)).where(about).scalar_subquery()
    return select(SafetyAlert, *(label_of_key("users", each) for each in people), home, raiser, _contested())


def _contested() -> ColumnElement[bool]:
    """Whether the student has said something against an alert since the last step about it."""
    said = select(func.max(AlertContest.created_at)).where(AlertContest.alert_id == SafetyAlert.id).scalar_subquery()
    steps = select(func.max(AlertAcknowledgment.timestamp)).where(AlertAcknowledgment.alert_id == SafetyAlert.id)
    return func.coalesce(said > steps.scalar_subquery(), said.is_not(None))


def _alert_line(row: Any, hours: SchoolHours, moment: datetime) -> AlertLine:
    found, student, acknowledged_by, resolved_by, home, raiser, contested = row
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
        home,
        show_label("users", raiser) if raiser else "",
        bool(contested),
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
