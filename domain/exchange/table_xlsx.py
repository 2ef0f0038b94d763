"""Rows as an Excel file: real numbers, dates and times, and texts that are never formulas. Written line by line to a file."""

from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from xlsxwriter import Workbook

from domain.db.types import Cents, ClockTime, Day, Flag, Instant, LongText, Money, Number, Weekday, Whole
from domain.kit.money import from_cents
from domain.records.fields import Field
from domain.records.masks import MASK
from domain.records.query import Row
from domain.records.show import DASH, say

LONGEST_TEXT = 32_767  # characters in a cell
EXACT = 10**15  # a cell holds fifteen digits
FIRST_YEAR = 1900  # before it Excel has no dates
DAY, MOMENT, CLOCK, AMOUNT = "dd/mm/yyyy", "dd/mm/yyyy hh:mm", "hh:mm", "#,##0.00"
WIDTHS = (
    (Instant, 17),
    (Day, 12),
    (ClockTime, 9),
    (Flag, 9),
    (Money, 13),
    (Cents, 13),
    (Whole, 10),
    (Number, 12),
    (LongText, 50),
)


class Book:
    """An Excel file with one sheet. `close` writes it."""

    def __init__(self, path: Path, title: str, columns: Sequence[Field], zone: ZoneInfo) -> None:
        self.book = Workbook(str(path), {"constant_memory": True, "tmpdir": str(path.parent), "in_memory": False})
        self.columns, self.zone, self.next = tuple(columns), zone, 1
        self.formats = {name: self.book.add_format({"num_format": name}) for name in (DAY, MOMENT, CLOCK, AMOUNT)}
        self.sheet = self.book.add_worksheet(sheet_name(title))
        bold = self.book.add_format({"bold": True, "bottom": 1})
        for at, field in enumerate(self.columns):
            self.sheet.set_column(at, at, next((width for kind, width in WIDTHS if isinstance(field.type, kind)), 24))
            self.sheet.write_string(0, at, field.label, bold)
        self.sheet.freeze_panes(1, 0)

    def add(self, rows: Sequence[Row]) -> None:
        """Write these rows under what stands there."""
        for row in rows:
            for at, field in enumerate(self.columns):
                value = row.values.get(field.name)
                if value is not None and value != "":
                    self._write(at, field, value, row.labels.get(field.name))
            self.next += 1

    def close(self) -> None:
        """Finish the file."""
        self.book.close()

    def _write(self, at: int, field: Field, value: Any, label: str | None) -> None:
        found, how = typed(field, value, self.zone)
        if isinstance(found, int | float | Decimal):
            self.sheet.write_number(self.next, at, found, self.formats[how] if how else None)
        elif isinstance(found, date | time):
            self.sheet.write_datetime(self.next, at, found, self.formats[how])
        else:
            said = MASK if value == MASK else say(field, value, self.zone, label)
            if said != DASH:
                self.sheet.write_string(self.next, at, said[:LONGEST_TEXT])


def typed(field: Field, value: Any, zone: ZoneInfo) -> tuple[Any, str]:
    """A value as Excel's own number, date or time, and how it is shown; None for what is written as text."""
    kind = field.type
    if value == MASK or isinstance(value, bool) or isinstance(kind, Weekday):
        return None, ""
    if isinstance(kind, Cents):
        return from_cents(value), AMOUNT
    if isinstance(kind, Money):
        return value, AMOUNT
    if isinstance(kind, Whole | Number):
        return (value, "") if abs(value) < EXACT else (None, "")
    if isinstance(kind, Instant):
        local: datetime = value.astimezone(zone).replace(tzinfo=None)
        return (local, MOMENT) if local.year >= FIRST_YEAR else (None, "")
    if isinstance(kind, Day):
        return (value, DAY) if value.year >= FIRST_YEAR else (None, "")
    return (value, CLOCK) if isinstance(kind, ClockTime) else (None, "")


def sheet_name(title: str) -> str:
    """At most 31 characters, without those that Excel refuses."""
    return "".join(" " if each in "[]:*?/\\'" else each for each in title).strip()[:31] or "1"
