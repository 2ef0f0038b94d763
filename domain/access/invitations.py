"""Inviting a person to link their identity: once, by the e-mail that the school knows them by, for a week.

There is no secret in it: what counts is that the identity provider says that the e-mail is the person's. One may invite whom one
may keep from signing in: coordination everybody but owners, an owner coordination, reception and owners.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select

from domain.access import security_log
from domain.access.accounts import connected, table_named
from domain.access.actor import Actor
from domain.access.decide import condition
from domain.access.identity_models import Invitation
from domain.access.roles import Role
from domain.access.security_log import Event
from domain.access.trail.writing import append, changes_of
from domain.db.base import Base, model_of
from domain.kit.clock import now
from domain.kit.errors import DomainError, NotFound
from domain.kit.ids import new_id
from domain.kit.texts import N_

INVITATION_LIFE = timedelta(days=7)
INVITING = (Role.SCHOOL, Role.OWNER)


class NoEmail(DomainError):
    """There is nothing that the identity could prove."""

    source = N_("Please write the person's e-mail into their record first: the invitation is bound to it.")


@dataclass(frozen=True)
class Invited:
    """An invitation, as it is told to whoever hands it out."""

    email: str
    until: datetime


def table_of(model: type[Base]) -> Table:
    """A model's table."""
    found = model.__table__
    assert isinstance(found, Table)
    return found


def email_to_invite(connection: Connection, actor: Actor, user_id: str) -> str | None:
    """The e-mail of a person whom the actor may invite, empty if they have none; None for anyone else."""
    users, model = table_named("users"), model_of("users")
    if not actor.job and (actor.role not in INVITING or user_id == actor.user_id):
        return None
    found = connection.execute(
        select(users.c.email)
        .where(users.c.id == user_id, users.c.organization_id == actor.organization_id, users.c.is_active)
        .where(condition(actor, "U", model, changing=("is_active",)))
    ).first()
    return None if found is None else str(found.email or "")


def may_invite(actor: Actor, user_id: str) -> bool:
    """Whether the actor may invite this person."""
    with connected(writing=False) as connection:
        return email_to_invite(connection, actor, user_id) is not None


def invite(actor: Actor, user_id: str) -> Invited:
    """Invite a person; an older invitation of theirs ends. Raises NotFound, also for whom the actor may not, and NoEmail."""
    moment = now()
    until = moment + INVITATION_LIFE
    with connected(writing=True) as connection:
        email = email_to_invite(connection, actor, user_id)
        if email is None:
            raise NotFound
        if not email:
            raise NoEmail
        take_back(connection, actor, user_id)
        values = {
            "id": new_id(),
            "organization_id": actor.organization_id,
            "user_id": user_id,
            "email": email,
            "made_by": actor.user_id or None,
            "created_at": moment,
            "expires_at": until,
        }
        connection.execute(insert(table_of(Invitation)).values(**values))
        note(connection, actor, "C", Invitation, [values])
    security_log.record(Event.INVITED, actor, person=user_id)
    return Invited(email, until)


def invitation_of(actor: Actor, user_id: str) -> Invited | None:
    """The invitation of a person whom the actor may invite, while it can be used."""
    table = table_of(Invitation)
    with connected(writing=False) as connection:
        if email_to_invite(connection, actor, user_id) is None:
            return None
        row = connection.execute(select(table).where(table.c.user_id == user_id, table.c.expires_at > now())).first()
    return None if row is None else Invited(row.email, row.expires_at)


def withdraw(actor: Actor, user_id: str) -> None:
    """End a person's invitation. Raises NotFound for whom the actor may not invite."""
    with connected(writing=True) as connection:
        if email_to_invite(connection, actor, user_id) is None:
            raise NotFound
        take_back(connection, actor, user_id)


def take_back(connection: Connection, actor: Actor, user_id: str) -> None:
    """End a person's invitation, if they have one."""
    table = table_of(Invitation)
    rows = connection.execute(select(table).where(table.c.user_id == user_id)).mappings().all()
    if rows:
        connection.execute(delete(table).where(table.c.user_id == user_id))
        note(connection, actor, "D", Invitation, rows)


def note(connection: Connection, actor: Actor, action: str, model: type[Base], rows: Sequence[Any]) -> None:
    """Tell the trail of rows that were made or deleted, in the transaction that did it."""
    made = action == "C"
    told = [(str(row["id"]), None if made else dict(row), dict(row) if made else None) for row in rows]
    append(connection, actor, changes_of(action, model, told))
