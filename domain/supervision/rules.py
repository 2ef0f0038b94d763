"""Pure rules of supervision: by when an alert must be acknowledged, what comes first, and how figures over time are smoothed."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from domain.core.rules import SchoolHours
from domain.supervision.enums import AlertLevel, Mood

RED_WITHIN = timedelta(minutes=15)  # at any hour
ORANGE_WITHIN = timedelta(hours=2)  # of the school's open hours


def age(detected_at: datetime, moment: datetime) -> timedelta:
    """How long ago an alert was raised; never negative, since clocks differ."""
    return max(moment - detected_at, timedelta())


def deadline(level: AlertLevel, detected_at: datetime, hours: SchoolHours) -> datetime | None:
    """By when someone must have acknowledged an alert: red in 15 minutes at any hour, orange in two open hours, yellow by
    the same hour of the next open day. None for green, and for a school that never opens again.
    """
    if level is AlertLevel.RED:
        return detected_at + RED_WITHIN
    if level is AlertLevel.ORANGE:
        return hours.after_open_time(detected_at, ORANGE_WITHIN)
    if level is AlertLevel.YELLOW:
        return hours.next_day_at_this_hour(detected_at)
    return None


def is_late(due: datetime | None, acknowledged_at: datetime | None, moment: datetime) -> bool:
    """Whether an alert's time to be acknowledged has passed without anyone having done so."""
    return due is not None and acknowledged_at is None and moment > due


def urgency(level: AlertLevel, detected_at: datetime) -> tuple[int, datetime]:
    """What alerts are sorted by: the highest level first, the oldest first within a level."""
    return -level.rank, detected_at


def moving_average(values: Sequence[float | None], window: int) -> list[float | None]:
    """For each value the mean of it and those before it, `window` in all, as far as they are known; None where none is."""
    found: list[float | None] = []
    for at in range(len(values)):
        known = [each for each in values[max(0, at - window + 1) : at + 1] if each is not None]
        found.append(sum(known) / len(known) if known else None)
    return found


def mood_of(indicators: object) -> Mood | None:
    """What a student said of themselves; None if they weren't asked or didn't answer."""
    said = indicators.get("mood") if isinstance(indicators, dict) else None
    return Mood(said) if said in list(Mood) else None


def nearest_mood(height: float) -> Mood:
    """The mood that a mean comes nearest to."""
    return min(Mood, key=lambda mood: abs(mood.height - height))
