"""Sessions as calendar files: whose, when on which clock, and what a calendar program makes of a second file."""

import datetime as dt
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar
from sqlalchemy import update

from domain.access.roles import Role
from domain.access.uow import unit_of_work
from domain.core.models import Organization
from domain.db.engine import engine
from domain.kit.ids import new_id
from domain.operations.enums import CalendarKind
from domain.operations.models import ClassSession, SchoolClass
from domain.records import write
from tests.conftest import School
from tests.factories.standing_day import TODAY
from tests.pages.browser import Browser
from tests.pages.files import get, token_of, told

SAO_PAULO = ZoneInfo("America/Sao_Paulo")
SOON = TODAY + dt.timedelta(days=3)
pytestmark = pytest.mark.usefixtures("same_day")


def events(answer: Any) -> list[Any]:
    """The events of a calendar file, by their beginning."""
    assert answer.status_code == 200, answer.text
    found = Calendar.from_ical(answer.content).walk("VEVENT")
    return sorted(found, key=lambda each: each["DTSTART"].dt)


def meet(school: School, day: dt.date, *, klass: str = "", **given: Any) -> str:
    """A session of the class, from two to half past three."""
    times = {"start_time": dt.time(14), "end_time": dt.time(15, 30)}
    with unit_of_work(school.actor(Role.SCHOOL)) as session:
        return write.create(session, ClassSession, {"class_id": klass or school.klass, "date": day, **times, **given}).id


@pytest.fixture
def other_class(school: School) -> str:
    """A class of nobody whom the small school knows."""
    with unit_of_work(school.actor(Role.SCHOOL)) as session:
        values = {"term_id": school.term, "level_id": school.level, "name": "English B2", "room_id": school.room}
        return write.create(session, SchoolClass, values).id


@pytest.mark.parametrize("role", ["student", "teacher", "parent"])
def test_a_person_takes_their_own_sessions_along(school: School, other_class: str, role: str) -> None:
    mine = meet(school, SOON)
    meet(school, SOON, klass=other_class)
    [event] = events(get("/calendar/mine.ics", token_of(school, role)))
    assert event["UID"] == f"{mine}@constela"
    assert event["DTSTART"].dt == dt.datetime(SOON.year, SOON.month, SOON.day, 14, tzinfo=SAO_PAULO)
    assert event["DTEND"].dt - event["DTSTART"].dt == dt.timedelta(minutes=90)
    assert event["DTSTART"].params["TZID"] == "America/Sao_Paulo"
    assert event["SUMMARY"] == ("English A1 (Sofia)" if role == "parent" else "English A1")
    assert (event["LOCATION"], event["DESCRIPTION"]) == ("Sala 1", "Teacher: Tomás Lima")
    assert event["STATUS"] == "CONFIRMED"


def test_a_cancelled_session_stays_in_the_file_and_says_so_under_the_same_name(school: School) -> None:
    key = meet(school, SOON)
    token = token_of(school, "student")
    [before] = events(get("/calendar/mine.ics", token))
    with unit_of_work(school.actor(Role.SCHOOL)) as session:
        session.get(ClassSession, key).status = "cancelled"
    [after] = events(get("/calendar/mine.ics?lang=pt_BR", token))
    assert before["UID"] == after["UID"]
    assert (before["STATUS"], after["STATUS"]) == ("CONFIRMED", "CANCELLED")
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert "English A1" in after["SUMMARY"]


def test_a_school_elsewhere_in_brazil_has_its_own_clock_and_the_file_its_rules(school: School) -> None:
    meet(school, SOON)
    with engine().begin() as connection:
        connection.execute(update(Organization.__table__).values(settings={"time_zone": "America/Manaus"}))
    answer = get("/calendar/mine.ics", token_of(school, "teacher"))
    [event] = events(answer)
    assert event["DTSTART"].dt.utcoffset() == dt.timedelta(hours=-4)
    assert [str(each["TZID"]) for each in Calendar.from_ical(answer.content).walk("VTIMEZONE")] == ["America/Manaus"]


def test_the_file_reaches_a_month_back_and_a_year_ahead(school: School) -> None:
    days = [SOON + dt.timedelta(days=each) for each in (-40, -20, 300, 400)]
    for day in days:
        meet(school, day)
    found = events(get("/calendar/mine.ics", token_of(school, "teacher")))
    assert [each["DTSTART"].dt.date() for each in found] == days[1:3]


def test_a_class_leaves_as_a_file_for_who_may_read_it(school: School, other_class: str, noted: Callable[..., Any]) -> None:
    meet(school, SOON)
    meet(school, SOON, klass=other_class)
    for role in Role:
        for key, title in ((school.klass, "English A1"), (other_class, "English B2")):
            answer = get(f"/calendar/{key}.ics", token_of(school, role))
            reads = role in {Role.SCHOOL, Role.STAFF, Role.OWNER} or title == "English A1"
            assert answer.status_code == (200 if reads else 404), (role, title)
            if reads:
                assert [each["SUMMARY"] for each in events(answer)] == [title]
    refused = noted("record_refused")
    assert [(each["role"], each["record"]) for each in refused] == [
        (role, other_class) for role in ("student", "teacher", "parent")
    ]
    read = noted("calendar_read")
    assert {(each["table"], each["count"]) for each in read} == {("classes", 1)}


def test_a_teacher_a_room_and_a_student_leave_as_files_for_who_may_have_their_calendars(
    school: School, other_class: str, noted: Callable[..., Any]
) -> None:
    meet(school, SOON)
    meet(school, SOON, klass=other_class, room_id=school.room, start_time=dt.time(16), end_time=dt.time(17))
    student, teacher = school.people[Role.STUDENT], school.people[Role.TEACHER]
    office = {Role.SCHOOL, Role.STAFF, Role.OWNER}
    for kind, key, readers, titles in (
        ("class", school.klass, set(Role), ["English A1"]),
        ("teacher", teacher, office, ["English A1"]),
        ("room", school.room, office, ["English A1", "English B2"]),
        ("student", student, {Role.SCHOOL, Role.STAFF, Role.PARENT}, ["English A1"]),
    ):
        for role in Role:
            answer = get(f"/calendar/{kind}/{key}.ics", token_of(school, role))
            assert answer.status_code == (200 if role in readers else 404), (kind, role)
            if role in readers:
                assert [each["SUMMARY"] for each in events(answer)] == titles
                assert answer.headers["content-disposition"] == f'attachment; filename="{kind}.ics"'
    assert {each["table"] for each in noted("calendar_read")} == {"classes", "users", "rooms"}


def test_a_guardian_of_one_student_finds_their_file_beside_the_address(school: School) -> None:
    it = Browser(school, "parent").follow("calendars").put({"calendar-kind": CalendarKind.STUDENT}).run()
    links = {each.proto.url for each in it.at.get("link_button")}
    assert f"/calendar/student/{school.people[Role.STUDENT]}.ics?lang=en" in links


def test_what_is_no_calendar_of_theirs_gets_the_same_answer_as_what_does_not_exist(
    school: School, other_class: str, noted: Callable[..., Any]
) -> None:
    nothing = told(get("/export/nothing.csv"))
    for role, path in (
        ("student", f"/calendar/{other_class}.ics"),
        ("student", f"/calendar/{new_id()}.ics"),
        ("school", f"/calendar/{new_id()}.ics"),
        ("school", "/calendar/mine.ics"),
        ("owner", "/calendar/mine.ics"),
        ("student", "/calendar/mine.csv"),
        ("student", "/calendar/all.ics"),
        ("student", "/calendar/mine"),
        ("school", "/calendar/student/mine.ics"),
        ("school", f"/calendar/mine/{other_class}.ics"),
        ("school", f"/calendar/parent/{other_class}.ics"),
        ("student", "/calendar/../export/users.csv/x"),
    ):
        assert told(get(path, token_of(school, role))) == nothing, (role, path)
    assert len(noted("record_missing", "record_refused")) == 3, "what is no key is no record that somebody missed"


def test_the_file_is_kept_by_nobody_and_named(school: School) -> None:
    headers = get("/calendar/mine.ics", token_of(school, "student")).headers
    assert headers["cache-control"] == "no-store"
    assert headers["content-type"] == "text/calendar; charset=utf-8"
    assert headers["content-disposition"] == 'attachment; filename="mine.ics"'


def test_home_and_the_class_page_lead_to_the_files(school: School) -> None:
    def links(it: Browser) -> set[str]:
        return {each.proto.url for each in it.at.get("link_button")}

    meet(school, SOON)
    assert "/calendar/mine.ics?lang=en" in links(Browser(school, "student").follow("home"))
    assert "/calendar/mine.ics?lang=en" not in links(Browser(school, "school").follow("home"))
    assert f"/calendar/{school.klass}.ics?lang=en" in links(Browser(school, "teacher").follow("class", record=school.klass))
