"""A value as a person reads it, for grids, records, differences and exports: always text, always in the person's language."""

import json
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from domain.db.types import (
    Cents,
    Choice,
    ClockTime,
    Day,
    Document,
    Flag,
    Instant,
    JsonValue,
    Money,
    Number,
    Phone,
    Tags,
    Weekday,
    Whole,
)
from domain.kit.documents import format_document
from domain.kit.formats import show_date, show_instant, show_money, show_number, show_time, show_weekday, show_weekly
from domain.kit.money import from_cents
from domain.kit.phones import format_phone
from domain.kit.texts import _
from domain.records.fields import Field
from domain.records.masks import Dots

DASH = "—"
LONGEST = 120
SAID: tuple[tuple[type[Any], Callable[[Any], str]], ...] = (  # the narrower kind of number first
    (Flag, lambda value: _("Yes") if value else _("No")),
    (Cents, lambda value: show_money(from_cents(value))),
    (Money, show_money),
    (Weekday, show_weekday),
    (Whole, show_number),
    (Number, show_number),
    (ClockTime, show_time),
    (Document, format_document),
    (Phone, format_phone),
    (Tags, lambda value: ", ".join(value) or DASH),
    (JsonValue, lambda value: json.dumps(value, ensure_ascii=False) if value else DASH),
)


def say(field: Field, value: Any, zone: ZoneInfo, label: str | None = None) -> str:
    """A field's value in words; `label` is what a reference is called. Nothing is a dash."""
    if value is None or value == "":
        return DASH
    if isinstance(value, Dots):
        return str(value)
    if field.target:
        return label or DASH
    return _say(field, value, zone)


def _say(field: Field, value: Any, zone: ZoneInfo) -> str:
    kind = field.type
    if isinstance(value, Choice):
        return value.label
    if isinstance(kind, Instant):
        return show_instant(value, zone, weekly=field.weekly)
    if isinstance(kind, Day):
        return show_weekly(value) if field.weekly else show_date(value)
    return next((said(value) for of, said in SAID if isinstance(kind, of)), str(value))


def short(text: str, longest: int = LONGEST) -> str:
    """One line, cut where a grid's cell would."""
    line = " ".join(text.split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def is_tabular(value: Any) -> bool:
    """Whether a JSON value reads best as a table: a list of objects that hold nothing nested."""
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(row, dict) and row for row in value)
        and not any(isinstance(cell, (dict, list)) for row in value for cell in row.values())
    )
