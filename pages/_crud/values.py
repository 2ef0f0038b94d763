"""From a field's value to what its widget holds, and back. No widget is drawn here, so that the round trip can be tried alone.

`seed` and `read` are inverse for every value that a column can hold; `read` raises `Unreadable`, with a source text, for what
isn't a value of the field's type at all. Whether a value is allowed is asked of the domain, not here.
"""

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from babel.numbers import NumberFormatError, format_decimal, parse_decimal

from domain.db.types import (
    Cents,
    ChoiceType,
    ClockTime,
    Day,
    Document,
    Flag,
    Instant,
    JsonValue,
    Key,
    Money,
    Number,
    Phone,
    Shaped,
    ShortText,
    Tags,
    Whole,
)
from domain.kit.documents import format_document
from domain.kit.money import from_cents, to_cents, to_money
from domain.kit.phones import format_phone
from domain.kit.texts import N_, language
from domain.records.fields import Field


class Unreadable(ValueError):
    """What was typed isn't a value of this type. `source`: a text for gettext; `params` fill it."""

    def __init__(self, source: str, **params: Any) -> None:
        super().__init__(source)
        self.source, self.params = source, params


@dataclass(frozen=True)
class Exchange:
    """How a type's values and its widget's go into each other."""

    seed: Callable[[Field, Any, ZoneInfo], Any]
    read: Callable[[Field, Any, ZoneInfo], Any]


def exchange(field: Field) -> Exchange:
    """The exchange of a field's type, found along the type's classes."""
    for kind in type(field.type).__mro__:
        if kind in EXCHANGES:
            return EXCHANGES[kind]
    raise TypeError(f"no widget for {type(field.type).__name__}")


def seed(field: Field, value: Any, zone: ZoneInfo) -> Any:
    """What the widget of a field starts with."""
    return exchange(field).seed(field, value, zone)


def read(field: Field, raw: Any, zone: ZoneInfo) -> Any:
    """The value that a widget holds."""
    return exchange(field).read(field, raw, zone)


def held(field: Field, seed: Any) -> Any:
    """What a widget that starts with `seed` gives back while nobody touches it: clocks show minutes alone."""
    return seed.replace(second=0, microsecond=0) if isinstance(field.type, (ClockTime, Instant)) and seed else seed


def _as_it_is(_field: Field, value: Any, _zone: ZoneInfo) -> Any:
    return value


def _text(_field: Field, value: Any, _zone: ZoneInfo) -> str:
    return value or ""


def _read_text(_field: Field, raw: Any, _zone: ZoneInfo) -> str | None:
    return raw or None


def _document(_field: Field, value: Any, _zone: ZoneInfo) -> str:
    return format_document(value) if value else ""


def _phone(_field: Field, value: Any, _zone: ZoneInfo) -> str:
    return format_phone(value) if value else ""


def _flag(field: Field, value: Any, _zone: ZoneInfo) -> Any:
    return bool(value) if field.required else value


def _numbers() -> str:
    return "pt_BR" if language() == "pt_BR" else "en_US"


def _amount(value: Decimal | None) -> str:
    return "" if value is None else str(format_decimal(value, "#,##0.00", locale=_numbers()))


def _read_amount(raw: Any) -> Decimal | None:
    text = str(raw or "").replace("R$", "").replace("\u00a0", "").strip()
    if not text:
        return None
    try:
        return to_money(parse_decimal(text, locale=_numbers(), strict=True))
    except (NumberFormatError, ValueError):
        raise Unreadable(N_("This isn't an amount of money, such as {example}."), example=_amount(Decimal("1234.56"))) from None


def _money(_field: Field, value: Any, _zone: ZoneInfo) -> str:
    return _amount(value)


def _read_money(_field: Field, raw: Any, _zone: ZoneInfo) -> Decimal | None:
    return _read_amount(raw)


def _cents(_field: Field, value: Any, _zone: ZoneInfo) -> str:
    return _amount(None if value is None else from_cents(value))


def _read_cents(_field: Field, raw: Any, _zone: ZoneInfo) -> int | None:
    amount = _read_amount(raw)
    return None if amount is None else to_cents(amount)


def _read_whole(_field: Field, raw: Any, _zone: ZoneInfo) -> int | None:
    if raw is None:
        return None
    if isinstance(raw, float) and not raw.is_integer():
        raise Unreadable(N_("This must be a whole number."))
    return int(raw)


def _read_number(_field: Field, raw: Any, _zone: ZoneInfo) -> float | None:
    if raw is None:
        return None
    if not math.isfinite(raw):
        raise Unreadable(N_("This must be a number."))
    return float(raw)


def _instant(_field: Field, value: datetime | None, zone: ZoneInfo) -> datetime | None:
    return None if value is None else value.astimezone(zone).replace(tzinfo=None)


def _read_instant(_field: Field, raw: datetime | None, zone: ZoneInfo) -> datetime | None:
    return None if raw is None else raw.replace(tzinfo=zone).astimezone(UTC)


def _json(_field: Field, value: Any, _zone: ZoneInfo) -> str:
    return "" if value is None else json.dumps(value, ensure_ascii=False, indent=2)


def _no_constant(name: str) -> Any:
    raise Unreadable(N_("JSON has no {name}."), name=name)


def _read_json(_field: Field, raw: Any, _zone: ZoneInfo) -> Any:
    text = str(raw or "").strip()
    if not text:
        return None
    try:
        return json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        source = N_("This isn't JSON: something is wrong in line {line}, column {column}.")
        raise Unreadable(source, line=error.lineno, column=error.colno) from None
    except Unreadable:
        raise
    except ValueError:  # a number of more digits than Python reads
        raise Unreadable(N_("This isn't JSON that can be kept: a number in it is too long.")) from None
    except RecursionError:
        raise Unreadable(N_("This is nested too deeply.")) from None


def _tags(_field: Field, value: Any, _zone: ZoneInfo) -> list[str]:
    return list(value or [])


def _read_tags(field: Field, raw: Any, _zone: ZoneInfo) -> list[str] | None:
    return list(raw) if raw or field.required else None


def _read_day(_field: Field, raw: Any, _zone: ZoneInfo) -> date | None:
    return raw if isinstance(raw, date) else None


def _read_clock(_field: Field, raw: Any, _zone: ZoneInfo) -> time | None:
    return raw if isinstance(raw, time) else None


EXCHANGES: dict[type[Shaped], Exchange] = {
    ShortText: Exchange(_text, _read_text),
    Document: Exchange(_document, _read_text),
    Phone: Exchange(_phone, _read_text),
    ChoiceType: Exchange(_as_it_is, _as_it_is),
    Key: Exchange(_as_it_is, _as_it_is),
    Flag: Exchange(_flag, _as_it_is),
    Whole: Exchange(_as_it_is, _read_whole),
    Cents: Exchange(_cents, _read_cents),
    Number: Exchange(_as_it_is, _read_number),
    Money: Exchange(_money, _read_money),
    Day: Exchange(_as_it_is, _read_day),
    ClockTime: Exchange(_as_it_is, _read_clock),
    Instant: Exchange(_instant, _read_instant),
    JsonValue: Exchange(_json, _read_json),
    Tags: Exchange(_tags, _read_tags),
}
