"""Column types: what a value is, how it is stored, and what is wrong with one that doesn't fit.

A page finds its widget, and a check its rule, along a type's classes: `Email` is a `ShortText` is a `Shaped`. Each type
says what is wrong with a value by `problem()`, a source text for gettext, or None.
"""

import math
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from sqlalchemy import BLOB, DATE, INTEGER, REAL, TIME, TIMESTAMP, Boolean, Dialect

from domain.db.json_types import JsonList, JsonObject, JsonValue, Tags
from domain.db.shapes import Choice, Shaped, has_unkept
from domain.db.text_types import AccessKey, Color, Cpf, Document, Email, LongText, Phone, ShortText, Slug, Url
from domain.kit.ids import is_id
from domain.kit.money import LARGEST, to_cents, to_money
from domain.kit.texts import N_

__all__ = [
    "AccessKey",
    "Bytes",
    "Cents",
    "Choice",
    "ChoiceType",
    "ClockTime",
    "Color",
    "Cpf",
    "Day",
    "Document",
    "Email",
    "Flag",
    "Fraction",
    "Instant",
    "JsonList",
    "JsonObject",
    "JsonValue",
    "Key",
    "LongText",
    "Money",
    "Number",
    "Phone",
    "Shaped",
    "ShortText",
    "Slug",
    "Tags",
    "Url",
    "Weekday",
    "Whole",
    "has_unkept",
]

WHOLE_LIMIT = 2**53 - 1  # beyond it a browser's number is not exact any more
EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)  # what a calendar offers; a year of three digits is a slip of the finger
OUT_OF_TIME = N_("This must be between 1900 and 2199.")


class Key(Shaped):
    """A ULID: a record's own key or a reference to another's."""

    cache_ok = True

    def problem(self, value: Any) -> str | None:
        return None if is_id(value) else N_("Please choose one from the list.")


class ChoiceType(Shaped):
    """A closed set, kept as its value under a CHECK."""

    cache_ok = True

    def __init__(self, kind: type[Choice]) -> None:
        super().__init__()
        self.kind = kind

    def tidy(self, value: Any) -> Any:
        if isinstance(value, str) and not isinstance(value, Choice) and value in set(self.kind):
            return self.kind(value)
        return value

    def problem(self, value: Any) -> str | None:
        return None if isinstance(value, self.kind) else N_("Please choose one from the list.")

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else self.kind(value).value

    def process_result_value(self, value: Any, dialect: Dialect) -> Choice | None:
        return None if value is None else self.kind(value)


class Flag(Shaped):
    """Yes or no."""

    cache_ok = True
    impl = Boolean

    def problem(self, value: Any) -> str | None:
        return None if isinstance(value, bool) else N_("This must be yes or no.")


class Whole(Shaped):
    """A whole number."""

    cache_ok = True
    impl = INTEGER

    def problem(self, value: Any) -> str | None:
        if isinstance(value, bool) or not isinstance(value, int):
            return N_("This must be a whole number.")
        return None if abs(value) <= WHOLE_LIMIT else N_("This number is too large.")


class Weekday(Whole):
    """A day of the week: 0 is Sunday, 6 Saturday."""

    cache_ok = True


class Cents(Whole):
    """An amount in whole cents; people see and type reais."""

    cache_ok = True

    def problem(self, value: Any) -> str | None:
        return super().problem(value) or (None if abs(value) <= to_cents(LARGEST) else N_("This number is too large."))


class Number(Shaped):
    """A number with places."""

    cache_ok = True
    impl = REAL

    def tidy(self, value: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
            return value
        try:
            return float(value)
        except OverflowError:
            return float("inf")
        except ValueError:  # a signalling NaN
            return float("nan")

    def problem(self, value: Any) -> str | None:
        return None if isinstance(value, float) and math.isfinite(value) else N_("This must be a number.")


class Fraction(Number):
    """A number from 0 to 1."""

    cache_ok = True


class Money(Shaped):
    """An amount in reais: a Decimal with two places in Python, a REAL in the column."""

    cache_ok = True
    impl = REAL

    def tidy(self, value: Any) -> Any:
        if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
            try:
                return to_money(value)
            except ValueError:
                return value
        return value

    def problem(self, value: Any) -> str | None:
        try:
            fits = isinstance(value, Decimal) and to_money(value) == value
        except ValueError:
            fits = False
        return None if fits else N_("This isn't an amount of money with at most two places.")

    def process_bind_param(self, value: Any, dialect: Dialect) -> float | None:
        return None if value is None else float(to_money(value))

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(str(value)).quantize(Decimal("0.01"))


class Day(Shaped):
    """A date on the school's calendar."""

    cache_ok = True
    impl = DATE

    def problem(self, value: Any) -> str | None:
        if not isinstance(value, date) or isinstance(value, datetime):
            return N_("This must be a date.")
        return None if EARLIEST <= value <= LATEST else OUT_OF_TIME


class ClockTime(Shaped):
    """A time on the school's wall clock."""

    cache_ok = True
    impl = TIME

    def problem(self, value: Any) -> str | None:
        return None if isinstance(value, time) and value.tzinfo is None else N_("This must be a time of day.")


class Instant(Shaped):
    """A moment: UTC and aware in Python; a naive one is refused, since SQLite would drop the zone unseen."""

    cache_ok = True
    impl = TIMESTAMP

    def problem(self, value: Any) -> str | None:
        if not isinstance(value, datetime) or value.tzinfo is None:
            return N_("This must be a date and time.")
        return None if EARLIEST.year <= value.year <= LATEST.year else OUT_OF_TIME

    def process_bind_param(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a zone can't be kept")
        return value.astimezone(UTC).replace(tzinfo=None)  # type: ignore[no-any-return]

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class Bytes(Shaped):
    """Bytes that no form edits: sealed texts, vectors."""

    cache_ok = True
    impl = BLOB

    def problem(self, value: Any) -> str | None:
        return None if isinstance(value, bytes) else N_("This must be bytes.")
