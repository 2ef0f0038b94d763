"""Dates, clock times and moments as people and spreadsheets write them; day or month first is decided for a whole column."""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from domain.exchange.imports.spoken import months_by_word
from domain.kit.fold import fold

ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
PARTED = re.compile(r"(\d{1,2})([/.\-])(\d{1,2})\2(\d{4}|\d{2})")
YEAR_FIRST = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})")
WEEKDAY = re.compile(r"[^\W\d_]+(?:-feira)?\.?,\s+(?=\d)")  # before a date, as the app says one that people plan by
NAMED = re.compile(r"(\d{1,2})(?: de)? ([^\W\d_]+)\.?(?: de)? (\d{4})(?!\d)", re.IGNORECASE)
SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
CLOCK = re.compile(r"(\d{1,2})(?:[:h](\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?|h)\s*(?:([ap])\.?\s?m\.?)?", re.IGNORECASE)
ZONED = re.compile(r"(?:Z|[+-]\d{2}:?\d{2})$")
EXCEL_FIRST = dt.datetime(1899, 12, 30)  # noqa: DTZ001 -- Excel's days have no zone
LAST_SERIAL = 110_000  # the year 2201
CENTURY = 70  # 69 is 2069, 70 is 1970


@dataclass(frozen=True)
class Order:
    """Whether the day comes first in a column, and how that is known."""

    day_first: bool = True
    is_sure: bool = True  # some date of the column can't be read the other way
    matters: bool = False  # some date of the column can be read both ways


BRAZILIAN = Order()


def order_of(texts: Iterable[str]) -> Order:
    """Day or month first, decided for all of a column; the day, as Brazil writes it, where nothing tells."""
    pairs = {(int(found[1]), int(found[3])) for each in texts if (found := PARTED.match(each.strip()))}
    day_must, month_must = any(one > 12 for one, _two in pairs), any(two > 12 for _one, two in pairs)
    matters = any(one <= 12 and two <= 12 and one != two for one, two in pairs)
    return Order(day_first=day_must or not month_must, is_sure=day_must or month_must or not pairs, matters=matters)


def day(cell: object, order: Order) -> dt.date | None:
    """The date in a cell, or None."""
    if isinstance(cell, dt.datetime):
        return cell.date() if cell.time() == dt.time() else None
    if isinstance(cell, dt.date):
        return cell
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _serial(cell).date() if float(cell).is_integer() and 1 <= cell <= LAST_SERIAL else None
    text = _in_figures(str(cell).strip())
    if found := ISO.fullmatch(text) or YEAR_FIRST.fullmatch(text):
        return _date(found[1], found[2], found[3])
    if found := PARTED.fullmatch(text):
        one, two = (found[1], found[3]) if order.day_first else (found[3], found[1])
        return _date(_year(found[4]), two, one)
    if SERIAL.fullmatch(text) and "." not in text:
        return day(int(text), order)
    head, _space, clock = text.replace("T", " ").partition(" ")
    return day(head, order) if head and time(clock) == dt.time() and not SERIAL.fullmatch(head) else None


def time(cell: object) -> dt.time | None:
    """The clock time in a cell, or None."""
    if isinstance(cell, dt.datetime):
        return cell.time() if cell.date() <= dt.date(1900, 1, 1) else None  # a time alone, as some programs keep it
    if isinstance(cell, dt.time):
        return cell.replace(tzinfo=None)
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _serial(float(cell)).time() if 0 <= cell < 1 else None
    found = CLOCK.fullmatch(str(cell).strip())
    if found is None:
        return None
    hour, minute, second = int(found[1]), int(found[2] or 0), int(found[3] or 0)
    if found[5]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if found[5].lower() == "p" else 0)
    try:
        return dt.time(hour, minute, second, int((found[4] or "").ljust(6, "0")))
    except ValueError:
        return None


def moment(cell: object, order: Order, zone: ZoneInfo) -> dt.datetime | None:
    """The moment in a cell, on the school's clock unless it names a zone; a date alone is the day's beginning. Or None."""
    if isinstance(cell, dt.datetime):
        return _instant(cell, zone)
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _instant(_serial(cell), zone) if 1 <= cell <= LAST_SERIAL else None
    if isinstance(cell, dt.time):
        return None
    if found := day(cell, order):
        return _instant(dt.datetime.combine(found, dt.time()), zone)
    text = _in_figures(str(cell).strip())
    if ZONED.search(text):
        try:
            return _instant(dt.datetime.fromisoformat(text), zone)
        except ValueError:
            return None
    head, _space, clock = text.replace("T", " ").replace(",", " ").partition(" ")
    when, at = day(head, order), time(clock)
    return _instant(dt.datetime.combine(when, at), zone) if when and at is not None else None


def _in_figures(text: str) -> str:
    """`Mon, 30 Nov 2026 18:00` as 2026-11-30 18:00; what names no month, without the weekday before it."""
    bare = WEEKDAY.sub("", text, count=1)
    found = NAMED.match(bare)
    month = months_by_word().get(fold(found[2])) if found else None
    return f"{found[3]}-{month}-{found[1]}{bare[found.end() :]}" if found and month else bare


def is_day_alone(cell: object) -> bool:
    """Whether a cell says no time of day."""
    if isinstance(cell, str):
        return ":" not in cell and "h" not in cell.lower()
    return isinstance(cell, dt.date) and not isinstance(cell, dt.datetime)


def _instant(found: dt.datetime, zone: ZoneInfo) -> dt.datetime | None:
    try:
        return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(dt.UTC)
    except (OverflowError, ValueError):
        return None


def _serial(number: float) -> dt.datetime:
    whole = EXCEL_FIRST + dt.timedelta(days=number)
    return whole + dt.timedelta(microseconds=500) - dt.timedelta(microseconds=(whole.microsecond + 500) % 1000)  # to milliseconds


def _year(text: str) -> str:
    return text if len(text) == 4 else str((2000 if int(text) < CENTURY else 1900) + int(text))


def _date(year: str, month: str, of_month: str) -> dt.date | None:
    try:
        return dt.date(int(year), int(month), int(of_month))
    except ValueError:
        return None
