"""A record's values as the trail keeps them: JSON by the columns' names, amounts and moments as text, secrets as dots."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any

from domain.access.masking import MASK
from domain.access.trail.kinds import SECRET
from domain.db.base import ADDED, Base
from domain.db.columnwise import each_as
from domain.db.types import Bytes, Choice, ChoiceType, ClockTime, Day, Flag, Instant, JsonValue, Money, Number, Whole
from domain.kit.money import to_money

AUTOMATIC = frozenset({"row_version", "search_text", "sort_text", "updated_at"})  # every change changes them
LEFT_OUT = AUTOMATIC | ADDED | {"id"}  # the entry itself says which record of which school


def kept(model: type[Base], values: Mapping[str, Any]) -> dict[str, Any]:
    """Those of a row's values, by column name, that a trail speaks of, in a form that JSON can say."""
    found = {}
    for name, convert in _converters(model):
        if name in values:
            value = values[name]
            found[name] = None if value is None else convert(value)
    return found


@cache
def _converters(model: type[Base]) -> list[tuple[str, Callable[[Any], Any]]]:
    """How each kept column's values that aren't nothing become what JSON can say."""
    return [(name, converter(kind)) for name, kind in kept_types(model).items()]


@cache
def kept_types(model: type[Base]) -> dict[str, Any]:
    return {column.name: column.type for column in model.__table__.columns if column.name not in LEFT_OUT}


@cache
def secrets(model: type[Base]) -> frozenset[str]:
    """The columns whose values are kept as dots: sealed ones, and those named as secret."""
    sealed = {column.name for column in model.__table__.columns if isinstance(column.type, Bytes)}
    return SECRET.get(model.__tablename__, frozenset()) | sealed


@cache
def _named_by(model: type[Base]) -> tuple[tuple[str, Any, bool], ...]:
    """The columns that a record is called by, and whether the row itself says it in words."""
    columns = model.__table__.columns
    hidden = secrets(model)
    return tuple(
        (name, columns[name].type, "refers" not in columns[name].info and name not in hidden) for name in model.__label__
    )


def plain(kind: Any, value: Any) -> Any:
    """One value as JSON says it: an amount as text with two places, dates and moments by ISO 8601, moments in UTC."""
    return None if value is None else converter(kind)(value)


def converter(kind: Any) -> Callable[[Any], Any]:
    """What makes a value of a type that isn't nothing into what JSON can say."""
    if isinstance(kind, ChoiceType):
        return lambda value: kind.kind(value).value
    return next((convert for family, convert in CONVERTERS if isinstance(kind, family)), _text)


def _text(value: Any) -> str:
    return value.value if isinstance(value, Choice) else str(value)


CONVERTERS: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
    (Flag, bool),
    (Money, lambda value: str(to_money(value))),
    (Instant, lambda value: value.astimezone(UTC).isoformat()),
    ((Day, ClockTime), lambda value: value.isoformat()),
    (Number, float),
    (Whole, int),
    (Bytes, lambda value: bytes(value).hex()),  # only ever compared: `document` puts dots in its place
    (JsonValue, lambda value: value),
)


def revived(kind: Any, value: Any) -> Any:
    """A kept value as Python has it again; dots stay dots."""
    if value is None or value == MASK:
        return value
    if isinstance(kind, ChoiceType):
        return kind.tidy(value)
    if isinstance(kind, Money):
        return to_money(value)
    if isinstance(kind, Instant):
        return datetime.fromisoformat(value)
    if isinstance(kind, Day):
        return date.fromisoformat(value)
    return time.fromisoformat(value) if isinstance(kind, ClockTime) else value


def document(model: type[Base], values: Mapping[str, Any], label: Mapping[str, Any]) -> str:
    """What is written: the kept values, and the record's name at that time as far as it stands in the row itself."""
    hidden, shown = secrets(model), values
    if hidden:
        shown = {name: MASK if name in hidden and value is not None else value for name, value in values.items()}
    parts = [plain(kind, label.get(name)) if is_said else None for name, kind, is_said in _named_by(model)]
    return _said({"label": parts, "values": shown})


def documents(model: type[Base], columns: Mapping[str, Sequence[Any]]) -> list[str]:
    """The documents of new rows that are given as columns, by the columns' names: what `document` says of each of them."""
    hidden, count = secrets(model), len(columns["id"])
    parts: list[Sequence[str | None]] = []
    for name, convert in sorted(_converters(model), key=lambda each: each[0]):
        if name in columns:
            said = _said_of(name, (lambda _value: MASK) if name in hidden else convert)
            parts.append(each_as(columns[name], kept_types(model)[name], said))
    nothing = [None] * count
    names: list[Sequence[Any]] = [
        each_as(columns.get(name, nothing), kind, converter(kind)) if is_said else nothing
        for name, kind, is_said in _named_by(model)
    ]
    labels = map(_said, map(list, zip(*names, strict=True))) if names else ["[]"] * count
    values = zip(*parts, strict=True) if parts else [()] * count
    return [
        f'{{"label":{label},"values":{{{",".join([each for each in row if each is not None])}}}}}'
        for label, row in zip(labels, values, strict=True)
    ]


def _said_of(name: str, convert: Callable[[Any], Any]) -> Callable[[Any], str]:
    return lambda value: f"{_said(name)}:{_said(convert(value))}"


_said = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
