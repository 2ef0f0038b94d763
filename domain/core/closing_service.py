"""Saying on which days the school is closed: its settings, changed day by day."""

from datetime import date
from typing import Any

from sqlalchemy import select

from domain.access.uow import ScopedSession
from domain.core.models import Organization
from domain.core.rules import closing_dates
from domain.db.errors import REQUIRED
from domain.kit.errors import InvalidInput, NotFound, Problem
from domain.kit.texts import N_
from domain.records import write

CLOSED_ALREADY = N_("The school is closed on this day already.")
TOO_LONG = N_("Please use at most {most} characters.")
LONGEST_NAME = 120


def close_on(session: ScopedSession, day: date | None, name: str) -> None:
    """Have the school closed on a day, under a name if it has one. InvalidInput at "day" and "name"; NotAllowed."""
    said = name.strip()
    settings = _settings(session)
    problems = []
    if day is None:
        problems.append(Problem("day", REQUIRED))
    elif day in closing_dates(settings)[1]:
        problems.append(Problem("day", CLOSED_ALREADY))
    if len(said) > LONGEST_NAME:
        problems.append(Problem("name", TOO_LONG, {"most": LONGEST_NAME}))
    if problems or day is None:
        raise InvalidInput(problems)
    key, value = ("holidays", {"date": day.isoformat(), "name": said}) if said else ("closed_days", day.isoformat())
    _write(session, {**settings, key: [*settings.get(key, []), value]})


def open_on(session: ScopedSession, day: date) -> None:
    """Have the school open on a day on which its settings closed it. NotFound where they don't; NotAllowed."""
    settings = _settings(session)
    if day not in closing_dates(settings)[1]:
        raise NotFound
    left: dict[str, Any] = {}
    for key in {"holidays", "closed_days"} & settings.keys():
        left[key] = [each for each in settings[key] if not _is(each, day)]
    _write(session, {**settings, **left})


def keep_public_holidays(session: ScopedSession, *, keep: bool, state: str | None) -> None:
    """Whether the school is closed on public holidays, and those of which state. InvalidInput at "settings"; NotAllowed."""
    settings = {**_settings(session), "public_holidays": keep}
    if state:
        settings["state"] = state
    else:
        settings.pop("state", None)
    _write(session, settings)


def _is(said: Any, day: date) -> bool:
    return (said.get("date") if isinstance(said, dict) else said) == day.isoformat()


def _settings(session: ScopedSession) -> dict[str, Any]:
    return dict(session.scalars(select(Organization)).one().settings or {})


def _write(session: ScopedSession, settings: dict[str, Any]) -> None:
    school = session.scalars(select(Organization)).one()
    write.update(session, Organization, school.id, {"settings": settings}, version=school.row_version, opened={})
