"""Closed sets of values in the group of leads."""

from domain.db.types import Choice
from domain.kit.texts import N_


class LeadSource(Choice):
    """How someone came to the school."""

    WEBSITE = "website", N_("Website")
    REFERRAL = "referral", N_("Referral")
    WALK_IN = "walk_in", N_("Walked in")
    AD = "ad", N_("Advertisement")


class LeadStatus(Choice):
    """How far a lead has come, from first word to enrolment."""

    NEW = "new", N_("New")
    CONTACTED = "contacted", N_("Contacted")
    QUALIFIED = "qualified", N_("Qualified")
    TRIAL = "trial", N_("Trial class")
    ENROLLED = "enrolled", N_("Enrolled")
    LOST = "lost", N_("Lost")

    @classmethod
    def open(cls) -> frozenset["LeadStatus"]:
        """Those that someone still looks after."""
        return frozenset({cls.NEW, cls.CONTACTED, cls.QUALIFIED, cls.TRIAL})


class InteractionType(Choice):
    """How the school and a lead spoke."""

    CALL = "call", N_("Call")
    EMAIL = "email", N_("E-mail")
    WHATSAPP = "whatsapp", N_("WhatsApp")
    MEETING = "meeting", N_("Meeting")
    NOTE = "note", N_("Note")

    @classmethod
    def spoken(cls) -> frozenset["InteractionType"]:
        """Those in which the lead heard from the school."""
        return frozenset({cls.CALL, cls.EMAIL, cls.WHATSAPP, cls.MEETING})


class TrialStatus(Choice):
    """Where a trial class stands."""

    SCHEDULED = "scheduled", N_("Scheduled")
    CONFIRMED = "confirmed", N_("Confirmed")
    COMPLETED = "completed", N_("Completed")
    NO_SHOW = "no_show", N_("Didn't come")
    CANCELLED = "cancelled", N_("Cancelled")


class RewardType(Choice):
    """What someone gets for a referral."""

    DISCOUNT = "discount", N_("Discount")
    CREDIT = "credit", N_("Credit")
    GIFT = "gift", N_("Gift")
