"""What the trail keeps of each table, as data. A table that isn't named here can't be written at all."""

from enum import StrEnum


class Kind(StrEnum):
    """How much of a change the trail keeps."""

    WHOLE = "who, when, before and after"
    PRESENCE = "who and when, never what"
    NOTHING = "nothing"


WHOLE = frozenset(
    """
    organizations users families addresses user_roles identities invitations
    course_types levels modules lessons prompts badges
    techniques user_progress user_badges
    classes enrollments sessions attendance schedules placements rooms terms
    waiting_entries clash_permits placement_thresholds
    invoices transactions products discounts payouts teacher_contracts
    leads lead_interactions trials referrals
    staff_payroll payroll_payments payment_methods
    journal_entries journal_entry_lines chart_of_accounts cost_centers fiscal_documents tax_withholdings
    safety_alerts alert_acknowledgments alert_raisings alert_releases alert_contests alert_supervisors
    """.split()  # noqa: SIM905 -- a list that is read
)
# The student's own words, the companion's memory, conversations, what is told of a student's days, people's pictures: it is for
# their person to erase, and a copy in the trail would outlive that.
PRESENCE = frozenset(
    """
    student_prompts prompt_runs annotations graveyard_ideas todos knowledge_nodes knowledge_edges
    memory_nodes memory_edges memory_ledger memory_contradictions student_world_overlay memory_graphs
    chat_sessions chat_messages memory_integrity_hashes memory_audit_log wellbeing_snapshots pictures
    calendar_links
    """.split()  # noqa: SIM905 -- a list that is read
)
# What signing in keeps, how someone likes their grids, what people are told of changes that have entries of their own,
# links whose end has one, and the trail itself: not the school's data.
NOTHING = frozenset(
    """
    credentials second_factors recovery_codes sign_in_steps sign_ins reset_links sign_in_attempts arrivals saved_views
    notices outgoing_mails former_families retention_runs
    trail_entries trail_values
    """.split()  # noqa: SIM905 -- a list that is read
)
# Columns whose values nobody is shown in full, not even in the trail: it says that they changed. Bytes are sealed by themselves.
SECRET: dict[str, frozenset[str]] = {
    "payment_methods": frozenset(
        ("account_number", "agency_number", "account_holder_document", "pix_key", "wallet_id", "card_expiry")
    )
}
# What neither undoing nor bringing back makes again: it takes another person's hand to put someone on the list for alerts.
BY_HAND = frozenset({"alert_supervisors"})
EMPTIED = "trail_values"  # the table that the entry of an emptying names
# What happens beside a record and belongs into its history: entries of these tables name the record by its key.
ABOUT: dict[str, tuple[str, ...]] = {"users": ("reset_links", "second_factors", "recovery_codes", EMPTIED)}
FISCAL_DAYS = 5 * 366  # a tax can be claimed for five years; what is known of an alert is kept as long
# For how many days a table's values stay in the trail, however short the school's own time is.
KEPT_AT_LEAST: dict[str, int] = dict.fromkeys(
    """
    invoices transactions payouts teacher_contracts staff_payroll payroll_payments payment_methods
    journal_entries journal_entry_lines chart_of_accounts cost_centers fiscal_documents tax_withholdings
    safety_alerts alert_acknowledgments alert_raisings alert_releases alert_contests
    """.split(),  # noqa: SIM905 -- a list that is read
    FISCAL_DAYS,
)


def kind_of(table: str) -> Kind:
    """How much the trail keeps of a table; KeyError for one that nobody decided on."""
    for kind, tables in ((Kind.WHOLE, WHOLE), (Kind.PRESENCE, PRESENCE), (Kind.NOTHING, NOTHING)):
        if table in tables:
            return kind
    raise KeyError(table)
