"""Sessions as a calendar file (iCalendar, RFC 5545), which calendar programs take in.

Each session keeps its UID for ever, so that a file that is taken in again changes what stands there. Cancelled ones are in it and
say so. Times are the school's wall clock, with the zone's rules in the file.
"""

import datetime as dt
from collections.abc import Mapping, Sequence

from icalendar import Calendar, Event, vDuration
from sqlalchemy import ColumnElement, func, select

from domain.access.uow import ScopedSession
from domain.kit.clock import now, today
from domain.kit.texts import _, language
from domain.operations.enums import CalendarKind, EnrollmentStatus, SessionStatus
from domain.operations.history import who_taught
from domain.operations.models import ClassSession, Enrollment, SchoolClass
from domain.operations.queries import SessionLine, session_lines

BEFORE, AFTER = dt.timedelta(days=31), dt.timedelta(days=366)
MOST = 5000
EVERY = dt.timedelta(hours=1)
PRODUCT = "-//Constela//Constela//EN"
STATUS = {SessionStatus.CANCELLED: "CANCELLED"}


def sessions_for_calendar(
    session: ScopedSession, kind: CalendarKind = CalendarKind.MINE, key: str | None = None
) -> list[SessionLine]:
    """Of what the actor may read all, or a class's, teacher's, room's or student's: from a month ago to a year ahead."""
    day = today(session.actor.zone)
    where: list[ColumnElement[bool]] = [ClassSession.date.between(day - BEFORE, day + AFTER)]
    if kind is not CalendarKind.MINE:
        where.append(_of(kind, key or ""))
    return session_lines(session, *where, limit=MOST)


def _of(kind: CalendarKind, key: str) -> ColumnElement[bool]:
    if kind is CalendarKind.CLASS:
        return ClassSession.class_id == key
    if kind is CalendarKind.TEACHER:  # whoever stands in, else the class's own
        return who_taught() == key
    if kind is CalendarKind.ROOM:
        return func.coalesce(ClassSession.room_id, SchoolClass.room_id) == key
    places = select(Enrollment.class_id).where(Enrollment.user_id == key, Enrollment.status == EnrollmentStatus.ACTIVE)
    return ClassSession.class_id.in_(places)


def calendar(
    name: str, sessions: Sequence[SessionLine], zone: dt.tzinfo, *, who: Mapping[str, Sequence[str]] | None = None
) -> bytes:
    """The file. `who`: by class, the first names of those whose sessions they are, where that isn't plain."""
    made = Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", name)
    # How often a program that is subscribed should look again, in the standard's words (RFC 7986) and in older ones.
    made.add("refresh-interval", EVERY, {"VALUE": "DURATION"})
    made.add("x-published-ttl", vDuration(EVERY))
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
    # A program that keeps a newer state of an event takes no older one: each change of the session counts on.
    event.add("sequence", each.version - 1)
    if each.room:
        event.add("location", each.room)
    if each.teacher:
        event.add("description", _("Teacher: {name}").format(name=each.teacher))
    return event
