"""Pure rules of attendance: who may be marked in which session, when someone came, what a mark makes of a session.

Times here are those on the school's wall, without a zone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from domain.kit.errors import InvalidInput, Problem
from domain.kit.findings import Finding, Subject
from domain.kit.formats import show_day, show_time
from domain.kit.texts import N_
from domain.operations.enums import AttendanceStatus, SessionStatus

LATE_SETTING, OPENS_SETTING = "late_after_minutes", "attendance_opens_minutes"
LONGEST = 120  # minutes that either setting may say
ARRIVED = "arrived"
NOT_BEGUN = N_("{session} hasn't begun yet, so {student} can't be marked.")
CANCELLED = N_("{session} was cancelled, so {student} can't be marked.")
NEVER = N_("{student} was never enrolled in the class of {session}.")
TOO_EARLY = N_("{student} joined the class on {day}, after {session}.")
LEFT = N_("{student} left the class on {day}, before {session}.")
OUTSIDE = N_("Someone late came after {start}, and by {end}.")


@dataclass(frozen=True)
class Terms:
    """What a school's settings say: for how long nobody is late, and how long before its beginning a session takes marks."""

    late_after: timedelta = timedelta(minutes=10)
    opens_before: timedelta = timedelta(0)


def terms_of(settings: Mapping[str, Any] | None) -> Terms:
    """The terms in a school's settings; what makes no sense there is left out."""
    said = settings or {}

    def minutes(name: str, usual: timedelta) -> timedelta:
        value = said.get(name)
        fits = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LONGEST
        return timedelta(minutes=value) if fits else usual  # type: ignore[arg-type]

    return Terms(minutes(LATE_SETTING, Terms.late_after), minutes(OPENS_SETTING, Terms.opens_before))


@dataclass(frozen=True)
class Meeting:
    """A session as these rules see it."""

    id: str
    class_name: str
    date: date
    start: time
    end: time
    status: SessionStatus

    @property
    def begins(self) -> datetime:
        return datetime.combine(self.date, self.start)

    @property
    def ends(self) -> datetime:
        return datetime.combine(self.date, self.end)

    @property
    def subject(self) -> Subject:
        """The session as a finding names it."""
        return Subject("sessions", self.id, f"{self.class_name} ({show_day(self.date)} {show_time(self.start)})")


@dataclass(frozen=True)
class Stay:
    """The days of one enrolment: from its first to its last, None while it lasts."""

    first: date
    last: date | None = None


@dataclass(frozen=True)
class Student:
    """Someone who is to be marked: key, name, and when they were in the session's class."""

    id: str
    name: str
    stays: tuple[Stay, ...] = ()

    def was_in_class(self, day: date) -> bool:
        """Whether they were enrolled that day. Who left on it was still there."""
        return any(each.first <= day and (each.last is None or day <= each.last) for each in self.stays)


def is_open(meeting: Meeting, wall: datetime, terms: Terms) -> bool:
    """Whether marks may be taken by now, as far as the clock decides it."""
    return wall >= meeting.begins - terms.opens_before


def against(meeting: Meeting, students: Iterable[Student], wall: datetime, terms: Terms) -> list[Finding]:
    """What stands against marking these students in this session, naming both."""
    found = []
    is_cancelled, may_begin = meeting.status is SessionStatus.CANCELLED, is_open(meeting, wall, terms)
    for student in students:
        if not is_cancelled and may_begin and student.was_in_class(meeting.date):
            continue  # nothing is named for those of whom there is nothing to say: an import asks of a hundred thousand
        subjects = {"student": Subject("users", student.id, student.name), "session": meeting.subject}
        if is_cancelled:
            found.append(Finding("attendance_cancelled", CANCELLED, subjects, at="session_id"))
        elif not may_begin:
            found.append(Finding("attendance_not_begun", NOT_BEGUN, subjects, at="session_id"))
        if not student.was_in_class(meeting.date):
            found.append(_not_enrolled(student, meeting, subjects))
    return found


def _not_enrolled(student: Student, meeting: Meeting, subjects: Mapping[str, Subject]) -> Finding:
    """Why someone wasn't in the class that day, by the enrolment that comes nearest to it."""
    ended = [each.last for each in student.stays if each.last and each.last < meeting.date]
    if ended:
        return Finding("attendance_left", LEFT, subjects, {"day": max(ended)}, at="user_id")
    if student.stays:
        first = min(each.first for each in student.stays)
        return Finding("attendance_too_early", TOO_EARLY, subjects, {"day": first}, at="user_id")
    return Finding("attendance_never", NEVER, subjects, at="user_id")


def on_arrival(meeting: Meeting, wall: datetime, terms: Terms) -> AttendanceStatus:
    """What someone is who comes in now."""
    return AttendanceStatus.LATE if wall > meeting.begins + terms.late_after else AttendanceStatus.PRESENT


def arrival(
    status: AttendanceStatus,
    meeting: Meeting,
    wall: datetime,
    terms: Terms,
    *,
    before: datetime | None = None,
    given: time | None = None,
) -> datetime | None:
    """When someone who is marked so came; None for who didn't.

    `before`: what was noted until now; `given`: what someone says who marks them late (InvalidInput at `arrived` if that can't
    be). Who is present came in time, be it noted later; who is late came when that is noted, or, noted afterwards, once they
    counted as late.
    """
    in_time = meeting.begins + terms.late_after
    if status is AttendanceStatus.PRESENT:
        kept = before if before is not None else wall
        return kept if kept <= in_time else meeting.begins
    if status is not AttendanceStatus.LATE:
        return None
    if given is not None:
        return _given(meeting, given)
    if before is not None and before > meeting.begins:
        return before
    return wall if meeting.begins < wall <= meeting.ends else min(in_time + timedelta(minutes=1), meeting.ends)


def _given(meeting: Meeting, given: time) -> datetime:
    came = datetime.combine(meeting.date, given)
    if not meeting.begins < came <= meeting.ends:
        raise InvalidInput([Problem(ARRIVED, OUTSIDE, {"start": meeting.start, "end": meeting.end})])
    return came


def after_a_mark(meeting: Meeting, wall: datetime) -> SessionStatus:
    """What a session is once somebody has been marked in it: going on until its end, held after it."""
    if meeting.status not in {SessionStatus.SCHEDULED, SessionStatus.IN_PROGRESS}:
        return meeting.status
    return SessionStatus.COMPLETED if wall >= meeting.ends else SessionStatus.IN_PROGRESS


@dataclass(frozen=True)
class Tally:
    """How many marks of each kind. `there` holds those who came late too."""

    there: int = 0
    late: int = 0
    absent: int = 0
    excused: int = 0

    @property
    def rate(self) -> float | None:
        """The share of those who were there, from 0 to 1; excused ones don't count. None where nobody counts."""
        counted = self.there + self.absent
        return self.there / counted if counted else None

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.there + other.there, self.late + other.late, self.absent + other.absent, self.excused + other.excused)


def total(tallies: Sequence[Tally]) -> Tally:
    """Many tallies as one."""
    return sum(tallies, Tally())
