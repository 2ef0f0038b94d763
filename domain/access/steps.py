"""The steps between a right password and a session: which school, a second factor, setting one up.

Someone on their way is a row with the hash of a random token: it lasts ten minutes, opens no page, and is worth a session once,
when nothing is asked of them any more. An identity provider's people come the same way.
"""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from domain.access import attempts, known_browsers, second_factor
from domain.access.accounts import Account, accounts, connected, digest, table_named
from domain.access.actor import Actor
from domain.access.models import SignInStep
from domain.access.noting import note_access
from domain.access.passwords import sign_out_everywhere
from domain.access.roles import Role
from domain.access.second_factor import Enrolment, Need
from domain.access.sessions import open_session
from domain.kit.clock import now
from domain.kit.errors import DomainError, NotAllowed
from domain.kit.ids import new_id
from domain.kit.texts import N_

LIFE = timedelta(minutes=10)


class SignInOver(DomainError):
    """The step is unknown, used or too old: from outside they are the same."""

    source = N_("This took too long, or was ended meanwhile. Please sign in again.")


@dataclass(frozen=True)
class Step:
    """Someone on their way in. `token` proves it and is told to nobody; `need`: what is asked of them next."""

    token: str
    account: Account
    need: Need

    def __repr__(self) -> str:
        return f"Step({self.account.user_id}, {self.need})"


def begin(found: Sequence[Account], *, vouched: bool = False, links: Mapping[str, str] | None = None) -> list[Step]:
    """A step for each account that a password, or an identity provider, has just proven.

    `vouched`: the provider says that it asked for a second factor, which counts where the school takes its word. `links`: for
    each person, the key of the link that they came by.
    """
    if not found:
        return []
    table, moment, begun = SignInStep.__table__, now(), []
    with connected(writing=True) as connection:
        connection.execute(delete(table).where(table.c.expires_at <= moment))
        for account in found:
            counts = vouched and second_factor.vouching_counts(connection, account.organization_id)
            need = Need.NOTHING if counts else second_factor.need_of(connection, account)
            who = {"user_id": account.user_id, "organization_id": account.organization_id}
            times = {"created_at": moment, "expires_at": moment + LIFE, "factor_at": moment if counts else None}
            token = secrets.token_urlsafe(32)
            way = {"identity_id": (links or {}).get(account.user_id)}
            connection.execute(insert(table).values(id=new_id(), token_hash=digest(token), **who, **times, **way))
            begun.append(Step(token, account, need))
    return begun


def enter(token: str, role: Role | None = None) -> str:
    """The ticket for a session, in the role that the person starts in or another of theirs. It ends the step.

    Raises SignInOver, and NotAllowed while anything is still asked of them.
    """
    with connected(writing=True) as connection:
        row, account, need = _found(connection, token)
        role = role or account.role
        if need is not Need.NOTHING or role not in account.roles:
            raise NotAllowed(f"{need} before a session")
        connection.execute(delete(SignInStep.__table__).where(SignInStep.__table__.c.id == row.id))
        who = (account.user_id, account.organization_id, role)
        return open_session(connection, *who, is_ticket=True, factor_at=row.factor_at, identity_id=row.identity_id)


def need_of(token: str) -> Need:
    """What is asked of someone now. Raises SignInOver."""
    with connected(writing=False) as connection:
        return _found(connection, token)[2]


def give_code(token: str, code: str, *, address: str, shown: str = "") -> int:
    """Take an authenticator's code, or a recovery code; how many recovery codes are left. Nothing more is asked then.

    `shown`: what the browser keeps of those who signed in there before, see `known_browsers`.

    Raises InvalidInput at `code`, TooManyAttempts, SignInOver.
    """
    with _counted(token, address, shown) as (connection, row, account):
        second_factor.take(connection, account, code)
        _factor_taken(connection, row)
        return second_factor.recovery_codes_left(connection, account.user_id)


def start_set_up(token: str) -> Enrolment:
    """What the person's authenticator is to be told, where they must have one and have none. Raises SignInOver, NotAllowed."""
    with connected(writing=True) as connection:
        _row, account, need = _found(connection, token)
        if need is not Need.SET_UP:
            raise NotAllowed("a second factor is there already")
        return second_factor.start(connection, account)


def confirm_set_up(token: str, code: str, *, address: str) -> list[str]:
    """The first code of a new authenticator makes it the person's own. Their recovery codes, to be shown once.

    Whoever is signed in as this person is signed out. Raises InvalidInput at `code`, TooManyAttempts, SignInOver, NotAllowed.
    """
    with _counted(token, address) as (connection, row, account):
        if second_factor.is_on(connection, account.user_id):
            raise NotAllowed("a second factor is there already")
        codes = second_factor.confirm(connection, account, code)
        sign_out_everywhere(connection, account.user_id, but_step=row.id)
        _factor_taken(connection, row)
        actor = Actor(organization_id=account.organization_id, user_id=account.user_id, role=account.role)
        note_access(connection, actor, "C", "second_factors", person=account.user_id)
        return codes


@contextmanager
def _counted(token: str, address: str, shown: str = "") -> Iterator[tuple[Connection, Any, Account]]:
    """One attempt of whoever is on their way, counted before it is looked at; free again if nothing is raised."""
    with connected(writing=False) as connection:
        person = _found(connection, token)[1].user_id
    known = known_browsers.known_for_person(shown, person)
    attempt = attempts.begin(counted_as(person), address, browser=known.name if known else "")
    with connected(writing=True) as connection:
        row, account, _need = _found(connection, token)
        yield connection, row, account
        attempts.succeed(connection, attempt)


def counted_as(user_id: str) -> str:
    """The name under which attempts at a person's second factor are counted: not the e-mail, so that passwords go on working."""
    return f"second factor of {user_id}"


def _factor_taken(connection: Connection, row: Any) -> None:
    table = SignInStep.__table__
    connection.execute(update(table).where(table.c.id == row.id).values(factor_at=now()))


def _found(connection: Connection, token: str) -> tuple[Any, Account, Need]:
    table, users = SignInStep.__table__, table_named("users")
    holds = (table.c.token_hash == digest(token), table.c.expires_at > now())
    row = connection.execute(select(table).where(*holds)).first()
    found = accounts(connection, users.c.id == row.user_id) if row else []
    if row is None or not found:
        raise SignInOver
    account = found[0][0]
    return row, account, Need.NOTHING if row.factor_at else second_factor.need_of(connection, account)
