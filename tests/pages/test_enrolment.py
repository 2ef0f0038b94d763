"""The page Enrolment as reception and coordination use it: from a person to a seat, a waiting list, a test, another class."""

import pytest
from sqlalchemy import select

from domain.access.roles import Role
from domain.access.uow import reading
from domain.core.models import User
from domain.curriculum.models import CourseType, Level
from domain.db.engine import engine
from domain.operations.models import Enrollment, Placement, SchoolClass
from domain.operations.planning_models import PlacementThreshold, WaitingEntry
from tests.conftest import School
from tests.domain.operations.enrolling_school import TUESDAY, Enrolling
from tests.pages.browser import Browser


@pytest.fixture
def it(school: School) -> Enrolling:
    return Enrolling(school)


def test_someone_new_comes_from_the_door_to_a_seat(it: Enrolling) -> None:
    monday, tuesday = it.klass("Monday"), it.klass("Tuesday", day=TUESDAY)
    full, _keys = it.full_class(day=3)
    it.enrol(it.student("Ana"), tuesday)
    browser = Browser(it.school, "staff").follow("enrolment")
    browser.click("new-person-save")
    assert browser.problems("new-person-first_name")
    browser.put({"new-person-first_name": "Nina", "new-person-last_name": "Reis"}).click("new-person-save")
    with reading(it.staff) as session:
        nina = session.scalars(select(User.id).where(User.first_name == "Nina")).one()
    assert browser.query["person"] == nina
    browser.put({"enrol-level": it.school.level}).run()
    assert browser.query["level"] == it.school.level
    assert "2 free seats" in browser.text()
    assert "1 free seat" in browser.text()
    assert not browser.has(f"choose-{full}")
    browser.click(f"choose-{monday}")
    assert browser.query["class"] == monday
    assert "Seats left afterwards" in browser.text()
    browser.click("enrol-yes")
    assert it.active(monday) == {nina}
    assert "Nina Reis is enrolled in Monday." in browser.said()
    browser.click("undo")
    assert it.active(monday) == set()
    assert "Nina Reis is enrolled in Monday." not in browser.said()
    browser.put({"enrol-level": it.school.level}).run().click(f"choose-{monday}").click("enrol-yes")
    browser.put({"enrol-level": it.school.level}).run()
    text = browser.text().replace("\\", "")
    assert "Nina Reis is in Monday already." in text
    browser.click(f"join-{full}")
    with reading(it.staff) as session:
        assert session.scalars(select(WaitingEntry.user_id)).one() == nina
    assert "Waits for Full" in browser.text()
    assert not browser.has("undo")  # reception takes nobody's place away: it withdraws them


def test_what_clashes_is_named_and_offered_to_nobody(it: Enrolling) -> None:
    here, clashing = it.klass("Here"), it.klass("At once", hour=9)
    student = it.student("Ana")
    it.enrol(student, here)
    browser = Browser(it.school, "staff").follow("enrolment", person=student, level=it.school.level)
    assert not browser.has(f"choose-{clashing}")
    assert not browser.has(f"join-{clashing}")
    assert "Here (08:00–09:30) and At once (09:00–10:30) meet at the same time" in browser.text().replace("\\", "")
    assert not browser.widgets("transfer-")
    assert not browser.widgets("drop-")
    browser.follow("enrolment", person=student, **{"class": clashing})
    assert not browser.has("enrol-yes")
    assert "Choose someone" not in browser.text()
    browser.follow("enrolment", person=it.school.id)
    assert browser.has("empty-action")


def test_a_seat_that_frees_is_offered_and_accepted_and_what_it_touched_was_told_before(it: Enrolling) -> None:
    full, (first, _second) = it.full_class()
    other = it.klass("Other", day=TUESDAY)
    bia = it.join(it.student("Bia"), full)
    caio = it.join(it.student("Caio"), full)
    leaving = it.enrolment(first).user_id
    browser = Browser(it.school, "school").follow("enrolment", person=leaving)
    browser.click(f"drop-{first}").click("leave-yes")
    assert browser.problems("leave-reason")
    browser.click("leave-no").click(f"transfer-{first}").click(f"choose-{other}")
    text = browser.text().replace("\\", "")
    assert "The seat that frees is offered to Bia Reis, the first of 2 on the waiting list, for 48 hours." in text
    assert "No invoice for Full0 Reis is open." in text
    browser.put({"leave-reason": "Works on Mondays."}).click("leave-yes")
    assert it.active(other) == {leaving}
    assert "Moved out of Full" in browser.text()
    assert "Works on Mondays." in browser.text()

    staff = Browser(it.school, "staff").follow("enrolment", tab="waiting", **{"class": full})
    assert "1. Bia Reis" in staff.text()
    assert "2. Caio Reis" in staff.text()
    assert "held until" in staff.text()
    with engine().begin() as connection:  # a smaller room than before, which stands against one more
        connection.exec_driver_sql("UPDATE classes SET room_id = ? WHERE id = ?", (it.school.room, full))
        connection.exec_driver_sql("UPDATE rooms SET capacity = 1")
    staff.click(f"accept-{bia}")
    assert "This can't be saved as it stands. Nothing was changed." in staff.said()
    assert "Full has 2 students, and Sala 1 only 1 seats" in staff.text()
    assert it.entry(bia).user_id not in it.active(full)
    with engine().begin() as connection:
        connection.exec_driver_sql("UPDATE rooms SET capacity = 12")
    staff.click(f"accept-{bia}")
    assert it.entry(bia).user_id in it.active(full)
    assert "1. Caio Reis" in staff.text()
    staff.click(f"withdraw-{caio}").click("waiting-yes")
    assert it.entry(caio).status == "withdrawn"
    assert "Nobody waits" in staff.text()


def test_an_offer_that_ended_moves_on_when_the_page_is_opened(it: Enrolling) -> None:
    full, (first, _second) = it.full_class()
    bia, caio = (it.join(it.student(name), full) for name in ("Bia", "Caio"))
    it.drop(first)
    it.let_lapse(bia)
    browser = Browser(it.school, "staff").follow("enrolment", tab="waiting")
    assert (it.entry(bia).status, it.entry(caio).status) == ("expired", "offered")
    browser.click(f"decline-{caio}").click("waiting-yes")
    assert it.entry(caio).status == "declined"


def test_a_score_leads_to_its_level_and_on_into_a_class(it: Enrolling) -> None:
    with reading(it.staff) as session:
        course = session.scalars(select(CourseType.id)).one()
    second = it.make(Level, course_type_id=course, code="A2", name="Elementary", order=2)
    klass = it.klass("Upper", level_id=second)
    it.make(PlacementThreshold, course_type_id=course, level_id=it.school.level, from_score=10)
    student = it.student("Ana")
    browser = Browser(it.school, "staff").follow("enrolment", tab="placements", person=student)
    browser.put({"placing-score": 5}).run()
    assert any("No level of this course begins at such a score" in said for said in browser.said())
    browser.put({"placing-score": 101}).run().click("placing-save")
    assert browser.problems("placing-score")
    browser.put({"placing-score": 30}).run()
    assert "Recommended: A1 Beginner" in browser.said()
    browser.put({"placing-chosen": second}).run().click("placing-save")
    assert browser.problems("placing-reason")
    browser.put({"placing-reason": "Lived in London."}).click("placing-save")
    with reading(it.staff) as session:
        made = session.scalars(select(Placement)).one()
    assert (made.recommended_level_id, made.chosen_level_id, made.reason) == (it.school.level, second, "Lived in London.")
    assert browser.query == {"person": student}
    assert browser.held("enrol-level") == second
    assert browser.has(f"choose-{klass}")
    browser.follow("enrolment", tab="placements")
    browser.click(f"go-test-{made.id}")
    assert browser.query == {"person": student, "level": second}


def test_a_class_is_taken_into_the_next_term_with_those_who_stay(it: Enrolling) -> None:
    klass, (first, second) = it.full_class("English")
    assert not Browser(it.school, "staff").follow("enrolment", tab="roll").has("roll-class")
    browser = Browser(it.school, "school").follow("enrolment", tab="roll", **{"class": klass})
    term = f"roll-term-{klass}"
    assert browser.held(term) == it.next_term
    assert browser.held(f"roll-finish-{klass}") is False  # its term goes on for weeks
    browser.put({f"stays-{second}": False, f"roll-finish-{klass}": True, f"roll-name-{klass}": ""}).click("roll-save")
    assert browser.problems("roll-name")
    browser.put({f"roll-name-{klass}": "English 2"}).click("roll-save")
    with reading(it.coordination) as session:
        new = session.scalars(select(SchoolClass).where(SchoolClass.name == "English 2")).one()
        followers = session.scalars(select(Enrollment.follows_id).where(Enrollment.class_id == new.id)).all()
    assert (new.term_id, list(followers)) == (it.next_term, [first])
    assert it.active(klass) == set()


@pytest.mark.parametrize("role", [Role.TEACHER, Role.STUDENT, Role.PARENT, Role.OWNER])
def test_nobody_else_has_the_page(role: Role, school: School) -> None:
    with pytest.raises(ValueError, match="Could not find a navigation page"):
        Browser(school, role).follow("enrolment")


def test_records_and_class_lead_there(it: Enrolling) -> None:
    klass, student = it.klass("Monday"), it.student("Ana")
    browser = Browser(it.school, "staff").follow("class", record=klass)
    browser.click("enrol")
    assert browser.query == {"class": klass}
    assert any("Into Monday" in said for said in browser.said())
    browser.follow("enrolment", **{"class": klass}).put({"enrol-person": student}).run().click("person-next")
    assert browser.query == {"class": klass, "person": student}
    assert browser.has("enrol-yes")
