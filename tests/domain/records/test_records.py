"""Writing any table: refused at the field, conflicts with both versions, deletes that name what is in the way."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from domain.access.decide import decide
from domain.access.roles import Role
from domain.access.uow import reading, unit_of_work
from domain.accounting.models import JournalEntryLine
from domain.core.models import User
from domain.curriculum.models import CourseType, Level
from domain.db.base import Base, model_of
from domain.db.engine import engine
from domain.db.errors import GONE
from domain.financial.models import Discount, Product
from domain.kit.errors import EditConflict, InvalidInput, NotFound, StillNeeded, Unchangeable
from domain.kit.ids import new_id
from domain.operations.models import Enrollment, Room, SchoolClass, Term
from domain.records import write
from domain.records.fields import values_of
from domain.records.query import Filter, View, get_row, list_page
from domain.records.related import related
from domain.records.twins import TAKEN_BY
from tests.conftest import School
from tests.factories.rows import Rows

NOBODYS_KEY = "01HZZZZZZZZZZZZZZZZZZZZZZZ"


def create(school: School, model: type[Base], **values: Any) -> Base:
    with unit_of_work(school.actor(Role.SCHOOL)) as session:
        return write.create(session, model, values)


def refused(school: School, model: type[Base], **values: Any) -> dict[str, str]:
    """The fields at which a new row is refused, each with what is said there."""
    with pytest.raises(InvalidInput) as refusal:
        create(school, model, **values)
    return {problem.field: problem.message for problem in refusal.value.problems}


def shown(school: School, model: type[Base], view: View) -> list[str]:
    with reading(school.actor(Role.SCHOOL)) as session:
        return [str(row.values["name"]) for row in list_page(session, model, view).rows]


def test_a_new_row_is_kept_with_its_defaults_and_tidied(school: School) -> None:
    key = create(school, Product, name="  Mensalidade  ", price=Decimal("350.00")).id
    with reading(school.actor(Role.SCHOOL)) as session:
        row = get_row(session, Product, key)
    assert row.version == 1
    assert row.values == {
        "name": "Mensalidade",
        "description": None,
        "price": Decimal("350.00"),
        "type": "tuition",
        "recurrence": "monthly",
        "is_active": True,
    }


@pytest.mark.parametrize(
    ("values", "field", "said"),
    [
        ({"name": ""}, "name", "Please fill this in."),
        ({"name": None}, "name", "Please fill this in."),
        ({"name": "x" * 81}, "name", "This is too long: at most 80 characters."),
        ({"name": "Lab\x00"}, "name", "This holds a character that can't be kept, such as a line break or a null byte."),
        ({"name": "two\nlines"}, "name", "This holds a character that can't be kept, such as a line break or a null byte."),
        ({"name": 7}, "name", "This must be text."),
        ({"capacity": None}, "capacity", "Please fill this in."),
        ({"capacity": 0}, "capacity", "This must be 1 or more."),
        ({"capacity": 10_001}, "capacity", "This must be 10000 or less."),
        ({"capacity": "many"}, "capacity", "This must be a whole number."),
        ({"capacity": 2.5}, "capacity", "This must be a whole number."),
        ({"capacity": True}, "capacity", "This must be a whole number."),
        ({"is_active": "yes"}, "is_active", "This must be yes or no."),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field_and_nothing_is_written(
    values: dict[str, Any], field: str, said: str, school: School
) -> None:
    assert refused(school, Room, **{"name": "Lab", "capacity": 8, **values}) == {field: said}
    assert shown(school, Room, View()) == ["Sala 1"]


@pytest.mark.parametrize(
    "name", ["😀 Sala", "غرفة", "<b>Sala</b>", "<script>alert(1)</script>", "Robert'); DROP TABLE rooms;--", "Åß"]
)
def test_strange_but_harmless_texts_come_back_as_they_were(name: str, school: School) -> None:
    create(school, Room, name=name, capacity=8)
    assert sorted(shown(school, Room, View())) == sorted(["Sala 1", name])


def test_several_problems_are_told_at_once(school: School) -> None:
    wrong = {
        "first_name": "",
        "email": "nobody",
        "cpf": "529.982.247-26",
        "phone": "12",
        "birth_date": "yesterday",
        "role": "king",
    }
    assert refused(school, User, last_name="Lima", **wrong).keys() == wrong.keys()


def test_what_does_not_fit_together_is_told_at_the_fields_that_it_speaks_of(school: School) -> None:
    term = {"name": "2026/2", "start_date": dt.date(2026, 8, 1), "end_date": dt.date(2026, 8, 1)}
    assert refused(school, Term, **term).keys() <= {"start_date", "end_date"}
    assert refused(school, Discount, name="All", type="percentage", value=150.0) == {"value": "A percentage is 100 at most."}


def test_a_name_that_is_taken_says_by_whom(school: School) -> None:
    assert refused(school, Room, name="Sala 1", capacity=3) == {"name": "“Sala 1” has this already."}
    assert refused(school, User, first_name="Bia", last_name="Reis", role="staff", email="TEACHER@example.com") == {
        "email": "“Tomás Lima” has this already."
    }


def test_the_same_name_is_free_in_another_school_and_another_term(school: School) -> None:
    with engine().begin() as connection:
        Rows(connection).add("rooms", name="Sala 2")
    create(school, Room, name="Sala 2", capacity=3)
    term = create(school, Term, name="2026/2", start_date=dt.date(2026, 8, 1), end_date=dt.date(2026, 12, 1))
    create(school, SchoolClass, term_id=term.id, level_id=school.level, name="English A1")


def test_there_is_one_current_term_and_one_active_place_in_a_class(school: School) -> None:
    later = {"start_date": dt.date(2026, 8, 1), "end_date": dt.date(2026, 12, 1)}
    assert refused(school, Term, name="2026/2", is_current=True, **later) == {"is_current": "“2026/1” has this already."}
    assert refused(school, Enrollment, user_id=school.people[Role.STUDENT], class_id=school.klass).keys() <= {
        "class_id",
        "status",
    }


@pytest.mark.parametrize("level", ["", "nonsense", NOBODYS_KEY, 7])
def test_a_reference_that_leads_nowhere_is_refused_at_its_field(level: object, school: School) -> None:
    assert refused(school, SchoolClass, term_id=school.term, level_id=level, name="English A2").keys() == {"level_id"}


def test_a_reference_into_another_school_is_as_good_as_none(school: School) -> None:
    with engine().begin() as connection:
        theirs = Rows(connection).add("levels")
    assert refused(school, SchoolClass, term_id=school.term, level_id=theirs, name="English A2").keys() == {"level_id"}


def test_a_change_is_kept_and_raises_the_version(school: School) -> None:
    with unit_of_work(school.actor(Role.SCHOOL)) as session:
        write.update(session, Room, school.room, {"capacity": 20}, version=1, opened={"name": "Sala 1", "capacity": 12})
    with reading(school.actor(Role.SCHOOL)) as session:
        row = get_row(session, Room, school.room)
    assert (row.version, row.values["name"], row.values["capacity"]) == (2, "Sala 1", 20)


def test_a_change_that_changes_nothing_leaves_the_version(school: School) -> None:
    with unit_of_work(school.actor(Role.SCHOOL)) as session:
        write.update(session, Room, school.room, {"capacity": 12, "name": " Sala 1 "}, version=1, opened={})
    with reading(school.actor(Role.SCHOOL)) as session:
        assert get_row(session, Room, school.room).version == 1


def test_the_second_of_two_who_edit_a_record_sees_both_versions_and_loses_nothing(school: School) -> None:
    opened = {"name": "Sala 1", "capacity": 12, "is_active": True}
    with unit_of_work(school.actor(Role.SCHOOL)) as session:
        write.update(session, Room, school.room, {**opened, "capacity": 20}, version=1, opened=opened)
    with pytest.raises(EditConflict) as conflict, unit_of_work(school.actor(Role.SCHOOL)) as session:
        write.update(session, Room, school.room, {**opened, "capacity": 15}, version=1, opened=opened)
    assert conflict.value.mine["capacity"] == 15
    assert conflict.value.theirs["capacity"] == 20
    assert conflict.value.version == 2
    with unit_of_work(school.actor(Role.SCHOOL)) as session:
        mine = write.update(session, Room, school.room, {"capacity": 15}, version=2, opened=conflict.value.theirs)
        assert values_of(mine)["capacity"] == 15


def test_a_record_that_has_vanished_is_not_found(school: School) -> None:
    with unit_of_work(school.actor(Role.SCHOOL)) as session:
        for key in (new_id(), "nonsense", ""):
            with pytest.raises(NotFound):
                write.update(session, Room, key, {"capacity": 1}, version=1, opened={})
            with pytest.raises(NotFound):
                write.remove(session, Room, [key])


def test_a_change_is_looked_at_like_a_new_row(school: School) -> None:
    with unit_of_work(school.actor(Role.SCHOOL)) as session:
        with pytest.raises(InvalidInput) as refusal:
            write.update(session, Room, school.room, {"capacity": -1}, version=1, opened={})
        assert [problem.field for problem in refusal.value.problems] == ["capacity"]


def test_a_free_row_is_deleted(school: School) -> None:
    key = create(school, Room, name="Lab", capacity=8).id
    with unit_of_work(school.actor(Role.SCHOOL)) as session:
        assert write.remove(session, Room, [key]) == 1
    assert shown(school, Room, View()) == ["Sala 1"]


def test_a_room_in_use_is_not_deleted_and_the_class_in_it_is_named(school: School) -> None:
    with unit_of_work(school.actor(Role.SCHOOL)) as session, pytest.raises(StillNeeded) as refusal:
        write.remove(session, Room, [school.room])
    found = [(each.table, each.column, each.count, each.rule, each.examples) for each in refusal.value.dependents]
    assert found == [("classes", "room_id", 1, "RESTRICT", ("English A1",))]


def test_of_what_stands_in_the_way_of_one_record_nothing_is_named_that_needs_another(school: School) -> None:
    lab = create(school, Room, name="Lab", capacity=8).id
    create(school, SchoolClass, name="French", term_id=school.term, level_id=school.level, room_id=lab, max_students=8)
    with unit_of_work(school.actor(Role.SCHOOL)) as session, pytest.raises(StillNeeded) as refusal:
        write.remove(session, Room, [lab])
    assert [(each.count, each.examples) for each in refusal.value.dependents] == [(1, ("French",))]


def test_what_is_wrong_with_many_is_said_as_it_is_of_one(school: School) -> None:
    lab = create(school, Room, name="Lab", capacity=8).id
    wrong = (
        (Room, lab, {"name": "Sala 1"}, "name", TAKEN_BY),
        (SchoolClass, school.klass, {"room_id": new_id()}, "room_id", GONE),
    )
    for model, key, values, field, said in wrong:
        for act in (
            lambda session, model=model, key=key, values=values: write.update_many(session, model, [key], values),
            lambda session, model=model, key=key, values=values: write.update(session, model, key, values, version=1, opened={}),
        ):
            with pytest.raises(InvalidInput) as refusal, unit_of_work(school.actor(Role.SCHOOL)) as session:
                act(session)
            assert [(each.field, each.source) for each in refusal.value.problems] == [(field, said)]


def test_what_is_only_alone_in_one_state_may_be_there_again_in_another(school: School) -> None:
    with unit_of_work(school.job) as session:
        [place] = session.scalars(select(Enrollment))
        place.status, place.dropped_at = "dropped", place.enrolled_at
    again = {"user_id": school.people[Role.STUDENT], "class_id": school.klass, "status": "active"}
    create(school, Enrollment, **again)
    assert refused(school, Enrollment, **again)


def test_rows_are_sorted_by_what_they_refer_to(school: School) -> None:
    for name, room in (("One", "Zélia"), ("Two", "Áurea")):
        create(
            school,
            SchoolClass,
            name=name,
            term_id=school.term,
            level_id=school.level,
            room_id=create(school, Room, name=room, capacity=20).id,
        )
    assert shown(school, SchoolClass, View(sort="room_id")) == ["Two", "English A1", "One"]
    assert shown(school, SchoolClass, View(sort="-room_id")) == ["One", "English A1", "Two"]


def test_related_records_are_told_of_tables_that_the_reader_reads(school: School) -> None:
    for role in Role:
        with reading(school.actor(role)) as session:
            found = related(session, User, school.people[Role.STUDENT])
            assert [each.table for each in found if not decide(session.actor, "R", each.table)] == []
            assert found or role is Role.STUDENT


def test_deleting_many_deletes_all_or_none(school: School) -> None:
    free = create(school, Room, name="Lab", capacity=8).id
    with pytest.raises(StillNeeded), unit_of_work(school.actor(Role.SCHOOL)) as session:
        write.remove(session, Room, [free, school.room])
    assert shown(school, Room, View()) == ["Lab", "Sala 1"]


def test_a_plan_goes_with_its_class_but_what_has_happened_keeps_it(school: School) -> None:
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        planned = rows.add("classes")
        weekly = rows.add("schedules", class_id=planned)
        held = rows.add("attendance")
    with unit_of_work(school.actor(Role.SCHOOL)) as session:
        write.remove(session, SchoolClass, [planned])
    with reading(school.job) as session:
        with pytest.raises(NotFound):
            get_row(session, model_of("schedules"), weekly)
        meeting = get_row(session, model_of("attendance"), held).values["session_id"]
        klass = get_row(session, model_of("sessions"), meeting).values["class_id"]
    with pytest.raises(StillNeeded), unit_of_work(school.actor(Role.SCHOOL)) as session:
        write.remove(session, SchoolClass, [klass])


def test_many_rows_take_the_same_value_in_one_go_or_not_at_all(school: School) -> None:
    lab = create(school, Room, name="Lab", capacity=8).id
    with unit_of_work(school.actor(Role.SCHOOL)) as session:
        assert write.update_many(session, Room, [lab, school.room], {"capacity": 16}) == 2
    with pytest.raises(InvalidInput), unit_of_work(school.actor(Role.SCHOOL)) as session:
        write.update_many(session, Room, [lab, school.room], {"name": "The same"})
    assert shown(school, Room, View(filters=(Filter("capacity", values=(16,)),))) == ["Lab", "Sala 1"]


@pytest.mark.parametrize("table", ["memory_audit_log", "memory_integrity_hashes", "alert_acknowledgments"])
def test_what_is_only_ever_added_is_refused_with_its_own_word(table: str, school: School) -> None:
    with engine().begin() as connection:
        key = Rows(connection, school.id).add(table)
    with unit_of_work(school.job) as session:
        with pytest.raises(Unchangeable):
            write.remove(session, model_of(table), [key])


def test_a_posted_entry_and_its_lines_are_neither_changed_nor_deleted(school: School) -> None:
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        entry, draft = rows.add("journal_entries"), rows.add("journal_entries")
        accounts = [rows.add("chart_of_accounts", allows_posting=True) for _side in range(2)]
        lines = [
            rows.add("journal_entry_lines", entry_id=entry, account_id=account, entry_type=side, amount_cents=5, line_number=at)
            for at, (account, side) in enumerate(zip(accounts, ("debit", "credit"), strict=True), start=1)
        ]
        posted = (
            "UPDATE journal_entries SET status = 'posted', entry_number = 1, posting_date = '2026-03-02', "
            "fiscal_year = 2026, fiscal_month = 3, posted_at = '2026-03-02 12:00:00' WHERE id = ?"
        )
        connection.exec_driver_sql(posted, (entry,))
    for table, key, change in (("journal_entries", entry, "memo"), ("journal_entry_lines", lines[0], "description")):
        with pytest.raises(Unchangeable), unit_of_work(school.actor(Role.SCHOOL)) as session:
            write.update(session, model_of(table), key, {change: "changed"}, version=1, opened={})
        with pytest.raises(Unchangeable), unit_of_work(school.actor(Role.SCHOOL)) as session:
            write.remove(session, model_of(table), [key])
    drafted = create(
        school, JournalEntryLine, entry_id=draft, account_id=accounts[0], entry_type="debit", amount_cents=5, line_number=1
    )
    with pytest.raises(Unchangeable), unit_of_work(school.actor(Role.SCHOOL)) as session:
        write.update_many(session, JournalEntryLine, [drafted.id, lines[0]], {"description": "changed"})
    with reading(school.job) as session:
        assert get_row(session, JournalEntryLine, drafted.id).values["description"] is None


def test_a_level_belongs_to_its_course_by_a_code_of_its_own(school: School) -> None:
    course = create(school, CourseType, code="es", name="Español").id
    create(school, Level, course_type_id=course, code="A1", name="Beginner", order=1)
    again = refused(school, Level, course_type_id=course, code="A1", name="Again", order=2)
    assert again.keys() == {"code"}
