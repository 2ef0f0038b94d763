"""What the trail never holds, and who may read it."""

import ast
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from domain.access import bulk
from domain.access.grants import RIGHTS, every
from domain.access.roles import Role
from domain.access.trail import writing as trail_writing
from domain.access.trail.kinds import NOTHING, PRESENCE, Kind, kind_of
from domain.access.trail.models import TrailEntry, TrailValue
from domain.access.trail.reading import history
from domain.access.uow import reading, unit_of_work
from domain.core.models import Address, User
from domain.db import types
from domain.db.base import model_of
from domain.kit.errors import NotAllowed
from domain.operations.models import Room
from domain.payroll.models import PaymentMethod
from domain.payroll.policy import DETAILS, EXPIRY
from domain.records import write
from domain.toolbox.models import Annotation, Todo
from tests.conftest import School
from tests.domain.trailing import another_school, asked, difference, entries, last_number, told
from tests.factories.rows import Rows

DOMAIN = Path(__file__).parents[2] / "domain"
MARKER = "Zwetschgenknödel"
CPF = "52998224725"


# What is never written.

EACH_THEIR_OWN = {"calendar_links"}
WITHOUT_WORDS = {"memory_edges", "memory_contradictions"}


@pytest.mark.parametrize("table", sorted(PRESENCE))
def test_the_students_own_words_are_nowhere_in_the_trail(table: str, school: School) -> None:
    model = model_of(table)
    number = last_number(school)
    with unit_of_work(school.job) as session:
        given = {column.name: marked(column.type) for column in model.__table__.columns if marked(column.type)}
        values = Rows(session.connection(), school.id).values(table, **given)
        [key] = bulk.insert_rows(session, model, [values])
    assert given or table in WITHOUT_WORDS
    for name in [] if model.__append_only__ else list(given)[:1]:
        with unit_of_work(school.job) as session:
            bulk.update_rows(session, model, [key], {name: marked(model.__table__.c[name].type, "2")})
    if not model.__append_only__:
        with unit_of_work(school.job) as session:
            bulk.delete_rows(session, model, [key])
    found = entries(school.id, after=number)
    changes = [] if table in WITHOUT_WORDS else ["U"]
    assert [row["action"] for row in found] == ["C", *([] if model.__append_only__ else [*changes, "D"])]
    assert {(row["table_name"], row["record_id"], row["before_digest"], row["after_digest"]) for row in found} == {
        (table, key, None, None)
    }
    seen = told(school.actor(Role.SCHOOL), model, key)
    # Of a table in which coordination has rows of its own, it is told of those alone.
    assert not seen if table in EACH_THEIR_OWN else seen[0].withheld
    held = [
        str(value)
        for name in ("trail_entries", "trail_values")
        for row in asked(f"SELECT * FROM {name}")
        for value in row.values()
    ]
    assert [each for each in held if MARKER in each or MARKER.encode().hex() in each] == []


def marked(kind: Any, also: str = "") -> Any:
    """A value of a type that holds the marker; None where the type has no room for words."""
    word = MARKER + also
    if isinstance(kind, types.Tags):
        return [word]
    if isinstance(kind, (types.JsonObject, types.JsonList)):
        return {"said": word} if isinstance(kind, types.JsonObject) else [word]
    if isinstance(kind, types.Bytes):
        return word.encode()
    return word if type(kind) in {types.ShortText, types.LongText} and kind.length > 30 else None


def test_payment_details_are_dots_and_their_change_is_told(school: School) -> None:
    details = {"account_number": "987654-3", "agency_number": "4321-K", "pix_key": "segredo@pix.example", "wallet_id": "W-77881"}
    with unit_of_work(school.job) as session:
        rows = Rows(session.connection(), school.id)
        values = rows.values("payment_methods", account_holder_document=CPF, card_expiry="08/29", **details)
        [key] = bulk.insert_rows(session, PaymentMethod, [values])
    with unit_of_work(school.job) as session:
        session.get(PaymentMethod, key).account_number = "111222-3"
    latest, made = told(school.job, PaymentMethod, key)
    assert difference(latest) == {"account_number": ("•••", "•••")}
    assert {name for name, (_before, after) in difference(made).items() if after == "•••"} == {*DETAILS, *EXPIRY}
    held = json.dumps([*asked("SELECT * FROM trail_values"), *asked("SELECT * FROM trail_entries")])
    assert [each for each in (*details.values(), CPF, "08/29", "111222-3") if each in held] == []


def test_signing_in_and_saved_views_leave_no_entry(school: School) -> None:
    assert {"credentials", "sign_ins", "saved_views", "trail_entries", "trail_values"} <= NOTHING
    assert kind_of("saved_views") is Kind.NOTHING
    number = last_number(school)
    with unit_of_work(school.job) as session:
        view = Rows(session.connection(), school.id).values("saved_views", user_id=school.people[Role.TEACHER])
        [key] = bulk.insert_rows(session, model_of("saved_views"), [view])
        bulk.delete_rows(session, model_of("saved_views"), [key])
    with unit_of_work(school.job) as session:
        session.add(model_of("saved_views")(**{name: value for name, value in view.items() if name != "organization_id"}))
    with unit_of_work(school.job) as session:
        session.delete(session.get(model_of("saved_views"), key))
    assert last_number(school) == number


def test_an_entry_of_many_records_is_in_the_histories_of_these_alone(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trail_writing, "BATCH", 2)
    before = len(told(school.job, Room, school.room))
    with unit_of_work(school.job) as session:
        keys = bulk.insert_rows(session, Room, [{"name": f"Sala B{at}", "capacity": 5} for at in range(3)])
    assert [len(told(school.job, Room, key)) for key in keys] == [1, 1, 1]
    assert len(told(school.job, Room, school.room)) == before


def test_entries_name_people_by_their_keys_alone(school: School) -> None:
    held = json.dumps(entries(school.id))
    assert [each for each in ("Sofia", "Lima", "student@example.com", "Sala 1", "Aurora") if each in held] == []


WRITERS = {
    "access/accounts.py",
    "access/attempts.py",
    "access/bulk.py",
    "access/identities.py",  # notes what it writes, but for arrivals
    "access/invitations.py",  # notes what it writes
    "access/my_factor.py",
    "access/own_sessions.py",
    "access/passwords.py",
    "access/reset_links.py",
    "access/second_factor.py",
    "access/sessions.py",
    "access/sign_in.py",
    "access/steps.py",
    "access/trail/emptying.py",  # writes an entry of what it empties
    "access/trail/retention.py",  # when it ran, of which the trail keeps nothing
    "access/trail/writing.py",
    "core/service.py",  # notes what it writes
    "demo/accounting.py",
    "demo/loading.py",
    "operations/calendar_links.py",  # when an address was last read, and no more
    "operations/permits.py",  # notes what it deletes
    "outbox/sender.py",  # mails, of which the trail keeps nothing
    "outbox/service.py",  # notices and mails, of which the trail keeps nothing
}


def test_nothing_else_writes_tables_below_the_session() -> None:
    """A statement that passes by the session passes by the trail: who makes one is on this list, and answers for it."""
    found = set()
    for path in DOMAIN.rglob("*.py"):
        place = path.relative_to(DOMAIN).as_posix()
        if place.startswith(("db/", "migrations/", "transfer/")):
            continue
        imports = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.ImportFrom)]
        names = {alias.name for node in imports if str(node.module).startswith("sqlalchemy") for alias in node.names}
        if names & {"insert", "update", "delete"}:
            found.add(place)
    assert found <= WRITERS


# Who may read it.


@pytest.mark.parametrize("role", ["student", "teacher", "parent", "staff"])
def test_the_trail_is_not_for_others(role: str, school: School) -> None:
    with reading(school.actor(role)) as session, pytest.raises(NotAllowed):
        history(session, Room, school.room)
    with reading(school.actor(role)) as session:
        assert session.scalars(select(TrailEntry)).all() == []


def test_nobody_reads_the_values_but_by_a_records_history(school: School) -> None:
    for role in Role:
        with reading(school.actor(role)) as session:
            assert session.scalars(select(TrailValue)).all() == [], role


def test_an_owner_reads_the_history_of_what_they_may_read(school: School) -> None:
    with unit_of_work(school.job) as session:
        address = Rows(session.connection(), school.id).values("addresses", user_id=school.people[Role.STUDENT])
        [key] = bulk.insert_rows(session, Address, [address])
        todo = write.create(session, Todo, {"user_id": school.people[Role.STUDENT], "title": "Ler"})
    owner = school.actor(Role.OWNER)
    assert difference(told(owner, Room, school.room)[0])["name"] == (None, "Sala 1")
    assert told(owner, Address, key) == []
    assert told(owner, Todo, todo.id) == []
    assert told(school.actor(Role.SCHOOL), Address, key) != []


def test_coordination_sees_who_and_when_of_a_students_journal(school: School) -> None:
    student = school.actor(Role.STUDENT)
    with unit_of_work(student) as session:
        key = write.create(session, Annotation, {"content": "Querido diário"}).id
    [past] = told(school.actor(Role.SCHOOL), Annotation, key)
    assert (past.user_id, past.role, past.differences, past.withheld) == (student.user_id, Role.STUDENT, (), True)


def test_masks_hold_in_the_trail(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    with unit_of_work(school.job) as session:
        session.get(User, school.people[Role.STUDENT]).cpf = CPF
    assert difference(told(school.actor(Role.SCHOOL), User, school.people[Role.STUDENT])[0]) == {"cpf": (None, CPF)}
    monkeypatch.setitem(RIGHTS.tables, "trail_entries", {Role.STAFF: every("R"), Role.TEACHER: every("R")})
    assert difference(told(school.actor(Role.STAFF), User, school.people[Role.STUDENT])[0]) == {"cpf": (None, "•••")}
    assert difference(told(school.actor(Role.TEACHER), User, school.people[Role.STUDENT])[0]) == {"cpf": (None, "•••")}
    assert told(school.actor(Role.TEACHER), User, school.people[Role.PARENT])[0].differences == (), "not a row of theirs"
    card = {each.column for each in told(school.actor(Role.TEACHER), User, school.people[Role.OWNER])[0].differences}
    assert card == {"first_name", "last_name", "role", "is_active"}, "of a card, no more than stands on it"


def test_no_school_reads_anothers_trail(school: School) -> None:
    other = another_school()
    with unit_of_work(other) as session:
        key = write.create(session, Room, {"name": "Deles", "capacity": 3}).id
    assert told(school.job, Room, key) == []
    assert told(other, Room, school.room) == []
    assert len(told(other, Room, key)) == 1


def test_a_long_history_is_read_page_by_page(school: School) -> None:
    for capacity in range(20, 26):
        with unit_of_work(school.job) as session:
            session.get(Room, school.room).capacity = capacity
    with reading(school.job) as session:
        first = history(session, Room, school.room, limit=4)
        second = history(session, Room, school.room, limit=4, before=first[-1].number)
    assert [difference(each)["capacity"][1] for each in [*first, *second]] == [25, 24, 23, 22, 21, 20, 12]
