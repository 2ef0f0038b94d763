"""What people do about alerts. Each step is a row that is never changed; the alert's own columns say where it stands."""

from sqlalchemy import select

from domain.access.uow import ScopedSession
from domain.db.errors import REQUIRED
from domain.kit.clock import now
from domain.kit.errors import DomainError, InvalidInput, NotFound, Problem
from domain.kit.ids import is_id
from domain.kit.texts import N_
from domain.records.check import require
from domain.supervision.alert_models import AlertContest
from domain.supervision.models import AlertAcknowledgment, SafetyAlert

RESOLVED = N_("Resolved")  # what the step that closes an alert is called; translated where it is shown
ANSWERED = N_("Read what the student says against it")


class AlreadyResolved(DomainError):
    """Nothing more is done about an alert that was settled."""

    source = N_("This alert has been resolved already. Nothing was changed.")


class NotAcknowledged(DomainError):
    """An alert is resolved only by people who have first said that they saw it."""

    source = N_("Please acknowledge this alert first: what was seen comes before how it ended.")


def acknowledge(session: ScopedSession, alert_id: str, action: str, notes: str) -> None:
    """Say that an alert was seen, and what was done. Whoever comes first acknowledges it; further steps are added to it.

    Raises InvalidInput (`action`, `notes`), AlreadyResolved, NotFound.
    """
    alert = _open_alert(session, alert_id)
    filled(action=action, notes=notes)
    step = _step(session, alert, action, notes)
    if alert.acknowledged_at is None:
        alert.acknowledged_at, alert.acknowledged_by = step.timestamp, session.actor.user_id
    session.flush()


def resolve(session: ScopedSession, alert_id: str, notes: str) -> None:
    """Close an acknowledged alert, saying how it ended.

    Raises InvalidInput (`notes`), NotAcknowledged, AlreadyResolved, NotFound.
    """
    alert = _open_alert(session, alert_id)
    if alert.acknowledged_at is None:
        raise NotAcknowledged
    filled(notes=notes)
    step = _step(session, alert, RESOLVED, notes)
    alert.resolved_at, alert.resolved_by, alert.resolution_notes = step.timestamp, session.actor.user_id, notes.strip()
    session.flush()


def answer(session: ScopedSession, alert_id: str, notes: str) -> None:
    """Say that what the student says against an alert was read, and what follows; also of an alert that was resolved.

    Raises InvalidInput (`notes`), NotFound (also where the student says nothing against it).
    """
    alert = _alert(session, alert_id)
    if session.scalar(select(AlertContest.id).where(AlertContest.alert_id == alert.id).limit(1)) is None:
        raise NotFound
    filled(notes=notes)
    _step(session, alert, ANSWERED, notes)
    session.flush()


def _open_alert(session: ScopedSession, alert_id: str) -> SafetyAlert:
    alert = _alert(session, alert_id)
    if alert.resolved_at is not None:
        raise AlreadyResolved
    return alert


def _alert(session: ScopedSession, alert_id: str) -> SafetyAlert:
    alert = session.scalar(select(SafetyAlert).where(SafetyAlert.id == alert_id)) if is_id(alert_id) else None
    if alert is None:
        raise NotFound
    return alert


def filled(**texts: str) -> None:
    """InvalidInput that names the texts that are missing."""
    missing = [Problem(name, REQUIRED) for name, text in texts.items() if not text.strip()]
    if missing:
        raise InvalidInput(missing)


def _step(session: ScopedSession, alert: SafetyAlert, action: str, notes: str) -> AlertAcknowledgment:
    """Write down a step, once its texts fit their columns; problems are told at the names that the callers use."""
    # A clock behind the one that raised the alert must not make the step come before it.
    moment = max(now(), alert.detected_at, alert.acknowledged_at or alert.detected_at)
    values = {"alert_id": alert.id, "user_id": session.actor.user_id, "action_taken": action, "notes": notes}
    try:
        tidied = require(AlertAcknowledgment, values, names={"action_taken", "notes"})
    except InvalidInput as error:
        raise InvalidInput(
            [
                Problem("action" if each.field == "action_taken" else each.field, each.source, each.params)
                for each in error.problems
            ]
        ) from None
    step = AlertAcknowledgment(**{name: tidied[name] for name in values}, timestamp=moment)
    session.add(step)
    return step
