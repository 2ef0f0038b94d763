"""Rows as CSV, for a spreadsheet in the reader's language: UTF-8 with its mark, semicolons where the comma parts decimals.

Dates, numbers and documents are written as people write them. What a person typed is never a formula: OWASP, "CSV Injection".
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.numbers import format_decimal

from domain.db.types import Cents, Money, Number, Weekday, Whole
from domain.kit.money import from_cents
from domain.kit.texts import language
from domain.records.fields import Field
from domain.records.masks import MASK
from domain.records.query import Row
from domain.records.show import DASH, say

MARK = "\ufeff"
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
TEXT = "'"  # before what would be a formula: spreadsheets take the rest as text


def head(columns: Sequence[Field]) -> str:
    """The first line, with the mark by which spreadsheets know UTF-8."""
    return MARK + written([[safe(field.label) for field in columns]])


def lines(columns: Sequence[Field], rows: Sequence[Row], zone: ZoneInfo) -> str:
    """A line for each row. Dates stand without their weekdays, as spreadsheets take them for dates."""
    plain = [replace(field, weekly=False) for field in columns]
    return written([[cell(field, row, zone) for field in plain] for row in rows])


def cell(field: Field, row: Row, zone: ZoneInfo) -> str:
    """A value as it stands in the file; empty for nothing."""
    value = row.values.get(field.name)
    if value is None or value == "":
        return ""
    if value == MASK:
        return MASK
    number = _number(field, value)
    if number is not None:
        return number
    said = say(field, value, zone, row.labels.get(field.name))
    return "" if said == DASH else safe(said)


def safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return TEXT + text if text.lstrip(" ").startswith(FORMULA) else text


def _number(field: Field, value: object) -> str | None:
    """A number without separators in thousands, which programs read again; None for what is no number."""
    kind, locale = field.type, "pt_BR" if language() == "pt_BR" else "en_US"
    if isinstance(kind, Weekday) or not isinstance(value, int | float | Decimal) or isinstance(value, bool):
        return None
    if isinstance(kind, Money | Cents):
        amount = from_cents(int(value)) if isinstance(kind, Cents) else value
        return str(format_decimal(amount, "0.00", locale=locale))
    if isinstance(kind, Whole | Number):
        return str(format_decimal(value, "0.###############", locale=locale))
    return None


def written(rows: Sequence[Sequence[str]]) -> str:
    """Rows of cells, parted as a spreadsheet of this language expects."""
    text = io.StringIO()
    csv.writer(text, delimiter=";" if language() == "pt_BR" else ",", lineterminator="\r\n").writerows(rows)
    return text.getvalue()
