"""Many records changed together, and that undone: as few questions for many as for one, and what is said as if one by one."""

import datetime as dt
import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from domain.access.actor import Actor
from domain.access.roles import Role
from domain.access.trail.writing import Written
from domain.access.uow import ScopedSession, unit_of_work
from domain.accounting.models import JournalEntryLine
from domain.core.models import Family, User
from domain.core.service import LAST_IN_CHARGE
from domain.db.base import Base
from domain.db.engine import engine
from domain.db.errors import GONE
from domain.db.meter import metered
from domain.kit.errors import InvalidInput, NotAllowed, NotFound
from domain.kit.texts import _
from domain.operations.models import Attendance, Room, SchoolClass, Term
from domain.records import write
from domain.records.clashes import CannotChangeBack, CannotComeBack, ChangedSince, GoneSince
from tests.conftest import School
from tests.domain.trailing import asked, done, entries, faults, undone
from tests.factories.rows import Rows

FEW, MANY = 5, 200


def many(school: School, table: str, count: int, values: Callable[[int], dict[str, Any]]) -> list[str]:
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        return [rows.add(table, **values(at)) for at in range(count)]


def changed(model: type[Base], keys: Sequence[str], **values: Any) -> Callable[[ScopedSession], object]:
    return lambda session: write.update_many(session, model, keys, values)


def cost(act: Callable[[], object]) -> int:
    with metered() as meter:
        act()
    return meter.statements


def column(table: str, name: str, keys: Sequence[str]) -> list[Any]:
    found = {row["id"]: row[name] for row in asked(f"SELECT id, {name} FROM {table}")}
    return [found[key] for key in keys]


# What it costs.


def rooms(school: School, count: int) -> list[str]:
    return many(school, "rooms", count, lambda at: {"name": f"Room {count}.{at}", "capacity": at + 1})


def classes(school: School, count: int) -> list[str]:
    return many(school, "classes", count, lambda at: {"name": f"Class {count}.{at}", "room_id": None, "teacher_id": None})


def marks(school: School, count: int) -> list[str]:
    """Marks of the teacher's own class, of as many students."""
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        meeting = rows.add("sessions", class_id=school.klass, status="completed", date=dt.date(2026, 2, 2) + dt.timedelta(count))
        made = []
        for _each in range(count):
            student = rows.add("users", role="student")
            rows.add("enrollments", user_id=student, class_id=school.klass)
            came = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)  # goes with a mark of absence, and comes back with it
            made.append(rows.add("attendance", session_id=meeting, user_id=student, status="present", checked_in_at=came))
        return made


def links(school: School, count: int) -> list[str]:
    return many(school, "families", count, lambda _at: {"access": "all"})


def staff(school: School, count: int) -> list[str]:
    return many(school, "users", count, lambda _at: {"role": "staff", "cpf": None})


def lines(school: School, count: int) -> list[str]:
    """Lines of a draft: whether they may change is their entry's to say."""
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        entry = rows.add("journal_entries", status="draft")
        account = rows.add("chart_of_accounts", allows_posting=True)
        given = {"entry_id": entry, "account_id": account}
        return [rows.add("journal_entry_lines", line_number=at + 1, **given) for at in range(count)]


CHANGES: dict[str, tuple[Role, type[Base], Callable[[School, int], list[str]], Callable[[School], dict[str, Any]]]] = {
    "seats": (Role.SCHOOL, Room, rooms, lambda _school: {"capacity": 999}),
    "a term, in which each name is alone": (Role.SCHOOL, SchoolClass, classes, lambda school: {"term_id": school.term}),
    "what a teacher marked, of their own classes": (Role.TEACHER, Attendance, marks, lambda _school: {"status": "absent"}),
    "what guardians see, which is guarded": (Role.SCHOOL, Family, links, lambda _school: {"access": "none"}),
    "people of whom an owner may change some, with a role that follows": (
        Role.OWNER,
        User,
        staff,
        lambda _school: {"role": "school"},
    ),
    "lines that are locked with their entry": (Role.SCHOOL, JournalEntryLine, lines, lambda _school: {"description": "Rent"}),
}


@pytest.mark.parametrize("what", CHANGES)
def test_many_are_changed_and_changed_back_in_as_few_questions_as_few(what: str, school: School) -> None:
    role, model, make, values_of = CHANGES[what]
    actor, values = school.actor(role), values_of(school)
    [name] = values
    costs = []
    for count in (FEW, MANY):
        keys = make(school, count)
        before = column(model.__tablename__, name, keys)
        with metered() as meter:
            did = done(actor, changed(model, keys, **values))
        assert set(column(model.__tablename__, name, keys)) == set(values.values()) != set(before)
        with metered() as back:
            assert undone(actor, did) >= count
        assert column(model.__tablename__, name, keys) == before
        costs.append((meter.statements, back.statements))
    assert costs[0] == costs[1]
    assert faults() == []


def test_many_deleted_come_back_in_as_few_questions_as_few(school: School) -> None:
    coordinator, costs = school.actor(Role.SCHOOL), []
    for count in (FEW, MANY):
        keys = classes(school, count)
        before = column("classes", "name", keys)
        did = done(coordinator, lambda session, keys=keys: write.remove(session, SchoolClass, keys))
        costs.append(cost(lambda did=did: undone(coordinator, did)))
        assert column("classes", "name", keys) == before
    assert costs[0] == costs[1]


# What is said.


def refused(actor: Actor, act: Callable[[ScopedSession], object]) -> list[tuple[str, str]]:
    """What was said at which field; nothing was written."""
    number = asked("SELECT max(number) AS number FROM trail_entries")[0]["number"]
    with pytest.raises(InvalidInput) as error, unit_of_work(actor) as session:
        act(session)
    assert entries(actor.organization_id, after=number or 0) == []
    return [(each.field, each.message) for each in error.value.problems]


def test_the_second_of_many_that_take_one_name_hears_that_the_first_has_it(school: School) -> None:
    coordinator, keys = school.actor(Role.SCHOOL), rooms(school, FEW)
    assert refused(coordinator, changed(Room, keys, name="Sótão")) == [("name", "“Sótão” has this already.")]
    assert refused(coordinator, changed(Room, keys, name="Sala 1")) == [("name", "“Sala 1” has this already.")]
    assert sorted(column("rooms", "name", keys)) == [f"Room 5.{at}" for at in range(FEW)]


def test_what_another_row_has_together_is_found_among_many(school: School) -> None:
    coordinator, keys = school.actor(Role.SCHOOL), classes(school, FEW)
    many(school, "classes", 1, lambda _at: {"name": "Class 5.3", "term_id": school.term})
    assert refused(coordinator, changed(SchoolClass, keys, term_id=school.term)) == [("name", "“Class 5.3” has this already.")]
    many(school, "classes", 1, lambda _at: {"name": "Class 5.4"})  # the same name in another term
    assert done(coordinator, changed(SchoolClass, keys[4:], term_id=school.term))


def test_the_only_one_of_its_kind_is_named_however_many_want_to_be_it(school: School) -> None:
    coordinator = school.actor(Role.SCHOOL)
    keys = many(school, "terms", FEW, lambda at: {"name": f"Term {at}", "is_current": False})
    other = asked("SELECT name FROM terms WHERE is_current")
    said = refused(coordinator, changed(Term, keys, is_current=True))
    assert said == [("is_current", f"“{other[0]['name']}” has this already.")]


def test_a_reference_that_leads_nowhere_is_said_once_for_many(school: School) -> None:
    keys = classes(school, FEW)
    assert refused(school.actor(Role.SCHOOL), changed(SchoolClass, keys, level_id=school.room)) == [("level_id", _(GONE))]


def test_a_rule_between_fields_is_said_at_the_field_that_was_set(school: School) -> None:
    keys = many(school, "terms", FEW, lambda at: {"name": f"Term {at}"})
    [(field, said)] = refused(school.actor(Role.SCHOOL), changed(Term, keys, end_date=dt.date(1999, 1, 1)))
    assert (field, bool(said)) == ("end_date", True)


def test_among_many_one_that_is_not_theirs_to_change_keeps_all_as_they_are(school: School) -> None:
    own = marks(school, FEW)
    with engine().begin() as connection:
        foreign = Rows(connection, school.id).add("attendance", status="present")
    with pytest.raises(NotFound), unit_of_work(school.actor(Role.TEACHER)) as session:
        write.update_many(session, Attendance, [*own, foreign], {"status": "excused"})
    people = staff(school, FEW)
    student = school.people[Role.STUDENT]
    with pytest.raises(NotAllowed), unit_of_work(school.actor(Role.OWNER)) as session:
        write.update_many(session, User, [*people, student], {"first_name": "Ana"})
    assert set(column("attendance", "status", [*own, foreign])) == {"present"}
    assert "Ana" not in column("users", "first_name", [*people, student])


def test_many_may_not_leave_what_is_theirs_to_write(school: School) -> None:
    """Asked after the change, too: an owner makes nobody a student."""
    people = staff(school, FEW)
    with pytest.raises(NotAllowed), unit_of_work(school.actor(Role.OWNER)) as session:
        write.update_many(session, User, people, {"role": "student"})
    assert set(column("users", "role", people)) == {"staff"}


# What is said when it is undone.


@pytest.fixture
def renamed(school: School) -> tuple[list[str], Written]:
    """Five classes that coordination moved into the school's term."""
    keys = classes(school, FEW)
    return keys, done(school.actor(Role.SCHOOL), changed(SchoolClass, keys, term_id=school.term))


def test_the_first_of_many_whose_former_place_is_taken_is_named(school: School, renamed: tuple[list[str], Written]) -> None:
    keys, did = renamed
    was = asked("SELECT before FROM trail_values WHERE record_id = ? ORDER BY id DESC LIMIT 1", keys[2])[0]["before"]
    term = json.loads(was)["values"]["term_id"]
    many(school, "classes", 1, lambda _at: {"name": "Class 5.2", "term_id": term})
    with pytest.raises(CannotChangeBack) as error:
        undone(school.actor(Role.SCHOOL), did)
    assert error.value.message == "“Class 5.2”: Name: “Class 5.2” has this already. Nothing was undone."
    assert set(column("classes", "term_id", keys)) == {school.term}


def test_the_first_of_many_that_changed_or_went_since_is_named(school: School, renamed: tuple[list[str], Written]) -> None:
    keys, did = renamed
    with unit_of_work(school.job) as session:
        session.get(SchoolClass, keys[3]).term_id = Rows(session.connection(), school.id).add("terms")
    with pytest.raises(ChangedSince, match=r"Class 5\.3"):
        undone(school.actor(Role.SCHOOL), did)
    with unit_of_work(school.job) as session:
        write.remove(session, SchoolClass, [keys[4]])
    with pytest.raises(GoneSince):
        undone(school.actor(Role.SCHOOL), did)
    left = [key for key in keys if key not in (keys[3], keys[4])]
    assert set(column("classes", "term_id", left)) == {school.term}


def test_a_former_reference_that_is_gone_by_now_names_its_record(school: School) -> None:
    coordinator, keys = school.actor(Role.SCHOOL), classes(school, FEW)
    [lab] = many(school, "rooms", 1, lambda _at: {"capacity": 50})
    with unit_of_work(school.job) as session:
        session.get(SchoolClass, keys[2]).room_id = lab
    did = done(coordinator, changed(SchoolClass, keys, room_id=school.room))
    done(school.job, lambda session: write.remove(session, Room, [lab]))
    with pytest.raises(CannotChangeBack) as error:
        undone(coordinator, did)
    assert error.value.message.startswith("“Class 5.2”: Room: The record chosen here doesn't exist any more.")


def test_names_that_changed_hands_go_back_to_whom_they_were(school: School) -> None:
    """One after the other, since no two rooms bear one name meanwhile."""
    coordinator, (one, two) = school.actor(Role.SCHOOL), rooms(school, 2)

    def swap(session: ScopedSession) -> None:
        for key, name in ((one, "Between"), (two, "Room 2.0"), (one, "Room 2.1")):
            write.update_many(session, Room, [key], {"name": name})

    did = done(coordinator, swap)
    assert column("rooms", "name", [one, two]) == ["Room 2.1", "Room 2.0"]
    assert undone(coordinator, did) == 2
    assert column("rooms", "name", [one, two]) == ["Room 2.0", "Room 2.1"]


@pytest.mark.parametrize("turned", [False, True])
def test_a_name_that_was_let_go_and_taken_goes_back(turned: bool, school: School) -> None:
    coordinator, keys = school.actor(Role.SCHOOL), sorted(rooms(school, 2), reverse=turned)
    before = column("rooms", "name", keys)

    def hand_on(session: ScopedSession) -> None:
        write.update_many(session, Room, keys[:1], {"name": "Free"})
        write.update_many(session, Room, keys[1:], {"name": before[0]})

    undone(coordinator, done(coordinator, hand_on))
    assert column("rooms", "name", keys) == before


def test_who_would_be_the_last_in_charge_is_named_among_many(school: School) -> None:
    """All of coordination came back together; by the time it is undone nobody else is left."""
    owner = school.actor(Role.OWNER)
    keys = many(
        school, "users", FEW, lambda at: {"first_name": f"Person {at}", "last_name": "Lima", "role": "owner", "is_active": False}
    )
    with engine().begin() as connection:
        for key in keys:
            Rows(connection, school.id).add("user_roles", user_id=key, role="owner")
    did = done(owner, changed(User, keys, is_active=True))
    with engine().begin() as connection:
        connection.exec_driver_sql("UPDATE users SET is_active = 0 WHERE first_name NOT LIKE 'Person %'")
    with pytest.raises(CannotChangeBack) as error:
        undone(owner, did)
    assert error.value.problems[0].source == LAST_IN_CHARGE
    assert error.value.params["record"] == "Person 0 Lima", "what was changed last is changed back first"


def test_of_many_deleted_the_one_whose_name_is_taken_by_now_is_named(school: School) -> None:
    coordinator, keys = school.actor(Role.SCHOOL), rooms(school, 60)
    did = done(coordinator, lambda session: write.remove(session, Room, keys))
    rooms_again = many(school, "rooms", 1, lambda _at: {"name": "Room 60.41"})
    with pytest.raises(CannotComeBack) as error:
        undone(coordinator, did)
    assert error.value.message == "Room, “Room 60.41”: Name: “Room 60.41” has this already. Nothing was brought back."
    assert [row["id"] for row in asked("SELECT id FROM rooms WHERE name LIKE 'Room 60%'")] == rooms_again
