"""What can go wrong in a way that a person can be told. Each error knows its subject; pages render them in one place."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from domain.kit.formats import show_limit
from domain.kit.texts import N_, _


@dataclass(frozen=True)
class Problem:
    """What is wrong with one field: its name, a source text with `{}` places, and what fills them (source texts as a tuple)."""

    field: str
    source: str
    params: dict[str, Any] = dataclasses.field(default_factory=dict, hash=False)

    @property
    def message(self) -> str:
        """The text in the language spoken now."""
        params = {name: _said(value) for name, value in self.params.items()}
        return _(self.source).format(**params)


def _said(value: Any) -> Any:
    """What fills a place: a tuple holds source texts, a number is written as the language does, a person's words stay."""
    if isinstance(value, tuple):
        return ", ".join(_(each) for each in value)
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
        return _(self.source).format(**self.params)

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
    """Rows that stand in the way of a delete, or go with it: table, how many, and what happens to them."""

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
    """The database can't be opened, is read-only, or didn't answer."""

    source = N_("The database can't be reached right now. What you typed is kept; please try again in a moment.")


class DatabaseReadOnly(DatabaseUnavailable):
    """The database answers and takes nothing."""

    source = N_("The database can't be written: its file or folder is read-only.")


class DatabaseNewer(DatabaseUnavailable):
    """The database stands at a revision that this program doesn't know."""

    source = N_("The database was made by a newer version of Constela. Please update the program.")


class DatabaseOlder(DatabaseUnavailable):
    """The database waits for its migrations."""

    source = N_("The database is older than the program. Please run: python -m domain migrate")
