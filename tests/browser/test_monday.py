"""A coordinator's Monday, in one chain: a term is opened, closed on a day and made; a slot is moved, and refused where it
clashes; attendance is taken; someone moves to the new class, and who waited gets the seat; the class's calendar agrees."""

import datetime as dt
import re
import sqlite3
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import recurring_ical_events
from icalendar import Calendar
from playwright.sync_api import expect

from domain.demo.calendar import holidays_of
from tests.browser.conftest import OpenWindow
from tests.browser.lessons import ZONE, add_lesson
from tests.browser.server import Server, copy, serving
from tests.browser.window import Window

pytestmark = pytest.mark.browser

TERM, CLASS, LESSON = "Intensivo de Órbita", "Órbita Intensiva", "Órbita da Tarde"
WEEKS, STUDENTS = 6, 20
REASON = "The two classes rehearse together."
WEEKDAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
# Someone's class that goes on, the weekday and hours of one of its meetings, and its teacher; nobody meets in between at noon.
TAUGHT = """
SELECT c.name, s.day_of_week, s.start_time, s.end_time, u.first_name || ' ' || u.last_name
FROM schedules s JOIN classes c ON c.id = s.class_id JOIN users u ON u.id = c.teacher_id
WHERE c.is_active AND c.organization_id = ? AND s.day_of_week BETWEEN 1 AND 5 ORDER BY s.day_of_week, s.start_time, c.id
"""
# Someone who is in no class and waits for none.
FREE = """
SELECT id, first_name || ' ' || last_name FROM users WHERE role = 'student' AND is_active AND organization_id = ?
  AND id NOT IN (SELECT user_id FROM enrollments WHERE status = 'active') AND id NOT IN (SELECT user_id FROM waiting_entries)
ORDER BY id
"""


@dataclass(frozen=True)
class Monday:
    """A running app on the demo school, in which a full class has a lesson that goes on now."""

    server: Server
    database: Path
    lesson: dict[str, str]
    first: dt.date
    """The Monday after next, with which the new term begins."""

    @property
    def last(self) -> dt.date:
        return self.first + dt.timedelta(weeks=WEEKS, days=-3)

    @property
    def tuesday(self) -> dt.date:
        """A Tuesday of the term on which the school isn't closed yet."""
        tuesdays = (self.first + dt.timedelta(weeks=week, days=1) for week in range(1, WEEKS))
        return next(day for day in tuesdays if day not in holidays_of(day.year))

    def ask(self, question: str, *given: str) -> list[Any]:
        with closing(sqlite3.connect(self.database)) as connection:
            return connection.execute(question, given).fetchall()

    @property
    def school(self) -> str:
        return str(self.ask("SELECT organization_id FROM classes WHERE id = ?", self.lesson["class"])[0][0])

    def sessions(self, klass: str) -> list[tuple[dt.date, str, str]]:
        """The days and hours of a class's sessions, as the database has them."""
        rows = self.ask("SELECT date, start_time, end_time FROM sessions WHERE class_id = ? ORDER BY date", klass)
        return [(dt.date.fromisoformat(day), start[:5], end[:5]) for day, start, end in rows]


@pytest.fixture
def monday(tmp_path: Path, demo: Path) -> Iterator[Monday]:
    database = copy(demo, tmp_path)
    lesson = add_lesson(database, students=STUDENTS, places=STUDENTS, name=LESSON)
    today = dt.datetime.now(ZONE).date()
    with serving(database) as server:
        yield Monday(server, database, lesson, today + dt.timedelta(days=14 - today.weekday()))


def test_a_coordinators_monday(monday: Monday, window: OpenWindow) -> None:
    it = window(monday.server).enter("school")
    other, weekday, start, end, teacher = monday.ask(TAUGHT, monday.school)[0]
    term = _open_a_term(it, monday)
    klass = _plan_a_class(it, term, teacher)
    closed = _close_a_tuesday(it, monday, term)
    _look_and_make(it, monday, term, klass, closed)
    _move_the_slot(it, monday, term, klass)
    _be_refused_and_allow_it(it, monday, term, klass, (other, teacher, weekday, f"{start[:5]}–{end[:5]}"))
    _take_attendance(it, monday)
    _move_someone_and_see_who_waited_get_the_seat(it, window(monday.server).enter("staff"), monday, klass)
    _subscribe(it, monday, klass)
    it.is_well()


def _record(it: Window) -> str:
    return parse_qs(urlsplit(it.page.url).query)["record"][0]


def _find(it: Window, key: str, name: str) -> None:
    """Choose from a long list by typing."""
    it.at(key).get_by_role("combobox").click()
    it.page.keyboard.type(name)
    it.page.get_by_role("option").filter(has_text=name).first.click()
    it.settle()


def _open_a_term(it: Window, monday: Monday) -> str:
    it.follow("planning").click("new-term").type("terms-new-name", TERM)
    it.digits("terms-new-start_date", monday.first.strftime("%d%m%Y"))
    it.digits("terms-new-end_date", monday.last.strftime("%d%m%Y"))
    it.click("terms-new.save").says(f"“{TERM}” was created.")
    return _record(it)


def _plan_a_class(it: Window, term: str, teacher: str) -> str:
    """A class of that teacher's, and in its list of meetings one on Tuesdays at noon."""
    it.open("/operations?table=classes&mode=new").type("classes-new-name", CLASS)
    it.choose("classes-new-term_id", TERM)
    it.choose("classes-new-level_id")
    _find(it, "classes-new-teacher_id", teacher)
    it.choose("classes-new-room_id")
    it.click("classes-new.save").says(f"“{CLASS}” was created.")
    klass = _record(it)
    it.open(f"/operations?table=schedules&f_class_id={klass}&mode=new")
    it.choose("schedules-new-day_of_week", "Tuesday")
    it.digits("schedules-new-start_time", "1210").digits("schedules-new-end_time", "1300")
    it.click("schedules-new.save").says("was created.").is_well()
    return klass


def _close_a_tuesday(it: Window, monday: Monday, term: str) -> dt.date:
    closed = monday.tuesday
    it.open(f"/planning?term={term}&show=closed")
    it.digits("close-day", closed.strftime("%d%m%Y")).type("close-name", "Feira de ciências")
    it.click("close-save").says("Feira de ciências")
    return closed


def _look_and_make(it: Window, monday: Monday, term: str, klass: str, closed: dt.date) -> None:
    it.at("planning-view").get_by_text("Sessions", exact=True).click()
    it.settle().says("Feira de ciências")
    make = it.at("planning-make").get_by_role("button")
    expect(make).to_have_text(re.compile(r"Make \d sessions"))
    said = int(re.findall(r"\d+", make.inner_text())[0])
    assert monday.sessions(klass) == [], "looking makes nothing"
    it.click("planning-make").says("Nothing to add")
    made = monday.sessions(klass)
    assert len(made) == said <= WEEKS - 1
    assert {(day.weekday(), start, end) for day, start, end in made} == {(1, "12:10", "13:00")}
    assert closed not in {day for day, _start, _end in made}


def _open_the_slot(it: Window, term: str) -> None:
    it.open(f"/timetable?term={term}&by=class")
    row = it.page.locator(".c-week tbody tr").filter(has=it.page.get_by_role("rowheader", name=CLASS, exact=True))
    row.locator("a").first.click()
    it.settle()
    expect(it.at("meeting")).to_contain_text(CLASS)


def _move_the_slot(it: Window, monday: Monday, term: str, klass: str) -> None:
    before = len(monday.sessions(klass))
    _open_the_slot(it, term)
    it.click("meeting-move").choose("plan-day", "Wednesday")
    it.says("Nothing clashes: teacher, room and students are free then.").says(re.compile(r"\d sessions to come move\."))
    it.click("plan-save").says("The meeting is on Wednesday at 12:10 now.").is_well()
    assert {day.weekday() for day, _start, _end in monday.sessions(klass)} == {2}
    assert len(monday.sessions(klass)) >= before - 1, "a holiday among the new days takes one away"


def _be_refused_and_allow_it(it: Window, monday: Monday, term: str, klass: str, taken: tuple[str, str, int, str]) -> None:
    """Onto another class of the teacher's: said with both sides as it is typed, refused when it is saved; allowed with a reason
    that stands with it, until the slot moves away again."""
    other, teacher, weekday, hours = taken
    before = monday.sessions(klass)
    _open_the_slot(it, term)
    it.click("meeting-move")
    it.choose("plan-day", WEEKDAYS[weekday])
    for key, time in zip(("plan-start", "plan-end"), hours.split("–"), strict=True):
        it.digits(key, time.replace(":", ""))
    said = it.at("plan").get_by_text(re.compile(rf"{WEEKDAYS[weekday]}: {re.escape(teacher)} teaches "))
    it.click("plan-save").says("This can't be saved as it stands. Nothing was changed.")
    expect(said).to_contain_text(other)
    expect(said).to_contain_text(CLASS)
    expect(it.at("plan").get_by_role("link", name=other).first).to_be_visible()
    assert monday.sessions(klass) == before
    it.at("plan-permit").locator("summary").click()
    it.type("plan-reason", REASON).click("plan-permit-save").says(f"The meeting is on {WEEKDAYS[weekday]}")
    it.open(f"/timetable?term={term}&show=clashes").says(re.compile(re.escape(REASON)))
    _open_the_slot(it, term)
    it.click("meeting-move").choose("plan-day", "Wednesday")
    it.digits("plan-start", "1210").digits("plan-end", "1300")
    it.click("plan-save").says("The meeting is on Wednesday at 12:10 now.")
    it.open(f"/timetable?term={term}&show=clashes")
    expect(it.page.get_by_text(REASON)).to_have_count(0)
    assert monday.sessions(klass) == before
    it.is_well()


def _take_attendance(it: Window, monday: Monday) -> None:
    names = [name for name in monday.lesson if name not in {"class", "session"}]
    it.open(f"/attendance?session={monday.lesson['session']}").click("all-present")
    it.at(f"pupil-{monday.lesson[names[5]]}").get_by_role("radio", name="Absent").click()
    it.settle().is_well()
    marks = dict(monday.ask("SELECT status, count(*) FROM attendance WHERE session_id = ? GROUP BY 1", monday.lesson["session"]))
    assert marks == {"present": STUDENTS - 1, "absent": 1}


def _move_someone_and_see_who_waited_get_the_seat(it: Window, reception: Window, monday: Monday, klass: str) -> None:
    full = monday.lesson["class"]
    newcomer, name = monday.ask(FREE, monday.school)[0]
    reception.open(f"/enrolment?person={newcomer}&class={full}")
    reception.says(f"{LESSON} is full: {STUDENTS} of {STUDENTS} places are taken.")
    expect(reception.at("enrol-yes")).to_have_count(0)
    reception.click(f"join-{full}").says(f"On the waiting list of {LESSON}.").is_well()

    leaving = monday.lesson[next(each for each in monday.lesson if each not in {"class", "session"})]
    [(stay,)] = monday.ask("SELECT id FROM enrollments WHERE class_id = ? AND user_id = ?", full, leaving)
    it.open(f"/enrolment?person={leaving}").click(f"transfer-{stay}").click(f"choose-{klass}")
    it.says("Nothing is done yet. This is what it touches:").says("The seat that frees is offered to").says(name)
    assert monday.ask("SELECT status FROM enrollments WHERE id = ?", stay) == [("active",)]
    it.type("leave-reason", "Other hours suit better.").click("leave-yes")
    it.says(f"Moved out of {LESSON}").says(f"Joined {CLASS}").says("Other hours suit better.").is_well()

    reception.open(f"/enrolment?tab=waiting&class={full}").says(f"{STUDENTS - 1} of {STUDENTS} places taken")
    reception.says("1 seat on offer").says(name).page.get_by_role("button", name="Accept").click()
    reception.settle().says(f"{name} is enrolled in {LESSON}.")
    expect(reception.page.get_by_role("button", name="Accept")).to_have_count(0)
    reception.is_well()
    active = "SELECT user_id FROM enrollments WHERE class_id = ? AND status = 'active'"
    assert {key for (key,) in monday.ask(active, klass)} == {leaving}
    assert newcomer in {key for (key,) in monday.ask(active, full)}
    assert len(monday.ask(active, full)) == STUDENTS


def _subscribe(it: Window, monday: Monday, klass: str) -> None:
    """A calendar program, of other hands than ours, reads from the class's address the sessions that the database has."""
    it.follow("calendars").choose("calendar-kind", "A class")
    _find(it, "calendar-whose-class", CLASS)
    it.click("calendar-make")
    shown = it.page.get_by_role("dialog")
    expect(shown.get_by_role("button", name="Copy", exact=True)).to_be_visible()
    expect(shown.locator('[data-testid="stCode"] > div')).to_have_css("opacity", "1")  # with no mouse over it
    address = shown.locator("code").inner_text().strip()
    with urllib.request.urlopen(address, timeout=20) as answer:
        read = Calendar.from_ical(answer.read())
    found = recurring_ical_events.of(read).between(monday.first - dt.timedelta(days=40), monday.last + dt.timedelta(days=40))
    told = sorted((each["DTSTART"].dt, each["DTEND"].dt, str(each["SUMMARY"])) for each in found)
    assert [(start.date(), f"{start:%H:%M}", f"{end:%H:%M}") for start, end, _title in told] == monday.sessions(klass)
    assert {start.utcoffset() for start, _end, _title in told} == {dt.timedelta(hours=-3)}
    assert {title for _start, _end, title in told} == {CLASS}
