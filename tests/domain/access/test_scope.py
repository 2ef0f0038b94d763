"""Every query is within the actor's school and rows; what can't be kept within them is refused."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import delete, exists, func, insert, literal_column, select, text, true, union_all, update
from sqlalchemy.orm import aliased, join

from domain.access import bulk
from domain.access.actor import Actor
from domain.access.decide import decide
from domain.access.roles import Role
from domain.access.uow import ScopedSession, named, reading, unit_of_work
from domain.core.models import Organization, User, UserRole
from domain.db.base import Tenant, model_of
from domain.db.engine import engine
from domain.kit.errors import DomainError, NotAllowed, NotFound, WrongScope
from domain.kit.ids import new_id
from domain.operations.models import Attendance, Room
from domain.records import query, write
from domain.toolbox.models import Todo
from tests.conftest import School
from tests.factories.rows import Rows, all_tables

MEMORY = ["memory_graphs", "memory_nodes", "memory_edges", "memory_ledger", "memory_contradictions", "student_world_overlay"]
OWN_TEXTS = ["student_prompts", "prompt_runs", "annotations", "graveyard_ideas", "todos", "knowledge_nodes", "knowledge_edges"]
STUDENTS_ALONE = [*MEMORY, *OWN_TEXTS, "chat_messages"]
OTHERS = [role for role in Role if role is not Role.STUDENT]
PEOPLE = User.__table__
# The others are no school's, and so nobody's to ask.
TABLES = [table for table in all_tables() if table == "organizations" or issubclass(model_of(table), Tenant)]

Statement = Callable[[ScopedSession], Any]
WITHOUT_SCOPE: dict[str, Statement] = {
    "a select of a bare table": lambda s: s.execute(select(PEOPLE)),
    "a select of a bare table's columns": lambda s: s.execute(select(PEOPLE.c.id)),
    "text": lambda s: s.execute(text("SELECT * FROM users")),
    "text as a condition": lambda s: s.execute(select(User).where(text("1 = 1"))),
    "text under a model": lambda s: s.execute(select(User).from_statement(text("SELECT * FROM users"))),
    "a literal column": lambda s: s.execute(select(User.id, literal_column("(SELECT max(email) FROM users)"))),
    "a bare table joined to a model": lambda s: s.execute(select(Room.id, PEOPLE.c.email).join(PEOPLE, PEOPLE.c.id != Room.id)),
    "a bare table beside a model": lambda s: s.execute(select(func.count()).select_from(PEOPLE).where(User.first_name != "")),
    "a bare table in a condition": lambda s: s.execute(select(Room).where(exists(select(PEOPLE.c.id)))),
    "a bare table in a union": lambda s: s.execute(union_all(select(User.email), select(PEOPLE.c.email))),
    "a bare table whose rows are counted along": lambda s: s.execute(select(Room.id).join(PEOPLE, true())),
    "names alone": lambda s: s.execute(select(named(User).c.first_name)),
    "a bare table within a column": lambda s: s.execute(select(Room.id, select(func.max(PEOPLE.c.email)).scalar_subquery())),
    "an update of a table": lambda s: s.execute(update(PEOPLE).values(first_name="x")),
    "an update of a model": lambda s: s.execute(update(User).values(first_name="x")),
    "an update by key": lambda s: s.execute(update(User), [{"id": "x", "first_name": "x"}]),
    "a delete of a model": lambda s: s.execute(delete(Room)),
    "an insert into a model": lambda s: s.execute(insert(Room), [{"name": "x", "capacity": 1}]),
    "a query's update": lambda s: s.query(User).update({"first_name": "x"}),
    "a query's delete": lambda s: s.query(Room).delete(),
    "objects saved in bulk": lambda s: s.bulk_save_objects([Room(name="x", capacity=1)]),
    "rows inserted in bulk": lambda s: s.bulk_insert_mappings(Room, [{"name": "x", "capacity": 1}]),  # type: ignore[arg-type]
    "rows updated in bulk": lambda s: s.bulk_update_mappings(Room, [{"id": "x", "capacity": 1}]),  # type: ignore[arg-type]
}


def belonging_to(rows: Rows, table: str, student: str) -> str:
    """A row of a table that is the student's: directly, through their memory graph, or through their conversation."""
    columns = model_of(table).__table__.columns
    if "user_id" in columns:
        return rows.add(table, user_id=student)
    if "student_id" in columns:
        return rows.add(table, student_id=student)
    if "graph_id" in columns:
        return rows.add(table, graph_id=rows.add("memory_graphs", student_id=student))
    return rows.add(table, session_id=rows.add("chat_sessions", student_id=student))


def keys(actor: Actor, table: str) -> list[str]:
    with reading(actor) as session:
        return list(session.scalars(select(model_of(table).id)))


@pytest.fixture
def both(school: School) -> dict[str, tuple[str, str]]:
    """A second school beside the small one, with a row of every table in each: (ours, theirs) by table."""
    with engine().begin() as connection:
        ours, theirs = Rows(connection, school.id), Rows(connection)
        made = {t: (ours.add(t), theirs.add(t)) for t in TABLES if t != "organizations"}
        return {**made, "organizations": (school.id, theirs.organization_id)}


@pytest.mark.parametrize("statement", WITHOUT_SCOPE.values(), ids=WITHOUT_SCOPE.keys())
def test_a_query_that_scope_cannot_reach_raises(statement: Statement, school: School) -> None:
    with unit_of_work(school.job) as session:
        with pytest.raises(WrongScope):
            statement(session)


def test_a_job_of_one_school_reads_every_table_of_its_own_and_nothing_of_the_other(
    school: School, both: dict[str, tuple[str, str]]
) -> None:
    for table, (ours, theirs) in both.items():
        read = keys(school.job, table)
        assert ours in read, table
        assert theirs not in read, table


@pytest.mark.parametrize("role", Role)
def test_no_role_reads_a_row_of_another_school(role: Role, school: School, both: dict[str, tuple[str, str]]) -> None:
    with engine().connect() as connection:
        for table in both:
            column = "id" if table == "organizations" else "organization_id"
            rows = connection.exec_driver_sql(f'SELECT id FROM "{table}" WHERE {column} <> ?', (school.id,))
            foreign = {row[0] for row in rows}
            assert foreign
            assert foreign.isdisjoint(keys(school.actor(role), table)), table


def test_pages_of_rows_their_counts_and_single_records_stay_within_the_school(
    school: School, both: dict[str, tuple[str, str]]
) -> None:
    with reading(school.job) as session:
        for table, (ours, theirs) in both.items():
            page = query.list_page(session, model_of(table), query.View(size=200))
            assert theirs not in [row.key for row in page.rows], table
            assert page.total == len(page.rows)
            assert query.get_row(session, model_of(table), ours).key == ours
            with pytest.raises(NotFound):
                query.get_row(session, model_of(table), theirs)


def test_a_join_of_two_mapped_classes_is_asked_like_any_other_question(school: School) -> None:
    both = join(User, UserRole, UserRole.user_id == User.id)
    with reading(school.actor(Role.SCHOOL)) as session:
        found = session.execute(select(User.id, UserRole.role).select_from(both)).all()
    assert {key for key, _role in found} == set(school.people.values())
    with reading(school.actor(Role.SCHOOL)) as session, pytest.raises(WrongScope):
        session.execute(select(User.id).select_from(join(User, UserRole.__table__, UserRole.__table__.c.user_id == User.id)))


def test_aliases_joins_counts_and_subqueries_are_within_the_school_too(school: School, both: dict[str, tuple[str, str]]) -> None:
    other, theirs = aliased(Room), both["rooms"][1]
    with reading(school.job) as session:
        assert theirs not in session.scalars(select(other.id))
        assert list(session.scalars(select(aliased(Organization).id))) == [school.id]
        assert session.scalar(select(func.count()).select_from(Room)) == len(keys(school.job, "rooms"))
        assert session.scalar(select(Room.id).where(Room.id == theirs)) is None
        assert session.scalar(select(func.count()).select_from(select(Room.id).subquery())) == len(keys(school.job, "rooms"))
        assert session.get(Room, theirs) is None
        assert session.get(Room, school.room)
        pairs = session.execute(select(Room.id, other.id).join(other, Room.id != other.id)).all()
        assert theirs not in {key for pair in pairs for key in pair}


def test_one_statement_asked_by_many_people_in_turn_answers_each_with_their_own(
    school: School, both: dict[str, tuple[str, str]]
) -> None:
    statement = select(Todo.id).order_by(Todo.id)
    other = aliased(Todo)
    twice = select(Todo.id, other.id).join(other, Todo.title == other.title)
    one, todos = school.actor(Role.STUDENT), {}
    with engine().begin() as connection:
        ours, neighbours = Rows(connection, school.id), Rows(connection, both["organizations"][1])
        classmate, theirs = ours.add("users", role=Role.STUDENT), neighbours.add("users", role=Role.STUDENT)
        for rows, key in ((ours, one.user_id), (ours, classmate), (neighbours, theirs)):
            todos[key] = rows.add("todos", user_id=key, title="The same")
    people = [one, replace(one, user_id=classmate), replace(one, user_id=theirs, organization_id=both["organizations"][1])]
    for person in [*people, *reversed(people)]:
        with reading(person) as session:
            assert list(session.scalars(statement)) == [todos[person.user_id]]
            assert session.execute(twice).all() == [(todos[person.user_id], todos[person.user_id])]


@pytest.mark.parametrize("table", STUDENTS_ALONE)
def test_what_is_a_students_own_opens_for_that_student_alone(table: str, school: School) -> None:
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        mine = belonging_to(rows, table, school.people[Role.STUDENT])
        classmate = rows.add("users", role=Role.STUDENT)
        rows.add("enrollments", user_id=classmate, class_id=school.klass)
        another = belonging_to(rows, table, classmate)
    read = keys(school.actor(Role.STUDENT), table)
    assert mine in read
    assert another not in read
    with reading(school.actor(Role.STUDENT)) as session, pytest.raises(NotFound):
        query.get_row(session, model_of(table), another)


@pytest.mark.parametrize("role", OTHERS)
@pytest.mark.parametrize("table", STUDENTS_ALONE)
def test_what_is_a_students_own_stays_closed_to_everyone_else_at_the_school(table: str, role: Role, school: School) -> None:
    with engine().begin() as connection:
        key = belonging_to(Rows(connection, school.id), table, school.people[Role.STUDENT])
    model, someone = model_of(table), school.actor(role)
    assert keys(someone, table) == []
    assert [action for action in "CRUD" if decide(someone, action, model)] == []
    refused: list[Callable[[ScopedSession], Any]] = [
        lambda session: write.create(session, model, {}),
        lambda session: write.update(session, model, key, {}, version=1, opened={}),
        lambda session: write.remove(session, model, [key]),
        lambda session: bulk.insert_rows(session, model, [{}]),
        lambda session: bulk.update_rows(session, model, [key], {"created_at": None}),
        lambda session: bulk.delete_rows(session, model, [key]),
    ]
    for attempt in refused:
        with pytest.raises((NotAllowed, NotFound)), unit_of_work(someone) as session:
            attempt(session)
    assert key in keys(school.actor(Role.STUDENT), table)


def test_a_teacher_writes_attendance_of_their_own_class_and_of_no_other(school: School) -> None:
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        own = rows.add("sessions", class_id=school.klass)
        foreign = rows.add("sessions")
    student = school.people[Role.STUDENT]
    with unit_of_work(school.actor(Role.TEACHER)) as session:
        write.create(session, Attendance, {"session_id": own, "user_id": student, "status": "present"})
    with pytest.raises(DomainError), unit_of_work(school.actor(Role.TEACHER)) as session:
        write.create(session, Attendance, {"session_id": foreign, "user_id": student, "status": "present"})
    with pytest.raises(WrongScope), unit_of_work(school.actor(Role.TEACHER)) as session:
        bulk.insert_rows(session, Attendance, [{"session_id": foreign, "user_id": student, "status": "present"}])
    with reading(school.job) as session:
        assert list(session.scalars(select(Attendance.session_id))) == [own]


def test_a_student_changes_their_own_phone_but_not_their_name_nor_another_person(school: School) -> None:
    student = school.actor(Role.STUDENT)
    with unit_of_work(student) as session:
        session.get_one(User, student.user_id).phone = "+5511999990000"
    with pytest.raises(NotAllowed), unit_of_work(student) as session:
        session.get_one(User, student.user_id).first_name = "Zoe"
    with pytest.raises(NotAllowed), unit_of_work(student) as session:
        session.get_one(User, school.people[Role.TEACHER]).phone = "+5511999990000"
    assert school.people[Role.PARENT] not in keys(student, "users")


def test_a_parent_sees_their_child_until_the_link_is_barred(school: School) -> None:
    child = school.people[Role.STUDENT]
    assert child in keys(school.actor(Role.PARENT), "users")
    with engine().begin() as connection:
        connection.exec_driver_sql("UPDATE families SET access = 'none'")
    assert child not in keys(school.actor(Role.PARENT), "users")
    assert school.people[Role.PARENT] in keys(school.actor(Role.PARENT), "users")


def test_a_row_given_to_another_school_is_refused(school: School, both: dict[str, tuple[str, str]]) -> None:
    theirs = both["organizations"][1]
    with pytest.raises(WrongScope), unit_of_work(school.job) as session:
        session.add(Room(name="x", capacity=1, organization_id=theirs))
    with pytest.raises(WrongScope), unit_of_work(school.job) as session:
        session.scalars(select(Room)).first().organization_id = theirs  # type: ignore[union-attr]
    with pytest.raises(WrongScope), unit_of_work(school.job) as session:
        bulk.insert_rows(session, Room, [{"name": "x", "capacity": 1, "organization_id": theirs}])


def test_a_row_of_another_school_is_neither_changed_nor_deleted(school: School, both: dict[str, tuple[str, str]]) -> None:
    theirs = both["rooms"][1]
    with reading(Actor.system(both["organizations"][1], "test")) as session:
        foreign = session.get_one(Room, theirs)
    with pytest.raises(WrongScope), unit_of_work(school.job) as session:
        session.delete(foreign)
    foreign.organization_id = school.id  # whoever calls it theirs doesn't make it so
    with pytest.raises(WrongScope), unit_of_work(school.job) as session:
        session.delete(foreign)
    foreign.organization_id = both["organizations"][1]
    foreign.capacity = 99
    with pytest.raises(WrongScope), unit_of_work(school.job) as session:
        session.add(foreign)
    for attempt in (
        lambda session: bulk.update_rows(session, Room, [theirs], {"capacity": 99}),
        lambda session: bulk.delete_rows(session, Room, [theirs]),
    ):
        with pytest.raises(WrongScope), unit_of_work(school.job) as session:
            attempt(session)
    with engine().connect() as connection:
        assert connection.exec_driver_sql("SELECT capacity FROM rooms WHERE id = ?", (theirs,)).scalar() == 1


def test_nothing_is_written_in_bulk_by_who_only_reads(school: School) -> None:
    for act in (
        lambda session: bulk.insert_rows(session, Room, [{"name": "Lab", "capacity": 8}]),
        lambda session: bulk.update_rows(session, Room, [school.room], {"capacity": 30}),
        lambda session: bulk.change_rows(session, Room, [{"id": school.room, "capacity": 30}]),
        lambda session: bulk.delete_rows(session, Room, [school.room]),
    ):
        with pytest.raises(WrongScope), reading(school.job) as session:
            act(session)


def test_nobody_gives_rows_another_key_or_another_school_in_bulk(school: School, both: dict[str, tuple[str, str]]) -> None:
    for values in ({"id": new_id()}, {"organization_id": both["organizations"][1]}):
        with pytest.raises(NotAllowed), unit_of_work(school.job) as session:
            bulk.update_rows(session, Room, [school.room], values)


def test_what_is_written_in_bulk_is_found_by_its_folded_words_and_by_the_key_that_it_was_given(school: School) -> None:
    key = new_id()
    with unit_of_work(school.job) as session:
        rows = [{"name": "Áurea", "capacity": 8}, {"id": key, "name": "Lab", "capacity": 8}]  # one with its key, one without
        assert bulk.insert_rows(session, Room, rows)[1] == key
        assert session.get_one(Room, key).name == "Lab"
        assert bulk.insert_rows(session, Room, []) == []
    with reading(school.job) as session:
        page = query.list_page(session, Room, query.View(search="aurea"))
    assert [row.values["name"] for row in page.rows] == ["Áurea"]


def test_a_record_is_read_again_after_a_change_in_bulk(school: School) -> None:
    with unit_of_work(school.job) as session:
        room = session.get_one(Room, school.room)
        bulk.update_rows(session, Room, [school.room], {"capacity": 30})
        assert room.capacity == 30
        session.refresh(room)
        assert room.row_version == 2


def test_a_school_reads_its_own_organization_alone(school: School, both: dict[str, tuple[str, str]]) -> None:
    with reading(school.actor(Role.SCHOOL)) as session:
        assert [each.id for each in session.scalars(select(Organization))] == [school.id]


def test_new_rows_get_the_actors_school_by_themselves(school: School) -> None:
    with unit_of_work(school.actor(Role.SCHOOL)) as session:
        room = Room(name="Lab", capacity=8)
        session.add(room)
    assert room.organization_id == school.id


def test_what_is_of_no_school_is_nobodys_to_ask_not_even_a_jobs(school: School) -> None:
    for actor in (school.job, *(school.actor(role) for role in Role)):
        with pytest.raises(WrongScope):
            keys(actor, "sign_in_attempts")
        with pytest.raises(WrongScope):
            keys(actor, "arrivals")
