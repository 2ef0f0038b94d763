"""What can't be in a timetable, as pure rules: who or what would be in two places at once, and what doesn't fit where it is.

A meeting is weekly (its day is a weekday, within a span of dates) or dated (its day is a date); the same rules hold for both.
Pairs are found by a sweep: meetings are grouped by who or what they share and by day, sorted by their beginning, and each is
held beside those alone that begin before it ends.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from hashlib import sha256
from itertools import combinations
from typing import Any

from domain.kit.findings import Finding, Subject
from domain.kit.texts import N_
from domain.operations.rules import WEEKDAYS

Day = int | date
Pair = tuple["Meeting", "Meeting"]

TEACHER_TWICE = N_("{day}: {who} teaches {one} ({hours}) and {other} ({other_hours}).")
ROOM_TWICE = N_("{day}: {who} is taken by {one} ({hours}) and {other} ({other_hours}).")
STUDENT_TWICE = N_("{day}: {who} is in {one} ({hours}) and in {other} ({other_hours}).")
CLASS_TWICE = N_("{day}: {one} meets twice at the same time ({hours} and {other_hours}).")


@dataclass(frozen=True, slots=True)
class Meeting:
    """When and where a class meets and who teaches it. `day`: 0 for Sunday up to 6 for Saturday, or a date; None: not said.

    `first`, `last`: the days of the term, between which a weekly meeting recurs.
    """

    key: str
    class_id: str
    day: Day | None
    start: time
    end: time
    teacher: str | None = None
    room: str | None = None
    first: date = date.min
    last: date = date.max

    @property
    def takes_place(self) -> bool:
        """Whether it has a day, and ends after it begins."""
        return self.day is not None and self.start < self.end

    @property
    def weekday(self) -> int | None:
        """The weekday of its day."""
        return self.day.isoweekday() % 7 if isinstance(self.day, date) else self.day

    @property
    def hours(self) -> str:
        """From when to when, as everybody here writes it."""
        return f"{self.start.isoformat('minutes')}–{self.end.isoformat('minutes')}"

    @property
    def terms(self) -> str:
        """What a permit for it rests on: a dated meeting that keeps to its weekly hours has another day and is else the same."""
        return f"{self.class_id} {self.day} {self.hours} {self.teacher} {self.room}"

    def in_its_week(self) -> "Meeting":
        """The weekly meeting that a dated one would be an instance of."""
        return replace(self, day=self.weekday)


@dataclass(frozen=True, slots=True)
class Group:
    """A class as far as these rules know it: its name, places, room, how many are enrolled, and who of them is in others too."""

    key: str
    name: str
    places: int
    room: str | None = None
    taken: int = 0
    students: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Board:
    """A timetable: its meetings, the classes that they are of, and what teachers, students and rooms are called.

    `seats`: by room. `hours`: by weekday, from when to when the school is open; empty if it never said so. `closed`: the
    weekdays and dates on which it is closed.
    """

    meetings: Sequence[Meeting]
    groups: Mapping[str, Group]
    names: Mapping[str, str] = field(default_factory=dict)
    seats: Mapping[str, int] = field(default_factory=dict)
    hours: Mapping[int, tuple[time, time]] = field(default_factory=dict)
    closed: frozenset[Day] = frozenset()


@dataclass(frozen=True)
class Clash(Finding):
    """A finding about meetings, or (with none) about a class as a whole. `groups`: the classes that it is about."""

    meetings: tuple[Meeting, ...] = ()
    groups: frozenset[str] = frozenset()

    @property
    def permitted_by(self) -> frozenset[str]:
        """The keys under which it may have been permitted: its own, and that of the weekly one that a dated one repeats."""
        weekly = replace(self, terms=terms_of([each.in_its_week() for each in self.meetings])) if self.meetings else self
        return frozenset({self.key, weekly.key})


Rule = Callable[[Board], Iterable[Clash]]


def terms_of(meetings: Sequence[Meeting]) -> str:
    """What a finding about these meetings rests on: the day, and letters that change with an hour, a teacher or a room."""
    told = sha256("\n".join(sorted(each.terms for each in meetings)).encode()).hexdigest()[:16]
    return f"{meetings[0].day}.{told}"


def teachers_twice(board: Board) -> Iterator[Clash]:
    """Teachers of two classes at overlapping times."""
    for one, other in _pairs((each.teacher, each) for each in board.meetings):
        yield _clash(board, "teacher_twice", TEACHER_TWICE, one, other, who=("users", one.teacher), at="teacher_id")


def rooms_twice(board: Board) -> Iterator[Clash]:
    """Rooms in which two classes meet at overlapping times."""
    for one, other in _pairs((each.room, each) for each in board.meetings):
        yield _clash(board, "room_twice", ROOM_TWICE, one, other, who=("rooms", one.room), at="room_id")


def classes_twice(board: Board) -> Iterator[Clash]:
    """Classes that meet twice at overlapping times."""
    for one, other in _pairs(((each.class_id, each) for each in board.meetings), within=True):
        yield _clash(board, "class_twice", CLASS_TWICE, one, other, at="start_time")


def students_twice(board: Board) -> Iterator[Clash]:
    """Students of two classes that meet at overlapping times."""
    of_class: dict[str, dict[Day, list[Meeting]]] = {}
    for each in board.meetings:
        if each.day is not None and each.takes_place:
            of_class.setdefault(each.class_id, {}).setdefault(each.day, []).append(each)
    for (first, second), students in _sharing(board.groups[key] for key in of_class).items():
        for day in of_class[first].keys() & of_class[second].keys():
            for one, other in _overlaps(of_class[first][day], of_class[second][day]):
                for student in students:
                    yield _clash(board, "student_twice", STUDENT_TWICE, one, other, who=("users", student), at="start_time")


PAIR_RULES: tuple[Rule, ...] = (teachers_twice, rooms_twice, classes_twice, students_twice)


def _pairs(shared: Iterable[tuple[str | None, Meeting]], *, within: bool = False) -> Iterator[Pair]:
    """The pairs that share what they come with and a day, and overlap: of two classes, or (`within`) of one."""
    by_place: dict[tuple[str, Day], list[Meeting]] = {}
    for key, each in shared:
        if key is not None and each.day is not None and each.takes_place:
            by_place.setdefault((key, each.day), []).append(each)
    for some in by_place.values():
        if len(some) == 1:
            continue
        some.sort(key=_beginning)
        for at, one in enumerate(some, 1):
            for other in some[at:]:
                if other.start >= one.end:
                    break
                if (one.class_id == other.class_id) == within and share_a_date(one, other):
                    yield one, other


def _beginning(meeting: Meeting) -> time:
    return meeting.start


def _overlaps(some: Sequence[Meeting], others: Sequence[Meeting]) -> Iterator[Pair]:
    for one in some:
        for other in others:
            if one.start < other.end and other.start < one.end and share_a_date(one, other):
                yield one, other


def _sharing(groups: Iterable[Group]) -> dict[tuple[str, str], list[str]]:
    """Pairs of classes, and the students whom they share."""
    classes: dict[str, list[str]] = {}
    for group in groups:
        for student in group.students:
            classes.setdefault(student, []).append(group.key)
    shared: dict[tuple[str, str], list[str]] = {}
    for student, keys in classes.items():
        if len(keys) > 1:
            for pair in combinations(keys, 2):
                shared.setdefault(pair, []).append(student)
    return shared


def share_a_date(one: Meeting, other: Meeting) -> bool:
    """Whether two meetings of the same day are ever held on the same date: their terms have such a weekday in common."""
    if one.first == other.first and one.last == other.last:
        return has_day(one)
    both = replace(one, first=max(one.first, other.first), last=min(one.last, other.last))
    return has_day(both)


def has_day(meeting: Meeting) -> bool:
    """Whether a meeting's day comes between the first and the last day of its term."""
    day, first, last = meeting.day, meeting.first, meeting.last
    if day is None or first > last:
        return False
    if isinstance(day, date):
        return first <= day <= last
    return last - first >= timedelta(days=(day - first.isoweekday()) % 7)


def _clash(board: Board, kind: str, source: str, *pair: Meeting, at: str, who: tuple[str, str | None] | None = None) -> Clash:
    one, other = sorted(pair, key=lambda each: (each.start, each.end, each.class_id, each.key))
    subjects = {"one": class_subject(board, one.class_id), "other": class_subject(board, other.class_id)}
    if who is not None and who[1] is not None:
        subjects["who"] = Subject(who[0], who[1], board.names.get(who[1], "…"))
    params = {"day": said_day(one.day), "hours": one.hours, "other_hours": other.hours}
    return Clash(
        kind,
        source,
        subjects,
        params,
        at=at,
        terms=terms_of(pair),
        meetings=(one, other),
        groups=frozenset({one.class_id, other.class_id}),
    )


def class_subject(board: Board, key: str) -> Subject:
    """A class as a finding names it."""
    return Subject("classes", key, board.groups[key].name)


def said_day(day: Day | None) -> Any:
    """A day as a finding's place takes it: a weekday's name to be translated, or a date."""
    return (WEEKDAYS[day],) if isinstance(day, int) else day
