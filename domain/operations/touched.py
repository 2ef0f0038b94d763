"""What of a timetable a unit of work has touched, read from what it notes of its changes: pure, from values to values."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from domain.access.trail.writing import Change
from domain.operations.clashes import Clash
from domain.operations.enums import EnrollmentStatus, SessionStatus

TABLES = ("schedules", "classes", "enrollments", "rooms", "terms", "sessions")
TIMES = frozenset({"teacher_twice", "room_twice", "student_twice", "outside_term"})
# What a change of a column can newly clash with; any kind, where a class comes back to work.
OF_CLASS: dict[str, frozenset[str]] = {
    "teacher_id": frozenset({"teacher_twice"}),
    "room_id": frozenset({"room_twice", "room_seats", "room_students"}),
    "term_id": TIMES,
    "max_students": frozenset({"room_seats", "over_full"}),
}
ANY = TIMES | {
    "class_twice",
    "room_seats",
    "room_students",
    "over_full",
    "no_weekday",
    "ends_before",
    "closed_day",
    "outside_hours",
}
OF_ROOM = frozenset({"room_seats", "room_students"})
OF_ENROLMENT = frozenset({"room_students"})  # how many places there are is kept by `seats`
MEETING = frozenset({"class_id", "day_of_week", "start_time", "end_time"})
SESSION = frozenset({"class_id", "date", "start_time", "end_time", "teacher_id", "room_id"})
ENROLMENT = frozenset({"class_id", "user_id", "status"})


@dataclass
class Touched:
    """Keys of weekly meetings, sessions, enrolments, rooms and terms that may clash newly; by class, with what it may.

    `students`: by class and student, the enrolment that was touched.
    `left`: the days on which sessions were before they moved. `looked`: the classes whose week was looked at as a whole, and
    `days` the dates.
    """

    meetings: set[str] = field(default_factory=set)
    sessions: set[str] = field(default_factory=set)
    enrollments: set[str] = field(default_factory=set)
    rooms: set[str] = field(default_factory=set)
    terms: set[str] = field(default_factory=set)
    classes: dict[str, frozenset[str]] = field(default_factory=dict)
    students: dict[tuple[str, str], str] = field(default_factory=dict)
    left: set[str] = field(default_factory=set)
    looked: set[str] = field(default_factory=set)
    days: set[str] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.meetings or self.sessions or self.enrollments or self.rooms or self.terms or self.classes)

    def add(self, key: str, kinds: frozenset[str]) -> None:
        """A class that may newly have clashes of these kinds."""
        self.classes[key] = self.classes.get(key, frozenset()) | kinds

    def concerns(self, clash: Clash) -> bool:
        """Whether a clash may come from what was touched, rather than have been there before."""
        if any(each.key in self.meetings or each.key in self.sessions for each in clash.meetings):
            return True
        if any(clash.kind in self.classes.get(group, ()) for group in clash.groups):
            return True
        who = clash.subjects.get("who")
        return (
            clash.kind == "student_twice" and who is not None and any((group, who.key) in self.students for group in clash.groups)
        )

    def brought_by(self, clash: Clash) -> tuple[str, ...]:
        """The keys of what was touched that a clash may come from."""
        who = clash.subjects.get("who")
        found = {each.key for each in clash.meetings if each.key in self.meetings or each.key in self.sessions}
        found |= clash.groups & self.classes.keys()
        if who is not None:
            found |= {self.students[group, who.key] for group in clash.groups if (group, who.key) in self.students}
        if clash.kind in OF_ENROLMENT:
            found |= {key for (group, _student), key in self.students.items() if group in clash.groups}
        return tuple(sorted(found))


def touched_by(changes: Sequence[Change]) -> Touched:
    """What these changes touched. What was deleted clashes with nothing; of a weekly meeting its class is looked at again."""
    found = Touched()
    for change in changes:
        for record in change.records:
            before, after = _values(record.before), _values(record.after)
            if change.table == "schedules" and before.get("class_id"):
                found.add(before["class_id"], frozenset())
            if after:
                _note(found, change.table, record.key, before, after)
    return found


def _values(document: str | None) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(document)["values"] if document else {}
    return found


def _note(found: Touched, table: str, key: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    names = after.keys()
    if table == "schedules" and names & MEETING:
        found.meetings.add(key)
    elif table == "classes":
        _note_class(found, key, before, after)
    elif table == "enrollments" and names & ENROLMENT and after.get("status", EnrollmentStatus.ACTIVE) == EnrollmentStatus.ACTIVE:
        found.enrollments.add(key)
    elif table == "rooms" and before and "capacity" in names:
        found.rooms.add(key)
    elif table == "terms" and before and names & {"start_date", "end_date"}:
        found.terms.add(key)
    elif table == "sessions" and (names & SESSION or before.get("status") == SessionStatus.CANCELLED):
        found.sessions.add(key)
        found.left |= {before["date"]} if before.get("date") else set()


def _note_class(found: Touched, key: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    came_back = bool(before) and bool(after.get("is_active"))
    for name, kinds in OF_CLASS.items():
        if name in after:
            found.add(key, kinds)
    if came_back:
        found.add(key, ANY)
