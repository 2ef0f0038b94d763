"""Attempts to sign in are limited per account and per network address, by waits that grow.

The counts lie in the database, so that several app processes share them, and each attempt is counted before its password is
looked at: a hundred at once are a hundred. What is counted is what was typed, known here or not.

A browser that is known for a person (`known_browsers`) has tries of its own once the others are used up: strangers who guess
without end, from anywhere or from the same address, keep nobody waiting there.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address
from math import ceil
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update
from sqlalchemy.dialects.sqlite import insert

from domain.access import security_log
from domain.access.accounts import connected, digest
from domain.access.models import SignInAttempt
from domain.kit.clock import now
from domain.kit.errors import DomainError
from domain.kit.ids import new_id
from domain.kit.texts import N_, ngettext


class TooManyAttempts(DomainError):
    """Nothing was tried: `seconds` must pass first. It says the same of every e-mail, known or not."""

    source = N_("Too many attempts to sign in. Please wait a moment and try again.")

    def __init__(self, seconds: int) -> None:
        super().__init__()
        self.seconds = seconds

    @property
    def message(self) -> str:
        if self.seconds < 60:
            said = ngettext(
                "Too many attempts to sign in. Please try again in {count} second.",
                "Too many attempts to sign in. Please try again in {count} seconds.",
                self.seconds,
            )
        else:
            said = ngettext(
                "Too many attempts to sign in. Please try again in {count} minute.",
                "Too many attempts to sign in. Please try again in {count} minutes.",
                ceil(self.seconds / 60),
            )
        return said


@dataclass(frozen=True)
class Limit:
    """`free` attempts, then a wait of `first` that doubles up to `longest`; each `forgiven` that passes takes one back."""

    free: int
    longest: timedelta
    forgiven: timedelta
    first: timedelta = timedelta(seconds=1)

    def wait(self, made: int) -> timedelta:
        """How long after the last of so many attempts the next one may be made."""
        if made < self.free:
            return timedelta()
        doubled = self.first * (1 << min(made - self.free, 16))
        return min(doubled, self.longest)


ACCOUNT = Limit(free=5, longest=timedelta(minutes=15), forgiven=timedelta(minutes=30))
KNOWN_BROWSER = ACCOUNT  # of each browser and name, beside those that all have together: as much for whoever steals what it shows
# A whole school may share one address, so that its waits are short: they slow down who tries one password on everybody.
ADDRESS = Limit(free=50, longest=timedelta(minutes=1), forgiven=timedelta(minutes=1))


@dataclass(frozen=True)
class Attempt:
    """An attempt as it was counted. `browser`: the known browser to whose own tries it went; empty: to those of all together."""

    email: str
    address: str
    browser: str = ""


def begin(email: str, address: str, *, account: Limit | None = None, browser: str = "") -> Attempt:
    """Count an attempt for this e-mail from this network address (empty: the command line). Raises TooManyAttempts.

    `browser`: the name of a browser that is known for whom the e-mail means.
    """
    limits, moment, table = _limits(email, address, account or ACCOUNT), now(), SignInAttempt.__table__
    own = {_of_browser(browser, email): KNOWN_BROWSER} if browser else {}
    with connected(writing=True) as connection:
        subjects = table.c.subject_hash.in_([*limits, *own])
        kept = {row.subject_hash: row for row in connection.execute(select(table).where(subjects))}

        def waiting(counted: dict[str, Limit]) -> timedelta:
            return max(_waiting(limit, kept.get(subject), moment) for subject, limit in counted.items())

        wait = waiting(limits)
        goes_apart = bool(wait and own)
        if goes_apart:
            wait, limits = min(wait, waiting(own)), own
        if wait:
            security_log.record(security_log.Event.SIGN_IN_LIMITED, address=address)
            raise TooManyAttempts(max(1, ceil(wait.total_seconds())))
        if goes_apart:
            security_log.record(security_log.Event.KNOWN_BROWSER_TRIED, address=address)
        connection.execute(delete(table).where(table.c.forgiven_at <= moment))
        for subject, limit in limits.items():
            until = _forgiven_at(kept.get(subject), moment) + limit.forgiven
            row = insert(table).values(id=new_id(), subject_hash=subject, forgiven_at=until, last_at=moment)
            again = {"forgiven_at": until, "last_at": moment}
            connection.execute(row.on_conflict_do_update(index_elements=["subject_hash"], set_=again))
    return Attempt(email, address, browser if goes_apart else "")


def succeed(connection: Connection, attempt: Attempt, *, wholly: bool = True) -> None:
    """The attempt that began was the person's own: their account is free again, and the address has one attempt less.

    `wholly`: it opened all that is known by this e-mail. Else it stays an attempt, for whoever has a password under the same
    e-mail at another school may set it to each of their guesses. Of a known browser its own tries are free again, and those that
    strangers have used up stay so.
    """
    table = SignInAttempt.__table__
    if attempt.browser:
        connection.execute(delete(table).where(table.c.subject_hash == _of_browser(attempt.browser, attempt.email)))
        return
    if wholly:
        lift(connection, attempt.email)
    if attempt.address:
        subject = _subject("address", network_of(attempt.address))
        row = connection.execute(select(table).where(table.c.subject_hash == subject)).first()
        if row is not None:
            change = update(table).where(table.c.id == bindparam("key"))
            values = {"forgiven_at": row.forgiven_at - ADDRESS.forgiven}
            connection.execute(change.values(values), {"key": row.id})


def lift(connection: Connection, email: str) -> None:
    """An account's waits are over: its person was helped back in."""
    table = SignInAttempt.__table__
    connection.execute(delete(table).where(table.c.subject_hash == _subject("account", _same(email))))


def network_of(address: str) -> str:
    """Whose attempts count together: an IPv4 address, or the 64 bits that an IPv6 household shares."""
    try:
        known = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(known, IPv6Address):
        return str(known.ipv4_mapped or f"{int(known) >> 64:016x}")
    return str(known)


def _limits(email: str, address: str, account: Limit) -> dict[str, Limit]:
    found = {_subject("account", _same(email)): account}
    if address:
        found[_subject("address", network_of(address))] = ADDRESS
    return found


def _of_browser(browser: str, email: str) -> str:
    return _subject("browser", f"{browser} {_same(email)}")


def _same(email: str) -> str:
    return email.strip().lower()


def _subject(kind: str, name: str) -> str:
    return digest(f"{kind}:{name}")


def _forgiven_at(row: Any, moment: datetime) -> datetime:
    return max(moment, row.forgiven_at) if row is not None else moment


def _waiting(limit: Limit, row: Any, moment: datetime) -> timedelta:
    if row is None:
        return timedelta()
    made = ceil((_forgiven_at(row, moment) - moment) / limit.forgiven)
    until: datetime = row.last_at + limit.wait(made)
    return max(timedelta(), until - moment)
