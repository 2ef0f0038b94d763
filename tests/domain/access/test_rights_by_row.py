"""What a role may do differs from row to row: whose phone is shown, whose record is changed, in whose name one signs."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from domain.access.roles import Role
from domain.access.uow import ScopedSession, reading, unit_of_work
from domain.core.models import User, UserRole
from domain.db.base import Base, model_of
from domain.db.engine import engine
from domain.kit.errors import DomainError, EditConflict, InvalidInput, NotAllowed, StillNeeded, Unchangeable
from domain.records import write
from domain.records.query import MASK, View, get_row, keys_of, list_page
from tests.conftest import School
from tests.factories.rows import MOMENT, Rows

PHONE, CPF = "+5511987654321", "52998224725"
PRIVATE = {"cpf": CPF, "phone": PHONE, "whatsapp": PHONE}


@pytest.fixture
def rows(school: School) -> Any:
    """Makes rows of the small school, each kept at once."""

    class Kept:
        def add(self, table: str, **given: Any) -> str:
            with engine().begin() as connection:
                return Rows(connection, school.id).add(table, **given)

    return Kept()


def person(school: School, role: Role, **values: Any) -> str:
    """The key of the school's person of a role, whose record was given these values."""
    with unit_of_work(school.job) as session:
        found = session.scalars(select(User).where(User.id == school.people[role])).one()
        for name, value in values.items():
            setattr(found, name, value)
    return school.people[role]


def change(session: ScopedSession, model: type[Base], key: str, **values: Any) -> Base:
    return write.update(session, model, key, values, version=session.get_one(model, key).row_version, opened={})


def test_a_teacher_sees_no_private_number_of_a_student_but_their_own(school: School) -> None:
    student = person(school, Role.STUDENT, **PRIVATE)
    own = person(school, Role.TEACHER, phone="+5511900001111")
    with reading(school.actor(Role.TEACHER)) as session:
        shown = {row.key: row.values for row in list_page(session, User, View()).rows}
        assert {name: shown[student][name] for name in PRIVATE} == dict.fromkeys(PRIVATE, MASK)
        assert {name: get_row(session, User, student).values[name] for name in PRIVATE} == dict.fromkeys(PRIVATE, MASK)
        assert shown[own]["phone"] == "+5511900001111"


def test_what_is_masked_is_neither_searched_nor_sorted_by(school: School, rows: Any) -> None:
    student = person(school, Role.STUDENT, **PRIVATE)
    classmate = rows.add("users", role="student", first_name="Bia", cpf="11144477735", phone="+5511900000000")
    rows.add("enrollments", user_id=classmate, class_id=school.klass)
    with reading(school.actor(Role.TEACHER)) as session:
        assert keys_of(session, User, View(search="98765")) == []
        assert keys_of(session, model_of("enrollments"), View(search="98765")) == []
        assert keys_of(session, User, View(search="sof")) == [student]
        usual = keys_of(session, User, View())
        assert keys_of(session, User, View(sort="cpf")) == keys_of(session, User, View(sort="-phone")) == usual
    with reading(school.actor(Role.SCHOOL)) as session:
        assert keys_of(session, User, View(search="98765")) == [student]


def test_a_teacher_may_empty_their_own_phone(school: School) -> None:
    own = person(school, Role.TEACHER, phone=PHONE)
    with unit_of_work(school.actor(Role.TEACHER)) as session:
        change(session, User, own, phone=None)
    with reading(school.job) as session:
        assert session.get_one(User, own).phone is None


def test_a_conflict_shows_no_masked_value(school: School, rows: Any) -> None:
    key = rows.add(
        "payment_methods", user_id=school.people[Role.STAFF], method_type="pix", pix_key_type="email", pix_key="a@b.co"
    )
    model, coordinator = model_of("payment_methods"), school.actor(Role.SCHOOL)
    with reading(coordinator) as session:
        opened = get_row(session, model, key).values
    assert opened["pix_key"] == MASK
    with unit_of_work(school.job) as session:
        change(session, model, key, pix_key="c@d.co")
    with pytest.raises(EditConflict) as conflict, unit_of_work(coordinator) as session:
        write.update(session, model, key, {"label": "Mine"}, version=1, opened=opened)
    assert conflict.value.theirs["pix_key"] == MASK


def test_coordination_leaves_an_owner_alone_whatever_role_the_owner_starts_in(school: School) -> None:
    founder = school.people[Role.SCHOOL]  # starts as school, and is owner as well
    with engine().begin() as connection:
        other = Rows(connection, school.id).add("users", role="school")
    coordinator = replace(school.actor(Role.SCHOOL), user_id=other)
    for values in ({"email": "mine@example.com"}, {"is_active": False}):
        with pytest.raises(NotAllowed), unit_of_work(coordinator) as session:
            change(session, User, founder, **values)
    with pytest.raises(DomainError), unit_of_work(coordinator) as session:
        write.remove(session, User, [founder])
    with unit_of_work(coordinator) as session:
        change(session, User, school.people[Role.TEACHER], first_name="Tom")
    with unit_of_work(school.actor(Role.OWNER)) as session:
        change(session, User, founder, first_name="Clarice")


def test_reception_changes_its_own_phone_and_nobody_elses(school: School) -> None:
    with unit_of_work(school.actor(Role.STAFF)) as session:
        change(session, User, school.people[Role.STAFF], phone=PHONE)
    with pytest.raises(NotAllowed), unit_of_work(school.actor(Role.STAFF)) as session:
        change(session, User, school.people[Role.STUDENT], phone=PHONE)


def test_a_step_about_an_alert_bears_the_name_of_who_took_it(school: School, rows: Any) -> None:
    alert, steps = rows.add("safety_alerts"), model_of("alert_acknowledgments")
    with unit_of_work(school.actor(Role.SCHOOL)) as session:
        step = write.create(session, steps, {"alert_id": alert, "action_taken": "Called"})
        assert step.user_id == school.people[Role.SCHOOL]  # type: ignore[attr-defined]
    values = {"alert_id": alert, "action_taken": "Called", "user_id": school.people[Role.STAFF]}
    with pytest.raises(NotAllowed), unit_of_work(school.actor(Role.SCHOOL)) as session:
        write.create(session, steps, values)


def test_nobody_pays_themselves_under_another_name(school: School, rows: Any) -> None:
    own, another = school.people[Role.SCHOOL], school.people[Role.STAFF]
    mine, theirs = (rows.add("staff_payroll", user_id=each) for each in (own, another))
    payment = {"amount_cents": 100, "user_id": another}
    with pytest.raises(DomainError), unit_of_work(school.actor(Role.SCHOOL)) as session:
        write.create(session, model_of("payroll_payments"), {**payment, "payroll_id": mine})
    with unit_of_work(school.actor(Role.SCHOOL)) as session:
        write.create(session, model_of("payroll_payments"), {**payment, "payroll_id": theirs})


def test_what_stands_in_the_way_is_named_only_to_who_may_read_it(school: School, rows: Any) -> None:
    student = rows.add("users", role="student")
    rows.add("memory_graphs", student_id=student)
    rows.add("invoices", payer_id=student)
    with pytest.raises(StillNeeded) as refusal, unit_of_work(school.actor(Role.SCHOOL)) as session:
        write.remove(session, User, [student])
    examples = {each.table: len(each.examples) for each in refusal.value.dependents}
    assert examples == {"": 0, "invoices": 1}, "of a memory no more than that something is in the way"


def test_what_protects_a_student_is_not_erased_by_the_student_alone(school: School, rows: Any) -> None:
    graph, student = rows.add("memory_graphs", student_id=school.people[Role.STUDENT]), school.actor(Role.STUDENT)
    threat, fact = (rows.add("memory_ledger", graph_id=graph, category=each) for each in ("threat", "fact"))
    ledger = model_of("memory_ledger")
    with pytest.raises(Unchangeable), unit_of_work(student) as session:
        write.remove(session, ledger, [threat])
    with pytest.raises(Unchangeable), unit_of_work(student) as session:
        change(session, ledger, threat, category="fact")
    with unit_of_work(student) as session:
        assert write.remove(session, ledger, [fact]) == 1


def test_moments_are_compared_as_moments_whatever_zone_they_come_in(school: School) -> None:
    brazil = dt.timezone(dt.timedelta(hours=-3))
    left = MOMENT.astimezone(brazil) + dt.timedelta(hours=1)  # 10:00 there, 13:00 in UTC: after MOMENT
    values = {"user_id": school.people[Role.PARENT], "class_id": school.klass, "status": "dropped"}
    with unit_of_work(school.actor(Role.SCHOOL)) as session:
        write.create(session, model_of("enrollments"), {**values, "enrolled_at": MOMENT, "dropped_at": left})
    early = MOMENT.astimezone(dt.timezone(dt.timedelta(hours=9))) - dt.timedelta(hours=1)
    with pytest.raises(InvalidInput) as refusal, unit_of_work(school.actor(Role.SCHOOL)) as session:
        write.create(session, model_of("enrollments"), {**values, "enrolled_at": MOMENT, "dropped_at": early})
    assert [each.message for each in refusal.value.problems] == ["Nobody leaves before they have enrolled."]


def test_the_role_that_a_person_starts_in_is_never_taken_from_them(school: School) -> None:
    student = school.people[Role.STUDENT]
    with reading(school.actor("school")) as session:
        start = session.scalar(select(UserRole.id).where(UserRole.user_id == student, UserRole.role == Role.STUDENT))
    assert start
    with pytest.raises(Unchangeable), unit_of_work(school.actor("school")) as session:
        write.remove(session, UserRole, [start])
    with unit_of_work(school.actor("school")) as session:
        second = write.create(session, UserRole, {"user_id": student, "role": Role.PARENT}).id
    with unit_of_work(school.actor("school")) as session:
        assert write.remove(session, UserRole, [second]) == 1
