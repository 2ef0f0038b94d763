"""Filling a table's form as a person would: what makes a row the actor's, what each widget is given, what SQLite then holds."""

import datetime as dt
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from domain.access.roles import Role
from domain.db import types
from domain.db.base import model_of
from domain.kit.documents import format_document
from domain.kit.phones import format_phone
from domain.records.fields import Field, fields
from tests.conftest import School
from tests.factories.rows import SERIAL, Rows, value_of
from tests.pages.conftest import Ask

OWNER = {"student_id", "user_id"}
# Where a person of a certain role is meant, a picker offers no other.
PEOPLE = {
    ("families", "parent_id"): "parent",
    ("lead_interactions", "user_id"): "staff",
    ("teacher_contracts", "user_id"): "teacher",
    ("payouts", "user_id"): "teacher",
    ("staff_payroll", "user_id"): "teacher",
    ("payroll_payments", "user_id"): "teacher",
    ("payment_methods", "user_id"): "teacher",
}
NOT_ASKED = {("safety_alerts", "resolution_notes")}  # resolving is a step of its own

# What else a form is given, where the plain values of a row wouldn't do.
ALSO: dict[str, dict[str, Any]] = {
    "users": {"role": "student", "language": "pt_BR"},
    "course_types": {"code": "spanish"},  # a picker of words takes a new one in a browser, but not under test
    "levels": {"code": "B1"},
    "user_roles": {"role": "parent"},  # not the one that the person starts in: that one stays
    "payment_methods": {"card_last_four": "4321", "card_brand": "Visa"},
    "wellbeing_snapshots": {"engagement_score": 0.5},
    "journal_entry_lines": {"currency": "BRL"},
}


def who(school: School, role: str) -> str:
    return school.people[Role(role)]


def given(rows: Rows, school: School, table: str, role: str) -> dict[str, Any]:
    """What makes a row one of those that the actor works with."""
    columns = model_of(table).__table__.columns
    found: dict[str, Any] = dict(ALSO.get(table, {}))
    found |= {name: rows.add("users", role=kind) for (each, name), kind in PEOPLE.items() if each == table}
    if table == "classes":
        found |= {"teacher_id": who(school, "teacher"), "room_id": school.room}
    if role in {"student", "teacher", "parent"}:
        me = who(school, role)
        owner = {"families": "parent_id", "invoices": "payer_id"}.get(table)
        own = [owner] if owner else [name for name in ("user_id", "student_id") if name in columns]
        found |= dict.fromkeys(own, me)
    if table == "sessions":
        found |= {"class_id": school.klass, "date": _another_day()}
    if table == "attendance":
        session = rows.add("sessions", class_id=school.klass, date=dt.date(2026, 3, 2), start_time=_another_time())
        found |= {"session_id": session, "user_id": who(school, "student")}
    if role == "student" and "graph_id" in columns:
        found["graph_id"] = graph_of(rows, school)
    if role == "student" and table == "chat_messages":
        found["session_id"] = rows.add("chat_sessions", student_id=who(school, "student"))
    return found


def _another_time() -> dt.time:
    """An hour before eight, when sessions end at half past nine: several of one day, all of them over."""
    return dt.time(*divmod(next(SERIAL) % 480, 60))


def _another_day() -> dt.date:
    return dt.date(2026, 3, 2) + dt.timedelta(days=next(SERIAL))


def graph_of(rows: Rows, school: School) -> str:
    student = who(school, "student")
    known = rows.connection.exec_driver_sql("SELECT id FROM memory_graphs WHERE student_id = ?", (student,)).scalar()
    return str(known) if known else rows.add("memory_graphs", student_id=student)


def texts(table: str) -> dict[str, Any]:
    """A text for each column that may be empty."""
    return {
        column.name: value_of(column.type)
        for column in model_of(table).__table__.columns
        if column.nullable and isinstance(column.type, types.ShortText) and not column.info.get("automatic")
    }


def typed(field: Field, value: Any, school: School) -> Any:
    """A value as a person would give it to its widget."""
    if isinstance(field.type, types.ChoiceType):
        return field.type.kind(value)
    if isinstance(field.type, types.Money):
        return f"{value:,.2f}"
    if isinstance(field.type, types.Cents):
        return f"{Decimal(value) / 100:,.2f}"
    if isinstance(field.type, types.Tags):
        return value
    if isinstance(field.type, types.JsonValue):
        return json.dumps(value)
    if isinstance(field.type, types.Instant):
        return value.astimezone(school.actor("school").zone).replace(tzinfo=None)
    if isinstance(field.type, types.Document):
        return format_document(value)
    if isinstance(field.type, types.Phone):
        return format_phone(value)
    return value


def stored(field: Field, value: Any) -> Any:
    """A value as SQLite holds it."""
    if isinstance(field.type, types.JsonValue):
        return json.loads(json.dumps(value))
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, dt.time):
        return value.strftime("%H:%M:%S.%f")
    return int(value) if isinstance(value, bool) else getattr(value, "value", value)


def row_of(sql: Ask, table: str, key: str) -> dict[str, Any] | None:
    found = sql(f'SELECT * FROM "{table}" WHERE id = ?', key)
    return found[0] if found else None


def agrees(row: Mapping[str, Any], table: str, values: Mapping[str, Any]) -> None:
    """A row of the database holds these values, given by field."""
    for field in fields(model_of(table)).values():
        if field.name in values:
            held = row[field.column]
            held = json.loads(held) if isinstance(field.type, types.JsonValue) and held is not None else held
            assert held == stored(field, values[field.name]), f"{table}.{field.column}"
