"""Timetables by chance, and everything that is wrong with one, found the slow way: every pair of meetings, date by date."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, time, timedelta
from itertools import combinations
from random import Random

from domain.operations.clashes import Board, Clash, Group, Meeting

Told = tuple[str, frozenset[str], str]
"""A clash of two meetings as both ways of finding it tell it: its kind, the meetings' keys, whom or what they share."""

TERMS = ((date(2026, 2, 2), date(2026, 7, 3)), (date(2026, 8, 3), date(2026, 12, 11)))


def school(classes: int, slots: int, *, seed: int = 1) -> Board:
    """A large school's week: classes over two terms, a teacher for ten of them, a room for eight, twelve students each."""
    random = Random(seed)
    groups: dict[str, Group] = {}
    spans: dict[str, tuple[date, date]] = {}
    of_class: dict[str, tuple[str, str]] = {}
    for at in range(classes):
        key = f"class{at:05}"
        students = frozenset(f"student{random.randrange(classes * 10)}" for _each in range(12))
        room = f"room{random.randrange(max(1, classes // 8))}"
        groups[key] = Group(key, f"Class {at}", 12, room, len(students), students)
        spans[key], of_class[key] = random.choice(TERMS), (f"teacher{random.randrange(max(1, classes // 10))}", room)
    meetings = []
    for at in range(slots):
        key = f"class{at % classes:05}"
        start = 7 * 60 + 10 * random.randrange(85)
        hours = time(*divmod(start, 60)), time(*divmod(start + 50, 60))
        meetings.append(Meeting(f"slot{at:05}", key, random.randrange(1, 7), *hours, *of_class[key], *spans[key]))
    return Board(meetings, groups)


def told(found: Iterable[Clash]) -> set[Told]:
    """What the rules found of pairs, to be held beside `every_pair`."""
    return {
        (
            each.kind,
            frozenset(meeting.key for meeting in each.meetings),
            each.subjects["who"].key if "who" in each.subjects else "",
        )
        for each in found
    }


def every_pair(board: Board) -> Iterator[Told]:
    """The clashes of all pairs of meetings, each pair looked at by itself."""
    for one, other in combinations(board.meetings, 2):
        pair = frozenset((one.key, other.key))
        if not _at_once(one, other):
            continue
        if one.class_id == other.class_id:
            yield "class_twice", pair, ""
            continue
        if one.teacher is not None and one.teacher == other.teacher:
            yield "teacher_twice", pair, one.teacher
        if one.room is not None and one.room == other.room:
            yield "room_twice", pair, one.room
        for student in board.groups[one.class_id].students & board.groups[other.class_id].students:
            yield "student_twice", pair, student


def _at_once(one: Meeting, other: Meeting) -> bool:
    if one.day is None or one.day != other.day:
        return False
    if not (one.start < one.end and other.start < other.end and one.start < other.end and other.start < one.end):
        return False
    return bool(_dates(one) & _dates(other))


_known: dict[tuple[object, date, date], frozenset[date]] = defaultdict(frozenset)


def _dates(meeting: Meeting) -> frozenset[date]:
    """Every date on which a meeting is held."""
    asked = meeting.day, meeting.first, meeting.last
    if asked not in _known:
        days = [meeting.first + timedelta(days=at) for at in range((meeting.last - meeting.first).days + 1)]
        _known[asked] = frozenset(day for day in days if meeting.day in {day, day.isoweekday() % 7})
    return _known[asked]
