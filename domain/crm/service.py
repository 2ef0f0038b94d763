"""What follows of what the school writes down about a lead."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from domain.access.uow import ScopedSession
from domain.crm.enums import InteractionType
from domain.crm.models import Lead, LeadInteraction
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
