"""On which days a school is closed, and why: its own holidays and closed days, and the public ones of its state."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from functools import lru_cache
from typing import Any

import holidays

from domain.core.rules import closing_dates
from domain.kit.texts import N_

COUNTRY = "BR"
IN_LANGUAGES = {"en": "en_US", "pt_BR": "pt_BR"}


class Why(Enum):
    """Why a school is closed on a day."""

    OWN = N_("Holiday or closed day of the school")
    PUBLIC = N_("Public holiday")
    WEEKDAY = N_("Weekday on which the school is closed")


@dataclass(frozen=True, slots=True)
class ClosedDay:
    """A day on which the school is closed; `name` is what it is called, if it has a name."""

    day: date
    why: Why
    name: str = ""


def closed_days(settings: Mapping[str, Any] | None, first: date, last: date, *, language: str = "pt_BR") -> dict[date, ClosedDay]:
    """Every day from `first` to `last` on which the school is closed, the earliest first: its own word before the public one.

    Public holidays count unless the settings say `"public_holidays": false`; those of a state, where `state` names it.
    """
    said = settings or {}
    weekdays, own = closing_dates(said)
    public = public_holidays(said, first, last, language=language)
    found: dict[date, ClosedDay] = {}
    for step in range((last - first).days + 1):
        day = first + timedelta(days=step)
        if day in own:
            found[day] = ClosedDay(day, Why.OWN, own[day])
        elif day in public:
            found[day] = ClosedDay(day, Why.PUBLIC, public[day])
        elif day.isoweekday() % 7 in weekdays:
            found[day] = ClosedDay(day, Why.WEEKDAY)
    return found


def public_holidays(settings: Mapping[str, Any], first: date, last: date, *, language: str = "pt_BR") -> dict[date, str]:
    """The public holidays that a school keeps, from one day to another, and what they are called."""
    if settings.get("public_holidays", True) is not True or first > last:
        return {}
    state = settings.get("state")
    known = _of_years(state if isinstance(state, str) else "", first.year, last.year, language)
    return {day: name for day, name in known.items() if first <= day <= last}


@lru_cache(maxsize=64)
def _of_years(state: str, first: int, last: int, language: str) -> dict[date, str]:
    years, spoken = range(first, last + 1), IN_LANGUAGES.get(language, "pt_BR")
    subdivision = state if state in holidays.country_holidays(COUNTRY).subdivisions else None
    found = holidays.country_holidays(COUNTRY, subdiv=subdivision, years=years, language=spoken)
    return dict(sorted(found.items()))
