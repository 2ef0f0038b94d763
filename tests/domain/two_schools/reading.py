"""What the people of a school read of it, each in their role, and what the database holds of it, as texts.

Every table of the registry is read, so that a new one needs no line here.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import inspect, select

from domain.access.decide import decide
from domain.access.explain import explain, person
from domain.access.roles import Role
from domain.access.trail.reading import history
from domain.access.uow import ScopedSession, reading
from domain.db.base import Base, Tenant, model_of
from domain.db.engine import engine
from domain.kit.errors import DomainError, WrongScope
from domain.overview import overview
from domain.records.labels import labels
from domain.records.masks import MASK
from domain.records.query import View, list_page
from domain.records.related import related
from domain.records.search import everywhere
from tests.domain.rights.world import World
from tests.factories.rows import all_tables

WALL = dt.datetime(2026, 3, 2, 12)  # noqa: DTZ001 -- the school's wall clock
LOOKED_INTO = 3  # records of each table whose history, and one whose surroundings, are read
WORDS = ("text", "person", "taught", "school")


@dataclass(frozen=True)
class Part:
    """Something that a person of a role may read: a table, or what is told of many."""

    role: Role
    name: str


def tables() -> list[str]:
    """The tables whose rows belong to a school, and the schools themselves."""
    return [table for table in all_tables() if table == "organizations" or issubclass(model_of(table), Tenant)]


def parts() -> list[Part]:
    """All that is read."""
    return [Part(role, name) for role in Role for name in (*tables(), *TOLD)]


def read(world: World, part: Part) -> str:
    """What the school's person of this role reads there now, as a text."""
    actor = world.actor(part.role)
    with reading(actor) as session:
        found = list(_of_table(session, model_of(part.name))) if part.name not in TOLD else TOLD[part.name](session)
    return repr(found)


def held(world: World) -> dict[str, str]:
    """The school's rows as the database holds them, by table."""
    found = {}
    with engine().connect().execution_options(libsql_readonly=True) as connection:
        for table in tables():
            column = "id" if table == "organizations" else "organization_id"
            rows = connection.exec_driver_sql(f"SELECT * FROM {table} WHERE {column} = ? ORDER BY id", (world.id,))
            found[table] = repr([tuple(row) for row in rows])
    return found


def shown(row: Base, name: str) -> Any:
    """A value of a record as its reader is shown it."""
    try:
        return getattr(row, name)
    except WrongScope:
        return MASK


def difference(before: str, after: str) -> str:
    """Where two such texts part."""
    at = next((at for at, (one, other) in enumerate(zip(before, after, strict=False)) if one != other), len(before))
    return f"{before[max(0, at - 300) : at + 100]} became {after[max(0, at - 300) : at + 100]}"


def _of_table(session: ScopedSession, model: type[Base]) -> Iterator[Any]:
    """Rows, a page of the list with its count, a search, labels, and for some records what refers to them and their history."""
    names = sorted(each.key for each in inspect(model).column_attrs)
    keys = [str(key) for key in _told(lambda: session.scalars(select(model.id).order_by(model.id)).all())]
    rows = _told(lambda: session.scalars(select(model).order_by(model.id)).all())
    yield [[shown(row, name) for name in names] for row in rows if isinstance(row, Base)]
    session.expunge_all()
    yield _told(lambda: list_page(session, model, View(size=200)))
    yield _told(lambda: list_page(session, model, View(search="text", sort="-" + names[0], size=20)))
    yield _told(lambda: labels(session, model, keys[:LOOKED_INTO]))
    for key in keys[:LOOKED_INTO]:
        yield _told(lambda key=key: related(session, model, key))
        if decide(session.actor, "R", "trail_entries"):
            yield _told(lambda key=key: history(session, model, key))


def _told(ask: Callable[[], Any]) -> Any:
    """What is answered; a refusal is an answer too."""
    try:
        return ask()
    except DomainError as error:
        return [type(error).__name__]


def _found(session: ScopedSession) -> Any:
    return [everywhere(session.actor, word) for word in WORDS]


def _explained(session: ScopedSession) -> Any:
    """What a person may see, and why, with its numbers: of oneself, and of a student as far as it is told."""
    told: list[Any] = [explain(session, session.actor, tables())]
    with suppress(DomainError):
        told.append(person(session, session.actor.user_id))
    return told


TOLD: dict[str, Callable[[ScopedSession], Any]] = {
    "home": lambda session: overview(session, WALL),
    "search": _found,
    "rights": _explained,
}
