"""The school's list for alerts: who supervises, the earliest first. Nobody puts themself on it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from domain.access.roles import Role
from domain.access.uow import ScopedSession
from domain.core.models import User, UserRole
from domain.kit.clock import now
from domain.kit.errors import DomainError, NotFound
from domain.kit.ids import is_id
from domain.kit.texts import N_
from domain.records.labels import label_of_key, show_label
from domain.supervision.alert_models import AlertSupervisor


class NobodyByThemself(DomainError):
    """It takes another person to put someone on the list, or to take them off."""

    source = N_("Nobody puts themself on the list for alerts, or takes themself off it. Please ask someone else of coordination.")


class AlreadyListed(DomainError):
    """A person stands on the list once."""

    source = N_("This person is on the list already.")


@dataclass(frozen=True)
class SupervisorLine:
    """Someone on the list: since when, and who put them there (empty: they were there from the beginning)."""

    id: str
    user_id: str
    name: str
    since: datetime
    by: str


def supervisors(session: ScopedSession) -> list[SupervisorLine]:
    """The list, the earliest first; nobody for those who don't read it."""
    wanted = select(
        AlertSupervisor.id,
        AlertSupervisor.user_id,
        label_of_key("users", AlertSupervisor.user_id).label("name"),
        AlertSupervisor.created_at,
        label_of_key("users", AlertSupervisor.added_by).label("by"),
    ).order_by(AlertSupervisor.created_at, AlertSupervisor.id)
    return [_line(row) for row in session.execute(wanted)]


def _line(row: Row[Any]) -> SupervisorLine:
    by = show_label("users", row.by) if row.by else ""
    return SupervisorLine(row.id, row.user_id, show_label("users", row.name), row.created_at, by)


def people_to_list(session: ScopedSession) -> list[tuple[str, str]]:
    """Keys and names of those whom the actor may put on the list: others of coordination and, for coordination, owners."""
    roles = [Role.SCHOOL, Role.OWNER] if session.actor.role is Role.SCHOOL else [Role.SCHOOL]
    holders = select(UserRole.user_id).where(UserRole.role.in_(roles))
    wanted = select(User.id, User.first_name, User.last_name).where(
        User.is_active, User.id.in_(holders), User.id.not_in(select(AlertSupervisor.user_id)), User.id != session.actor.user_id
    )
    if session.actor.role is not Role.SCHOOL:
        wanted = wanted.where(User.id.not_in(select(UserRole.user_id).where(UserRole.role == Role.OWNER)))
    return [(key, f"{first} {last}") for key, first, last in session.execute(wanted.order_by(User.first_name, User.last_name))]


def add_supervisor(session: ScopedSession, user_id: str) -> None:
    """Put someone on the list. Raises NobodyByThemself, AlreadyListed, NotFound; NotAllowed where the rights say no."""
    if user_id == session.actor.user_id:
        raise NobodyByThemself
    if not is_id(user_id) or session.scalar(select(User.id).where(User.id == user_id)) is None:
        raise NotFound
    if session.scalar(select(AlertSupervisor.id).where(AlertSupervisor.user_id == user_id)):
        raise AlreadyListed
    session.add(AlertSupervisor(user_id=user_id, added_by=session.actor.user_id, created_at=now()))
    session.flush()


def remove_supervisor(session: ScopedSession, user_id: str) -> None:
    """Take someone off the list. Raises NobodyByThemself, NotFound; NotAllowed where the rights say no."""
    if user_id == session.actor.user_id:
        raise NobodyByThemself
    found = session.scalar(select(AlertSupervisor).where(AlertSupervisor.user_id == user_id)) if is_id(user_id) else None
    if found is None:
        raise NotFound
    session.delete(found)
    session.flush()
