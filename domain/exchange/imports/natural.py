"""By what people know a record of each table, as data: what tells whether a row of a file is there already, and what may stand
for a record in another table's cell.

What isn't said here follows from the model: a table's first unique constraint, else what its records are called by.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from sqlalchemy import Table, UniqueConstraint

from domain.db.base import ADDED, Base
from domain.db.types import ShortText
from domain.records.fields import fields

Names = tuple[str, ...]


@dataclass(frozen=True)
class Natural:
    """Fields that together name one record.

    `when`: what a row of the file must say for it to count; `where`: what the record must be. `apart`: fields in which the row
    and the record, where both have them, must agree, or they are two. `empties`: what a row leaves empty must be empty in the
    record; so in a table's last key, which every row must say.
    """

    names: Names
    when: Mapping[str, Any] = field(default_factory=dict, hash=False)
    where: Mapping[str, Any] = field(default_factory=dict, hash=False)
    apart: Names = ()
    empties: bool = False


def _each(*keys: str) -> tuple[Natural, ...]:
    """Each text holds the names of one key's fields; the first that a row fills and that finds something counts."""
    return tuple(Natural(tuple(each.split())) for each in keys)


NATURAL: dict[str, tuple[Natural, ...]] = {
    "users": (
        *_each("email", "cpf"),
        # Two people of one name and birthday are two, where each has an e-mail or a CPF of their own.
        Natural(("first_name", "last_name", "birth_date"), apart=("email", "cpf")),
        Natural(("first_name", "last_name", "role"), apart=("email", "cpf", "birth_date")),
    ),
    "organizations": _each("slug"),
    "lessons": _each("module_id title"),
    "prompts": _each("lesson_id title"),
    "student_prompts": _each("user_id title"),
    "prompt_runs": _each("user_id prompt_id input", "user_id student_prompt_id input", "user_id input"),
    "annotations": _each("user_id content"),
    "graveyard_ideas": _each("user_id idea"),
    "todos": _each("user_id title due_date", "user_id title"),
    "knowledge_nodes": _each("user_id label"),
    "user_progress": (
        Natural(("user_id", "lesson_id")),
        Natural(("user_id", "module_id"), when={"lesson_id": None}, where={"lesson_id": None}),
    ),
    "classes": _each("term_id name"),
    "sessions": _each("class_id date start_time"),
    "attendance": _each("session_id user_id"),
    "enrollments": (
        Natural(("user_id", "class_id", "enrolled_at")),
        # One active enrolment in a class; what has ended is known by how and when it did, or ends the active one.
        Natural(("user_id", "class_id"), when={"status": "active"}, where={"status": "active"}),
        Natural(("user_id", "class_id", "status"), apart=("enrolled_at", "dropped_at")),
        Natural(("user_id", "class_id"), where={"status": "active"}, apart=("enrolled_at",)),
    ),
    "placements": _each("user_id course_type_id tested_at"),
    "terms": _each("name"),
    "invoices": _each("external_id", "payer_id student_id due_date amount", "payer_id due_date amount"),
    "transactions": _each("external_id", "invoice_id type amount processed_at"),
    "payouts": _each("user_id period_start"),
    "teacher_contracts": _each("user_id start_date"),
    "leads": _each("email", "phone", "name source"),
    "lead_interactions": _each("lead_id type content"),
    "trials": _each("lead_id session_id", "lead_id class_id scheduled_at"),
    "staff_payroll": _each("user_id period_start payroll_type"),
    "payroll_payments": _each("payroll_id user_id reference_code", "payroll_id user_id scheduled_for amount_cents"),
    "payment_methods": _each("user_id label"),
    "journal_entries": _each("reference_date description"),
    "fiscal_documents": _each(
        "access_key", "issuer_document document_type series document_number", "recipient_name issue_date total_amount_cents"
    ),
    "memory_nodes": _each("graph_id content"),
    "memory_ledger": _each("graph_id content"),
    "memory_contradictions": _each("graph_id node_a node_b"),
    "safety_alerts": _each("student_id detected_by reason"),
    "alert_acknowledgments": _each("alert_id user_id action_taken"),
    "chat_sessions": _each("student_id started_at"),
    "chat_messages": _each("session_id role"),
    "memory_integrity_hashes": _each("student_id graph_hash ledger_hash"),
    "memory_audit_log": _each("student_id operation entity_type entity_id actor"),
}

# What may stand for a record in a cell, besides its key, its label, and any single unique text.
SAID: dict[str, tuple[Names, ...]] = {
    "users": (("email",), ("cpf",)),
    "levels": (("code",), ("name",)),
    "modules": (("code",), ("name",)),
    "classes": (("name", "term_id"), ("term_id", "name")),
    "chart_of_accounts": (("code",), ("name",)),
    "cost_centers": (("code",), ("name",)),
    "invoices": (("external_id",),),
    "fiscal_documents": (("access_key",),),
}


@cache
def natural_keys(model: type[Base]) -> tuple[Natural, ...]:
    """By what a row of a file is found among a table's records, the surest first. Each row must say one of them."""
    found = NATURAL.get(model.__tablename__) or _from_the_model(model)
    return (*found[:-1], replace(found[-1], empties=True))


def _from_the_model(model: type[Base]) -> tuple[Natural, ...]:
    known = {each.column: each.name for each in fields(model).values() if not each.sealed}
    for columns in _uniques(model):
        if set(columns) <= known.keys():
            return (Natural(tuple(known[name] for name in columns)),)
    return (Natural(tuple(name for name in model.__label__ if name in fields(model))),)


@cache
def ways_of_saying(model: type[Base]) -> tuple[Names, ...]:
    """What may stand for a record in a cell: its label, its single unique texts, and what is said above."""
    known = fields(model)
    single = [
        (name,)
        for name, each in known.items()
        if [each.column] in _uniques(model) and isinstance(each.type, ShortText) and not each.sealed
    ]
    return tuple(dict.fromkeys([tuple(model.__label__), *single, *SAID.get(model.__tablename__, ())]))


@cache
def parts_of(model: type[Base]) -> Names:
    """The fields by which a reference to this table may be spread over several columns."""
    keys = [name for each in natural_keys(model) for name in each.names]
    said = [name for each in ways_of_saying(model) for name in each]
    return tuple(dict.fromkeys([*keys, *said]))


@cache
def _uniques(model: type[Base]) -> list[list[str]]:
    table = model.__table__
    assert isinstance(table, Table)
    found = [
        [str(column.name) for column in each.columns if column.name not in ADDED]
        for each in table.constraints
        if isinstance(each, UniqueConstraint)
    ]
    found += [
        [str(column.name) for column in each.columns if column.name not in ADDED]
        for each in table.indexes
        if each.unique and each.dialect_options["sqlite"]["where"] is None
    ]
    return sorted((each for each in found if each and each != ["id"] and "id" not in each), key=lambda each: (len(each), each))
