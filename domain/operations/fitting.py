"""What doesn't fit in a timetable, as pure rules: a class into its room or its places, a meeting into the term or the hours."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from domain.kit.findings import Subject, Weight
from domain.kit.texts import N_
from domain.operations.clashes import (
    PAIR_RULES,
    Board,
    Clash,
    Group,
    Meeting,
    Rule,
    class_subject,
    has_day,
    said_day,
    terms_of,
)
from domain.operations.rules import is_nearly_full

NO_DAY = N_("{one}: a weekly meeting has no weekday.")
ENDS_BEFORE = N_("{one}: a meeting must end after it begins, on the same day ({hours}).")
OUTSIDE_TERM = N_("{day}: there is no such day in the term of {one}, which lasts from {first} to {last}.")
OUTSIDE_HOURS = N_("{day}: {one} meets {hours}, and the school is open {opening}.")
CLOSED_DAY = N_("{day}: {one} meets ({hours}), and the school is closed.")
ROOM_SEATS = N_("{one} has {places} places, and {room} only {seats} seats.")
ROOM_STUDENTS = N_("{one} has {taken} students, and {room} only {seats} seats.")
OVER_FULL = N_("{one} has {taken} students, and only {places} places.")
FULL = N_("{one} is full: all {places} places are taken.")
NEARLY_FULL = N_("{one} is nearly full: {taken} of {places} places are taken.")


def unclear_meetings(board: Board) -> Iterator[Clash]:
    """Meetings without a day, and those that end before they begin or on the next day."""
    for each in board.meetings:
        if each.day is None:
            yield _of_meeting(board, "no_weekday", NO_DAY, each, at="day_of_week")
        elif not each.takes_place:
            yield _of_meeting(board, "ends_before", ENDS_BEFORE, each, at="end_time")


def outside_the_term(board: Board) -> Iterator[Clash]:
    """Weekly meetings on a day that their term hasn't; and, as a mere word, dated ones outside it, as make-ups may be."""
    for each in board.meetings:
        if each.takes_place and not has_day(each):
            span = {"first": each.first, "last": each.last}
            found = _of_meeting(board, "outside_term", OUTSIDE_TERM, each, at="day_of_week", **span)
            yield replace(found, weight=Weight.WARNS) if isinstance(each.day, date) else found


def outside_the_hours(board: Board) -> Iterator[Clash]:
    """Meetings while the school is closed. A school that never said its hours is open always."""
    for each in board.meetings:
        if not each.takes_place or each.weekday is None:
            continue
        opening = board.hours.get(each.weekday)
        if board.closed & {each.day, each.weekday} or (board.hours and opening is None):
            yield _of_meeting(board, "closed_day", CLOSED_DAY, each, at="day_of_week")
        elif opening is not None and not (opening[0] <= each.start and each.end <= opening[1]):
            said = f"{opening[0]:%H:%M}–{opening[1]:%H:%M}"
            yield _of_meeting(board, "outside_hours", OUTSIDE_HOURS, each, at="start_time", opening=said)


def small_rooms(board: Board) -> Iterator[Clash]:
    """Classes whose room has fewer seats than they have places, or than they have students."""
    for group in board.groups.values():
        seats = board.seats.get(group.room) if group.room else None
        if seats is None:
            continue
        if group.places > seats:
            yield _of_group(board, "room_seats", ROOM_SEATS, group, at="room_id", seats=seats, places=group.places)
        if group.taken > seats:
            yield _of_group(board, "room_students", ROOM_STUDENTS, group, at="room_id", seats=seats, taken=group.taken)


def other_rooms(board: Board) -> Iterator[Clash]:
    """Meetings in another room than their class's, which has fewer seats than it has students."""
    for each in board.meetings:
        group = board.groups[each.class_id]
        seats = board.seats.get(each.room) if each.room and each.room != group.room else None
        if seats is not None and group.taken > seats and each.room:
            found = _of_meeting(board, "room_students", ROOM_STUDENTS, each, at="room_id", taken=group.taken, seats=seats)
            yield replace(found, subjects={**found.subjects, "room": Subject("rooms", each.room, board.names[each.room])})


def full_classes(board: Board) -> Iterator[Clash]:
    """Classes with more students than places; and, as a mere word, those that are full or nearly so."""
    for group in board.groups.values():
        taken, places = group.taken, group.places
        if taken > places:
            yield _of_group(board, "over_full", OVER_FULL, group, at="max_students", taken=taken, places=places)
        elif is_nearly_full(taken, places):
            said = FULL if taken == places else NEARLY_FULL
            found = _of_group(board, "nearly_full", said, group, at="max_students", taken=taken, places=places)
            yield replace(found, weight=Weight.WARNS)


FIT_RULES: tuple[Rule, ...] = (unclear_meetings, outside_the_term, outside_the_hours, small_rooms, other_rooms, full_classes)
RULES: tuple[Rule, ...] = (*PAIR_RULES, *FIT_RULES)


def clashes(board: Board) -> list[Clash]:
    """Everything that the rules find in a timetable."""
    return [each for rule in RULES for each in rule(board)]


def _of_meeting(board: Board, kind: str, source: str, meeting: Meeting, *, at: str, **params: Any) -> Clash:
    return Clash(
        kind,
        source,
        {"one": class_subject(board, meeting.class_id)},
        {"day": said_day(meeting.day), "hours": meeting.hours, **params},
        at=at,
        terms=terms_of([meeting]),
        meetings=(meeting,),
        groups=frozenset({meeting.class_id}),
    )


def _of_group(board: Board, kind: str, source: str, group: Group, *, at: str, **params: int) -> Clash:
    subjects = {"one": class_subject(board, group.key)}
    if "seats" in params and group.room:
        subjects["room"] = Subject("rooms", group.room, board.names.get(group.room, "…"))
    terms = "-".join(str(value) for _name, value in sorted(params.items()))
    return Clash(kind, source, subjects, params, at=at, terms=terms, groups=frozenset({group.key}))
