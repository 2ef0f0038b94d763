"""The pure rules of enrolling, tried by chance: seats, the order of a waiting list, a score's level."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from domain.kit.findings import Subject
from domain.operations.enrolling import (
    Seats,
    Waiting,
    Wish,
    against_enrolling,
    against_waiting,
    in_order,
    lapsed,
    next_ones,
    offers_too_many,
    recommended,
)

TODAY = dt.date(2026, 3, 2)
MOMENT = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
WHO, KLASS = Subject("users", "s", "Sofia"), Subject("classes", "c", "English A1")

seats = st.builds(Seats, places=st.integers(1, 20), taken=st.integers(0, 25), held=st.integers(0, 5))
moments = st.integers(-90, 90).map(lambda days: MOMENT + dt.timedelta(days))
lines = st.lists(
    st.builds(Waiting, key=st.uuids().map(str), user_id=st.uuids().map(str), since=moments, until=st.none() | moments),
    max_size=12,
    unique_by=lambda each: each.key,
)
wishes = st.builds(
    Wish,
    who=st.just(WHO),
    klass=st.just(KLASS),
    seats=seats,
    is_active=st.booleans(),
    last=st.dates(dt.date(2026, 1, 1), dt.date(2026, 6, 1)),
    is_student=st.booleans(),
    is_in=st.booleans(),
    waits=st.booleans(),
)


@given(wishes)
def test_one_may_enrol_just_where_the_class_runs_has_a_seat_and_one_is_not_in_it(wish: Wish) -> None:
    has_seat = wish.seats.taken + wish.seats.held < wish.seats.places
    may = wish.is_student and wish.is_active and wish.last >= TODAY and not wish.is_in and has_seat
    assert (not against_enrolling(wish, TODAY)) == may
    assert {each.kind for each in against_enrolling(wish, TODAY)} <= {
        "not_a_student",
        "class_not_active",
        "term_over",
        "in_it_already",
        "full",
        "all_promised",
    }


@given(wishes)
def test_nobody_both_enrols_and_waits_for_want_of_a_seat(wish: Wish) -> None:
    assert against_enrolling(wish, TODAY) or against_waiting(wish, TODAY)


def test_findings_name_the_class_and_count_its_seats() -> None:
    wish = Wish(WHO, KLASS, Seats(12, 11, 1), is_active=True, last=TODAY)
    (found,) = against_enrolling(wish, TODAY)
    assert found.message == "English A1 has no free place: of 12, 11 are taken and 1 offered to the waiting list."
    (found,) = against_enrolling(Wish(WHO, KLASS, Seats(12, 12), is_active=True, last=TODAY), TODAY)
    assert found.message == "English A1 is full: 12 of 12 places are taken."
    assert found.subjects["klass"] == KLASS
    assert not against_enrolling(Wish(WHO, KLASS, Seats(12, 11), is_active=True, last=TODAY), TODAY)


@given(lines, seats)
def test_seats_are_offered_in_the_order_in_which_people_came_and_never_more_than_there_are(
    line: list[Waiting], free: Seats
) -> None:
    chosen = next_ones(line, free)
    assert len(chosen) <= max(free.places - free.taken - free.held, 0)
    left = [each for each in line if each.until is None and each not in chosen]
    assert all(each.until is None for each in chosen)
    assert all((one.since, one.key) < (other.since, other.key) for one in chosen for other in left)
    assert not left or len(chosen) == free.free


@given(lines, seats)
def test_only_what_is_too_much_is_taken_back_and_from_the_latest(line: list[Waiting], some: Seats) -> None:
    offered = [each for each in line if each.until is not None]
    back = offers_too_many(line, some)
    assert len(back) == min(some.over, len(offered))
    kept = [each for each in offered if each not in back]
    assert all((one.since, one.key) < (other.since, other.key) for one in kept for other in back)


@given(lines)
def test_an_offer_lapses_at_its_end_and_whoever_has_one_stands_first(line: list[Waiting]) -> None:
    assert lapsed(line, MOMENT) == [each for each in line if each.until is not None and each.until <= MOMENT]
    order = in_order(line)
    assert sorted(map(repr, order)) == sorted(map(repr, line))
    assert [each.until is None for each in order] == sorted(each.until is None for each in order)


@given(st.dictionaries(st.sampled_from(["A1", "A2", "B1", "B2", "C1"]), st.integers(0, 100)), st.integers(0, 100))
def test_a_score_recommends_the_highest_level_that_it_reaches(thresholds: dict[str, int], score: int) -> None:
    level = recommended(thresholds, score)
    reached = [low for low in thresholds.values() if low <= score]
    assert (level is None) == (not reached)
    assert level is None or thresholds[level] == max(reached)
