"""What records are told apart by that stands in no column of their own: of a mark, its session's day, class and teacher.

A list is filtered by a trait as by a field, under the same rights: a trait that rests on what the actor may not read, or sees
masked, is neither offered nor asked.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement

from domain.access.actor import Actor
from domain.access.decide import decide
from domain.db.base import Base
from domain.db.types import Shaped
from domain.records.fields import Field, fields
from domain.records.masks import masked_fields

Asked = Callable[[Any], ColumnElement[bool]]
"""What is asked of a column's value."""


@dataclass(frozen=True)
class Trait:
    """One trait: how it is asked for, which records have it, and the columns (model and attribute) that it rests on."""

    field: Field
    having: Callable[[Asked], ColumnElement[bool]]
    rests_on: tuple[tuple[type[Base], str], ...]


TRAITS: dict[str, tuple[Trait, ...]] = {}
"""By table; bound in the registry."""


def trait_field(name: str, label: str, kind: Shaped, *, target: str | None = None, roles: tuple[str, ...] = ()) -> Field:
    """A trait as a field that a filter offers and nothing else shows."""
    return Field(
        name=name,
        column=name,
        type=kind,
        label_source=label,
        help_source="",
        required=True,
        automatic=True,
        sealed=False,
        target=target,
        low=None,
        high=None,
        has_default=False,
        roles=roles,
        default=None,
    )


def traits(model: type[Base]) -> dict[str, Trait]:
    """A model's traits by name."""
    return {each.field.name: each for each in TRAITS.get(model.__tablename__, ())}


def traits_for(actor: Actor, model: type[Base]) -> dict[str, Trait]:
    """Those that the actor may ask for."""
    return {name: each for name, each in traits(model).items() if _is_told(actor, each)}


def filter_fields(model: type[Base]) -> dict[str, Field]:
    """All that a list may be filtered by, its columns and its traits."""
    return {**fields(model), **{name: each.field for name, each in traits(model).items()}}


def _is_told(actor: Actor, trait: Trait) -> bool:
    return all(decide(actor, "R", model) and name not in masked_fields(actor, model) for model, name in trait.rests_on)
