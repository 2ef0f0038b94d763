"""A browser that someone signed in with before: strangers who guess without end keep them waiting everywhere but there."""

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from domain.access import attempts, known_browsers, sign_in
from domain.access.attempts import ADDRESS, KNOWN_BROWSER, TooManyAttempts, begin
from domain.access.known_browsers import MOST, known_for_email, known_for_person, remember
from domain.access.roles import Role
from domain.access.sign_in import (
    check_password,
    end,
    enter,
    give_code,
    hand_out,
    issue_ticket,
    redeem,
    set_password,
    switch_role,
    use_link,
)
from domain.access.steps import counted_as
from domain.crypto import installation
from domain.db.engine import engine
from domain.kit.errors import InvalidInput
from tests.conftest import PASSWORD, School
from tests.factories.authenticator import code, give_phone
from tests.factories.guessing import guess_without_end
from tests.factories.on_the_way import proven
from tests.factories.rows import Rows

HERE = "203.0.113.7"
TEACHER, STUDENT = "teacher@example.com", "student@example.com"
NEW = "violet otters juggle"


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_in, "REFUSED_AFTER", 0.0)


@pytest.fixture(autouse=True)
def forward(monkeypatch: pytest.MonkeyPatch) -> Callable[[dt.timedelta], None]:
    """The clock of attempts: it stands still, and is put forward."""
    moment = [attempts.now()]
    monkeypatch.setattr(attempts, "now", lambda: moment[0])

    def put(by: dt.timedelta) -> None:
        moment[0] += by

    return put


def kept_of(school: School, role: Role, shown: str = "") -> str:
    """What a browser keeps in which this person has just signed in; `shown`: what it kept before."""
    token = redeem(issue_ticket(school.people[role], role))
    kept = remember(token or "", shown)
    assert kept
    return kept


def waits(email: str, password: str = PASSWORD, *, address: str = "", shown: str = "") -> bool:
    """Whether someone who gives this password must wait."""
    try:
        check_password(email, password, address=address, shown=shown)
    except TooManyAttempts:
        return True
    return False


def test_whoever_guesses_without_end_keeps_everybody_waiting_but_a_browser_that_is_known(school: School) -> None:
    known = kept_of(school, Role.TEACHER)
    guess_without_end(TEACHER)
    for stranger in ("", "invented", "1.aaaa.bbbb", known[:-2], kept_of(school, Role.STUDENT)):
        assert waits(TEACHER, shown=stranger)
    for _sign_in in range(10):
        assert [each.user_id for each in check_password(TEACHER, PASSWORD, shown=known)] == [school.people[Role.TEACHER]]
    assert waits(TEACHER), "and its signing in gives strangers no new tries"


def test_a_flooded_address_lets_a_known_browser_through_and_no_other(school: School) -> None:
    known = kept_of(school, Role.TEACHER)
    for number in range(ADDRESS.free):
        begin(f"person{number}@example.com", HERE)
    assert waits(TEACHER, address=HERE)
    assert check_password(TEACHER, PASSWORD, address=HERE, shown=known)
    assert waits(STUDENT, address=HERE, shown=known), "it is known for the teacher alone"


def test_whoever_steals_what_it_shows_has_few_tries_of_their_own_and_then_waits(
    school: School, forward: Callable[[dt.timedelta], None]
) -> None:
    known, other = kept_of(school, Role.TEACHER), kept_of(school, Role.TEACHER)
    guess_without_end(TEACHER)
    for _guess in range(KNOWN_BROWSER.free):
        assert check_password(TEACHER, "a guess", shown=known) == []
    with pytest.raises(TooManyAttempts) as refused:
        check_password(TEACHER, PASSWORD, shown=known)
    assert refused.value.seconds == 1, "the shorter of the two waits"
    assert check_password(TEACHER, PASSWORD, shown=other), "each browser is counted for itself"
    forward(dt.timedelta(seconds=1))
    assert check_password(TEACHER, PASSWORD, shown=known)
    for _guess in range(KNOWN_BROWSER.free):
        assert check_password(TEACHER, "a guess", shown=known) == [], "its person's own signing in freed it"
    assert waits(TEACHER, shown=known)


def test_as_long_as_nobody_guesses_a_known_browser_is_counted_with_all_others(school: School) -> None:
    known = kept_of(school, Role.TEACHER)
    for _slip in range(4):
        assert check_password(TEACHER, "a slip", shown=known) == []
    assert check_password(TEACHER, PASSWORD, shown=known)
    for _attempt in range(5):
        assert not waits(TEACHER, "no such password"), "signing in freed the account"


def test_the_codes_of_a_second_step_are_counted_apart_as_well(school: School) -> None:
    secret, codes = give_phone(school.people[Role.TEACHER])
    known, others = kept_of(school, Role.TEACHER), kept_of(school, Role.STUDENT)
    guess_without_end(counted_as(school.people[Role.TEACHER]))
    step = proven(Role.TEACHER)
    for stranger in ("", others):
        with pytest.raises(TooManyAttempts):
            give_code(step.token, code(secret), address="", shown=stranger)
    for _guess in range(KNOWN_BROWSER.free):
        with pytest.raises(InvalidInput):
            give_code(step.token, "12345", address="", shown=known)
    with pytest.raises(TooManyAttempts):
        give_code(step.token, codes[0], address="", shown=known)
    assert check_password(TEACHER, PASSWORD, shown=known), "they are no tries at the password"
    again = kept_of(school, Role.TEACHER)
    assert give_code(step.token, codes[0], address="", shown=again) == 9
    assert enter(step.token)


def test_one_browser_is_known_for_several_people_each_with_tries_of_their_own(school: School) -> None:
    """A family's, or the staff room's: what one of them gets wrong is no other's wait."""
    both = kept_of(school, Role.STUDENT, kept_of(school, Role.TEACHER))
    guess_without_end(TEACHER)
    guess_without_end(STUDENT)
    for _guess in range(KNOWN_BROWSER.free):
        assert check_password(TEACHER, "a guess", shown=both) == []
    assert waits(TEACHER, shown=both)
    assert check_password(STUDENT, PASSWORD, shown=both)


def test_signing_in_again_keeps_the_browsers_name_and_so_its_count(school: School) -> None:
    first = kept_of(school, Role.TEACHER)
    again = kept_of(school, Role.TEACHER, first)
    assert first != again
    names = {each.name for each in (known_for_email(first, TEACHER), known_for_email(again, TEACHER)) if each}
    assert len(names) == 1
    assert len(held(again)["people"]) == 1


def test_of_very_many_the_latest_are_known(school: School) -> None:
    with engine().begin() as connection:
        rows, people = Rows(connection, school.id), []
        for number in range(MOST + 1):
            people.append(rows.add("users", email=f"p{number}@example.com", is_active=True, role="student"))
            set_password(connection, user_id=people[-1], organization_id=school.id, password=PASSWORD)
    shown = ""
    for person in people:
        shown = remember(redeem(issue_ticket(person, Role.STUDENT)) or "", shown)
    assert [known_for_person(shown, each) is not None for each in people] == [False] + [True] * MOST


def test_a_new_password_or_second_step_makes_every_browser_a_stranger(school: School) -> None:
    """Whoever knew the old password for an hour has kept no stock of browsers."""
    known = kept_of(school, Role.TEACHER)
    with engine().begin() as connection:
        set_password(connection, user_id=school.people[Role.TEACHER], organization_id=school.id, password=NEW)
    assert known_for_email(known, TEACHER) is None
    known = kept_of(school, Role.TEACHER)
    give_phone(school.people[Role.TEACHER])
    assert known_for_email(known, TEACHER) is None
    assert known_for_email(kept_of(school, Role.TEACHER), TEACHER)


def test_who_gave_themself_a_new_password_by_a_link_signs_in_there_whoever_guesses(school: School) -> None:
    before = kept_of(school, Role.STUDENT)
    shown = use_link(hand_out(school.actor("school"), school.people[Role.TEACHER]), NEW, shown=before)
    guess_without_end(TEACHER)
    guess_without_end(STUDENT)
    assert waits(TEACHER, NEW)
    assert check_password(TEACHER, NEW, shown=shown)
    assert check_password(STUDENT, PASSWORD, shown=shown)


def test_it_holds_for_half_a_year_and_through_every_end_of_a_session(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    token = redeem(issue_ticket(school.people[Role.TEACHER], Role.TEACHER)) or ""
    known = remember(token, "")
    end(token)
    assert known_for_email(known, f" {TEACHER.upper()}")
    moment = known_browsers.now()
    monkeypatch.setattr(known_browsers, "now", lambda: moment + dt.timedelta(days=179))
    assert known_for_email(known, TEACHER)
    monkeypatch.setattr(known_browsers, "now", lambda: moment + dt.timedelta(days=181))
    assert known_for_email(known, TEACHER) is None


def test_at_another_account_of_the_same_e_mail_it_is_worth_nothing_and_tells_nothing(school: School) -> None:
    """Whoever enters someone's e-mail at a school of their own has a browser for that account, and for no other."""
    with engine().begin() as connection:
        rows = Rows(connection)
        theirs = rows.add("users", email=TEACHER, is_active=True, role="student")
        alone = rows.add("users", email="nobody@example.com", is_active=True, role="student")
        for person in (theirs, alone):
            set_password(connection, user_id=person, organization_id=rows.organization_id, password=NEW)
    told = []
    for person, email in ((theirs, TEACHER), (alone, "nobody@example.com")):
        known = remember(redeem(issue_ticket(person, Role.STUDENT)) or "", "")
        guess_without_end(email)
        found = [[each.user_id for each in check_password(email, word, shown=known)] for word in (PASSWORD, "a guess", NEW)]
        told.append([[person if key == person else "another's" for key in each] for each in found])
        assert found == [[], [], [person]]
    assert [[bool(each) for each in one] for one in told] == [[False, False, True]] * 2


def test_a_stranger_costs_no_question_so_that_the_time_taken_tells_nothing(
    school: School, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_options: bool) -> None:
        raise AssertionError

    monkeypatch.setattr(known_browsers, "connected", fail)
    assert known_for_email("", TEACHER) is None
    assert not (tmp_path / "constela.key").exists(), "nor is a key made for it"
    assert [known_for_email("invented", each) for each in (TEACHER, "nobody@example.com")] == [None, None]


def test_who_is_known_at_one_school_comes_in_at_another_too_as_long_as_nobody_floods_them(school: School) -> None:
    known = kept_of(school, Role.TEACHER)
    with engine().begin() as connection:
        rows = Rows(connection)
        elsewhere = rows.add("users", email=TEACHER, is_active=True, role="student")
        set_password(connection, user_id=elsewhere, organization_id=rows.organization_id, password=NEW)
    assert [each.user_id for each in check_password(TEACHER, NEW, shown=known)] == [elsewhere]


@pytest.mark.usefixtures("school")
@pytest.mark.parametrize("shown", ["", "invented", "1.2.3", "é" * 50, "\ud800", "x" * 100_000, "1..", "...", "=" * 9])
def test_nonsense_is_a_strangers(shown: str) -> None:
    assert known_for_email(shown, TEACHER) is None
    assert known_for_person(shown, "") is None


def test_what_was_sealed_for_something_else_or_by_another_key_is_a_strangers(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = kept_of(school, Role.TEACHER)
    key = known_browsers.installation_key()
    for wrong_key, about in ((key, known_browsers.ABOUT), (known_browsers._key(), "second factor")):
        assert known_for_email(installation.seal(wrong_key, json.dumps(held(known)), about).rstrip("="), TEACHER) is None
    monkeypatch.setenv("CONSTELA_SECRET_KEY", "another key, and a rather long one")
    assert known_for_email(known, TEACHER) is None
    monkeypatch.setenv("CONSTELA_SECRET_KEY", "too short")
    assert known_for_email(known, TEACHER) is None
    assert remember(redeem(issue_ticket(school.people[Role.TEACHER], Role.TEACHER)) or "", "") == "", "and people still come in"


def test_it_names_nobody_to_whoever_reads_it(school: School) -> None:
    known = kept_of(school, Role.TEACHER)
    assert not [each for each in (TEACHER, school.people[Role.TEACHER], school.id) if each in known]
    assert not set(known) - set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."), "a cookie takes it as it is"
    assert len(known) < 400


def test_a_change_of_role_and_no_session_at_all_make_no_new_tries(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    token = redeem(issue_ticket(school.people[Role.SCHOOL], Role.SCHOOL)) or ""
    moment = known_browsers.now() + dt.timedelta(minutes=1)
    monkeypatch.setattr(known_browsers, "now", lambda: moment)
    assert remember(redeem(switch_role(token, Role.OWNER)) or "", "") == ""
    assert remember("invented", "") == ""


def test_who_has_nothing_that_could_be_guessed_leaves_nothing_behind(school: School) -> None:
    with engine().begin() as connection:
        connection.exec_driver_sql("DELETE FROM credentials")
    assert remember(redeem(issue_ticket(school.people[Role.TEACHER], Role.TEACHER)) or "", "") == ""
    give_phone(school.people[Role.TEACHER])
    assert known_for_person(kept_of(school, Role.TEACHER), school.people[Role.TEACHER])


def test_the_security_log_tells_that_strangers_guess_and_that_a_known_browser_was_let_try(
    school: School, noted: Callable[..., list[dict[str, Any]]]
) -> None:
    known = kept_of(school, Role.TEACHER)
    check_password(TEACHER, PASSWORD, address=HERE, shown=known)
    guess_without_end(TEACHER)
    waits(TEACHER, address=HERE)
    check_password(TEACHER, PASSWORD, address=HERE, shown=known)
    assert noted("known_browser_tried", "sign_in_limited") == [
        {"event": "sign_in_limited", "address": HERE},
        {"event": "known_browser_tried", "address": HERE},
    ]


def held(shown: str) -> dict[str, Any]:
    """What a browser keeps, opened."""
    padded = shown + "=" * (-len(shown.rpartition(".")[2]) % 4)
    found: dict[str, Any] = json.loads(installation.unseal(known_browsers._key(), padded, known_browsers.ABOUT))
    return found
