"""What follows of what the school writes down about a lead."""

from datetime import timedelta

from sqlalchemy import select

from domain.access.uow import ScopedSession
from domain.crm.enums import InteractionType
from domain.crm.models import Lead, LeadInteraction
from domain.db.base import Base
from domain.kit.clock import now

JUST_NOW = timedelta(minutes=1)  # what is older comes back by an undo, and was noted at its time


def note_contact(session: ScopedSession, record: Base, _action: str) -> None:
    """After a talk was written down: its lead heard from the school then. What one notes for oneself is no talk."""
    assert isinstance(record, LeadInteraction)
    if record.type not in InteractionType.spoken() or now() - record.created_at > JUST_NOW:
        return
    lead = session.scalar(select(Lead).where(Lead.id == record.lead_id))
    if lead is not None and (lead.last_contact is None or lead.last_contact < record.created_at):
        lead.last_contact = record.created_at
        session.flush()
