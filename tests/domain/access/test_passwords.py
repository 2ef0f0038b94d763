"""Which passwords are taken: long enough, in any characters, and not among those that are tried first."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.access import passwords
from domain.access.passwords import (
    AT_ONCE,
    SHORTEST_PASSWORD,
    TOO_EASY,
    TooBusy,
    check_new_password,
    common_words,
    hashed,
    is_common,
    matches,
    set_password,
)
from domain.access.roles import Role
from domain.access.sign_in import SignInOver, actor_of, by_password, enter, hand_out, issue_ticket, link_holds, redeem
from domain.db.engine import engine
from domain.db.shapes import UNKEPT
from domain.kit.errors import InvalidInput, Problem
from domain.kit.fold import fold
from tests.conftest import PASSWORD, School

PERSONAL = ("Clara", "Nunes d'Ávila", "clara.nunes@example.com", "Escola Aurora", "escola-aurora")


def refused(password: str, personal: tuple[str, ...] = ()) -> bool:
    """Whether a password is refused, and in the one way."""
    problems: list[Problem] = []
    try:
        check_new_password(password, personal=personal)
    except InvalidInput as error:
        problems += error.problems
    assert [(each.field, each.source) for each in problems] in ([], [("password", TOO_EASY)])
    return bool(problems)


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "seven calm stars",
        "a whole new phrase",
        "violeta-ônibus-17",
        "ÀÉÎÕÜ çãéíó 漢字かな",
        "🦦🌵🎻🧭🪁🫖🎲🧩🪐🐙🥝🧵",
        "            .fox.",
        "dragon sunshine coffee violin",
        "k7$Lq2!vB9#x",
        "xkcdwvzrtplm",
        "Password manager says hi to my otter",
    ],
)
def test_any_characters_are_taken(password: str) -> None:
    assert not refused(password)


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "Password2024!",
        "P@ssw0rd1234",
        "p a s s w o r d 1 2 3 4",
        "senhasenha123",
        "SenhaForte@2026",
        "senha-forte-26",
        "minhasenha123",
        "123456789012",
        "210987654321",
        "qwertyuiop12",
        "1q2w3e4r5t6y",
        "1qaz2wsx3edc",
        "aaaaaaaaaaaa",
        "121212121212",
        "abcabcabcabc",
        "abcdefghijkl",
        "iloveyou2026",
        "Flamengo2019",
        "corinthians1910",
        "deusefiel123",
        "dragonmonkey",
        "footballfootball",
        "administrador",
        "correcthorsebatterystaple",
        "!!!!!!!!!!!!",
    ],
)
def test_what_is_tried_first_is_refused_however_it_is_spelt(password: str) -> None:
    assert refused(password)


@pytest.mark.parametrize(
    "password",
    [
        "Clara Nunes 2026",
        "claranunes1234",
        "CLARA.NUNES@example.com",
        "escola aurora!",
        "EscolaAurora2026",
        "nunesclara!!!",
        "Cl4r4 Nun3s 99",
        "aurora-senha-1",
    ],
)
def test_a_password_that_holds_little_but_the_persons_names_is_refused(password: str) -> None:
    assert refused(password, PERSONAL)
    assert not refused("nunes e as lontras", PERSONAL), "a name among other words is no harm"


def test_names_of_one_or_two_letters_are_in_too_many_words_to_count() -> None:
    assert not refused("31-cavalos-64", ("Al", "Vo"))


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("too short", "Please use at least 12 characters."),
        (" ".join(map(str, range(1000, 1201))), "This is too long: at most 1000 characters."),
        ("violet otters\njuggle", UNKEPT),
        ("violet otters juggle \ud800", UNKEPT),
    ],
)
def test_what_is_too_short_too_long_or_cannot_be_kept_is_refused_with_its_reason(password: str, said: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        check_new_password(password, "new")
    assert [(each.field, each.message) for each in refusal.value.problems] == [("new", said)]


def test_some_thousands_of_common_passwords_that_are_long_enough_ship_with_the_app() -> None:
    words = common_words()
    assert sum(len(word) >= SHORTEST_PASSWORD for word in words) >= 3000
    assert all(word == "".join(fold(word).split()) for word in words), "as they are compared"


@given(
    st.sampled_from(sorted(word for word in common_words() if word.isalpha())),
    st.sampled_from(["", "1", "123", "!", "2026", "@2026", "#1"]),
    st.booleans(),
)
def test_a_common_word_stays_common_with_digits_signs_and_capitals(word: str, end: str, loud: bool) -> None:
    assert is_common((word.upper() if loud else word) + end)


@given(st.text(alphabet="bcdfghjklmnpqrstvwxz", min_size=16, max_size=40))
def test_looking_at_a_password_never_fails(password: str) -> None:
    assert is_common(password) in {True, False}


def test_a_password_kept_for_a_person_is_compared_with_their_own_names(school: School) -> None:
    teacher = {"user_id": school.people[Role.TEACHER], "organization_id": school.id}
    with engine().begin() as connection, pytest.raises(InvalidInput):
        set_password(connection, **teacher, password="Tomás Lima 2026")


def test_a_new_password_ends_all_that_its_person_had_begun_and_nothing_of_anyone_else(school: School) -> None:
    teacher, student = (school.people[role] for role in (Role.TEACHER, Role.STUDENT))
    coordination = school.actor(Role.SCHOOL)
    sessions = {key: redeem(issue_ticket(key, role)) for key, role in ((teacher, Role.TEACHER), (student, Role.STUDENT))}
    links = {key: hand_out(coordination, key) for key in (teacher, student)}
    under_way = {role: by_password(f"{role}@example.com", PASSWORD)[0].token for role in (Role.TEACHER, Role.STUDENT)}
    with engine().begin() as connection:
        set_password(connection, user_id=teacher, organization_id=school.id, password="violet otters juggle")
    assert [actor_of(str(sessions[key])) is None for key in (teacher, student)] == [True, False]
    assert [link_holds(links[key]) for key in (teacher, student)] == [False, True]
    with pytest.raises(SignInOver):
        enter(under_way[Role.TEACHER])
    assert enter(under_way[Role.STUDENT])
    with engine().connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM credentials").scalar_one() == len(school.people)


def test_who_has_no_e_mail_may_have_a_password(school: School) -> None:
    teacher = {"user_id": school.people[Role.TEACHER], "organization_id": school.id}
    with engine().begin() as connection:
        connection.exec_driver_sql("UPDATE users SET email = NULL WHERE id = ?", (teacher["user_id"],))
        set_password(connection, **teacher, password="violet otters juggle")
        kept = connection.exec_driver_sql("SELECT password_hash FROM credentials WHERE user_id = ?", (teacher["user_id"],))
        assert matches(str(kept.scalar_one()), "violet otters juggle")


def test_no_more_than_a_few_passwords_are_hashed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    here, most, lock = [0], [0], threading.Lock()
    full = threading.Event()

    class Slow:
        def verify(self, _hash: str, _password: str) -> bool:
            with lock:
                here[0] += 1
                most[0] = max(most[0], here[0])
                if here[0] == AT_ONCE:
                    full.set()
            full.wait(5)
            with lock:
                here[0] -= 1
            return True

    monkeypatch.setattr(passwords, "HASHER", Slow())
    with ThreadPoolExecutor(4 * AT_ONCE) as threads:
        assert all(threads.map(lambda _each: matches("hash", "password"), range(4 * AT_ONCE)))
    assert most[0] == AT_ONCE


def test_who_waits_too_long_for_their_turn_is_told_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "PATIENCE", 0.01)
    for _each in range(AT_ONCE):
        passwords._hashing.acquire()
    try:
        with pytest.raises(TooBusy):
            hashed("seven calm stars")
    finally:
        for _each in range(AT_ONCE):
            passwords._hashing.release()
    assert matches(hashed("seven calm stars"), "seven calm stars")
