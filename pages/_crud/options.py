"""What a relation picker offers: records by what a person calls them, found by search, never by key."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from domain.access.uow import ScopedSession
from domain.core.queries import holding
from domain.db.base import Base, model_of
from domain.db.gather import gather
from domain.kit.errors import NotFound
from domain.records.fields import Field, fields
from domain.records.labels import labels, readable_labels
from domain.records.query import View, count, get_row, labels_of
from pages._crud.show import DASH, say, short

ALL_AT_ONCE = 200
BEST = 30


@dataclass(frozen=True)
class Options:
    """Keys with their labels; `searched`: whether there are more than are shown, so that a search is offered."""

    labels: dict[str, str]
    searched: bool


@dataclass(frozen=True)
class Wanted:
    """What a picker asks: records for a field, found by a search; `current` is the one chosen now.

    `asked_for`: the address says which that is, and no row that the actor reads; so it is named only to who may read it.
    """

    field: Field
    search: str
    current: str | None
    asked_for: bool = False


def options(session: ScopedSession, wanted: Mapping[str, Wanted]) -> dict[str, Options]:
    """The records that each of some pickers offers, by the picker's key, asked for all of them at once."""
    found = gather(session, *(partial(_options, session, each) for each in wanted.values()))
    return dict(zip(wanted, found, strict=True))


def _options(session: ScopedSession, wanted: Wanted) -> Options:
    """The records to choose from: all of a short table, else the best matches; the one chosen now always among them."""
    model = model_of(wanted.field.target or "")
    also = (holding(wanted.field.roles),) if wanted.field.roles else ()

    def best(search: str) -> dict[str, str]:
        return labels_of(session, model, View(search=search), *also, limit=ALL_AT_ONCE)

    total, named, current = gather(
        session,
        lambda: count(session, model, View(), *also),
        lambda: best(wanted.search),
        lambda: (readable_labels if wanted.asked_for else labels)(session, model, [wanted.current or ""]),
    )
    many = total > ALL_AT_ONCE
    if many:
        named = dict(list(named.items())[:BEST])
    elif wanted.search:  # of a table that has become short since
        named = best("")
    return Options(_told_apart(session, model, dict(sorted((current | named).items()))), many)


def _told_apart(session: ScopedSession, model: type[Base], named: dict[str, str]) -> dict[str, str]:
    """No two labels alike, since a list hands back the words that were chosen: who shares a name has something else said."""
    alike: dict[str, list[str]] = {}
    for key, label in named.items():
        alike.setdefault(label, []).append(key)
    said = dict(named)
    twice = {label: keys for label, keys in alike.items() if len(keys) > 1}
    details = gather(session, *(partial(_details, session, model, keys) for keys in twice.values())) if twice else ()
    for (label, keys), found in zip(twice.items(), details, strict=True):
        said |= {key: f"{label} · {detail}" for key, detail in zip(keys, found, strict=True)}
    return said


def _details(session: ScopedSession, model: type[Base], keys: Sequence[str]) -> list[str]:
    """What tells records of one name from each other: the first field that is another for each, else their number."""
    with suppress(NotFound):
        rows = gather(session, *(partial(get_row, session, model, key) for key in keys))
        for field in fields(model).values():
            if any(field.name in row.hidden for row in rows):
                continue
            words = [say(field, row.values.get(field.name), session.actor.zone, row.labels.get(field.name)) for row in rows]
            if len(set(words)) == len(words) and DASH not in words:
                return [short(each) for each in words]
    return [str(at) for at, _key in enumerate(keys, 1)]
