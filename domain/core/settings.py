"""What may stand in a school's settings, key by key; what isn't known here is refused, so that no slip of the pen goes unseen.

Each key has one function that says what is wrong with its value. A new setting is a new line of `KEYS`.
"""

from collections.abc import Callable, Mapping
from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from domain.access.second_factor import REQUIRED_SETTING, VOUCHING_SETTING
from domain.kit.errors import Problem
from domain.kit.texts import LANGUAGES, N_

FIELD = "settings"
UNKNOWN = N_("“{key}” isn't a setting. Known are: {known}.")
YES_OR_NO = N_("“{key}” must be true or false.")
WHOLE_FROM_TO = N_("“{key}” must be a whole number from {low} to {high}.")
ZONE = N_("“{key}” must be the name of a time zone, such as America/Sao_Paulo.")
DATES = N_('“{key}” must be a list of dates, such as "2026-11-20" or {{"date": "2026-11-20", "name": "…"}}.')
CLOSED = N_("“{key}” must be a list of weekdays from 0 (Sunday) to 6 (Saturday), or of dates.")
HOURS = N_('“{key}” must give weekdays, 0 (Sunday) to 6, an opening and a later closing: {{"1": ["08:00", "18:00"]}}.')
WORDS = N_("“{key}” must give each purpose a sentence.")
STATE = N_("“{key}” must be the two letters of a Brazilian state, such as SP.")
TONGUE = N_("“{key}” must be one of the app's languages: en or pt_BR.")
OBJECT = N_('“{key}” must be a JSON object, such as {{"a": 1}}.')
LONGEST_LIST, LONGEST_TEXT = 1000, 2000
STATES = frozenset("AC AL AM AP BA CE DF ES GO MA MG MS MT PA PB PE PI PR RJ RN RO RR RS SC SE SP TO".split())  # noqa: SIM905 -- a list that is read

Check = Callable[[str, Any], list[Problem]]


def problems(values: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with the settings among a school's values: a problem for each key, all at the one field."""
    said = values.get(FIELD)
    return _of_object(KEYS, said) if isinstance(said, dict) else []


def _of_object(keys: Mapping[str, Check], said: Mapping[str, Any], within: str = "") -> list[Problem]:
    found: list[Problem] = []
    for key, value in said.items():
        name = f"{within}{key}"
        if key in keys:
            found += keys[key](name, value)
        else:
            found.append(_problem(UNKNOWN, name, known=", ".join(sorted(keys))))
    return found


def _problem(source: str, key: str, **params: Any) -> Problem:
    return Problem(FIELD, source, {"key": key, **params})


def _unless(fits: Callable[[Any], bool], source: str) -> Check:
    return lambda key, value: [] if fits(value) else [_problem(source, key)]


def _whole(low: int, high: int) -> Check:
    def check(key: str, value: Any) -> list[Problem]:
        fits = isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
        return [] if fits else [_problem(WHOLE_FROM_TO, key, low=low, high=high)]

    return check


def _object(keys: Mapping[str, Check]) -> Check:
    return lambda key, value: _of_object(keys, value, f"{key}.") if isinstance(value, dict) else [_problem(OBJECT, key)]


def _is_zone(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(ZoneInfo(value).key)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: a folder's name, or one too long for a file
        return False


def _is_date(value: Any) -> bool:
    try:
        return isinstance(value, str) and len(value) == 10 and bool(date.fromisoformat(value))
    except ValueError:
        return False


def _is_holiday(value: Any) -> bool:
    if not isinstance(value, dict):
        return _is_date(value)
    return value.keys() <= {"date", "name"} and _is_date(value.get("date")) and _is_text(value.get("name", "-"))


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and len(value.strip()) > 0 and len(value) <= LONGEST_TEXT


def _list_of(fits: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and len(value) <= LONGEST_LIST and all(fits(each) for each in value)


def _is_weekday_or_date(value: Any) -> bool:
    return value in range(7) if isinstance(value, int) and not isinstance(value, bool) else _is_date(value)


def _are_hours(value: Any) -> bool:
    if not isinstance(value, dict) or not set(value) <= {str(day) for day in range(7)}:
        return False
    return all(_is_day(hours) for hours in value.values())


def _is_day(value: Any) -> bool:
    if not (isinstance(value, list) and len(value) == 2 and all(isinstance(each, str) and len(each) == 5 for each in value)):
        return False
    try:
        opening, closing = (time.fromisoformat(each) for each in value)
    except ValueError:
        return False
    return opening < closing


def _are_purposes(value: Any) -> bool:
    return (
        isinstance(value, dict) and len(value) <= LONGEST_LIST and all(_is_text(each) for pair in value.items() for each in pair)
    )


_flag = _unless(lambda value: isinstance(value, bool), YES_OR_NO)

KEYS: dict[str, Check] = {
    "time_zone": _unless(_is_zone, ZONE),
    "language": _unless(lambda value: isinstance(value, str) and value in LANGUAGES, TONGUE),
    "state": _unless(lambda value: isinstance(value, str) and value in STATES, STATE),
    "public_holidays": _flag,
    "holidays": _unless(_list_of(_is_holiday), DATES),
    "closed_days": _unless(_list_of(_is_weekday_or_date), CLOSED),
    "opening_hours": _unless(_are_hours, HOURS),
    "alerts_keep_years": _whole(1, 30),
    "offer_hours": _whole(1, 720),
    "late_after_minutes": _whole(0, 120),
    "attendance_opens_minutes": _whole(0, 120),
    "purposes": _unless(_are_purposes, WORDS),
    "wellbeing": _object({"analysis": _flag, "keep_days": _whole(1, 3650)}),
    REQUIRED_SETTING: _flag,
    VOUCHING_SETTING: _flag,
}
