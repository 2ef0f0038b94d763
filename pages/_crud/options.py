"""What a relation picker offers: records by what a person calls them, found by search, never by key."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from domain.access.actor import Actor
from domain.access.uow import ScopedSession, reading
from domain.core.queries import holding
from domain.db.base import Base, model_of
from domain.kit.errors import NotFound
from domain.records.fields import Field, fields
from domain.records.labels import labels
from domain.records.query import MASK, View, count, get_row, keys_of
from pages._crud.show import DASH, say, short

ALL_AT_ONCE = 200
BEST = 30


@dataclass(frozen=True)
class Options:
    """Keys with their labels; `searched`: whether there are more than are shown, so that a search is offered."""

    labels: dict[str, str]
    searched: bool


def options(actor: Actor, field: Field, search: str, current: str | None) -> Options:
    """The records to choose from: all of a short table, else the best matches; the one chosen now always among them."""
    model = model_of(field.target or "")
    also = (holding(field.roles),) if field.roles else ()
    with reading(actor) as session:
        many = count(session, model, View(), *also) > ALL_AT_ONCE
        view = View(search=search if many else "")
        keys = keys_of(session, model, view, *also, limit=BEST if many else ALL_AT_ONCE)
        if current and current not in keys:
            keys = [current, *keys]
        return Options(_told_apart(session, model, labels(session, model, keys)), many)


def _told_apart(session: ScopedSession, model: type[Base], named: dict[str, str]) -> dict[str, str]:
    """No two labels alike, since a list hands back the words that were chosen: who shares a name has something else said."""
    alike: dict[str, list[str]] = {}
    for key, label in named.items():
        alike.setdefault(label, []).append(key)
    said = dict(named)
    for label, keys in alike.items():
        if len(keys) > 1:
            said |= {key: f"{label} · {detail}" for key, detail in zip(keys, _details(session, model, keys), strict=True)}
    return said


def _details(session: ScopedSession, model: type[Base], keys: Sequence[str]) -> list[str]:
    """What tells records of one name from each other: the first field that is another for each, else their number."""
    with suppress(NotFound):
        rows = [get_row(session, model, key) for key in keys]
        for field in fields(model).values():
            words = [say(field, row.values.get(field.name), session.actor.zone, row.labels.get(field.name)) for row in rows]
            if len(set(words)) == len(words) and not {DASH, MASK} & set(words):
                return [short(each) for each in words]
    return [str(at) for at, _key in enumerate(keys, 1)]
