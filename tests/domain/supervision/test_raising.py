"""Raising an alert: in one's own name, about those whom one works with, and what one then learns of it."""

import pytest
from sqlalchemy import select

from domain.access.roles import Role
from domain.access.uow import reading, unit_of_work
from domain.db.engine import engine
from domain.kit.errors import DomainError, InvalidInput, NotAllowed, NotFound
from domain.kit.ids import new_id
from domain.records import write
from domain.records.masks import hidden_in
from domain.supervision.alert_models import AlertRaising
from domain.supervision.enums import AlertLevel, Detector, HomeConcern
from domain.supervision.models import AlertAcknowledgment, SafetyAlert
from domain.supervision.raising import about_me, contest, raise_alert, raised_by_me, readers, students_to_choose
from domain.supervision.service import acknowledge, answer, resolve
from tests.conftest import School
from tests.domain.supervision import care
from tests.factories.rows import Rows

RAISERS = ("student", "teacher", "staff", "school")


@pytest.mark.parametrize("role", RAISERS)
def test_an_alert_and_who_raised_it_are_written_together_in_the_raisers_name(role: str, school: School) -> None:
    key = care.raised(school, role, home=HomeConcern.UNSURE, level=AlertLevel.RED)
    with reading(school.actor("school")) as session:
        alert = session.get_one(SafetyAlert, key)
        raising = session.scalars(select(AlertRaising).where(AlertRaising.alert_id == key)).one()
    assert (alert.student_id, alert.level, alert.reason) == (school.people[Role.STUDENT], "red", care.REASON)
    assert (alert.detected_by, alert.acknowledged_at, alert.notified_parents) == (Detector(role), None, False)
    assert (raising.user_id, raising.role, raising.home) == (school.people[Role(role)], Role(role), HomeConcern.UNSURE)


@pytest.mark.parametrize("role", ["parent", "owner"])
def test_guardians_and_owners_who_are_not_on_the_list_raise_nothing(role: str, school: School) -> None:
    with pytest.raises(NotAllowed if role == "parent" else NotFound):
        care.raised(school, role)
    with pytest.raises(NotAllowed), unit_of_work(school.job) as session:  # nor does what is nobody, whatever it may write
        raise_alert(session, school.people[Role.STUDENT], level=AlertLevel.RED, reason="Rule.", home=HomeConcern.NO)
    assert care.found(school.actor("school")) == set()


def test_a_student_raises_for_themself_alone_and_a_teacher_for_their_own_students(school: School) -> None:
    other = care.person(school, "student").user_id
    for role in ("student", "teacher"):
        with pytest.raises(NotFound), unit_of_work(school.actor(role)) as session:
            raise_alert(session, other, level=AlertLevel.YELLOW, reason="Worried.", home=HomeConcern.NO)
    with unit_of_work(school.actor("staff")) as session:
        assert raise_alert(session, other, level=AlertLevel.YELLOW, reason="Worried.", home=HomeConcern.NO)


@pytest.mark.parametrize("whom", ["teacher", "nonsense", "foreign"])
def test_nobody_raises_an_alert_about_someone_who_is_no_student_here(whom: str, school: School) -> None:
    with engine().begin() as connection:
        foreign = Rows(connection).add("users", role="student")
    key = {"teacher": school.people[Role.TEACHER], "foreign": foreign}.get(whom, whom)
    for role in ("staff", "school"):
        with pytest.raises(NotFound), unit_of_work(school.actor(role)) as session:
            raise_alert(session, key, level=AlertLevel.YELLOW, reason="Worried.", home=HomeConcern.NO)


def test_what_was_noticed_has_to_be_said(school: School) -> None:
    with pytest.raises(InvalidInput) as refused, unit_of_work(school.actor("teacher")) as session:
        raise_alert(session, school.people[Role.STUDENT], level=AlertLevel.RED, reason=" ", home=HomeConcern.NO)
    assert [each.field for each in refused.value.problems] == ["reason"]


def test_each_sees_what_they_raised_and_nothing_else(school: School) -> None:
    mine = {role: care.raised(school, role) for role in RAISERS}
    unseen = care.checked(school, seen=False)
    for role in ("student", "teacher", "staff"):
        assert care.found(school.actor(role)) == {mine[role]}
    assert care.found(school.actor("parent")) == set()
    assert care.found(school.actor("school")) == {*mine.values(), unseen}


def test_a_raiser_learns_that_it_was_seen_and_settled_not_what_was_done(school: School) -> None:
    key = care.raised(school, "teacher")
    with unit_of_work(school.actor("school")) as session:
        acknowledge(session, key, "Called home", "The father drinks.")
        resolve(session, key, "Police.")
    with reading(school.actor("teacher")) as session:
        line = raised_by_me(session)[0]
        hidden = hidden_in(session, SafetyAlert, [key])[key]
        steps = list(session.scalars(select(AlertAcknowledgment.id)))
        of_steps = hidden_in(session, AlertAcknowledgment, steps)
    assert (line.id, line.student, line.reason, line.seen_by) == (key, "Sofia Lima", care.REASON, "Clara Nunes")
    assert line.seen_at is not None
    assert line.resolved_at is not None
    assert hidden == {"resolution_notes", "notified_parents", "notified_authorities"}
    assert set(of_steps.values()) == {frozenset({"action_taken", "notes"})}
    assert "Police" not in repr(line)


def test_a_school_persons_general_form_counts_as_not_sure(school: School) -> None:
    values = {"student_id": school.people[Role.STUDENT], "reason": "Told on the phone.", "detected_by": "teacher"}
    with unit_of_work(school.actor("school")) as session:
        key = write.create(session, SafetyAlert, values).id
    with reading(school.actor("school")) as session:
        raising = session.scalars(select(AlertRaising).where(AlertRaising.alert_id == key)).one()
    assert (raising.user_id, raising.home) == (school.people[Role.SCHOOL], HomeConcern.UNSURE)


@pytest.mark.parametrize("role", ["student", "teacher", "staff"])
@pytest.mark.parametrize(
    "more",
    [{"detected_by": "school"}, {"notified_authorities": True}, {"acknowledged_by": "x"}, {"resolution_notes": "Fine."}],
    ids=lambda more: next(iter(more)),
)
def test_no_form_lets_a_raiser_write_more_than_what_they_noticed(role: str, more: dict[str, object], school: School) -> None:
    values = {"student_id": school.people[Role.STUDENT], "reason": "Worried.", "detected_by": role}
    with pytest.raises((NotAllowed, DomainError)), unit_of_work(school.actor(role)) as session:
        write.create(session, SafetyAlert, values | more)
    assert care.found(school.actor("school")) == set()


@pytest.mark.parametrize("table", ["alert_raisings", "alert_releases", "alert_contests", "alert_supervisors"])
@pytest.mark.parametrize("role", list(Role))
def test_no_form_writes_what_belongs_to_an_alert(table: str, role: Role, school: School) -> None:
    from domain.db.base import model_of

    assert write.writable(school.actor(role), model_of(table), "C") == set()


def test_who_reads_it_is_told_before_it_is_raised(school: School) -> None:
    care.guards(school, care.person(school, "school", first_name="Fábio", last_name="Reis").user_id)
    care.person(school, "school", first_name="Aline", last_name="Sá")
    with reading(school.actor("student")) as session:
        told = readers(session, school.people[Role.STUDENT])
    assert told.always == ("Clara Nunes", "Aline Sá")  # who is on the list comes first
    assert told.unless_home == ("Fábio Reis",)
    with reading(school.actor("teacher")) as session:
        told = readers(session, school.people[Role.STUDENT])
    assert (told.always, told.unless_home) == (("Clara Nunes", "Aline Sá", "Fábio Reis"), ())  # whose child it is isn't told
    with reading(school.actor("parent")) as session:
        assert readers(session, school.people[Role.STUDENT]).always == ()


def test_those_to_choose_from_are_those_one_may_raise_an_alert_about(school: School) -> None:
    other = care.person(school, "student").user_id
    sofia = school.people[Role.STUDENT]
    expected = {"student": {sofia}, "teacher": {sofia}, "staff": {sofia, other}, "school": {sofia, other}}
    for role, keys in expected.items():
        with reading(school.actor(role)) as session:
            assert {key for key, _name in students_to_choose(session)} == keys, role


def test_a_student_reads_the_automatic_checks_alerts_once_a_person_has_looked(school: School) -> None:
    care.checked(school, seen=False)
    seen = care.checked(school, seen=True)
    with reading(school.actor("student")) as session:
        lines = about_me(session)
    assert [(each.id, each.reason, each.seen_by) for each in lines] == [(seen, "Rule: falling.", "Clara Nunes")]
    assert care.found(school.actor("student")) == {seen}


def test_a_student_contests_and_learns_that_it_was_read(school: School) -> None:
    key = care.checked(school, seen=True)
    with unit_of_work(school.actor("school")) as session:
        resolve(session, key, "Nothing to do.")
    with unit_of_work(school.actor("student")) as session:
        contest(session, key, " I was travelling. ")
    with reading(school.actor("student")) as session:
        assert [(each.words, each.words_read) for each in about_me(session)] == [("I was travelling.", False)]
    with unit_of_work(school.actor("school")) as session:
        answer(session, key, "We talked; it makes sense.")
    with reading(school.actor("student")) as session:
        assert [each.words_read for each in about_me(session)] == [True]


def test_nobody_contests_what_nobody_has_looked_at_or_what_is_not_about_them(school: School) -> None:
    unseen, seen, own = care.checked(school, seen=False), care.checked(school, seen=True), care.raised(school, "student")
    others = [("student", unseen), ("teacher", seen), ("parent", seen)]
    for role, key in (*others, ("student", new_id()), ("student", "nonsense"), ("student", "\ud800")):
        with pytest.raises(NotFound), unit_of_work(school.actor(role)) as session:
            contest(session, key, "No.")
    with pytest.raises(NotAllowed), unit_of_work(school.actor("student")) as session:
        contest(session, own, "No.")
    with pytest.raises(InvalidInput), unit_of_work(school.actor("student")) as session:
        contest(session, seen, "  ")
    with pytest.raises(NotFound), unit_of_work(school.actor("school")) as session:
        answer(session, seen, "There is nothing to answer.")
