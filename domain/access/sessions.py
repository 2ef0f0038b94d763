"""A browser's session: a one-use ticket is traded for a token in a cookie, which says on each rerun who is here.

A token is 32 random bytes; the database keeps its SHA-256 alone. Each sign-in and each change of role makes a new one.
"""

import json
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, func, insert, select, update

from domain.access import security_log
from domain.access.accounts import account_of, accounts, connected, digest, table_named
from domain.access.actor import Actor
from domain.access.models import SignIn, SignInStep
from domain.access.roles import Role
from domain.access.second_factor import required_of
from domain.access.security_log import Event
from domain.kit.clock import DEFAULT_ZONE, now
from domain.kit.errors import DatabaseUnavailable, DomainError, NotAllowed
from domain.kit.ids import new_id
from domain.kit.texts import N_

TICKET_LIFE = timedelta(seconds=30)
SEEN_EVERY = timedelta(minutes=5)  # a rerun that wrote each time would take the write lock for nothing
IDLE_SETTING, LIFE_SETTING = "CONSTELA_IDLE_HOURS", "CONSTELA_SESSION_DAYS"
IDLE_HOURS, LIFE_DAYS = 12.0, 14.0
# The first that fits: Edge calls itself Chrome too, and Chrome calls itself Safari.
BROWSERS = {
    "Edg": "Edge",
    "OPR": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "CriOS": "Chrome",
    "Chrom": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "CrOS": "ChromeOS",
    "Windows": "Windows",
    "Mac OS X": "macOS",
    "Linux": "Linux",
}


def _setting(name: str, usual: float, most: float) -> float:
    """A number from the environment; the usual one where there is none that makes sense."""
    with suppress(ValueError):
        given = float(os.environ.get(name, ""))
        if 0 < given <= most:
            return given
    return usual


def idle_life() -> timedelta:
    """After how long without a sign of life a session ends."""
    return timedelta(hours=_setting(IDLE_SETTING, IDLE_HOURS, 24 * 90))


def longest_life() -> timedelta:
    """After how long a session ends in any case."""
    return timedelta(days=_setting(LIFE_SETTING, LIFE_DAYS, 90))


def browser_name(user_agent: str) -> str:
    """What a browser says of itself, made short: `Firefox · Windows`; empty if it says nothing that is known."""
    found = [next((name for mark, name in known.items() if mark in user_agent), "") for known in (BROWSERS, SYSTEMS)]
    return " · ".join(each for each in found if each)


def issue_ticket(user_id: str, role: Role) -> str:
    """A one-use ticket that a browser trades for a cookie within 30 seconds.

    The caller has made sure who the person is, by all that is asked of them: for whoever signs in, that is `steps`.
    """
    users = table_named("users")
    with connected(writing=True) as connection:
        found = accounts(connection, users.c.id == user_id)
        if not found or role not in found[0][0].roles:
            raise NotAllowed("role not held")
        account = found[0][0]
        return open_session(connection, account.user_id, account.organization_id, role, is_ticket=True)


def open_session(
    connection: Connection,
    user_id: str,
    organization_id: str,
    role: Role,
    *,
    is_ticket: bool,
    browser: str = "",
    address: str = "",
    factor_at: datetime | None = None,
    since: datetime | None = None,
) -> str:
    """A new ticket or token for a person of whom the caller has made sure.

    `factor_at`: when they took a second step; `since`: when they signed in, if that wasn't now.
    """
    token, moment = secrets.token_urlsafe(32), now()
    began = since or moment
    expires_at = moment + TICKET_LIFE if is_ticket else began + longest_life()
    values = {"user_id": user_id, "organization_id": organization_id, "role": role, "is_ticket": is_ticket}
    times = {"created_at": began, "last_seen_at": moment, "expires_at": expires_at}
    seen = {"browser": browser_name(browser) or None, "address": address[:45] or None, "factor_at": factor_at}
    connection.execute(insert(SignIn.__table__).values(id=new_id(), token_hash=digest(token), **values, **times, **seen))
    return token


def redeem(ticket: str, *, browser: str = "", address: str = "") -> str | None:
    """The token for the cookie; None if the ticket is unknown, used or too old.

    `browser`: its User-Agent; `address`: where it is on the network. Both are told to the person in the list of their sign-ins.
    """
    table, moment = SignIn.__table__, now()
    with connected(writing=True) as connection:
        wanted = (table.c.token_hash == digest(ticket), table.c.is_ticket, table.c.expires_at > moment)
        row = connection.execute(select(table).where(*wanted)).first()
        over = (table.c.expires_at <= moment) | (~table.c.is_ticket & (table.c.last_seen_at <= moment - idle_life()))
        connection.execute(delete(table).where(over))
        if row is None:
            return None
        connection.execute(delete(table).where(table.c.id == row.id))
        kept = {"factor_at": row.factor_at, "since": row.created_at}
        who = (row.user_id, row.organization_id, row.role)
        token = open_session(connection, *who, is_ticket=False, browser=browser, address=address, **kept)
    security_log.record(Event.SIGNED_IN, Actor(row.organization_id, row.user_id, row.role), address=address)
    return token


def actor_of(token: str) -> Actor | None:
    """Who holds this token now: looked up on each rerun, so that disabling a person or ending a session works at once."""
    moment = now()
    with connected(writing=False) as connection:
        row = connection.execute(_holder_of(token, moment)).first()
    if row is None:
        _note_refused(token, moment)
        return None
    account = account_of(row, [Role(role) for role in json.loads(row.held)])
    if row.acting not in account.roles:
        _note_stale(row)
        return None
    if moment - row.last_seen_at > min(SEEN_EVERY, idle_life() / 4):
        _note_seen(row.sign_in_id, moment)
    return Actor(
        organization_id=account.organization_id,
        user_id=account.user_id,
        role=row.acting,
        roles=account.roles,
        name=account.name,
        school_name=account.school_name,
        is_demo=account.is_demo,
        language=row.language,
        picture=row.avatar_url,
        time_zone=str((row.settings or {}).get("time_zone", DEFAULT_ZONE)),
    )


def _note_refused(token: str, moment: datetime) -> None:
    """Write down, once a minute, that a cookie opens nothing, and why: looked up for the log alone, the browser isn't told."""
    table, users, mark = SignIn.__table__, table_named("users"), digest(token)
    if not security_log.is_new(f"cookie {mark}"):
        return
    wanted = select(table, users.c.is_active).join(users, users.c.id == table.c.user_id).where(table.c.token_hash == mark)
    with suppress(DatabaseUnavailable), connected(writing=False) as connection:
        row = connection.execute(wanted).first()
        reason = "unknown"
        if row is not None and not row.is_ticket:
            reason = "over" if row.expires_at <= moment else "idle" if row.is_active else "disabled"
        actor = Actor(row.organization_id, row.user_id, row.role) if row is not None else None
        security_log.record(Event.COOKIE_REFUSED, actor, reason=reason)


def _note_stale(row: Row[Any]) -> None:
    if security_log.is_new(f"role {row.sign_in_id}"):
        security_log.record(Event.STALE_ROLE, Actor(row.organization_id, row.id, row.acting))


def _note_seen(sign_in_id: str, moment: datetime) -> None:
    """Keep a browser's session from ending for idleness. A database that only answers reads right now keeps nobody out."""
    table = SignIn.__table__
    with suppress(DatabaseUnavailable), connected(writing=True) as connection:
        connection.execute(update(table).where(table.c.id == sign_in_id).values(last_seen_at=moment))


def _holder_of(token: str, moment: datetime) -> Select[Any]:
    """The person behind a token that holds, their school and their roles: one statement, since every rerun asks it."""
    users, schools, roles, table = table_named("users"), table_named("organizations"), table_named("user_roles"), SignIn.__table__
    held = select(func.json_group_array(roles.c.role)).where(roles.c.user_id == users.c.id).scalar_subquery()
    return (
        select(
            table.c.id.label("sign_in_id"),
            table.c.role.label("acting"),
            table.c.last_seen_at,
            users,
            schools.c.name.label("school_name"),
            schools.c.is_demo,
            schools.c.settings,
            held.label("held"),
        )
        .join(users, users.c.id == table.c.user_id)
        .join(schools, schools.c.id == users.c.organization_id)
        .where(table.c.token_hash == digest(token), *_holds(moment), users.c.is_active)
    )


def _holds(moment: datetime) -> tuple[Any, ...]:
    """What is true of a session that is neither a ticket nor over."""
    table = SignIn.__table__
    return ~table.c.is_ticket, table.c.expires_at > moment, table.c.last_seen_at > moment - idle_life()


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
        if held.factor_at is None and _asks_more(connection, actor, role):
            raise RoleAsksMore
        connection.execute(delete(table).where(table.c.id == held.id))
        kept = {"factor_at": held.factor_at, "since": held.created_at}  # a change of role makes no session live longer
        ticket = open_session(connection, actor.user_id, actor.organization_id, role, is_ticket=True, **kept)
    security_log.record(Event.ROLE_SWITCHED, actor, role=role)
    return ticket


def _asks_more(connection: Connection, actor: Actor, role: Role) -> bool:
    """Whether a role asks for a second step that the present one doesn't ask for."""
    asks, asked = (required_of(connection, actor.organization_id, (each,)) for each in (role, actor.role) if each)
    return asks and not asked


def end(token: str) -> None:
    """Sign a browser out."""
    row = _delete(token)
    if row is not None and not row.is_ticket:
        security_log.record(Event.SIGNED_OUT, Actor(row.organization_id, row.user_id, row.role))


def _delete(token: str) -> Row[Any] | None:
    table = SignIn.__table__
    with connected(writing=True) as connection:
        return connection.execute(delete(table).where(table.c.token_hash == digest(token)).returning(table)).first()


@dataclass(frozen=True)
class Session:
    """A signed-in browser, as its person is told of it. `is_here`: the one that asks."""

    id: str
    role: Role
    browser: str
    address: str
    since: datetime
    last_seen: datetime
    is_here: bool


def sessions_of(token: str) -> list[Session]:
    """All browsers in which the holder of a token is signed in: this one first, then the latest seen. Raises NotAllowed."""
    actor, table = _holder(token), SignIn.__table__
    with connected(writing=False) as connection:
        wanted = select(table).where(table.c.user_id == actor.user_id, *_holds(now())).order_by(table.c.last_seen_at.desc())
        rows = connection.execute(wanted).all()
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
