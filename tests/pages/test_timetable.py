"""The timetable with fourteen classes: whose week is seen how, what clashes as one types, what is refused, allowed, free."""

import datetime as dt
import re

import pytest
from sqlalchemy import select

from domain.access import bulk
from domain.access.roles import Role
from domain.access.uow import reading, unit_of_work
from domain.core.models import User
from domain.db.engine import engine
from domain.operations.models import Room, Schedule, SchoolClass
from domain.operations.planning_models import ClashPermit
from domain.records import write
from tests.conftest import School
from tests.factories.rows import Rows
from tests.pages import day
from tests.pages.browser import Browser

CLASSES = 14
HOURS = [(dt.time(hour), dt.time(hour, 50)) for hour in range(8, 22)]


@pytest.fixture
def slots(school: School, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """English A1 and thirteen more, each on Mondays and Wednesdays at an hour of its own; two teachers, two rooms. By name."""
    day.stop_clock(monkeypatch)
    with unit_of_work(school.actor(Role.SCHOOL)) as session:
        ines = write.create(
            session, User, {"first_name": "Inês", "last_name": "Alves", "email": "ines@example.com", "role": Role.TEACHER}
        ).id
        rooms = [school.room, write.create(session, Room, {"name": "Sala 2", "capacity": 20}).id]
        keys = {"English A1": school.klass}
        for at in range(1, CLASSES):
            given = {"term_id": school.term, "level_id": school.level, "name": f"Class {at:02}", "max_students": 12}
            who = {"teacher_id": [school.people[Role.TEACHER], ines][at % 2], "room_id": rooms[at % 2]}
            keys[str(given["name"])] = write.create(session, SchoolClass, {**given, **who}).id
        rows = [
            {"class_id": key, "day_of_week": weekday, "start_time": HOURS[at][0], "end_time": HOURS[at][1]}
            for at, key in enumerate(keys.values())
            for weekday in (1, 3)
        ]
        made = bulk.insert_rows(session, Schedule, rows)
    found = {f"{name} {row['day_of_week']}": key for (name, row), key in zip(_named(keys, rows), made, strict=True)}
    return {**found, **keys, "ines": ines, "room": rooms[1]}


def _named(keys: dict[str, str], rows: list[dict[str, object]]) -> list[tuple[str, dict[str, object]]]:
    names = {key: name for name, key in keys.items()}
    return [(names[str(row["class_id"])], row) for row in rows]


def _page(school: School, role: Role | str = "school", **query: str) -> Browser:
    return Browser(school, role).follow("timetable", **query)


def _drawn(browser: Browser) -> list[str]:
    """The meetings in the grid (not those of the list), in words."""
    grid = next(each.value for each in browser.at.html if "c-wide" in each.value)
    return [re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", each)).strip() for each in re.findall(r"<a .*?</a>", grid)]


def test_fourteen_classes_are_seen_by_room_teacher_class_and_level_and_narrowed(school: School, slots: dict[str, str]) -> None:
    browser = _page(school)
    assert len(_drawn(browser)) == 2 * CLASSES
    rooms = re.findall(r'<th scope="row">(.*?)</th>', browser.text())
    assert rooms == ["Sala 1", "Sala 2"]
    assert "08:00–08:50 English A1 Tomás Lima" in _drawn(browser)
    browser.at.button_group(key="timetable-by").set_value("class")
    browser.run()
    assert browser.query["by"] == "class"
    assert len(re.findall(r'<th scope="row">', browser.text())) == CLASSES
    assert "08:00–08:50 English A1 Tomás Lima · Sala 1" in _drawn(browser)
    browser.put({"timetable-day": "1", "timetable-teacher": slots["ines"]}).run()
    assert browser.query["day"] == "1"
    assert len(_drawn(browser)) == 7
    assert all("Class" in each for each in _drawn(browser))
    assert _drawn(_page(school, by="nonsense")) == _drawn(_page(school)), "what nobody can choose is the usual"
    browser = _page(school, by="level", teacher=slots["ines"], day="9", room="nonsense")
    assert browser.at.title[0].value == "Timetable"
    listed = next(each.value for each in _page(school).at.html if "c-days" in each.value)
    assert "<details open><summary>Wednesday" in listed, "it opens on today"
    assert listed.count("Tomás Lima · Sala 1") == CLASSES, "the list says the room as well, whatever the columns are"


def test_a_meeting_opens_with_what_it_is(school: School, slots: dict[str, str]) -> None:
    browser = _page(school, "staff", meeting=slots["English A1 1"])
    assert "Monday 08:00–08:50 · Tomás Lima · Sala 1 · English · A1 · 1 of 12 places taken" in browser.text()
    assert not browser.has("meeting-move")
    assert 'aria-current="true"' in browser.text()
    assert "meeting" not in browser.click("meeting-close").query


def test_what_clashes_is_said_while_one_types_and_refused_when_one_saves(school: School, slots: dict[str, str]) -> None:
    browser = _page(school, meeting=slots["English A1 1"]).click("meeting-move")
    assert "Nothing clashes: teacher, room and students are free then." in browser.said()
    browser.put({"plan-start": dt.time(10, 30), "plan-end": dt.time(11, 20)}).run()
    told = [
        r"Monday: Tomás Lima teaches Class 02 (10:00–10:50) and English A1 (10:30–11:20).",
        r"Monday: Sala 1 is taken by Class 02 (10:00–10:50) and English A1 (10:30–11:20).",
    ]
    assert all(each in _plain(browser) for each in told)
    browser.click("plan-save")
    assert "This can't be saved as it stands. Nothing was changed." in browser.said()
    assert all(each in _plain(browser) for each in told)
    assert _starts(school, slots["English A1 1"]) == dt.time(8)
    browser.put({"plan-start": dt.time(22), "plan-end": dt.time(21)}).run().click("plan-save")
    assert browser.problems("plan-end_time") == ["It must end after it begins, on the same day."]
    assert not browser.has("plan-permit-save"), "no reason makes a meeting of it"
    browser.put({"plan-start": dt.time(9), "plan-end": dt.time(9, 50)}).run()
    assert browser.problems("plan-end_time") == [], "that was about other hours"
    assert "This can't be saved as it stands. Nothing was changed." not in browser.said(), "nor is it true of these"
    browser.click("plan-save")
    assert "mode" not in browser.query
    assert _starts(school, slots["English A1 1"]) == dt.time(9)


def test_a_new_meeting_that_says_nothing_is_told_at_every_field(school: School, slots: dict[str, str]) -> None:
    browser = _page(school, meeting="new", mode="edit").click("plan-save")
    for name in ("class_id", "day_of_week", "start_time", "end_time"):
        assert browser.problems(f"plan-{name}") == ["Please fill this in."]


def test_another_teacher_or_room_is_looked_at_in_all_meetings_of_the_class(school: School, slots: dict[str, str]) -> None:
    browser = _page(school, meeting=slots["Class 01 1"]).click("meeting-move")
    browser.put({"plan-day": 5, "plan-start": dt.time(10), "plan-end": dt.time(10, 50)}).run()
    assert "Nothing clashes: teacher, room and students are free then." in browser.said()
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        rows.add("schedules", class_id=slots["Class 01"], day_of_week=3, start_time=dt.time(8), end_time=dt.time(8, 50))
    browser.put({"plan-teacher": school.people[Role.TEACHER]}).run()
    assert "Wednesday: Tomás Lima teaches English A1 (08:00–08:50) and Class 01 (08:00–08:50)." in _plain(browser)


def test_coordination_saves_a_clash_with_a_reason_and_takes_it_back(school: School, slots: dict[str, str]) -> None:
    browser = _page(school, meeting="new", mode="edit")
    given = {"plan-class": slots["Class 04"], "plan-day": 1, "plan-start": dt.time(8), "plan-end": dt.time(8, 50)}
    browser.put({"plan-class": slots["Class 04"]}).run()
    assert browser.held("plan-teacher") == school.people[Role.TEACHER], "a class brings its teacher"
    browser.put(given).run().click("plan-permit-save")
    assert browser.problems("plan-permit-reason") == ["Please fill this in."]
    browser.put({"plan-reason": "One room, one teacher: the two learn together."}).run().click("plan-permit-save")
    assert "meeting" not in browser.query
    assert "allowed" in " ".join(_drawn(browser))
    with reading(school.actor(Role.SCHOOL)) as session:
        permits = session.scalars(select(ClashPermit)).all()
    assert sorted(each.kind for each in permits) == ["room_twice", "teacher_twice"]
    browser = _page(school, show="clashes")
    assert "“One room, one teacher: the two learn together.” · Clara Nunes" in browser.text()
    browser.click(f"withdraw-{permits[0].id}")
    assert "1 clash" in [each.value for each in browser.at.header]
    browser.put({"allow-reason-0": "They do."}).run().click("allow-save-0")
    assert "1 clash" not in [each.value for each in browser.at.header]


def test_what_clashed_before_the_rules_is_listed_and_marked(school: School, slots: dict[str, str]) -> None:
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        rows.add("schedules", class_id=slots["Class 04"], day_of_week=1, start_time=dt.time(8, 30), end_time=dt.time(9, 20))
    browser = _page(school, "owner", show="clashes")
    assert "Monday: Tomás Lima teaches English A1 (08:00–08:50) and Class 04 (08:30–09:20)." in _plain(browser)
    assert not browser.has("allow-save-0")
    assert "clash" in " ".join(_drawn(_page(school)))


def test_what_is_free_is_found_for_each_week_and_for_one_day(school: School, slots: dict[str, str]) -> None:
    browser = _page(school, "staff", show="free")
    browser.put({"free-day": 1, "free-start": dt.time(8), "free-end": dt.time(8, 30), "free-seats": 15}).run()
    assert browser.has(f"leads-free-{slots['room']}")
    assert browser.has(f"leads-free-{slots['ines']}")
    assert not browser.has(f"leads-free-{school.people[Role.TEACHER]}")
    browser.put({"free-seats": 21}).run()
    assert not browser.has(f"leads-free-{slots['room']}")
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        moved = {"date": day.days(1), "start_time": dt.time(8), "end_time": dt.time(9)}
        rows.add("sessions", class_id=slots["Class 02"], status="scheduled", teacher_id=slots["ines"], **moved)
    browser.put({"free-kind": "date", "free-seats": 1}).run()
    browser.put({"free-date": day.days(1)}).run()
    assert not browser.has(f"leads-free-{slots['ines']}")
    assert not browser.has(f"leads-free-{school.room}")
    assert browser.has(f"leads-free-{slots['room']}")
    browser.put({"free-date": dt.date(2026, 4, 21)}).run()
    assert "The school is closed on Tue 21 Apr: Tiradentes' Day." in browser.said()
    browser.put({"free-end": dt.time(7)}).run()
    assert "The end comes after the beginning, on the same day." in browser.said()


@pytest.mark.parametrize(("role", "count"), [(Role.TEACHER, 14), (Role.STUDENT, 2), (Role.PARENT, 2)])
def test_others_see_their_own_week_and_plan_nothing(role: Role, count: int, school: School, slots: dict[str, str]) -> None:
    browser = _page(school, role, meeting=slots["English A1 1"], mode="edit", show="clashes")
    assert len(_drawn(browser)) == count
    assert not any(browser.has(key) for key in ("new-meeting", "plan-save", "meeting-move", "timetable-show", "timetable-by"))
    if role is Role.PARENT:
        assert all("Sofia" in each for each in _drawn(browser))


def test_a_teacher_who_moves_a_session_reads_what_is_taken_and_not_by_whom(school: School, slots: dict[str, str]) -> None:
    hours = {"start_time": dt.time(8), "end_time": dt.time(8, 50), "status": "scheduled"}
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        rows.add("sessions", class_id=slots["Class 01"], room_id=school.room, date=day.days(1), **hours)
        mine = rows.add("sessions", class_id=slots["English A1"], date=day.days(2), **hours)
    browser = Browser(school, "teacher").open("sessions", record=mine, mode="edit")
    browser.put({f"sessions-{mine}-date": day.days(1)}).click(f"sessions-{mine}.save")
    assert "Thu 5 Mar: Sala 1 is taken by " in _plain(browser)
    assert "another class (08:00–08:50)" in _plain(browser)
    assert "Class 01" not in _plain(browser)
    links = [each.proto.label for each in browser.at.get("page_link")]
    assert "English A1" in links
    assert "another class" not in links


def _plain(browser: Browser) -> str:
    return re.sub(r"\\(.)", r"\1", browser.text())


def _starts(school: School, key: str) -> dt.time:
    with reading(school.actor(Role.SCHOOL)) as session:
        found: dt.time = session.scalars(select(Schedule.start_time).where(Schedule.id == key)).one()
    return found
