"""Column types: what a value is, how it is stored, and what is wrong with one that doesn't fit.

A page finds its widget, and a check its rule, along a type's classes: `Email` is a `ShortText` is a `Shaped`. Each type
says what is wrong with a value by `problem()`, a source text for gettext, or None.
"""

import json
import math
import re
import unicodedata
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar
from urllib.parse import urlsplit

from sqlalchemy import BLOB, DATE, INTEGER, JSON, REAL, TEXT, TIME, TIMESTAMP, Boolean, Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

from domain.kit.documents import NFE_KEY_LENGTH, bare, is_cnpj, is_cpf, is_nfe_key
from domain.kit.ids import is_id
from domain.kit.money import LARGEST, to_cents, to_money
from domain.kit.texts import N_, _

WHOLE_LIMIT = 2**53 - 1  # beyond it a browser's number is not exact any more
EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)  # what a calendar offers; a year of three digits is a slip of the finger
UNKEPT = N_("This holds a character that can't be kept, such as a line break or a null byte.")
OUT_OF_TIME = N_("This must be between 1900 and 2199.")


def has_unkept(text: str, *, lines: bool = False) -> bool:
    """Whether a text holds what no column keeps: control characters (save those of `lines`) and halves of surrogate pairs."""
    return any(unicodedata.category(each) in {"Cc", "Cs"} and not (lines and each in "\n\t\r") for each in text)


class Choice(StrEnum):
    """A closed set of values, each with the word that a person reads: `PAID = "paid", N_("Paid")`."""

    source: str

    def __new__(cls, value: str, source: str = "") -> "Choice":
        member = str.__new__(cls, value)
        member._value_ = value
        member.source = source or value
        return member

    @property
    def label(self) -> str:
        """The word for it in the language spoken now."""
        return _(self.source)


class Shaped(TypeDecorator[Any]):
    """What all types of ours share: values are tidied, then looked at."""

    cache_ok = True
    impl: TypeEngine[Any] | type[TypeEngine[Any]] = TEXT
    searchable: ClassVar[bool] = False

    def tidy(self, value: Any) -> Any:
        """The value as it will be kept: trimmed, without a document's dots. Never fails."""
        return value

    def problem(self, value: Any) -> str | None:
        """What is wrong with a tidied value that isn't None: a source text, or None if it fits."""
        return None


class ShortText(Shaped):
    """One line of text."""

    cache_ok = True
    searchable = True
    lines: ClassVar[bool] = False

    def __init__(self, length: int = 200) -> None:
        super().__init__()
        self.length = length

    def tidy(self, value: Any) -> Any:
        return (value.strip() or None) if isinstance(value, str) else value

    def problem(self, value: Any) -> str | None:
        if not isinstance(value, str):
            return N_("This must be text.")
        if has_unkept(value, lines=self.lines):
            return UNKEPT
        if len(value) > self.length:
            return N_("This is too long: at most {limit} characters.")
        return self.shape_problem(value)

    def shape_problem(self, value: str) -> str | None:
        """What the narrower types add."""
        return None


class LongText(ShortText):
    """Text of several lines."""

    cache_ok = True
    lines = True

    def __init__(self, length: int = 20_000) -> None:
        super().__init__(length)

    def tidy(self, value: Any) -> Any:
        value = super().tidy(value)
        return value.replace("\r\n", "\n").replace("\r", "\n") if isinstance(value, str) else value


class Email(ShortText):
    """An e-mail address in lower case."""

    cache_ok = True

    def tidy(self, value: Any) -> Any:
        value = super().tidy(value)
        return value.lower() if isinstance(value, str) else value

    def shape_problem(self, value: str) -> str | None:
        fits = re.fullmatch(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+", value)
        return None if fits else N_("This isn't an e-mail address, such as ana@example.com.")


class Phone(ShortText):
    """A telephone number, kept as digits with the country's code where it was given: `+5511987654321`."""

    cache_ok = True

    def __init__(self, length: int = 20) -> None:
        super().__init__(length)

    def tidy(self, value: Any) -> Any:
        value = super().tidy(value)
        return re.sub(r"[()\-.\s]", "", value) or None if isinstance(value, str) else value

    def shape_problem(self, value: str) -> str | None:
        fits = re.fullmatch(r"\+?[0-9]{8,15}", value)
        return None if fits else N_("This isn't a phone number, such as (11) 98765-4321.")


class Document(ShortText):
    """A CPF or a CNPJ, kept bare."""

    cache_ok = True
    searchable = False

    def __init__(self, length: int = 14) -> None:
        super().__init__(length)

    def tidy(self, value: Any) -> Any:
        value = super().tidy(value)
        return bare(value) or None if isinstance(value, str) else value

    def shape_problem(self, value: str) -> str | None:
        return None if is_cpf(value) or is_cnpj(value) else N_("This is neither a CPF nor a CNPJ: a digit is wrong.")


class Cpf(Document):
    """A CPF, kept as 11 digits."""

    cache_ok = True

    def __init__(self, length: int = 11) -> None:
        super().__init__(length)

    def shape_problem(self, value: str) -> str | None:
        return None if is_cpf(value) else N_("This isn't a CPF: a digit is wrong.")


class AccessKey(ShortText):
    """A fiscal document's access key (NF-e, NFC-e, CT-e), kept as 44 characters without spaces."""

    cache_ok = True

    def __init__(self, length: int = NFE_KEY_LENGTH) -> None:
        super().__init__(length)

    def tidy(self, value: Any) -> Any:
        value = super().tidy(value)
        return bare(value) or None if isinstance(value, str) else value

    def shape_problem(self, value: str) -> str | None:
        if is_nfe_key(value):
            return None
        return N_("This isn't an access key: it has 44 characters, and the last one checks the others.")


class Color(ShortText):
    """A colour as #RRGGBB."""

    cache_ok = True
    searchable = False

    def __init__(self, length: int = 7) -> None:
        super().__init__(length)

    def shape_problem(self, value: str) -> str | None:
        return None if re.fullmatch(r"#[0-9A-Fa-f]{6}", value) else N_("This isn't a colour, such as #5B4BC4.")


class Url(ShortText):
    """A web address, https or http."""

    cache_ok = True
    searchable = False

    def __init__(self, length: int = 500) -> None:
        super().__init__(length)

    def shape_problem(self, value: str) -> str | None:
        try:
            parts = urlsplit(value)
            fits = parts.scheme in {"http", "https"} and bool(parts.hostname) and " " not in value
        except ValueError:
            fits = False
        return None if fits else N_("This isn't a web address, such as https://example.com.")


class Slug(ShortText):
    """A name for URLs: lower-case letters, digits, hyphens."""

    cache_ok = True

    def shape_problem(self, value: str) -> str | None:
        fits = re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", value)
        return None if fits else N_("Please use lower-case letters, digits and hyphens only.")


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


def _is_deeper(value: Any, levels: int) -> bool:
    """Whether lists and objects stand in one another more than so many levels deep."""
    level = [value]
    for _level in range(levels + 1):
        level = [
            inner
            for each in level
            if isinstance(each, (dict, list))
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
    return bool(level)


class JsonValue(Shaped):
    """Anything that JSON can say."""

    cache_ok = True
    impl = JSON
    limit: ClassVar[int] = 200_000
    deepest: ClassVar[int] = 100  # levels: what is read back by recursion, here and in a browser, must not run out of stack

    def __init__(self) -> None:
        super().__init__(none_as_null=True)

    def problem(self, value: Any) -> str | None:
        try:
            size = len(json.dumps(value, allow_nan=False, ensure_ascii=False).encode())
        except (TypeError, ValueError, RecursionError):
            return N_("This can't be kept as JSON.")
        if _is_deeper(value, self.deepest):
            return N_("This can't be kept as JSON.")
        return None if size <= self.limit else N_("This is too long.")

    def coerce_compared_value(self, op: Any, value: Any) -> Any:
        return self.impl_instance.coerce_compared_value(op, value)


class JsonObject(JsonValue):
    """A JSON object: names and values."""

    cache_ok = True

    def problem(self, value: Any) -> str | None:
        return super().problem(value) if isinstance(value, dict) else N_('This must be a JSON object, such as {{"a": 1}}.')


class JsonList(JsonValue):
    """A JSON list."""

    cache_ok = True

    def problem(self, value: Any) -> str | None:
        return super().problem(value) if isinstance(value, list) else N_('This must be a JSON list, such as ["a", "b"].')


class Tags(JsonList):
    """A JSON list of words."""

    cache_ok = True
    searchable = True

    def problem(self, value: Any) -> str | None:
        if not isinstance(value, list) or not all(isinstance(each, str) and each.strip() for each in value):
            return N_("This must be a list of words.")
        return UNKEPT if any(has_unkept(each) for each in value) else super().problem(value)


class Bytes(Shaped):
    """Bytes that no form edits: sealed texts, vectors."""

    cache_ok = True
    impl = BLOB

    def problem(self, value: Any) -> str | None:
        return None if isinstance(value, bytes) else N_("This must be bytes.")
