"""The page Term: closed days, sessions made after a look, changes of the week; and what is done with a session at its record."""

import datetime as dt

import pytest
from sqlalchemy import update

from domain.access.accounts import table_named
from domain.access.roles import Role
from domain.access.uow import unit_of_work
from domain.db.engine import engine
from domain.operations.planning import make_sessions
from pages._shell.catalog import coming_sessions, pages_for
from tests.conftest import School
from tests.domain.operations.test_planning import MONDAY, NINE, TEN, mark, sessions, weekly  # noqa: F401 -- a fixture
from tests.domain.trailing import asked
from tests.factories.rows import Rows
from tests.factories.standing_day import TODAY
from tests.pages.browser import Browser

NEXT = MONDAY + dt.timedelta(days=7)
WEDNESDAY = NEXT + dt.timedelta(days=2)
pytestmark = pytest.mark.usefixtures("same_day")


def test_a_term_is_planned_closed_on_a_day_made_and_changed(school: School, weekly: str) -> None:  # noqa: F811
    it = Browser(school, Role.SCHOOL).follow("planning", show="closed")
    assert it.has("hollow-no-closed")
    it.click("close-save")
    assert it.problems("close-day") == ["Please fill this in."]
    it.put({"close-day": NEXT, "close-name": "Feira <b>cultural</b>"}).click("close-save")
    assert it.held("close-name") == "", "what is done waits in no form to be done again"
    assert "Feira &lt;b&gt;cultural&lt;/b&gt;" in it.text()
    it.put({"close-day": NEXT, "close-name": "Again"}).click("close-save")
    assert it.problems("close-day") == ["The school is closed on this day already."]
    it.click(f"open-{NEXT}").click("undo")
    assert "Feira &lt;b&gt;cultural&lt;/b&gt;" in it.text()
    it.put({"planning-view": "sessions"}).run()
    assert it.query["show"] == "sessions"
    assert "Feira" in it.text()
    made = len([day for day in range(12) if MONDAY + dt.timedelta(days=7 * (day - 4)) >= TODAY]) - 1
    assert it.widgets()["planning-make"].label == f"Make {made} sessions"
    it.click("planning-make")
    assert len(sessions()) == made
    assert not it.has("planning-make")
    it.put({"planning-past": True}).run()
    it.click("planning-make")
    assert len(sessions()) == 11
    it.put({"planning-view": "closed"}).run()
    it.click(f"open-{NEXT}")
    it.put({"public-keep": True, "public-state": "SP"}).click("public-save")
    it.put({"planning-view": "week"}).run()
    it.put({"change-class": school.klass}).run()
    it.put({f"change-day-{weekly}": 3, f"change-start-{weekly}": TEN, f"change-end-{weekly}": NINE}).run().click("change-look")
    assert it.problems("change-end_time") or it.problems("change-start_time")
    it.put({f"change-start-{weekly}": NINE, f"change-end-{weekly}": TEN}).run().click("change-look")
    assert "English A1" in it.text()
    before = [each["date"] for each in sessions()]
    it.click("change-do").click("undo")
    assert [each["date"] for each in sessions()] == before
    it.click("change-look").click("change-do")
    coming = [each for each in sessions() if each["date"] > MONDAY + dt.timedelta(days=6)]
    assert {each["date"].weekday() for each in coming} == {2}
    told = Browser(school, Role.PARENT).follow("inbox")
    assert "Sofia: The sessions of English A1 have changed." in told.text()


def test_a_session_is_moved_cancelled_and_made_up_at_its_record(school: School, weekly: str) -> None:  # noqa: F811
    with unit_of_work(school.actor("school")) as session:
        make_sessions(session, school.term)
    with engine().begin() as connection:
        ana = Rows(connection, school.id).add("users", role="teacher", first_name="Ana", last_name="Reis", is_active=True)
    key = next(each["id"] for each in sessions() if each["date"] == NEXT)
    teacher = Browser(school, Role.TEACHER).open("sessions", record=key)
    teacher.put({f"session-do-{key}": "move"}).run()
    teacher.click("session-save-move")
    assert teacher.problems("session-move-reason") == ["Please fill this in."]
    for again in (False, True):
        teacher.put({f"session-do-{key}": "move"}).run()
        teacher.put({f"session-move-date-{key}": WEDNESDAY, "session-move-reason": "A visit."}).click("session-save-move")
        assert next(each for each in sessions() if each["id"] == key)["date"] == WEDNESDAY
        if not again:
            teacher.click("undo")
            assert next(each for each in sessions() if each["id"] == key)["date"] == NEXT
    it = Browser(school, Role.SCHOOL).open("sessions", record=key)
    it.put({f"session-do-{key}": "substitute"}).run()
    it.put({"session-substitute-teacher": ana, "session-substitute-reason": "A course."}).click("session-save-substitute")
    assert next(each for each in sessions() if each["id"] == key)["teacher_id"] == ana
    it.put({f"session-do-{key}": "substitute"}).run()
    assert it.widgets()["session-save-substitute"].label == "Save"  # back to the class's own teacher is no substitute
    it.put({"session-substitute-teacher": None, "session-substitute-reason": "Well again."}).click("session-save-substitute")
    assert next(each for each in sessions() if each["id"] == key)["teacher_id"] is None
    assert "own again." in it.text()
    it.click("undo")
    assert next(each for each in sessions() if each["id"] == key)["teacher_id"] == ana
    it.put({f"session-do-{key}": "cancel"}).run()
    told = f"session-told-cancel-{key}"
    assert {"Paula Lima (for Sofia)", "Sofia Lima", "Tomás Lima", "Ana Reis"} == {
        each.replace("\\", "") for each in it.widgets()[told].options
    }
    it.put({told: [school.people[Role.STUDENT]], "session-cancel-reason": "No power."}).click("session-save-cancel")
    it.put({f"session-do-{key}": "make_up"}).run()
    it.put({f"session-make_up-date-{key}": NEXT + dt.timedelta(days=3)}).click("session-save-make_up")
    assert [each["makes_up_id"] for each in sessions() if each["date"] == NEXT + dt.timedelta(days=3)] == [key]
    assert not it.has(f"session-do-{key}")
    student = Browser(school, Role.STUDENT).follow("inbox")
    for said in ("moves to", "is given by Ana Reis", "is cancelled. Why: No power.", "in place of"):
        assert said in student.text()
    parent = Browser(school, Role.PARENT).follow("inbox")
    assert "is cancelled" not in parent.text()
    assert not Browser(school, Role.STUDENT).open("sessions", record=key).has(f"session-do-{key}")


def test_a_day_that_is_closed_shows_what_stands_there_and_cancels_it_in_one_go(school: School, weekly: str) -> None:  # noqa: F811
    with unit_of_work(school.actor("school")) as session:
        make_sessions(session, school.term)
    it = Browser(school, Role.SCHOOL).follow("planning", show="closed")
    assert not it.has(f"card-on-closed-{NEXT}")
    it.put({"close-day": NEXT, "close-name": "Science fair"}).click("close-save")
    assert it.has(f"card-on-closed-{NEXT}")
    assert it.held(f"cancel-reason-{NEXT}") == "Science fair"
    assert "3 people in all." in it.text()
    it.put({f"cancel-reason-{NEXT}": " "}).click(f"cancel-save-{NEXT}")
    assert it.problems(f"cancel-{NEXT}-reason") == ["Please fill this in."]
    it.put({f"cancel-reason-{NEXT}": "No school."}).click(f"cancel-save-{NEXT}")
    assert not it.has(f"card-on-closed-{NEXT}")
    assert {each["status"] for each in sessions() if each["date"] == NEXT} == {"cancelled"}
    assert "is cancelled. Why: No school." in Browser(school, Role.PARENT).follow("inbox").text()
    assert not it.put({"planning-view": "sessions"}).run().has(f"card-on-closed-{NEXT}")


def test_a_session_that_moves_offers_to_take_the_trial_class_along(school: School, weekly: str) -> None:  # noqa: F811
    with unit_of_work(school.actor("school")) as session:
        make_sessions(session, school.term)
    key = next(each["id"] for each in sessions() if each["date"] == NEXT)
    at = dt.datetime.combine(NEXT, dt.time(8), school.actor("school").zone)
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        lead = rows.add("leads", name="Nina", assigned_to=school.people[Role.STAFF])
        rows.add("trials", lead_id=lead, class_id=school.klass, session_id=key, status="scheduled", scheduled_at=at)

    def tried() -> str:
        return str(asked("SELECT scheduled_at FROM trials")[0]["scheduled_at"])[:10]

    teacher = Browser(school, Role.TEACHER).open("sessions", record=key).put({f"session-do-{key}": "move"}).run()
    assert "Someone is booked to try English A1" in teacher.text()
    assert not teacher.has(f"session-along-{key}")
    it = Browser(school, Role.SCHOOL).open("sessions", record=key).put({f"session-do-{key}": "move"}).run()
    assert it.held(f"session-along-{key}") is True
    it.put({f"session-move-date-{key}": WEDNESDAY, "session-move-reason": "A visit."}).click("session-save-move")
    assert tried() == WEDNESDAY.isoformat()
    it.put({f"session-do-{key}": "move"}).run()
    it.put({f"session-along-{key}": False, f"session-move-date-{key}": NEXT, "session-move-reason": "Back."})
    it.click("session-save-move")
    assert tried() == WEDNESDAY.isoformat()
    assert "Nina tries English A1 on" in Browser(school, Role.STAFF).follow("inbox").text()


@pytest.mark.parametrize("along", [True, False])
@pytest.mark.parametrize("where", ["timetable", "week"])
def test_a_change_of_the_week_takes_trial_classes_along_if_so_wished(
    where: str,
    along: bool,
    school: School,
    weekly: str,  # noqa: F811
) -> None:
    with unit_of_work(school.actor("school")) as session:
        make_sessions(session, school.term)
    key = next(each["id"] for each in sessions() if each["date"] == NEXT)
    at = dt.datetime.combine(NEXT, dt.time(8), school.actor("school").zone)
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        lead = rows.add("leads", name="Nina", assigned_to=school.people[Role.STAFF])
        rows.add("trials", lead_id=lead, class_id=school.klass, session_id=key, status="scheduled", scheduled_at=at)
    if where == "timetable":
        it = Browser(school, Role.SCHOOL).follow("timetable", meeting=weekly, mode="edit").put({"plan-day": 3}).run()
        asks, does = "plan-along", "plan-save"
    else:
        it = Browser(school, Role.SCHOOL).follow("planning", show="week").put({"change-class": school.klass}).run()
        it.put({f"change-day-{weekly}": 3}).run().click("change-look")
        [asks], does = [each for each in it.widgets() if each.startswith("change-along-")], "change-do"
    assert it.held(asks) is True
    it.put({asks: along}).click(does)
    tried = str(asked("SELECT scheduled_at FROM trials")[0]["scheduled_at"])[:10]
    assert next(each["date"] for each in sessions() if each["id"] == key) == WEDNESDAY
    assert tried == (WEDNESDAY if along else NEXT).isoformat()


def test_a_weekly_meeting_is_given_up_after_a_look_at_what_that_takes_and_undone(school: School, weekly: str) -> None:  # noqa: F811
    with unit_of_work(school.actor("school")) as session:
        make_sessions(session, school.term)
    marked = next(at for at, each in enumerate(sessions()) if each["date"] == NEXT)
    stays = mark(school, marked)
    before = sessions()
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        trial = {"class_id": school.klass, "session_id": before[-1]["id"], "status": "scheduled"}
        rows.add("trials", lead_id=rows.add("leads", name="Nina", assigned_to=school.people[Role.STAFF]), **trial)
    assert not Browser(school, Role.STAFF).follow("timetable", meeting=weekly).has("meeting-remove")
    it = Browser(school, Role.SCHOOL).follow("timetable", meeting=weekly).click("meeting-remove")
    said = it.text()
    assert "Nina is booked to try English A1 on " in said
    assert school.people[Role.STAFF] in it.held(f"meeting-told-{weekly}")
    it.put({f"meeting-told-{weekly}": [school.people[Role.STUDENT]]}).click("meeting-gone-yes")
    assert "meeting" not in it.query
    kept = {each["id"] for each in sessions()}
    gone = [each for each in before if each["id"] not in kept]
    assert stays in kept
    assert {each["id"] for each in before if each["date"] > TODAY} == {each["id"] for each in gone if each["date"] > TODAY} | {
        stays
    }
    assert all(each["date"] >= TODAY for each in gone)
    assert f"{len(gone)} sessions to come are taken away. 1 stays, for it has attendance or was changed by hand." in said
    assert "have changed" in Browser(school, Role.STUDENT).follow("inbox").text()
    assert "have changed" not in Browser(school, Role.PARENT).follow("inbox").text()
    it.click("undo")
    assert {each["id"] for each in sessions()} == {each["id"] for each in before}
    assert {each["schedule_id"] for each in sessions()} == {weekly}


def test_a_move_in_the_timetable_says_first_what_it_does_to_sessions(school: School, weekly: str) -> None:  # noqa: F811
    with unit_of_work(school.actor("school")) as session:
        make_sessions(session, school.term)
    it = Browser(school, Role.SCHOOL).follow("timetable", meeting=weekly, mode="edit")
    assert "No session to come changes." in it.text()
    it.put({"plan-day": 3}).run()
    assert "sessions to come move." in it.text()
    assert "3 people are told." in it.text()


def test_a_school_without_a_term_and_other_roles(school: School) -> None:
    assert [role for role in Role if "planning" in {page.path for page in pages_for(role)}] == [Role.SCHOOL]
    with engine().begin() as connection:
        connection.execute(table_named("enrollments").delete())
        connection.execute(table_named("classes").delete())
    it = Browser(school, Role.SCHOOL).follow("planning", term="nonsense", show="nonsense")
    assert it.has("hollow-no-classes")
    with engine().begin() as connection:
        connection.execute(update(table_named("terms")).values(is_current=False))
        connection.execute(table_named("terms").delete())
    assert Browser(school, Role.SCHOOL).follow("planning").has("hollow-no-terms")


def test_who_is_free_to_stand_in_is_offered_first(school: School, weekly: str) -> None:  # noqa: F811
    with unit_of_work(school.actor("school")) as session:
        make_sessions(session, school.term)
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        busy, free = (rows.add("users", role="teacher", first_name=name, last_name="Reis") for name in ("Ana", "Zoé"))
        klass = rows.add("classes", term_id=school.term, level_id=school.level, name="French", teacher_id=busy)
        rows.add("sessions", class_id=klass, date=NEXT, start_time=dt.time(8, 30), end_time=TEN)
        off = rows.add("classes", term_id=school.term, level_id=school.level, name="German", teacher_id=free)
        rows.add("sessions", class_id=off, date=NEXT, start_time=dt.time(8, 30), end_time=TEN, status="cancelled")
        rows.add("sessions", class_id=off, date=NEXT, start_time=TEN, end_time=dt.time(11))
    key = next(each["id"] for each in sessions() if each["date"] == NEXT and each["class_id"] == school.klass)
    it = Browser(school, Role.SCHOOL).open("sessions", record=key).put({f"session-do-{key}": "substitute"}).run()
    offered = it.at.selectbox(key="session-substitute-teacher").options
    assert offered == ["Tomás Lima", "Zoé Reis", "Ana Reis (gives French then)"]


def test_a_move_that_clashes_is_refused_and_coordination_may_allow_it(school: School, weekly: str) -> None:  # noqa: F811
    with unit_of_work(school.actor("school")) as session:
        make_sessions(session, school.term)
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        other = rows.add(
            "classes", term_id=school.term, level_id=school.level, name="French", teacher_id=school.people[Role.TEACHER]
        )
        rows.add("sessions", class_id=other, date=WEDNESDAY, start_time=dt.time(8, 30), end_time=TEN)
    key = next(each["id"] for each in sessions() if each["date"] == NEXT)
    it = Browser(school, Role.SCHOOL).open("sessions", record=key)
    it.put({f"session-do-{key}": "move"}).run()
    it.put({f"session-move-date-{key}": WEDNESDAY, "session-move-reason": "A visit."}).click("session-save-move")
    assert any("This can't be saved as it stands." in each for each in it.said())
    assert "French" in it.text()
    assert "Then press “Move it” once more." in it.text()
    assert next(each for each in sessions() if each["id"] == key)["date"] == NEXT
    why = f"session-clash-move-{key}-why"
    it.put({f"session-move-date-{key}": None}).click("session-save-move").run()
    assert not it.has(why)  # what clashed isn't shown any more
    it.put({f"session-move-date-{key}": WEDNESDAY}).click("session-save-move")
    it.put({why: "They share a room."}).click("session-save-move")
    assert next(each for each in sessions() if each["id"] == key)["date"] == WEDNESDAY
    teacher = Browser(school, Role.TEACHER).open("sessions", record=key)
    teacher.put({f"session-do-{key}": "move"}).run()
    teacher.put({f"session-move-start-{key}": dt.time(8, 15), "session-move-reason": "Again."}).click("session-save-move")
    assert any("This can't be saved as it stands." in each for each in teacher.said())
    assert not teacher.has(why)


def test_the_sessions_to_come_stand_from_today_on_the_next_one_first(school: School, weekly: str) -> None:  # noqa: F811
    with unit_of_work(school.actor("school")) as session:
        make_sessions(session, school.term)
    link = coming_sessions(TODAY)
    it = Browser(school, Role.SCHOOL).follow(link.path, **link.query)
    shown = [each.split(", ")[1] for each in it.grid("sessions")["date"]]
    days = [MONDAY + dt.timedelta(days=7 * at) for at in range(8)]
    assert shown == [f"{day.day} {day:%b %Y}" for day in days if day >= TODAY]
