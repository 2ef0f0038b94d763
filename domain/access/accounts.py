"""People as sign-in knows them, looked up across schools: an e-mail may be known to several.

So it works below the scoped session, on the few columns that it needs.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, Table, select
from sqlalchemy.exc import SQLAlchemyError

from domain.access.models import Credential
from domain.access.roles import Role
from domain.db.base import Base
from domain.db.engine import engine
from domain.db.errors import translate


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


def table_named(name: str) -> Table:
    """A table of a higher floor, whose model this one can't import."""
    return Base.metadata.tables[name]


@contextmanager
def connected(*, writing: bool) -> Iterator[Connection]:
    """A connection below the scoped session; what it writes is kept at the end. Driver errors become the domain's."""
    bind = engine().execution_options(libsql_readonly=not writing)
    try:
        with bind.begin() as connection:
            yield connection
    except SQLAlchemyError as error:
        raise translate(error) from error


def accounts(connection: Connection, *conditions: Any) -> list[tuple[Account, str | None]]:
    """The active people that fit, each with the hash of their password if they have one."""
    users, schools, roles = table_named("users"), table_named("organizations"), table_named("user_roles")
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
    return [(account_of(row, held.get(row.id, [])), row.password_hash) for row in found]


def account_of(row: Row[Any], held: Sequence[Role]) -> Account:
    """A person's row, joined with their school's, and the roles that they hold."""
    roles = tuple(role for role in Role if role in {row.role, *held})
    name = f"{row.first_name} {row.last_name}"
    return Account(row.id, row.organization_id, row.school_name, name, row.role, roles, bool(row.is_demo))


def digest(secret: str) -> str:
    """What the database keeps of a token or a code: 32 random bytes need no slow hash."""
    return sha256(secret.encode(errors="surrogatepass")).hexdigest()
