"""A signed-in person's own sessions: which there are, ending them from afar, going on in another of their roles."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select

from domain.access import security_log
from domain.access.accounts import connected, digest
from domain.access.actor import Actor
from domain.access.identity_models import Identity
from domain.access.models import SignIn, SignInStep
from domain.access.roles import Role
from domain.access.second_factor import required_of
from domain.access.security_log import Event
from domain.access.sessions import actor_of, holds, open_session
from domain.kit.clock import now
from domain.kit.errors import DomainError, NotAllowed
from domain.kit.texts import N_


@dataclass(frozen=True)
class Session:
    """A signed-in browser, as its person is told of it. `is_here`: the one that asks.

    `link`, `issuer`: the linked identity by which it came, and whose it is; empty, if it came by password.
    """

    id: str
    role: Role
    browser: str
    address: str
    since: datetime
    last_seen: datetime
    is_here: bool
    link: str
    issuer: str


def sessions_of(token: str) -> list[Session]:
    """All browsers in which the holder of a token is signed in: this one first, then the latest seen. Raises NotAllowed."""
    actor, table, identities = _holder(token), SignIn.__table__, Identity.__table__
    with connected(writing=False) as connection:
        wanted = select(table, identities.c.issuer).outerjoin(identities, identities.c.id == table.c.identity_id)
        theirs = wanted.where(table.c.user_id == actor.user_id, *holds(now())).order_by(table.c.last_seen_at.desc())
        rows = connection.execute(theirs).all()
    here = digest(token)
    found = [
        Session(
            id=row.id,
            role=row.role,
            browser=row.browser or "",
            address="" if actor.is_demo else row.address or "",  # there it is a stranger's
            since=row.created_at,
            last_seen=row.last_seen_at,
            is_here=row.token_hash == here,
            link=row.identity_id or "",
            issuer=row.issuer or "",
        )
        for row in rows
    ]
    return sorted(found, key=lambda each: not each.is_here)


def end_session(token: str, key: str) -> None:
    """End one of the token's person's own sessions; someone else's is left alone without a word. Raises NotAllowed."""
    actor, table = _holder(token), SignIn.__table__
    with connected(writing=True) as connection:
        ended = connection.execute(delete(table).where(table.c.id == key, table.c.user_id == actor.user_id)).rowcount
    security_log.record(Event.SESSION_ENDED, actor, count=ended)


def end_others(token: str) -> None:
    """End all the other sessions of the token's person, untraded tickets, and sign-ins under way. Raises NotAllowed."""
    actor = _holder(token)
    with connected(writing=True) as connection:
        ended = end_all_but(connection, actor.user_id, token)
    security_log.record(Event.SESSION_ENDED, actor, count=ended)


def end_all_but(connection: Connection, user_id: str, token: str) -> int:
    """End a person's sessions and tickets but the one with this token, and their sign-ins under way; how many of the former."""
    table, steps = SignIn.__table__, SignInStep.__table__
    connection.execute(delete(steps).where(steps.c.user_id == user_id))
    return connection.execute(delete(table).where(table.c.user_id == user_id, table.c.token_hash != digest(token))).rowcount


def _holder(token: str) -> Actor:
    actor = actor_of(token)
    if actor is None:
        raise NotAllowed("signed out")
    return actor


class RoleAsksMore(DomainError):
    """The role asks for a second step at sign-in, and this session began without one, in a role that asks for none."""

    source = N_(
        "This role asks for a second step at sign-in. Please set it up under “My sign-ins” first; if you have, sign in again."
    )


def switch_role(token: str, role: Role) -> str:
    """A ticket for the same person in another of their roles; the old session ends. Raises NotAllowed, RoleAsksMore."""
    actor, table = actor_of(token), SignIn.__table__
    if actor is None or actor.role is None or role not in actor.roles:
        raise NotAllowed("role not held")
    with connected(writing=True) as connection:
        held = connection.execute(select(table).where(table.c.token_hash == digest(token))).first()
        if held is None:
            raise NotAllowed("signed out")
        if held.factor_at is None and _asks_more(connection, actor.organization_id, role, actor.role):
            raise RoleAsksMore
        connection.execute(delete(table).where(table.c.id == held.id))
        # A change of role makes no session live longer, nor beyond the link by which it came.
        kept = {"factor_at": held.factor_at, "since": held.created_at, "identity_id": held.identity_id}
        ticket = open_session(connection, actor.user_id, actor.organization_id, role, is_ticket=True, **kept)
    security_log.record(Event.ROLE_SWITCHED, actor, role=role)
    return ticket


def _asks_more(connection: Connection, school: str, role: Role, present: Role) -> bool:
    """Whether a role asks for a second step that the present one doesn't ask for."""
    asks, asked = (required_of(connection, school, (each,)) for each in (role, present))
    return asks and not asked
