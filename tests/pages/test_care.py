"""Telling the school, and what each learns of it through the pages: the one who told, the guardian, the supervisor, the owner."""

import pytest
from sqlalchemy import select

from domain.access.roles import Role
from domain.access.uow import reading, unit_of_work
from domain.supervision.alert_models import AlertContest, AlertRaising, AlertRelease
from domain.supervision.enums import AlertLevel, HomeConcern
from domain.supervision.models import SafetyAlert
from domain.supervision.service import resolve
from domain.supervision.supervisors import add_supervisor
from tests.conftest import School
from tests.domain.supervision import care
from tests.pages.browser import Browser


def alerts(school: School) -> list[SafetyAlert]:
    with reading(school.actor("school")) as session:
        return list(session.scalars(select(SafetyAlert).order_by(SafetyAlert.detected_at)))


def raisings(school: School) -> list[AlertRaising]:
    with reading(school.actor("school")) as session:
        return list(session.scalars(select(AlertRaising)))


def words(school: School) -> list[AlertRelease]:
    with reading(school.actor("school")) as session:
        return list(session.scalars(select(AlertRelease).order_by(AlertRelease.created_at)))


def test_a_student_asks_for_help_knowing_who_will_read_it(school: School) -> None:
    browser = Browser(school, "student").follow("care")
    text = browser.text()
    assert "Clara Nunes" in text
    assert "Your guardians aren" in text
    assert "188 (CVV)" in text
    browser.put({"care-reason": "I can't sleep.", "care-level": AlertLevel.RED}).click("care-send")
    (alert,), (raising,) = alerts(school), raisings(school)
    assert (alert.student_id, alert.level, alert.reason) == (school.people[Role.STUDENT], "red", "I can't sleep.")
    assert raising.home is HomeConcern.UNSURE  # unless they say otherwise
    assert "I can't sleep." in browser.text()
    assert "not seen yet" in browser.text()


def test_a_student_is_offered_neither_green_nor_anybody_else(school: School) -> None:
    browser = Browser(school, "student").follow("care", student=school.people[Role.TEACHER])
    assert not browser.widgets("care-student")
    assert len(browser.widgets()["care-level"].options) == 3


@pytest.mark.parametrize("role", ["teacher", "staff", "school"])
def test_others_tell_of_a_student_from_the_students_record(role: str, school: School) -> None:
    browser = Browser(school, role).follow("care", student=school.people[Role.STUDENT])
    assert browser.held("care-student") == school.people[Role.STUDENT]
    browser.put({"care-reason": "Cried after class.", "care-home": HomeConcern.NO}).click("care-send")
    (alert,), (raising,) = alerts(school), raisings(school)
    assert (alert.detected_by, alert.level) == (role, "yellow")
    assert (raising.user_id, raising.home) == (school.people[Role(role)], HomeConcern.NO)
    assert "Sofia Lima" in browser.text()


def test_what_is_missing_is_told_at_its_place_and_what_was_typed_stays(school: School) -> None:
    browser = Browser(school, "teacher").follow("care", student=school.people[Role.STUDENT]).click("care-send")
    assert browser.problems("raise-reason")
    browser = Browser(school, "teacher").follow("care").put({"care-reason": "Cried."}).click("care-send")
    assert "Please choose the student first." in browser.said()
    assert browser.held("care-reason") == "Cried."
    assert alerts(school) == []


def test_a_student_of_others_cannot_be_chosen_by_the_address(school: School) -> None:
    other = care.person(school, "student").user_id
    browser = Browser(school, "teacher").follow("care", student=other)
    assert browser.held("care-student") is None


def test_a_guardian_has_no_such_page_and_an_owner_off_the_list_is_told_so(school: School) -> None:
    with pytest.raises(ValueError, match="Could not find a navigation page"):
        Browser(school, "parent").follow("care")
    key = care.raised(school, "teacher")
    browser = Browser(school, "owner").follow("supervision", record=key)
    assert any("aren't on the school's list" in each for each in browser.said())
    assert care.REASON not in browser.text()
    with unit_of_work(school.actor("school")) as session:
        add_supervisor(session, school.people[Role.OWNER])
    assert care.REASON in Browser(school, "owner").follow("supervision", record=key).text()


def test_a_guardian_reads_at_home_what_was_released_to_them_and_nothing_before(school: School) -> None:
    key = care.raised(school, "teacher", home=HomeConcern.MAYBE)
    assert "Sofia" not in Browser(school, "parent").text()
    care.released(school, key)
    browser = Browser(school, "parent")
    assert care.MESSAGE in browser.text()
    assert "◆ serious" in browser.text()
    browser.open("safety_alerts", record=key)
    for secret in (care.REASON, "Tomás", "Teacher"):
        assert secret not in browser.text()
    assert list(browser.grid("safety_alerts").index) == [key]
    assert not browser.widgets("record-edit")


def test_a_withheld_alert_is_no_record_for_a_guardian(school: School) -> None:
    key = care.raised(school, "teacher", home=HomeConcern.UNSURE)
    browser = Browser(school, "parent").open("safety_alerts", record=key)
    assert browser.said() == ["This record doesn't exist, or it isn't yours to open."]
    assert list(browser.grid("safety_alerts").index) == []
    student = Browser(school, "parent").open("users", record=school.people[Role.STUDENT])
    assert not student.widgets("related-rows-safety_alerts")
    assert "Alerts" not in student.text()


def test_a_supervisor_releases_to_one_guardian_with_words_and_a_reason(school: School) -> None:
    key = care.raised(school, "teacher", home=HomeConcern.MAYBE)
    browser = Browser(school, "school").follow("supervision", record=key)
    assert "withheld from guardians" in browser.text()
    browser.click("release-save")
    assert len(browser.all_problems()) == 2
    browser.put({"release-message": "Please call us.", "release-reason": "Sofia agreed."}).click("release-save")
    (said,) = words(school)
    assert (said.guardian_id, said.decision, said.message) == (school.people[Role.PARENT], "released", "Please call us.")
    assert "Please call us." in Browser(school, "parent").text()
    browser.put({"release-reason": "She changed her mind."}).click("release-hold")
    assert [each.decision for each in words(school)] == ["released", "held"]
    assert "Please call us." not in Browser(school, "parent").text()


def test_who_is_not_on_the_list_has_no_such_form(school: School) -> None:
    key, second = care.raised(school, "teacher"), care.person(school, "school")
    with unit_of_work(school.actor("school")) as session:
        add_supervisor(session, second.user_id)
    with unit_of_work(second) as session:
        from domain.supervision.supervisors import remove_supervisor

        remove_supervisor(session, school.people[Role.SCHOOL])
    browser = Browser(school, "school").follow("supervision", record=key)
    assert not browser.widgets("release-")
    assert browser.has("acknowledge-save")


def test_the_list_is_changed_by_others_than_those_on_it(school: School) -> None:
    second = care.person(school, "school", first_name="Aline", last_name="Sá").user_id
    browser = Browser(school, "school").follow("supervision")
    assert not browser.widgets(f"unlist-{school.people[Role.SCHOOL]}")
    browser.put({"list-person": second}).run().click("list-add")
    assert browser.has(f"unlist-{second}")
    assert not browser.click("undo").has(f"unlist-{second}")
    browser.put({"list-person": second}).run().click("list-add")
    browser.click(f"unlist-{second}").click("unlist-yes")
    assert not browser.has(f"unlist-{second}")
    assert not browser.has("undo"), "nobody is put back by other than a hand"


def test_a_student_contests_what_the_checks_noticed_and_is_answered(school: School) -> None:
    key = care.checked(school, seen=True)
    with unit_of_work(school.actor("school")) as session:
        resolve(session, key, "All well.")
    student = Browser(school, "student").follow("care")
    assert "Rule: falling." in student.text()
    student.click(f"contest-send-{key}")
    assert student.problems(f"contest-{key}-words")
    student.put({f"contest-words-{key}": "I was travelling."}).click(f"contest-send-{key}")
    assert "Not read yet." in student.text()
    with reading(school.actor("school")) as session:
        assert session.scalars(select(AlertContest.words)).all() == ["I was travelling."]
    browser = Browser(school, "school").follow("supervision", record=key)
    assert "I was travelling." in browser.text()
    browser.put({"answer-notes": "We talked."}).click("answer-save")
    assert not browser.widgets("answer-")
    text = Browser(school, "student").follow("care").text()
    assert "Someone at the school has read it." in text
    assert "We talked." not in text


def test_the_class_page_and_the_students_home_lead_there(school: School) -> None:
    teacher = Browser(school, "teacher").follow("class", record=school.klass)
    assert any("Tell the school about a student" in str(each.proto) for each in teacher.at.get("page_link"))
    student = Browser(school, "student")
    assert any("I need help" in str(each.proto) for each in student.at.get("page_link"))
