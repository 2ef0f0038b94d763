"""Enrolling, leaving and waiting: what is refused and what it says, what follows of itself, whichever way it is written."""

import datetime as dt
from dataclasses import replace

import pytest
from sqlalchemy import select

from domain.access.roles import Role
from domain.access.trail import undo as trail_undo
from domain.access.trail.undo import TooLate
from domain.access.trail.writing import written
from domain.access.uow import reading, unit_of_work
from domain.core.models import Organization, User
from domain.curriculum.models import CourseType, Level
from domain.kit.clock import now
from domain.kit.errors import DomainError, InvalidInput, NotAllowed, NotFound
from domain.kit.findings import Refused
from domain.operations import enrolment, placing, waiting
from domain.operations.enums import EnrollmentStatus, WaitingStatus
from domain.operations.leaving import touched_by_leaving
from domain.operations.models import Enrollment, Schedule, SchoolClass
from domain.operations.planning_models import PlacementThreshold
from domain.outbox import sender
from domain.outbox.queries import inbox
from domain.records import write
from domain.records.undo import undo
from tests.conftest import School
from tests.domain.operations.enrolling_school import MONDAY, TUESDAY, Enrolling


@pytest.fixture
def it(school: School) -> Enrolling:
    return Enrolling(school)


def kinds(error: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [each.kind for each in error.value.findings]


def test_what_stands_against_enrolling_is_said_with_names_and_numbers(it: Enrolling) -> None:
    student = it.student("Ana")
    monday = it.klass("Monday")
    it.enrol(student, monday)
    clashing = it.klass("At once", hour=9)
    beside = it.klass("After it", hour=10)
    full, _keys = it.full_class(day=TUESDAY)
    with pytest.raises(Refused) as refused:
        it.enrol(student, monday)
    assert kinds(refused) == ["in_it_already"]
    with pytest.raises(Refused) as refused:
        it.enrol(student, clashing)
    assert refused.value.findings[0].message == (
        "Monday: Monday (08:00–09:30) and At once (09:00–10:30) meet at the same time. Ana Reis can't be in both."
    )
    with pytest.raises(Refused) as refused:
        it.enrol(student, full)
    assert refused.value.findings[0].message == "Full is full: 2 of 2 places are taken."
    it.enrol(student, beside)
    assert it.active(beside) == {student}


def test_a_class_that_is_over_or_not_active_takes_nobody(it: Enrolling) -> None:
    student = it.student("Ana")
    for given, kind in (({"is_active": False}, "class_not_active"), ({"term_id": it.over}, "term_over")):
        with pytest.raises(Refused) as refused:
            it.enrol(student, it.klass(kind, **given))
        assert kinds(refused) == [kind]
    for enrol in (it.enrol, it.join):
        with pytest.raises(Refused) as refused:
            enrol(it.school.people[Role.TEACHER], it.klass(f"For students {enrol.__name__}"))
        assert kinds(refused) == ["not_a_student"]
    with pytest.raises(NotFound):
        it.enrol(student, "nothing")
    with pytest.raises(NotFound):
        it.enrol("nobody", it.klass("Open"))


def test_a_seat_that_frees_goes_down_the_list_in_order(it: Enrolling) -> None:
    full, (first, second) = it.full_class()
    entries = [it.join(it.student(name), full) for name in ("Bia", "Caio", "Dora")]
    with pytest.raises(Refused) as refused:
        it.join(it.entry(entries[0]).user_id, full)
    assert kinds(refused) == ["waits_already"]
    it.drop(first)
    assert [it.entry(key).status for key in entries] == ["offered", "waiting", "waiting"]
    ends = it.entry(entries[0]).offer_ends_at
    assert ends is not None
    assert abs(ends - now() - dt.timedelta(hours=48)) < dt.timedelta(minutes=1)
    with pytest.raises(Refused) as refused:  # held for Bia
        it.enrol(it.student("Eva"), full)
    assert "1 are taken and 1 offered" in refused.value.findings[0].message
    with unit_of_work(it.staff) as session:
        waiting.decline(session, entries[0])
    assert [it.entry(key).status for key in entries] == ["declined", "offered", "waiting"]
    it.let_lapse(entries[1])
    assert waiting.move_lapsed(it.staff) == 1
    assert waiting.move_lapsed(it.staff) == 0
    assert [it.entry(key).status for key in entries] == ["declined", "expired", "offered"]
    with unit_of_work(it.staff) as session:
        waiting.accept(session, entries[2])
    assert it.entry(entries[2]).status is WaitingStatus.ENROLLED
    assert len(it.active(full)) == 2
    assert it.enrolment(second).status is EnrollmentStatus.ACTIVE


def test_an_offer_that_has_ended_is_not_accepted_and_its_seat_is_the_nexts(it: Enrolling) -> None:
    full, (first, _second) = it.full_class()
    bia, caio = (it.join(it.student(name), full) for name in ("Bia", "Caio"))
    it.drop(first)
    it.let_lapse(bia)
    for step in (waiting.accept, waiting.decline):
        if step is waiting.decline:
            waiting.move_lapsed(it.staff)
        with pytest.raises(Refused), unit_of_work(it.staff) as session:
            step(session, bia)
    with pytest.raises(Refused) as refused:  # nobody steps in between
        it.enrol(it.student("Eva"), full)
    assert kinds(refused) == ["all_promised"]
    assert it.entry(caio).status is WaitingStatus.OFFERED


def test_more_seats_are_offered_and_fewer_take_offers_back(it: Enrolling) -> None:
    full, (first, _second) = it.full_class()
    bia, caio = (it.join(it.student(name), full) for name in ("Bia", "Caio"))

    def places(count: int) -> None:
        with unit_of_work(it.coordination) as session:
            write.update_many(session, SchoolClass, [full], {"max_students": count})

    places(4)
    assert {it.entry(bia).status, it.entry(caio).status} == {WaitingStatus.OFFERED}
    places(3)
    assert [it.entry(key).status for key in (bia, caio)] == ["offered", "waiting"]
    with unit_of_work(it.coordination) as session:
        write.remove(session, Enrollment, [first])
    assert it.entry(caio).status is WaitingStatus.OFFERED
    with unit_of_work(it.staff) as session:
        waiting.withdraw(session, bia)
    assert it.entry(bia).status is WaitingStatus.WITHDRAWN
    with pytest.raises(Refused) as refused, unit_of_work(it.staff) as session:
        waiting.withdraw(session, bia)
    assert kinds(refused) == ["waits_no_more"]


def test_nobody_waits_where_there_is_a_seat_or_where_they_sit(it: Enrolling) -> None:
    open_class = it.klass("Open")
    student = it.student("Ana")
    with pytest.raises(Refused) as refused:
        it.join(student, open_class)
    assert refused.value.findings[0].message == "There is nothing to wait for: free places in Open: 2."
    it.enrol(student, open_class)
    with pytest.raises(Refused) as refused:
        it.join(student, open_class)
    assert kinds(refused) == ["in_it_already"]


def test_no_way_of_writing_fills_a_class_beyond_its_seats(it: Enrolling) -> None:
    full, keys = it.full_class()
    other = it.klass("Other", places=5, day=TUESDAY)
    there = it.enrol(it.student("Ana"), other)
    stranger = it.student("Bia")
    ended = it.full_class("Ended", places=1, day=3)[1][0]
    it.drop(ended)
    with pytest.raises(Refused) as refused, unit_of_work(it.staff) as session:  # the form, and an import
        write.create(session, Enrollment, {"user_id": stranger, "class_id": full})
    assert refused.value.findings[0].message.startswith("Full is full")
    at_once = it.klass("At once", day=TUESDAY, hour=9)
    with pytest.raises(Refused) as refused, unit_of_work(it.staff) as session:  # nor does it put anyone in two places
        write.create(session, Enrollment, {"user_id": it.enrolment(there).user_id, "class_id": at_once})
    assert kinds(refused) == ["student_twice"]
    with pytest.raises(Refused), unit_of_work(it.coordination) as session:  # inline
        write.update(session, Enrollment, there, {"class_id": full}, version=1, opened={"class_id": other})
    with pytest.raises(Refused), unit_of_work(it.coordination) as session:  # many at once
        write.update_many(session, Enrollment, [there], {"class_id": full})
    with unit_of_work(it.coordination) as session:
        enrolment.drop(session, keys[0], "Moved.")
    dropped = written(session)
    it.enrol(stranger, full)
    assert dropped is not None
    with pytest.raises(Refused), unit_of_work(it.coordination) as session:  # undo
        undo(session, dropped)
    assert len(it.active(full)) == 2


def told(it: Enrolling, person: str, count: int) -> list[str]:
    """What someone was told last, the latest last."""
    with reading(replace(it.school.actor(Role.STUDENT), user_id=person)) as session:
        return [each.text for each in inbox(session)][count - 1 :: -1]


def test_a_drop_is_undone_with_what_it_offered_and_those_who_were_told_hear_of_it(it: Enrolling) -> None:
    full, keys = it.full_class()
    bia = it.join(it.student("Bia"), full)
    with unit_of_work(it.coordination) as session:
        enrolment.drop(session, keys[0], "By mistake.")
    dropped = written(session)
    assert dropped is not None
    assert it.entry(bia).status is WaitingStatus.OFFERED
    with unit_of_work(it.coordination) as session:
        undo(session, dropped)
    assert it.entry(bia).status is WaitingStatus.WAITING
    assert it.enrolment(keys[0]).status is EnrollmentStatus.ACTIVE
    ended = "The enrolment in Full has ended."
    undone = "This was undone and doesn't hold any more: “{}”"
    assert told(it, it.enrolment(keys[0]).user_id, 2) == [ended, undone.format(ended)]
    offered, taken_back = told(it, it.entry(bia).user_id, 2)
    assert offered.startswith("A seat in Full is held until ")
    assert taken_back == undone.format(offered)


@pytest.mark.parametrize("role", [Role.STAFF, Role.SCHOOL])
def test_an_enrolment_made_by_mistake_is_taken_back_by_whoever_made_it(it: Enrolling, role: Role) -> None:
    full, keys = it.full_class()
    bia = it.join(it.student("Bia"), full)
    it.drop(keys[0])
    who = it.school.actor(role)
    with unit_of_work(who) as session:
        waiting.accept(session, bia)
    made = written(session)
    assert made is not None
    assert it.entry(bia).user_id in it.active(full)
    other = it.coordination if role is Role.STAFF else it.staff
    with pytest.raises(NotFound), unit_of_work(other) as session:
        enrolment.take_back(session, made)
    with unit_of_work(who) as session:
        enrolment.take_back(session, made)
    assert it.entry(bia).user_id not in it.active(full)
    assert it.entry(bia).status is WaitingStatus.OFFERED
    enrolled = "Enrolled in Full."
    assert told(it, it.entry(bia).user_id, 2) == [enrolled, f"This was undone and doesn't hold any more: “{enrolled}”"]
    with pytest.raises(DomainError), unit_of_work(who) as session:
        enrolment.take_back(session, made)


def test_nothing_but_an_enrolment_is_taken_back_so(it: Enrolling) -> None:
    _full, keys = it.full_class()
    student = it.student("Ana")
    with unit_of_work(it.coordination) as session:
        enrolment.drop(session, keys[0], "Moved.")
    dropped = written(session)
    with unit_of_work(it.coordination) as session:
        enrolment.transfer(session, keys[1], it.klass("Other", day=TUESDAY))
    moved = written(session)
    with unit_of_work(it.staff) as session:
        enrolment.enrol(session, student, it.klass("Third", day=3))
        write.create(session, User, {"first_name": "Nina", "last_name": "Reis", "role": Role.STUDENT})
    more = written(session)
    waits = it.join(it.student("Bia"), it.full_class("Fourth", day=4)[0])
    with unit_of_work(it.staff) as session:
        waiting.withdraw(session, waits)
    withdrawn = written(session)
    for actor, made in ((it.coordination, dropped), (it.coordination, moved), (it.staff, more), (it.staff, withdrawn)):
        assert made is not None
        with pytest.raises(NotAllowed), unit_of_work(actor) as session:
            enrolment.take_back(session, made)
    assert it.entry(waits).status is WaitingStatus.WITHDRAWN


def test_an_enrolment_of_a_quarter_of_an_hour_ago_is_no_slip_of_the_hand(it: Enrolling, monkeypatch: pytest.MonkeyPatch) -> None:
    klass = it.klass("Monday")
    with unit_of_work(it.staff) as session:
        enrolment.enrol(session, it.student("Ana"), klass)
    made = written(session)
    assert made is not None
    monkeypatch.setattr(trail_undo, "now", lambda: now() + dt.timedelta(minutes=15))
    with pytest.raises(TooLate), unit_of_work(it.staff) as session:
        enrolment.take_back(session, made)
    assert len(it.active(klass)) == 1


def test_whoever_is_enrolled_by_the_form_waits_no_longer(it: Enrolling) -> None:
    full, keys = it.full_class()
    bia = it.join(it.student("Bia"), full)
    it.drop(keys[0])
    with unit_of_work(it.staff) as session:
        write.create(session, Enrollment, {"user_id": it.entry(bia).user_id, "class_id": full})
    assert it.entry(bia).status is WaitingStatus.ENROLLED


def test_a_transfer_closes_one_row_and_opens_another(it: Enrolling) -> None:
    full, keys = it.full_class(hour=8)
    bia = it.join(it.student("Bia"), full)
    same_hours = it.klass("Same hours", hour=8)
    student = it.enrolment(keys[0]).user_id
    for target, kind in ((full, "same_class"), (it.full_class("Other", day=TUESDAY)[0], "full")):
        with pytest.raises(Refused) as refused, unit_of_work(it.coordination) as session:
            enrolment.transfer(session, keys[0], target)
        assert kinds(refused)[0] == kind
    with unit_of_work(it.coordination) as session:
        new = enrolment.transfer(session, keys[0], same_hours, "Nearer to work.").id
    old = it.enrolment(keys[0])
    assert (old.status, old.reason) == (EnrollmentStatus.TRANSFERRED, "Nearer to work.")
    assert old.dropped_at is not None
    assert it.enrolment(new).follows_id == keys[0]
    assert it.active(same_hours) == {student}
    assert it.entry(bia).status is WaitingStatus.OFFERED
    with pytest.raises(Refused) as refused:
        it.drop(keys[0])
    assert kinds(refused) == ["ended_already"]


def test_a_drop_asks_for_its_reason_and_completing_does_not(it: Enrolling) -> None:
    _full, keys = it.full_class()
    for reason in ("  ", "x" * 501):
        with pytest.raises(InvalidInput) as invalid, unit_of_work(it.coordination) as session:
            enrolment.drop(session, keys[0], reason)
        assert invalid.value.problems[0].field == "reason"
    with unit_of_work(it.coordination) as session:
        enrolment.complete(session, keys[0])
    assert it.enrolment(keys[0]).status is EnrollmentStatus.COMPLETED


def test_reception_enrols_and_minds_the_list_and_leaves_the_rest_to_the_school(it: Enrolling) -> None:
    full, keys = it.full_class()
    with pytest.raises(NotAllowed), unit_of_work(it.staff) as session:
        enrolment.drop(session, keys[0], "No.")
    with pytest.raises(NotAllowed), unit_of_work(it.staff) as session:
        enrolment.transfer(session, keys[0], full)
    with pytest.raises(NotAllowed), unit_of_work(it.staff) as session:
        enrolment.complete(session, keys[0])
    for role in (Role.TEACHER, Role.STUDENT, Role.PARENT, Role.OWNER):
        with pytest.raises(NotAllowed), unit_of_work(it.school.actor(role)) as session:
            enrolment.enrol(session, it.student(f"For {role}"), full)
        with pytest.raises(NotAllowed), unit_of_work(it.school.actor(role)) as session:
            waiting.join(session, it.student(f"By {role}"), full)
    bia = it.join(it.student("Bia"), full)
    with pytest.raises(NotAllowed), unit_of_work(it.school.actor(Role.STUDENT)) as session:
        waiting.withdraw(session, bia)


def test_a_class_goes_on_in_the_next_term_with_those_who_stay(it: Enrolling) -> None:
    full, keys = it.full_class("English")
    bia = it.join(it.student("Bia"), full)
    values = {"term_id": it.next_term, "level_id": it.school.level, "name": "English 2"}
    with pytest.raises(Refused) as refused, unit_of_work(it.coordination) as session:
        enrolment.roll_over(session, full, {**values, "term_id": it.over}, keys, finish=True)
    assert kinds(refused) == ["not_later"]
    with pytest.raises(InvalidInput), unit_of_work(it.coordination) as session:
        enrolment.roll_over(session, full, {**values, "term_id": ""}, keys, finish=True)
    with unit_of_work(it.coordination) as session:
        new = enrolment.roll_over(session, full, values, keys[:1], finish=True).id
    assert it.active(new) == {it.enrolment(keys[0]).user_id}
    assert [it.enrolment(key).status for key in keys] == ["completed", "completed"]
    with reading(it.coordination) as session:
        week = session.scalars(select(Schedule).where(Schedule.class_id == new)).one()
        old = session.scalars(select(SchoolClass).where(SchoolClass.id == full)).one()
        follows = session.scalars(select(Enrollment.follows_id).where(Enrollment.class_id == new)).one()
    assert (week.day_of_week, week.start_time, follows, old.is_active) == (MONDAY, dt.time(8), keys[0], False)
    assert (it.entry(bia).class_id, it.entry(bia).status) == (new, WaitingStatus.OFFERED)
    assert told(it, it.enrolment(keys[0]).user_id, 1) == ["English 2 goes on in next, with a place in it."]
    assert told(it, it.enrolment(keys[1]).user_id, 1) == ["Enrolled in English."], "who doesn't stay isn't told of a place"


def test_a_class_may_be_carried_over_before_it_is_over(it: Enrolling) -> None:
    full, keys = it.full_class("English")
    values = {"term_id": it.next_term, "level_id": it.school.level, "name": "English 2"}
    others = it.full_class("Spanish", day=TUESDAY)[1]
    with pytest.raises(NotFound), unit_of_work(it.coordination) as session:
        enrolment.roll_over(session, full, values, [*keys, others[0]], finish=False)
    with unit_of_work(it.coordination) as session:
        new = enrolment.roll_over(session, full, values, keys, finish=False).id
    assert len(it.active(full)) == len(it.active(new)) == 2


def test_what_a_drop_or_transfer_touches_is_told_before(it: Enrolling) -> None:
    full, keys = it.full_class("English", teacher_id=it.school.people[Role.TEACHER])
    bia = it.join(it.student("Bia"), full)
    other = it.klass("Spanish", day=TUESDAY)
    with reading(it.coordination) as session:
        found = {each.kind: each for each in touched_by_leaving(session, keys[0], other)}
    assert list(found) == ["no_session_to_come", "seat_offered", "no_progress", "none_open", "teachers_pay"]
    assert found["seat_offered"].message == (
        "The seat that frees is offered to Bia Reis, the first of 1 on the waiting list, for 48 hours."
    )
    assert found["seat_offered"].subjects["next"].key == it.entry(bia).user_id
    assert "Tomás Lima has no contract" in found["teachers_pay"].message
    # Of what someone may not read nothing is said, nor that there is none of it.
    for role, unsaid in ((Role.STAFF, {"no_progress", "teachers_pay"}), (Role.TEACHER, {"none_open"})):
        with reading(it.school.actor(role)) as session:
            assert [each.kind for each in touched_by_leaving(session, keys[0])] == [kind for kind in found if kind not in unsaid]


def test_the_school_sets_for_how_long_a_seat_is_offered(it: Enrolling) -> None:
    with unit_of_work(it.school.job) as session:
        organization = session.scalars(select(Organization)).one()
        write.update_many(session, Organization, [organization.id], {"settings": {**organization.settings, "offer_hours": 5}})
    full, keys = it.full_class()
    bia = it.join(it.student("Bia"), full)
    it.drop(keys[0])
    entry = it.entry(bia)
    assert entry.offered_at is not None
    assert entry.offer_ends_at == entry.offered_at + dt.timedelta(hours=5)


def test_a_score_recommends_a_level_and_a_better_knowledge_says_why(it: Enrolling) -> None:
    with reading(it.staff) as session:
        course = session.scalars(select(CourseType.id)).one()
    second = it.make(Level, course_type_id=course, code="A2", name="Elementary", order=2)
    spanish = it.make(CourseType, code="spanish", name="Spanish")
    foreign = it.make(Level, course_type_id=spanish, code="A1", name="Beginner", order=1)
    for level, score in ((it.school.level, 0), (second, 40)):
        it.make(PlacementThreshold, course_type_id=course, level_id=level, from_score=score)
    student = it.student("Ana")
    with unit_of_work(it.staff) as session:
        made = placing.place(session, student, course, 55)
        assert (made.recommended_level_id, made.chosen_level_id) == (second, None)
        made = placing.place(session, student, course, 39, chosen=second, reason="Speaks well.")
        assert (made.recommended_level_id, made.chosen_level_id) == (it.school.level, second)
        made = placing.place(session, student, course, 39, chosen=it.school.level)
        assert made.chosen_level_id is None  # it is what was recommended
        assert placing.place(session, student, spanish, 39).recommended_level_id is None  # no threshold is set there
    wrong = {
        "reason": (39, second, ""),
        "score": (101, None, ""),
        "chosen_level_id": (5, foreign, "It is called alike."),
    }
    for field, (score, chosen, reason) in wrong.items():
        with pytest.raises(InvalidInput) as invalid, unit_of_work(it.staff) as session:
            placing.place(session, student, course, score, chosen=chosen, reason=reason)
        assert invalid.value.of(field), field


def test_people_are_told_of_seats_and_of_changes(it: Enrolling) -> None:
    full, keys = it.full_class()
    sofia = it.school.people[Role.STUDENT]
    entry = it.join(sofia, full)
    it.drop(keys[0])
    it.let_lapse(entry)
    sender.make_rounds()
    other = it.klass("Other", day=TUESDAY)
    there = it.enrol(sofia, other)
    with unit_of_work(it.coordination) as session:
        moved = enrolment.transfer(session, there, it.klass("Third", day=3)).id
    it.drop(moved)
    with reading(it.school.actor(Role.STUDENT)) as session:
        told = [each.text for each in reversed(inbox(session))]
    assert told[0].startswith("A seat in Full is held until ")
    assert told[1:] == [
        "The seat that was offered in Full wasn't answered for in time, and goes to the next.",
        "Enrolled in Other.",
        "Moved from Other to Third.",
        "The enrolment in Third has ended.",
    ]
    with reading(it.school.actor(Role.PARENT)) as session:
        assert all(each.text.startswith("Sofia: ") for each in inbox(session))
