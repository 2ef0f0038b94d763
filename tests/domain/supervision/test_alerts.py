"""Alerts: by when they must be seen, what comes first, and that each step is a row that stays."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from domain.access.roles import Role
from domain.access.uow import reading, unit_of_work
from domain.core.rules import SchoolHours, hours_of
from domain.db.engine import engine
from domain.kit.clock import now
from domain.kit.errors import InvalidInput, NotAllowed, NotFound
from domain.supervision.enums import AlertLevel, Mood
from domain.supervision.models import AlertAcknowledgment, SafetyAlert
from domain.supervision.queries import alert
from domain.supervision.rules import age, deadline, is_late, mood_of, moving_average, nearest_mood, urgency
from domain.supervision.service import AlreadyResolved, NotAcknowledged, acknowledge, resolve
from tests.conftest import School
from tests.factories.rows import Rows

ZONE = ZoneInfo("America/Sao_Paulo")
HOURS = SchoolHours(
    ZONE,
    {**dict.fromkeys(range(1, 6), (dt.time(8), dt.time(18))), 6: (dt.time(8), dt.time(12))},
    frozenset({dt.date(2026, 4, 21)}),
)


def at(day: int, hour: int, minute: int = 0, *, month: int = 3) -> dt.datetime:
    """A moment of March 2026 on the school's clock; the second is a Monday."""
    return dt.datetime(2026, month, day, hour, minute, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("level", "raised", "due"),
    [
        (AlertLevel.RED, at(2, 10), at(2, 10, 15)),
        (AlertLevel.RED, at(1, 3), at(1, 3, 15)),  # Sunday night: red waits for no opening
        (AlertLevel.ORANGE, at(2, 10), at(2, 12)),
        (AlertLevel.ORANGE, at(2, 17), at(3, 9)),  # an hour today, an hour tomorrow
        (AlertLevel.ORANGE, at(6, 23), at(7, 10)),  # Friday night: from Saturday's opening
        (AlertLevel.ORANGE, at(7, 11), at(9, 9)),  # Saturday at eleven: one hour left, then Monday
        (AlertLevel.YELLOW, at(2, 10), at(3, 10)),
        (AlertLevel.YELLOW, at(6, 17), at(7, 12)),  # Saturday closes at noon
        (AlertLevel.YELLOW, at(7, 20), at(10, 8)),  # seen from Monday's opening on, so by Tuesday's
        (AlertLevel.YELLOW, at(20, 10, month=4), at(22, 10, month=4)),  # a holiday between
        (AlertLevel.GREEN, at(2, 10), None),
    ],
)
def test_by_when_an_alert_must_be_seen(level: AlertLevel, raised: dt.datetime, due: dt.datetime | None) -> None:
    assert deadline(level, raised.astimezone(dt.UTC), HOURS) == due


def test_a_school_that_never_opens_has_no_deadline_but_reds() -> None:
    closed = SchoolHours(ZONE, {})
    assert deadline(AlertLevel.ORANGE, at(2, 10), closed) is None
    assert deadline(AlertLevel.YELLOW, at(2, 10), closed) is None
    assert deadline(AlertLevel.RED, at(2, 10), closed) == at(2, 10, 15)


@pytest.mark.parametrize(
    "settings",
    [None, {}, {"opening_hours": "always"}, {"opening_hours": {"x": 1, "9": ["08:00", "09:00"], "1": ["18:00", "08:00"]}}],
)
def test_settings_that_make_no_sense_leave_the_usual_hours(settings: dict[str, object] | None) -> None:
    assert hours_of(settings, ZONE) == SchoolHours(ZONE)


def test_settings_say_hours_holidays_and_closed_days() -> None:
    settings = {
        "opening_hours": {"1": ["07:30", "22:00"], "6": ["08:00", "13:30"]},
        "closed_days": [6, "2026-03-09", "never"],
        "holidays": [{"date": "2026-03-16", "name": "Feast"}, 5],
    }
    hours = hours_of(settings, ZONE)
    assert hours.open_on(dt.date(2026, 3, 2)) == (at(2, 7, 30), at(2, 22))
    assert [hours.open_on(dt.date(2026, 3, day)) for day in (1, 3, 7, 9, 16)] == [None] * 5


def test_late_is_what_nobody_saw_in_time() -> None:
    assert is_late(at(2, 10), None, at(2, 11))
    assert not is_late(at(2, 10), at(2, 10, 30), at(2, 11))
    assert not is_late(at(2, 10), None, at(2, 9))
    assert not is_late(None, None, at(2, 9))


def test_the_highest_level_comes_first_then_the_oldest() -> None:
    alerts = [(AlertLevel.YELLOW, at(1, 8)), (AlertLevel.RED, at(3, 8)), (AlertLevel.RED, at(2, 8)), (AlertLevel.GREEN, at(1, 7))]
    assert sorted(alerts, key=lambda each: urgency(*each)) == [alerts[2], alerts[1], alerts[0], alerts[3]]


def test_an_age_is_never_negative() -> None:
    assert age(at(2, 10), at(2, 12)) == dt.timedelta(hours=2)
    assert age(at(2, 10), at(2, 9)) == dt.timedelta()


def test_a_moving_average_knows_gaps() -> None:
    assert moving_average([1.0, None, 3.0, None, None, None], 3) == [1.0, 1.0, 2.0, 3.0, 3.0, None]


@pytest.mark.parametrize("said", [None, {}, {"mood": None}, {"mood": "furious"}, {"mood": ["good"]}, "good", 3])
def test_a_mood_is_only_what_was_said(said: object) -> None:
    assert mood_of(said) is None


def test_a_mean_of_moods_has_a_word() -> None:
    assert mood_of({"mood": "great", "answers": 1}) is Mood.GREAT
    assert nearest_mood(0.7) is Mood.GOOD


@pytest.fixture
def alert_id(school: School) -> str:
    with engine().begin() as connection:
        return Rows(connection, school.id).add("safety_alerts", student_id=school.people[Role.STUDENT], level="orange")


def steps(school: School) -> list[str]:
    with reading(school.actor("school")) as session:
        return list(session.scalars(select(AlertAcknowledgment.action_taken).order_by(AlertAcknowledgment.timestamp)))


def test_acknowledging_writes_a_row_and_the_alerts_own_columns(school: School, alert_id: str) -> None:
    with unit_of_work(school.actor("school")) as session:
        acknowledge(session, alert_id, " Talked with her ", "She is fine.")
    with reading(school.actor("school")) as session:
        alert = session.get_one(SafetyAlert, alert_id)
        step = session.scalars(select(AlertAcknowledgment)).one()
    assert alert.acknowledged_by == step.user_id == school.people[Role.SCHOOL]
    assert alert.acknowledged_at == step.timestamp
    assert (step.action_taken, step.notes) == ("Talked with her", "She is fine.")
    assert alert.resolved_at is None


def test_a_further_step_leaves_who_saw_it_first(school: School, alert_id: str) -> None:
    with unit_of_work(school.actor("school")) as session:
        acknowledge(session, alert_id, "Seen", "I will call.")
    with reading(school.actor("school")) as session:
        first = session.get_one(SafetyAlert, alert_id).acknowledged_at
    with unit_of_work(school.actor("school")) as session:
        acknowledge(session, alert_id, "Called home", "Nobody answered.")
    with reading(school.actor("school")) as session:
        assert session.get_one(SafetyAlert, alert_id).acknowledged_at == first
    assert steps(school) == ["Seen", "Called home"]


@pytest.mark.parametrize(("action", "notes", "fields"), [("", "", {"action", "notes"}), ("Seen", " \n", {"notes"})])
def test_what_is_missing_is_named(action: str, notes: str, fields: set[str], school: School, alert_id: str) -> None:
    with pytest.raises(InvalidInput) as refused, unit_of_work(school.actor("school")) as session:
        acknowledge(session, alert_id, action, notes)
    assert {each.field for each in refused.value.problems} == fields
    assert not steps(school)


def test_a_text_that_is_too_long_is_told_at_the_field_that_was_typed_in(school: School, alert_id: str) -> None:
    with pytest.raises(InvalidInput) as refused, unit_of_work(school.actor("school")) as session:
        acknowledge(session, alert_id, "x" * 501, "null \x00 byte")
    assert {each.field for each in refused.value.problems} == {"action", "notes"}


def test_nothing_is_resolved_before_it_was_seen(school: School, alert_id: str) -> None:
    with pytest.raises(NotAcknowledged), unit_of_work(school.actor("school")) as session:
        resolve(session, alert_id, "All well.")
    assert not steps(school)


def test_resolving_asks_how_it_ended_and_is_a_row_too(school: School, alert_id: str) -> None:
    with unit_of_work(school.actor("school")) as session:
        acknowledge(session, alert_id, "Seen", "I will call.")
        with pytest.raises(InvalidInput):
            resolve(session, alert_id, "")
        resolve(session, alert_id, "All well.")
    assert steps(school) == ["Seen", "Resolved"]
    with reading(school.actor("school")) as session:
        alert = session.get_one(SafetyAlert, alert_id)
    assert alert.resolution_notes == "All well."
    assert alert.resolved_at is not None


def test_what_was_resolved_stays_as_it_is(school: School, alert_id: str) -> None:
    with unit_of_work(school.actor("school")) as session:
        acknowledge(session, alert_id, "Seen", "I will call.")
        resolve(session, alert_id, "All well.")
        with pytest.raises(AlreadyResolved):
            acknowledge(session, alert_id, "Again", "Again.")
        with pytest.raises(AlreadyResolved):
            resolve(session, alert_id, "Again.")


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SCHOOL])
def test_nobody_else_touches_an_alert(role: Role, school: School, alert_id: str) -> None:
    with pytest.raises((NotFound, NotAllowed)), unit_of_work(school.actor(role)) as session:
        acknowledge(session, alert_id, "Seen", "I will call.")
    assert not steps(school)


def test_another_schools_alert_does_not_exist(school: School) -> None:
    with engine().begin() as connection:
        foreign = Rows(connection).add("safety_alerts")
    for key in (foreign, "nonsense", "\ud800"):
        with pytest.raises(NotFound), unit_of_work(school.actor("school")) as session:
            acknowledge(session, key, "Seen", "I will call.")
        with pytest.raises(NotFound), reading(school.actor("school")) as session:
            alert(session, key, now())
