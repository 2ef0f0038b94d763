"""What the scopes named in policies mean, as far as people and families decide it.

A scope takes the actor and the column that a policy names, and says which rows are meant. It reads bare tables, with the school
named, since it is itself part of what is added to every query.
"""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, or_, select

from domain.access.actor import Actor
from domain.access.grants import Scope
from domain.access.roles import Role
from domain.core.enums import FamilyAccess
from domain.core.models import Family, User, UserRole
from domain.kit.clock import today

ADULT_AGE = 18
BUSINESS = (Role.SCHOOL, Role.STAFF, Role.OWNER)


def own(actor: Actor, column: Any) -> ColumnElement[bool]:
    """Rows that belong to the person."""
    found: ColumnElement[bool] = column == actor.user_id
    return found


def not_own(actor: Actor, column: Any) -> ColumnElement[bool]:
    """Rows that belong to someone else: nobody writes their own pay."""
    found: ColumnElement[bool] = column != actor.user_id
    return found


def joins_others(actor: Actor, column: Any) -> ColumnElement[bool]:
    """Family links in which the person is neither the guardian nor the child: their own take another's hand."""
    links = column.table.c
    return and_(links.parent_id != actor.user_id, links.child_id != actor.user_id)


def youngest_adults_birthday(actor: Actor) -> date:
    """The day on which those were born who come of age today: whoever was born after it is a minor."""
    day = today(actor.zone)
    return day.replace(year=day.year - ADULT_AGE, day=28 if (day.month, day.day) == (2, 29) else day.day)


def children_of(actor: Actor, *, at_home: bool = False) -> Any:
    """The keys of the person's children: minors, or adults who agreed, whose link isn't barred."""
    families = _table(Family)
    found = _seeing(actor, families.c.child_id).where(families.c.parent_id == actor.user_id)
    return found.where(families.c.lives_together) if at_home else found


def guardians_of(actor: Actor) -> Any:
    """Pairs of a child and a guardian who may see them, in the actor's school: those whom `child` gives anything."""
    families = _table(Family)
    return _seeing(actor, families.c.child_id, families.c.parent_id)


def _seeing(actor: Actor, *columns: Any) -> Any:
    """Of the links between guardians and children, those that let the guardian see."""
    families, users = _table(Family), _table(User)
    return (
        select(*columns)
        .join_from(families, users, users.c.id == families.c.child_id)
        .where(families.c.organization_id == actor.organization_id, families.c.access == FamilyAccess.ALL)
        .where(or_(users.c.birth_date > youngest_adults_birthday(actor), families.c.adult_agreed))
    )


def child(actor: Actor, column: Any) -> ColumnElement[bool]:
    """Rows of the person's children."""
    found: ColumnElement[bool] = column.in_(children_of(actor))
    return found


def child_at_home(actor: Actor, column: Any) -> ColumnElement[bool]:
    """Rows of those children who live with the person."""
    found: ColumnElement[bool] = column.in_(children_of(actor, at_home=True))
    return found


def own_as_adult(actor: Actor, column: Any) -> ColumnElement[bool]:
    """Rows that belong to the person, once they are of age."""
    users = _table(User)
    adults = select(users.c.id).where(users.c.id == actor.user_id, users.c.birth_date <= youngest_adults_birthday(actor))
    found: ColumnElement[bool] = column.in_(adults)
    return found


def adult_of_school(actor: Actor, column: Any) -> ColumnElement[bool]:
    """Rows of active people who work at the school, whichever role they start in."""
    people, held, roles = _table(User), _table(UserRole), (Role.TEACHER, *BUSINESS)
    active = (people.c.organization_id == actor.organization_id, people.c.is_active)
    starting = select(people.c.id).where(*active, people.c.role.in_(roles))
    working = select(people.c.id).join(held, held.c.user_id == people.c.id).where(*active, held.c.role.in_(roles))
    found: ColumnElement[bool] = column.in_(starting.union(working.where(held.c.organization_id == actor.organization_id)))
    return found


def no_owner(actor: Actor, column: Any) -> ColumnElement[bool]:
    """People who are no owner, and their roles: neither the role in the row nor any other that they hold is an owner's."""
    held = _table(UserRole)
    owners = select(held.c.user_id).where(held.c.organization_id == actor.organization_id, held.c.role == Role.OWNER)
    return and_(column.table.c.role != Role.OWNER, column.not_in(owners))


def role_business(_actor: Actor, column: Any) -> ColumnElement[bool]:
    """Rows of coordination, reception and owners."""
    found: ColumnElement[bool] = column.in_(BUSINESS)
    return found


def role_student(_actor: Actor, column: Any) -> ColumnElement[bool]:
    """Rows of students."""
    found: ColumnElement[bool] = column == Role.STUDENT
    return found


def _table(model: Any) -> Table:
    found: Table = model.__table__
    return found


SCOPES: dict[str, Scope] = {
    "own": own,
    "not_own": not_own,
    "joins_others": joins_others,
    "own_as_adult": own_as_adult,
    "adult_of_school": adult_of_school,
    "child": child,
    "child_at_home": child_at_home,
    "no_owner": no_owner,
    "role_business": role_business,
    "role_student": role_student,
}
