"""A forgotten password: a one-use link of 30 minutes, with which the person gives themself a new one.

Whoever hands it out never learns a password; `forgotten` sends the same by mail.
"""

import secrets
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Select, delete, insert, select

from domain.access import security_log
from domain.access.accounts import connected, digest, table_named
from domain.access.actor import Actor
from domain.access.decide import condition
from domain.access.known_browsers import vouch
from domain.access.models import ResetLink
from domain.access.noting import note_access
from domain.access.passwords import check_new_password, hashed, keep_hash, personal_words
from domain.access.roles import Role
from domain.access.security_log import Event
from domain.db.base import model_of
from domain.kit.clock import now
from domain.kit.errors import DomainError, NotFound
from domain.kit.ids import new_id
from domain.kit.texts import N_

LINK_LIFE = timedelta(minutes=30)
HANDED_OUT_BY = (Role.SCHOOL, Role.OWNER)


class LinkOver(DomainError):
    """The link is unknown, used or too old: from outside they are the same."""

    source = N_("This link was used already, or its time is over. Please ask for a new one at your school.")


def hand_out(actor: Actor, user_id: str) -> str:
    """The code of a new link for a person; one that was handed out before holds no more.

    Raises NotFound, also for whom the actor may not.
    """
    with connected(writing=True) as connection:
        school = school_of(connection, actor, user_id)
        if school is None:
            raise NotFound
        note_access(connection, actor, "C", ResetLink.__tablename__, person=user_id)
        code = make_link(connection, user_id=user_id, organization_id=school, made_by=actor.user_id or None)
    security_log.record(Event.LINK_HANDED_OUT, actor, person=user_id)
    return code


def school_of(connection: Connection, actor: Actor, user_id: str) -> str | None:
    """The school of a person whom the actor may help back in; None for whoever they may not, themself included."""
    wanted = helped(actor, user_id)
    found = connection.execute(wanted).scalar() if wanted is not None else None
    return str(found) if found else None


def helped(actor: Actor, user_id: str) -> Select[Any] | None:
    """The question for the school of a person whom the actor may help back in; None where it need not be asked."""
    users, model = table_named("users"), model_of("users")
    if not actor.job and (actor.role not in HANDED_OUT_BY or user_id == actor.user_id):
        return None
    return (
        select(users.c.organization_id)
        .where(users.c.id == user_id, users.c.organization_id == actor.organization_id, users.c.is_active)
        .where(condition(actor, "U", model, changing=("is_active",)))
    )


def make_link(
    connection: Connection, *, user_id: str, organization_id: str, made_by: str | None, mailed_to: str | None = None
) -> str:
    """A new link's code for a person of whom the caller has made sure; an older one of the same kind holds no more.

    Of the same kind, since anyone may ask for a mail to a person whose e-mail they know: that takes nothing from who was handed a
    link by their school, nor the other way round. `mailed_to`: the e-mail that it goes to, and ends with.
    """
    table, moment, code = ResetLink.__table__, now(), secrets.token_urlsafe(32)
    same_kind = table.c.mailed_to.is_(None) if mailed_to is None else table.c.mailed_to.is_not(None)
    connection.execute(delete(table).where(((table.c.user_id == user_id) & same_kind) | (table.c.expires_at <= moment)))
    who = {"user_id": user_id, "organization_id": organization_id, "made_by": made_by, "mailed_to": mailed_to}
    times = {"created_at": moment, "expires_at": moment + LINK_LIFE}
    connection.execute(insert(table).values(id=new_id(), code_hash=digest(code), **who, **times))
    return code


def link_holds(code: str) -> bool:
    """Whether a link can still be used; using it asks again."""
    with connected(writing=False) as connection:
        return _owner_of(connection, code) is not None


def use_link(code: str, password: str, *, shown: str = "") -> str:
    """Give the link's person this password; all their sessions end, and so does the link. Raises LinkOver, InvalidInput.

    What this browser shows from now on, see `known_browsers`, so that no stranger keeps it from signing in; `shown`: until now.
    """
    with connected(writing=False) as connection:
        owner = _owner_of(connection, code)
        personal = personal_words(connection, owner[0]) if owner else ()
    if owner is None:
        security_log.record(Event.LINK_REFUSED)
        raise LinkOver
    check_new_password(password, personal=personal)
    password_hash = hashed(password)  # before the transaction: it takes a tenth of a second
    with connected(writing=True) as connection:
        owner = _owner_of(connection, code)
        if owner is None:
            raise LinkOver
        keep_hash(connection, user_id=owner[0], organization_id=owner[1], password_hash=password_hash)
        known = vouch(connection, owner[0], shown)
    security_log.record(Event.LINK_USED, person=owner[0], school=owner[1])
    return known


def _owner_of(connection: Connection, code: str) -> tuple[str, str] | None:
    table, users = ResetLink.__table__, table_named("users")
    wanted = (
        select(table.c.user_id, table.c.organization_id)
        .join(users, users.c.id == table.c.user_id)
        .where(table.c.code_hash == digest(code), table.c.expires_at > now(), users.c.is_active)
    )
    row = connection.execute(wanted).first()
    return (str(row.user_id), str(row.organization_id)) if row else None
