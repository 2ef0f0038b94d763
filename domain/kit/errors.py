"""What can go wrong in a way that a person can be told. Each error knows its subject; pages render them in one place."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Any

from domain.kit.formats import show_day, show_limit, show_time
from domain.kit.texts import N_, _, one_stop


@dataclass(frozen=True)
class Problem:
    """What is wrong with one field: its name, a source text with `{}` places, and what fills them (source texts as a tuple).

    `records`: where many are written at once, the keys of those that it is about.
    """

    field: str
    source: str
    params: dict[str, Any] = dataclasses.field(default_factory=dict, hash=False)
    records: tuple[str, ...] = dataclasses.field(default=(), compare=False)

    @property
    def message(self) -> str:
        """The text in the language spoken now."""
        params = {name: _said(value) for name, value in self.params.items()}
        return one_stop(_(self.source).format(**params))


def _said(value: Any) -> Any:
    """What fills a place: a tuple holds source texts, numbers, days and times are written as the language does, a person's
    words stay.
    """
    if isinstance(value, tuple):
        return ", ".join(_(each) for each in value)
    if isinstance(value, date):
        return show_day(value)
    if isinstance(value, time):
        return show_time(value)
    if isinstance(value, float | Decimal):
        return show_limit(value)
    return value


class DomainError(Exception):
    """Something a person can be told. `message` is in the language spoken now."""

    source = N_("Something went wrong. Nothing was changed.")

    def __init__(self, **params: Any) -> None:
        self.params = params
        super().__init__(self.source)

    @property
    def message(self) -> str:
        return one_stop(_(self.source).format(**self.params))

    def __str__(self) -> str:
        return self.message


class InvalidInput(DomainError):
    """What was given breaks rules of its fields. Nothing was written."""

    source = N_("Please look at the marked fields. Nothing was saved yet, and what you typed is kept.")

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__()
        self.problems = tuple(problems)

    def of(self, name: str) -> list[Problem]:
        """The problems of one field."""
        return [problem for problem in self.problems if problem.field == name]

    def __str__(self) -> str:
        return "; ".join(f"{problem.field}: {problem.message}" for problem in self.problems)


class NotFound(DomainError):
    """There is no such record, or it isn't this person's to see: from outside the two are the same."""

    source = N_("This record doesn't exist, or it isn't yours to open.")


class NotAllowed(DomainError):
    """The role gives no right to this."""

    source = N_("Your role doesn't allow this. Nothing was changed.")

    def __init__(self, reason: str = "") -> None:
        super().__init__()
        self.reason = reason


class EditConflict(DomainError):
    """Someone else changed the record since it was opened. Carries both versions, so that the person can choose."""

    source = N_("Someone else changed this record while you were editing it. Nothing was lost: please choose.")

    def __init__(self, *, mine: dict[str, Any], theirs: dict[str, Any], version: int) -> None:
        super().__init__()
        self.mine, self.theirs, self.version = mine, theirs, version


@dataclass(frozen=True)
class Dependent:
    """Rows that stand in the way of a delete, or go with it: table, how many, and what happens to them.

    No table: something stands in the way that isn't the actor's to read.
    """

    table: str
    column: str
    count: int
    rule: str  # RESTRICT, CASCADE or SET NULL
    examples: tuple[str, ...] = ()


class StillNeeded(DomainError):
    """A delete is refused because other records need this one."""

    source = N_("This can't be deleted: other records still need it.")

    def __init__(self, dependents: Sequence[Dependent]) -> None:
        super().__init__()
        self.dependents = tuple(dependents)


class Unchangeable(DomainError):
    """The record is of a kind or in a state that is never changed or deleted."""

    source = N_("This record is kept as it is: it can't be changed or deleted.")


class WrongScope(DomainError):
    """A query or a write without its school, or of another school: a mistake of the program, refused."""

    source = N_("This isn't part of your school.")


class DatabaseUnavailable(DomainError):
    """The database can't be opened or reached, refuses this app, or didn't answer.

    `message` is for the person at a page: what became of what they did. `str()` is for whoever keeps the server: the cause, and
    in brackets the driver's own words, which hold no token and no row of data.
    """

    source = N_("The database can't be reached right now. What you typed is kept; please try again in a moment.")
    cause = N_("The database can't be opened.")
    asks_keeper = False
    """Whether it lasts until someone who keeps the server does something."""

    def __init__(self, detail: str = "", **params: Any) -> None:
        super().__init__(**params)
        self.detail = detail

    @property
    def told_to_keeper(self) -> str:
        """The source text for whoever keeps the server: the class's own cause, or what a person is told where it has none."""
        return str(vars(type(self)).get("cause") or self.source)

    def __str__(self) -> str:
        said = _(self.told_to_keeper).format(**self.params)
        return f"{said} ({self.detail})" if self.detail else said


class DatabaseReadOnly(DatabaseUnavailable):
    """The database answers and takes nothing."""

    source = N_("The database can't be written: its file or folder is read-only.")
    asks_keeper = True


class DatabaseNewer(DatabaseUnavailable):
    """The database stands at a revision that this program doesn't know."""

    source = N_("The database was made by a newer version of Constela. Please update the program.")
    asks_keeper = True


class DatabaseUnfinished(DatabaseUnavailable):
    """A copy into the database broke off, and was not taken up again."""

    source = N_("The database holds an unfinished copy. Please finish it first: python -m domain copy")
    asks_keeper = True


class DatabaseOlder(DatabaseUnavailable):
    """The database waits for its migrations."""

    source = N_("The database is older than the program. Please run: python -m domain migrate")
    asks_keeper = True


class DatabaseEmpty(DatabaseOlder):
    """The database answers and holds no table yet."""

    source = N_("The database has no tables yet. To make them: python -m domain migrate")


class DatabaseAddressWrong(DatabaseUnavailable):
    """The setting names no database."""

    source = N_(
        "The database's address is wrong, so nothing can be opened or saved. Whoever keeps this server has to correct it."
    )
    cause = N_("The database's address can't be used. One looks like file:data/constela.db, libsql://HOST or http://HOST:PORT.")
    asks_keeper = True


class DatabaseExtraMissing(DatabaseAddressWrong):
    """The address asks for a package that isn't installed."""

    source = N_(
        "A part of the program that reaches the database isn't installed, so nothing can be opened or saved. "
        "Whoever keeps this server has to install it."
    )
    cause = N_("A database at ws:// or wss:// needs one more package. To install it: pip install 'constela[websocket]'")


class DatabaseHostUnknown(DatabaseUnavailable):
    """No host has the name that the address gives."""

    source = N_("The database's server can't be found. Nothing was saved; what you typed is kept. Please try again in a moment.")
    cause = N_("There is no host of the name that stands in the database's address.")


class DatabaseSilent(DatabaseUnavailable):
    """Nobody answers at the address."""

    source = N_("The database's server doesn't answer. Nothing was saved; what you typed is kept. Please try again in a moment.")
    cause = N_("Nobody answers at the database's address. Does the server run, and is the port right?")


class DatabaseNotTrusted(DatabaseUnavailable):
    """The server can't prove that it is the one that the address names."""

    source = N_(
        "The database's server can't prove who it is, so nothing was sent to it. Nothing was saved; what you typed is kept. "
        "Whoever keeps this server has to look at it."
    )
    cause = N_(
        "The certificate of the database's server isn't trusted, or it speaks no TLS: then its address begins with http://."
    )
    asks_keeper = True


class DatabaseTimedOut(DatabaseUnavailable):
    """No answer in the time that one is given."""

    source = N_(
        "The database's server took too long to answer. Nothing was saved; what you typed is kept. Please try again in a moment."
    )
    cause = N_("The database's server doesn't answer in time.")


class DatabaseFailing(DatabaseUnavailable):
    """The server, or something before it, answered with what can't be used."""

    source = N_("The database's server has a problem. Nothing was saved; what you typed is kept. Please try again in a moment.")
    cause = N_("The database's server, or something on the way to it, gave no answer that can be used.")


class DatabaseRefuses(DatabaseUnavailable):
    """The server doesn't take the app's token."""

    source = N_(
        "The database doesn't take this app's token, so nothing can be opened or saved. Whoever keeps this server has to give it "
        "another; what you typed is kept."
    )
    cause = N_("The database's server refuses the token in TURSO_AUTH_TOKEN. Was it made for this very database?")
    asks_keeper = True


class DatabaseTokenMissing(DatabaseRefuses):
    """The server wants a token, and there is none."""

    source = N_(
        "The database opens to those with a token only, and this app has none. Whoever keeps this server has to give it one; "
        "what you typed is kept."
    )
    cause = N_("The database's server asks for a token, and TURSO_AUTH_TOKEN is empty.")


class DatabaseTokenExpired(DatabaseRefuses):
    """The token's time is over."""

    source = N_(
        "This app's token for the database has expired, so nothing can be opened or saved. Whoever keeps this server has to give "
        "it a new one; what you typed is kept."
    )
    cause = N_("The token in TURSO_AUTH_TOKEN has expired. Make a new one, and start the program with it.")


class DatabaseTokenReadOnly(DatabaseReadOnly):
    """The token allows reading only."""

    source = N_(
        "Nothing was saved: the database doesn't let this app change anything. What you typed is kept; "
        "please tell whoever keeps this server."
    )
    cause = N_("The token in TURSO_AUTH_TOKEN doesn't allow this: it may be for reading only, or for another database.")


class SavingInterrupted(DatabaseUnavailable):
    """The way to the database broke in the middle of a transaction, of which nothing is saved."""

    source = N_(
        "The connection to the database broke before this was saved. Nothing was saved; what you typed is kept. Please try again."
    )
    cause = N_("The connection to the database broke within a transaction. Nothing of it is saved.")


class OutcomeUnknown(DatabaseUnavailable):
    """The word to save was sent, and no answer came: all of it is saved, or nothing."""

    source = N_(
        "We couldn't learn whether this was saved. Look whether it is there before you try again. What you typed is kept."
    )
    cause = N_("The connection to the database broke at a transaction's end: all of it is saved, or nothing. Only looking tells.")
