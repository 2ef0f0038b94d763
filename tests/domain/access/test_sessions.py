"""A person's own sessions: which browsers, from where, ending them from afar, and going on after a new password."""

import datetime as dt
from collections.abc import Callable

import pytest

from domain.access import attempts, own_sessions, sessions, sign_in
from domain.access.actor import Actor
from domain.access.attempts import TooManyAttempts
from domain.access.browser_names import browser_name
from domain.access.passwords import hashed, matches
from domain.access.roles import Role
from domain.access.sign_in import (
    SignInOver,
    actor_of,
    by_password,
    change_password,
    check_password,
    end,
    end_others,
    end_session,
    enter,
    hand_out,
    issue_ticket,
    redeem,
    sessions_of,
    switch_role,
    use_link,
)
from domain.db.engine import engine
from domain.kit.errors import InvalidInput, NotAllowed
from tests.conftest import PASSWORD, School
from tests.factories.rows import Rows

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 "
    "Safari/604.1"
)
NEW = "violet otters juggle"
Pass = Callable[[dt.timedelta], None]


@pytest.fixture
def pass_time(monkeypatch: pytest.MonkeyPatch) -> Pass:
    """The sessions' clock, put forward."""

    def forward(by: dt.timedelta) -> None:
        moment = sessions.now() + by
        for module in (sessions, own_sessions):
            monkeypatch.setattr(module, "now", lambda: moment)

    return forward


def signed_in(school: School, role: Role, *, browser: str = FIREFOX, address: str = "203.0.113.7") -> str:
    """The token of someone who has just signed in."""
    token = redeem(issue_ticket(school.people[role], role), browser=browser, address=address)
    assert token
    return token


def test_a_person_sees_in_which_browsers_and_from_where_they_are_signed_in(school: School) -> None:
    there, here = signed_in(school, Role.TEACHER, browser=PHONE, address="198.51.100.1"), signed_in(school, Role.TEACHER)
    signed_in(school, Role.STUDENT)
    found = sessions_of(here)
    assert [(each.browser, each.address, each.role, each.is_here) for each in found] == [
        ("Firefox · Linux", "203.0.113.7", Role.TEACHER, True),
        ("Safari · iPhone", "198.51.100.1", Role.TEACHER, False),
    ]
    assert [each.is_here for each in sessions_of(there)] == [True, False]


def test_ending_all_others_ends_a_sign_in_that_is_under_way(school: School) -> None:
    [step] = by_password("teacher@example.com", PASSWORD)
    [colleagues] = by_password("student@example.com", PASSWORD)
    end_others(signed_in(school, Role.TEACHER))
    with pytest.raises(SignInOver):
        enter(step.token)
    assert enter(colleagues.token)


def test_guests_of_the_demo_school_who_enter_as_the_same_person_are_told_no_addresses_of_each_other(school: School) -> None:
    signed_in(school, Role.TEACHER, address="198.51.100.1")
    here = signed_in(school, Role.TEACHER)
    with engine().begin() as connection:
        connection.exec_driver_sql("UPDATE organizations SET is_demo = 1")
    assert [each.address for each in sessions_of(here)] == ["", ""]


def test_a_ticket_that_was_not_traded_and_a_session_that_is_over_are_not_listed(school: School, pass_time: Pass) -> None:
    signed_in(school, Role.TEACHER)
    pass_time(dt.timedelta(hours=12, minutes=1))
    here = signed_in(school, Role.TEACHER)
    issue_ticket(school.people[Role.TEACHER], Role.TEACHER)
    assert [each.is_here for each in sessions_of(here)] == [True]


def test_a_person_ends_one_of_their_sessions_and_the_others_go_on(school: School) -> None:
    here, there, third = (signed_in(school, Role.TEACHER) for _each in range(3))
    end_session(here, next(each.id for each in sessions_of(there) if each.is_here))
    assert actor_of(there) is None
    assert actor_of(here)
    assert actor_of(third)


def test_nobody_ends_someone_elses_session(school: School) -> None:
    mine, theirs = signed_in(school, Role.SCHOOL), signed_in(school, Role.STUDENT)
    end_session(mine, sessions_of(theirs)[0].id)
    assert actor_of(theirs)
    end_others(mine)
    assert actor_of(theirs)


def test_a_person_ends_all_their_other_sessions_and_tickets(school: School) -> None:
    here, there = signed_in(school, Role.TEACHER), signed_in(school, Role.TEACHER)
    ticket = issue_ticket(school.people[Role.TEACHER], Role.TEACHER)
    end_others(here)
    assert actor_of(here)
    assert actor_of(there) is None
    assert redeem(ticket) is None


@pytest.mark.parametrize("token", ["", "invented"])
def test_without_a_session_nothing_is_listed_or_ended(token: str, school: School) -> None:
    for attempt in (lambda: sessions_of(token), lambda: end_session(token, "x"), lambda: end_others(token)):
        with pytest.raises(NotAllowed):
            attempt()
    with pytest.raises(NotAllowed):
        change_password(token, PASSWORD, NEW)
    with pytest.raises(NotAllowed):
        switch_role(token, Role.TEACHER)


def test_each_ticket_opens_its_own_persons_session(school: School) -> None:
    tickets = {role: issue_ticket(school.people[role], role) for role in (Role.TEACHER, Role.STUDENT, Role.STAFF)}
    for role in (Role.STAFF, Role.TEACHER, Role.STUDENT):
        actor = actor_of(redeem(tickets[role]) or "")
        assert actor
        assert actor.user_id == school.people[role]


def test_a_person_is_told_how_many_of_their_own_notices_they_have_not_read(school: School) -> None:
    token = signed_in(school, Role.TEACHER)
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        for role, read_at in (
            (Role.TEACHER, None),
            (Role.TEACHER, None),
            (Role.TEACHER, dt.datetime.now(dt.UTC)),
            (Role.STAFF, None),
        ):
            rows.add("notices", user_id=school.people[role], read_at=read_at)
    actor = actor_of(token)
    assert actor
    assert actor.unread == 2


def test_each_sign_in_and_each_change_of_role_makes_a_new_token(school: School) -> None:
    first, second = signed_in(school, Role.SCHOOL), signed_in(school, Role.SCHOOL)
    third = redeem(switch_role(second, Role.OWNER))
    assert len({first, second, third}) == 3
    assert actor_of(second) is None


def test_a_new_password_ends_every_session_and_this_browser_goes_on_with_a_new_one(school: School) -> None:
    signed_in(school, Role.TEACHER)
    with engine().begin() as connection:  # nobody else has this password, and someone else took a second step
        connection.exec_driver_sql("UPDATE sign_ins SET factor_at = created_at")
        wanted = "UPDATE credentials SET password_hash = ? WHERE user_id <> ?"
        connection.exec_driver_sql(wanted, (hashed("of somebody else"), school.people[Role.SCHOOL]))
    here, there = signed_in(school, Role.SCHOOL), signed_in(school, Role.SCHOOL)
    ticket = change_password(here, PASSWORD, NEW)
    with engine().connect() as connection:
        wanted = "SELECT factor_at FROM sign_ins WHERE user_id = ?"
        assert connection.exec_driver_sql(wanted, (school.people[Role.SCHOOL],)).scalars().all() == [None]
    assert actor_of(here) is None
    assert actor_of(there) is None
    token = redeem(ticket)
    actor = actor_of(token or "")
    assert actor
    assert (actor.user_id, actor.role) == (school.people[Role.SCHOOL], Role.SCHOOL)
    assert check_password("school@example.com", PASSWORD) == []
    assert check_password("school@example.com", NEW)


def test_the_present_password_is_ones_own_and_no_colleagues(school: School) -> None:
    token = signed_in(school, Role.TEACHER)
    change_password(token, PASSWORD, NEW)
    token = signed_in(school, Role.TEACHER)
    with pytest.raises(InvalidInput):
        change_password(token, PASSWORD, "quiet walnuts travel")
    change_password(token, NEW, "quiet walnuts travel")


def test_whoever_was_signed_out_while_their_new_password_was_looked_at_sets_none(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stolen browser can't take back by its old password what its person has just made safe by a link."""
    stolen = signed_in(school, Role.TEACHER)
    signed_in(school, Role.STUDENT)  # that somebody else's stands is no help

    def slowly(_password: str) -> str:
        use_link(hand_out(school.actor(Role.SCHOOL), school.people[Role.TEACHER]), NEW)
        return hashed("not the person's own words")

    monkeypatch.setattr(sign_in, "hashed", slowly)
    with pytest.raises(NotAllowed):
        change_password(stolen, PASSWORD, "not the person's own words")
    assert check_password("teacher@example.com", NEW)


def test_a_password_that_was_replaced_while_it_was_looked_at_opens_nothing(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hashing waits up to twenty seconds for its turn."""

    def slowly(password_hash: str, password: str) -> bool:
        fits = matches(password_hash, password)
        use_link(hand_out(school.actor(Role.SCHOOL), school.people[Role.TEACHER]), NEW)
        return fits

    with monkeypatch.context() as patch:
        patch.setattr(sign_in, "matches", slowly)
        assert check_password("teacher@example.com", PASSWORD) == []
    assert check_password("teacher@example.com", NEW)


@pytest.mark.parametrize(
    ("present", "wanted", "field"),
    [("not the present one", NEW, "present"), (PASSWORD, "short", "password"), (PASSWORD, "Tomás Lima 2026", "password")],
)
def test_a_change_that_cannot_be_is_refused_at_its_field_and_ends_nothing(
    present: str, wanted: str, field: str, school: School
) -> None:
    token = signed_in(school, Role.TEACHER)
    with pytest.raises(InvalidInput) as refusal:
        change_password(token, present, wanted)
    assert [each.field for each in refusal.value.problems] == [field]
    assert actor_of(token)
    assert check_password("teacher@example.com", PASSWORD)


def test_who_guesses_the_present_password_in_a_borrowed_browser_must_wait(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = attempts.now()
    monkeypatch.setattr(attempts, "now", lambda: moment)
    token = signed_in(school, Role.TEACHER)
    for guess in range(5):
        with pytest.raises(InvalidInput):
            change_password(token, f"guess number {guess}", NEW)
    with pytest.raises(TooManyAttempts):
        change_password(token, PASSWORD, NEW)
    assert check_password("teacher@example.com", PASSWORD), "its person can sign in meanwhile"


@pytest.mark.parametrize(
    ("hours", "days", "idle", "longest"),
    [
        ("0.5", "1", dt.timedelta(minutes=30), dt.timedelta(days=1)),
        ("", "", dt.timedelta(hours=12), dt.timedelta(days=14)),
        ("-1", "0", dt.timedelta(hours=12), dt.timedelta(days=14)),
        ("forever", "nan", dt.timedelta(hours=12), dt.timedelta(days=14)),
        ("inf", "1000", dt.timedelta(hours=12), dt.timedelta(days=14)),
    ],
)
def test_how_long_sessions_last_is_a_setting_and_nonsense_is_the_usual(
    hours: str, days: str, idle: dt.timedelta, longest: dt.timedelta, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONSTELA_IDLE_HOURS", hours)
    monkeypatch.setenv("CONSTELA_SESSION_DAYS", days)
    assert (sessions.idle_life(), sessions.longest_life()) == (idle, longest)


def test_whoever_was_signed_out_while_they_changed_their_role_goes_on_in_none(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = signed_in(school, Role.SCHOOL)

    def at_that_moment(given: str) -> Actor | None:
        found = actor_of(given)
        end(given)
        return found

    monkeypatch.setattr(own_sessions, "actor_of", at_that_moment)
    with pytest.raises(NotAllowed):
        switch_role(token, Role.OWNER)


def test_a_ticket_is_not_idle_before_its_time_is_over(school: School, pass_time: Pass, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONSTELA_IDLE_HOURS", "0.002")  # some seconds
    ticket = issue_ticket(school.people[Role.TEACHER], Role.TEACHER)
    pass_time(dt.timedelta(seconds=20))
    assert redeem(issue_ticket(school.people[Role.STUDENT], Role.STUDENT))
    assert redeem(ticket)


def test_a_short_idle_time_signs_out_the_idle_and_keeps_the_busy(
    school: School, pass_time: Pass, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONSTELA_IDLE_HOURS", "0.1")
    token = signed_in(school, Role.PARENT)
    for _visit in range(5):
        pass_time(dt.timedelta(minutes=4))
        assert actor_of(token)
    pass_time(dt.timedelta(minutes=7))
    assert actor_of(token) is None


def test_what_is_over_is_swept_away_when_someone_signs_in(school: School, pass_time: Pass) -> None:
    signed_in(school, Role.TEACHER)
    issue_ticket(school.people[Role.TEACHER], Role.TEACHER)
    pass_time(dt.timedelta(hours=13))
    signed_in(school, Role.STUDENT)
    with engine().connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM sign_ins").scalar() == 1


@pytest.mark.parametrize(
    ("said", "name"),
    [
        (FIREFOX, "Firefox · Linux"),
        (PHONE, "Safari · iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36", "Chrome · Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge · Windows"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36", "Chrome · Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 15_0) AppleWebKit/605.1 Version/18.0 Safari/605.1", "Safari · macOS"),
        ("curl/8.0", ""),
        ("<script>alert(1)</script>", ""),
        ("", ""),
    ],
)
def test_a_browser_is_named_in_two_words(said: str, name: str) -> None:
    assert browser_name(said) == name
