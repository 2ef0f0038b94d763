"""An import opens nothing that a form wouldn't: rows, columns, dots and schools stay closed to whom they are closed."""

from typing import Any

import pytest
from sqlalchemy import select

from domain.access import bulk
from domain.access.bulk import NotAmong
from domain.access.roles import Role
from domain.access.uow import rehearsal, unit_of_work
from domain.core.models import User
from domain.db.base import model_of
from domain.db.engine import engine
from domain.exchange.imports.template import columns_of
from domain.kit.errors import NotAllowed, WrongScope
from domain.kit.ids import new_id
from domain.operations.models import Room
from domain.records import write
from tests.conftest import School
from tests.domain.exchange.importing import counts, done, errors, everything, exported, held, lines, tried
from tests.factories.rows import Rows

CPF = "52998224725"


def test_reception_adds_people_as_students_only_and_changes_nobody(school: School) -> None:
    reception = school.actor("staff")
    data = lines(
        "First name,Last name,Role,E-mail,Phone",
        "Dino,Reis,student,dino@example.com,",
        "Caio,Reis,teacher,caio@example.com,",
        "Sofia,Lima,student,student@example.com,11987654321",
        "Rui,Lima,staff,staff@example.com,11912345678",
    )
    before = everything()
    seen = tried(reception, "users", data)
    assert errors(seen) == [
        (3, "", "Your role may not add this record."),
        (4, "", "Your role may not change this of this record."),
    ]
    assert counts(seen) == (1, 1, 0, 2)
    assert errors(done(reception, "users", data)) == errors(seen)
    assert everything() == before
    head, dino, _caio, _sofia, rui = data.decode().splitlines()
    fine = lines(head, dino, rui)
    assert counts(done(reception, "users", fine)) == (1, 1, 0, 0)


def test_a_template_holds_what_its_reader_may_fill_in_and_nothing_else(school: School) -> None:
    enrolments = {"user_id", "class_id", "enrolled_at", "dropped_at", "status", "reason"}
    mine = {"phone", "whatsapp", "avatar_url", "language"}
    for role, table, fields in (("school", "enrollments", enrolments), ("student", "users", mine), ("student", "classes", set())):
        assert {each.way[0] for each in columns_of(school.actor(role), model_of(table))} == fields


def test_what_is_seen_as_dots_is_neither_found_by_nor_told_by_what_becomes_of_a_guess(school: School) -> None:
    """Whether a guessed CPF is right changes nothing of what reception is told."""
    with unit_of_work(school.actor("school")) as session:
        session.get(User, school.people["student"]).cpf = CPF
    reception = school.actor("staff")

    def told(cpf: str, head: str = "E-mail,CPF", who: str = "student@example.com") -> Any:
        seen = tried(reception, "users", lines(head, f"{who},{cpf}"))
        return counts(seen), errors(seen), [(each.before, each.column) for each in seen.lines]

    assert told(CPF) == told("11144477735") == ((0, 0, 1, 0), [], [])
    seen = tried(reception, "users", lines("E-mail,CPF", f"student@example.com,{CPF}"))
    assert "“CPF” is left as it is in records that are there already: you neither see nor change it." in [
        each.message for each in seen.notes
    ]
    head, who = "First name,Last name,Role,Date of birth,CPF", "Sofia,Lima,student,2012-05-01"
    assert told(CPF, head, who) == told("11144477735", head, who)
    assert errors(tried(reception, "users", lines("E-mail,CPF", "student@example.com,•••"))) == []


def test_who_may_write_what_they_see_as_dots_is_not_told_that_a_guess_is_right(school: School) -> None:
    told = {"user_id": school.people["teacher"], "label": "Pix", "method_type": "pix", "pix_key_type": "email"}
    with engine().begin() as connection:
        Rows(connection, school.id).add("payment_methods", **told, pix_key="tomas@example.com")
    coordination = school.actor("school")
    for guess in ("tomas@example.com", "other@example.com"):
        seen = tried(coordination, "payment_methods", lines("Employee,Name,Pix key", f"Tomás Lima,Pix,{guess}"))
        assert (counts(seen), [each.before for each in seen.lines]) == ((0, 1, 0, 0), ["•••"]), errors(seen)


def test_dots_that_came_back_leave_what_they_stand_for_and_stand_for_nothing_new(school: School, tmp_path: Any) -> None:
    with unit_of_work(school.actor("school")) as session:
        session.get(User, school.people["student"]).cpf = CPF
    reception = school.actor("staff")
    file = exported(reception, "users", tmp_path)
    assert "•••" in file.decode()
    seen = tried(reception, "users", file)
    assert (counts(seen)[:2], errors(seen)) == ((0, 0), [])
    new = lines("First name,Last name,Role,CPF", "Dino,Reis,student,•••")
    assert errors(tried(reception, "users", new)) == [
        (2, "CPF", "The dots stand for what is hidden. Please type the whole value.")
    ]
    plain = lines("E-mail,CPF", "student@example.com,•••")
    [(row, column, _said)] = errors(tried(school.actor("school"), "users", plain))  # coordination sees it, so dots mean nothing
    assert (row, column) == (2, "CPF")


def test_another_schools_records_are_neither_matched_nor_named(school: School) -> None:
    with engine().begin() as connection:
        other = Rows(connection, Rows(connection).add("organizations"))
        person = other.add("users", first_name="Forasteira", last_name="Alves", email="fora@example.com", role="student")
        room = other.add("rooms", name="Sala Secreta", capacity=3)
        other.add("classes", name="Turma Secreta")
    coordination = school.actor("school")
    people = lines("First name,Last name,Role,E-mail", "Forasteira,Alves,student,fora@example.com")
    assert counts(tried(coordination, "users", people)) == (1, 0, 0, 0)  # a person of our own, as if there were no other
    rooms = lines("Key,Name,Seats", f"{room},X,3", ",Sala Secreta,3")
    [(row, column, said)] = errors(tried(coordination, "rooms", rooms))
    assert (row, column, "Secreta" in said) == (2, "Key", False)
    strangers = [f"{each},English A1" for each in ("fora@example.com", person, "Forasteira Alves")]
    wanted = lines("Student,Class", *strangers, "student@example.com,Turma Secreta")
    assert [(row, column) for row, column, _said in errors(tried(coordination, "enrollments", wanted))] == [
        (2, "Student"),
        (3, "Student"),
        (4, "Student"),
        (5, "Class"),
    ]


@pytest.mark.parametrize("role", [Role.STUDENT, Role.TEACHER, Role.PARENT, Role.STAFF, Role.OWNER])
def test_whoever_may_neither_add_nor_change_is_refused_at_once(school: School, role: Role) -> None:
    before = held("rooms")
    with pytest.raises(NotAllowed):
        tried(school.actor(role), "rooms", lines("Name,Seats", "X,1"))
    with pytest.raises(NotAllowed):
        done(school.actor(role), "rooms", lines("Name,Seats", "X,1"))
    assert held("rooms") == before


def test_who_may_only_add_changes_nothing_and_who_may_only_change_adds_nothing(school: School) -> None:
    reception, teacher = school.actor("staff"), school.actor("teacher")
    done(school.actor("school"), "sessions", lines("Class,Date,Begins,Ends", "English A1,02/03/2026,8:00,9:30"))
    placed = lines("Student,Course,Score,Tested", "Sofia Lima,English,70,02/03/2026 10:00")
    assert counts(done(reception, "placements", placed)) == (1, 0, 0, 0)
    changed = placed.replace(b",70,", b",80,")
    assert errors(tried(reception, "placements", changed)) == [(2, "", "Your role may not change this of this record.")]
    session = "English A1,{day},8:00,9:30,Unit 3"
    noted = lines("Class,Date,Begins,Ends,Notes", session.format(day="02/03/2026"), session.format(day="09/03/2026"))
    assert errors(tried(teacher, "sessions", noted)) == [
        (3, "", "There is no such record among those that you may see, and your role may add none.")
    ]


def test_a_teacher_takes_attendance_of_their_own_classes_by_a_file_and_of_no_other(school: School) -> None:
    with unit_of_work(school.job) as session:
        klass = model_of("classes")
        other = write.create(session, klass, {"term_id": school.term, "level_id": school.level, "name": "English B"})
        write.create(session, model_of("enrollments"), {"user_id": school.people["student"], "class_id": other.id})
    for name in ("English A1", "English B"):
        done(school.actor("school"), "sessions", lines("Class,Date,Begins,Ends", f"{name},02/03/2026,8:00,9:30"))
    data = lines("Class,Date,Begins,Student,Attendance", "English A1,02/03/2026,8:00,Sofia Lima,P")
    assert counts(done(school.actor("teacher"), "attendance", data)) == (1, 0, 0, 0)
    theirs = data.replace(b"English A1", b"English B")
    [(row, column, _said)] = errors(tried(school.actor("teacher"), "attendance", theirs))
    assert (row, column) == (2, "Class, Date, Begins")  # they can't even see that session


def test_who_may_add_for_themself_alone_adds_nothing_of_a_row_that_names_another(school: School) -> None:
    student = school.actor("student")
    teacher = school.people["teacher"]
    data = lines("user_id,idea", "Sofia Lima,A kite", ",A boat", f"{teacher},A lamp", "Nobody At All,A drum")
    assert errors(tried(student, "graveyard_ideas", data)) == [
        (4, "user_id", "New records are your own: please leave this cell empty, or add nothing for someone else."),
        (5, "user_id", "Person: nothing that you may see is called so. Please look at how it is written, or create it first."),
    ]
    own = b"\n".join(data.splitlines()[:3])
    assert counts(done(student, "graveyard_ideas", own)) == (2, 0, 0, 0)
    assert counts(tried(student, "graveyard_ideas", own)) == (0, 0, 2, 0)


def test_rows_that_are_changed_together_are_all_looked_at_and_named_where_they_are_not_theirs(school: School) -> None:
    staff, own = school.actor("staff"), school.people["staff"]
    others = [school.people["student"], school.people["teacher"]]
    with pytest.raises(NotAmong) as caught, unit_of_work(staff) as session:
        bulk.change_rows(session, User, [{"id": key, "phone": "11987654321"} for key in (own, *others)])
    assert caught.value.keys == set(others)
    with unit_of_work(staff) as session:
        bulk.change_rows(session, User, [{"id": own, "phone": "11987654321"}])
    with unit_of_work(school.job) as session:
        assert {each.id for each in session.scalars(select(User)) if each.phone} == {own}
    for wrong in (
        [{"id": own, "role": "owner"}],  # a column that isn't theirs to change
        [{"id": own, "organization_id": new_id()}],
    ):
        with pytest.raises(NotAllowed), unit_of_work(staff) as session:
            bulk.change_rows(session, User, wrong)
    with pytest.raises(WrongScope), unit_of_work(school.actor("school")) as session:
        bulk.change_rows(session, Room, [{"id": school.room, "name": "A"}, {"id": school.room, "capacity": 3}])
    with pytest.raises(WrongScope), unit_of_work(school.actor("school")) as session:
        bulk.change_rows(session, User, [{"id": own, "cpf": "•••"}])
    with pytest.raises(NotAmong), unit_of_work(school.actor("school")) as session:  # an owner isn't theirs, before or after
        bulk.change_rows(session, User, [{"id": school.people["owner"], "phone": "1"}])
    with unit_of_work(school.actor("school")) as session:
        bulk.change_rows(session, Room, [])


def test_a_rehearsal_keeps_nothing(school: School) -> None:
    before = everything()
    with rehearsal(school.actor("school")) as session:
        bulk.insert_rows(session, Room, [{"name": "X", "capacity": 1, "is_active": True}])
        write.create(session, Room, {"name": "Y", "capacity": 1})
    assert everything() == before


def test_what_was_imported_is_in_the_security_log_without_its_content(school: School, noted: Any) -> None:
    done(school.actor("school"), "rooms", lines("Name,Seats", "Sala Secreta,1"))
    tried(school.actor("school"), "rooms", lines("Name,Seats", "Sala Outra,1"))
    who = {"actor": school.people[Role.SCHOOL], "role": "school", "school": school.id}
    assert noted("imported") == [{"event": "imported", **who, "table": "rooms", "count": 1}]
