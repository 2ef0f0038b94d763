"""Addresses that calendar programs subscribe to: whose eyes read by them, what they show, when they open nothing."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import recurring_ical_events
from icalendar import Calendar

from domain.access.roles import Role
from domain.access.uow import reading, unit_of_work
from domain.kit.clock import today
from domain.kit.errors import InvalidInput, NotFound
from domain.operations.calendar_links import MOST, end_link, kinds_for, make_link, my_links
from domain.operations.enums import CalendarKind
from domain.operations.models import ClassSession, Enrollment, Room, SchoolClass
from domain.records import write
from tests.conftest import School
from tests.pages.browser import Browser
from tests.pages.files import get, told
from tests.pages.test_calendar_files import SAO_PAULO, SOON, meet

Ask = Callable[..., list[Mapping[str, Any]]]


def link(school: School, role: Role | str, kind: CalendarKind = CalendarKind.MINE, key: str | None = None) -> str:
    """The address that someone makes, as a calendar program asks for it."""
    with unit_of_work(school.actor(role)) as session:
        return f"/calendar/feed.ics?code={make_link(session, kind, key)}"


def shown(path: str) -> list[tuple[str, dt.datetime]]:
    """What a calendar program makes of an address, read by other code than what wrote it: titles and beginnings."""
    answer = get(path)
    assert answer.status_code == 200, answer.text
    day = today(SAO_PAULO)
    found = recurring_ical_events.of(Calendar.from_ical(answer.content)).between(day - dt.timedelta(40), day + dt.timedelta(400))
    return sorted((str(each["SUMMARY"]), each["DTSTART"].dt) for each in found)


def at_two(day: dt.date, zone: str = "America/Sao_Paulo") -> dt.datetime:
    return dt.datetime.combine(day, dt.time(14), ZoneInfo(zone))


@pytest.fixture
def elsewhere(school: School) -> str:
    """A class in another room, which Tomás doesn't teach and Sofia isn't in."""
    with unit_of_work(school.actor(Role.SCHOOL)) as session:
        room = write.create(session, Room, {"name": "Lab", "capacity": 12}).id
        values = {"term_id": school.term, "level_id": school.level, "name": "English B2", "room_id": room}
        return write.create(session, SchoolClass, values).id


def test_a_calendar_without_a_cookie_shows_what_its_person_may_read(school: School, elsewhere: str) -> None:
    meet(school, SOON)
    meet(school, SOON, klass=elsewhere)
    for role in ("student", "teacher"):
        assert shown(link(school, role)) == [("English A1", at_two(SOON))]
    assert shown(link(school, "parent")) == [("English A1 (Sofia)", at_two(SOON))]
    both = [("English A1", at_two(SOON)), ("English B2", at_two(SOON))]
    assert shown(link(school, "staff", CalendarKind.CLASS, elsewhere)) == both[1:]
    assert shown(link(school, "school", CalendarKind.ROOM, school.room)) == both[:1]
    assert shown(link(school, "school", CalendarKind.TEACHER, school.people[Role.TEACHER])) == both[:1]
    assert shown(link(school, "staff", CalendarKind.STUDENT, school.people[Role.STUDENT])) == both[:1]
    assert shown(link(school, "parent", CalendarKind.STUDENT, school.people[Role.STUDENT])) == both[:1]


def test_a_substitute_and_another_room_are_where_the_session_is(school: School, elsewhere: str, sql: Ask) -> None:
    key = meet(school, SOON, klass=elsewhere)
    teacher = school.people[Role.TEACHER]
    by_teacher, by_room = (
        link(school, "school", CalendarKind.TEACHER, teacher),
        link(school, "school", CalendarKind.ROOM, school.room),
    )
    assert shown(by_teacher) == shown(by_room) == []
    with unit_of_work(school.actor(Role.SCHOOL)) as session:
        moved = session.get(ClassSession, key)
        moved.teacher_id, moved.room_id, moved.reason = teacher, school.room, "Flu."
    assert shown(by_teacher) == shown(by_room) == [("English B2", at_two(SOON))]


def test_a_moved_session_is_the_same_one_later_on_and_newer_than_before(school: School) -> None:
    key, path = meet(school, SOON), link(school, "student")
    [before] = Calendar.from_ical(get(path).content).walk("VEVENT")
    with unit_of_work(school.actor(Role.SCHOOL)) as session:
        session.get(ClassSession, key).date = SOON + dt.timedelta(days=1)
    [after] = Calendar.from_ical(get(path).content).walk("VEVENT")
    assert before["UID"] == after["UID"]
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert after["DTSTART"].dt == at_two(SOON + dt.timedelta(days=1))


def test_two_oclock_is_two_oclock_in_summer_and_in_winter(school: School, sql: Ask) -> None:
    """By a zone that changes its clocks, which Brazil's haven't done since 2019."""
    sql('UPDATE organizations SET settings = \'{"time_zone": "America/Santiago"}\'')
    days = [today(SAO_PAULO) + dt.timedelta(days=each) for each in (10, 100, 190, 280)]
    for day in days:
        meet(school, day)
    found = shown(link(school, "student"))
    assert [moment for _title, moment in found] == [at_two(day, "America/Santiago") for day in days]
    assert len({moment.utcoffset() for _title, moment in found}) == 2


def test_who_may_have_which_calendar(school: School) -> None:
    every = {CalendarKind.CLASS, CalendarKind.TEACHER, CalendarKind.ROOM}
    assert {role: set(kinds_for(school.actor(role))) for role in Role} == {
        Role.STUDENT: {CalendarKind.MINE, CalendarKind.CLASS},
        Role.TEACHER: {CalendarKind.MINE, CalendarKind.CLASS},
        Role.PARENT: {CalendarKind.MINE, CalendarKind.CLASS, CalendarKind.STUDENT},
        Role.STAFF: every | {CalendarKind.STUDENT},
        Role.SCHOOL: every | {CalendarKind.STUDENT},
        Role.OWNER: every,
    }


@pytest.mark.parametrize(
    ("role", "kind", "whose"),
    [
        ("student", CalendarKind.TEACHER, "teacher"),
        ("teacher", CalendarKind.STUDENT, "student"),
        ("parent", CalendarKind.ROOM, "room"),
        ("school", CalendarKind.MINE, ""),
        ("student", CalendarKind.CLASS, "elsewhere"),
        ("parent", CalendarKind.STUDENT, "staff"),
    ],
)
def test_no_address_is_made_for_a_calendar_that_isnt_theirs(
    school: School, elsewhere: str, sql: Ask, role: str, kind: CalendarKind, whose: str
) -> None:
    keys = {"": None, "room": school.room, "elsewhere": elsewhere}
    sql("UPDATE users SET role = 'parent' WHERE id = ?", school.people[Role.STAFF])  # a guest, of whom there is no card
    sql("UPDATE user_roles SET role = 'parent' WHERE user_id = ?", school.people[Role.STAFF])
    with pytest.raises(NotFound), unit_of_work(school.actor(role)) as session:
        make_link(session, kind, keys[whose] if whose in keys else school.people[Role(whose)])
    assert sql("SELECT id FROM calendar_links") == []


def test_an_address_says_whose_it_is_and_there_are_at_most_twenty(school: School) -> None:
    with unit_of_work(school.actor(Role.SCHOOL)) as session:
        with pytest.raises(InvalidInput):
            make_link(session, CalendarKind.ROOM)
        for _at in range(MOST):
            make_link(session, CalendarKind.ROOM, school.room)
            session.flush()
        with pytest.raises(InvalidInput):
            make_link(session, CalendarKind.ROOM, school.room)
    with unit_of_work(school.actor(Role.OWNER)) as session:
        assert make_link(session, CalendarKind.ROOM, school.room), "another person's, and another role's, are counted apart"


def test_a_job_has_no_calendar(school: School) -> None:
    with pytest.raises(NotFound), unit_of_work(school.job) as session:
        make_link(session, CalendarKind.ROOM, school.room)


def test_the_database_holds_no_address_and_who_made_it_sees_when_it_was_used(school: School, sql: Ask) -> None:
    path = link(school, "student")
    code = path.partition("code=")[2]
    [row] = sql("SELECT * FROM calendar_links")
    link(school, "teacher")
    assert code not in str(dict(row))
    with reading(school.actor("student")) as session:
        [before] = my_links(session)
    get(path)
    with reading(school.actor("student")) as session:
        [after] = my_links(session)
    with reading(school.actor("teacher")) as session:
        [anothers] = my_links(session)
    assert before.last_used_at is None
    assert after.last_used_at is not None
    assert anothers.last_used_at is None
    for role in ("parent", "school", "owner"):
        with reading(school.actor(role)) as session:
            assert my_links(session) == []
        with pytest.raises(NotFound), unit_of_work(school.actor(role)) as session:
            end_link(session, after.id)


def test_when_it_was_used_is_kept_by_the_hour(school: School, sql: Ask) -> None:
    path = link(school, "student")
    get(path)
    for ago, counts in ((dt.timedelta(minutes=30), False), (dt.timedelta(hours=2), True)):
        before = (dt.datetime.now(dt.UTC) - ago).strftime("%Y-%m-%d %H:%M:%S.%f")
        sql("UPDATE calendar_links SET last_used_at = ?", before)
        get(path)
        [row] = sql("SELECT last_used_at FROM calendar_links")
        assert (row["last_used_at"] != before) is counts


def test_the_security_log_tells_once_that_a_calendar_was_read_and_calls_no_good_address_refused(
    school: School, noted: Callable[..., Any]
) -> None:
    path = link(school, "student")
    assert [get(path).status_code for _each in range(3)] == [200] * 3
    assert [each["event"] for each in noted("calendar_read", "calendar_refused")] == ["calendar_read"]


def test_an_address_opens_nothing_once_it_is_ended_its_person_disabled_or_the_role_taken(
    school: School, sql: Ask, noted: Callable[..., Any]
) -> None:
    nothing = told(get("/export/nothing.csv"))
    ended, disabled, stripped = link(school, "teacher"), link(school, "student"), link(school, "parent")
    with unit_of_work(school.actor("teacher")) as session:
        end_link(session, my_links(session)[0].id)
    sql("UPDATE users SET is_active = 0 WHERE id = ?", school.people[Role.STUDENT])
    sql("UPDATE users SET role = 'staff' WHERE id = ?", school.people[Role.PARENT])
    sql("UPDATE user_roles SET role = 'staff' WHERE user_id = ?", school.people[Role.PARENT])
    for path in (ended, disabled, stripped, "/calendar/feed.ics", "/calendar/feed.ics?code=x", f"{ended}{'x' * 200}"):
        assert told(get(path)) == nothing, path
    assert [each["event"] for each in noted("calendar_refused")] == ["calendar_refused"], "once a minute"


def test_what_its_person_may_read_no_more_is_gone_from_the_calendar(school: School, sql: Ask) -> None:
    meet(school, SOON)
    paths = [link(school, "parent"), link(school, "parent", CalendarKind.STUDENT, school.people[Role.STUDENT])]
    assert all(shown(path) for path in paths)
    sql("UPDATE families SET access = 'none'")
    assert not any(shown(path) for path in paths)


def test_who_left_a_class_has_its_sessions_no_more(school: School, elsewhere: str) -> None:
    meet(school, SOON, klass=elsewhere)
    path = link(school, "school", CalendarKind.STUDENT, school.people[Role.STUDENT])
    with unit_of_work(school.actor(Role.SCHOOL)) as session:
        values = {"user_id": school.people[Role.STUDENT], "class_id": elsewhere}
        place = write.create(session, Enrollment, values).id
    assert shown(path) == [("English B2", at_two(SOON))]
    with unit_of_work(school.actor(Role.SCHOOL)) as session:
        left = session.get(Enrollment, place)
        left.status, left.dropped_at = "dropped", left.enrolled_at
    assert shown(path) == []


def test_a_page_elsewhere_gets_no_calendar_in_a_browser(school: School) -> None:
    assert get(link(school, "student"), sec_fetch_site="cross-site").status_code == 404


def test_the_file_asks_to_be_looked_at_again_each_hour_and_is_kept_by_nobody(school: School) -> None:
    answer = get(link(school, "student"))
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT1H" in answer.text
    assert answer.headers["cache-control"] == "no-store"
    head = get(link(school, "student"), method="HEAD")
    assert (head.status_code, head.content) == (200, b"")


def test_on_the_page_an_address_is_made_shown_once_and_ended(school: School) -> None:
    meet(school, SOON)
    it = Browser(school, "student").follow("calendars").click("calendar-make")
    [shown_once] = [each.value for each in it.at.code]
    path = "/calendar/" + shown_once.partition("/calendar/")[2]
    assert shown(path) == [("English A1", at_two(SOON))]
    it.run()
    assert not it.at.code
    [end] = it.widgets("calendar-end-")
    it.click(end).click("calendar-end-yes")
    assert get(path).status_code == 404
    assert not it.run().widgets("calendar-end-")


def test_on_the_page_whose_calendar_it_is_must_be_chosen(school: School, sql: Ask) -> None:
    it = Browser(school, "school").follow("calendars").put({"calendar-kind": CalendarKind.ROOM}).run()
    it.put({"calendar-whose-room": None}).click("calendar-make")
    assert it.problems("calendar-record_id") == ["Please choose whose calendar it is."]
    it.put({"calendar-whose-room": school.room}).click("calendar-make")
    assert [row["record_id"] for row in sql("SELECT record_id FROM calendar_links")] == [school.room]
