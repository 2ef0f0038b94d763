"""The demo's time: three terms around a given day, Brazil's holidays, and moments in school hours.

The terms follow the given day, so that whoever looks finds a term under way, eleven weeks of it held, whatever the season.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from domain.kit.clock import DEFAULT_ZONE

TERM_WEEKS, BREAK_WEEKS, WEEKS_HELD = 20, 4, 11
SUNDAY = 0
FIXED_HOLIDAYS = {
    (1, 1): "Confraternização Universal",
    (4, 21): "Tiradentes",
    (5, 1): "Dia do Trabalho",
    (9, 7): "Independência do Brasil",
    (10, 12): "Nossa Senhora Aparecida",
    (11, 2): "Finados",
    (11, 15): "Proclamação da República",
    (11, 20): "Consciência Negra",
    (12, 25): "Natal",
}
AFTER_EASTER = {-48: "Carnaval", -47: "Carnaval", -2: "Sexta-feira Santa", 60: "Corpus Christi"}


def easter(year: int) -> date:
    """Easter Sunday, after the anonymous Gregorian computus (Meeus, Jones, Butcher)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = b // 4, b % 4
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def holidays_of(year: int) -> dict[date, str]:
    """The national holidays of a year, with the days that schools keep beside them."""
    found = {date(year, month, day): name for (month, day), name in FIXED_HOLIDAYS.items()}
    found.update({easter(year) + timedelta(days=days): name for days, name in AFTER_EASTER.items()})
    return dict(sorted(found.items()))


def weekday(day: date) -> int:
    """0 = Sunday … 6 = Saturday, as schedules count."""
    return day.isoweekday() % 7


def month_start(day: date, months: int = 0) -> date:
    """The first day of a date's month, so many months on."""
    count = day.year * 12 + day.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def month_end(day: date) -> date:
    """The last day of a date's month."""
    return month_start(day, 1) - timedelta(days=1)


@dataclass(frozen=True)
class TermDates:
    """A term's name and first and last day."""

    name: str
    start: date
    end: date
    is_current: bool


class Calendar:
    """The days of one school, reckoned from its today."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.zone = ZoneInfo(DEFAULT_ZONE)
        monday = today - timedelta(days=today.weekday())
        self.start = monday - timedelta(weeks=WEEKS_HELD)
        self.terms = tuple(self._term(step) for step in (-1, 0, 1))
        years = range(self.terms[0].start.year, self.terms[2].end.year + 1)
        self.holidays = {day: name for year in years for day, name in holidays_of(year).items()}
        self._midnights: dict[date, datetime] = {}

    def _term(self, step: int) -> TermDates:
        start = self.start + timedelta(weeks=step * (TERM_WEEKS + BREAK_WEEKS))
        middle = self.start + timedelta(weeks=TERM_WEEKS // 2)
        half = middle.year * 2 + (middle.month > 6) + step
        end = start + timedelta(weeks=TERM_WEEKS, days=-2)
        return TermDates(f"{half // 2}/{half % 2 + 1}", start, end, step == 0)

    def at(self, day: date, minutes: int, seconds: int = 0) -> datetime:
        """The moment so many minutes after midnight on the school's wall clock, in UTC."""
        midnight = self._midnights.get(day)
        if midnight is None:
            midnight = datetime.combine(day, time(), self.zone).astimezone(UTC)
            self._midnights[day] = midnight
        return midnight + timedelta(minutes=minutes, seconds=seconds)

    def days_ago(self, days: int) -> date:
        """A date before today."""
        return self.today - timedelta(days=days)

    def is_open(self, day: date) -> bool:
        """Whether classes meet on this day: no Sunday, no holiday."""
        return weekday(day) != SUNDAY and day not in self.holidays

    def last_open_day(self, day: date) -> date:
        """This day, or the last one before it on which the school is open."""
        while not self.is_open(day):
            day -= timedelta(days=1)
        return day

    def meeting_days(self, weekdays: tuple[int, ...], term: TermDates) -> list[date]:
        """The days on which a class meets in a term."""
        days = (term.start + timedelta(days=each) for each in range((term.end - term.start).days + 1))
        return [day for day in days if weekday(day) in weekdays and self.is_open(day)]
