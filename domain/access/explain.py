"""What one person may do and sees, and why, for those who may know it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, Table, func, literal, select, true
from sqlalchemy.sql import visitors

from domain.access.actor import Actor
from domain.access.decide import condition, decide, reads_all
from domain.access.grants import RIGHTS
from domain.access.roles import Role
from domain.access.uow import ScopedSession
from domain.access.words import words_for
from domain.db.base import Base, Tenant, model_of
from domain.kit.errors import NotAllowed, NotFound
from domain.kit.ids import is_id
from domain.kit.texts import _

NO_ROWS = (0, None)  # who only sees figures of a table reads none of its rows


@dataclass(frozen=True)
class Sight:
    """What a person may do with a table, in words, and how much of it they see.

    `rows`: how many rows they may read; None where the one who asks may not learn that. `total`: of how many at the school.
    """

    table: str
    title: str
    words: tuple[str, ...]
    rows: int | None = None
    total: int | None = None


@dataclass(frozen=True)
class Person:
    """Someone of the school whose rights are explained: what they are called, and the roles that they hold."""

    key: str
    name: str
    roles: tuple[Role, ...]
    is_active: bool


def person(session: ScopedSession, key: str) -> Person:
    """Someone whose record the actor may read, with their roles. NotFound otherwise; NotAllowed for who may not read roles."""
    users, held = model_of("users"), model_of("user_roles")
    actor = session.actor
    if key != actor.user_id and not reads_all(actor, "user_roles"):
        raise NotAllowed("the roles of others")
    found: Any = session.get(users, key) if is_id(key) else None
    if found is None:
        raise NotFound
    columns: Any = held
    roles = set(session.scalars(select(columns.role).where(columns.user_id == key))) or (
        {actor.role} if key == actor.user_id else set()
    )
    return Person(
        key, f"{found.first_name} {found.last_name}", tuple(role for role in Role if role in roles), bool(found.is_active)
    )


def explain(session: ScopedSession, someone: Actor, tables: Iterable[str]) -> list[Sight]:
    """What a person may do in one of their roles with each of these tables, and how many rows of each they may read.

    Counted as that person, by the same conditions that are added to their own questions; one statement. A number is told only
    where the one who asks reads every row of the table, and of whatever decides which rows the person sees: otherwise the number
    itself would tell something (in how many classes a student is, say). Of oneself every number is told.
    """
    assert someone.role is not None
    asked = [table for table in tables if RIGHTS.grants(someone.role, table)]
    counted = [table for table in asked if decide(someone, "R", table) and _may_be_told(session.actor, someone, model_of(table))]
    numbers = _count(session, someone, counted)
    return [
        Sight(
            table,
            _(model_of(table).__title__),
            words_for(someone.role, table),
            *numbers.get(table, (None, None) if decide(someone, "R", table) else NO_ROWS),
        )
        for table in asked
    ]


def _may_be_told(actor: Actor, someone: Actor, model: type[Base]) -> bool:
    if (actor.user_id, actor.role, actor.organization_id) == (someone.user_id, someone.role, someone.organization_id):
        return True
    rests_on = {each.name for each in visitors.iterate(condition(someone, "R", model)) if isinstance(each, Table)}
    return all(reads_all(actor, table) for table in rests_on | {model.__tablename__})


def _count(session: ScopedSession, someone: Actor, tables: Sequence[str]) -> dict[str, tuple[int, int | None]]:
    """Rows that the person reads, and (for who reads them all) rows that there are, by table."""
    if not tables:
        return {}
    wanted: list[Any] = []
    for table in tables:
        model = model_of(table)
        wanted.append(_rows_of(someone, model, condition(someone, "R", model)).scalar_subquery())
        total = _rows_of(someone, model, true()).scalar_subquery() if reads_all(session.actor, table) else literal(None)
        wanted.append(total)
    numbers = session.connection().execute(select(*wanted)).one()
    return {table: (int(numbers[2 * at]), numbers[2 * at + 1]) for at, table in enumerate(tables)}


def _rows_of(someone: Actor, model: type[Base], where: Any) -> Select[int]:
    table = model.__table__
    school = table.c.organization_id if issubclass(model, Tenant) else table.c.id
    return select(func.count()).select_from(table).where(school == someone.organization_id, where)
