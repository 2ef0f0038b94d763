"""A phone with an authenticator app: what it is told, the codes that it shows, and a second factor set up in one go."""

import datetime as dt

import pyotp
from sqlalchemy import update

from domain.access import second_factor
from domain.access.accounts import accounts, connected, table_named
from domain.core.models import Organization
from domain.db.engine import engine
from domain.kit.clock import now


def code(secret: str, *, steps: int = 0) -> str:
    """What the phone shows now, or so many half minutes later."""
    return pyotp.TOTP(secret).at(now() + dt.timedelta(seconds=30 * steps))


def give_phone(user_id: str) -> tuple[str, list[str]]:
    """A person sets up their second factor, a minute ago: its secret, and their recovery codes."""
    with connected(writing=True) as connection:
        account = accounts(connection, table_named("users").c.id == user_id)[0][0]
        secret = second_factor.start(connection, account).secret
        codes = second_factor.confirm(connection, account, code(secret))
        table = second_factor.SecondFactor.__table__
        connection.execute(update(table).where(table.c.user_id == user_id).values(last_step=None))
    return secret, codes


def setting(school_id: str, **settings: object) -> None:
    """Change some of a school's settings behind the app's back."""
    schools = Organization.__table__
    with engine().begin() as connection:
        held = connection.execute(schools.select().where(schools.c.id == school_id)).one().settings
        connection.execute(update(schools).where(schools.c.id == school_id).values(settings={**held, **settings}))


def require(school_id: str) -> None:
    """A school that was founded a while ago asks for a second step."""
    setting(school_id, second_factor_required=True)
    schools = Organization.__table__
    with engine().begin() as connection:
        long_ago = now() - dt.timedelta(days=2)
        connection.execute(update(schools).where(schools.c.id == school_id).values(created_at=long_ago))
