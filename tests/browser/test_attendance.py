"""Attendance on a phone: twenty students, of whom three aren't present, in five clicks; two people at one sheet."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenWindow
from tests.browser.lessons import add_lesson
from tests.browser.server import Server, copy, serving
from tests.browser.window import Window

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}
STUDENTS, LONGEST = 20, 30.0  # seconds
LESSONS = count()


@dataclass(frozen=True)
class Lesson:
    """A running app with a lesson that goes on."""

    server: Server
    database: Path
    keys: dict[str, str]

    @property
    def names(self) -> list[str]:
        return [name for name in self.keys if name not in {"class", "session"}]

    def marks(self) -> dict[str, str]:
        asked = "SELECT user_id, status FROM attendance WHERE session_id = ?"
        with closing(sqlite3.connect(self.database)) as connection:
            found = dict(connection.execute(asked, (self.keys["session"],)).fetchall())
        return {name: found[self.keys[name]] for name in self.names if self.keys[name] in found}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, demo: Path) -> Iterator[tuple[Server, Path]]:
    """The app on a demo school of the module's own, and its file."""
    database = copy(demo, tmp_path_factory.mktemp("lessons"))
    with serving(database) as server:
        yield server, database


@pytest.fixture
def lesson(served: tuple[Server, Path]) -> Lesson:
    """One with students of its own."""
    at = next(LESSONS)
    return Lesson(*served, add_lesson(served[1], students=STUDENTS, name=f"Órbita {at}", skip=STUDENTS * at))


@dataclass
class Thumb:
    """Taps and counts them; each waits only until what was tapped shows."""

    it: Window
    lesson: Lesson
    taps: int = 0

    def all_present(self) -> None:
        self.taps += 1
        self.it.at("all-present").locator("button").tap()
        expect(self.it.at("sheet-said")).to_contain_text(f"{STUDENTS} ")

    def mark(self, name: str, word: str) -> None:
        self.taps += 1
        button = self.it.at(f"pupil-{self.lesson.keys[name]}").get_by_role("radio", name=word)
        button.tap()
        expect(button).to_have_attribute("aria-checked", "true")


def test_twenty_students_on_a_phone_in_at_most_five_taps(lesson: Lesson, window: OpenWindow) -> None:
    it = window(lesson.server, **PHONE).enter("teacher").open(f"/attendance?session={lesson.keys['session']}")
    away, late, ill = lesson.names[3], lesson.names[11], lesson.names[19]
    thumb, began = Thumb(it, lesson), time.monotonic()
    thumb.all_present()
    thumb.mark(away, "Absent")
    thumb.mark(late, "Late")
    thumb.mark(ill, "Excused")
    it.settle()
    took = time.monotonic() - began
    print(f"{thumb.taps} taps in {took:.1f} s")
    assert thumb.taps <= 5
    assert took < LONGEST
    marks = lesson.marks()
    assert {marks.pop(name) for name in (away,)} == {"absent"}
    assert (marks.pop(late), marks.pop(ill)) == ("late", "excused")
    assert list(marks.values()) == ["present"] * (STUDENTS - 3)
    width = it.page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390
    sizes = it.at("sheet").get_by_role("radio").evaluate_all("all => all.map((e) => e.getBoundingClientRect().height)")
    assert min(sizes) >= 44
    it.is_well()


def test_the_front_desk_checks_someone_in_on_a_phone(lesson: Lesson, window: OpenWindow) -> None:
    it = window(lesson.server, **PHONE).enter("staff").open("/check_in")
    who = lesson.names[7]
    field = it.at("check-in-search").locator("input")
    field.press_sequentially(who[:-1].lower(), delay=10)
    button = it.at(f"come-{lesson.keys['session']}-{lesson.keys[who]}").locator("button")
    button.tap()
    it.says(f"{who} · present").settle()
    assert lesson.marks() == {who: "present"}
    expect(field).to_have_value("")
    assert it.page.evaluate("document.documentElement.scrollWidth") <= 390
    it.is_well()
