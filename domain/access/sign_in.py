"""Local sign-in: who a person is, by e-mail and password, and a browser's session.

It reads across schools, since an e-mail may be known to several; so it works below the scoped session, on the few columns that
it needs. A token is 32 random bytes; the database keeps its SHA-256 alone.
"""

import json
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from sqlalchemy import Connection, Row, Select, Table, delete, func, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from domain.access.actor import Actor
from domain.access.models import Credential, SignIn
from domain.access.roles import Role
from domain.db.base import Base
from domain.db.engine import engine
from domain.db.errors import translate
from domain.db.shapes import UNKEPT, has_unkept
from domain.kit.clock import DEFAULT_ZONE, now
from domain.kit.errors import DatabaseUnavailable, InvalidInput, NotAllowed, Problem
from domain.kit.ids import new_id
from domain.kit.texts import N_

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 1000
TICKET_LIFE = timedelta(seconds=30)
IDLE_LIFE = timedelta(hours=12)
LONGEST_LIFE = timedelta(days=14)
SEEN_EVERY = timedelta(minutes=5)  # a rerun that wrote each time would take the write lock for nothing

HASHER = PasswordHasher(time_cost=3, memory_cost=65536, parallelism=1)
DUMMY_HASH = HASHER.hash(secrets.token_hex(16))  # an unknown e-mail takes as long as a known one


@dataclass(frozen=True)
class Account:
    """A person as sign-in knows them."""

    user_id: str
    organization_id: str
    school_name: str
    name: str
    role: Role
    roles: tuple[Role, ...]
    is_demo: bool


def _table(name: str) -> Table:
    return Base.metadata.tables[name]


@contextmanager
def _connected(*, writing: bool) -> Iterator[Connection]:
    """A connection below the scoped session; what it writes is kept at the end. Driver errors become the domain's."""
    bind = engine().execution_options(libsql_readonly=not writing)
    try:
        with bind.begin() as connection:
            yield connection
    except SQLAlchemyError as error:
        raise translate(error) from error


def check_new_password(password: str, field: str = "password") -> None:
    """Refuse a password that is too short or too long, or that no keyboard types."""
    if len(password) < SHORTEST_PASSWORD:
        raise InvalidInput([Problem(field, N_("Please use at least {least} characters."), {"least": SHORTEST_PASSWORD})])
    if len(password) > LONGEST_PASSWORD:
        raise InvalidInput([Problem(field, N_("This is too long: at most {limit} characters."), {"limit": LONGEST_PASSWORD})])
    if has_unkept(password):
        raise InvalidInput([Problem(field, UNKEPT)])


def set_password(connection: Connection, *, user_id: str, organization_id: str, password: str) -> None:
    """Give a person a new password; all their signed-in browsers are signed out."""
    check_new_password(password)
    credentials = Credential.__table__
    connection.execute(delete(credentials).where(credentials.c.user_id == user_id))
    values = {
        "user_id": user_id,
        "organization_id": organization_id,
        "password_hash": HASHER.hash(password),
        "changed_at": now(),
    }
    connection.execute(insert(credentials).values(id=new_id(), **values))
    sign_out_everywhere(connection, user_id)


def sign_out_everywhere(connection: Connection, user_id: str) -> None:
    """End all of a person's sessions and tickets."""
    connection.execute(delete(SignIn.__table__).where(SignIn.__table__.c.user_id == user_id))


def _accounts(connection: Connection, *conditions: Any) -> list[tuple[Account, str | None]]:
    users, schools, roles = _table("users"), _table("organizations"), _table("user_roles")
    credentials = Credential.__table__
    found = connection.execute(
        select(users, schools.c.name.label("school_name"), schools.c.is_demo, credentials.c.password_hash)
        .join(schools, schools.c.id == users.c.organization_id)
        .outerjoin(credentials, credentials.c.user_id == users.c.id)
        .where(users.c.is_active, *conditions)
        .order_by(schools.c.sort_text, users.c.sort_text)
    ).all()
    held: dict[str, list[Role]] = {}
    keys = [row.id for row in found]
    for user_id, role in connection.execute(select(roles.c.user_id, roles.c.role).where(roles.c.user_id.in_(keys))):
        held.setdefault(user_id, []).append(role)
    return [(_account(row, held.get(row.id, [])), row.password_hash) for row in found]


def _account(row: Row[Any], held: Sequence[Role]) -> Account:
    roles = tuple(role for role in Role if role in {row.role, *held})
    name = f"{row.first_name} {row.last_name}"
    return Account(row.id, row.organization_id, row.school_name, name, row.role, roles, bool(row.is_demo))


def check_password(email: str, password: str) -> list[Account]:
    """The accounts that this e-mail and password open: none, one, or one in each of several schools."""
    users = _table("users")
    with _connected(writing=False) as connection:
        known = [] if has_unkept(email) else _accounts(connection, users.c.email == email.strip().lower())
    found = [account for account, password_hash in known if password_hash and _matches(password_hash, password)]
    if not any(password_hash for _account_, password_hash in known):
        _matches(DUMMY_HASH, password)
    return found


def _matches(password_hash: str, password: str) -> bool:
    try:
        return HASHER.verify(password_hash, password[:LONGEST_PASSWORD])
    except (Argon2Error, InvalidHashError, UnicodeEncodeError):
        return False


def demo_people() -> list[Account]:
    """One person for each role of the first school that the demo made; none where there is no such school."""
    users, schools = _table("users"), _table("organizations")
    with _connected(writing=False) as connection:
        school = connection.execute(select(schools.c.id).where(schools.c.is_demo).order_by(schools.c.id).limit(1)).scalar()
        if school is None:
            return []
        keys = []
        for role in Role:
            first = select(users.c.id).where(users.c.organization_id == school, users.c.role == role, users.c.is_active)
            keys.append(connection.execute(first.order_by(users.c.id).limit(1)).scalar())
        found = _accounts(connection, users.c.id.in_([key for key in keys if key]))
    order = {key: at for at, key in enumerate(keys)}
    return sorted((account for account, _hash in found), key=lambda account: order[account.user_id])


def issue_ticket(user_id: str, role: Role) -> str:
    """A one-use ticket that a browser trades for a cookie within 30 seconds. The caller has made sure who the person is."""
    users = _table("users")
    with _connected(writing=True) as connection:
        accounts = _accounts(connection, users.c.id == user_id)
        if not accounts or role not in accounts[0][0].roles:
            raise NotAllowed("role not held")
        return _open(connection, accounts[0][0].user_id, accounts[0][0].organization_id, role, is_ticket=True)


def _open(connection: Connection, user_id: str, organization_id: str, role: Role, *, is_ticket: bool) -> str:
    token, moment = secrets.token_urlsafe(32), now()
    life = TICKET_LIFE if is_ticket else LONGEST_LIFE
    values = {"user_id": user_id, "organization_id": organization_id, "role": role, "is_ticket": is_ticket}
    times = {"created_at": moment, "last_seen_at": moment, "expires_at": moment + life}
    connection.execute(insert(SignIn.__table__).values(id=new_id(), token_hash=_digest(token), **values, **times))
    return token


def redeem(ticket: str) -> str | None:
    """The token for the cookie; None if the ticket is unknown, used or too old."""
    table = SignIn.__table__
    with _connected(writing=True) as connection:
        wanted = (table.c.token_hash == _digest(ticket), table.c.is_ticket, table.c.expires_at > now())
        row = connection.execute(select(table).where(*wanted)).first()
        connection.execute(delete(table).where(table.c.expires_at <= now()))
        if row is None:
            return None
        connection.execute(delete(table).where(table.c.id == row.id))
        return _open(connection, row.user_id, row.organization_id, row.role, is_ticket=False)


def actor_of(token: str) -> Actor | None:
    """Who holds this token now: looked up on each rerun, so that disabling a person or ending a session works at once."""
    moment = now()
    with _connected(writing=False) as connection:
        row = connection.execute(_holder_of(token, moment)).first()
    if row is None:
        return None
    account = _account(row, [Role(role) for role in json.loads(row.held)])
    if row.acting not in account.roles:
        return None
    if moment - row.last_seen_at > SEEN_EVERY:
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
        time_zone=str((row.settings or {}).get("time_zone", DEFAULT_ZONE)),
    )


def _note_seen(sign_in_id: str, moment: datetime) -> None:
    """Keep a browser's session from ending for idleness. A database that only answers reads right now keeps nobody out."""
    table = SignIn.__table__
    with suppress(DatabaseUnavailable), _connected(writing=True) as connection:
        connection.execute(update(table).where(table.c.id == sign_in_id).values(last_seen_at=moment))


def _holder_of(token: str, moment: datetime) -> Select[Any]:
    """The person behind a token that holds, their school and their roles: one statement, since every rerun asks it."""
    users, schools, roles, table = _table("users"), _table("organizations"), _table("user_roles"), SignIn.__table__
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
        .where(table.c.token_hash == _digest(token), ~table.c.is_ticket, table.c.expires_at > moment)
        .where(table.c.last_seen_at > moment - IDLE_LIFE, users.c.is_active)
    )


def switch_role(token: str, role: Role) -> str:
    """A ticket for the same person in another of their roles; the old session ends."""
    actor = actor_of(token)
    if actor is None or role not in actor.roles:
        raise NotAllowed("role not held")
    end(token)
    return issue_ticket(actor.user_id, role)


def end(token: str) -> None:
    """Sign a browser out."""
    with _connected(writing=True) as connection:
        connection.execute(delete(SignIn.__table__).where(SignIn.__table__.c.token_hash == _digest(token)))


def _digest(token: str) -> str:
    return sha256(token.encode(errors="surrogatepass")).hexdigest()
