"""What the care for leads asks of the database: who is new, who waits for a word, who comes to try a class."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select

from domain.access.decide import decide
from domain.access.uow import ScopedSession
from domain.core.models import User
from domain.crm.enums import LeadStatus, TrialStatus
from domain.crm.models import Lead, Trial
from domain.db.gather import gather
from domain.db.listed import listed
from domain.kit.findings import Subject
from domain.operations.booked import Booking
from domain.operations.enums import SessionStatus
from domain.operations.models import ClassSession, SchoolClass
from domain.records.figures import Question
from domain.records.labels import label_of_key, labels, show_label
from domain.records.query import Filter, attribute

COMING = (TrialStatus.SCHEDULED, TrialStatus.CONFIRMED)
FOLLOWED = tuple(status for status in LeadStatus if status in LeadStatus.open() and status is not LeadStatus.NEW)
QUIET_FOR = timedelta(days=3)  # after that someone should say something


@dataclass(frozen=True)
class TrialLine:
    """A lead's seat in a class. `is_off`: the session that it is in is cancelled, or is at another time by now."""

    id: str
    lead: str
    class_name: str
    at: datetime
    status: TrialStatus
    is_off: bool = False


@dataclass(frozen=True)
class WordDue:
    """A lead who waits for a word, and since when: the day for which it was planned, or that of the last one."""

    lead_id: str
    lead: str
    since: date
    is_planned: bool = False


def new_leads() -> Question:
    """Leads that nobody has spoken to yet."""
    return Question("leads", (Filter("status", values=(LeadStatus.NEW,)),))


def leads_to_follow_up(day: date) -> Question:
    """Leads in the funnel that have heard nothing for three days."""
    return Question("leads", (Filter("status", values=FOLLOWED), Filter("last_contact", high=day - QUIET_FOR)))


def trials_on(day: date) -> Question:
    """Trial classes of a day that are still to come off."""
    return Question("trials", (Filter("status", values=COMING), Filter("scheduled_at", low=day, high=day)))


def trials_ahead(session: ScopedSession, wall: datetime, *, limit: int) -> list[TrialLine]:
    """The trial classes of the rest of the day, the next one first."""
    return _trials(session, Trial.scheduled_at >= wall, Trial.scheduled_at < _end(session, wall.date()), limit=limit)


def trials_unanswered(session: ScopedSession, wall: datetime, *, limit: int) -> list[TrialLine]:
    """Trial classes that have begun, and of which nobody has said whether the lead came, the latest first."""
    return _trials(session, Trial.scheduled_at < wall, newest_first=True, limit=limit)


def _trials(session: ScopedSession, *where: ColumnElement[bool], newest_first: bool = False, limit: int) -> list[TrialLine]:
    moment: Any = Trial.scheduled_at.desc() if newest_first else Trial.scheduled_at
    meeting = (ClassSession.status, ClassSession.date, ClassSession.start_time)
    statement = (
        select(Trial.id, Lead.name, label_of_key("classes", Trial.class_id), Trial.scheduled_at, Trial.status, *meeting)
        .join(Lead, Lead.id == Trial.lead_id)
        .outerjoin(ClassSession, ClassSession.id == Trial.session_id)
        .where(Trial.status.in_(COMING), *where)
        .order_by(moment, attribute(Lead, "sort_text"))
        .limit(limit)
    )
    return [
        TrialLine(
            key, lead, show_label("classes", name), begins, status, _is_off(begins.astimezone(session.actor.zone), *meeting)
        )
        for key, lead, name, begins, status, *meeting in session.execute(statement)
    ]


def _is_off(begins: datetime, status: SessionStatus | None, day: date | None, start: time | None) -> bool:
    """Whether a session isn't held when a trial was booked on it; one that was booked on none is looked at by nobody."""
    if status is None or day is None or start is None:
        return False
    return status is SessionStatus.CANCELLED or datetime.combine(day, start) != begins.replace(tzinfo=None)


def booked_on(session: ScopedSession, keys: Collection[str]) -> list[Booking]:
    """The trial classes that are to come off in these sessions.

    Asked below the actor's rows, since who looks after a lead is to hear of it whoever moves the session; who may not read
    trial classes isn't told whose it is.
    """
    trials, leads, meetings, users = Trial.__table__, Lead.__table__, ClassSession.__table__, User.__table__
    columns = (trials.c.id, trials.c.session_id, trials.c.lead_id, leads.c.name, users.c.id.label("keeper"), meetings.c.class_id)
    rows = session.connection().execute(
        select(*columns, meetings.c.date, meetings.c.start_time)
        .join(leads, leads.c.id == trials.c.lead_id)
        .join(meetings, meetings.c.id == trials.c.session_id)
        .outerjoin(users, (users.c.id == leads.c.assigned_to) & users.c.is_active)
        .where(trials.c.organization_id == session.actor.organization_id)
        .where(trials.c.session_id.in_(listed(keys)), trials.c.status.in_(COMING))
    )
    found = rows.all()
    classes = labels(session, SchoolClass, {row.class_id for row in found})
    may_read, may_change = (bool(decide(session.actor, right, Trial)) for right in "RU")
    return [
        Booking(
            Subject("trials", row.id, row.name),
            row.session_id,
            Subject("leads", row.lead_id, row.name),
            Subject("classes", row.class_id, classes[row.class_id]),
            row.date,
            row.start_time,
            row.keeper,
            is_told=may_read,
            may_go_along=may_change,
        )
        for row in found
    ]


def _end(session: ScopedSession, day: date) -> datetime:
    """The midnight with which a day of the school's ends."""
    return datetime.combine(day + timedelta(days=1), time(), session.actor.zone)


def words_due(session: ScopedSession, day: date, *, limit: int) -> list[WordDue]:
    """Open leads who wait for a word: those with whom one after their trial class is due by a day, the longest due first; then
    those who have heard nothing for three days and with whom none is planned. Waits once.
    """
    planned, quiet = gather(session, lambda: _planned(session, day, limit), lambda: _quiet(session, day, limit))
    told = {each.lead_id for each in planned}
    return [*planned, *(each for each in quiet if each.lead_id not in told)]


def _planned(session: ScopedSession, day: date, limit: int) -> list[WordDue]:
    """A word on the day itself counts, also before its hour."""
    unsaid = or_(Lead.last_contact.is_(None), Lead.last_contact < Trial.follow_up_at)
    statement = (
        select(Lead.id, Lead.name, Trial.follow_up_at, Lead.last_contact)
        .join(Trial, Trial.lead_id == Lead.id)
        .where(Lead.status.in_(LeadStatus.open()), Trial.follow_up_at < _end(session, day), unsaid)
        .order_by(Trial.follow_up_at, attribute(Lead, "sort_text"))
        .limit(2 * limit)
    )
    zone, found = session.actor.zone, dict[str, WordDue]()
    for key, name, planned, last in session.execute(statement):
        assert planned is not None  # or it wouldn't lie before any moment
        due = planned.astimezone(zone).date()
        if last is None or last.astimezone(zone).date() < due:
            found.setdefault(key, WordDue(key, name, due, is_planned=True))
    return list(found.values())[:limit]


def _quiet(session: ScopedSession, day: date, limit: int) -> list[WordDue]:
    later = exists(select(Trial.id).where(Trial.lead_id == Lead.id, Trial.follow_up_at >= _end(session, day)))
    statement = (
        select(Lead.id, Lead.name, Lead.last_contact)
        .where(Lead.status.in_(FOLLOWED), Lead.last_contact < _end(session, day - QUIET_FOR), ~later)
        .order_by(Lead.last_contact, attribute(Lead, "sort_text"))
        .limit(2 * limit)
    )
    zone = session.actor.zone
    return [WordDue(key, name, last.astimezone(zone).date()) for key, name, last in session.execute(statement) if last]
