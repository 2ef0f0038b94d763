"""What is kept as it is: no page offers to change or delete it, and the domain refuses whoever asks."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

import domain.registry  # noqa: F401
from domain.access.uow import reading, unit_of_work
from domain.db.base import model_of
from domain.db.engine import engine
from domain.kit.errors import DomainError, InvalidInput, NotAllowed, Unchangeable
from domain.records import write
from domain.records.query import get_row
from tests.conftest import School
from tests.factories.rows import MOMENT, Rows
from tests.pages.browser import Browser
from tests.pages.conftest import Ask
from tests.pages.filling import row_of, who


@contextmanager
def refused(school: School, role: str, *kinds: type[DomainError]) -> Iterator[Any]:
    with pytest.raises(kinds or (NotAllowed, Unchangeable)), unit_of_work(school.actor(role)) as session:
        yield session


def change(school: School, role: str, table: str, key: str, *kinds: type[DomainError], **values: Any) -> None:
    """Try to change a record, and expect to be refused."""
    with reading(school.actor(role)) as session:
        row = get_row(session, model_of(table), key)
    with refused(school, role, *kinds) as session:
        write.update(session, model_of(table), key, values, version=row.version, opened=row.values)
    with refused(school, role, *kinds) as session:
        write.update_many(session, model_of(table), [key], values)


def posted_entry(rows: Rows) -> tuple[str, list[str]]:
    """An entry of two lines that agree, posted as the books want it."""
    entry = rows.add("journal_entries")
    accounts = [rows.add("chart_of_accounts") for _side in range(2)]
    lines = [
        rows.add("journal_entry_lines", entry_id=entry, account_id=account, entry_type=side, line_number=at, amount_cents=5000)
        for at, (account, side) in enumerate(zip(accounts, ("debit", "credit"), strict=True), 1)
    ]
    rows.connection.exec_driver_sql(
        "UPDATE journal_entries SET status = 'posted', entry_number = 1, posting_date = '2026-03-02', fiscal_year = 2026, "
        "fiscal_month = 3, posted_at = '2026-03-02 12:00:00.000000' WHERE id = ?",
        (entry,),
    )
    return entry, lines


@pytest.mark.parametrize("role", ["school", "owner"])
def test_a_posted_entry_and_its_lines_are_neither_changed_nor_deleted(school: School, role: str, sql: Ask) -> None:
    with engine().begin() as connection:
        entry, lines = posted_entry(Rows(connection, school.id))
    before = [sql("SELECT * FROM journal_entries"), sql("SELECT * FROM journal_entry_lines ORDER BY id")]
    browser = Browser(school, role)
    for table, key in (("journal_entries", entry), ("journal_entry_lines", lines[0])):
        browser.open(table, record=key)
        assert not browser.has(f"record-edit-{table}")
        assert not browser.has(f"record-delete-{table}")
        assert "A posted entry is never changed or deleted: a reversal takes it back." in browser.said()
        browser.open(table, record=key, mode="edit")
        assert not browser.has(f"{table}-{key}.save"), "a link to its form opens the record"
        change(school, role, table, key, description="Cooked")
        with refused(school, role) as session:
            write.remove(session, model_of(table), [key])
    with refused(school, role, DomainError) as session:
        more = {"entry_id": entry, "account_id": before[1][0]["account_id"], "amount_cents": 1, "line_number": 3}
        write.create(session, model_of("journal_entry_lines"), {**more, "entry_type": "debit"})
    assert [sql("SELECT * FROM journal_entries"), sql("SELECT * FROM journal_entry_lines ORDER BY id")] == before


@pytest.mark.parametrize("marked", ["bulk-save", "bulk-delete", "inline"])
def test_a_posted_entry_among_drafts_stays_and_so_do_they(school: School, marked: str, sql: Ask) -> None:
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        keys = [posted_entry(rows)[0], rows.add("journal_entries")]
    before = sql("SELECT * FROM journal_entries ORDER BY id")
    browser = Browser(school, "school").open("journal_entries")
    if marked == "inline":
        browser.click("inline-start-journal_entries")
        order = [row["id"] for row in sql("SELECT id FROM journal_entries ORDER BY reference_date DESC, id")]
        edited = {order.index(key): {"description": "Cooked"} for key in keys}
        browser.at.session_state["editor-journal_entries"] = {"edited_rows": edited, "added_rows": [], "deleted_rows": []}
        browser.run().click("editor-journal_entries.save")
    else:
        browser.mark("journal_entries", keys)
        if marked == "bulk-save":
            browser.click("bulk-edit-journal_entries").put({"bulk-field-journal_entries": "description"}).run()
            browser.put({"bulk-value-journal_entries-description": "Cooked"}).click("bulk-save-journal_entries")
        else:
            browser.click("bulk-delete-journal_entries").click("delete-journal_entries-yes")
    assert any("kept as it is" in said for said in browser.said()), browser.said()
    assert sql("SELECT * FROM journal_entries ORDER BY id") == before


@pytest.mark.parametrize(
    ("table", "role", "change_to"),
    [
        ("memory_audit_log", "school", {"operation": "nothing happened"}),
        ("memory_integrity_hashes", "school", {"graph_hash": "0" * 64}),
        ("alert_acknowledgments", "school", {"action_taken": "Nothing"}),
        ("wellbeing_snapshots", "school", {"session_count": 9}),
        ("memory_audit_log", "student", {"operation": "nothing happened"}),
        ("memory_integrity_hashes", "student", {"graph_hash": "0" * 64}),
    ],
)
def test_what_is_only_added_offers_no_change_and_takes_none(
    table: str, role: str, change_to: dict[str, Any], school: School, sql: Ask
) -> None:
    with engine().begin() as connection:
        mine = {"student_id": who(school, "student")} if role == "student" else {}
        key = Rows(connection, school.id).add(table, **mine)
    before = row_of(sql, table, key)
    browser = Browser(school, role).open(table)
    assert key in browser.grid(table).index
    assert not browser.has(f"inline-start-{table}")
    browser.open(table, record=key)
    assert not browser.has(f"record-edit-{table}")
    assert not browser.has(f"record-delete-{table}")
    browser.open(table, record=key, mode="edit")
    assert not browser.has(f"{table}-{key}.save")
    change(school, role, table, key, **change_to)
    with refused(school, role) as session:
        write.remove(session, model_of(table), [key])
    assert row_of(sql, table, key) == before


def test_an_alert_is_never_deleted(school: School, sql: Ask) -> None:
    with engine().begin() as connection:
        key = Rows(connection, school.id).add("safety_alerts")
    browser = Browser(school, "school").open("safety_alerts", record=key)
    assert browser.has("record-edit-safety_alerts")
    assert not browser.has("record-delete-safety_alerts")
    with refused(school, "school") as session:
        write.remove(session, model_of("safety_alerts"), [key])
    assert row_of(sql, "safety_alerts", key)


def test_a_sealed_message_is_neither_written_nor_shown_on_a_page(school: School, sql: Ask) -> None:
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        talk = rows.add("chat_sessions", student_id=who(school, "student"))
        key = rows.add("chat_messages", session_id=talk, content_encrypted=b"sealed words")
    before = row_of(sql, "chat_messages", key)
    browser = Browser(school, "student").open("chat_messages")
    assert key in browser.grid("chat_messages").index
    assert not browser.has("new-chat_messages")
    assert not browser.has("inline-start-chat_messages")
    browser.open("chat_messages", record=key)
    assert not browser.has("record-edit-chat_messages")
    assert "sealed words" not in browser.text()
    change(school, "student", "chat_messages", key, content_encrypted=b"other words")
    said = {"session_id": talk, "role": "student"}
    with refused(school, "student") as session:
        write.create(session, model_of("chat_messages"), {**said, "content_encrypted": b"more"})
    with refused(school, "student", InvalidInput, NotAllowed) as session:
        write.create(session, model_of("chat_messages"), said)
    assert sql("SELECT * FROM chat_messages") == [before]


@pytest.mark.parametrize("role", ["school", "owner"])
@pytest.mark.parametrize("table", ["staff_payroll", "payroll_payments", "payment_methods"])
def test_nobody_changes_or_deletes_their_own_pay(table: str, role: str, school: School, sql: Ask) -> None:
    with engine().begin() as connection:
        key = Rows(connection, school.id).add(table, user_id=who(school, role))
    before = row_of(sql, table, key)
    browser = Browser(school, role).open(table, record=key)
    assert not browser.has(f"record-edit-{table}")
    assert not browser.has(f"record-delete-{table}")
    assert "You may read this record, not change it." in browser.said()
    browser.open(table, record=key, mode="edit")
    assert not browser.has(f"{table}-{key}.save")
    name, value = {"payment_methods": ("label", "Mine")}.get(table, ("notes", "More, please"))
    change(school, role, table, key, **{name: value})
    with refused(school, role, DomainError) as session:
        write.remove(session, model_of(table), [key])
    assert row_of(sql, table, key) == before


def test_a_coordinator_never_changes_an_owner(school: School, sql: Ask) -> None:
    key = who(school, "owner")
    before = row_of(sql, "users", key)
    browser = Browser(school, "school").open("users", record=key)
    assert not browser.has("record-edit-users")
    assert not browser.has("record-delete-users")
    change(school, "school", "users", key, first_name="Nobody")
    with refused(school, "school", DomainError) as session:
        write.remove(session, model_of("users"), [key])
    assert row_of(sql, "users", key) == before


@pytest.mark.parametrize(
    ("table", "state"),
    [
        ("invoices", {"status": "paid", "paid_at": MOMENT}),
        ("payouts", {"status": "paid", "paid_at": MOMENT}),
        ("fiscal_documents", {"status": "authorized", "document_number": "7"}),
        ("tax_withholdings", {"status": "paid", "paid_at": MOMENT}),
        ("payroll_payments", {"status": "completed", "processed_at": MOMENT}),
        (
            "staff_payroll",
            {"status": "paid", "paid_at": MOMENT, "paid_amount_cents": 300_000},
        ),
    ],
)
def test_what_the_books_rest_on_is_not_deleted(table: str, state: dict[str, Any], school: School, sql: Ask) -> None:
    with engine().begin() as connection:
        approved = {"approved_by": who(school, "owner")} if table in {"payouts", "staff_payroll"} else {}
        key = Rows(connection, school.id).add(table, **state, **approved)
    browser = Browser(school, "school").open(table, record=key)
    assert not browser.has(f"record-delete-{table}")
    with refused(school, "school", Unchangeable) as session:
        write.remove(session, model_of(table), [key])
    assert row_of(sql, table, key)


def test_a_system_account_is_kept(school: School, sql: Ask) -> None:
    with engine().begin() as connection:
        key = Rows(connection, school.id).add("chart_of_accounts", is_system=True)
    browser = Browser(school, "school").open("chart_of_accounts", record=key)
    assert not browser.has("record-edit-chart_of_accounts")
    assert "System accounts can't be changed." in browser.said()
    change(school, "school", "chart_of_accounts", key, name="Mine")
    assert row_of(sql, "chart_of_accounts", key)["name"] != "Mine"
