"""Eight people at one attendance sheet at once, on the file and on a server: nothing lost, nothing doubled."""

import datetime as dt
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

import domain.registry  # noqa: F401 -- every model and right known
from domain.access.actor import Actor
from domain.access.roles import Role
from domain.access.trail import integrity
from domain.access.uow import unit_of_work
from domain.db.engine import engine
from domain.db.errors import Busy
from domain.migrations import state
from domain.operations.attendance import MarkConflict, mark, mark_all_present
from domain.operations.enums import AttendanceStatus
from tests.factories.rows import Rows

THREADS, STUDENTS = 8, 12
WORDS = tuple(AttendanceStatus)


@dataclass(frozen=True)
class Lesson:
    school: str
    session: str
    students: tuple[str, ...]
    people: tuple[str, ...]

    def actor(self, at: int) -> Actor:
        return Actor(organization_id=self.school, user_id=self.people[at], role=Role.SCHOOL, roles=(Role.SCHOOL,))


@pytest.fixture(params=["file", "http", "websocket"])
def lesson(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lesson]:
    if request.param == "file":
        url = f"file:{tmp_path / 'sheet.db'}"
    else:
        url = request.getfixturevalue("fresh_server_url")
        url = url.replace("http://", "ws://") if request.param == "websocket" else url
    monkeypatch.setenv("TURSO_DATABASE_URL", url)
    state.upgrade()
    with engine().begin() as connection:
        rows = Rows(connection)
        klass = rows.add("classes")
        began = dt.datetime(2026, 2, 2, 12, tzinfo=dt.UTC)
        students = tuple(rows.add("users", role="student") for _each in range(STUDENTS))
        for student in students:
            rows.add("enrollments", class_id=klass, user_id=student, enrolled_at=began, status="active")
        session = rows.add("sessions", class_id=klass, date=dt.date(2026, 3, 2), status="scheduled")
        people = tuple(rows.add("users", role="school") for _each in range(THREADS))
    yield Lesson(rows.organization_id, session, students, people)
    engine().dispose()


def patient(act: object, *given: object) -> object:
    """As the page does, what found the database busy is tried again."""
    while True:
        try:
            return act(*given)  # type: ignore[operator]
        except Busy:
            continue


def test_what_eight_people_tap_at_once_is_there_once_and_conflicts_are_told(lesson: Lesson) -> None:
    together = threading.Barrier(THREADS)

    def take(at: int) -> list[tuple[str, AttendanceStatus | None]]:
        """Each says their own word about every student: what was acknowledged, None where it was another's."""
        together.wait()
        said: list[tuple[str, AttendanceStatus | None]] = []
        for step in range(STUDENTS):
            student = lesson.students[(at + step) % STUDENTS]
            word = WORDS[(at + step) % len(WORDS)]
            try:
                patient(one, at, student, word)
                said.append((student, word))
            except MarkConflict:
                said.append((student, None))
        return said

    def one(at: int, student: str, word: AttendanceStatus) -> None:
        with unit_of_work(lesson.actor(at)) as session:
            mark(session, lesson.session, student, word, seen=None)

    with ThreadPoolExecutor(THREADS) as pool:
        heard = [each for some in pool.map(take, range(THREADS)) for each in some]
    with engine().connect() as connection:
        rows = connection.exec_driver_sql("SELECT user_id, status, count(*) FROM attendance GROUP BY user_id").all()
        assert not [fault for chain in integrity.verify(connection) for fault in chain.faults]
        made = connection.exec_driver_sql("SELECT count(*) FROM trail_entries WHERE table_name = 'attendance'").scalar_one()
        status = connection.exec_driver_sql("SELECT status FROM sessions WHERE id = ?", (lesson.session,)).scalar_one()
    assert len(rows) == STUDENTS
    assert {count for _student, _status, count in rows} == {1}
    kept = {student: AttendanceStatus(status) for student, status, _count in rows}
    acknowledged = [(student, word) for student, word in heard if word is not None]
    assert all(kept[student] is word for student, word in acknowledged)  # nobody was told that a lost mark was saved
    assert len(heard) == THREADS * STUDENTS
    assert made == STUDENTS
    assert status == "completed"


def test_all_present_by_eight_at_once_marks_each_student_once(lesson: Lesson) -> None:
    together = threading.Barrier(THREADS)

    def rest(at: int) -> int:
        with unit_of_work(lesson.actor(at)) as session:
            return len(mark_all_present(session, lesson.session))

    def take(at: int) -> object:
        together.wait()
        return patient(rest, at)

    with ThreadPoolExecutor(THREADS) as pool:
        counts = list(pool.map(take, range(THREADS)))
    assert sorted(counts) == [0] * (THREADS - 1) + [STUDENTS]  # type: ignore[type-var]
    with engine().connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM attendance").scalar_one() == STUDENTS
