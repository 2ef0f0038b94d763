"""Pure rules about a school as such: when it is open, and what its clock says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

USUAL_DAY = (time(8), time(18))
LONGEST_SEARCH = 400  # days: a school that is closed for longer has no next opening


@dataclass(frozen=True)
class SchoolHours:
    """When a school is open. `days`: weekday (0 = Sunday … 6 = Saturday) → opening and closing; `closed`: dates."""

    zone: ZoneInfo
    days: Mapping[int, tuple[time, time]] = field(default_factory=lambda: dict.fromkeys(range(1, 6), USUAL_DAY))
    closed: frozenset[date] = frozenset()

    def open_on(self, day: date) -> tuple[datetime, datetime] | None:
        """From when to when the school is open on a day, or None."""
        hours = self.days.get(day.isoweekday() % 7)
        if hours is None or day in self.closed:
            return None
        return datetime.combine(day, hours[0], self.zone), datetime.combine(day, hours[1], self.zone)

    def next_open(self, moment: datetime) -> datetime | None:
        """This moment if the school is open then, else the next opening; None if there is none."""
        day = moment.astimezone(self.zone).date()
        for step in range(LONGEST_SEARCH):
            hours = self.open_on(day + timedelta(days=step))
            if hours and moment < hours[1]:
                return max(moment, hours[0])
        return None

    def after_open_time(self, moment: datetime, span: timedelta) -> datetime | None:
        """The moment at which the school will have been open for so long since another; None if it never will."""
        start = self.next_open(moment)
        while start is not None:
            hours = self.open_on(start.astimezone(self.zone).date())
            assert hours is not None
            if hours[1] - start >= span:
                return start + span
            span -= hours[1] - start
            start = self.next_open(hours[1])
        return None

    def next_day_at_this_hour(self, moment: datetime) -> datetime | None:
        """The same hour on the next day on which the school is open, kept within that day's hours; None if there is none."""
        start = self.next_open(moment)
        if start is None:
            return None
        local = start.astimezone(self.zone)
        midnight = datetime.combine(local.date() + timedelta(days=1), time(), self.zone)
        opening = self.next_open(midnight)
        hours = self.open_on(opening.astimezone(self.zone).date()) if opening else None
        if opening is None or hours is None:
            return None
        same_hour = datetime.combine(opening.astimezone(self.zone).date(), local.time(), self.zone)
        return min(max(same_hour, hours[0]), hours[1])


def hours_of(settings: Mapping[str, Any] | None, zone: ZoneInfo) -> SchoolHours:
    """The hours in a school's settings: `opening_hours`, `closed_days` and `holidays`. What makes no sense there is left out."""
    said = settings or {}
    days = _days(said.get("opening_hours"))
    weekdays, dates = closing_dates(said)
    open_days = {day: hours for day, hours in (days or SchoolHours(zone).days).items() if day not in weekdays}
    return SchoolHours(zone, open_days, frozenset(dates))


def closing_dates(settings: Mapping[str, Any]) -> tuple[set[int], dict[date, str]]:
    """The weekdays on which a school is closed by its settings, and the dates with what they are called, if anything."""
    closed = _list(settings.get("closed_days"))
    named = {_date(each): _name(each) for each in (*closed, *_list(settings.get("holidays")))}
    return {each for each in closed if isinstance(each, int)}, {day: name for day, name in named.items() if day is not None}


def stated_hours(settings: Mapping[str, Any] | None) -> dict[int, tuple[time, time]]:
    """The opening hours that a school's settings state, by weekday; none for a school that never said them."""
    return _days((settings or {}).get("opening_hours"))


def closed_days(settings: Mapping[str, Any] | None) -> frozenset[int | date]:
    """The weekdays and the dates, holidays among them, on which a school's settings say that it is closed."""
    said = settings or {}
    days = _list(said.get("closed_days"))
    weekdays = {each for each in days if isinstance(each, int) and not isinstance(each, bool)}
    dates = {_date(each) for each in (*days, *_list(said.get("holidays")))}
    return frozenset({*weekdays, *(day for day in dates if day is not None)})


@dataclass(frozen=True)
class Closure:
    """A day on which the school is closed though it is a day of its week; what it is called, if it has a name."""

    day: date
    name: str = ""


def closures(settings: Mapping[str, Any] | None, zone: ZoneInfo, first: date, last: date) -> list[Closure]:
    """Holidays and closed dates from `first` to `last`, the earliest first, save those on which it is closed anyway."""
    said = settings or {}
    _weekdays, named = closing_dates(said)
    days = hours_of(said, zone).days
    return [Closure(day, named[day]) for day in sorted(named) if first <= day <= last and day.isoweekday() % 7 in days]


def _name(value: Any) -> str:
    name = value.get("name") if isinstance(value, dict) else None
    return name if isinstance(name, str) else ""


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _days(value: Any) -> dict[int, tuple[time, time]]:
    found: dict[int, tuple[time, time]] = {}
    for day, hours in value.items() if isinstance(value, dict) else ():
        try:
            opening, closing = (time.fromisoformat(each).replace(tzinfo=None) for each in hours)
            weekday = int(day)
        except (TypeError, ValueError):
            continue
        if opening < closing and weekday in range(7):
            found[weekday] = opening, closing
    return found


def _date(value: Any) -> date | None:
    """A date from `2026-11-20` or `{"date": "2026-11-20", "name": …}`."""
    text = value.get("date") if isinstance(value, dict) else value
    try:
        return date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
