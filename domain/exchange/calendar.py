"""Sessions as a calendar file (iCalendar, RFC 5545), which calendar programs take in.

Each session keeps its UID for ever, so that a file that is taken in again changes what stands there. Cancelled ones are in it and
say so. Times are the school's wall clock, with the zone's rules in the file.
"""

import datetime as dt
from collections.abc import Mapping, Sequence

from icalendar import Calendar, Event
from sqlalchemy import ColumnElement

from domain.access.uow import ScopedSession
from domain.kit.clock import now, today
from domain.kit.texts import _, language
from domain.operations.enums import SessionStatus
from domain.operations.models import ClassSession
from domain.operations.queries import SessionLine, session_lines

BEFORE, AFTER = dt.timedelta(days=31), dt.timedelta(days=366)
MOST = 5000
PRODUCT = "-//Constela//Constela//EN"
STATUS = {SessionStatus.CANCELLED: "CANCELLED"}


def sessions_for_calendar(session: ScopedSession, class_id: str | None = None) -> list[SessionLine]:
    """The sessions that the actor may read, of one class or of all, from a month ago to a year ahead."""
    day = today(session.actor.zone)
    where: list[ColumnElement[bool]] = [ClassSession.date.between(day - BEFORE, day + AFTER)]
    if class_id is not None:
        where.append(ClassSession.class_id == class_id)
    return session_lines(session, *where, limit=MOST)


def calendar(
    name: str, sessions: Sequence[SessionLine], zone: dt.tzinfo, *, who: Mapping[str, Sequence[str]] | None = None
) -> bytes:
    """The file. `who`: by class, the first names of those whose sessions they are, where that isn't plain."""
    made = Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", name)
    stamp = now()
    for each in sessions:
        made.add_component(_event(each, zone, stamp, ", ".join((who or {}).get(each.class_id, ()))))
    made.add_missing_timezones(first_date=(stamp - 2 * AFTER).date(), last_date=(stamp + 2 * AFTER).date())
    return bytes(made.to_ical())


def _event(each: SessionLine, zone: dt.tzinfo, stamp: dt.datetime, who: str) -> Event:
    event = Event()
    title = f"{each.class_name} ({who})" if who else each.class_name
    if each.status is SessionStatus.CANCELLED:
        title = _("Cancelled: {what}").format(what=title)
    event.add("uid", f"{each.id}@constela")
    event.add("dtstamp", stamp)
    event.add("dtstart", dt.datetime.combine(each.date, each.start, zone))
    event.add("dtend", dt.datetime.combine(each.date, each.end, zone))
    event.add("summary", title, {"LANGUAGE": language().replace("_", "-")})
    event.add("status", STATUS.get(each.status, "CONFIRMED"))
    # A program that keeps a newer state of an event takes no older one: a cancellation comes after what it cancels.
    event.add("sequence", 1 if each.status is SessionStatus.CANCELLED else 0)
    if each.room:
        event.add("location", each.room)
    if each.teacher:
        event.add("description", _("Teacher: {name}").format(name=each.teacher))
    return event
