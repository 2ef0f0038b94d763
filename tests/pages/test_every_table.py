"""Every table of every group: listed, opened, created, edited and deleted on its page where allowed, refused where not.

What is allowed stands in `EXPECTED`, written by hand from the table of rights, not read from the program.
"""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

import domain.registry
from domain.access.uow import reading, unit_of_work
from domain.db import types
from domain.db.base import model_of
from domain.db.engine import engine
from domain.kit.errors import DomainError, NotAllowed, Unchangeable
from domain.records import write
from domain.records.fields import fields
from domain.records.query import MASK, get_row
from tests.conftest import School
from tests.factories.rows import Rows
from tests.pages.browser import Browser
from tests.pages.conftest import Ask
from tests.pages.filling import NOT_ASKED, OWNER, agrees, given, graph_of, row_of, texts, typed, who

# Who acts, and what the pages offer: C create, R read, U update, D delete.
EXPECTED: list[tuple[str, str, str]] = [
    # People
    ("users", "school", "CRUD"),
    ("families", "school", "CRUD"),
    ("addresses", "school", "CRUD"),
    ("user_roles", "school", "CRUD"),
    ("organizations", "school", "RU"),
    # Curriculum
    *((table, "school", "CRUD") for table in ("course_types", "levels", "modules", "lessons", "prompts", "badges")),
    # The student's own
    ("student_prompts", "student", "CRUD"),
    ("prompt_runs", "student", "CRUD"),
    ("annotations", "student", "CRUD"),
    ("graveyard_ideas", "student", "CRUD"),
    ("todos", "student", "CRUD"),
    ("knowledge_nodes", "student", "CRUD"),
    ("knowledge_edges", "student", "CRUD"),
    ("techniques", "student", "R"),
    ("user_progress", "student", "R"),
    ("user_badges", "school", "CRUD"),
    # Operations
    *((table, "school", "CRUD") for table in ("classes", "enrollments", "sessions", "attendance")),
    *((table, "school", "CRUD") for table in ("schedules", "placements", "rooms", "terms")),
    *((table, "school", "CRUD") for table in ("waiting_entries", "placement_thresholds")),
    ("clash_permits", "school", "RD"),
    # Money
    *(
        (table, "school", "CRUD")
        for table in ("invoices", "transactions", "products", "discounts", "payouts", "teacher_contracts")
    ),
    *((table, "school", "CRUD") for table in ("leads", "lead_interactions", "trials", "referrals")),
    *((table, "school", "CRUD") for table in ("staff_payroll", "payroll_payments", "payment_methods")),
    *((table, "school", "CRUD") for table in ("journal_entries", "journal_entry_lines", "chart_of_accounts", "cost_centers")),
    *((table, "school", "CRUD") for table in ("fiscal_documents", "tax_withholdings")),
    # Memory: the student's; the graph itself has nothing to fill in
    ("memory_graphs", "student", "CRD"),
    *((table, "student", "CRUD") for table in ("memory_nodes", "memory_edges", "memory_ledger")),
    *((table, "student", "CRUD") for table in ("memory_contradictions", "student_world_overlay")),
    # Care: alerts are never deleted, steps never changed, the rest is written by the program alone
    ("safety_alerts", "school", "CRU"),
    ("alert_acknowledgments", "school", "CR"),
    ("alert_raisings", "school", "R"),
    ("alert_releases", "school", "R"),
    ("alert_contests", "school", "R"),
    ("alert_supervisors", "school", "RD"),
    ("wellbeing_snapshots", "school", "R"),
    ("chat_sessions", "student", "CRUD"),
    ("chat_messages", "student", "RD"),
    ("memory_integrity_hashes", "school", "R"),
    ("memory_audit_log", "school", "R"),
    # The same tables for others who work with them
    ("users", "staff", "CR"),
    ("users", "student", "RU"),
    ("addresses", "student", "CRUD"),
    ("families", "parent", "R"),
    ("levels", "teacher", "R"),
    ("sessions", "teacher", "RU"),
    ("attendance", "teacher", "CRU"),
    ("attendance", "staff", "CRU"),
    ("enrollments", "staff", "CR"),
    ("invoices", "parent", "R"),
    ("payouts", "owner", "RU"),
    ("payouts", "teacher", "R"),
    ("leads", "staff", "CRUD"),
    ("staff_payroll", "owner", "CRUD"),
    ("payment_methods", "teacher", "R"),
    ("cost_centers", "owner", "CRUD"),
    ("user_badges", "student", "R"),
    ("chat_sessions", "school", "R"),
    ("wellbeing_snapshots", "student", "R"),
    ("memory_audit_log", "student", "R"),
]
# What is changed, where a table has no text to change.
EDITS: dict[tuple[str, str], tuple[str, Any]] = {
    ("users", "student"): ("phone", "+5511912345678"),
    ("payouts", "owner"): ("status", "approved"),
    ("user_roles", "school"): ("role", "teacher"),
    ("schedules", "school"): ("day_of_week", 3),
    ("placement_thresholds", "school"): ("from_score", 40),
    ("families", "school"): ("is_primary", True),
    ("enrollments", "school"): ("enrolled_at", dt.datetime(2026, 3, 9, 8, 30, tzinfo=dt.UTC)),
    ("user_badges", "school"): ("earned_at", dt.datetime(2026, 3, 9, 8, 30, tzinfo=dt.UTC)),
    ("memory_contradictions", "student"): ("strategy", "newer_wins"),
    ("memory_edges", "student"): ("weight", 0.25),
    ("chat_sessions", "student"): ("message_count", 4),
    ("student_world_overlay", "student"): ("stats", {"seen": 3}),
    ("referrals", "school"): ("converted", True),
    ("transactions", "school"): ("amount", Decimal("77.50")),
    ("teacher_contracts", "school"): ("rate", Decimal("55.00")),
    ("payouts", "school"): ("amount", Decimal("77.50")),
    ("knowledge_edges", "student"): ("strength", 0.75),
}


def test_the_table_above_names_every_table_of_every_group() -> None:
    named = {table for table, _role, _letters in EXPECTED}
    assert named == {table for group in domain.registry.GROUPS.values() for table in group.tables}


@pytest.mark.parametrize(("table", "role", "letters"), EXPECTED, ids=[f"{table}-{role}" for table, role, _letters in EXPECTED])
def test_a_table_offers_what_is_allowed_and_nothing_else(table: str, role: str, letters: str, school: School, sql: Ask) -> None:
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        mine = given(rows, school, table, role)
        key = existing(rows, school, table, role, mine)
    browser = Browser(school, role)

    browser.open(table)
    assert key in browser.grid(table).index
    assert browser.has(f"new-{table}") == ("C" in letters)

    browser.open(table, record=key)
    assert '<dl class="c-record">' in browser.text()
    assert browser.has(f"record-edit-{table}") == ("U" in letters)
    assert browser.has(f"record-delete-{table}") == ("D" in letters)

    if "U" in letters:
        edit(browser, sql, school, table, role, key)
    if "D" in letters:
        browser.open(table, record=key).click(f"record-delete-{table}").click(f"delete-{table}-yes")
        assert row_of(sql, table, key) is None
        assert key not in browser.grid(table).index
        assert "record" not in browser.query
    if "C" in letters:
        created = create(browser, sql, school, table, role)
        key = key if row_of(sql, table, key) else created
    refuse(sql, school, table, role, key, set("CUD") - set(letters))


def existing(rows: Rows, school: School, table: str, role: str, mine: Mapping[str, Any]) -> str:
    if table == "organizations":
        return school.id
    if table == "memory_graphs":
        return graph_of(rows, school)
    if (table, role) == ("users", "student"):
        return str(who(school, "student"))
    if (table, role) in {("families", "parent")}:
        mine = {**mine, "child_id": rows.add("users", role="student")}
    return rows.add(table, **mine)


def edit(browser: Browser, sql: Ask, school: School, table: str, role: str, key: str) -> None:
    """Change one field on the record's form; the database holds the change, and all else as it was."""
    before = row_of(sql, table, key)
    assert before is not None
    known = fields(model_of(table))
    browser.click(f"record-edit-{table}")
    name, value = EDITS.get((table, role)) or next(
        (each.name, "Changed by hand")
        for each in known.values()
        if type(each.type) in {types.ShortText, types.LongText}
        and (each.length or 0) > 20
        and f"{table}-{key}-{each.name}" in browser.widgets()
        and not each.suggested
    )
    also = {"approved_by": who(school, "school")} if (table, role) == ("payouts", "owner") else {}
    for each, new in {name: value, **also}.items():
        browser.put({f"{table}-{key}-{each}": typed(known[each], new, school)})
    browser.click(f"{table}-{key}.save")
    assert browser.all_problems() == []
    assert "mode" not in browser.query
    after = row_of(sql, table, key)
    assert after is not None
    agrees(after, table, {name: value})
    touched = {known[name].column, *also, "row_version", "search_text", "sort_text", "updated_at"}
    assert {each: held for each, held in after.items() if each not in touched} == {
        each: held for each, held in before.items() if each not in touched
    }
    assert after["row_version"] == before["row_version"] + 1


def create(browser: Browser, sql: Ask, school: School, table: str, role: str) -> str:
    """Fill the form of a new record in and create it; the database holds what was typed."""
    known = fields(model_of(table))
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        columns = rows.values(table, **(texts(table) | given(rows, school, table, role)))
    values = {field.name: columns[field.column] for field in known.values() if field.column in columns}
    browser.open(table, mode="new").as_text(f"{table}-new-")
    drawn = {key.removeprefix(f"{table}-new-"): key for key in browser.widgets(f"{table}-new-")}
    left_out = {name for name in values if name not in drawn and known[name].editable}
    assert left_out <= OWNER | {name for each, name in NOT_ASKED if each == table}, "the form asks for everything but whose it is"
    asked = {name: value for name, value in values.items() if name in drawn}
    browser.put({drawn[name]: typed(known[name], value, school) for name, value in asked.items()})
    before = {row["id"] for row in sql(f'SELECT id FROM "{table}"')}
    browser.click(f"{table}-new.save")
    assert browser.all_problems() == []
    made = [row for row in sql(f'SELECT * FROM "{table}"') if row["id"] not in before]
    assert [row["id"] for row in made] == [browser.query.get("record")]
    agrees(made[0], table, asked)
    assert made[0].get("organization_id", school.id) == school.id
    for name in left_out & OWNER:
        assert made[0][name] == who(school, role)
    return str(made[0]["id"])


def refuse(sql: Ask, school: School, table: str, role: str, key: str, letters: set[str]) -> None:
    """What a page doesn't offer, the domain refuses whoever asks."""
    model, known, actor = model_of(table), fields(model_of(table)), school.actor(role)
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        key = key if row_of(sql, table, key) else existing(rows, school, table, role, given(rows, school, table, role))
        columns = rows.values(table, **given(rows, school, table, role))
    before = sql(f'SELECT * FROM "{table}" ORDER BY id')
    if "C" in letters:
        values = {field.name: columns[field.column] for field in known.values() if field.column in columns}
        with pytest.raises(DomainError), unit_of_work(actor) as session:
            write.create(session, model, values)
    if "U" in letters and table != "chat_messages":  # see below
        with reading(actor) as session:
            row = get_row(session, model, key)
        for name in (name for name, value in row.values.items() if value not in (None, MASK)):
            with pytest.raises(DomainError), unit_of_work(actor) as session:
                write.update(session, model, key, {name: None}, version=row.version, opened=row.values)
    if "D" in letters:
        with pytest.raises((NotAllowed, Unchangeable)), unit_of_work(actor) as session:
            write.remove(session, model, [key])
    assert sql(f'SELECT * FROM "{table}" ORDER BY id') == before
