"""Raising an alert: a student for themself, a teacher for their students, reception and coordination for any student.

Whoever raises one gives its student, a level, what they noticed, and whether it may have to do with home; all else is set here:
who, in which role, when. They see that it was seen and settled, not what was done.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select

from domain.access.decide import condition, decide, reads_all
from domain.access.roles import Role
from domain.access.uow import ScopedSession
from domain.core.models import Family, User, UserRole
from domain.db.base import Base
from domain.kit.clock import now
from domain.kit.errors import NotAllowed, NotFound
from domain.kit.ids import is_id
from domain.records.check import require
from domain.records.labels import label_of_key, show_label
from domain.supervision.alert_models import AlertContest, AlertRaising, AlertSupervisor
from domain.supervision.enums import AlertLevel, Detector, HomeConcern
from domain.supervision.models import AlertAcknowledgment, SafetyAlert
from domain.supervision.scopes import AUTOMATIC, detector
from domain.supervision.service import filled

MOST = 50  # alerts in one list of one's own


@dataclass(frozen=True)
class RaisedAlert:
    """An alert as whoever raised it, or the student whom the automatic checks mean, sees it.

    `seen_by`: who acknowledged it. `words`: what the student says against it, the latest; `words_read`: somebody has since taken
    a step about it.
    """

    id: str
    student: str
    level: AlertLevel
    reason: str
    detected_by: Detector
    detected_at: datetime
    seen_at: datetime | None
    seen_by: str
    resolved_at: datetime | None
    home: HomeConcern | None = None
    words: str = ""
    words_read: bool = False


@dataclass(frozen=True)
class Readers:
    """The names of those who will read an alert; `unless_home`: the student's guardians among them, who don't if it may concern
    the home, where they are told apart.
    """

    always: tuple[str, ...] = ()
    unless_home: tuple[str, ...] = ()


def raise_alert(session: ScopedSession, student_id: str, *, level: AlertLevel, reason: str, home: HomeConcern) -> str:
    """Raise an alert in the actor's own name; its key. A person may raise any level, the highest too.

    Raises InvalidInput (`reason`), NotFound for someone who isn't a student the actor may raise alerts about.
    """
    verdict = decide(session.actor, "C", SafetyAlert)
    if not verdict or session.actor.role is None:
        raise NotAllowed("raising an alert")
    filled(reason=reason)
    if not _is_student(session, student_id):
        raise NotFound
    moment = now()
    values = {"student_id": student_id, "level": level, "reason": reason, "detected_by": detector(session.actor)}
    alert = SafetyAlert(**require(SafetyAlert, {**values, "detected_at": moment}, names={"level", "reason"}))
    session.add(alert)
    try:
        session.flush()
    except NotAllowed as error:
        raise NotFound from error
    _note_raiser(session, alert, home, moment)
    return alert.id


def keep_raiser(session: ScopedSession, records: Sequence[Base], action: str) -> None:
    """An alert that is written in the general form has a raiser too, who wasn't asked about the home: so they aren't sure."""
    for record in records if action == "C" and session.actor.role is not None else ():
        assert isinstance(record, SafetyAlert)
        _note_raiser(session, record, HomeConcern.UNSURE, now())


def _note_raiser(session: ScopedSession, alert: SafetyAlert, home: HomeConcern, moment: datetime) -> None:
    actor = session.actor
    session.add(AlertRaising(alert_id=alert.id, user_id=actor.user_id, role=actor.role, home=home, created_at=moment))
    session.flush()


def _is_student(session: ScopedSession, student_id: str) -> bool:
    """Whether this is a student of the school. Whether the actor may raise alerts about them, the rights say at the writing."""
    if not is_id(student_id):
        return False
    held = _bare(UserRole)
    ours = (held.c.organization_id == session.actor.organization_id, held.c.role == Role.STUDENT)
    return session.connection().execute(select(held.c.id).where(held.c.user_id == student_id, *ours)).first() is not None


def students_to_choose(session: ScopedSession) -> list[tuple[str, str]]:
    """Keys and names of the students whom the actor may raise an alert about, by name."""
    actor = session.actor
    if actor.role is Role.STUDENT:
        return [(actor.user_id, actor.name)]
    users, held = User.__table__, _bare(UserRole)
    students = select(held.c.user_id).where(held.c.organization_id == actor.organization_id, held.c.role == Role.STUDENT)
    wanted = (
        select(users.c.id, users.c.first_name, users.c.last_name)
        .where(users.c.organization_id == actor.organization_id, users.c.is_active, users.c.id.in_(students))
        .where(users.c.id != actor.user_id, condition(actor, "R", User))
        .order_by(users.c.first_name, users.c.last_name)
    )
    return [(key, f"{first} {last}") for key, first, last in session.connection().execute(wanted)]


def readers(session: ScopedSession, student_id: str) -> Readers:
    """Who will read an alert about this student, those on the school's list first: coordination, and owners on the list."""
    if not decide(session.actor, "C", SafetyAlert) or not is_id(student_id):
        return Readers()
    users, held, listed, families = (_bare(each) for each in (User, UserRole, AlertSupervisor, Family))
    school = session.actor.organization_id
    coordination = select(held.c.user_id).where(held.c.organization_id == school, held.c.role == Role.SCHOOL)
    guards = users.c.id.in_(select(families.c.parent_id).where(families.c.child_id == student_id))
    is_listed = users.c.id.in_(select(listed.c.user_id).where(listed.c.organization_id == school))
    wanted = (
        select(users.c.first_name, users.c.last_name, guards)
        .where(users.c.organization_id == school, users.c.is_active, users.c.id.in_(coordination) | is_listed)
        .order_by(is_listed.desc(), users.c.first_name, users.c.last_name)
    )
    rows = session.connection().execute(wanted).all()
    named = [(f"{first} {last}", bool(is_guardian)) for first, last, is_guardian in rows]
    others = tuple(name for name, is_guardian in named if not is_guardian)
    if others and session.actor.role is not Role.STUDENT and not reads_all(session.actor, "families"):
        return Readers(tuple(name for name, _is_guardian in named))  # whose guardian a colleague is isn't theirs to learn
    return Readers(others, tuple(name for name, is_guardian in named if is_guardian))


def raised_by_me(session: ScopedSession) -> list[RaisedAlert]:
    """The alerts that the actor raised, the latest first."""
    mine = AlertRaising.user_id == session.actor.user_id
    wanted = _columns(AlertRaising.home).join(AlertRaising, AlertRaising.alert_id == SafetyAlert.id).where(mine)
    rows = session.execute(wanted.order_by(SafetyAlert.detected_at.desc(), SafetyAlert.id.desc()).limit(MOST))
    return [_raised(row, home=row.home) for row in rows]


def about_me(session: ScopedSession) -> list[RaisedAlert]:
    """What the automatic checks noticed about the actor, once a person has looked, the latest first; with what they say to it."""
    words = (
        select(AlertContest.words)
        .where(AlertContest.alert_id == SafetyAlert.id)
        .order_by(AlertContest.created_at.desc(), AlertContest.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    said = select(func.max(AlertContest.created_at)).where(AlertContest.alert_id == SafetyAlert.id).scalar_subquery()
    steps = select(func.max(AlertAcknowledgment.timestamp)).where(AlertAcknowledgment.alert_id == SafetyAlert.id)
    wanted = _columns(words.label("words"), (steps.scalar_subquery() > said).label("words_read"))
    wanted = wanted.where(SafetyAlert.student_id == session.actor.user_id, SafetyAlert.detected_by.in_(AUTOMATIC))
    rows = session.execute(wanted.order_by(SafetyAlert.detected_at.desc(), SafetyAlert.id.desc()).limit(MOST))
    return [_raised(row, words=row.words or "", words_read=bool(row.words_read)) for row in rows]


def contest(session: ScopedSession, alert_id: str, words: str) -> None:
    """Say something against an alert that the automatic checks raised about oneself, once a person has looked.

    Raises InvalidInput (`words`), NotFound.
    """
    filled(words=words)
    if not is_id(alert_id) or session.scalar(select(SafetyAlert.id).where(SafetyAlert.id == alert_id)) is None:
        raise NotFound
    tidied = require(AlertContest, {"alert_id": alert_id, "user_id": session.actor.user_id, "words": words}, names={"words"})
    session.add(AlertContest(**tidied, created_at=now()))
    session.flush()


def _columns(*more: Any) -> Any:
    """The columns of an alert that whoever raised it, and its student, may see: never how it was settled, nor who was told."""
    return select(
        SafetyAlert.id,
        label_of_key("users", SafetyAlert.student_id).label("student"),
        SafetyAlert.level,
        SafetyAlert.reason,
        SafetyAlert.detected_by,
        SafetyAlert.detected_at,
        SafetyAlert.acknowledged_at,
        label_of_key("users", SafetyAlert.acknowledged_by).label("seen_by"),
        SafetyAlert.resolved_at,
        *more,
    )


def _raised(row: Row[Any], **more: Any) -> RaisedAlert:
    return RaisedAlert(
        row.id,
        show_label("users", row.student),
        row.level,
        row.reason,
        row.detected_by,
        row.detected_at,
        row.acknowledged_at,
        show_label("users", row.seen_by) if row.seen_by else "",
        row.resolved_at,
        **more,
    )


def _bare(model: type[Base]) -> Any:
    return model.__table__.alias()
