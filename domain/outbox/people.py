"""Who is told: the people themselves, and the guardians who may see them."""

from collections.abc import Callable, Collection, Mapping, Sequence
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
    return audiences(session, [people], guardians=guardians)[0]


def audiences(session: ScopedSession, groups: Sequence[Collection[str]], *, guardians: bool = True) -> list[list[Told]]:
    """The audience of each of these groups of people, in as few questions as one takes."""
    users, school = table_named("users"), session.actor.organization_id
    columns = (users.c.id, users.c.first_name, users.c.last_name, users.c.email, users.c.language)
    wanted = select(*columns).where(users.c.organization_id == school, users.c.is_active)
    links = [each(session.actor).subquery() for each in GUARDIANS] if guardians else []
    themselves: dict[str, Any] = {}
    of: dict[str, dict[str, Any]] = {}
    keys = list(dict.fromkeys(key for people in groups for key in people))
    for batch in (keys[at : at + BATCH] for at in range(0, len(keys), BATCH)):
        themselves |= {row.id: row for row in session.connection().execute(wanted.where(users.c.id.in_(batch)))}
        for link in links:
            pairs = wanted.add_columns(link.c.child_id).join(link, link.c.parent_id == users.c.id)
            for row in session.connection().execute(pairs.where(link.c.child_id.in_(batch))):
                of.setdefault(row.child_id, {})[row.id] = row
    return [_audience({key: themselves[key] for key in people if key in themselves}, of) for people in groups]


def _audience(themselves: Mapping[str, Any], of: Mapping[str, Mapping[str, Any]]) -> list[Told]:
    children: dict[str, list[str]] = {}
    guardians: dict[str, Any] = {}
    for child, row in themselves.items():
        for key, guardian in of.get(child, {}).items():
            if key not in themselves:
                guardians[key] = guardian
                children.setdefault(key, []).append(row.first_name)
    told = [_told(row) for row in themselves.values()]
    told += [_told(row, tuple(sorted(children[key]))) for key, row in guardians.items()]
    return sorted(told, key=lambda each: (each.name, each.id))


def _told(row: Any, children: tuple[str, ...] = ()) -> Told:
    return Told(row.id, f"{row.first_name} {row.last_name}", row.email, row.language, children)
