"""A whole invented school: planned once, then drawn table by table."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from types import ModuleType

from domain.demo import (
    accounting,
    alerts,
    constellation,
    crm,
    curriculum,
    enrolment,
    faces,
    financial,
    fiscal,
    memory,
    operations,
    pay,
    people,
    supervision,
    telling,
    timetable,
    toolbox,
    wellbeing,
)
from domain.demo.calendar import Calendar
from domain.demo.names import Names
from domain.demo.plan import Rows, School
from domain.demo.source import Source

YEARS = 4
PARTS: dict[ModuleType, tuple[str, ...]] = {
    people: ("organizations", "users", "user_roles", "addresses", "families"),
    curriculum: ("course_types", "levels", "badges", "modules", "lessons", "prompts"),
    operations: ("rooms", "terms", "classes", "schedules", "sessions", "attendance"),
    enrolment: ("enrollments", "waiting_entries", "placement_thresholds", "placements"),
    toolbox: (
        "student_prompts",
        "prompt_runs",
        "annotations",
        "graveyard_ideas",
        "techniques",
        "todos",
        "user_badges",
        "user_progress",
    ),
    constellation: ("knowledge_nodes", "knowledge_edges"),
    financial: ("products", "discounts", "invoices", "transactions"),
    pay: ("teacher_contracts", "payouts", "payment_methods", "staff_payroll", "payroll_payments"),
    crm: ("leads", "lead_interactions", "trials", "referrals"),
    accounting: ("chart_of_accounts", "cost_centers"),
    fiscal: ("fiscal_documents", "tax_withholdings"),
    memory: (
        "memory_graphs",
        "memory_nodes",
        "memory_edges",
        "memory_ledger",
        "memory_contradictions",
        "student_world_overlay",
    ),
    wellbeing: ("wellbeing_snapshots", "chat_sessions"),
    supervision: ("memory_audit_log", "memory_integrity_hashes", "safety_alerts", "alert_acknowledgments"),
    telling: ("notices",),
    alerts: ("alert_raisings", "alert_releases", "alert_contests", "alert_supervisors"),
}
DRAWN: Mapping[str, Callable[[School], Rows]] = {
    table: getattr(module, table) for module, tables in PARTS.items() for table in tables
}


def plan(*, name: str, slug: str, box: str, size: int, today: date, years: int = YEARS) -> School:
    """Invent a school of so many students, as it stands on a day. `box` is the part of example.com that its mail goes to."""
    source = Source(f"{slug}/{size}/{today.isoformat()}")
    school = School(source, Calendar(today), Names(source.random("names"), f"{box}.example.com"), slug, name, size)
    school.founded = today - timedelta(days=years * 365)
    school.id = source.keys("organizations")(school.founded_at())
    for part in (people, curriculum, timetable, faces, operations, financial, pay):
        part.plan(school)
    return school
