"""What a rule finds: plain values that a page shows with a link to each record named. A check is a function that returns these.

The way of beancount's validation: checks stand in lists, know nothing of each other, and the page that lists what they found
needs no change for a new one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from domain.kit.errors import DomainError, Problem
from domain.kit.texts import N_


class Weight(Enum):
    """What a finding does to what is about to be saved."""

    REFUSES = "refuses"
    """Nothing is saved, save by who may, with a reason that is kept."""
    WARNS = "warns"
    """It is said, and saved all the same."""


@dataclass(frozen=True)
class Subject:
    """A record that a finding speaks of: its table, its key and how people call it."""

    table: str
    key: str
    label: str


@dataclass(frozen=True)
class Finding:
    """What a check found. `source` has a `{}` place for each of `params` and of `subjects`, whose label stands there.

    `kind`: the check's own name for it, which doesn't change. `at`: the form's field that it belongs to, if one does.
    A check whose findings rest on more than on which records they name says that in `terms`. `records`: the keys of the written
    records that brought it about, where many are written at once.
    """

    kind: str
    source: str
    subjects: Mapping[str, Subject] = field(default_factory=dict, hash=False)
    params: Mapping[str, Any] = field(default_factory=dict, hash=False)
    at: str = ""
    weight: Weight = Weight.REFUSES
    terms: str = ""
    records: tuple[str, ...] = field(default=(), compare=False)

    @property
    def key(self) -> str:
        """The same for the same finding about the same records on the same terms, whichever of them it was met from."""
        named = sorted({each.key for each in self.subjects.values()})
        return ":".join([self.kind, *named, *([self.terms] if self.terms else [])])

    @property
    def problem(self) -> Problem:
        """The finding as what is wrong with its field."""
        params = {**self.params, **{place: each.label for place, each in self.subjects.items()}}
        return Problem(self.at, self.source, params, self.records)

    @property
    def message(self) -> str:
        """The text in the language spoken now."""
        return self.problem.message


class Refused(DomainError):
    """Rules stand against what was asked. Nothing was saved. Carries what they found."""

    source = N_("This can't be saved as it stands. Nothing was changed.")

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__()
        self.findings = tuple(findings)

    def __str__(self) -> str:
        return "; ".join(each.message for each in self.findings)


def refuse(findings: Iterable[Finding]) -> None:
    """Raise Refused with what refuses among these, if anything does."""
    against = [each for each in findings if each.weight is Weight.REFUSES]
    if against:
        raise Refused(against)
