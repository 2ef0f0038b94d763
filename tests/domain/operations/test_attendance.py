"""Taking attendance at the small school, on a Wednesday evening at ten past six: marks, corrections, conflicts, taking back."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import select

from domain.access.actor import Actor
from domain.access.roles import Role
from domain.access.trail import integrity, writing
from domain.access.trail.undo import TooLate
from domain.access.uow import reading, unit_of_work
from domain.db.engine import engine
from domain.kit import clock
from domain.kit.errors import DomainError, EditConflict, InvalidInput, NotFound
from domain.operations import attendance as service
from domain.operations import attendance_keeping
from domain.operations.attendance import AlreadyHere, MarkConflict, Taken, check_in, describe, mark, mark_all_present, take_back
from domain.operations.ended import close_ended, close_every_ended
from domain.operations.enums import AttendanceStatus, SessionStatus
from domain.operations.models import Attendance, ClassSession
from domain.operations.sheets import Sheet, sheet
from domain.outbox.sender import make_rounds
from domain.records import write
from tests.conftest import School
from tests.factories.authenticator import setting
from tests.factories.rows import Rows
from tests.pages.day import DAY, ZONE

PRESENT, ABSENT, LATE, EXCUSED = AttendanceStatus
TEN_PAST_SIX = dt.datetime(2026, 3, 4, 18, 10, tzinfo=ZONE).astimezone(dt.UTC)
BEGAN = dt.datetime(2026, 2, 3, 12, tzinfo=dt.UTC)


@dataclass
class Evening:
    """A class of five, its session of six o'clock, and tomorrow's; the clock stands until it is moved."""

    school: School
    now: dt.datetime = TEN_PAST_SIX
    keys: dict[str, str] = field(default_factory=dict)

    def at(self, hour: int, minute: int = 0) -> "Evening":
        self.now = dt.datetime(2026, 3, 4, hour, minute, tzinfo=ZONE).astimezone(dt.UTC)
        return self

    def mark(
        self, who: str, status: AttendanceStatus, *, seen: AttendanceStatus | None = None, role: str = "teacher", **of: str
    ) -> Taken:
        with unit_of_work(self.school.actor(role)) as session:
            return mark(session, of.get("session", self.keys["six"]), self.keys[who], status, seen=seen)

    def sheet(self, role: str = "teacher", which: str = "six") -> Sheet:
        with reading(self.school.actor(role)) as session:
            found = sheet(session, self.keys[which], self.now)
        assert found
        return found

    def marks(self) -> dict[str, str]:
        return {each.name.split()[0]: each.mark.status.value for each in self.sheet("school").lines if each.mark}

    def status(self, which: str = "six") -> SessionStatus:
        with reading(self.school.job) as session:
            return session.scalars(select(ClassSession.status).where(ClassSession.id == self.keys[which])).one()


@pytest.fixture
def evening(school: School, monkeypatch: pytest.MonkeyPatch) -> Evening:
    found = Evening(school)
    for module in (clock, service, attendance_keeping, writing):
        monkeypatch.setattr(module, "now", lambda: found.now)
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        found.keys["Sofia"] = school.people[Role.STUDENT]
        for name in ("Ana", "Bia", "Caio"):
            found.keys[name] = rows.add("users", first_name=name, last_name="Melo", role="student")
            rows.add("enrollments", class_id=school.klass, user_id=found.keys[name], enrolled_at=BEGAN, status="active")
        found.keys["Davi"] = rows.add("users", first_name="Davi", last_name="Melo", role="student")
        left = dt.datetime(2026, 3, 3, 12, tzinfo=dt.UTC)
        rows.add(
            "enrollments", class_id=school.klass, user_id=found.keys["Davi"], enrolled_at=BEGAN, status="dropped", dropped_at=left
        )
        found.keys["Eva"] = rows.add("users", first_name="Eva", last_name="Melo", role="student")
        for name, day, hour in (("six", DAY, 18), ("four", DAY, 16), ("tomorrow", DAY + dt.timedelta(days=1), 18)):
            times = {"start_time": dt.time(hour), "end_time": dt.time(hour + 1)}
            found.keys[name] = rows.add("sessions", class_id=school.klass, date=day, status="scheduled", **times)
        found.keys["foreign"] = rows.add("sessions", date=DAY, status="scheduled")
    return found


def words(error: pytest.ExceptionInfo[InvalidInput]) -> list[str]:
    return [each.message for each in error.value.problems]


def test_a_mark_says_who_came_when_and_lets_the_session_go_on(evening: Evening) -> None:
    evening.mark("Sofia", LATE)
    evening.mark("Ana", ABSENT)
    found = {each.name: each.mark for each in evening.sheet().lines}
    assert found["Sofia Lima"].checked_in_at == evening.now
    assert found["Sofia Lima"].word.by == "Tomás Lima"
    assert found["Ana Melo"].checked_in_at is None
    assert found["Bia Melo"] is None
    assert "Davi Melo" not in found
    assert evening.status() is SessionStatus.IN_PROGRESS
    assert evening.status("four") is SessionStatus.SCHEDULED


def test_a_mark_after_the_end_says_that_the_session_was_held_and_closes_what_went_on_before(evening: Evening) -> None:
    evening.at(16, 30).mark("Ana", PRESENT, session=evening.keys["four"])
    assert evening.status("four") is SessionStatus.IN_PROGRESS
    evening.at(20).mark("Ana", PRESENT)
    assert evening.status() is SessionStatus.COMPLETED
    assert evening.status("four") is SessionStatus.COMPLETED


def test_a_session_that_went_on_is_closed_by_itself_once_its_end_has_come(evening: Evening) -> None:
    evening.mark("Ana", PRESENT)
    evening.at(18, 59)
    assert close_ended(evening.school.actor("teacher")) == 0
    close_every_ended()
    assert evening.status() is SessionStatus.IN_PROGRESS
    evening.at(19)
    close_every_ended()
    assert evening.status() is SessionStatus.COMPLETED
    assert evening.status("four") is SessionStatus.SCHEDULED, "nobody marked anyone there, so nobody knows that it was held"
    assert close_ended(evening.school.actor("teacher")) == 0, "there is nothing left to close"
    with engine().connect() as connection:
        entry = "SELECT user_id, job FROM trail_entries WHERE table_name = 'sessions' ORDER BY number DESC LIMIT 1"
        assert connection.exec_driver_sql(entry).all() == [(None, "attendance")]


def test_the_rounds_that_the_program_makes_close_sessions(evening: Evening) -> None:
    evening.mark("Ana", PRESENT)
    evening.at(19, 1)
    make_rounds()
    assert evening.status() is SessionStatus.COMPLETED


def test_reception_marks_and_the_session_moves_on_though_reception_writes_no_sessions(evening: Evening) -> None:
    evening.mark("Ana", PRESENT, role="staff")
    assert evening.status() is SessionStatus.IN_PROGRESS
    with engine().connect() as connection:
        entry = "SELECT user_id, role, job FROM trail_entries WHERE table_name = 'sessions'"
        assert connection.exec_driver_sql(entry).all() == [(evening.school.people[Role.STAFF], "staff", "attendance")]
    with engine().connect() as connection:
        assert not [fault for chain in integrity.verify(connection) for fault in chain.faults]


def test_all_present_marks_whom_nobody_marked_and_leaves_the_rest(evening: Evening) -> None:
    evening.mark("Bia", ABSENT)
    with unit_of_work(evening.school.actor("teacher")) as session:
        done = mark_all_present(session, evening.keys["six"])
    assert [each.name for each in done] == ["Ana Melo", "Caio Melo", "Sofia Lima"]
    assert evening.marks() == {"Ana": "present", "Bia": "absent", "Caio": "present", "Sofia": "present"}
    with unit_of_work(evening.school.actor("teacher")) as session:
        assert mark_all_present(session, evening.keys["six"]) == []


def test_a_correction_keeps_what_was_said_before_and_by_whom(evening: Evening) -> None:
    evening.mark("Ana", ABSENT)
    evening.at(18, 20).mark("Ana", LATE, seen=ABSENT, role="staff")
    found = next(each.mark for each in evening.sheet().lines if each.name == "Ana Melo")
    assert (found.status, found.word.was, found.word.by, found.word.at) == (LATE, ABSENT, "Rui Lima", evening.now)
    evening.mark("Ana", ABSENT, seen=LATE)
    found = next(each.mark for each in evening.sheet().lines if each.name == "Ana Melo")
    assert (found.status, found.checked_in_at) == (ABSENT, None)


def test_two_words_about_one_student_are_a_conflict_that_names_the_other(evening: Evening) -> None:
    evening.mark("Ana", ABSENT, role="staff")
    with pytest.raises(MarkConflict) as caught:
        evening.mark("Ana", PRESENT)
    assert caught.value.student.name == "Ana Melo"
    assert (caught.value.theirs.status, caught.value.theirs.word.by) == (ABSENT, "Rui Lima")
    assert evening.marks() == {"Ana": "absent"}
    evening.mark("Ana", PRESENT, seen=ABSENT)
    assert evening.marks() == {"Ana": "present"}


def test_the_same_word_twice_is_no_conflict_and_other_students_marks_merge(evening: Evening) -> None:
    evening.mark("Ana", ABSENT, role="staff")
    evening.mark("Ana", ABSENT)
    evening.mark("Bia", EXCUSED)
    assert evening.marks() == {"Ana": "absent", "Bia": "excused"}


@pytest.mark.parametrize(
    ("who", "which", "told"),
    [
        ("Ana", "tomorrow", "English A1 (Thu 5 Mar 18:00) hasn't begun yet, so Ana Melo can't be marked."),
        ("Davi", "six", "Davi Melo left the class on Tue 3 Mar, before English A1 (Wed 4 Mar 18:00)."),
        ("Eva", "six", "Eva Melo was never enrolled in the class of English A1 (Wed 4 Mar 18:00)."),
    ],
)
def test_every_way_of_writing_refuses_what_the_rules_refuse(evening: Evening, who: str, which: str, told: str) -> None:
    key, values = evening.keys[which], {"session_id": evening.keys[which], "user_id": evening.keys[who], "status": "present"}
    coordinator = evening.school.actor("school")
    evening.mark("Bia", PRESENT)
    with reading(coordinator) as session:
        standing = session.scalars(select(Attendance)).one()
    moved = {"session_id": key, "user_id": evening.keys[who]}
    opened = {"session_id": standing.session_id, "user_id": standing.user_id}
    ways: list[Callable[[Any], object]] = [
        lambda session: mark(session, key, evening.keys[who], PRESENT, seen=None),
        lambda session: check_in(session, key, evening.keys[who]),
        lambda session: write.create(session, Attendance, {**values, "status": PRESENT}),
        lambda session: write.update(session, Attendance, standing.id, moved, version=standing.row_version, opened=opened),
        lambda session: write.update_many(session, Attendance, [standing.id], moved),
    ]
    for way in ways:
        with pytest.raises(InvalidInput) as caught, unit_of_work(coordinator) as session:
            way(session)
        assert words(caught) == [told]
    assert evening.marks() == {"Bia": "present"}


def test_a_cancelled_session_takes_no_mark_and_no_correction_of_one(evening: Evening) -> None:
    evening.mark("Ana", PRESENT)
    with engine().begin() as connection:
        connection.exec_driver_sql("UPDATE sessions SET status = 'cancelled' WHERE id = ?", (evening.keys["six"],))
    with pytest.raises(InvalidInput) as caught:
        evening.mark("Bia", PRESENT)
    assert words(caught) == ["English A1 (Wed 4 Mar 18:00) was cancelled, so Bia Melo can't be marked."]
    with reading(evening.school.job) as session:
        key = session.scalars(select(Attendance.id)).one()
    with pytest.raises(InvalidInput), unit_of_work(evening.school.actor("school")) as session:
        write.update_many(session, Attendance, [key], {"status": ABSENT})
    assert not evening.sheet().is_open


def test_a_form_moves_the_session_on_and_empties_a_time_that_makes_no_sense(evening: Evening) -> None:
    coordinator = evening.school.actor("school")
    values = {"session_id": evening.keys["six"], "user_id": evening.keys["Ana"], "checked_in_at": evening.now}
    with pytest.raises(InvalidInput) as caught, unit_of_work(coordinator) as session:
        write.create(session, Attendance, {**values, "status": ABSENT})
    assert words(caught) == ["Only who was there has a time at which they came."]
    with unit_of_work(coordinator) as session:
        made = write.create(session, Attendance, {**values, "status": PRESENT}).id
    assert evening.status() is SessionStatus.IN_PROGRESS
    with unit_of_work(coordinator) as session:
        write.update_many(session, Attendance, [made], {"status": ABSENT})
    with reading(coordinator) as session:
        assert session.scalars(select(Attendance.checked_in_at)).one() is None


def test_a_mark_made_by_mistake_is_taken_back_by_whoever_made_it(evening: Evening) -> None:
    teacher = evening.school.actor("teacher")
    evening.mark("Bia", ABSENT)
    correction = evening.mark("Bia", PRESENT, seen=ABSENT)
    with unit_of_work(teacher) as session:
        done = mark_all_present(session, evening.keys["six"])
    with unit_of_work(teacher) as session:
        take_back(session, evening.keys["six"], [*done, correction])
    assert evening.marks() == {"Bia": "absent"}
    with engine().connect() as connection:
        assert not [fault for chain in integrity.verify(connection) for fault in chain.faults]


def test_nothing_of_anothers_is_taken_back_nor_what_changed_since_nor_after_ten_minutes(evening: Evening) -> None:
    taken = evening.mark("Ana", PRESENT)
    with pytest.raises(TooLate), unit_of_work(evening.school.actor("staff")) as session:
        take_back(session, evening.keys["six"], [taken])
    evening.at(18, 30)
    with pytest.raises(TooLate), unit_of_work(evening.school.actor("teacher")) as session:
        take_back(session, evening.keys["six"], [taken])
    later = evening.mark("Bia", PRESENT)
    evening.mark("Bia", LATE, seen=PRESENT, role="staff")
    with pytest.raises(MarkConflict), unit_of_work(evening.school.actor("teacher")) as session:
        take_back(session, evening.keys["six"], [later])
    assert evening.marks() == {"Ana": "present", "Bia": "late"}


def test_a_note_and_a_time_are_kept_and_a_strange_time_is_refused(evening: Evening) -> None:
    evening.mark("Ana", LATE)

    def note(version: int, notes: str, arrived: dt.time | None = None) -> None:
        with unit_of_work(evening.school.actor("teacher")) as session:
            describe(session, evening.keys["six"], evening.keys["Ana"], version=version, notes=notes, arrived=arrived)

    note(1, " The bus. ", dt.time(18, 5))
    found = next(each.mark for each in evening.sheet().lines if each.mark)
    assert (found.notes, found.checked_in_at) == ("The bus.", dt.datetime(2026, 3, 4, 18, 5, tzinfo=ZONE))
    with pytest.raises(InvalidInput) as caught:
        note(found.version, "", dt.time(7))
    assert [each.field for each in caught.value.problems] == ["arrived"]
    with pytest.raises(InvalidInput) as caught:
        note(found.version, "x" * 2001)
    assert [each.field for each in caught.value.problems] == ["notes"]
    with pytest.raises(EditConflict):
        note(1, "Another word.")


def test_check_in_knows_the_hour_and_the_schools_grace(evening: Evening) -> None:
    def come(who: str) -> service.CheckedIn:
        with unit_of_work(evening.school.actor("staff")) as session:
            return check_in(session, evening.keys["six"], evening.keys[who])

    first = come("Ana")
    assert (first.taken.status, first.class_name, first.room) == (PRESENT, "English A1", "Sala 1")
    assert first.expected == ("Bia Melo", "Caio Melo", "Sofia Lima")
    with pytest.raises(AlreadyHere):
        come("Ana")
    setting(evening.school.id, late_after_minutes=5)
    assert come("Bia").taken.status is LATE
    evening.mark("Caio", ABSENT)
    assert come("Caio").taken.former.status is ABSENT
    evening.at(19, 1)
    with pytest.raises(InvalidInput) as caught:
        come("Sofia")
    assert words(caught) == ["English A1 (Wed 4 Mar 18:00) is over: please mark Sofia Lima on its attendance sheet."]


def test_doors_open_when_the_school_says_so(evening: Evening) -> None:
    evening.at(17, 50)
    assert not evening.sheet().is_open
    with pytest.raises(InvalidInput):
        evening.mark("Ana", PRESENT)
    setting(evening.school.id, attendance_opens_minutes=15)
    assert evening.sheet().is_open
    evening.mark("Ana", PRESENT)


@pytest.mark.parametrize("role", ["teacher", "student", "parent", "owner"])
def test_nobody_marks_where_they_may_not(evening: Evening, role: str) -> None:
    key = evening.keys["foreign" if role == "teacher" else "six"]
    with pytest.raises(DomainError), unit_of_work(evening.school.actor(role)) as session:
        mark(session, key, evening.keys["Ana"], PRESENT, seen=None)
    assert evening.marks() == {}


def test_a_stranger_is_not_told_of_by_name(evening: Evening) -> None:
    with pytest.raises(NotFound):
        evening.mark("Eva", PRESENT)


def test_nonsense_keys_are_nobodys(evening: Evening) -> None:
    actor: Actor = evening.school.actor("teacher")
    with reading(actor) as session:
        assert sheet(session, "'; drop", evening.now) is None
        assert sheet(session, evening.keys["foreign"], evening.now) is None
    with pytest.raises(NotFound), unit_of_work(actor) as session:
        mark(session, "'; drop", "x", PRESENT, seen=None)
    with pytest.raises(NotFound), unit_of_work(actor) as session:  # nobody has marked Ana yet
        describe(session, evening.keys["six"], evening.keys["Ana"], version=1, notes="Came by bus.")
