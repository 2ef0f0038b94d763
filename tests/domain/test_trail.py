"""What the trail tells of each change, and what it costs: it is written with the change itself."""

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from domain.access import bulk
from domain.access.roles import Role
from domain.access.trail import writing as trail_writing
from domain.access.trail.kinds import NOTHING, PRESENCE, SECRET, WHOLE, kind_of
from domain.access.trail.models import TrailAction
from domain.access.trail.reading import Difference
from domain.access.trail.values import LEFT_OUT, secrets
from domain.access.uow import unit_of_work
from domain.core.models import Address, User
from domain.crm.enums import LeadSource
from domain.crm.models import Lead, LeadInteraction
from domain.db.base import model_of
from domain.db.meter import metered
from domain.financial.models import Product
from domain.kit.errors import InvalidInput
from domain.operations.models import Room, Term
from domain.payroll.policy import DETAILS, EXPIRY
from domain.records import write
from domain.records.labels import show_label
from tests.conftest import School
from tests.domain.trailing import asked, difference, entries, faults, last_number, told
from tests.factories.rows import Rows, all_tables

# What is written.


def test_every_table_is_of_exactly_one_kind() -> None:
    for table in all_tables():
        assert sum(table in kind for kind in (WHOLE, PRESENCE, NOTHING)) == 1, table
    assert set(all_tables()) >= WHOLE | PRESENCE


def test_a_table_that_nobody_decided_on_cannot_be_written() -> None:
    with pytest.raises(KeyError):
        kind_of("diaries")


def test_what_is_secret_is_what_payroll_masks_for_everyone() -> None:
    assert {"payment_methods": frozenset(DETAILS + EXPIRY)} == SECRET


def test_a_new_record_is_told_with_who_when_and_what(school: School) -> None:
    coordinator = school.actor(Role.SCHOOL)
    began = dt.datetime.now(dt.UTC)
    with unit_of_work(coordinator) as session:
        key = write.create(session, Room, {"name": "Ateliê", "capacity": 8}).id
    [past] = told(coordinator, Room, key)
    assert (past.user_id, past.role, past.job, past.action) == (coordinator.user_id, Role.SCHOOL, None, TrailAction.CREATE)
    assert began <= past.at <= dt.datetime.now(dt.UTC)
    assert difference(past) == {"name": (None, "Ateliê"), "capacity": (None, 8), "is_active": (None, True)}
    assert past.differences[0] == Difference("name", "Name", None, "Ateliê")
    assert show_label(Room, list(past.record_label)) == "Ateliê"


def test_a_change_is_told_with_its_fields_alone_before_and_after(school: School) -> None:
    coordinator = school.actor(Role.SCHOOL)
    with unit_of_work(coordinator) as session:
        record = session.get(Room, school.room)
        values = {"name": "Sala Azul", "capacity": 12}
        write.update(session, Room, school.room, values, version=record.row_version, opened=values)
    latest, first = told(coordinator, Room, school.room)
    assert difference(latest) == {"name": ("Sala 1", "Sala Azul")}
    assert (latest.action, first.action) == (TrailAction.UPDATE, TrailAction.CREATE)
    assert latest.record_label == ("Sala Azul",)


def test_a_delete_is_told_with_all_that_the_record_was(school: School) -> None:
    coordinator = school.actor(Role.SCHOOL)
    with unit_of_work(coordinator) as session:
        key = write.create(session, Room, {"name": "Porão", "capacity": 3}).id
    with unit_of_work(coordinator) as session:
        write.remove(session, Room, [key])
    latest = told(coordinator, Room, key)[0]
    assert latest.action is TrailAction.DELETE
    assert difference(latest) == {"name": ("Porão", None), "capacity": (3, None), "is_active": (True, None)}


def test_a_delete_by_the_session_is_told_likewise(school: School) -> None:
    with unit_of_work(school.job) as session:
        key = write.create(session, Room, {"name": "Porão", "capacity": 3}).id
    with unit_of_work(school.job) as session:
        session.delete(session.get(Room, key))
    assert difference(told(school.job, Room, key)[0])["name"] == ("Porão", None)


def test_a_job_is_named(school: School) -> None:
    with unit_of_work(school.job) as session:
        key = write.create(session, Room, {"name": "Porão", "capacity": 3}).id
    [past] = told(school.actor("school"), Room, key)
    assert (past.user_id, past.role, past.job) == (None, None, "test")


def test_what_is_written_together_is_told_as_one_unit(school: School) -> None:
    with unit_of_work(school.job) as session:
        keys = [write.create(session, Room, {"name": name, "capacity": 3}).id for name in ("Um", "Dois")]
        session.get(Room, school.room).capacity = 30
    [first] = told(school.job, Room, keys[0])
    [second] = told(school.job, Room, keys[1])
    third = told(school.job, Room, school.room)[0]
    assert first.unit == second.unit == third.unit
    assert [first.number, second.number, third.number] == list(range(first.number, first.number + 3))
    assert faults() == []


def test_a_record_that_is_written_twice_in_a_unit_has_two_entries(school: School) -> None:
    with unit_of_work(school.job) as session:
        record = write.create(session, Room, {"name": "Um", "capacity": 3})
        record.capacity = 4
        session.flush()
        record.capacity = 5
    assert [difference(each)["capacity"] for each in told(school.job, Room, record.id)] == [(4, 5), (3, 4), (None, 3)]


def test_a_change_that_changes_nothing_leaves_no_entry(school: School) -> None:
    number = last_number(school)
    with unit_of_work(school.job) as session:
        session.get(Room, school.room).capacity = 12
        bulk.update_rows(session, Room, [school.room], {"capacity": 12})
    assert entries(school.id, after=number) == []


def test_a_value_that_the_session_never_knew_is_asked_for(school: School) -> None:
    with unit_of_work(school.job) as session:
        record = session.get(Room, school.room)
        session.expire(record)
        record.capacity = 40
    assert difference(told(school.job, Room, school.room)[0]) == {"capacity": (12, 40)}


def test_a_value_that_the_database_computes_is_told(school: School) -> None:
    with unit_of_work(school.job) as session:
        record = session.get(Room, school.room)
        record.capacity = func.abs(-17)
        session.flush()
        bulk.update_rows(session, Room, [school.room], {"capacity": Room.__table__.c.capacity + 1})
    assert [difference(each)["capacity"] for each in told(school.job, Room, school.room)[:2]] == [(17, 18), (12, 17)]


def test_a_unit_that_fails_leaves_nothing(school: School) -> None:
    def make(names: list[str]) -> None:
        with unit_of_work(school.job) as session:
            for name in names:
                write.create(session, Room, {"name": name, "capacity": 3})
            raise RuntimeError

    number = last_number(school)
    with pytest.raises(InvalidInput):
        make(["Um", "Um"])
    with pytest.raises(RuntimeError):
        make(["Um"])
    with unit_of_work(school.job) as session:
        write.create(session, Room, {"name": "Um", "capacity": 3})
        session.rollback()
    assert entries(school.id, after=number) == []
    assert faults() == []


def test_what_a_savepoint_undoes_is_not_told(school: School) -> None:
    with unit_of_work(school.job) as session:
        write.create(session, Room, {"name": "Um", "capacity": 3})
        inner = session.begin_nested()
        write.create(session, Room, {"name": "Dois", "capacity": 3})
        inner.rollback()
        with session.begin_nested():
            write.create(session, Room, {"name": "Três", "capacity": 3})
    found = entries(school.id)[-2:]
    names = [json.loads(row["after"])["values"]["name"] for row in asked("SELECT after FROM trail_values ORDER BY rowid")[-2:]]
    assert [row["action"] for row in found] == ["C", "C"]
    assert names == ["Um", "Três"]
    assert faults() == []


def _given(connection: Connection, school: School, table: str) -> dict[str, Any]:
    """What a row must say to be taken at all: attendance is of someone who is enrolled."""
    if table != "attendance":
        return {}
    session = Rows(connection, school.id).add("sessions", class_id=school.klass)
    return {"session_id": session, "user_id": school.people[Role.STUDENT]}


@pytest.mark.parametrize("table", sorted(WHOLE - {"organizations"}))
def test_every_value_of_every_table_is_told_as_it_was_stored(table: str, school: School) -> None:
    model = model_of(table)
    with unit_of_work(school.job) as session:
        connection = session.connection()
        [key] = bulk.insert_rows(session, model, [Rows(connection, school.id).values(table, **_given(connection, school, table))])
        row = dict(connection.execute(select(model.__table__).where(model.__table__.c.id == key)).mappings().one())
    kept = {name: value for name, value in row.items() if name not in LEFT_OUT and value is not None}
    found = {name: after for name, (_before, after) in difference(told(school.job, model, key)[0]).items()}
    assert found == {name: "•••" if name in secrets(model) else value for name, value in kept.items()}
    assert {name: type(value) for name, value in found.items()} == {
        name: type("•••" if name in secrets(model) else value) for name, value in kept.items()
    }


def test_amounts_dates_times_and_lists_are_told_before_and_after(school: School) -> None:
    coordinator = school.actor(Role.SCHOOL)
    with unit_of_work(coordinator) as session:
        product = write.create(session, Product, {**plain(session.connection(), school, "products"), "price": Decimal("10.10")})
        term = session.get(Term, school.term)
        term.end_date = dt.date(2026, 7, 10)
    with unit_of_work(coordinator) as session:
        session.get(Product, product.id).price = Decimal("1234.50")
    assert difference(told(coordinator, Product, product.id)[0]) == {"price": (Decimal("10.10"), Decimal("1234.50"))}
    assert difference(told(coordinator, Term, school.term)[0]) == {"end_date": (dt.date(2026, 7, 3), dt.date(2026, 7, 10))}
    stored = asked("SELECT after FROM trail_values WHERE record_id = ? ORDER BY rowid DESC", product.id)[0]["after"]
    assert json.loads(stored)["values"] == {"price": "1234.50"}


def plain(connection: Connection, school: School, table: str) -> dict[str, Any]:
    values = Rows(connection, school.id).values(table)
    return {name: value for name, value in values.items() if name not in LEFT_OUT | {"created_at"}}


# Many at once.


def test_a_bulk_write_of_few_has_an_entry_for_each_record(school: School) -> None:
    number = last_number(school)
    with unit_of_work(school.job) as session:
        keys = bulk.insert_rows(session, Room, [{"name": f"Sala B{at}", "capacity": 5} for at in range(1000)])
    found = entries(school.id, after=number)
    assert ([row["record_id"] for row in found], {row["records"] for row in found}) == (keys, {1})
    assert faults() == []


def test_a_bulk_write_of_many_has_an_entry_for_each_thousand(school: School) -> None:
    number = last_number(school)
    with unit_of_work(school.job) as session:
        keys = bulk.insert_rows(session, Room, [{"name": f"Sala B{at}", "capacity": 5} for at in range(2500)])
    with unit_of_work(school.job) as session:
        bulk.update_rows(session, Room, keys, {"capacity": 6})
    with unit_of_work(school.job) as session:
        bulk.delete_rows(session, Room, keys)
    found = entries(school.id, after=number)
    assert [(row["action"], row["record_id"], row["records"]) for row in found] == [
        (action, None, count) for action in "CUD" for count in (1000, 1000, 500)
    ]
    for at in (0, 1700, 2499):
        gone, changed, made = told(school.job, Room, keys[at])
        assert difference(made) == {"name": (None, f"Sala B{at}"), "capacity": (None, 5), "is_active": (None, True)}
        assert difference(changed) == {"capacity": (5, 6)}
        assert difference(gone)["name"] == (f"Sala B{at}", None)
    assert faults() == []


def test_a_bulk_insert_tells_what_was_left_to_the_columns(school: School) -> None:
    with unit_of_work(school.job) as session:
        [key] = bulk.insert_rows(session, Lead, [{"name": "Dona Ana", "source": LeadSource.WEBSITE}])
    found = difference(told(school.job, Lead, key)[0])
    [row] = asked("SELECT status, created_at FROM leads WHERE id = ?", key)
    assert found["status"] == (None, row["status"])
    assert found["created_at"][1].replace(tzinfo=None).isoformat(" ", "microseconds") == row["created_at"]


def test_what_a_delete_takes_along_is_told_record_by_record(school: School) -> None:
    with unit_of_work(school.job) as session:
        rows = Rows(session.connection(), school.id)
        lead = rows.add("leads", name="Dona Ana")
        talks = [rows.add("lead_interactions", lead_id=lead) for _each in range(2)]
        trial = rows.add("trials", lead_id=lead)
    with unit_of_work(school.actor(Role.SCHOOL)) as session:
        write.remove(session, Lead, [lead])
    found = entries(school.id)[-4:]
    assert {(row["action"], row["table_name"], row["record_id"]) for row in found} == {
        ("D", "leads", lead),
        ("D", "trials", trial),
        *(("D", "lead_interactions", each) for each in talks),
    }
    assert len({row["unit"] for row in found}) == 1
    assert difference(told(school.job, LeadInteraction, talks[0])[0])["lead_id"] == (lead, None)


def test_a_person_who_goes_takes_along_what_is_theirs_and_leaves_gaps(school: School) -> None:
    with unit_of_work(school.job) as session:
        rows = Rows(session.connection(), school.id)
        person = rows.add("users", first_name="Bia", last_name="Reis")
        rows.add("credentials", user_id=person)
        address = rows.add("addresses", user_id=person)
        todo, star, end = rows.add("todos", user_id=person), *(rows.add("knowledge_nodes", user_id=person) for _each in "ab")
        line = rows.add("knowledge_edges", user_id=person, source_id=star, target_id=end)
        run = rows.add("prompt_runs", user_id=person)
        remark = rows.add("annotations", user_id=person, prompt_run_id=run)
        lead = rows.add("leads", assigned_to=person)
    number = last_number(school)
    with unit_of_work(school.job) as session:
        session.delete(session.get(User, person))
    assert {(row["action"], row["table_name"], row["record_id"]) for row in entries(school.id, after=number)} == {
        ("D", "users", person),
        ("D", "addresses", address),
        ("D", "todos", todo),
        ("D", "knowledge_nodes", star),
        ("D", "knowledge_nodes", end),
        ("D", "knowledge_edges", line),
        ("D", "prompt_runs", run),
        ("D", "annotations", remark),
        ("U", "leads", lead),
    }
    assert difference(told(school.job, Lead, lead)[0]) == {"assigned_to": (person, None)}
    assert difference(told(school.job, Address, address)[0])["city"][1] is None
    assert faults() == []


# What it costs.


@pytest.mark.parametrize("action", ["C", "U"])
def test_one_change_costs_two_statements_more(action: str, school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    def cost(name: str) -> int:
        with metered() as meter, unit_of_work(school.actor(Role.SCHOOL)) as session:
            if action == "C":
                write.create(session, Room, {"name": name, "capacity": 3})
            else:
                session.get(Room, school.room).name = name
        return meter.statements

    cost("warm")
    whole = cost("Um")
    monkeypatch.setattr(trail_writing, "changes_of", lambda *_given: [])
    assert whole - cost("Dois") == 2


def test_the_heads_read_is_one_step_in_an_index(school: School) -> None:
    plan = asked(
        "EXPLAIN QUERY PLAN SELECT number FROM trail_entries WHERE organization_id = ? ORDER BY number DESC LIMIT 1", school.id
    )
    assert "uq_trail_entries" in plan[0]["detail"] or "sqlite_autoindex_trail_entries" in plan[0]["detail"]
    assert len(plan) == 1
