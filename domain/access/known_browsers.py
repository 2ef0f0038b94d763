"""Browsers in which someone signed in before: strangers who guess at a person's password keep them waiting there no longer.

What such a browser shows lets nobody in. It is worth tries of its own (`attempts`), at the accounts that were signed in to there
and no others: who holds one account learns nothing of, and gains nothing at, another of the same e-mail. It holds a random name
for the browser and, for each person, their key, since when, and a mark of the password and the second step that they had, sealed
with a key that follows from the installation's: nobody makes one, or reads whose it is. A new password or second step makes every
browser a stranger again, so that nobody who once knew the old one has kept a stock of them. OWASP calls this a device cookie.
"""

import json
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, select

from domain.access.accounts import connected, digest, table_named
from domain.access.keys import installation_key
from domain.access.models import Credential, SecondFactor, SignIn
from domain.access.sessions import TICKET_LIFE
from domain.crypto import installation
from domain.crypto.installation import KeyMissing, OtherKey
from domain.kit.clock import now

LIFE = timedelta(days=180)  # since the person signed in there last
MOST = 8  # people whom one browser is known for: the latest
ABOUT = "known browser"


@dataclass(frozen=True)
class KnownBrowser:
    """A browser by its random name, and the keys of the people in question who signed in there."""

    name: str
    people: frozenset[str]


def known_for_email(shown: str, email: str) -> KnownBrowser | None:
    """What a browser is known for of those who have this e-mail; None if it is a stranger. `shown`: what it keeps.

    Who is looked up is what the browser shows, never the e-mail: how long it takes tells nothing of who has it.
    """
    return _known(shown, lambda row: row.email == email.strip().lower())


def known_for_person(shown: str, user_id: str) -> KnownBrowser | None:
    """The same of one person, by their key."""
    return _known(shown, lambda row: row.id == user_id)


def remember(token: str, shown: str) -> str:
    """What a browser keeps from now on that has just been given this session; empty where it keeps what it has.

    That is after a change of role: who holds a session alone makes no new tries out of it.
    """
    table = SignIn.__table__
    with connected(writing=False) as connection:
        row = connection.execute(select(table.c.user_id, table.c.created_at).where(table.c.token_hash == digest(token))).first()
        if row is None or now() - row.created_at > TICKET_LIFE:
            return ""
        return vouch(connection, str(row.user_id), shown)


def vouch(connection: Connection, user_id: str, shown: str) -> str:
    """What a browser keeps in which this person has just proven who they are; empty if there is nothing of theirs to guess."""
    mark = _marks(connection, [user_id]).get(user_id)
    if mark is None:
        return ""
    name, people = _opened(shown)
    others = [each for each in people if each[0] != user_id][-(MOST - 1) :]
    held = {"name": name or secrets.token_urlsafe(16), "people": [*others, [user_id, int(now().timestamp()), mark[1]]]}
    with suppress(KeyMissing):
        return installation.seal(_key(), json.dumps(held), ABOUT).rstrip("=")  # which a cookie would have in quotes
    return ""


def _known(shown: str, is_meant: Any) -> KnownBrowser | None:
    name, people = _opened(shown)
    since = (now() - LIFE).timestamp()
    marks = {key: mark for key, moment, mark in people if moment > since}
    if not marks:
        return None
    with connected(writing=False) as connection:
        found = _marks(connection, list(marks))
    meant = frozenset(key for key, (row, mark) in found.items() if mark == marks[key] and is_meant(row))
    return KnownBrowser(name, meant) if meant else None


def _marks(connection: Connection, keys: list[str]) -> dict[str, tuple[Any, str]]:
    """Of these people, those who have something to guess: their row, and what changes with their password and second step."""
    users, passwords, factors = table_named("users"), Credential.__table__, SecondFactor.__table__
    rows = connection.execute(
        select(users.c.id, users.c.email, passwords.c.id.label("password"), factors.c.confirmed_at)
        .outerjoin(passwords, passwords.c.user_id == users.c.id)
        .outerjoin(factors, factors.c.user_id == users.c.id)
        .where(users.c.id.in_(keys))
    )
    return {row.id: (row, digest(f"{row.password} {row.confirmed_at}")[:16]) for row in rows if row.password or row.confirmed_at}


def _opened(shown: str) -> tuple[str, list[tuple[str, int, str]]]:
    """What a browser shows: its name, and whom it was known for, the latest last; nothing if it isn't ours."""
    if shown:  # else not even a key is made
        padded = shown + "=" * (-len(shown.rpartition(".")[2]) % 4)
        with suppress(KeyMissing, OtherKey):
            held = json.loads(installation.unseal(_key(), padded, ABOUT))
            return held["name"], [(key, moment, mark) for key, moment, mark in held["people"]]
    return "", []


def _key() -> bytes:
    return installation.derived(installation_key(), ABOUT)
