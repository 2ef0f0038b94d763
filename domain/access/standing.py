"""A person in one of their roles without a browser's session: whoever an address of theirs stands for, as things are now."""

from sqlalchemy import Connection, select

from domain.access.accounts import accounts, table_named
from domain.access.actor import Actor
from domain.access.roles import Role
from domain.kit.clock import DEFAULT_ZONE


def standing(connection: Connection, user_id: str, role: Role) -> Actor | None:
    """The person, if they are active and hold that role still."""
    users, schools = table_named("users"), table_named("organizations")
    found = accounts(connection, users.c.id == user_id)
    if not found or role not in found[0][0].roles:
        return None
    account = found[0][0]
    wanted = (
        select(users.c.language, schools.c.settings)
        .join(schools, schools.c.id == users.c.organization_id)
        .where(users.c.id == user_id)
    )
    row = connection.execute(wanted).one()
    return Actor(
        organization_id=account.organization_id,
        user_id=account.user_id,
        role=role,
        roles=account.roles,
        name=account.name,
        school_name=account.school_name,
        is_demo=account.is_demo,
        language=row.language,
        time_zone=str((row.settings or {}).get("time_zone", DEFAULT_ZONE)),
    )
