"""Passwords: which ones are taken, and their argon2id hashes."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import pairwise
from pathlib import Path
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from sqlalchemy import Connection, delete, func, insert, select

from domain.access import attempts
from domain.access.accounts import table_named
from domain.access.models import Credential, ResetLink, SignIn, SignInStep
from domain.db.shapes import UNKEPT, has_unkept
from domain.kit.clock import now
from domain.kit.errors import DomainError, InvalidInput, Problem
from domain.kit.fold import fold
from domain.kit.ids import new_id
from domain.kit.texts import N_

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 1000
TOO_EASY = N_(
    "Please choose another one: this is among the passwords that are tried first, or holds little more than your name, "
    "e-mail or school."
)
COMMON = Path(__file__).with_name("common_passwords.txt")
SPELT = str.maketrans("@430!1$57", "aaeoiisst")  # `p@ssw0rd` is no secret either
ROWS = ("01234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p")
NEIGHBOURS = frozenset(pair for row in ROWS for line in (row, row[::-1]) for pair in pairwise(line))
SHORT = 6  # letters: less than that beside a name or a common word adds nothing

HASHER = PasswordHasher(time_cost=3, memory_cost=65536, parallelism=1)
DUMMY_HASH = HASHER.hash(secrets.token_hex(16))  # an unknown e-mail takes as long as a known one
AT_ONCE = 4  # each hash takes 64 MB
PATIENCE = 20.0  # seconds
_hashing = BoundedSemaphore(AT_ONCE)


class TooBusy(DomainError):
    """So many people sign in that this one could not be looked at in time."""

    source = N_("Many people are signing in right now. Please try again in a moment.")


@contextmanager
def _one_of_few() -> Iterator[None]:
    if not _hashing.acquire(timeout=PATIENCE):
        raise TooBusy
    try:
        yield
    finally:
        _hashing.release()


def matches(password_hash: str, password: str) -> bool:
    """Whether this is the password that was hashed."""
    try:
        with _one_of_few():
            return HASHER.verify(password_hash, password[:LONGEST_PASSWORD])
    except (Argon2Error, InvalidHashError, UnicodeEncodeError):
        return False


def hashed(password: str) -> str:
    """A password's hash, for the database."""
    with _one_of_few():
        return HASHER.hash(password)


def check_new_password(password: str, field: str = "password", *, personal: tuple[str, ...] = ()) -> None:
    """Refuse a password that is too short, too long, or easily guessed; `personal`: names that it must not consist of."""
    if len(password) < SHORTEST_PASSWORD:
        raise InvalidInput([Problem(field, N_("Please use at least {least} characters."), {"least": SHORTEST_PASSWORD})])
    if len(password) > LONGEST_PASSWORD:
        raise InvalidInput([Problem(field, N_("This is too long: at most {limit} characters."), {"limit": LONGEST_PASSWORD})])
    if has_unkept(password):
        raise InvalidInput([Problem(field, UNKEPT)])
    if is_common(password) or _is_personal(password, personal):
        raise InvalidInput([Problem(field, TOO_EASY)])


@cache
def common_words() -> frozenset[str]:
    """The words and passwords that are tried first, folded and without spaces."""
    return frozenset(COMMON.read_text(encoding="utf-8").split())


def is_common(password: str) -> bool:
    """Whether a password is among those tried first, as it is or spelt otherwise: `P@ssw0rd2024!`, `abcabcabcabc`."""
    whole = "".join(fold(password).split())
    unit = whole[: (whole + whole).find(whole, 1)]  # what the password repeats; itself, if nothing
    if whole in common_words() or len(set(whole)) < 4 or (unit != whole and len(unit) <= SHORT) or _runs_along(whole):
        return True
    return any(_one_or_two(word) for word in _bare(unit))


def _bare(text: str) -> set[str]:
    """A text without the digits and signs around it, as it is spelt and as it is meant."""
    ends = "".join(each for each in set(text) if not each.isalpha())
    found = {text.strip(ends), text.strip(ends).translate(SPELT), text.translate(SPELT).strip(ends)}
    return {"".join(each for each in word if each.isalnum()) for word in found}


def _one_or_two(word: str) -> bool:
    known = common_words()
    return word in known or any(word[:at] in known and word[at:] in known for at in range(1, len(word)))


def _runs_along(text: str) -> bool:
    """Whether nearly all of a text runs along the keyboard, the alphabet or the digits, or stays on one key."""
    steps = list(pairwise(text))
    return sum(pair in NEIGHBOURS or pair[0] == pair[1] for pair in steps) >= 0.8 * len(steps)


def _is_personal(password: str, personal: tuple[str, ...]) -> bool:
    """Whether little is left of a password without these names."""
    words = sorted({word for text in personal for word in _words(text) if len(word) > 2}, key=len, reverse=True)
    for whole in {fold(password), fold(password).translate(SPELT)}:
        rest = whole
        for word in words:
            rest = rest.replace(word, " ")
        letters = "".join(each for each in rest if each.isalpha())
        if rest != whole and (len(letters) < SHORT or letters in common_words()):
            return True
    return False


def _words(text: str) -> list[str]:
    return "".join(each if each.isalnum() else " " for each in fold(text)).split()


def set_password(connection: Connection, *, user_id: str, organization_id: str, password: str) -> None:
    """Give a person a new password; all their signed-in browsers are signed out, and no link for a new one holds any more.

    Whatever wait their attempts to sign in had earned is over, unless another school knows their e-mail too.
    """
    check_new_password(password, personal=personal_words(connection, user_id))
    keep_hash(connection, user_id=user_id, organization_id=organization_id, password_hash=hashed(password))


def keep_hash(connection: Connection, *, user_id: str, organization_id: str, password_hash: str) -> None:
    """What `set_password` does with a password that was looked at and hashed before the transaction began."""
    credentials = Credential.__table__
    connection.execute(delete(credentials).where(credentials.c.user_id == user_id))
    values = {"user_id": user_id, "organization_id": organization_id, "password_hash": password_hash, "changed_at": now()}
    connection.execute(insert(credentials).values(id=new_id(), **values))
    sign_out_everywhere(connection, user_id)
    users = table_named("users")
    email = connection.execute(select(users.c.email).where(users.c.id == user_id)).scalar()
    if email and connection.execute(select(func.count()).where(users.c.email == email)).scalar_one() == 1:
        attempts.lift(connection, email)  # who forgot their password has tried often; not so for those of other schools


def sign_out_everywhere(connection: Connection, user_id: str, *, but_step: str = "") -> None:
    """End all of a person's sessions, tickets, links for a new password and sign-ins under way, save the step of this key."""
    for model in (SignIn, ResetLink):
        connection.execute(delete(model.__table__).where(model.__table__.c.user_id == user_id))
    steps = SignInStep.__table__
    connection.execute(delete(steps).where(steps.c.user_id == user_id, steps.c.id != but_step))


def personal_words(connection: Connection, user_id: str) -> tuple[str, ...]:
    """What a person's password must not consist of: their name, e-mail, and the school's name."""
    users, schools = table_named("users"), table_named("organizations")
    wanted = select(users.c.first_name, users.c.last_name, users.c.email, schools.c.name, schools.c.slug)
    row = connection.execute(wanted.join(schools, schools.c.id == users.c.organization_id).where(users.c.id == user_id)).first()
    return tuple(each for each in row if each) if row else ()
