"""A file on its way to becoming changes: what each row says, which record it speaks of, and all that was found wrong so far."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from domain.access.decide import own_columns
from domain.access.uow import ScopedSession
from domain.db.base import Base
from domain.exchange.imports.cells import DOTTED, EMPTY, WRONG, told_apart
from domain.exchange.imports.headings import KEY, Headings, label_of_path
from domain.exchange.imports.lookup import comparable
from domain.exchange.imports.sheet import Sheet
from domain.exchange.imports.spread import Meaning
from domain.exchange.imports.troubles import Troubles
from domain.kit.errors import Problem
from domain.kit.texts import N_
from domain.records.fields import Field, fields
from domain.records.write import writable

LEFT = N_("“{column}” is left as it is in records that are there already: you neither see nor change it.")
UNFILLED = object()
"""In the place of a part of a natural key that a row doesn't say, or not surely."""


@dataclass(frozen=True)
class Options:
    """What a person chose. `ignore_unknown`: leave out columns whose headings mean nothing. `clear`: an empty cell empties
    what stands there; else it leaves it. `sheet`: which one of a workbook.
    """

    ignore_unknown: bool = False
    clear: bool = False
    sheet: str = ""


@dataclass
class Draft:
    """All that is known of one file. Rows go by their place in it (0 is the first under the headings), records by key."""

    session: ScopedSession
    model: type[Base]
    sheet: Sheet
    headings: Headings
    options: Options
    values: dict[str, list[Any]] = field(default_factory=dict)  # of fields that are no references: read
    meanings: dict[str, list[Meaning]] = field(default_factory=dict)  # of references: the keys that are meant
    cells: dict[str, Sequence[Any]] = field(default_factory=dict)  # of each field: as they stand in the file
    keys: list[str | None] = field(default_factory=list)
    current: dict[str, dict[str, Any]] = field(default_factory=dict)  # by key: the record's fields as they are
    hidden: dict[str, frozenset[str]] = field(default_factory=dict)  # by key: the fields that the actor doesn't see
    changes: dict[int, dict[str, Any]] = field(default_factory=dict)
    fresh: list[int] = field(default_factory=list)  # the rows that become new records
    fresh_keys: list[str] = field(default_factory=list)
    fresh_values: dict[str, list[Any]] = field(default_factory=dict)  # by field: of these rows, in this order
    bad: set[int] = field(default_factory=set)
    is_blocked: bool = False
    parted: int = 0  # rows that the database refused, each found by itself
    troubles: Troubles = field(default_factory=Troubles)
    notes: list[Problem] = field(default_factory=list)
    _natural: dict[tuple[str, bool], list[Any]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.sheet)

    @cached_property
    def known(self) -> dict[str, Field]:
        """The table's fields."""
        return fields(self.model)

    @cached_property
    def creatable(self) -> set[str]:
        """The fields that the actor may set in a new record; empty where they may make none."""
        return writable(self.session.actor, self.model, "C")

    @cached_property
    def changeable(self) -> set[str]:
        """The fields that the actor may change in some record."""
        return set() if self.model.__append_only__ else writable(self.session.actor, self.model, "U")

    @cached_property
    def own(self) -> Mapping[str, str]:
        """What every record that the actor makes says of them."""
        return own_columns(self.session.actor, self.model.__tablename__)

    def called(self, name: str) -> str:
        """A field as the file calls it; as we do, where the file doesn't."""
        if not name:
            return ""
        if name not in self.known and name != KEY:
            return name
        parts = [each for each in self.headings.paths if each and each[0] == name]
        return ", ".join(self.headings.said(each) for each in parts) or label_of_path(self.model, (name,))

    def refuse(self, row: int, name: str, problem: Problem, cell: Any = "") -> None:
        """Something is wrong with a row: at a field, or (no name) as a whole."""
        self.bad.add(row)
        self.troubles.add(self.sheet.numbers[row], self.called(name), cell, problem)

    def refuse_all(self, problem: Problem, column: str = "", cell: str = "") -> None:
        """Something is wrong with the file as a whole: what its rows would do isn't tried."""
        self.is_blocked = True
        self.troubles.add(0, column, cell, problem)

    def leave(self, name: str) -> None:
        """A column is left alone in records that are there: the actor neither sees nor changes it there. Told once."""
        said = Problem(name, LEFT, {"column": self.called(name)})
        if said not in self.notes:
            self.notes.append(said)

    def cell(self, row: int, name: str) -> Any:
        """What the file has there."""
        return self.cells[name][row] if name in self.cells else ""

    def natural_values(self, name: str, *, empties: bool = False) -> list[Any]:
        """Each row's value of a field, as natural keys compare them: UNFILLED where it isn't said, or not surely.

        `empties`: an empty cell says that it is empty, unless the program would fill it.
        """
        if (name, empties) not in self._natural:
            self._natural[name, empties] = self._natural_values(name, empties=empties)
        return self._natural[name, empties]

    def _natural_values(self, name: str, *, empties: bool) -> list[Any]:
        kind = self.known[name]
        nothing = None if empties and not kind.required and not kind.has_default else UNFILLED
        default = kind.default if kind.default is not None else nothing
        if name in self.own:
            return [self.own[name]] * len(self)
        if name in self.meanings:
            return [nothing if each is None else each[0] if len(each) == 1 else UNFILLED for each in self.meanings[name]]
        if name not in self.values:
            return [default] * len(self)
        distinct = {told_apart_value(each): each for each in self.values[name]}
        said = {
            key: default if each is EMPTY else UNFILLED if each in (WRONG, DOTTED) else comparable(kind.type, each)
            for key, each in distinct.items()
        }
        return [said[told_apart_value(each)] for each in self.values[name]]


def told_apart_value(value: Any) -> Any:
    """A read value as the key of a table; lists and objects by what they say."""
    return repr(value) if isinstance(value, list | dict) else told_apart(value)
