"""Bringing back an older version of a record, and records that were deleted: through the rights, as a change of its own."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pytest

from domain.access import bulk
from domain.access.actor import Actor
from domain.access.grants import RIGHTS, every
from domain.access.roles import Role
from domain.access.trail.models import TrailAction
from domain.access.uow import reading, unit_of_work
from domain.core.models import User
from domain.crm.models import Lead, LeadInteraction
from domain.financial.models import Invoice
from domain.kit.errors import EditConflict, InvalidInput, NotAllowed, NotFound
from domain.kit.ids import new_id
from domain.operations.models import Room, SchoolClass, Term
from domain.payroll.models import PaymentMethod
from domain.records import write
from domain.records.clashes import BeyondRights, CannotComeBack, ThereAgain
from domain.records.deleted import deleted
from domain.records.masks import masked_fields
from domain.records.undo import Brought, bring_back
from domain.records.versions import Version, bring_back_version, version
from domain.supervision.models import SafetyAlert
from domain.toolbox.models import Todo
from tests.conftest import School
from tests.domain.trailing import another_school, asked, difference, faults, told
from tests.factories.rows import Rows


def save(actor: Actor, model: type[Any], key: str, **values: Any) -> None:
    with unit_of_work(actor) as session:
        record = session.get(model, key)
        opened = {name: getattr(record, name) for name in values if name not in masked_fields(actor, model)}
        write.update(session, model, key, values, version=record.row_version, opened=opened)


def looked_at(actor: Actor, model: type[Any], key: str, number: int) -> Version:
    with reading(actor) as session:
        return version(session, model, key, number)


def brought(actor: Actor, model: type[Any], key: str, number: int, seen: Version) -> None:
    with unit_of_work(actor) as session:
        bring_back_version(session, model, key, number, seen)


def values_of(table: str, key: str) -> Mapping[str, Any]:
    return asked(f"SELECT * FROM {table} WHERE id = ?", key)[0]


@pytest.fixture
def coordinator(school: School) -> Actor:
    return school.actor(Role.SCHOOL)


@pytest.fixture
def numbers(school: School, coordinator: Actor) -> list[int]:
    """The room's history: made with 12 seats, 20 seats, called Sala Azul, 30 seats. The entries' numbers, the first first."""
    save(coordinator, Room, school.room, capacity=20)
    save(coordinator, Room, school.room, name="Sala Azul")
    save(coordinator, Room, school.room, capacity=30, is_active=False)
    return [past.number for past in reversed(told(coordinator, Room, school.room))]


# A version.


def test_a_version_is_what_the_record_was_after_that_entry(school: School, coordinator: Actor, numbers: list[int]) -> None:
    found = [looked_at(coordinator, Room, school.room, number).then for number in numbers]
    assert found == [
        {"name": "Sala 1", "capacity": 12, "is_active": True},
        {"name": "Sala 1", "capacity": 20, "is_active": True},
        {"capacity": 20, "is_active": True},
        {},
    ]


def test_a_version_is_brought_back_as_a_change_of_its_own(school: School, coordinator: Actor, numbers: list[int]) -> None:
    seen = looked_at(coordinator, Room, school.room, numbers[1])
    brought(coordinator, Room, school.room, numbers[1], seen)
    room = values_of("rooms", school.room)
    assert (room["name"], room["capacity"], room["is_active"], room["sort_text"]) == ("Sala 1", 20, 1, "sala 1")
    latest = told(coordinator, Room, school.room)[0]
    assert (latest.action, latest.user_id) == (TrailAction.UPDATE, coordinator.user_id)
    assert difference(latest) == {"name": ("Sala Azul", "Sala 1"), "capacity": (30, 20), "is_active": (False, True)}
    assert faults() == []


def test_a_record_that_changed_since_it_was_looked_at_is_a_conflict(
    school: School, coordinator: Actor, numbers: list[int]
) -> None:
    seen = looked_at(coordinator, Room, school.room, numbers[0])
    save(school.job, Room, school.room, capacity=31)
    with pytest.raises(EditConflict):
        brought(coordinator, Room, school.room, numbers[0], seen)
    assert values_of("rooms", school.room)["name"] == "Sala Azul"


def test_a_rule_that_stands_against_it_now_is_told_at_its_field(school: School, coordinator: Actor, numbers: list[int]) -> None:
    with unit_of_work(school.job) as session:
        write.create(session, Room, {"name": "Sala 1", "capacity": 3})
    seen = looked_at(coordinator, Room, school.room, numbers[0])
    with pytest.raises(InvalidInput) as error:
        brought(coordinator, Room, school.room, numbers[0], seen)
    assert [(each.field, each.message) for each in error.value.problems] == [("name", "“Sala 1” has this already.")]
    assert values_of("rooms", school.room)["capacity"] == 30, "nothing is half written"


def test_a_reference_whose_record_is_gone_is_told_at_its_field(school: School, coordinator: Actor) -> None:
    with unit_of_work(school.job) as session:
        other = write.create(session, Room, {"name": "Outra", "capacity": 30}).id
    number = told(coordinator, SchoolClass, school.klass)[0].number
    save(coordinator, SchoolClass, school.klass, room_id=other)
    second = told(coordinator, SchoolClass, school.klass)[0].number
    save(coordinator, SchoolClass, school.klass, room_id=school.room)
    with unit_of_work(coordinator) as session:
        write.remove(session, Room, [other])
    seen = looked_at(coordinator, SchoolClass, school.klass, second)
    with pytest.raises(InvalidInput) as error:
        brought(coordinator, SchoolClass, school.klass, second, seen)
    assert [each.field for each in error.value.problems] == ["room_id"]
    assert looked_at(coordinator, SchoolClass, school.klass, number).then == {}


def test_only_who_may_change_a_record_brings_its_versions_back(school: School, numbers: list[int]) -> None:
    owner = school.actor(Role.OWNER)
    found = looked_at(owner, Room, school.room, numbers[0])
    assert (found.then, set(found.stays)) == ({}, {"name", "capacity", "is_active"}), "an owner reads rooms"
    for role in (Role.TEACHER, Role.STAFF, Role.PARENT, Role.STUDENT):
        with pytest.raises(NotAllowed):
            looked_at(school.actor(role), Room, school.room, numbers[0])
    with pytest.raises(NotAllowed):
        brought(school.actor(Role.STAFF), Room, school.room, numbers[0], looked_at(school.job, Room, school.room, numbers[0]))


def test_a_version_is_no_door_to_another_record_or_school(school: School, coordinator: Actor, numbers: list[int]) -> None:
    other = another_school()
    with unit_of_work(other) as session:
        foreign = write.create(session, Room, {"name": "Deles", "capacity": 3}).id
    with unit_of_work(coordinator) as session:
        later = write.create(session, Room, {"name": "Porão", "capacity": 3}).id  # there was none yet
    for key, number in ((foreign, numbers[0]), (school.room, 9999), (school.klass, numbers[0]), (later, numbers[0])):
        with pytest.raises(NotFound):
            looked_at(coordinator, Room, key, number)
    with pytest.raises(NotFound):
        looked_at(other, Room, school.room, numbers[0])


def test_what_is_masked_or_secret_is_neither_shown_nor_brought_back(
    school: School, coordinator: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    student = school.people[Role.STUDENT]
    save(coordinator, User, student, cpf="52998224725")
    number = told(coordinator, User, student)[0].number
    save(coordinator, User, student, cpf=None, phone="11987654321")
    monkeypatch.setitem(RIGHTS.tables, "users", {Role.SCHOOL: every("RU", masked=("cpf",))})
    found = looked_at(coordinator, User, student, number)
    assert (found.then, found.stays) == ({"phone": None}, ("cpf",))
    brought(coordinator, User, student, number, found)
    assert (values_of("users", student)["cpf"], values_of("users", student)["phone"]) == (None, None)
    with unit_of_work(school.job) as session:
        row = Rows(session.connection(), school.id).values("payment_methods", account_number="987654-3", is_default=False)
        [key] = bulk.insert_rows(session, PaymentMethod, [row])
    first = told(coordinator, PaymentMethod, key)[0].number
    save(coordinator, PaymentMethod, key, account_number="111222-3", is_default=True)
    found = looked_at(coordinator, PaymentMethod, key, first)
    assert dict(found.then) == {"is_default": False}


def test_a_version_of_a_record_that_was_deleted_in_between_is_found(school: School, coordinator: Actor) -> None:
    with unit_of_work(coordinator) as session:
        key = write.create(session, Room, {"name": "Porão", "capacity": 3}).id
    first = told(coordinator, Room, key)[0].number
    save(coordinator, Room, key, capacity=4)
    with unit_of_work(coordinator) as session:
        write.remove(session, Room, [key])
    with unit_of_work(coordinator) as session:
        bring_back(session, Room, key)
    save(coordinator, Room, key, name="Sótão")
    assert looked_at(coordinator, Room, key, first).then == {"name": "Porão", "capacity": 3}


def test_amounts_and_dates_come_back_as_they_were(school: School, coordinator: Actor) -> None:
    number = told(coordinator, Term, school.term)[0].number
    save(coordinator, Term, school.term, end_date=dt.date(2026, 7, 10))
    seen = looked_at(coordinator, Term, school.term, number)
    assert seen.then == {"end_date": dt.date(2026, 7, 3)}
    brought(coordinator, Term, school.term, number, seen)
    assert values_of("terms", school.term)["end_date"] == "2026-07-03"


# Deleted records.


@pytest.fixture
def lead(school: School, coordinator: Actor) -> str:
    """A lead that was deleted among three, with two conversations of its own and one of another's; its key."""
    with unit_of_work(school.job) as session:
        rows = Rows(session.connection(), school.id)
        keys = [rows.add("leads", name=name) for name in ("Dona Ana", "Seu Zé", "Bia")]
        for key in (keys[0], keys[0], keys[1]):
            rows.add("lead_interactions", lead_id=key)
    with unit_of_work(coordinator) as session:
        write.remove(session, Lead, keys)
    return keys[0]


def test_deleted_records_are_listed_the_latest_first_with_who_deleted_them(school: School, coordinator: Actor, lead: str) -> None:
    with unit_of_work(coordinator) as session:
        write.remove(session, Room, [write.create(session, Room, {"name": "Porão", "capacity": 3}).id])
    with reading(coordinator) as session:
        found = deleted(session, Lead)
        rooms = deleted(session, Room)
        assert [len(deleted(session, Lead, page=page, size=2)) for page in (1, 2, 3)] == [2, 1, 0]
    assert sorted(each.label for each in found) == ["Bia", "Dona Ana", "Seu Zé"]
    assert {(each.user_id, each.role, each.job) for each in found} == {(coordinator.user_id, Role.SCHOOL, None)}
    assert [each.label for each in rooms] == ["Porão"]


def test_a_deleted_record_comes_back_with_its_own_and_no_others(school: School, coordinator: Actor, lead: str) -> None:
    with unit_of_work(coordinator) as session:
        assert bring_back(session, Lead, lead) == Brought(3)
    assert [row["name"] for row in asked("SELECT name FROM leads")] == ["Dona Ana"]
    assert {row["lead_id"] for row in asked("SELECT lead_id FROM lead_interactions")} == {lead}
    assert told(coordinator, Lead, lead)[0].action is TrailAction.CREATE
    with reading(coordinator) as session:
        assert sorted(each.label for each in deleted(session, Lead)) == ["Bia", "Seu Zé"]
    with pytest.raises((ThereAgain, NotFound)), unit_of_work(coordinator) as session:
        bring_back(session, Lead, lead)
    assert faults() == []


def test_references_come_back_where_they_are_still_empty(school: School, coordinator: Actor) -> None:
    with unit_of_work(school.job) as session:
        rows = Rows(session.connection(), school.id)
        person = rows.add("users", role="staff", first_name="Bia", last_name="Reis")
        mine, other = (rows.add("leads", name=name, assigned_to=person) for name in ("Ana", "Zé"))
    with unit_of_work(coordinator) as session:
        write.remove(session, User, [person])
    save(coordinator, Lead, other, assigned_to=school.people[Role.STAFF])
    with unit_of_work(coordinator) as session:
        found = bring_back(session, User, person)
    assert (found.references, found.left) == (1, 1)
    assert values_of("leads", mine)["assigned_to"] == person
    assert values_of("leads", other)["assigned_to"] == school.people[Role.STAFF]
    assert [row["role"] for row in asked("SELECT role FROM user_roles WHERE user_id = ?", person)] == ["staff"]
    owner = school.actor(Role.OWNER)  # who brings staff back, and changes no lead
    with unit_of_work(owner) as session:
        write.remove(session, User, [person])
    with unit_of_work(owner) as session:
        assert bring_back(session, User, person).left == 1
    assert values_of("leads", mine)["assigned_to"] is None


def test_a_student_comes_back_without_their_own_words(school: School, coordinator: Actor) -> None:
    with unit_of_work(school.job) as session:
        rows = Rows(session.connection(), school.id)
        person = rows.add("users", role="student", first_name="Bia", last_name="Reis")
        rows.add("todos", user_id=person)
    with unit_of_work(coordinator) as session:
        write.remove(session, User, [person])
    with unit_of_work(coordinator) as session:
        bring_back(session, User, person)
    assert values_of("users", person)["first_name"] == "Bia"
    assert asked("SELECT id FROM todos") == []
    with reading(school.actor(Role.STUDENT)) as session, pytest.raises(NotAllowed):
        deleted(session, Todo)


def test_a_name_that_is_taken_by_now_is_told(school: School, coordinator: Actor) -> None:
    with unit_of_work(coordinator) as session:
        key = write.create(session, Room, {"name": "Porão", "capacity": 3}).id
    with unit_of_work(coordinator) as session:
        write.remove(session, Room, [key])
        write.create(session, Room, {"name": "Porão", "capacity": 9})
    with pytest.raises(CannotComeBack) as error, unit_of_work(coordinator) as session:
        bring_back(session, Room, key)
    assert error.value.message == "Room, “Porão”: Name: “Porão” has this already. Nothing was brought back."


def test_nobody_brings_back_what_they_could_not_create(school: School, coordinator: Actor, lead: str) -> None:
    owner = school.actor(Role.OWNER)
    with unit_of_work(school.job) as session:
        rows = Rows(session.connection(), school.id)
        person = rows.add("users", role="staff", first_name="Bia", last_name="Reis")
        rows.add("addresses", user_id=person)
        boss = rows.add("users", role="owner", first_name="Olavo", last_name="Reis")
        rows.add("user_roles", user_id=boss, role="owner")
    with unit_of_work(school.job) as session:
        write.remove(session, User, [person, boss])
    for role in (Role.OWNER, Role.STAFF, Role.TEACHER):
        with pytest.raises(NotAllowed), unit_of_work(school.actor(role)) as session:
            bring_back(session, Lead, lead)
        with pytest.raises(NotAllowed), reading(school.actor(role)) as session:
            deleted(session, Lead)
    with pytest.raises(BeyondRights, match="Addresses"), unit_of_work(owner) as session:
        bring_back(session, User, person)
    with pytest.raises(Exception, match=r"school|role"), unit_of_work(coordinator) as session:
        bring_back(session, User, boss)
    assert asked("SELECT id FROM users WHERE id IN (?, ?)", person, boss) == []
    with unit_of_work(owner) as session:
        bring_back(session, User, boss)


def test_deleted_alerts_are_nobodys_to_list_for_some_are_withheld_from_each(coordinator: Actor) -> None:
    with reading(coordinator) as session, pytest.raises(NotAllowed):
        deleted(session, SafetyAlert)


def test_a_large_cascade_comes_back_whole(school: School, coordinator: Actor) -> None:
    with unit_of_work(school.job) as session:
        rows = Rows(session.connection(), school.id)
        key = rows.add("leads", name="Dona Ana")
        talk = rows.values("lead_interactions", lead_id=key)
        bulk.insert_rows(session, LeadInteraction, [{**talk, "id": new_id()} for _each in range(1500)])
    with unit_of_work(coordinator) as session:
        write.remove(session, Lead, [key])
    with unit_of_work(school.job) as session:
        write.create(session, Room, {"name": "Porão", "capacity": 3})
    with unit_of_work(coordinator) as session:
        assert bring_back(session, Lead, key) == Brought(1501)
    assert len(asked("SELECT id FROM lead_interactions WHERE lead_id = ?", key)) == 1500


def test_no_school_brings_back_anothers_record(school: School, lead: str) -> None:
    other = another_school()
    with pytest.raises(NotFound), unit_of_work(other) as session:
        bring_back(session, Lead, lead)
    with reading(other) as session:
        assert deleted(session, Lead) == []


def test_a_record_that_is_there_is_not_brought_back(school: School, coordinator: Actor) -> None:
    for key in (school.room, "01ARZ3NDEKTSV4RRFFQ69G5FAV", "nonsense"):
        with pytest.raises(NotFound), unit_of_work(coordinator) as session:
            bring_back(session, Room, key)


def test_what_is_masked_is_dots_in_the_name_of_a_deleted_record(
    school: School, coordinator: Actor, lead: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(RIGHTS.tables, "leads", {Role.SCHOOL: every("CRUD", masked=("name",))})
    with reading(coordinator) as session:
        assert {each.label for each in deleted(session, Lead)} == {"•••"}


def test_a_record_is_called_by_what_it_referred_to(school: School, coordinator: Actor) -> None:
    with unit_of_work(school.job) as session:
        values = Rows(session.connection(), school.id).values("invoices", payer_id=school.people[Role.PARENT])
        [key] = bulk.insert_rows(session, Invoice, [values])
    with unit_of_work(coordinator) as session:
        bulk.delete_rows(session, Invoice, [key])
    with reading(coordinator) as session:
        [found] = deleted(session, Invoice)
    assert "Paula Lima" in found.label
