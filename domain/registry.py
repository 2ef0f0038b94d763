"""The one place that knows all models: the ten groups and their tables, their policies and scopes.

Importing it makes the house complete: every model mapped, every right known. Programs import it first.
"""

from dataclasses import dataclass

# Imported for their models alone.
import domain.access.identity_models
import domain.access.models
import domain.access.trail.models
import domain.accounting.models
import domain.core.models
import domain.core.picture_models
import domain.crm.models
import domain.curriculum.models
import domain.financial.models
import domain.memory.models
import domain.operations.models
import domain.operations.planning_models
import domain.outbox.models
import domain.payroll.models
import domain.supervision.alert_models
import domain.supervision.models
import domain.toolbox.models  # noqa: F401
from domain.access.grants import RIGHTS
from domain.access.keeping import KEEPERS
from domain.access.roles import Role
from domain.access.trail import policy as trail
from domain.accounting import policy as accounting
from domain.core import policy as core
from domain.core import scopes as core_scopes
from domain.core import settings as core_settings
from domain.core.service import (
    OWN_LINK,
    keep_own_links_to_another,
    keep_people_in_charge,
    keep_role_held,
    keep_roles_in_charge,
)
from domain.crm import policy as crm
from domain.crm.queries import booked_on
from domain.crm.service import go_along, note_contact
from domain.curriculum import policy as curriculum
from domain.db.base import Base, model_of
from domain.exchange import jobs as exchange
from domain.financial import leaving as financial_leaving
from domain.financial import policy as financial
from domain.financial import scopes as financial_scopes
from domain.kit.texts import N_
from domain.memory import policy as memory
from domain.memory import scopes as memory_scopes
from domain.operations import attendance_keeping, booked, history, leaving, seats
from domain.operations import policy as operations
from domain.operations import scopes as operations_scopes
from domain.operations import touched as timetable
from domain.operations import traits as operations_traits
from domain.operations.ended import close_every_ended
from domain.operations.keeping import keep_timetable
from domain.operations.waiting import move_every_lapsed
from domain.outbox import policy as outbox
from domain.outbox.people import GUARDIANS
from domain.outbox.sender import ROUNDS
from domain.outbox.service import take_back
from domain.payroll import policy as payroll
from domain.payroll import scopes as payroll_scopes
from domain.records.check import CHECKS
from domain.records.locks import NOT_THEIRS
from domain.records.traits import TRAITS
from domain.records.undo import UNDONE
from domain.records.write import FOLLOWERS, GUARDS, ONLY_AFTER
from domain.supervision import policy as supervision
from domain.supervision import scopes as supervision_scopes
from domain.supervision.raising import keep_raiser
from domain.toolbox import policy as toolbox


@dataclass(frozen=True)
class Group:
    """A department of the school: its tables, in the order in which a person would look for them."""

    name: str
    title: str
    tables: tuple[str, ...]

    @property
    def models(self) -> list[type[Base]]:
        return [model_of(table) for table in self.tables]


GROUPS: dict[str, Group] = {
    group.name: group
    for group in (
        Group("core", N_("People"), ("users", "families", "addresses", "user_roles", "organizations")),
        Group("curriculum", N_("Curriculum"), ("course_types", "levels", "modules", "lessons", "prompts", "badges")),
        Group(
            "toolbox",
            N_("Toolbox"),
            (
                "student_prompts",
                "prompt_runs",
                "annotations",
                "graveyard_ideas",
                "todos",
                "knowledge_nodes",
                "knowledge_edges",
                "techniques",
                "user_progress",
                "user_badges",
            ),
        ),
        Group(
            "operations",
            N_("Operations"),
            (
                "classes",
                "enrollments",
                "waiting_entries",
                "sessions",
                "attendance",
                "schedules",
                "clash_permits",
                "placements",
                "placement_thresholds",
                "rooms",
                "terms",
            ),
        ),
        Group("financial", N_("Finance"), ("invoices", "transactions", "products", "discounts", "payouts", "teacher_contracts")),
        Group("crm", N_("Leads"), ("leads", "lead_interactions", "trials", "referrals")),
        Group("payroll", N_("Payroll"), ("staff_payroll", "payroll_payments", "payment_methods")),
        Group(
            "accounting",
            N_("Accounting"),
            (
                "journal_entries",
                "journal_entry_lines",
                "chart_of_accounts",
                "cost_centers",
                "fiscal_documents",
                "tax_withholdings",
            ),
        ),
        Group(
            "memory",
            N_("Memory"),
            (
                "memory_nodes",
                "memory_edges",
                "memory_ledger",
                "memory_contradictions",
                "student_world_overlay",
                "memory_graphs",
            ),
        ),
        Group(
            "supervision",
            N_("Supervision"),
            (
                "safety_alerts",
                "alert_acknowledgments",
                "alert_raisings",
                "alert_releases",
                "alert_contests",
                "alert_supervisors",
                "wellbeing_snapshots",
                "chat_sessions",
                "chat_messages",
                "memory_integrity_hashes",
                "memory_audit_log",
            ),
        ),
    )
}

for policy in (core, curriculum, toolbox, operations, financial, crm, payroll, accounting, memory, supervision, outbox, trail):
    RIGHTS.add(policy.POLICY)
for jobs in (core, operations, supervision, trail):
    RIGHTS.add_jobs(jobs.JOBS)
RIGHTS.add_jobs(exchange.JOBS)
for scopes in (core_scopes, operations_scopes, financial_scopes, payroll_scopes, memory_scopes, supervision_scopes, trail):
    RIGHTS.scopes.update(scopes.SCOPES)
GUARDIANS[:] = [core_scopes.guardians_of]
FOLLOWERS["users"] = [keep_role_held]
FOLLOWERS["attendance"] = [attendance_keeping.tidy_time]
ONLY_AFTER[attendance_keeping.tidy_time] = "U"  # a new mark with a time where nobody came is refused
FOLLOWERS["lead_interactions"] = [note_contact]
ONLY_AFTER[note_contact] = "C"
FOLLOWERS["safety_alerts"] = [keep_raiser]
GUARDS.update(users=[keep_people_in_charge], user_roles=[keep_roles_in_charge], families=[keep_own_links_to_another])
NOT_THEIRS["families", Role.SCHOOL] = OWN_LINK
CHECKS["organizations"] = [core_settings.problems]
CHECKS["attendance"] = [attendance_keeping.time_problems]
KEEPERS[seats.keep_seats] = seats.TABLES
KEEPERS[attendance_keeping.keep_attendance] = attendance_keeping.TABLES
TRAITS["attendance"] = operations_traits.MARKS
UNDONE[:] = [take_back]
ROUNDS[:] = [move_every_lapsed, close_every_ended]
booked.BOOKINGS[:] = [booked_on]
booked.GOING_ALONG[:] = [go_along]
leaving.PREVIEWS[:] = [
    leaving.sessions_to_come,
    leaving.waiting_list,
    leaving.progress,
    leaving.last_one,
    financial_leaving.open_invoices,
    financial_leaving.teachers_pay,
]
KEEPERS[history.keep_history] = history.TABLES
KEEPERS[keep_timetable] = timetable.TABLES


def group_of(table: str) -> Group:
    """The group that a table belongs to; KeyError if it is in none."""
    for group in GROUPS.values():
        if table in group.tables:
            return group
    raise KeyError(table)
