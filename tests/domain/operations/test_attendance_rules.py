"""Who may be marked when, when someone came, what a mark makes of a session: rules on plain values."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.kit.errors import InvalidInput
from domain.operations.attendance_rules import (
    Meeting,
    Stay,
    Student,
    Tally,
    Terms,
    after_a_mark,
    against,
    arrival,
    on_arrival,
    terms_of,
    total,
)
from domain.operations.enums import AttendanceStatus, SessionStatus

PRESENT, ABSENT, LATE, EXCUSED = AttendanceStatus
DAY = dt.date(2026, 3, 4)
MEETING = Meeting("s", "English A1", DAY, dt.time(18), dt.time(19), SessionStatus.SCHEDULED)
TERMS = Terms()
HERE = Student("u", "Sofia Lima", (Stay(dt.date(2026, 2, 2)),))

moments = st.builds(dt.datetime.combine, st.dates(dt.date(2026, 3, 1), dt.date(2026, 3, 8)), st.times())
spans = st.integers(0, 120).map(lambda count: dt.timedelta(minutes=count))
terms = st.builds(Terms, spans, spans)
days = st.dates(dt.date(2026, 2, 25), dt.date(2026, 3, 10))
stays = st.builds(lambda first, length: Stay(first, first + dt.timedelta(days=length)), days, st.integers(0, 9))


def at(clock: str, day: dt.date = DAY) -> dt.datetime:
    return dt.datetime.combine(day, dt.time.fromisoformat(clock))


def kinds(meeting: Meeting, student: Student, moment: dt.datetime, said: Terms = TERMS) -> list[str]:
    return [each.kind for each in against(meeting, [student], moment, said)]


def test_a_session_that_goes_on_takes_marks_of_who_is_enrolled() -> None:
    assert kinds(MEETING, HERE, at("18:00")) == []


@pytest.mark.parametrize(
    ("student", "moment", "told"),
    [
        (HERE, at("17:59"), "English A1 (Wed 4 Mar 18:00) hasn't begun yet, so Sofia Lima can't be marked."),
        (
            Student("u", "Rui", (Stay(dt.date(2026, 2, 2), dt.date(2026, 3, 3)),)),
            at("18:30"),
            "Rui left the class on Tue 3 Mar, before English A1 (Wed 4 Mar 18:00).",
        ),
        (
            Student("u", "Rui", (Stay(dt.date(2026, 3, 5)),)),
            at("18:30"),
            "Rui joined the class on Thu 5 Mar, after English A1 (Wed 4 Mar 18:00).",
        ),
        (Student("u", "Rui"), at("18:30"), "Rui was never enrolled in the class of English A1 (Wed 4 Mar 18:00)."),
    ],
)
def test_what_is_refused_names_the_student_and_the_session(student: Student, moment: dt.datetime, told: str) -> None:
    [found] = against(MEETING, [student], moment, TERMS)
    assert found.message == told
    assert {each.table for each in found.subjects.values()} == {"users", "sessions"}


def test_a_cancelled_session_takes_no_marks_however_late() -> None:
    cancelled = Meeting("s", "English A1", DAY, dt.time(18), dt.time(19), SessionStatus.CANCELLED)
    assert kinds(cancelled, HERE, at("12:00", dt.date(2026, 4, 1))) == ["attendance_cancelled"]


def test_a_school_may_take_marks_some_minutes_before() -> None:
    early = Terms(opens_before=dt.timedelta(minutes=15))
    assert kinds(MEETING, HERE, at("17:45"), early) == []
    assert kinds(MEETING, HERE, at("17:44"), early) == ["attendance_not_begun"]


@given(st.lists(stays, max_size=3), moments, terms)
def test_someone_may_be_marked_just_when_a_stay_holds_the_day_and_the_clock_has_come(
    some: list[Stay], moment: dt.datetime, said: Terms
) -> None:
    enrolled = any(each.first <= DAY and (each.last is None or each.last >= DAY) for each in some)
    begun = moment >= at("18:00") - said.opens_before
    assert (kinds(MEETING, Student("u", "Rui", tuple(some)), moment, said) == []) == (enrolled and begun)


@given(st.sampled_from(AttendanceStatus), moments, terms, st.none() | moments)
def test_only_who_was_there_came_and_never_after_the_end(
    status: AttendanceStatus, moment: dt.datetime, said: Terms, before: dt.datetime | None
) -> None:
    before = min(before, MEETING.ends) if before else None
    came = arrival(status, MEETING, moment, said, before=before)
    assert (came is not None) == (status in AttendanceStatus.there())
    if status is PRESENT:
        assert came is not None
        assert came <= MEETING.begins + said.late_after
    if status is LATE:
        assert came is not None
        assert MEETING.begins < came <= MEETING.ends


def test_when_someone_came_is_when_it_was_noted_where_that_can_be() -> None:
    assert arrival(PRESENT, MEETING, at("17:55"), TERMS) == at("17:55")
    assert arrival(PRESENT, MEETING, at("18:40"), TERMS) == at("18:00")
    assert arrival(LATE, MEETING, at("18:25"), TERMS) == at("18:25")
    assert arrival(LATE, MEETING, at("20:00"), TERMS) == at("18:11")
    assert arrival(LATE, MEETING, at("20:00"), TERMS, given=dt.time(18, 30)) == at("18:30")
    assert arrival(PRESENT, MEETING, at("20:00"), TERMS, before=at("17:52")) == at("17:52")


@pytest.mark.parametrize("said", [dt.time(18), dt.time(19, 1), dt.time(7)])
def test_a_time_outside_the_session_is_refused_at_its_field(said: dt.time) -> None:
    with pytest.raises(InvalidInput) as caught:
        arrival(LATE, MEETING, at("20:00"), TERMS, given=said)
    assert [each.message for each in caught.value.of("arrived")] == ["Someone late came after 18:00, and by 19:00."]


def test_who_comes_within_the_grace_is_in_time() -> None:
    assert on_arrival(MEETING, at("18:10"), TERMS) is PRESENT
    assert on_arrival(MEETING, at("18:11"), TERMS) is LATE
    assert on_arrival(MEETING, at("18:11"), Terms(late_after=dt.timedelta(minutes=20))) is PRESENT


def test_a_mark_moves_a_session_on_and_never_back() -> None:
    assert after_a_mark(MEETING, at("18:59")) is SessionStatus.IN_PROGRESS
    assert after_a_mark(MEETING, at("19:00")) is SessionStatus.COMPLETED
    for status in (SessionStatus.COMPLETED, SessionStatus.CANCELLED):
        assert after_a_mark(Meeting("s", "", DAY, dt.time(18), dt.time(19), status), at("18:30")) is status


@pytest.mark.parametrize(
    "said", [None, {}, {"late_after_minutes": "soon"}, {"late_after_minutes": True}, {"late_after_minutes": 900}]
)
def test_settings_that_make_no_sense_are_left_out(said: dict[str, object] | None) -> None:
    assert terms_of(said) == Terms(dt.timedelta(minutes=10), dt.timedelta(0))


def test_settings_are_taken_as_minutes() -> None:
    assert terms_of({"late_after_minutes": 5, "attendance_opens_minutes": 30}) == Terms(
        dt.timedelta(minutes=5), dt.timedelta(minutes=30)
    )


tallies = st.builds(lambda there, late, absent, excused: Tally(there + late, late, absent, excused), *[st.integers(0, 40)] * 4)


@given(st.lists(tallies, max_size=6))
def test_a_rate_leaves_out_the_excused_and_lies_between_its_parts(some: list[Tally]) -> None:
    whole = total(some)
    rates = [each.rate for each in some if each.rate is not None]
    assert (whole.rate is None) == (not rates)
    if whole.rate is not None:
        assert min(rates) - 1e-9 <= whole.rate <= max(rates) + 1e-9
    assert whole.excused == sum(each.excused for each in some)
