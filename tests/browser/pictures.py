"""Pictures of the app with the demo school, by day, by night and on a phone: `python -m tests.browser.pictures [NAME …]`.

They show the school as it is on a Thursday at four, with sessions that go on.
"""

import io
import sqlite3
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from tests.browser.server import ROOT, Server, afternoon, copy, program, serving
from tests.browser.window import Window, chromium

PLACE = ROOT / "docs" / "pictures"
WIDE = {"viewport": {"width": 1360, "height": 900}}
LOOKS: dict[str, dict[str, Any]] = {
    "light": {**WIDE, "color_scheme": "light"},
    "dark": {**WIDE, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True},
}
AT_REST = 380  # pixels from the left, above every page's title: what lies under the mouse looks otherwise
LARGEST = 150_000  # bytes of one picture
COLOURS = (256, 128, 64, 32)
DRAWN = """() => Object.entries({stPlotlyChart: ".main-svg", stDataFrame: "canvas"}).every(([kind, part]) =>
  [...document.querySelectorAll(`[data-testid=${kind}]`)].every((each) => !each.checkVisibility() || each.querySelector(part)))"""


@dataclass(frozen=True)
class Picture:
    """What is photographed: whose page, at which address. `{klass}` and `{alert}` stand for keys of records worth seeing.

    `file`: what is brought to the page as a file, and `at` the part that is then in sight, as one scrolls to it.
    """

    name: str
    address: str = "/"
    role: str = "school"
    file: str = ""
    at: str = ""


NOW = afternoon()
DOORSTEP = (Picture("first-run"), Picture("sign-in"))
AWAY = Picture("away")
WITH_ERRORS = """Name,Seats,In use,Notes
Sala Zênite,many,yes,
Sala Nadir,12,perhaps,
Sala Nadir,14,yes,twice
"=HYPERLINK(""a"",""b"")",-3,no,<script>alert(1)</script> $x$ **bold**
"""
WITH_CHANGES = """Name,Seats,In use
Sala Zênite,18,yes
Sala Nadir,12,yes
Sala Órion,20,yes
Sala Andrômeda,22,no
"""
NOBODY_THERE = "http://127.0.0.1:9"
PICTURES = (
    Picture("home"),
    Picture("home-staff", role="staff"),
    Picture("home-teacher", role="teacher"),
    Picture("home-student", role="student"),
    Picture("home-parent", role="parent"),
    Picture("inbox", "/inbox", "student"),
    Picture("calendars", "/calendars", "teacher"),
    Picture("planning", "/planning?show=closed"),
    Picture("planning-week", "/planning?show=week"),
    Picture("grid", "/operations?table=classes"),
    Picture("record", "/operations?table=classes&record={klass}"),
    Picture("form", "/operations?table=classes&mode=new"),
    Picture("class", "/class?record={klass}"),
    Picture("enrolment", "/enrolment?person={waits}&level={level}"),
    Picture("leaving", "/enrolment?person={student}&leave={stay}&how=drop"),
    Picture("waiting", "/enrolment?tab=waiting"),
    Picture("placements", "/enrolment?tab=placements"),
    Picture("rolling", "/enrolment?tab=roll&class={klass}"),
    Picture("attendance", "/attendance?session={lesson}", "teacher"),
    Picture("check-in", "/check_in", "staff"),
    Picture("absences", "/absences"),
    Picture("absences-parent", "/absences", "parent"),
    Picture("timetable", "/timetable"),
    Picture("timetable-day", "/timetable?day=2"),
    Picture("timetable-move", "/timetable?meeting={meeting}&mode=edit"),
    Picture("supervision", "/supervision?record={alert}"),
    Picture("wellbeing", "/wellbeing"),
    Picture("exchange", "/exchange?table=attendance"),
    Picture("exchange-errors", "/exchange?table=rooms", file=WITH_ERRORS, at="exchange-found"),
    Picture("exchange-preview", "/exchange?table=rooms", file=WITH_CHANGES, at="card-import"),
    Picture("rights", "/rights"),
    Picture("figures", "/figures", "owner"),
    Picture("profile", "/profile", "teacher"),
    Picture("security", "/security"),
    Picture("care", "/care", "student"),
    Picture("constellation", "/constellation", "student"),
    Picture("memory", "/memory", "student"),
    Picture("people", "/people?table=users"),
    Picture("crm", "/crm?table=leads", "staff"),
    Picture("curriculum", "/curriculum?table=lessons"),
    Picture("toolbox", "/toolbox?table=student_prompts", "student"),
    Picture("financial", "/financial?table=invoices", "parent"),
    Picture("payroll", "/payroll?table=staff_payroll", "owner"),
    Picture("accounting", "/accounting?table=journal_entries"),
    Picture("memory_records", "/memory_records?table=memory_nodes", "student"),
    Picture("supervision_records", "/supervision_records?table=safety_alerts"),
)
LARGE = (
    Picture("timetable-large", "/timetable"),
    Picture("timetable-large-teachers", "/timetable?by=teacher"),
    Picture("timetable-large-day", "/timetable?day=2"),
)
STUDENTS_OF_LARGE = "1600"  # 140 classes
LARGEST_SCHOOL = "organization_id = (SELECT organization_id FROM classes GROUP BY 1 ORDER BY count(*) DESC)"
FULL = f"SELECT class_id FROM waiting_entries WHERE status = 'offered' AND {LARGEST_SCHOOL} ORDER BY class_id"
LISTED = f"class_id = ({FULL})"
AT_WORK = "class_id IN (SELECT id FROM classes WHERE is_active)"
WORTH_SEEING = {
    "klass": "SELECT class_id FROM enrollments WHERE status = 'active' GROUP BY class_id ORDER BY count(*) DESC, class_id",
    "waits": f"SELECT user_id FROM waiting_entries WHERE status = 'waiting' AND {LISTED} ORDER BY created_at",
    "level": f"SELECT level_id FROM classes WHERE id = ({FULL})",
    "student": f"SELECT user_id FROM enrollments WHERE status = 'active' AND {LISTED} ORDER BY id",
    "stay": f"SELECT id FROM enrollments WHERE status = 'active' AND {LISTED} ORDER BY id",
    "lesson": "SELECT s.id FROM sessions s JOIN classes c ON c.id = s.class_id WHERE c.teacher_id = (SELECT min(id) FROM users "
    "WHERE role = 'teacher' AND is_active) AND s.id IN (SELECT session_id FROM attendance) ORDER BY s.date DESC, s.id",
    "meeting": f"SELECT id FROM schedules WHERE {AT_WORK} AND {LARGEST_SCHOOL} ORDER BY day_of_week, start_time, id",
    "alert": "SELECT id FROM safety_alerts WHERE resolved_at IS NULL ORDER BY acknowledged_at IS NULL, level = 'red' DESC, id",
}


def small(picture: bytes) -> bytes:
    """A picture with as many colours as its size allows."""
    with Image.open(io.BytesIO(picture)) as opened:
        whole = opened.convert("RGB")
    made = picture
    for colours in COLOURS:
        kept = io.BytesIO()
        whole.quantize(colours, dither=Image.Dither.NONE).save(kept, "PNG", optimize=True)
        made = kept.getvalue()
        if len(made) < LARGEST:
            break
    return made


def photograph(it: Window, name: str) -> None:
    """Keep what a window shows, once its charts and letters are drawn."""
    it.page.wait_for_function(DRAWN)
    it.page.evaluate("document.fonts.ready.then(() => true)")
    it.page.mouse.move(AT_REST, 0)
    it.is_well()
    path = PLACE / f"{name}.png"
    path.write_bytes(small(it.page.screenshot()))
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1000} kB")


def bring(it: Window, what: Picture) -> None:
    """Choose the file, and look at what the page says of it."""
    if what.file:
        file = {"name": f"{what.name}.csv", "mimeType": "text/csv", "buffer": what.file.encode()}
        it.page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
        it.page.get_by_text(f"{what.name}.csv").wait_for()
        it.settle()
    if what.at:
        it.at(what.at).evaluate(
            "(part) => { part.scrollIntoView(); document.querySelector('[data-testid=stMain]').scrollBy(0, -80); }"
        )


def keys(database: Path) -> dict[str, str]:
    """The records that stand in the addresses."""
    with closing(sqlite3.connect(database)) as connection:
        return {name: connection.execute(question).fetchone()[0] for name, question in WORTH_SEEING.items()}


def doorstep(empty: Server, demo: Server, browser: Browser, names: Sequence[str]) -> None:
    """The pages before anyone is signed in."""
    for look, options in LOOKS.items():
        for each, server in zip(DOORSTEP, (empty, demo), strict=True):
            if each.name in names:
                it = Window(server, browser.new_context(locale="en-US", **options)).open()
                photograph(it, f"{each.name}-{look}")
                it.context.close()


def away(place: Path, browser: Browser) -> None:
    """What everybody sees while the database's server is down."""
    with serving(place / "nothing.db", away=NOBODY_THERE) as server:
        for look, options in LOOKS.items():
            it = Window(server, browser.new_context(locale="en-US", **options)).open()
            photograph(it, f"{AWAY.name}-{look}")
            it.context.close()


def inside(
    demo: Server, browser: Browser, names: Sequence[str], known: dict[str, str], pictures: Sequence[Picture] = PICTURES
) -> None:
    """The pages of those who are signed in."""
    for look, options in LOOKS.items():
        for role in dict.fromkeys(each.role for each in pictures if each.name in names):
            it = Window(demo, browser.new_context(locale="en-US", **options)).enter(role)
            for each in pictures:
                if each.role == role and each.name in names:
                    bring(it.open(each.address.format(**known)), each)
                    photograph(it, f"{each.name}-{look}")
            it.context.close()


def large(place: Path, empty: Path, browser: Browser, names: Sequence[str]) -> None:
    """Pages that must stay readable in a school ten times as large."""
    folder = place / "large"
    folder.mkdir()
    loaded = copy(empty, folder)
    program(loaded, "demo", "--students", STUDENTS_OF_LARGE, settings=NOW)
    with serving(loaded, settings=NOW) as server:
        inside(server, browser, names, keys(loaded), LARGE)


def main(names: Sequence[str]) -> None:
    """Make the pictures of these names, or all."""
    wanted = names or [each.name for each in (*DOORSTEP, *PICTURES, *LARGE, AWAY)]
    PLACE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        empty, demo = Path(place) / "empty", Path(place) / "demo"
        empty.mkdir()
        demo.mkdir()
        program(empty / "constela.db", "migrate")
        loaded = copy(empty / "constela.db", demo)
        program(loaded, "demo", settings=NOW)
        with serving(empty / "constela.db") as one, serving(loaded, settings=NOW) as other, sync_playwright() as playwright:
            with chromium(playwright) as browser:
                doorstep(one, other, browser, wanted)
                inside(other, browser, wanted, keys(loaded))
                if any(each.name in wanted for each in LARGE):
                    large(Path(place), empty / "constela.db", browser, wanted)
                if AWAY.name in wanted:
                    away(Path(place), browser)


if __name__ == "__main__":
    main(sys.argv[1:])
