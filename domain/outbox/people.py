"""Who is told: the people themselves, and the guardians who may see them."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from domain.access.accounts import table_named
from domain.access.actor import Actor
from domain.access.uow import ScopedSession

# Pairs of child and guardian, as a query. Bound by the registry: who a guardian is, the people's own department knows.
GUARDIANS: list[Callable[[Actor], Any]] = []
BATCH = 500


@dataclass(frozen=True)
class Told:
    """Someone who is told something. `of`: the names of those for whose sake, empty for oneself."""

    id: str
    name: str
    email: str | None = None
    language: str | None = None
    of: tuple[str, ...] = ()


def audience(session: ScopedSession, people: Collection[str], *, guardians: bool = True) -> list[Told]:
    """These people of the school who are active, and the guardians who may see them. The same person comes once, by name.

    Names are the school's business here, not the actor's: who tells a class that a session moves needs no right to its students'
    guardians. No more than a name may be shown of the answer.
    """
    users, school = table_named("users"), session.actor.organization_id
    columns = (users.c.id, users.c.first_name, users.c.last_name, users.c.email, users.c.language)
    wanted = select(*columns).where(users.c.organization_id == school, users.c.is_active)
    links = [each(session.actor).subquery() for each in GUARDIANS] if guardians else []
    found: dict[str, Told] = {}
    names: dict[str, str] = {}
    of: dict[str, list[str]] = {}
    keys = list(dict.fromkeys(people))
    for batch in (keys[at : at + BATCH] for at in range(0, len(keys), BATCH)):
        for row in session.connection().execute(wanted.where(users.c.id.in_(batch))):
            found[row.id] = _told(row)
            names[row.id] = row.first_name
        for link in links:
            pairs = wanted.add_columns(link.c.child_id).join(link, link.c.parent_id == users.c.id)
            for row in session.connection().execute(pairs.where(link.c.child_id.in_(batch))):
                found.setdefault(row.id, _told(row))
                of.setdefault(row.id, []).append(row.child_id)
    told = [
        each if each.id in names else _for(each, tuple(sorted(names[child] for child in of[each.id] if child in names)))
        for each in found.values()
    ]
    return sorted((each for each in told if each.id in names or each.of), key=lambda each: (each.name, each.id))


def _told(row: Any) -> Told:
    return Told(row.id, f"{row.first_name} {row.last_name}", row.email, row.language)


def _for(person: Told, children: tuple[str, ...]) -> Told:
    return Told(person.id, person.name, person.email, person.language, children)
