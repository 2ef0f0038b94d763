"""A signed-in person's own second factor, and taking it from someone who lost it.

Every change asks for the password again, and for a code where there is a factor already: a browser that was left open is not
enough. All the person's other sessions end with it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select, update

from domain.access import attempts, second_factor, security_log
from domain.access.accounts import Account, accounts, connected, digest, table_named
from domain.access.actor import Actor
from domain.access.models import Credential, RecoveryCode, SecondFactor, SignIn
from domain.access.noting import note_access
from domain.access.own_sessions import end_all_but
from domain.access.passwords import matches, sign_out_everywhere
from domain.access.reset_links import helped, school_of
from domain.access.second_factor import Enrolment
from domain.access.security_log import Event
from domain.access.sessions import holder_of
from domain.access.steps import counted_as
from domain.kit.clock import now
from domain.kit.errors import DomainError, InvalidInput, NotAllowed, NotFound, Problem
from domain.kit.texts import N_

FRESH = timedelta(minutes=15)  # so young must a session be where there is no password to ask for
WRONG_PASSWORD = N_("This isn't your present password.")
SIGN_IN_AGAIN = N_("You have no password here. Please sign out, sign in again, and come back within 15 minutes.")


class StillRequired(DomainError):
    """The school requires a second factor of one of the person's roles."""

    source = N_("Your school asks for a second step of your role, so it can't be turned off. You can set it up anew.")


@dataclass(frozen=True)
class MyFactor:
    """How it stands with a person's second factor. `since`: None while there is none. `has_password`: one is asked for."""

    since: datetime | None
    codes_left: int
    required: bool
    has_password: bool


def my_factor(token: str) -> MyFactor:
    """How it stands with the holder of a token. Raises NotAllowed once they are signed out."""
    actor = _holder(token)
    with connected(writing=False) as connection:
        return MyFactor(
            since=second_factor.since(connection, actor.user_id),
            codes_left=second_factor.recovery_codes_left(connection, actor.user_id),
            required=second_factor.required_of(connection, actor.organization_id, actor.roles),
            has_password=_password_hash(connection, actor) is not None,
        )


def set_up(token: str, *, password: str, code: str = "", address: str = "") -> Enrolment:
    """What a new authenticator is to be told; the old one goes on working until `confirm`. `code`: of the old one.

    Raises InvalidInput at `present` or `code`, TooManyAttempts, NotAllowed once signed out.
    """
    actor = _proven(token, password, address)
    with _attempt(actor, token, address) as connection:
        account = _account(connection, actor)
        if second_factor.is_on(connection, actor.user_id):
            second_factor.take(connection, account, code)
        return second_factor.start(connection, account)


def confirm(token: str, code: str, *, address: str = "") -> list[str]:
    """The new authenticator's first code: it is the person's from now on. The recovery codes, to be shown once.

    Raises InvalidInput at `code`, TooManyAttempts, NotAllowed once signed out.
    """
    actor = _holder(token)
    with _attempt(actor, token, address) as connection:
        had = second_factor.is_on(connection, actor.user_id)
        codes = second_factor.confirm(connection, _account(connection, actor), code)
        _end_others(connection, actor, token)
        note_access(connection, actor, "U" if had else "C", "second_factors", person=actor.user_id)
        return codes


def give_code(token: str, code: str, *, address: str = "") -> int:
    """The second step of a session that began without one: it goes on. How many recovery codes are left.

    Raises InvalidInput at `code`, TooManyAttempts, NotAllowed once signed out.
    """
    actor = _holder(token)
    with _attempt(actor, token, address) as connection:
        second_factor.take(connection, _account(connection, actor), code)
        _proven_by_factor(connection, token)
        return second_factor.recovery_codes_left(connection, actor.user_id)


def new_recovery_codes(token: str, *, password: str, code: str, address: str = "") -> list[str]:
    """Ten new recovery codes, to be shown once; the old ones work no more.

    Raises InvalidInput at `present` or `code`, TooManyAttempts, NotAllowed once signed out.
    """
    actor = _proven(token, password, address)
    with _attempt(actor, token, address) as connection:
        account = _account(connection, actor)
        second_factor.take(connection, account, code)
        _end_others(connection, actor, token)
        note_access(connection, actor, "U", RecoveryCode.__tablename__, person=actor.user_id)
        return second_factor.new_recovery_codes(connection, account)


def turn_off(token: str, *, password: str, code: str, address: str = "") -> None:
    """Go on without a second factor, where none is required.

    Raises StillRequired, InvalidInput at `present` or `code`, TooManyAttempts, NotAllowed once signed out.
    """
    actor = _proven(token, password, address)
    with _attempt(actor, token, address) as connection:
        if second_factor.required_of(connection, actor.organization_id, actor.roles):
            raise StillRequired
        second_factor.take(connection, _account(connection, actor), code)
        second_factor.take_away(connection, actor.user_id)
        _end_others(connection, actor, token)
        note_access(connection, actor, "D", "second_factors", person=actor.user_id)
    security_log.record(Event.SECOND_FACTOR_REMOVED, actor, person=actor.user_id)


@dataclass(frozen=True)
class Help:
    """What an actor may do for someone who can't sign in: hand out a link for a new password, take a lost factor away."""

    link: bool
    factor: bool


def help_for(actor: Actor, user_id: str) -> Help:
    """How the actor may help this person back in: no one helps themself, and only who may disable a person helps them."""
    wanted, table = helped(actor, user_id), SecondFactor.__table__
    if wanted is None:
        return Help(link=False, factor=False)
    on = select(table.c.confirmed_at).where(table.c.user_id == user_id).scalar_subquery()
    with connected(writing=False) as connection:
        row = connection.execute(wanted.add_columns(on.label("factor"))).first()
    return Help(link=row is not None, factor=row is not None and row.factor is not None)


def reset(actor: Actor, user_id: str) -> None:
    """Take a person's lost second factor away: they are signed out, and set one up anew where it is required.

    Raises NotFound, also for whom the actor may not, themself included.
    """
    with connected(writing=True) as connection:
        if school_of(connection, actor, user_id) is None or not second_factor.take_away(connection, user_id):
            raise NotFound
        sign_out_everywhere(connection, user_id)
        for counted in (counted_as(user_id), _counted_as(user_id)):
            attempts.lift(connection, counted)
        note_access(connection, actor, "D", "second_factors", person=user_id)
    security_log.record(Event.SECOND_FACTOR_REMOVED, actor, person=user_id)


@contextmanager
def _attempt(actor: Actor, token: str, address: str) -> Iterator[Connection]:
    """A transaction for one attempt at a person's second factor, counted before it is looked at; free again if it is right.

    Raises NotAllowed if the session was ended since the holder was looked up, which the password takes its time after.
    """
    attempt = attempts.begin(_counted_as(actor.user_id), address)
    stands = select(SignIn.__table__.c.id).where(SignIn.__table__.c.token_hash == digest(token))
    with connected(writing=True) as connection:
        if connection.execute(stands).first() is None:
            raise NotAllowed("signed out")
        yield connection
        attempts.succeed(connection, attempt)


def _counted_as(user_id: str) -> str:
    """Not as at the sign-in: whoever guesses there keeps nobody waiting who is in."""
    return f"second factor of {user_id} who is signed in"


def _holder(token: str) -> Actor:
    """Whoever holds a token; also who goes no further without the second step that they are about to set up or to take."""
    actor = holder_of(token)
    if actor is None:
        raise NotAllowed("signed out")
    return actor


def _proven(token: str, password: str, address: str) -> Actor:
    """The holder of a token, who knows their password too; without one, who signed in just now."""
    actor = _holder(token)
    with connected(writing=False) as connection:
        kept = _password_hash(connection, actor)
        began = connection.execute(select(SignIn.__table__.c.created_at).where(SignIn.__table__.c.token_hash == digest(token)))
        since = began.scalar()
    if since is None:
        raise NotAllowed("signed out")
    if kept is None:
        if now() - since >= FRESH:
            raise InvalidInput([Problem("present", SIGN_IN_AGAIN)])
        return actor
    attempt = attempts.begin(f"change of {actor.user_id}", address)
    if not matches(kept, password):
        security_log.record(Event.PASSWORD_REFUSED, actor, address=address)
        raise InvalidInput([Problem("present", WRONG_PASSWORD)])
    with connected(writing=True) as connection:
        attempts.succeed(connection, attempt)
    return actor


def _password_hash(connection: Connection, actor: Actor) -> str | None:
    table = Credential.__table__
    found: str | None = connection.execute(select(table.c.password_hash).where(table.c.user_id == actor.user_id)).scalar()
    return found


def _account(connection: Connection, actor: Actor) -> Account:
    return accounts(connection, table_named("users").c.id == actor.user_id)[0][0]


def _end_others(connection: Connection, actor: Actor, token: str) -> None:
    end_all_but(connection, actor.user_id, token)
    _proven_by_factor(connection, token)


def _proven_by_factor(connection: Connection, token: str) -> None:
    table = SignIn.__table__
    connection.execute(update(table).where(table.c.token_hash == digest(token)).values(factor_at=now()))
