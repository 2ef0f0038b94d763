"""Which guardian learns of an alert: a supervisor releases it to each by name, or holds it back from them, and says why."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from domain.access.decide import condition
from domain.access.uow import ScopedSession
from domain.core.enums import FamilyAccess, Relationship
from domain.core.models import Family, User
from domain.core.scopes import youngest_adults_birthday
from domain.db.gather import gather
from domain.kit.clock import now
from domain.kit.errors import DomainError, NotFound
from domain.kit.ids import is_id
from domain.kit.texts import N_
from domain.records.check import require
from domain.records.labels import label_of_key, show_label
from domain.supervision.alert_models import AlertRelease
from domain.supervision.enums import AlertLevel, ReleaseDecision
from domain.supervision.models import SafetyAlert
from domain.supervision.service import filled

MOST = 20  # alerts on a guardian's home


class NothingToTell(DomainError):
    """Guardians learn of alerts from yellow on."""

    source = N_("Guardians learn of alerts from yellow on. This one is green, so there is nothing to release.")


class SeesNothing(DomainError):
    """A guardian who may see nothing of the child, now, isn't told of an alert either."""

    source = N_("This guardian may not see the student's records, so the alert can't be released to them.")


@dataclass(frozen=True)
class GuardianLine:
    """A guardian of an alert's student, and what was last decided about them. `sees`: whether they may see the child's record."""

    id: str
    name: str
    relationship: Relationship
    sees: bool
    decision: ReleaseDecision | None = None
    message: str = ""
    reason: str = ""
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class ReleasedAlert:
    """An alert as a guardian reads it: nothing of why, by whom or what was found."""

    id: str
    student: str
    level: AlertLevel
    detected_at: datetime
    is_settled: bool
    message: str
    released_at: datetime


def guardians(session: ScopedSession, alert_id: str) -> list[GuardianLine]:
    """Every guardian of an alert's student, by name, and what stands about each. Nobody for an alert that isn't the actor's."""
    if not is_id(alert_id):
        return []
    said = (
        select(AlertRelease, label_of_key("users", AlertRelease.user_id))
        .where(AlertRelease.alert_id == alert_id)
        .order_by(AlertRelease.created_at, AlertRelease.decision.desc(), AlertRelease.id)
    )
    linked, words = gather(session, lambda: _links(session, alert_id), lambda: session.execute(said).all())
    last = {word.guardian_id: (word, by) for word, by in words}
    adults_birthday = youngest_adults_birthday(session.actor)
    found = []
    for link in linked:
        of_age = link.birth_date is None or link.birth_date <= adults_birthday
        sees = link.access is FamilyAccess.ALL and (link.adult_agreed or not of_age)
        line = GuardianLine(link.parent_id, show_label("users", link.name), link.relationship, sees)
        found.append(_with_word(line, *last[line.id]) if line.id in last else line)
    return sorted(found, key=lambda each: each.name)


def _links(session: ScopedSession, alert_id: str) -> Any:
    """The guardians of an alert's student. Whoever handles the alert may know who they are, owners on the list among them."""
    families, users, alerts = (model.__table__ for model in (Family, User, SafetyAlert))
    school = session.actor.organization_id
    readable = (alerts.c.organization_id == school, condition(session.actor, "R", SafetyAlert))
    student = select(alerts.c.student_id).where(alerts.c.id == alert_id, *readable).scalar_subquery()
    columns = (families.c.parent_id, families.c.relationship, families.c.access, families.c.adult_agreed, users.c.birth_date)
    name = label_of_key("users", families.c.parent_id).label("name")
    wanted = select(*columns, name).join(users, users.c.id == families.c.child_id)
    wanted = wanted.where(families.c.organization_id == school, families.c.child_id == student)
    return session.connection().execute(wanted).all()


def _with_word(line: GuardianLine, word: AlertRelease, by: str) -> GuardianLine:
    return replace(
        line,
        decision=word.decision,
        message=word.message or "",
        reason=word.reason,
        by=show_label("users", by),
        at=word.created_at,
    )


def release(session: ScopedSession, alert_id: str, guardian_id: str, *, message: str, reason: str) -> None:
    """Let one guardian know of an alert, with words written for them.

    Raises InvalidInput (`message`, `reason`), NothingToTell, SeesNothing, NotFound; NotAllowed for who isn't on the school's list
    or is a guardian of the student.
    """
    level, guardian = _asked(session, alert_id, guardian_id)
    if level is AlertLevel.GREEN:
        raise NothingToTell
    if not guardian.sees:
        raise SeesNothing
    filled(message=message, reason=reason)
    _decide(session, alert_id, guardian, {"decision": ReleaseDecision.RELEASED, "message": message, "reason": reason})


def hold(session: ScopedSession, alert_id: str, guardian_id: str, *, reason: str) -> None:
    """Keep an alert from one guardian, also one that was released to them before.

    Raises InvalidInput (`reason`), NotFound, and NotAllowed as `release` does.
    """
    _level, guardian = _asked(session, alert_id, guardian_id)
    filled(reason=reason)
    _decide(session, alert_id, guardian, {"decision": ReleaseDecision.HELD, "reason": reason})


def _asked(session: ScopedSession, alert_id: str, guardian_id: str) -> tuple[AlertLevel, GuardianLine]:
    level = session.scalar(select(SafetyAlert.level).where(SafetyAlert.id == alert_id)) if is_id(alert_id) else None
    if level is None:
        raise NotFound
    guardian = next((each for each in guardians(session, alert_id) if each.id == guardian_id), None)
    if guardian is None:
        raise NotFound
    return level, guardian


def _decide(session: ScopedSession, alert_id: str, guardian: GuardianLine, said: dict[str, Any]) -> None:
    values = {"alert_id": alert_id, "guardian_id": guardian.id, "user_id": session.actor.user_id, **said}
    tidied = require(AlertRelease, values, names={"message", "reason"})
    # A clock that is behind must not let the word before stand.
    moment = now() if guardian.at is None else max(now(), guardian.at + timedelta(microseconds=1))
    session.add(AlertRelease(**tidied, created_at=moment))
    session.flush()


def released_to_me(session: ScopedSession) -> list[ReleasedAlert]:
    """What was released to the actor as a guardian, the latest first."""
    wanted = (
        select(
            SafetyAlert.id,
            label_of_key("users", SafetyAlert.student_id).label("student"),
            SafetyAlert.level,
            SafetyAlert.detected_at,
            SafetyAlert.resolved_at,
            AlertRelease.message,
            AlertRelease.created_at,
        )
        .join(AlertRelease, AlertRelease.alert_id == SafetyAlert.id)
        .order_by(AlertRelease.created_at.desc(), SafetyAlert.id)
        .limit(MOST)
    )
    return [
        ReleasedAlert(
            row.id,
            show_label("users", row.student),
            row.level,
            row.detected_at,
            row.resolved_at is not None,
            row.message or "",
            row.created_at,
        )
        for row in session.execute(wanted)
    ]
