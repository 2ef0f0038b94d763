"""Reading any table: searched, filtered, sorted and paged as people expect it, and masked where a role may not see."""

import datetime as dt
from decimal import Decimal

import pytest

from domain.access.roles import Role
from domain.access.uow import reading, unit_of_work
from domain.core.models import User
from domain.curriculum.models import CourseType
from domain.db.base import Base, model_of
from domain.db.errors import TAKEN
from domain.financial.models import Invoice
from domain.kit.errors import InvalidInput, NotFound
from domain.operations.models import Room, SchoolClass
from domain.records import search, write
from domain.records.labels import NAMELESS, labels, readable_labels, show_label
from domain.records.locks import find
from domain.records.query import MASK, Filter, View, get_row, list_page
from domain.records.related import related
from domain.records.twins import TAKEN_BY
from tests.conftest import School
from tests.factories.rows import Rows


def create(school: School, model: type[Base], **values: object) -> Base:
    with unit_of_work(school.actor(Role.SCHOOL)) as session:
        return write.create(session, model, values)


def shown(school: School, model: type[Base], view: View) -> list[str]:
    with reading(school.actor(Role.SCHOOL)) as session:
        return [str(row.values["name"]) for row in list_page(session, model, view).rows]


@pytest.mark.parametrize("typed", ["joao", "JOÃO", "João", "davila joao", "d'avila"])
def test_a_search_is_blind_to_case_and_accents(typed: str, school: School) -> None:
    create(school, User, first_name="João", last_name="D'Ávila Davila", role="student")
    with reading(school.actor(Role.SCHOOL)) as session:
        found = list_page(session, User, View(search=typed))
    assert [row.values["first_name"] for row in found.rows] == ["João"]
    assert found.total == 1


@pytest.mark.parametrize("typed", ["+55 (11) 98765-4321", "(11) 98765-4321", "11 98765 4321", "98765-4321", "+5511987654321"])
def test_a_number_is_found_in_a_list_however_it_is_typed(typed: str, school: School) -> None:
    create(school, User, first_name="João", last_name="Silva", role="student", phone="+55 11 98765-4321")
    create(school, User, first_name="Rita", last_name="Silva", role="student", phone="+55 11 98765-4322")
    with reading(school.actor(Role.SCHOOL)) as session:
        found = list_page(session, User, View(search=typed))
    assert [row.values["first_name"] for row in found.rows] == ["João"]


def test_a_name_that_looks_like_a_number_is_found_as_it_is_written(school: School) -> None:
    create(school, Room, name="01/12/2026", capacity=3)
    assert shown(school, Room, View(search="01/12/2026")) == ["01/12/2026"]


@pytest.mark.parametrize("typed", ["%", "_", "\\", "100%", "'", '"', "*"])
def test_signs_that_a_database_knows_are_plain_text_in_a_search(typed: str, school: School) -> None:
    create(school, Room, name=f"Room {typed} here", capacity=3)
    assert shown(school, Room, View(search=typed)) == [f"Room {typed} here"]


def test_names_are_sorted_as_portuguese_does(school: School) -> None:
    for name in ("Zélia", "Ângela", "amora", "Érica", "Bruno", "élder"):
        create(school, CourseType, code=name.lower(), name=name)
    assert shown(school, CourseType, View()) == ["amora", "Ângela", "Bruno", "élder", "English", "Érica", "Zélia"]
    assert shown(school, CourseType, View(sort="-name"))[0] == "Zélia"


def test_pages_hold_each_row_once_and_a_page_beyond_the_last_is_the_last(school: School) -> None:
    for number in range(25):
        create(school, Room, name=f"Room {number:02}", capacity=number + 1)
    pages = [shown(school, Room, View(page=page, size=10, sort="capacity")) for page in (1, 2, 3, 99)]
    assert [len(page) for page in pages] == [10, 10, 6, 6]
    assert len({name for page in pages[:3] for name in page}) == 26
    assert pages[3] == pages[2]


def test_filters_narrow_by_choice_range_emptiness_and_relation(school: School) -> None:
    payer = school.people[Role.PARENT]
    for day, amount, student in ((1, "10.00", None), (2, "20.00", school.people[Role.STUDENT]), (3, "30.00", None)):
        create(school, Invoice, payer_id=payer, student_id=student, amount=Decimal(amount), due_date=dt.date(2026, 3, day))

    def amounts(*filters: Filter) -> list[Decimal]:
        with reading(school.actor(Role.SCHOOL)) as session:
            return [row.values["amount"] for row in list_page(session, Invoice, View(filters=filters, sort="due_date")).rows]

    assert amounts(Filter("amount", low=Decimal("15.00"))) == [Decimal("20.00"), Decimal("30.00")]
    assert amounts(Filter("due_date", low=dt.date(2026, 3, 1), high=dt.date(2026, 3, 2))) == [Decimal("10.00"), Decimal("20.00")]
    assert amounts(Filter("student_id", empty=True)) == [Decimal("10.00"), Decimal("30.00")]
    assert amounts(Filter("student_id", values=(school.people[Role.STUDENT],))) == [Decimal("20.00")]
    assert amounts(Filter("status", values=("pending",)), Filter("payer_id", values=(payer,))) == amounts()
    assert amounts(Filter("nonsense", values=("x",))) == amounts()


def test_what_a_role_may_not_see_is_masked_and_neither_found_nor_filtered_by(school: School) -> None:
    create(school, User, first_name="Davi", last_name="Reis", role="student", cpf="529.982.247-25")
    davi = View(search="davi")
    with reading(school.actor(Role.STAFF)) as session:
        assert [row.values["cpf"] for row in list_page(session, User, davi).rows] == [MASK]
        assert [list_page(session, User, View(search=each)).total for each in ("52998224725", "529.982.247-25")] == [0, 0]
        everyone = list_page(session, User, View()).total
        assert list_page(session, User, View(filters=(Filter("cpf", values=("52998224725",)),))).total == everyone
    with reading(school.actor(Role.SCHOOL)) as session:
        assert [row.values["cpf"] for row in list_page(session, User, davi).rows] == ["52998224725"]


def test_a_record_names_what_it_refers_to_and_what_refers_to_it(school: School) -> None:
    with reading(school.actor(Role.SCHOOL)) as session:
        row = get_row(session, SchoolClass, school.klass)
        named = {name: row.labels[name] for name in ("term_id", "teacher_id", "room_id")}
        assert named == {"term_id": "2026/1", "teacher_id": "Tomás Lima", "room_id": "Sala 1"}
        counts = {(each.table, each.field): each.count for each in related(session, SchoolClass, school.klass)}
    assert counts[("enrollments", "class_id")] == 1
    assert counts[("sessions", "class_id")] == 0


def test_a_reference_to_nothing_is_called_nothing(school: School) -> None:
    alone = create(school, SchoolClass, term_id=school.term, level_id=school.level, name="French").id
    with reading(school.actor(Role.SCHOOL)) as session:
        assert get_row(session, SchoolClass, alone).labels.keys() == {"term_id", "level_id"}


def test_labels_are_those_of_the_rows_that_were_asked_for_in_the_school(school: School) -> None:
    with unit_of_work(school.job) as session:
        mine = Rows(session.connection(), school.id).add("rooms", name="Porão")
        elsewhere = Rows(session.connection(), Rows(session.connection()).add("organizations")).add("rooms")
    with reading(school.actor(Role.TEACHER)) as session:
        assert labels(session, Room, [mine, elsewhere, "", mine]) == {mine: "Porão"}
        assert labels(session, Room, []) == readable_labels(session, Room, [""]) == {}


def test_a_label_says_only_what_there_is() -> None:
    assert show_label("users", '["Ana", null]') == "Ana"
    assert show_label("users", "[null, null]") == NAMELESS
    assert show_label("classes", None) == NAMELESS


def test_what_is_no_key_is_no_record(school: School) -> None:
    with reading(school.actor(Role.SCHOOL)) as session:
        assert [find(session, Room, each) for each in ("all", None, 7, {"id": school.room}, [school.room])] == [None] * 5
        assert find(session, Room, school.room)
        for key in ("all", "\ud800"):  # the last is nothing that a database could be asked for
            with pytest.raises(NotFound):
                get_row(session, Room, key)


def test_the_search_box_finds_a_person_by_name_mail_or_phone_as_one_types_it(school: School) -> None:
    create(school, User, first_name="João", last_name="Silva", role="student", email="joao@example.com", phone="(11) 98765-4321")
    for typed in ("joao silva", "JOAO@EXAMPLE", "98765-4321", "(11) 98765"):
        hits = search.everywhere(school.actor(Role.SCHOOL), typed)
        assert [(hit.table, hit.label) for hit in hits] == [("users", "João Silva")], typed
    assert search.everywhere(school.actor(Role.SCHOOL), "j") == []
    assert [hit.table for hit in search.everywhere(school.actor(Role.SCHOOL), "english a1")] == ["classes"]


def test_the_search_box_finds_nothing_that_the_role_may_not_read(school: School) -> None:
    create(school, User, first_name="João", last_name="Silva", role="student")
    create(school, model_of("leads"), name="João Lead", source="website")
    assert {hit.table for hit in search.everywhere(school.actor(Role.SCHOOL), "joao")} == {"users", "leads"}
    assert search.everywhere(school.actor(Role.TEACHER), "joao") == []


def test_whose_a_number_is_stays_unsaid_to_who_sees_it_as_dots(school: School) -> None:
    create(school, User, first_name="Davi", last_name="Reis", role="student", cpf="529.982.247-25")
    again = {"first_name": "Eva", "last_name": "Dias", "role": Role.STUDENT, "email": "eva@example.com", "cpf": "52998224725"}
    for role, said in ((Role.STAFF, TAKEN), (Role.SCHOOL, TAKEN_BY)):
        with pytest.raises(InvalidInput) as refusal, unit_of_work(school.actor(role)) as session:
            write.create(session, User, again)
        assert [(each.field, each.source) for each in refusal.value.problems] == [("cpf", said)]
