"""What a relation picker offers: records by what a person calls them, found by search, never by key."""

from dataclasses import dataclass

from domain.access.actor import Actor
from domain.access.uow import reading
from domain.core.queries import holding
from domain.db.base import model_of
from domain.records.fields import Field
from domain.records.labels import labels
from domain.records.query import View, count, keys_of

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
        return Options(labels(session, model, keys), many)
