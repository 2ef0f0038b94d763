"""Undoing what one just did: whole, within one's rights, and never over what came between."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from domain.access import bulk
from domain.access.roles import Role
from domain.access.trail import undo as trail_undo
from domain.access.trail.undo import NotKept, TooLate
from domain.access.trail.writing import written
from domain.access.uow import ScopedSession, unit_of_work
from domain.accounting.models import Account
from domain.core.models import User
from domain.crm.models import Lead, LeadInteraction
from domain.kit.errors import InvalidInput, NotAllowed, NotFound
from domain.operations.models import Room, SchoolClass
from domain.payroll.models import PaymentMethod
from domain.records import write
from domain.records.clashes import ChangedSince, ChangedSinceBy, GoneSince, NeededSince, ThereAgain
from domain.toolbox.models import Todo
from tests.conftest import School
from tests.domain.trailing import another_school, asked, difference, done, entries, faults, last_number, statements, told, undone
from tests.factories.rows import Rows

TRAIL = {"trail_entries", "trail_values"}


def change(key: str, **values: Any) -> Callable[[ScopedSession], object]:
    def act(session: ScopedSession) -> None:
        record = session.get(Room, key)
        opened = {name: getattr(record, name) for name in values}
        write.update(session, Room, key, values, version=record.row_version, opened=opened)

    return act


def row(table: str, key: str) -> dict[str, Any]:
    """A row without what every change changes."""
    [found] = asked(f"SELECT * FROM {table} WHERE id = ?", key)
    return {name: value for name, value in found.items() if name not in {"row_version", "updated_at"}}


def everything() -> dict[str, list[dict[str, Any]]]:
    tables = [each["name"] for each in asked("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")]
    rows = {name: asked(f"SELECT * FROM {name} ORDER BY 1") for name in tables if name not in TRAIL}
    return {
        name: [{column: value for column, value in each.items() if column not in {"row_version", "updated_at"}} for each in some]
        for name, some in rows.items()
    }


# What it does.


def test_a_change_is_undone_as_a_change_of_its_own(school: School) -> None:
    coordinator = school.actor(Role.SCHOOL)
    before = row("rooms", school.room)
    what = done(coordinator, change(school.room, name="Sala Azul", capacity=40))
    assert undone(coordinator, what) == 1
    assert row("rooms", school.room) == before
    assert asked("SELECT sort_text FROM rooms WHERE id = ?", school.room)[0]["sort_text"] == "sala 1"
    latest = told(coordinator, Room, school.room)[0]
    assert difference(latest) == {"name": ("Sala Azul", "Sala 1"), "capacity": (40, 12)}
    assert latest.unit != what.unit
    assert faults() == []


def test_a_new_record_is_taken_away(school: School) -> None:
    coordinator = school.actor(Role.SCHOOL)
    what = done(coordinator, lambda session: write.create(session, Room, {"name": "Porão", "capacity": 3}))
    undone(coordinator, what)
    assert [each["name"] for each in asked("SELECT name FROM rooms")] == ["Sala 1"]


def test_a_new_person_goes_with_the_role_that_came_of_itself(school: School) -> None:
    coordinator = school.actor(Role.SCHOOL)
    before = everything()
    given = {"first_name": "Bia", "last_name": "Reis", "role": Role.STUDENT, "email": "bia@example.com"}
    what = done(coordinator, lambda session: write.create(session, User, given))
    assert what.can_be_undone
    undone(coordinator, what)
    assert everything() == before


def test_a_changed_role_is_undone_with_the_role_that_came_of_itself(school: School) -> None:
    coordinator, person = school.actor(Role.SCHOOL), school.people[Role.STAFF]
    before = everything()

    def act(session: ScopedSession) -> None:
        record = session.get(User, person)
        write.update(session, User, person, {"role": Role.TEACHER}, version=record.row_version, opened={"role": record.role})

    undone(coordinator, done(coordinator, act))
    assert everything() == before


def test_a_bulk_change_is_undone_record_by_record(school: School) -> None:
    coordinator = school.actor(Role.SCHOOL)
    with unit_of_work(school.job) as session:
        keys = [write.create(session, Room, {"name": f"Sala {at}", "capacity": at}).id for at in range(2, 22)]
    what = done(coordinator, lambda session: write.update_many(session, Room, keys, {"capacity": 99}))
    assert undone(coordinator, what) == 20
    assert [each["capacity"] for each in asked("SELECT capacity FROM rooms WHERE id <> ? ORDER BY id", school.room)] == [
        *range(2, 22)
    ]


def test_a_delete_is_undone_with_all_that_went_along_and_every_reference(school: School) -> None:
    coordinator = school.actor(Role.SCHOOL)
    with unit_of_work(school.job) as session:
        rows = Rows(session.connection(), school.id)
        lead = rows.add("leads", name="Dona Ana")
        for _each in range(3):
            rows.add("lead_interactions", lead_id=lead)
        rows.add("trials", lead_id=lead)
        person = rows.add("users", first_name="Bia", last_name="Reis", role="student", language=None)
        rows.add("addresses", user_id=person)
        helped = rows.add("leads", assigned_to=person)
    before = everything()
    leads = done(coordinator, lambda session: write.remove(session, Lead, [lead]))
    people = done(coordinator, lambda session: write.remove(session, User, [person]))
    assert asked("SELECT assigned_to FROM leads WHERE id = ?", helped)[0]["assigned_to"] is None
    assert (leads.can_be_undone, people.can_be_undone) == (True, True)
    undone(coordinator, people)
    undone(coordinator, leads)
    after = everything()
    held = {(each["user_id"], each["role"]) for each in after.pop("user_roles")}
    assert held == {(each["user_id"], each["role"]) for each in before.pop("user_roles")} | {(person, "student")}
    assert after == before
    assert faults() == []


def test_what_hangs_under_one_another_in_a_table_comes_back_from_the_top(school: School) -> None:
    coordinator = school.actor(Role.SCHOOL)
    with unit_of_work(school.job) as session:
        rows = Rows(session.connection(), school.id)
        top = rows.add("chart_of_accounts", code="8", level=1, parent_id=None, is_system=False)
        under = rows.add("chart_of_accounts", code="8.1", level=2, parent_id=top, is_system=False)
    before = row("chart_of_accounts", under)

    def act(session: ScopedSession) -> None:
        bulk.delete_rows(session, Account, [under])
        bulk.delete_rows(session, Account, [top])

    undone(coordinator, done(coordinator, act))
    assert row("chart_of_accounts", under) == before


# What came between.


def test_a_change_that_met_another_is_not_undone_and_says_who_it_was(school: School) -> None:
    coordinator = school.actor(Role.SCHOOL)
    what = done(coordinator, change(school.room, capacity=40))
    done(replace(school.actor(Role.OWNER), role=Role.SCHOOL), change(school.room, capacity=41))
    with pytest.raises(ChangedSinceBy) as error:
        undone(coordinator, what)
    assert error.value.message == "“Sala 1” was changed since by Olga Lima (Seats). Nothing was undone."
    assert row("rooms", school.room)["capacity"] == 41


def test_another_change_of_another_field_stays_beside_the_undone_one(school: School) -> None:
    coordinator = school.actor(Role.SCHOOL)
    what = done(coordinator, change(school.room, capacity=40))
    done(school.job, change(school.room, name="Sala Azul"))
    undone(coordinator, what)
    assert [row("rooms", school.room)[name] for name in ("name", "capacity")] == ["Sala Azul", 12]


def test_of_many_records_one_that_was_changed_keeps_all_as_they_are(school: School) -> None:
    coordinator = school.actor(Role.SCHOOL)
    with unit_of_work(school.job) as session:
        keys = [write.create(session, Room, {"name": f"Sala {at}", "capacity": at}).id for at in range(2, 6)]
    what = done(coordinator, lambda session: write.update_many(session, Room, keys, {"capacity": 99}))
    done(school.job, change(keys[1], capacity=7))
    number = last_number(school)
    with pytest.raises(ChangedSince, match="Sala 3"):
        undone(coordinator, what)
    assert {each["capacity"] for each in asked("SELECT capacity FROM rooms WHERE id <> ?", school.room)} == {99, 7}
    assert entries(school.id, after=number) == []


def test_nothing_is_undone_twice(school: School) -> None:
    coordinator = school.actor(Role.SCHOOL)
    changed = done(coordinator, change(school.room, capacity=40))
    undone(coordinator, changed)
    with pytest.raises(ChangedSince):
        undone(coordinator, changed)
    made = done(coordinator, lambda session: write.create(session, Room, {"name": "Porão", "capacity": 3}))
    undone(coordinator, made)
    with pytest.raises(GoneSince, match="Porão"):
        undone(coordinator, made)
    with unit_of_work(coordinator) as session:
        key = write.create(session, Room, {"name": "Sótão", "capacity": 3}).id
    gone = done(coordinator, lambda session: write.remove(session, Room, [key]))
    undone(coordinator, gone)
    with pytest.raises(ThereAgain, match="Sótão"):
        undone(coordinator, gone)


def test_a_new_record_that_others_use_by_now_stays(school: School) -> None:
    coordinator = school.actor(Role.SCHOOL)
    rooms, leads = [], []
    room = done(coordinator, lambda session: rooms.append(write.create(session, Room, {"name": "Porão", "capacity": 30}).id))
    lead = done(coordinator, lambda session: leads.append(write.create(session, Lead, {"name": "Ana", "source": "website"}).id))
    with unit_of_work(school.job) as session:
        session.get(SchoolClass, school.klass).room_id = rooms[0]
        Rows(session.connection(), school.id).add("lead_interactions", lead_id=leads[0])
    with pytest.raises(NeededSince) as needed:
        undone(coordinator, room)
    assert needed.value.message == "“Porão” is in use by now: Classes. Nothing was undone."
    with pytest.raises(NeededSince, match="Lead interactions"):
        undone(coordinator, lead)
    assert len(asked("SELECT id FROM lead_interactions")) == 1


def test_of_many_new_records_the_one_that_is_used_by_now_is_named(school: School) -> None:
    coordinator, names = school.actor(Role.SCHOOL), ("Adega", "Porão", "Sótão")
    keys: dict[str, str] = {}

    def make(session: ScopedSession) -> None:
        for name in names:
            keys[name] = write.create(session, Room, {"name": name, "capacity": 30}).id
            keys[f"of {name}"] = write.create(session, Lead, {"name": f"Of {name}", "source": "website"}).id

    made = done(coordinator, make)
    with unit_of_work(school.job) as session:
        session.get(SchoolClass, school.klass).room_id = keys["Porão"]
    with pytest.raises(NeededSince, match="“Porão” is in use by now: Classes"):
        undone(coordinator, made)
    with unit_of_work(school.job) as session:
        session.get(SchoolClass, school.klass).room_id = None
        note = Rows(session.connection(), school.id).add("lead_interactions", lead_id=keys["of Sótão"])
    with pytest.raises(NeededSince, match="“Of Sótão” is in use by now: Lead interactions"):
        undone(coordinator, made)
    with unit_of_work(school.job) as session:
        write.remove(session, LeadInteraction, [note])
    undone(coordinator, made)
    assert asked("SELECT id FROM leads") == asked("SELECT id FROM rooms WHERE capacity = 30") == []


def test_many_records_that_follow_one_another_are_undone_in_few_questions(school: School) -> None:
    coordinator = school.actor(Role.SCHOOL)

    def rooms(count: int) -> int:
        made = done(
            coordinator,
            lambda session: [write.create(session, Room, {"name": f"{count}.{at}", "capacity": 30}) for at in range(count)],
        )
        with statements() as asked_for:
            undone(coordinator, made)
        return len(asked_for)

    assert rooms(2) == rooms(20)


def test_a_deleted_record_whose_name_is_taken_by_now_says_so(school: School) -> None:
    coordinator = school.actor(Role.SCHOOL)
    with unit_of_work(coordinator) as session:
        key = write.create(session, Room, {"name": "Porão", "capacity": 3}).id
    what = done(coordinator, lambda session: write.remove(session, Room, [key]))
    with unit_of_work(coordinator) as session:
        write.create(session, Room, {"name": "Porão", "capacity": 9})
    with pytest.raises(Exception, match="Porão") as error:
        undone(coordinator, what)
    assert "has this already" in error.value.message


def test_a_deleted_record_whose_parent_is_gone_says_so(school: School) -> None:
    coordinator = school.actor(Role.SCHOOL)
    with unit_of_work(school.job) as session:
        rows = Rows(session.connection(), school.id)
        lead = rows.add("leads", name="Dona Ana")
        talk = rows.add("lead_interactions", lead_id=lead)
    what = done(coordinator, lambda session: write.remove(session, LeadInteraction, [talk]))
    done(coordinator, lambda session: write.remove(session, Lead, [lead]))
    with pytest.raises(Exception, match="doesn't exist any more") as error:
        undone(coordinator, what)
    assert error.value.message.startswith("Lead interaction")


def test_a_rule_that_stands_against_what_was_is_told_at_its_field(school: School) -> None:
    coordinator = school.actor(Role.SCHOOL)
    with unit_of_work(school.job) as session:
        write.create(session, Room, {"name": "Outra", "capacity": 3})
    what = done(coordinator, change(school.room, name="Sala Azul"))
    with unit_of_work(school.job) as session:
        write.create(session, Room, {"name": "Sala 1", "capacity": 3})
    with pytest.raises(InvalidInput) as error:
        undone(coordinator, what)
    assert [(each.field, each.message) for each in error.value.problems] == [("name", "“Sala 1” has this already.")]


# Whose it is.


def test_only_who_did_it_undoes_it(school: School) -> None:
    what = done(school.actor(Role.SCHOOL), change(school.room, capacity=40))
    for stranger in (school.actor(Role.OWNER), school.actor(Role.STAFF), school.job, another_school()):
        with pytest.raises(NotFound):
            undone(stranger, what)
    assert row("rooms", school.room)["capacity"] == 40


def test_a_right_that_was_lost_meanwhile_is_asked_again(school: School) -> None:
    coordinator = school.actor(Role.SCHOOL)
    what = done(coordinator, change(school.room, capacity=40))
    with pytest.raises(NotAllowed):
        undone(replace(coordinator, role=Role.OWNER), what)
    with unit_of_work(coordinator) as session:
        key = write.create(session, Lead, {"name": "Ana", "source": "website"}).id
    gone = done(coordinator, lambda session: write.remove(session, Lead, [key]))
    with pytest.raises(NotAllowed):
        undone(replace(coordinator, role=Role.TEACHER), gone)


def test_a_teacher_undoes_their_own_change_without_a_right_to_the_trail(school: School) -> None:
    teacher = school.actor(Role.TEACHER)

    def act(session: ScopedSession) -> None:
        record = session.get(User, teacher.user_id)
        write.update(session, User, teacher.user_id, {"phone": "11987654321"}, version=record.row_version, opened={"phone": None})

    what = done(teacher, act)
    assert what.can_be_undone
    undone(teacher, what)
    assert row("users", teacher.user_id)["phone"] is None


def test_what_reception_creates_and_may_not_delete_is_not_offered(school: School) -> None:
    reception = school.actor(Role.STAFF)
    given = {"first_name": "Bia", "last_name": "Reis", "role": Role.STUDENT}
    what = done(reception, lambda session: write.create(session, User, given))
    assert not what.can_be_undone
    with pytest.raises(NotAllowed):
        undone(reception, what)


def test_after_ten_minutes_it_is_too_late(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    coordinator = school.actor(Role.SCHOOL)
    what = done(coordinator, change(school.room, capacity=40))
    moment = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=11)
    monkeypatch.setattr(trail_undo, "now", lambda: moment)
    with pytest.raises(TooLate):
        undone(coordinator, what)


def test_a_unit_that_is_none_of_the_schools_cannot_be_named(school: School) -> None:
    coordinator = school.actor(Role.SCHOOL)
    what = done(coordinator, change(school.room, capacity=40))
    other = another_school()
    foreign = done(other, lambda session: write.create(session, Room, {"name": "Deles", "capacity": 3}))
    for forged in (replace(what, unit=foreign.unit), replace(foreign, first=what.first), foreign):
        with pytest.raises(NotFound):
            undone(coordinator, forged)


# What isn't kept.


def test_a_students_words_are_not_offered(school: School) -> None:
    student = school.actor(Role.STUDENT)
    made = done(student, lambda session: write.create(session, Todo, {"title": "Ler"}))
    assert not made.can_be_undone
    with pytest.raises(NotKept):
        undone(student, made)


def test_a_delete_that_takes_a_students_words_along_is_not_offered(school: School) -> None:
    coordinator = school.actor(Role.SCHOOL)
    with unit_of_work(school.job) as session:
        rows = Rows(session.connection(), school.id)
        person = rows.add("users", role="student")
        rows.add("todos", user_id=person)
    what = done(coordinator, lambda session: write.remove(session, User, [person]))
    assert not what.can_be_undone
    with pytest.raises(NotKept):
        undone(coordinator, what)


def test_payment_details_that_were_never_kept_cannot_come_back(school: School) -> None:
    coordinator = school.actor(Role.SCHOOL)
    with unit_of_work(school.job) as session:
        values = Rows(session.connection(), school.id).values("payment_methods", account_number="987654-3")
        [key] = bulk.insert_rows(session, PaymentMethod, [values])
    gone = done(coordinator, lambda session: write.remove(session, PaymentMethod, [key]))
    assert not gone.can_be_undone
    with pytest.raises(NotKept):
        undone(coordinator, gone)


def test_what_changed_nothing_leaves_nothing_to_undo(school: School) -> None:
    with unit_of_work(school.job) as session:
        session.scalars(select(Room)).all()
    assert written(session) is None
