"""What the scopes mean that conversations and alerts decide.

An alert's scopes are asked of the alert itself or of what belongs to it, through the column that holds the alert's key. Tables
come under names of their own: within a question about the same table they would be taken for that one.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Alias, ColumnElement, Table, and_, exists, or_, select

from domain.access.actor import Actor
from domain.access.grants import Scope
from domain.access.roles import Role
from domain.core.models import Family, FormerFamily, UserRole
from domain.core.scopes import child
from domain.operations.scopes import class_student
from domain.supervision.alert_models import AlertRaising, AlertRelease, AlertSupervisor
from domain.supervision.enums import AlertLevel, Detector, HomeConcern, ReleaseDecision
from domain.supervision.models import ChatSession, SafetyAlert

Rows = Callable[[Actor, Any], ColumnElement[bool]]
AUTOMATIC = (Detector.AUDITOR, Detector.SYSTEM)


def own_chat(actor: Actor, column: Any) -> ColumnElement[bool]:
    """Rows of the student's own conversations."""
    table: Any = ChatSession.__table__
    assert isinstance(table, Table)
    found: ColumnElement[bool] = column.in_(select(table.c.id).where(table.c.student_id == actor.user_id))
    return found


def _named(model: Any) -> Alias:
    found: Alias = model.__table__.alias()
    return found


def _of_alerts(which: Rows) -> Scope:
    """The scope of alerts for which something holds, and of what belongs to them."""

    def scope(actor: Actor, column: Any) -> ColumnElement[bool]:
        if column.table.name == SafetyAlert.__tablename__:
            return which(actor, column.table)
        found: ColumnElement[bool] = column.in_(_keys(actor, which))
        return found

    return scope


def _keys(actor: Actor, which: Rows) -> Any:
    alerts = _named(SafetyAlert)
    return select(alerts.c.id).where(alerts.c.organization_id == actor.organization_id, which(actor, alerts))


def _raised(actor: Actor, alerts: Any) -> ColumnElement[bool]:
    raisings = _named(AlertRaising)
    found: ColumnElement[bool] = alerts.c.id.in_(select(raisings.c.alert_id).where(raisings.c.user_id == actor.user_id))
    return found


def _looked_at(actor: Actor, alerts: Any) -> ColumnElement[bool]:
    about = alerts.c.student_id == actor.user_id
    return and_(about, alerts.c.detected_by.in_(AUTOMATIC), alerts.c.acknowledged_at.is_not(None))


def _stands(releases: Any) -> ColumnElement[bool]:
    """Whether a word that a guardian may know is the latest about them; of two at one moment, holding back counts."""
    later = _named(AlertRelease)
    same = (later.c.alert_id == releases.c.alert_id, later.c.guardian_id == releases.c.guardian_id)
    held = and_(later.c.created_at == releases.c.created_at, later.c.decision == ReleaseDecision.HELD)
    overruled = exists(later.c.id).where(*same, or_(later.c.created_at > releases.c.created_at, held)).correlate(releases)
    return and_(releases.c.decision == ReleaseDecision.RELEASED, ~overruled)


def _released_to(actor: Actor) -> Any:
    releases = _named(AlertRelease)
    return select(releases.c.alert_id).where(releases.c.guardian_id == actor.user_id, _stands(releases))


def _released(actor: Actor, alerts: Any) -> ColumnElement[bool]:
    return and_(alerts.c.level != AlertLevel.GREEN, child(actor, alerts.c.student_id), alerts.c.id.in_(_released_to(actor)))


def release_to_me(actor: Actor, column: Any) -> ColumnElement[bool]:
    """The words that stand with which alerts were released to the person."""
    table = column.table
    return and_(column == actor.user_id, _stands(table), table.c.alert_id.in_(_keys(actor, _released)))


def _guarded(actor: Actor) -> Any:
    """The keys of everyone whose guardian the person is, barred or not, of age or not."""
    families = _named(Family)
    return select(families.c.child_id).where(families.c.parent_id == actor.user_id)


def _was_guarded(actor: Actor, alerts: Any) -> ColumnElement[bool]:
    """Whether the person was a guardian of the alert's student when it was raised, or later."""
    ended = _named(FormerFamily)
    link = (ended.c.parent_id == actor.user_id, ended.c.child_id == alerts.c.student_id)
    return exists(ended.c.id).where(*link, ended.c.ended_at >= alerts.c.detected_at).correlate(alerts)


def _handled(actor: Actor, alerts: Any) -> ColumnElement[bool]:
    """Not withheld from the person: released to them, or their own, or not held back from them and neither marked nor of a child
    of theirs. A link that ended since it was raised counts like one that stands, whoever ended it.
    """
    raisings, releases = _named(AlertRaising), _named(AlertRelease)
    marked = select(raisings.c.alert_id).where(raisings.c.home != HomeConcern.NO)
    held = select(releases.c.alert_id).where(releases.c.guardian_id == actor.user_id, releases.c.decision == ReleaseDecision.HELD)
    strangers = and_(alerts.c.student_id.not_in(_guarded(actor)), ~_was_guarded(actor, alerts))
    return or_(
        and_(alerts.c.id.not_in(held), or_(strangers, alerts.c.id.not_in(marked))),
        alerts.c.id.in_(_released_to(actor)),
        _raised(actor, alerts),
    )


def _is_listed(actor: Actor) -> ColumnElement[bool]:
    """Whether the person is on the school's list for alerts."""
    listed = _named(AlertSupervisor)
    where = (listed.c.organization_id == actor.organization_id, listed.c.user_id == actor.user_id)
    return exists(listed.c.id).where(*where)


def _listed(actor: Actor, alerts: Any) -> ColumnElement[bool]:
    return and_(_is_listed(actor), _handled(actor, alerts))


def detector(actor: Actor) -> Detector:
    """As what an alert that the person raises counts: as that of their role, an owner's as the school's."""
    return Detector.SCHOOL if actor.role is Role.OWNER or actor.role is None else Detector(actor.role)


def _new(actor: Actor, alerts: Any) -> ColumnElement[bool]:
    """In the name of the person's role, with nothing done about it yet."""
    untouched = [alerts.c[name].is_(None) for name in ("acknowledged_at", "resolved_at", "resolution_notes")]
    untold = [alerts.c[name].is_(False) for name in ("notified_parents", "notified_authorities")]
    return and_(alerts.c.detected_by == detector(actor), *untouched, *untold)


def _new_self(actor: Actor, alerts: Any) -> ColumnElement[bool]:
    return and_(alerts.c.student_id == actor.user_id, _new(actor, alerts))


def _new_class(actor: Actor, alerts: Any) -> ColumnElement[bool]:
    return and_(class_student(actor, alerts.c.student_id), _new(actor, alerts))


def _new_student(actor: Actor, alerts: Any) -> ColumnElement[bool]:
    held = _named(UserRole)
    students = select(held.c.user_id).where(held.c.organization_id == actor.organization_id, held.c.role == Role.STUDENT)
    return and_(alerts.c.student_id.in_(students), _new(actor, alerts))


def _raising(which: Rows) -> Scope:
    """The scope of rows that say who raised such an alert: the person, in this role."""

    def scope(actor: Actor, column: Any) -> ColumnElement[bool]:
        table = column.table
        mine = and_(table.c.user_id == actor.user_id, table.c.role == actor.role)
        return and_(mine, column.in_(_keys(actor, which)))

    return scope


def _in_own_name(which: Rows) -> Scope:
    """The scope of rows in the person's own name about such alerts."""

    def scope(actor: Actor, column: Any) -> ColumnElement[bool]:
        return and_(column.table.c.user_id == actor.user_id, column.in_(_keys(actor, which)))

    return scope


def release_word(actor: Actor, column: Any) -> ColumnElement[bool]:
    """A supervisor's own decisions about a guardian of an alert's student, who isn't the supervisor's own child."""
    table, alerts, families = column.table, _named(SafetyAlert), _named(Family)
    guards = (families.c.parent_id == table.c.guardian_id, families.c.child_id == alerts.c.student_id)
    found = select(alerts.c.id).where(
        alerts.c.organization_id == actor.organization_id,
        _listed(actor, alerts),
        alerts.c.student_id.not_in(_guarded(actor)),
        exists(families.c.id).where(*guards).correlate(table, alerts),
    )
    return and_(table.c.user_id == actor.user_id, column.in_(found.correlate(table)))


def _holders(actor: Actor, *roles: Role) -> Any:
    held = _named(UserRole)
    return select(held.c.user_id).where(held.c.organization_id == actor.organization_id, held.c.role.in_(roles))


def another_supervisor(actor: Actor, column: Any) -> ColumnElement[bool]:
    """Other people of coordination and owners, put on the list by the person."""
    by = column.table.c.added_by == actor.user_id
    return and_(by, column != actor.user_id, column.in_(_holders(actor, Role.SCHOOL, Role.OWNER)))


def coordinator_supervisor(actor: Actor, column: Any) -> ColumnElement[bool]:
    """Of those, people of coordination who are no owners."""
    mere = and_(column.in_(_holders(actor, Role.SCHOOL)), column.not_in(_holders(actor, Role.OWNER)))
    return and_(another_supervisor(actor, column), mere)


SCOPES: dict[str, Scope] = {
    "own_chat": own_chat,
    "alert_raised": _of_alerts(_raised),
    "alert_looked_at": _of_alerts(_looked_at),
    "alert_released": _of_alerts(_released),
    "release_to_me": release_to_me,
    "alert_handled": _of_alerts(_handled),
    "alert_listed": _of_alerts(_listed),
    "new_alert_self": _of_alerts(_new_self),
    "new_alert_class": _of_alerts(_new_class),
    "new_alert_student": _of_alerts(_new_student),
    "raising_self": _raising(_new_self),
    "raising_class": _raising(_new_class),
    "raising_student": _raising(_new_student),
    "raising": _raising(_handled),
    "raising_listed": _raising(_listed),
    "step_handled": _in_own_name(_handled),
    "step_listed": _in_own_name(_listed),
    "release_word": release_word,
    "contest_word": _in_own_name(_looked_at),
    "another_supervisor": another_supervisor,
    "coordinator_supervisor": coordinator_supervisor,
}
