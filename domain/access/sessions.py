"""A browser's session: a one-use ticket is traded for a token in a cookie, which says on each rerun who is here.

A token is 32 random bytes; the database keeps its SHA-256 alone. Each sign-in and each change of role makes a new one.
"""

import json
import os
import secrets
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, func, insert, select, update

from domain.access import security_log
from domain.access.accounts import account_of, accounts, connected, digest, table_named
from domain.access.actor import Actor
from domain.access.browser_names import browser_name
from domain.access.models import SignIn
from domain.access.roles import Role
from domain.access.second_factor import still_asked
from domain.access.security_log import Event
from domain.kit.clock import DEFAULT_ZONE, now
from domain.kit.errors import DatabaseUnavailable, NotAllowed
from domain.kit.ids import new_id

TICKET_LIFE = timedelta(seconds=30)
SEEN_EVERY = timedelta(minutes=5)  # a rerun that wrote each time would take the write lock for nothing
IDLE_SETTING, LIFE_SETTING = "CONSTELA_IDLE_HOURS", "CONSTELA_SESSION_DAYS"
IDLE_HOURS, LIFE_DAYS = 12.0, 14.0


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
    identity_id: str | None = None,
) -> str:
    """A new ticket or token for a person of whom the caller has made sure.

    `factor_at`: when they took a second step; `since`: when they signed in, if that wasn't now; `identity_id`: the key of the
    link by which they came, if it wasn't by password.
    """
    token, moment = secrets.token_urlsafe(32), now()
    began = since or moment
    expires_at = moment + TICKET_LIFE if is_ticket else began + longest_life()
    values = {"user_id": user_id, "organization_id": organization_id, "role": role, "is_ticket": is_ticket}
    times = {"created_at": began, "last_seen_at": moment, "expires_at": expires_at}
    seen = {"browser": browser_name(browser) or None, "address": address[:45] or None}
    came = {"factor_at": factor_at, "identity_id": identity_id}
    connection.execute(insert(SignIn.__table__).values(id=new_id(), token_hash=digest(token), **values, **times, **seen, **came))
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
        kept = {"factor_at": row.factor_at, "since": row.created_at, "identity_id": row.identity_id}
        who = (row.user_id, row.organization_id, row.role)
        token = open_session(connection, *who, is_ticket=False, browser=browser, address=address, **kept)
    security_log.record(Event.SIGNED_IN, Actor(row.organization_id, row.user_id, row.role), address=address)
    return token


def actor_of(token: str) -> Actor | None:
    """Who holds this token now: looked up on each rerun, so that disabling a person or ending a session works at once.

    Nobody, as long as a second step is still asked of them: see `holder_of`.
    """
    found = _look_up(token)
    return found[0] if found and not found[1] else None


def holder_of(token: str) -> Actor | None:
    """Whose token this is, whether or not a second step is still asked of them: to be asked for that step, and nothing else."""
    found = _look_up(token)
    return found[0] if found else None


def is_asked_for_step(token: str) -> bool:
    """Whether this session goes no further before its person takes a second step: its school began to ask since it began."""
    found = _look_up(token)
    return found is not None and found[1]


def _look_up(token: str) -> tuple[Actor, bool] | None:
    """Who holds a token, and whether a second step is still asked of them."""
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
    actor = Actor(
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
        unread=row.unread,
    )
    asked = not account.is_demo and still_asked(row.settings or {}, row.acting, taken=row.factor_at, founded=row.founded_at)
    if asked and security_log.is_new(f"step {row.sign_in_id}"):
        security_log.record(Event.SECOND_STEP_ASKED, actor)
    return actor, asked


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
    notices = table_named("notices")
    waiting = (notices.c.organization_id == users.c.organization_id, notices.c.user_id == users.c.id, notices.c.read_at.is_(None))
    unread = select(func.count()).select_from(notices).where(*waiting).correlate(users).scalar_subquery()
    return (
        select(
            table.c.id.label("sign_in_id"),
            table.c.role.label("acting"),
            table.c.last_seen_at,
            table.c.factor_at,
            users,
            schools.c.name.label("school_name"),
            schools.c.is_demo,
            schools.c.settings,
            schools.c.created_at.label("founded_at"),
            held.label("held"),
            unread.label("unread"),
        )
        .join(users, users.c.id == table.c.user_id)
        .join(schools, schools.c.id == users.c.organization_id)
        .where(table.c.token_hash == digest(token), *holds(moment), users.c.is_active)
    )


def holds(moment: datetime) -> tuple[Any, ...]:
    """What is true of a session that is neither a ticket nor over."""
    table = SignIn.__table__
    return ~table.c.is_ticket, table.c.expires_at > moment, table.c.last_seen_at > moment - idle_life()


def end(token: str) -> None:
    """Sign a browser out."""
    row = _delete(token)
    if row is not None and not row.is_ticket:
        security_log.record(Event.SIGNED_OUT, Actor(row.organization_id, row.user_id, row.role))


def _delete(token: str) -> Row[Any] | None:
    table = SignIn.__table__
    with connected(writing=True) as connection:
        return connection.execute(delete(table).where(table.c.token_hash == digest(token)).returning(table)).first()
