"""What the care for leads asks of the database: who is new, who waits for a word, who comes to try a class today."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from domain.access.uow import ScopedSession
from domain.crm.enums import LeadStatus, TrialStatus
from domain.crm.models import Lead, Trial
from domain.records.figures import Question
from domain.records.labels import label_of_key, show_label
from domain.records.query import Filter, attribute

COMING = (TrialStatus.SCHEDULED, TrialStatus.CONFIRMED)
FOLLOWED = tuple(status for status in LeadStatus if status in LeadStatus.open() and status is not LeadStatus.NEW)
QUIET_FOR = timedelta(days=3)  # after that someone should say something


@dataclass(frozen=True)
class TrialLine:
    """A lead's seat in a class today."""

    id: str
    lead_id: str
    lead: str
    class_name: str
    at: datetime
    status: TrialStatus


def new_leads() -> Question:
    """Leads that nobody has spoken to yet."""
    return Question("leads", (Filter("status", values=(LeadStatus.NEW,)),))


def leads_to_follow_up(day: date) -> Question:
    """Leads in the funnel that have heard nothing for three days."""
    return Question("leads", (Filter("status", values=FOLLOWED), Filter("last_contact", high=day - QUIET_FOR)))


def trials_on(day: date) -> Question:
    """Trial classes of a day that are still to come off."""
    return Question("trials", (Filter("status", values=COMING), Filter("scheduled_at", low=day, high=day)))


def trial_lines(session: ScopedSession, day: date, *, limit: int = 50) -> list[TrialLine]:
    """The trial classes that `trials_on` counts, in their order."""
    zone = session.actor.zone
    begin, end = (datetime.combine(each, time(), zone) for each in (day, day + timedelta(days=1)))
    statement = (
        select(Trial.id, Trial.lead_id, Lead.name, label_of_key("classes", Trial.class_id), Trial.scheduled_at, Trial.status)
        .join(Lead, Lead.id == Trial.lead_id)
        .where(Trial.status.in_(COMING), Trial.scheduled_at >= begin, Trial.scheduled_at < end)
        .order_by(Trial.scheduled_at, attribute(Lead, "sort_text"))
        .limit(limit)
    )
    return [
        TrialLine(key, lead_id, lead, show_label("classes", name), moment, status)
        for key, lead_id, lead, name, moment, status in session.execute(statement)
    ]
