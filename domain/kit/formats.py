"""Dates, times, money and numbers as people write them in the language spoken now (Babel, CLDR)."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_time, get_day_names
from babel.numbers import format_currency, format_decimal, format_percent, format_scientific

from domain.kit.clock import now
from domain.kit.texts import _, language

LONGEST_NUMBER = 10**18


def _locale() -> str:
    # British order for English: a school in Brazil reads 3/4 as the third of April in either language.
    return "pt_BR" if language() == "pt_BR" else "en_GB"


def show_date(value: date) -> str:
    """03/04/2026."""
    return str(format_date(value, "dd/MM/yyyy", locale=_locale()))


def show_day(value: date) -> str:
    """Fri 3 Apr, in the language's own words."""
    return str(format_date(value, "EEE, d 'de' MMM" if language() == "pt_BR" else "EEE d MMM", locale=_locale()))


def show_weekly(value: date) -> str:
    """Fri, 3 Apr 2026, or sex., 03/04/2026: a date that people plan by, with its weekday and year."""
    return str(format_date(value, "EEE, dd/MM/yyyy" if language() == "pt_BR" else "EEE, d MMM yyyy", locale=_locale()))


def show_short_weekday(value: date) -> str:
    """Fri, or sex"""
    return str(format_date(value, "EEE", locale=_locale())).rstrip(".")


def show_month(value: date) -> str:
    """Apr 2026, in the language's own words."""
    return str(format_date(value, "MMM 'de' yyyy" if language() == "pt_BR" else "MMM yyyy", locale=_locale()))


def show_time(value: time) -> str:
    """14:30."""
    return str(format_time(value, "HH:mm", locale=_locale()))


def show_instant(value: datetime, zone: ZoneInfo, *, weekly: bool = False) -> str:
    """03/04/2026 14:30 on the school's clock. `weekly`: with its weekday."""
    if weekly:
        local = value.astimezone(zone)
        return f"{show_weekly(local.date())} {show_time(local.time())}"
    return str(format_datetime(value.astimezone(zone), "dd/MM/yyyy HH:mm", locale=_locale()))


def show_when(value: datetime, zone: ZoneInfo) -> str:
    """As people say it: today 14:30, yesterday 14:30, else date and time."""
    local = value.astimezone(zone)
    clock = show_time(local.time())
    days = (now().astimezone(zone).date() - local.date()) / timedelta(days=1)
    words = {0: _("today {time}"), 1: _("yesterday {time}"), -1: _("tomorrow {time}")}
    said = words.get(int(days))
    return said.format(time=clock) if said else show_instant(value, zone)


def show_money(value: Decimal) -> str:
    """R$ 1.234,56 in Portuguese."""
    return str(format_currency(value, "BRL", locale="pt_BR" if language() == "pt_BR" else "en_US"))


def show_number(value: Decimal | float | int) -> str:
    """With the language's separators and at most four places; as a power of ten what would be a row of zeros."""
    if abs(float(value)) >= LONGEST_NUMBER:
        return str(format_scientific(value, "0.####E0", locale=_locale()))
    return str(format_decimal(value, "#,##0.####", locale=_locale()))


def show_limit(value: Decimal | float) -> str:
    """A bound in a message: the language's decimal sign, and no separator in thousands, for it may be a year."""
    return str(format_decimal(value, "0.####", locale=_locale()))


def show_percent(value: float) -> str:
    """0.87 as 87%."""
    return str(format_percent(value, locale=_locale()))


def show_weekday(value: int, *, alone: bool = True) -> str:
    """0 as Sunday, 6 as Saturday; within a sentence (not `alone`) Portuguese begins it with a small letter."""
    name = str(get_day_names("wide", locale=_locale())[(value - 1) % 7])
    return name.capitalize() if alone else name
