"""Pure rules of the running of the school."""

from collections.abc import Iterable

from domain.kit.texts import N_
from domain.operations.enums import AttendanceStatus

WEEKDAYS = (N_("Sunday"), N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday"))
"""Their names as source texts, counted as `schedules` counts them."""

SHARE_TAKEN = 0.85  # of the places: ten of twelve still leaves a choice, eleven doesn't
WORTH_A_WORD = 3  # absences in a row that people want to see


def is_nearly_full(taken: int, places: int) -> bool:
    """Whether a class is full or nearly so."""
    return taken >= SHARE_TAKEN * places


def attendance_rate(statuses: Iterable[AttendanceStatus]) -> float | None:
    """The share of sessions at which a student was there, from 0 to 1; excused ones don't count. None if there were none."""
    counted = [each for each in statuses if each is not AttendanceStatus.EXCUSED]
    return sum(each in AttendanceStatus.there() for each in counted) / len(counted) if counted else None


def absences_in_a_row(newest_first: Iterable[AttendanceStatus]) -> int:
    """How many sessions a student has just missed, one after the other; an excused one neither counts nor ends the row."""
    count = 0
    for status in newest_first:
        if status in AttendanceStatus.there():
            break
        count += status is AttendanceStatus.ABSENT
    return count
