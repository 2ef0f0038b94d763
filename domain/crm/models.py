"""People who may become students, and how they are looked after until they do."""

from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped

from domain.crm.enums import InteractionType, LeadSource, LeadStatus, RewardType, TrialStatus
from domain.db.base import Base, Tenant
from domain.db.columns import choice, created, flag, instant, long_text, reference, shaped, short_text
from domain.db.types import Email, Phone
from domain.kit.texts import N_


class Lead(Tenant, Base):
    """A person or family that may enrol. Deleting one takes its interactions and trials along, not a referral."""

    __tablename__ = "leads"
    __title__, __one__ = N_("Leads"), N_("Lead")
    __order_by__ = ("-created_at",)

    name: Mapped[str] = short_text(N_("Name"))
    email: Mapped[str | None] = shaped(Email(), N_("E-mail"))
    phone: Mapped[str | None] = shaped(Phone(), N_("Phone"))
    source: Mapped[LeadSource] = choice(N_("Came by"), LeadSource)
    status: Mapped[LeadStatus] = choice(N_("Status"), LeadStatus, default=LeadStatus.NEW)
    interest: Mapped[str | None] = short_text(N_("Interested in"), note=N_("The kind of course, in their own words."))
    assigned_to: Mapped[str | None] = reference(N_("Looked after by"), "users", roles=("staff", "school"), on_delete="SET NULL")
    last_contact: Mapped[datetime | None] = instant(N_("Last contact"))
    notes: Mapped[str | None] = long_text(N_("Notes"))
    utm_source: Mapped[str | None] = short_text(N_("Campaign source"), 100, note=N_("From the link that was followed (UTM)."))
    utm_medium: Mapped[str | None] = short_text(N_("Campaign medium"), 100)
    utm_campaign: Mapped[str | None] = short_text(N_("Campaign"), 100)
    created_at: Mapped[datetime] = created()


class LeadInteraction(Tenant, Base):
    """One time that the school and a lead spoke."""

    __tablename__ = "lead_interactions"
    __title__, __one__ = N_("Lead interactions"), N_("Lead interaction")
    __label__ = ("lead_id", "type", "created_at")
    __order_by__ = ("-created_at",)

    lead_id: Mapped[str] = reference(N_("Lead"), "leads", on_delete="CASCADE")
    user_id: Mapped[str] = reference(N_("Spoken to by"), "users", roles=("staff", "school"))
    type: Mapped[InteractionType] = choice(N_("Kind"), InteractionType, default=InteractionType.CALL)
    content: Mapped[str] = long_text(N_("What was said"))
    outcome: Mapped[str | None] = short_text(N_("Outcome"), note=N_("What comes next."))
    created_at: Mapped[datetime] = created()


class Trial(Tenant, Base):
    """A lead's seat in a class to try it. The booking outlives its session: a meeting taken off leaves the class and the hour."""

    __tablename__ = "trials"
    __title__, __one__ = N_("Trial classes"), N_("Trial class")
    __label__ = ("lead_id", "scheduled_at")
    __order_by__ = ("-scheduled_at",)
    __table_args__ = (
        UniqueConstraint("lead_id", "session_id"),
        CheckConstraint(
            "attended = 0 OR status NOT IN ('no_show', 'cancelled')",
            name="attended_when_held",
            info={"message": N_("Someone who didn't come, or whose trial was cancelled, can't have attended.")},
        ),
    )

    lead_id: Mapped[str] = reference(N_("Lead"), "leads", on_delete="CASCADE")
    class_id: Mapped[str] = reference(N_("Class"), "classes")
    session_id: Mapped[str | None] = reference(N_("Session"), "sessions", on_delete="SET NULL")
    scheduled_at: Mapped[datetime] = instant(N_("Scheduled for"), weekly=True)
    status: Mapped[TrialStatus] = choice(N_("Status"), TrialStatus, default=TrialStatus.SCHEDULED)
    attended: Mapped[bool] = flag(N_("Attended"))
    feedback: Mapped[str | None] = long_text(N_("Feedback"))
    follow_up_at: Mapped[datetime | None] = instant(N_("Follow up at"))


class Referral(Tenant, Base):
    """Someone who sent a lead. Kept while a reward may be owed, so a referred lead isn't deleted from under it."""

    __tablename__ = "referrals"
    __title__, __one__ = N_("Referrals"), N_("Referral")
    __label__ = ("referrer_id", "referred_lead_id")
    __order_by__ = ("-created_at",)
    __table_args__ = (
        UniqueConstraint("referred_lead_id"),
        CheckConstraint(
            "reward_given = 0 OR reward_type IS NOT NULL",
            name="reward_named",
            info={"message": N_("Please say which reward was given.")},
        ),
    )

    referrer_id: Mapped[str] = reference(N_("Referred by"), "users")
    referred_lead_id: Mapped[str] = reference(N_("Lead"), "leads")
    converted: Mapped[bool] = flag(N_("Enrolled"))
    reward_given: Mapped[bool] = flag(N_("Reward given"))
    reward_type: Mapped[RewardType | None] = choice(N_("Reward"), RewardType)
    created_at: Mapped[datetime] = created()
