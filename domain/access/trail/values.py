"""A record's values as the trail keeps them: JSON by the columns' names, amounts and moments as text, secrets as dots."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any

from domain.access.masking import MASK
from domain.access.trail.kinds import SECRET
from domain.db.base import ADDED, Base
from domain.db.types import Bytes, Choice, ChoiceType, ClockTime, Day, Flag, Instant, JsonValue, Money, Number, Whole
from domain.kit.money import to_money

AUTOMATIC = frozenset({"row_version", "search_text", "sort_text", "updated_at"})  # every change changes them
LEFT_OUT = AUTOMATIC | ADDED | {"id"}  # the entry itself says which record of which school


def kept(model: type[Base], values: Mapping[str, Any]) -> dict[str, Any]:
    """Those of a row's values, by column name, that a trail speaks of, in a form that JSON can say."""
    types = kept_types(model)
    return {name: plain(types[name], value) for name, value in values.items() if name in types}


@cache
def kept_types(model: type[Base]) -> dict[str, Any]:
    return {column.name: column.type for column in model.__table__.columns if column.name not in LEFT_OUT}


@cache
def secrets(model: type[Base]) -> frozenset[str]:
    """The columns whose values are kept as dots: sealed ones, and those named as secret."""
    sealed = {column.name for column in model.__table__.columns if isinstance(column.type, Bytes)}
    return SECRET.get(model.__tablename__, frozenset()) | sealed


@cache
def _named_by(model: type[Base]) -> tuple[tuple[str, bool], ...]:
    """The columns that a record is called by, and whether the row itself says it in words."""
    columns = model.__table__.columns
    return tuple((name, "refers" not in columns[name].info and name not in secrets(model)) for name in model.__label__)


def plain(kind: Any, value: Any) -> Any:
    """One value as JSON says it: an amount as text with two places, dates and moments by ISO 8601, moments in UTC."""
    if value is None:
        return None
    if isinstance(kind, ChoiceType):
        return kind.kind(value).value
    if isinstance(kind, Flag):
        return bool(value)
    if isinstance(kind, Money):
        return str(to_money(value))
    if isinstance(kind, Instant):
        return value.astimezone(UTC).isoformat()
    if isinstance(kind, (Day, ClockTime)):
        return value.isoformat()
    if isinstance(kind, Number):
        return float(value)
    if isinstance(kind, Whole):
        return int(value)
    if isinstance(kind, Bytes):
        return bytes(value).hex()  # only ever compared: `document` puts dots in its place
    if isinstance(kind, JsonValue):
        return value
    return value.value if isinstance(value, Choice) else str(value)


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
    hidden, types = secrets(model), model.__table__.columns
    shown = {name: MASK if name in hidden and value is not None else value for name, value in values.items()}
    parts = [plain(types[name].type, label.get(name)) if is_said else None for name, is_said in _named_by(model)]
    return json.dumps({"label": parts, "values": shown}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
