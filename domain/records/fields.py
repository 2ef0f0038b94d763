"""A table's columns as people meet them: what a form asks, a grid shows, a filter offers. Read from the model, once."""

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import Column, inspect

from domain.db.base import Base
from domain.db.types import Choice, ChoiceType, Shaped, ShortText
from domain.kit.texts import _


@dataclass(frozen=True)
class Field:
    """One column. `name` is the mapped attribute, `column` the database's name; they differ where a name is taken."""

    name: str
    column: str
    type: Shaped
    label_source: str
    help_source: str
    required: bool
    automatic: bool  # set by the program: grids show it, no form asks for it
    sealed: bool
    target: str | None
    low: float | None
    high: float | None
    has_default: bool
    default: Any = field(hash=False, compare=False)
    suggested: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()  # of a JSON list of objects: the names that each has
    roles: tuple[str, ...] = ()  # of people, those whom a form offers
    weekly: bool = False  # a date or moment that people plan by: its weekday is said with it

    @property
    def label(self) -> str:
        return _(self.label_source)

    @property
    def help(self) -> str:
        return _(self.help_source)

    @property
    def length(self) -> int | None:
        return self.type.length if isinstance(self.type, ShortText) else None

    @property
    def choices(self) -> list[Choice]:
        return list(self.type.kind) if isinstance(self.type, ChoiceType) else []

    @property
    def editable(self) -> bool:
        """Whether a form may ask for it."""
        return not (self.automatic or self.sealed)


@cache
def fields(model: type[Base]) -> dict[str, Field]:
    """A model's visible columns, in the contract's order, by attribute name."""
    mapper = inspect(model)
    found = {}
    for column in model.__table__.columns:
        if column.info.get("hidden"):
            continue
        name = mapper.get_property_by_column(column).key
        found[name] = _field(name, column)
    return found


def _field(name: str, column: Column[Any]) -> Field:
    info = column.info
    assert isinstance(column.type, Shaped)
    return Field(
        name=name,
        column=column.name,
        type=column.type,
        label_source=info.get("label", name),
        help_source=info.get("help", ""),
        required=not column.nullable,
        automatic=bool(info.get("automatic")),
        sealed=bool(info.get("sealed")),
        target=info.get("refers"),
        low=info.get("low"),
        high=info.get("high"),
        has_default=column.default is not None,
        default=_default(column),
        suggested=info.get("suggested", ()),
        columns=info.get("columns", ()),
        roles=info.get("roles", ()),
        weekly=bool(info.get("weekly")),
    )


def _default(column: Column[Any]) -> Any:
    default = column.default
    if default is None or getattr(default, "is_callable", False):
        return None  # made anew for each row: a key, a moment, an empty list
    return default.arg  # type: ignore[attr-defined]


def values_of(record: Base) -> dict[str, Any]:
    """A record's visible values by attribute name: plain data, safe to keep between reruns."""
    return {name: getattr(record, name) for name in fields(type(record))}
