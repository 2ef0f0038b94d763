"""Attempts to sign in: waits that grow, per account and per address, alike for those whom nobody knows."""

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from domain.access import attempts, sign_in
from domain.access.attempts import ACCOUNT, ADDRESS, TooManyAttempts, begin, network_of
from domain.access.passwords import matches
from domain.access.roles import Role
from domain.access.sign_in import check_password, set_password
from domain.db.engine import engine
from domain.kit.texts import set_language
from tests.conftest import PASSWORD, School
from tests.factories.rows import Rows

Pass = Callable[[dt.timedelta], None]
HERE, THERE = "203.0.113.7", "203.0.113.8"
TEACHER = "teacher@example.com"
OTHER_PASSWORD = "violet otters juggle"


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_in, "REFUSED_AFTER", 0.0)  # how long a refusal takes has a test of its own


@pytest.fixture
def pass_time(monkeypatch: pytest.MonkeyPatch) -> Pass:
    """The clock of attempts: it stands still, and is put forward."""
    moment = [attempts.now()]
    monkeypatch.setattr(attempts, "now", lambda: moment[0])

    def forward(by: dt.timedelta) -> None:
        moment[0] += by

    return forward


def wait_for(email: str, address: str = "") -> int:
    """How many seconds the next attempt has to wait; it is made if it hasn't."""
    try:
        begin(email, address)
    except TooManyAttempts as refusal:
        return refusal.seconds
    return 0


def kept() -> list[str]:
    with engine().connect() as connection:
        return [str(row) for row in connection.exec_driver_sql("SELECT * FROM sign_in_attempts")]


@pytest.mark.usefixtures("school")
def test_five_attempts_are_free_then_each_wait_is_twice_the_last_up_to_a_quarter_of_an_hour(pass_time: Pass) -> None:
    waits = []
    for _attempt in range(18):
        waits.append(wait_for(TEACHER))
        if waits[-1]:
            pass_time(dt.timedelta(seconds=waits[-1]))
            assert wait_for(TEACHER) == 0, "the wait that was said is enough"
    assert waits[:5] == [0] * 5
    assert waits[5:15] == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]
    assert set(waits[15:]) <= {512, 900}
    assert waits[-1] == 900


@pytest.mark.usefixtures("school")
def test_who_tries_while_they_should_wait_waits_no_longer_for_it(pass_time: Pass) -> None:
    for _attempt in range(5):
        begin(TEACHER, "")
    assert [wait_for(TEACHER) for _attempt in range(50)] == [1] * 50
    pass_time(dt.timedelta(seconds=1))
    assert wait_for(TEACHER) == 0


@pytest.mark.usefixtures("pass_time")
def test_an_unknown_email_waits_like_a_known_one_and_reads_the_same(school: School) -> None:
    told = []
    for email in (TEACHER, "nobody@example.com"):
        said = []
        for _attempt in range(7):
            try:
                said.append(str(check_password(email, "no such password")))
            except TooManyAttempts as refusal:
                said.append(refusal.message)
        told.append(said)
    assert told[0] == told[1]
    assert told[0][5] == "Too many attempts to sign in. Please try again in 1 second."


def test_while_they_should_wait_not_even_the_right_password_is_looked_at(school: School, pass_time: Pass) -> None:
    for _attempt in range(5):
        assert check_password(TEACHER, "no such password") == []
    with pytest.raises(TooManyAttempts):
        check_password(TEACHER, PASSWORD)
    pass_time(dt.timedelta(seconds=1))
    assert len(check_password(TEACHER, PASSWORD)) == 1


@pytest.mark.usefixtures("pass_time")
def test_an_email_is_counted_however_it_is_typed(school: School) -> None:
    for email in (TEACHER, TEACHER.upper(), f" {TEACHER}", f"{TEACHER}\t", "Teacher@Example.com"):
        begin(email, "")
    assert wait_for(TEACHER) == 1


@pytest.mark.usefixtures("pass_time")
def test_signing_in_frees_the_account_and_nobody_elses(school: School) -> None:
    for _attempt in range(4):
        check_password(TEACHER, "no such password")
    for _attempt in range(5):
        begin("student@example.com", "")
    assert check_password(TEACHER, PASSWORD)
    assert [wait_for(TEACHER) for _attempt in range(5)] == [0] * 5
    assert wait_for("student@example.com") == 1


@pytest.mark.usefixtures("pass_time")
def test_a_password_of_ones_own_at_another_school_frees_nobody_elses_account(school: School) -> None:
    theirs = person_of_another_school()
    with engine().begin() as connection:
        set_password(connection, **theirs, password=OTHER_PASSWORD)
    for _attempt in range(4):
        assert check_password(TEACHER, "a guess at the teacher's") == []
    assert [each.user_id for each in check_password(TEACHER, OTHER_PASSWORD)] == [theirs["user_id"]]
    assert wait_for(TEACHER) == 1


@pytest.mark.usefixtures("pass_time")
def test_a_person_of_another_school_who_has_no_password_is_in_nobodys_way(school: School) -> None:
    person_of_another_school()
    for _attempt in range(4):
        assert check_password(TEACHER, "no such password") == []
    assert check_password(TEACHER, PASSWORD)
    assert [wait_for(TEACHER) for _attempt in range(5)] == [0] * 5


@pytest.mark.usefixtures("pass_time")
def test_a_password_that_was_replaced_while_it_was_looked_at_stays_an_attempt(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    teacher = {"user_id": school.people[Role.TEACHER], "organization_id": school.id}

    def slowly(password_hash: str, password: str) -> bool:
        with engine().begin() as connection:
            set_password(connection, **teacher, password=OTHER_PASSWORD)
        return matches(password_hash, password)

    for number in range(ADDRESS.free - 1):
        begin(f"person{number}@example.com", HERE)
    monkeypatch.setattr(sign_in, "matches", slowly)
    assert check_password(TEACHER, PASSWORD, address=HERE) == []
    assert wait_for("another@example.com", HERE) == 1


@pytest.mark.parametrize("email", [TEACHER, "nobody@example.com"])
def test_one_password_is_hashed_whether_the_e_mail_is_known_or_not(
    email: str, school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashes: list[str] = []
    monkeypatch.setattr(sign_in, "matches", lambda password_hash, _password: bool(hashes.append(password_hash)))
    assert check_password(email, PASSWORD) == []
    assert len(hashes) == 1


@pytest.mark.usefixtures("pass_time")
def test_a_new_password_at_another_school_frees_nobody_elses_account(school: School) -> None:
    theirs = person_of_another_school()
    for _attempt in range(5):
        begin(TEACHER, "")
    with engine().begin() as connection:
        set_password(connection, **theirs, password=OTHER_PASSWORD)
    assert wait_for(TEACHER) == 1


def person_of_another_school() -> dict[str, str]:
    """Someone at a school of strangers, whom its coordination has entered under the teacher's e-mail."""
    with engine().begin() as connection:
        rows = Rows(connection)
        return {"user_id": rows.add("users", email=TEACHER, is_active=True), "organization_id": rows.organization_id}


@pytest.mark.usefixtures("pass_time")
def test_an_address_that_tries_one_password_on_everybody_waits_and_others_do_not(school: School) -> None:
    for number in range(ADDRESS.free):
        begin(f"person{number}@example.com", HERE)
    assert wait_for("one-more@example.com", HERE) == 1
    assert wait_for("one-more@example.com", THERE) == 0


@pytest.mark.usefixtures("pass_time")
def test_signing_in_takes_back_its_own_attempt_at_the_address_and_no_more(school: School) -> None:
    for number in range(ADDRESS.free - 1):
        begin(f"person{number}@example.com", HERE)
    for number in range(ADDRESS.free):
        begin(f"person{number}@example.com", THERE)
    assert check_password(TEACHER, PASSWORD, address=HERE)
    assert check_password(TEACHER, PASSWORD, address=HERE)
    assert wait_for("person@example.com", HERE) == 0
    assert wait_for("another@example.com", HERE) == 1
    assert wait_for("another@example.com", THERE) == 1


@pytest.mark.usefixtures("pass_time")
def test_signing_in_at_the_command_line_takes_nothing_back_from_a_browser_of_no_known_address(school: School) -> None:
    for number in range(ADDRESS.free):
        begin(f"person{number}@example.com", "nonsense")
    assert check_password(TEACHER, PASSWORD)
    assert wait_for("another@example.com", "nonsense") == 1


def test_an_attempt_that_was_forgiven_before_it_succeeded_takes_nothing_back(school: School) -> None:
    with engine().begin() as connection:
        attempts.succeed(connection, attempts.Attempt(TEACHER, HERE))
    assert kept() == []


@pytest.mark.usefixtures("school")
def test_an_address_never_waits_longer_than_a_minute(pass_time: Pass) -> None:
    waits = []
    for number in range(ADDRESS.free + 20):
        wait = wait_for(f"person{number}@example.com", HERE)
        waits.append(wait)
        pass_time(dt.timedelta(seconds=wait))
    assert max(waits) == 60


@pytest.mark.usefixtures("school")
def test_attempts_are_forgiven_with_time_and_their_rows_go(pass_time: Pass) -> None:
    for _attempt in range(5):
        begin(TEACHER, HERE)
    pass_time(ACCOUNT.forgiven)
    assert wait_for(TEACHER, HERE) == 0, "one of five was forgiven"
    pass_time(6 * ACCOUNT.forgiven)
    begin("student@example.com", "")
    assert len(kept()) == 1, "what is forgiven is not kept"


def test_a_hundred_attempts_at_once_are_counted_one_by_one(school: School) -> None:
    together = Barrier(8)

    def attempt(_number: int) -> int:
        together.wait()
        return wait_for(TEACHER)

    with ThreadPoolExecutor(8) as threads:
        waits = list(threads.map(attempt, range(96)))
    assert waits.count(0) <= ACCOUNT.free + 2, "the few that waited their second out were let through"
    assert waits.count(0) >= ACCOUNT.free


@pytest.mark.usefixtures("school")
def test_neither_email_nor_address_is_kept_in_words() -> None:
    begin(TEACHER, HERE)
    assert len(kept()) == 2
    assert not any(TEACHER in row or HERE in row for row in kept())


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("203.0.113.7", "203.0.113.7", True),
        ("203.0.113.7", "203.0.113.8", False),
        ("203.0.113.7", "::ffff:203.0.113.7", True),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("nonsense", "more nonsense", True),
    ],
)
def test_whose_attempts_count_together(one: str, other: str, same: bool) -> None:
    assert (network_of(one) == network_of(other)) is same


@pytest.mark.parametrize(("seconds", "said"), [(1, "1 second"), (59, "59 seconds"), (60, "1 minute"), (900, "15 minutes")])
def test_the_wait_is_said_in_words(seconds: int, said: str) -> None:
    set_language("en")
    assert TooManyAttempts(seconds).message.endswith(f"in {said}.")


def test_a_refusal_takes_the_same_time_whether_no_school_knows_the_email_or_three_do(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, slept = [100.0], []
    monkeypatch.setattr(sign_in, "REFUSED_AFTER", 0.6)
    monkeypatch.setattr(sign_in, "matches", lambda *_given: clock.__setitem__(0, clock[0] + 0.1))
    monkeypatch.setattr(sign_in.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(sign_in.time, "sleep", slept.append)
    with engine().begin() as connection:
        for _school in range(2):
            rows = Rows(connection)
            user = rows.add("users", email=TEACHER, is_active=True)
            rows.add("credentials", user_id=user)
    took = []
    for email in ("nobody@example.com", "student@example.com", TEACHER):
        began = clock[0]
        assert check_password(email, "no such password") == []
        took.append(round(clock[0] - began + slept[-1], 6))
    assert took == [0.6, 0.6, 0.6]


def test_the_school_in_the_tests_has_the_people_that_are_tried(school: School) -> None:
    assert Role.TEACHER in school.people
    assert check_password(TEACHER, PASSWORD)
