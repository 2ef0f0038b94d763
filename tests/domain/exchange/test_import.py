"""Importing a file: what is added, changed, left as it is and refused, each at its cell; all of it or nothing."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from domain.access.actor import Actor
from domain.access.trail.models import TrailEntry
from domain.access.uow import unit_of_work
from domain.core.models import User, UserRole
from domain.db.base import model_of
from domain.exchange.imports import importing
from domain.exchange.imports.importing import NotWhole
from domain.kit.texts import set_language
from domain.operations.enums import AttendanceStatus, EnrollmentStatus
from domain.operations.models import Attendance, ClassSession, Enrollment, Room, Schedule, SchoolClass
from domain.records import write
from domain.records.undo import undo
from tests.conftest import School
from tests.domain.exchange.importing import book, counts, done, errors, everything, held, lines, tried

PEOPLE = lines(
    "First name,Last name,E-mail,Role,Date of birth,CPF,Phone",
    "Ana,Prado,ana@example.com,Student,30/04/2012,529.982.247-25,(11) 98765-4321",
    "Bia,Souza,,aluna,06/05/2013,,",
)


@pytest.fixture
def coordination(school: School) -> Actor:
    return school.actor("school")


def rows(school: School, model: Any) -> list[Any]:
    with unit_of_work(school.job) as session:
        return list(session.scalars(select(model)))


def teach(school: School) -> None:
    """A second class, and a session of each."""
    with unit_of_work(school.job) as session:
        values = {"term_id": school.term, "level_id": school.level, "name": "English A2"}
        other = write.create(session, SchoolClass, values)
        for klass in (school.klass, other.id):
            times = {"start_time": dt.time(8), "end_time": dt.time(9, 30)}
            write.create(session, ClassSession, {"class_id": klass, "date": dt.date(2026, 3, 2), **times})


def test_people_come_in_whole_and_a_second_time_nothing_changes(school: School, coordination: Actor) -> None:
    before = everything()
    seen = tried(coordination, "users", PEOPLE)
    assert (counts(seen), errors(seen)) == ((2, 0, 0, 0), [])
    assert everything() == before  # looking changes nothing

    assert counts(done(coordination, "users", PEOPLE)) == (2, 0, 0, 0)
    people = {each.first_name: each for each in rows(school, User)}
    ana = people["Ana"]
    assert (ana.cpf, ana.phone, ana.birth_date, ana.is_active) == ("52998224725", "11987654321", dt.date(2012, 4, 30), True)
    assert ana.search_text.startswith("ana@example.com ana prado")
    assert {each.role for each in rows(school, UserRole) if each.user_id == people["Bia"].id} == {"student"}

    again = everything()
    assert counts(tried(coordination, "users", PEOPLE)) == (0, 0, 2, 0)
    assert counts(done(coordination, "users", PEOPLE)) == (0, 0, 2, 0)
    assert everything() == again  # not even an entry of the trail


def test_every_wrong_cell_is_named_and_nothing_of_the_file_is_taken(school: School, coordination: Actor) -> None:
    data = lines(
        "First name,Last name,E-mail,Role,Date of birth,CPF",
        "Ana,Prado,ana@example.com,Student,30/04/2012,529.982.247-24",
        ",Souza,no address,king,31/31/2013,",
        "Caio,Lima,caio@example.com,teacher,01/02/1980,",
        "Davi,Lima,caio@example.com,teacher,01/02/1980,",
    )
    before = everything()
    seen = tried(coordination, "users", data)
    assert errors(seen) == [
        (2, "CPF", "This isn't a CPF: a digit is wrong."),
        (3, "First name", "Please fill this in."),
        (3, "E-mail", "This isn't an e-mail address, such as ana@example.com."),
        (3, "Role", "This must be one of: Student, Teacher, Parent, Reception, Coordination, Owner."),
        (3, "Date of birth", "This isn't a date, such as 02/03/2026 or 2026-03-02."),
        (5, "", "This row speaks of the same record as row 4."),
    ]
    assert counts(seen) == (1, 0, 0, 3)
    assert next(each.value for each in seen.troubles if each.column == "E-mail") == "no address"
    assert errors(done(coordination, "users", data)) == errors(seen)
    assert everything() == before
    with pytest.raises(NotWhole, match="Nothing was imported"):
        importing.run(coordination, User, data)


def test_a_row_changes_the_record_that_it_speaks_of(school: School, coordination: Actor) -> None:
    data = lines("E-mail,Phone,Last name", "student@example.com,11 91234-5678,Lima", "TEACHER@example.com,,Moraes")
    seen = tried(coordination, "users", data)
    assert counts(seen) == (0, 2, 0, 0)
    assert [(each.row, each.record, each.column, each.before, each.after) for each in seen.lines] == [
        (2, "Sofia Lima", "Phone", "—", "(11) 91234-5678"),
        (3, "Tomás Lima", "Last name", "Lima", "Moraes"),
    ]
    what = done(coordination, "users", data)
    people = {each.id: each for each in rows(school, User)}
    assert people[school.people["student"]].phone == "11912345678"
    assert people[school.people["teacher"]].last_name == "Moraes"
    assert people[school.people["teacher"]].sort_text == "tomas moraes"
    assert people[school.people["teacher"]].row_version == 2
    assert counts(tried(coordination, "users", data)) == (0, 0, 2, 0)

    assert what.written is not None
    assert what.written.can_be_undone
    with unit_of_work(coordination) as session:
        undo(session, what.written)
    assert next(each.phone for each in rows(school, User) if each.id == school.people["student"]) is None


def test_an_empty_cell_leaves_what_stands_there_unless_it_is_asked_to_empty_it(school: School, coordination: Actor) -> None:
    filled = lines("E-mail,First name,Phone", "student@example.com,Sofia,11912345678")
    empty = lines("E-mail,First name,Phone", "student@example.com,,")
    done(coordination, "users", filled)
    assert counts(tried(coordination, "users", empty)) == (0, 0, 1, 0)
    seen = tried(coordination, "users", empty, clear=True)
    assert [(each.column, each.before, each.after) for each in seen.lines] == [
        ("Phone", "(11) 91234-5678", "—")
    ]  # a name must be
    done(coordination, "users", empty, clear=True)
    assert next(each.phone for each in rows(school, User) if each.id == school.people["student"]) is None


CLASSES = lines(
    "Term;Level;Teacher;Room;Name;Places",
    "2026/1;A1;teacher@example.com;Sala 1;English B;10",
    "2026/1;English · A1;tomas  LIMA;sala 1;English C;8",
    "2026/1;Beginner;Tomás Lima <teacher@example.com>;;English D;",
)


def test_references_are_written_as_people_write_them(school: School, coordination: Actor) -> None:
    assert counts(done(coordination, "classes", CLASSES)) == (3, 0, 0, 0)
    made = {each.name: each for each in rows(school, SchoolClass)}
    for name, room, places in (("English B", school.room, 10), ("English C", school.room, 8), ("English D", None, 12)):
        assert (made[name].teacher_id, made[name].level_id, made[name].room_id, made[name].max_students) == (
            school.people["teacher"],
            school.level,
            room,
            places,
        )
    assert counts(tried(coordination, "classes", CLASSES)) == (0, 0, 3, 0)


def test_who_is_unknown_and_who_may_be_several_is_told_at_the_cell(school: School, coordination: Actor) -> None:
    with unit_of_work(school.job) as session:
        for number in (1, 2):
            values = {"first_name": "Téo", "last_name": "Luz", "role": "teacher", "email": f"teo{number}@example.com"}
            write.create(session, User, values)
    data = lines("Term,Level,Teacher,Name", "2026/1,A1,Teo Luz,English B", "2026/9,B7,teo1@example.com,English C")
    assert errors(tried(coordination, "classes", data)) == [
        (2, "Teacher", "Person: 2 are called so. Please say which, such as by e-mail, term or key."),
        (3, "Term", "Term: nothing that you may see is called so. Please look at how it is written, or create it first."),
        (3, "Level", "Level: nothing that you may see is called so. Please look at how it is written, or create it first."),
    ]
    # A record that stands there already isn't changed by a name that it shares.
    done(coordination, "classes", lines("Term,Level,Teacher,Name", "2026/1,A1,teo1@example.com,English B"))
    assert counts(tried(coordination, "classes", lines("Term,Level,Teacher,Name", "2026/1,A1,Téo Luz,English B"))) == (0, 0, 1, 0)


def test_a_weekly_pattern_is_read_in_words_and_its_rules_are_kept(school: School, coordination: Actor) -> None:
    data = lines("Class,Weekday,Begins,Ends", "English A1,segunda-feira,8:00,9h30", "English A1,Thu,14:00,13:00")
    assert errors(tried(coordination, "schedules", data)) == [(3, "Ends", "It must end after it begins, on the same day.")]
    data = data.replace(b"13:00", b"3:30 PM")
    assert counts(done(coordination, "schedules", data)) == (2, 0, 0, 0)
    made = {(each.day_of_week, each.start_time, each.end_time) for each in rows(school, Schedule)}
    assert made == {(1, dt.time(8), dt.time(9, 30)), (4, dt.time(14), dt.time(15, 30))}
    assert counts(tried(coordination, "schedules", data)) == (0, 0, 2, 0)


def test_an_enrolment_is_known_by_its_student_and_class_while_it_is_active(school: School, coordination: Actor) -> None:
    done(coordination, "users", PEOPLE)
    data = lines(
        "Student,Class,Enrolled,Status", "Ana Prado,English A1,02/03/2026,ativa", "student@example.com,English A1,,Active"
    )
    assert counts(done(coordination, "enrollments", data)) == (1, 0, 1, 0)
    assert counts(tried(coordination, "enrollments", data)) == (0, 0, 2, 0)

    left = lines("E-mail,Class,Status,Left", "ana@example.com,English A1,Dropped,30/04/2026")
    assert counts(done(coordination, "enrollments", left)) == (0, 1, 0, 0)
    assert counts(tried(coordination, "enrollments", left)) == (0, 0, 1, 0)
    again = lines("E-mail,Class,Enrolled", "ana@example.com,English A1,04/05/2026")  # who left may come back
    assert counts(done(coordination, "enrollments", again)) == (1, 0, 0, 0)
    ana = next(each.id for each in rows(school, User) if each.first_name == "Ana")
    found = [(each.status, each.enrolled_at) for each in rows(school, Enrollment) if each.user_id == ana]
    assert sorted(status for status, _at in found) == [EnrollmentStatus.ACTIVE, EnrollmentStatus.DROPPED]
    for data in (left, again):
        assert counts(tried(coordination, "enrollments", data)) == (0, 0, 1, 0)


def test_attendance_names_its_session_in_one_cell_or_in_three(school: School, coordination: Actor) -> None:
    teach(school)
    one = lines("Session,Student,Attendance", "English A1 · 02/03/2026 · 08:00,Sofia Lima,Present")
    three = lines("Class,Date,Begins,E-mail,Attendance", "English A1,2026-03-02,8:00,student@example.com,F")
    assert counts(done(coordination, "attendance", one)) == (1, 0, 0, 0)
    assert counts(done(coordination, "attendance", three)) == (0, 1, 0, 0)
    [row] = rows(school, Attendance)
    assert (row.user_id, row.status) == (school.people["student"], AttendanceStatus.ABSENT)
    wrong = lines(
        "Class,Date,Begins,Student,Attendance", "English A1,2026-03-03,8:00,Sofia Lima,P", "X,2026-03-02,8h,Sofia Lima,P"
    )
    assert [(row, column) for row, column, _said in errors(tried(coordination, "attendance", wrong))] == [
        (2, "Class, Date, Begins"),
        (3, "Class, Date, Begins"),
    ]


def test_headings_are_known_in_both_languages_and_by_their_technical_names(school: School, coordination: Actor) -> None:
    for head in ("Name,Seats,In use", "Nome,Lugares,Em uso", "name,capacity,is_active", " NAME , seats,em USO"):
        seen = tried(coordination, "rooms", lines(head, "Sala 9,10,sim"))
        assert (counts(seen), errors(seen)) == ((1, 0, 0, 0), []), head
    set_language("pt_BR")
    assert counts(tried(coordination, "rooms", lines("Name;Seats", "Sala 9;10"))) == (1, 0, 0, 0)


def test_headings_that_are_unknown_doubled_or_missing_are_named(school: School, coordination: Actor) -> None:
    unknown = lines("Name,Seats,Colour", "Sala 9,10,red")
    [(row, column, said)] = errors(tried(coordination, "rooms", unknown))
    assert (row, column) == (0, "Colour")
    assert "isn't known" in said
    seen = tried(coordination, "rooms", unknown, ignore_unknown=True)
    assert (counts(seen), errors(seen), seen.unknown) == ((1, 0, 0, 0), [], ("Colour",))
    assert "Not read, since its heading isn't known: “Colour”." in [each.message for each in seen.notes]

    for head in ("Name,Seats,Name", "Name,Seats,Lugares", "Name,Seats,capacity"):
        [(row, column, said)] = errors(tried(coordination, "rooms", lines(head, "Sala 9,10,10")))
        assert (row, column, "twice" in said) == (0, head.split(",")[2], True)
    assert errors(tried(coordination, "rooms", lines("Name", "Sala 9"))) == [
        (0, "Seats", "For new records this column is needed too.")
    ]
    assert counts(tried(coordination, "rooms", lines("Name,In use", "Sala 1,no"))) == (0, 1, 0, 0)  # it is there already
    [trouble] = tried(coordination, "rooms", lines("Foo,Bar", "1,2"), ignore_unknown=True).troubles
    assert (trouble.row, trouble.value) == (0, "Foo · Bar")
    assert "None of the headings is known" in trouble.message
    [trouble] = tried(coordination, "rooms", lines("Name:Seats", "Sala 9:10")).troubles
    assert (trouble.row, trouble.value) == (0, "Name:Seats")
    assert "was read as one column" in trouble.message
    [(_row, _column, said)] = errors(tried(coordination, "rooms", lines("Name,,Seats", "Sala 9,x,3")))
    assert said == "Column B has cells and no heading."


def test_what_the_program_sets_is_not_read_and_a_file_says_so(school: School, coordination: Actor) -> None:
    data = lines("Name,Seats,Key", "Sala 1,12,")
    assert counts(tried(coordination, "rooms", data)) == (0, 0, 1, 0)
    seen = tried(coordination, "users", lines("E-mail,Created", "student@example.com,01/01/1999 00:00"))
    assert counts(seen) == (0, 0, 1, 0)
    assert "“Created” is set by the program, or isn't yours to change: it isn't read." in [each.message for each in seen.notes]


def test_a_key_finds_its_record_whatever_else_is_changed(school: School, coordination: Actor) -> None:
    data = lines("Key,Name,Seats", f"{school.room},Sala Azul,30", ",Sala Nova,5")
    assert counts(done(coordination, "rooms", data)) == (1, 1, 0, 0)
    assert {each.name: each.capacity for each in rows(school, Room)} == {"Sala Azul": 30, "Sala Nova": 5}
    [(row, column, said)] = errors(tried(coordination, "rooms", lines("Key,Name,Seats", "01ARZ3NDEKTSV4RRFFQ69G5FAV,X,1")))
    assert (row, column) == (2, "Key")
    assert "no record with this key" in said


def test_a_value_that_another_record_has_is_told_with_its_name(school: School, coordination: Actor) -> None:
    data = lines("Key,Name,Seats", f"{school.room},Sala 1,12", ",Sala 2,5")
    done(coordination, "rooms", data)
    taken = lines("Key,Name,Seats", f"{school.room},Sala 2,12")
    assert errors(tried(coordination, "rooms", taken)) == [(2, "Name", "“Sala 2” has this already.")]
    term = lines("Name,First day,Last day,Current term", "2026/2,03/08/2026,11/12/2026,yes")
    assert errors(tried(coordination, "terms", term)) == [(2, "Current term", "“2026/1” has this already.")]
    people = lines("First name,Last name,Role,CPF", "A,B,student,52998224725", "C,D,student,529.982.247-25")
    assert errors(tried(coordination, "users", people)) == [(3, "", "This row speaks of the same record as row 2.")]


def test_accounts_may_stand_under_others_of_the_same_file(school: School, coordination: Actor) -> None:
    data = lines(
        "Code,Name,Kind,Nature,Below,Level,Takes entries",
        "1.1.01,Caixa,asset,debit,1.1,3,yes",
        "1.1,Circulante,asset,debit,1,2,no",
        "1,Ativo,asset,debit,,1,no",
    )
    seen = done(coordination, "chart_of_accounts", data)
    assert (counts(seen), errors(seen)) == ((3, 0, 0, 0), [])
    assert counts(tried(coordination, "chart_of_accounts", data)) == (0, 0, 3, 0)
    circle = lines("Code,Name,Kind,Nature,Below,Level", "7,A,asset,debit,8,2", "8,B,asset,debit,7,2")
    assert {said for _row, _column, said in errors(tried(coordination, "chart_of_accounts", circle))} == {
        "These rows stand under one another in a circle."
    }


def test_money_is_read_by_the_columns_own_decimal_sign(school: School, coordination: Actor) -> None:
    for spoken, price in (("en", "1.234,50"), ("en", "R$ 1,234.50"), ("pt_BR", "1234,5"), ("pt_BR", "1234.50"), ("en", "(5)")):
        set_language(spoken)
        seen = tried(coordination, "products", book(["Name", "Price", "Type"], [f"{spoken}{price}", price, "tuition"]))
        assert (counts(seen)[0] == 1) is (price != "(5)"), (price, errors(seen))
    for price in (1e300, -1e300, 10**20, 0.1 + 0.2):
        seen = tried(coordination, "products", book(["Name", "Price", "Type"], ["X", price, "tuition"]))
        assert (counts(seen)[0] == 1) is (0 < price < 1), price
    model = model_of("products")
    done(coordination, "products", lines("Name;Price;Type", "Mensalidade;1.234,50;tuition", "Taxa;1.000;enrollment"))
    assert {each.name: each.price for each in rows(school, model)} == {
        "Mensalidade": Decimal("1234.50"),
        "Taxa": Decimal("1000.00"),
    }


def test_a_locked_record_is_refused_at_its_row(school: School, coordination: Actor) -> None:
    done(coordination, "chart_of_accounts", lines("Code,Name,Kind,Nature", "1,Ativo,asset,debit"))
    model = model_of("chart_of_accounts")
    with unit_of_work(school.job) as session:
        [account] = session.scalars(select(model))
        account.is_system = True
    assert errors(tried(coordination, "chart_of_accounts", lines("Code,Name", "1,Outro"))) == [
        (2, "", "This record is kept as it is: it can't be changed.")
    ]


def test_the_last_who_is_in_charge_is_not_disabled_by_a_file(school: School) -> None:
    owner = school.actor("owner")
    data = lines("E-mail,Active", "owner@example.com,no", "school@example.com,no")
    seen = tried(owner, "users", data)
    [(row, column, said)] = errors(seen)
    assert (row, column, "holds the role Owner" in said) == (3, "Active", True)  # the first of them may go
    assert all(each.is_active for each in rows(school, User))


def test_a_large_import_leaves_one_entry_for_each_thousand(school: School, coordination: Actor) -> None:
    count = 1_500
    data = lines("Name,Seats", *(f"Sala {number:05},10" for number in range(count)))
    before = held("trail_entries")
    what = done(coordination, "rooms", data)
    assert counts(what) == (count, 0, 0, 0)
    assert held("rooms") == count + 1
    entries = rows(school, TrailEntry)[before:]
    assert [each.records for each in entries] == [1_000, 500]
    assert what.written is not None
    assert not what.written.can_be_undone
