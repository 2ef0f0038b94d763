"""Leads: people who asked, from the first call to the first class."""

from domain.kit.texts import N_
from pages._crud.spec import TableSpec

SPECS: dict[str, TableSpec] = {
    spec.table: spec
    for spec in (
        TableSpec(
            "leads",
            sentence=N_("People who asked about your school: what they want, and what comes next."),
            icon="person_search",
            columns=(
                "name",
                "status",
                "source",
                "interest",
                "phone",
                "assigned_to",
                "last_contact",
            ),
            empty=N_("No leads yet. Write down the next person who calls."),
            related=(
                "lead_interactions",
                "trials",
                "referrals",
            ),
        ),
        TableSpec(
            "lead_interactions",
            sentence=N_("Calls, messages and meetings with leads."),
            icon="forum",
            columns=(
                "lead_id",
                "type",
                "content",
                "outcome",
                "user_id",
                "created_at",
            ),
            empty=N_("No conversations with leads yet."),
        ),
        TableSpec(
            "trials",
            sentence=N_("Trial classes: who comes, when, and how it went."),
            icon="event_available",
            columns=(
                "lead_id",
                "class_id",
                "scheduled_at",
                "status",
                "attended",
                "follow_up_at",
            ),
            empty=N_("No trial classes yet."),
        ),
        TableSpec(
            "referrals",
            sentence=N_("Who brought whom, and whether they were thanked."),
            icon="group_add",
            columns=(
                "referrer_id",
                "referred_lead_id",
                "converted",
                "reward_given",
                "reward_type",
            ),
            empty=N_("No referrals yet."),
        ),
    )
}
