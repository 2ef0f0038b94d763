"""What clashes in a timetable, by the rules alone."""

from dataclasses import replace
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.kit.findings import Weight
from domain.kit.texts import set_language
from domain.operations.clashes import PAIR_RULES, Board, Clash, Group, Meeting
from domain.operations.fitting import clashes
from tests.factories.timetables import every_pair, told

MONDAY, TUESDAY, SATURDAY, SUNDAY = 1, 2, 6, 0
FIRST, LAST = date(2026, 2, 2), date(2026, 7, 3)  # a Monday and a Friday
ENGLISH = Group("english", "English A1", 12, "room-1", 2, frozenset({"ana", "bia"}))
FRENCH = Group("french", "French B1", 10, "room-2", 2, frozenset({"bia", "caio"}))
NAMES = {"tomas": "Tomás Lima", "ines": "Inês Alves", "room-1": "Sala 1", "room-2": "Sala 2", "bia": "Bia Souza"}


def meeting(of: Group, day: int | date | None, start: str, end: str, teacher: str = "", **more: object) -> Meeting:
    key = f"{of.key} {day} {start}"
    hours = time.fromisoformat(start), time.fromisoformat(end)
    made = Meeting(key, of.key, day, *hours, teacher or of.key + "'s", of.room, FIRST, LAST)
    return replace(made, **more)  # type: ignore[arg-type]


def board(*meetings: Meeting, groups: tuple[Group, ...] = (ENGLISH, FRENCH), **more: object) -> Board:
    made = Board(meetings, {each.key: each for each in groups}, NAMES, {"room-1": 12, "room-2": 12})
    return replace(made, **more)  # type: ignore[arg-type]


ALONE = replace(FRENCH, students=frozenset({"caio"}))  # nobody of it is in another class


def kinds(found: list[Clash]) -> list[str]:
    return [each.kind for each in found if each.weight is Weight.REFUSES]


def test_a_teacher_of_two_classes_at_once_is_named_with_both() -> None:
    week = board(
        meeting(ENGLISH, MONDAY, "18:00", "19:20", "tomas"),
        meeting(ALONE, MONDAY, "19:00", "20:00", "tomas"),
        groups=(ENGLISH, ALONE),
    )
    [found] = clashes(week)
    assert found.message == "Monday: Tomás Lima teaches English A1 (18:00–19:20) and French B1 (19:00–20:00)."
    assert {each.table: each.key for each in found.subjects.values()} == {"classes": "french", "users": "tomas"}
    assert found.subjects["one"].key == "english"
    set_language("pt_BR")
    assert found.message == "Segunda-feira: Tomás Lima dá English A1 (18:00–19:20) e French B1 (19:00–20:00)."


def test_a_room_that_is_taken_twice_is_named_with_both() -> None:
    week = board(
        meeting(ENGLISH, MONDAY, "18:00", "19:20"),
        meeting(ALONE, MONDAY, "18:00", "19:00", room="room-1"),
        groups=(ENGLISH, ALONE),
    )
    [found] = clashes(week)
    assert found.message == "Monday: Sala 1 is taken by French B1 (18:00–19:00) and English A1 (18:00–19:20)."


def test_a_student_in_two_classes_at_once_is_named_with_both() -> None:
    [found] = clashes(board(meeting(ENGLISH, MONDAY, "18:00", "19:20"), meeting(FRENCH, MONDAY, "19:00", "20:00")))
    assert found.message == "Monday: Bia Souza is in English A1 (18:00–19:20) and in French B1 (19:00–20:00)."


def test_a_class_that_meets_twice_at_once_is_one_finding_and_no_clash_of_its_teacher() -> None:
    [found] = clashes(board(meeting(ENGLISH, MONDAY, "18:00", "19:20"), meeting(ENGLISH, MONDAY, "19:00", "20:00")))
    assert found.message == "Monday: English A1 meets twice at the same time (18:00–19:20 and 19:00–20:00)."


@pytest.mark.parametrize(
    "other",
    [
        meeting(FRENCH, MONDAY, "19:20", "20:00", "tomas"),  # one after the other
        meeting(FRENCH, TUESDAY, "18:00", "19:20", "tomas"),  # on another day
        meeting(FRENCH, MONDAY, "18:00", "19:20", "tomas", first=date(2026, 8, 3), last=date(2026, 12, 11)),  # in another term
        meeting(FRENCH, MONDAY, "18:00", "19:20", "tomas", first=date(2026, 6, 30), last=date(2026, 9, 1)),  # no Monday in common
        meeting(FRENCH, date(2026, 3, 2), "18:00", "19:20", "tomas"),  # a date is held beside dates
    ],
)
def test_what_is_never_at_the_same_time_clashes_with_nothing(other: Meeting) -> None:
    assert clashes(board(meeting(ENGLISH, MONDAY, "18:00", "19:20", "tomas"), other)) == []


def test_terms_that_share_one_such_day_are_enough() -> None:
    other = meeting(ALONE, MONDAY, "18:00", "19:20", "tomas", first=date(2026, 6, 29), last=date(2026, 9, 1))
    week = board(meeting(ENGLISH, MONDAY, "18:00", "19:20", "tomas"), other, groups=(ENGLISH, ALONE))
    assert kinds(clashes(week)) == ["teacher_twice"]


def test_the_same_rules_hold_for_dated_meetings() -> None:
    """A session moved onto another, or one that a substitute takes who teaches then already."""
    day = date(2026, 3, 4)
    week = board(
        meeting(ENGLISH, day, "18:00", "19:20", "tomas"),
        meeting(FRENCH, day, "19:00", "20:00", "tomas", room="room-1"),
        meeting(FRENCH, date(2026, 3, 5), "19:00", "20:00", "tomas", room="room-1"),
    )
    assert kinds(clashes(week)) == ["teacher_twice", "room_twice", "student_twice"]
    assert clashes(week)[0].message.startswith("Wed 4 Mar: Tomás Lima teaches English A1")


def test_a_meeting_needs_a_weekday_and_an_end_after_its_beginning_on_the_same_day() -> None:
    week = board(
        meeting(ENGLISH, None, "18:00", "19:20"),
        meeting(ENGLISH, MONDAY, "19:20", "18:00"),
        meeting(ENGLISH, TUESDAY, "23:00", "00:30"),
        meeting(ENGLISH, SATURDAY, "18:00", "18:00"),
    )
    assert kinds(clashes(week)) == ["no_weekday", "ends_before", "ends_before", "ends_before"]


def test_a_meeting_lies_on_a_day_of_its_term() -> None:
    short = {"first": date(2026, 7, 6), "last": date(2026, 7, 10)}  # Monday to Friday
    week = board(meeting(ENGLISH, SATURDAY, "09:00", "12:00", **short), meeting(FRENCH, MONDAY, "09:00", "12:00", **short))
    [found] = clashes(week)
    assert found.message == (
        "Saturday: there is no such day in the term of English A1, which lasts from Mon 6 Jul to Fri 10 Jul."
    )


def test_a_session_after_its_term_is_only_a_word() -> None:
    [found] = clashes(board(meeting(ENGLISH, date(2026, 7, 6), "09:00", "12:00")))
    assert (found.kind, found.weight) == ("outside_term", Weight.WARNS)


def test_a_meeting_lies_within_the_hours_that_the_school_states() -> None:
    hours = {MONDAY: (time(8), time(18)), TUESDAY: (time(8), time(22))}
    week = board(
        meeting(ENGLISH, MONDAY, "17:00", "18:30"),
        meeting(ENGLISH, TUESDAY, "17:00", "18:30"),
        meeting(ENGLISH, SATURDAY, "09:00", "10:00"),
        hours=hours,
    )
    assert [each.message for each in clashes(week)] == [
        "Monday: English A1 meets 17:00–18:30, and the school is open 08:00–18:00.",
        "Saturday: English A1 meets (09:00–10:00), and the school is closed.",
    ]
    assert clashes(replace(week, hours={})) == []


def test_nobody_meets_on_closed_weekdays_and_dates() -> None:
    holiday = date(2026, 4, 21)
    week = board(
        meeting(ENGLISH, SUNDAY, "09:00", "10:00"),
        meeting(ENGLISH, holiday, "09:00", "10:00"),
        meeting(ENGLISH, date(2026, 4, 22), "09:00", "10:00"),
        meeting(ENGLISH, date(2026, 4, 26), "09:00", "10:00"),
        closed=frozenset({SUNDAY, holiday}),
    )
    assert kinds(clashes(week)) == ["closed_day", "closed_day", "closed_day"]


def test_a_class_fits_into_its_room_and_its_places() -> None:
    large = replace(ENGLISH, places=14, taken=13)
    assert [each.message for each in clashes(board(groups=(large,)))][:2] == [
        "English A1 has 14 places, and Sala 1 only 12 seats.",
        "English A1 has 13 students, and Sala 1 only 12 seats.",
    ]
    full = replace(ENGLISH, places=10, taken=11, room=None)
    assert [each.message for each in clashes(board(groups=(full,)))] == ["English A1 has 11 students, and only 10 places."]


def test_a_class_that_is_nearly_full_is_only_a_word() -> None:
    [found] = clashes(board(groups=(replace(ENGLISH, taken=12),)))
    assert (found.weight, found.message) == (Weight.WARNS, "English A1 is full: all 12 places are taken.")


def test_a_key_ends_when_either_side_changes_its_time_teacher_or_room() -> None:
    one, other = meeting(ENGLISH, MONDAY, "18:00", "19:20", "tomas"), meeting(ALONE, MONDAY, "19:00", "20:00", "tomas")
    groups = (ENGLISH, ALONE)
    [found] = clashes(board(one, other, groups=groups))
    [again] = clashes(board(other, replace(one, key="made again", last=date(2026, 7, 1)), groups=groups))
    assert again.key == found.key
    changed = [
        replace(one, day=TUESDAY),
        replace(one, start=time(17)),
        replace(one, end=time(19, 30)),
        replace(one, room="room-9"),
    ]
    keys = [clashes(board(each, replace(other, day=each.day), groups=groups))[0].key for each in changed]
    both = [replace(each, teacher="ines") for each in (one, other)]
    keys.append(clashes(board(*both, groups=groups))[0].key)
    assert len({found.key, *keys}) == 6


def test_what_is_permitted_each_week_is_permitted_on_its_dates_alone() -> None:
    weekly = [meeting(ENGLISH, MONDAY, "18:00", "19:20", "tomas"), meeting(ALONE, MONDAY, "19:00", "20:00", "tomas")]
    [standing] = clashes(board(*weekly, groups=(ENGLISH, ALONE)))
    dated = [replace(each, day=date(2026, 3, 2)) for each in weekly]
    [found] = clashes(board(*dated, groups=(ENGLISH, ALONE)))
    assert found.permitted_by == {found.key, standing.key}
    assert found.key != standing.key
    moved = [replace(each, day=date(2026, 3, 3)) for each in weekly]
    assert standing.key not in clashes(board(*moved, groups=(ENGLISH, ALONE)))[0].permitted_by


# By chance: the sweep finds what looking at every pair finds, no more and no less.

_HOURS = st.integers(0, 12).map(lambda at: time(8 + at // 4, at % 4 * 15))
_SPANS = st.sampled_from(
    [(FIRST, LAST), (date(2026, 6, 30), date(2026, 7, 9)), (date(2026, 7, 4), date(2026, 7, 8)), (LAST, FIRST)]
)
_DAYS = st.one_of(st.none(), st.integers(0, 6), st.sampled_from([date(2026, 7, 1), date(2026, 7, 6)]))


@st.composite
def _boards(draw: st.DrawFn) -> Board:
    keys = [f"class{at}" for at in range(draw(st.integers(1, 6)))]
    students = st.frozensets(st.sampled_from(["ana", "bia", "caio", "davi"]), max_size=3)
    groups = {key: Group(key, key, 12, None, 0, draw(students)) for key in keys}
    someone = st.sampled_from([None, "one", "two", "three"])
    rows = st.tuples(st.sampled_from(keys), _DAYS, _HOURS, _HOURS, someone, someone, _SPANS)
    found = draw(st.lists(rows, max_size=14))
    return Board(
        [Meeting(f"m{at}", *each, *span) for at, (*each, span) in enumerate(found)],  # type: ignore[arg-type]
        groups,
    )


@given(_boards())
def test_the_sweep_agrees_with_every_pair(week: Board) -> None:
    found = [each for rule in PAIR_RULES for each in rule(week)]
    assert told(found) == set(every_pair(week))
    assert len(told(found)) == len(found)


@given(_boards())
def test_the_order_of_meetings_changes_neither_findings_nor_keys(week: Board) -> None:
    def said(some: Board) -> list[tuple[str, str]]:
        return sorted((each.key, each.message) for each in clashes(some))

    assert said(replace(week, meetings=list(reversed(week.meetings)))) == said(week)
