"""What follows of what the school writes down about a lead."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from domain.access import bulk
from domain.access.uow import ScopedSession
from domain.crm.enums import InteractionType, TrialStatus
from domain.crm.models import Lead, LeadInteraction, Trial
from domain.db.base import Base
from domain.db.listed import listed
from domain.kit.clock import now

JUST_NOW = timedelta(minutes=1)  # what is older comes back by an undo, and was noted at its time


def note_contact(session: ScopedSession, records: Sequence[Base], _action: str) -> None:
    """After talks were written down: their leads heard from the school then. What one notes for oneself is no talk."""
    moment, latest = now(), dict[str, datetime]()
    for record in records:
        assert isinstance(record, LeadInteraction)
        if record.type in InteractionType.spoken() and moment - record.created_at <= JUST_NOW:
            latest[record.lead_id] = max(record.created_at, latest.get(record.lead_id, record.created_at))
    for lead in session.scalars(select(Lead).where(Lead.id.in_(listed(latest)))) if latest else ():
        if lead.last_contact is None or lead.last_contact < latest[lead.id]:
            lead.last_contact = latest[lead.id]
    session.flush()


def go_along(session: ScopedSession, goals: Mapping[str, tuple[date, time]]) -> None:
    """Have trial classes, by their keys, be on another day at another time, by the school's clock.

    Whoever confirmed to come confirmed the former hour, so it is to be confirmed anew.
    """
    zone = session.actor.zone
    moved = {key: datetime.combine(day, begins, zone) for key, (day, begins) in goals.items()}
    bulk.change_rows(
        session, Trial, [{"id": key, "scheduled_at": at, "status": TrialStatus.SCHEDULED} for key, at in moved.items()]
    )
