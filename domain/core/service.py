"""What the school does with its people beyond writing rows."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Table, insert, or_, select, union

from domain.access.roles import Role
from domain.access.trail.writing import note
from domain.access.uow import ScopedSession
from domain.core.models import Family, User, UserRole
from domain.db.base import Base
from domain.db.listed import listed
from domain.kit.errors import DomainError, InvalidInput, Problem
from domain.kit.ids import new_id
from domain.kit.texts import N_, _

IN_CHARGE = (Role.OWNER, Role.SCHOOL)
_Held = tuple[str, str, Role]  # the row of the role, the person, the role
LAST_IN_CHARGE = N_("Nobody else who can sign in holds the role {role}. Please give it to someone else first.")


OWN_LINK = N_(
    "A family link of one's own is for someone else of coordination to write, since it decides what one learns of the child. "
    "Where there is nobody else, an owner can give the role coordination to a second person."
)


class OwnLink(DomainError):
    """A family link that joins whoever writes it takes another person's hand."""

    source = OWN_LINK


class LastInCharge(DomainError):
    """Without this person the school would have no owner, or no coordination, who can sign in."""

    source = LAST_IN_CHARGE

    def __init__(self, role: Role) -> None:
        super().__init__(role=role.label)
        self.role = role

    @property
    def message(self) -> str:
        return _(self.source).format(role=self.role.label)


def keep_role_held(session: ScopedSession, records: Sequence[Base], _action: str) -> None:
    """The role that a person starts in is always among the roles that they hold.

    It follows from the person's own row, which the actor was allowed to write; so it asks for no right of its own.
    """
    starting = {each.id: each for each in records if isinstance(each, User)}
    table = UserRole.__table__
    assert isinstance(table, Table)
    held = select(table.c.user_id, table.c.role).where(table.c.user_id.in_(listed(starting)))
    known = {(person, role) for person, role in session.connection().execute(held)}
    values = [
        {"id": new_id(), "organization_id": each.organization_id, "user_id": each.id, "role": each.role}
        for each in starting.values()
        if (each.id, each.role) not in known
    ]
    if values:
        session.connection().execute(insert(table), values)
        note(session, "C", UserRole, [(each["id"], None, each) for each in values])


def keep_people_in_charge(session: ScopedSession, keys: Sequence[str], values: Mapping[str, Any] | None) -> None:
    """Refuse to disable or delete the last owner who can sign in, or, save by an owner, the last of coordination."""
    if not keys or (values is not None and values.get("is_active", True)):
        return
    held = _in_charge(session)
    _refuse_the_last(session, [each for each in held if each[1] not in keys], held, field="is_active" if values else "")


def keep_roles_in_charge(session: ScopedSession, keys: Sequence[str], values: Mapping[str, Any] | None) -> None:
    """Refuse to take the role from the last owner who can sign in, or, save by an owner, from the last of coordination."""
    if not keys:
        return  # a new row takes a role from nobody
    held = _in_charge(session)
    staying = [each for each in held if each[0] not in keys or (values is not None and _is_same(each, values))]
    field = "" if values is None else "role" if "role" in values else "user_id"
    _refuse_the_last(session, staying, held, field=field)


def keep_own_links_to_another(session: ScopedSession, keys: Sequence[str], values: Mapping[str, Any] | None) -> None:
    """Refuse coordination to make, change or end a family link that joins whoever does so; new ones at their field."""
    me, table = session.actor.user_id, Family.__table__
    if session.actor.role is not Role.SCHOOL:
        return
    given = [name for name in ("parent_id", "child_id") if values and values.get(name) == me]
    if given:
        raise InvalidInput([Problem(given[0], OWN_LINK)])
    own = select(table.c.id).where(table.c.id.in_(keys), or_(table.c.parent_id == me, table.c.child_id == me))
    if keys and session.connection().execute(own).first() is not None:
        raise OwnLink


def _in_charge(session: ScopedSession) -> list[_Held]:
    """Who is in charge of the school and can sign in."""
    users, roles = User.__table__, UserRole.__table__
    here = (users.c.organization_id == session.actor.organization_id, users.c.is_active)
    held = select(roles.c.id, roles.c.user_id, roles.c.role).join(users, users.c.id == roles.c.user_id)
    starting = select(users.c.id.label("row"), users.c.id, users.c.role).where(*here, users.c.role.in_(IN_CHARGE))
    both = union(held.where(*here, roles.c.role.in_(IN_CHARGE)), starting)
    return [(row, person, role) for row, person, role in session.connection().execute(both)]


def _is_same(row: _Held, values: Mapping[str, Any]) -> bool:
    return bool(values.get("user_id", row[1]) == row[1] and values.get("role", row[2]) == row[2])


def _refuse_the_last(session: ScopedSession, staying: list[_Held], held: list[_Held], *, field: str) -> None:
    for role in {each[2] for each in held} - {each[2] for each in staying}:
        if role is Role.SCHOOL and session.actor.role is Role.OWNER:
            continue  # an owner can give that role to someone else afterwards
        if field:
            raise InvalidInput([Problem(field, LAST_IN_CHARGE, {"role": (role.source,)})])
        raise LastInCharge(role)
