"""What people's records are asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from domain.access.roles import Role
from domain.access.uow import ScopedSession
from domain.core.models import Organization, User, UserRole
from domain.core.rules import Closure, SchoolHours, closures, hours_of
from domain.records.figures import Question
from domain.records.query import Filter, View, first_rows


@dataclass(frozen=True)
class Opening:
    """When the school is open in a week, and on which days of some span it is closed though it would be open."""

    hours: SchoolHours
    closed: tuple[Closure, ...]


def active_students() -> Question:
    """People who start as students and may sign in."""
    return Question("users", (Filter("role", values=(Role.STUDENT,)), Filter("is_active", values=(True,))))


def holding(roles: Sequence[str]) -> ColumnElement[bool]:
    """The condition that a person is active and holds one of these roles, be it not the one that they start in."""
    wanted = [Role(role) for role in roles]
    held = select(UserRole.user_id).where(UserRole.role.in_(wanted))
    return User.is_active & or_(User.role.in_(wanted), User.id.in_(held))


def school_hours(session: ScopedSession) -> SchoolHours:
    """When the actor's school is open: the part of its settings that everyone reads."""
    return hours_of(settings_of(session), session.actor.zone)


def opening(session: ScopedSession, first: date, last: date) -> Opening:
    """When the school is open, and the days from `first` to `last` on which it is closed beside its usual ones."""
    settings = settings_of(session)
    return Opening(hours_of(settings, session.actor.zone), tuple(closures(settings, session.actor.zone, first, last)))


def settings_of(session: ScopedSession) -> Mapping[str, Any]:
    """Of the school's settings what the actor may know; nothing for who may know none."""
    rows = first_rows(session, Organization, View(size=1), ["settings"])
    return (rows[0].values["settings"] if rows else None) or {}
