"""A reference that is spread over several columns (class, date and time of a session) as the records that each row may mean."""

import itertools
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from domain.db.base import Base, model_of
from domain.exchange.imports.cells import DOTTED, EMPTY, WRONG, plain
from domain.exchange.imports.headings import Path
from domain.exchange.imports.lookup import Keys, comparable, keys_by_values
from domain.exchange.imports.references import MOST_COMBINED, References
from domain.records.fields import Field, fields

Cells = Sequence[Any]
Meaning = Keys | None
"""What a row may mean by a reference: some keys, none that is known (empty), or nothing said (None)."""
Read = Callable[[Path, Field, Cells], list[Any]]
"""Reads a column of plain values at a path of the file, and tells of what can't be read."""


class Spread:
    """Resolves references for one file: of each target, every distinct combination of texts once."""

    def __init__(self, references: References, read: Read) -> None:
        self.references, self.read = references, read

    def meanings(self, target: str, path: Path, columns: Mapping[Path, Cells]) -> list[Meaning]:
        """For each row, what it may mean by the reference at `path`; `columns` by what follows the path: () for its own text."""
        model = model_of(target)
        own = self._own(target, columns.get(()))
        names = list(dict.fromkeys(each[0] for each in columns if each))
        parts = [self._part(model, path, name, columns) for name in names]
        if own is not None and not parts:
            return own
        listed: list[list[Meaning]] = [*([own] if own is not None else []), *parts]
        rows = list(zip(*listed, strict=True))
        found = self._together(model, names, set(rows), own is not None)
        return [found[row] for row in rows]

    def _own(self, target: str, cells: Cells | None) -> list[Meaning] | None:
        if cells is None:
            return None
        texts = [text_of(each) for each in cells]
        found = self.references.find(target, set(texts))
        return [found[each] if each else None for each in texts]

    def _part(self, model: type[Base], path: Path, name: str, columns: Mapping[Path, Cells]) -> list[Meaning]:
        below = {each[1:]: cells for each, cells in columns.items() if each and each[0] == name}
        kind = fields(model)[name]
        if kind.target:
            return self.meanings(kind.target, (*path, name), below)
        values = self.read((*path, name), kind, below[()])
        told: dict[Any, Meaning] = {EMPTY: None, DOTTED: None, WRONG: ()}
        return [told[each] if each in (EMPTY, DOTTED, WRONG) else (comparable(kind.type, each),) for each in values]

    def _together(
        self, model: type[Base], names: Sequence[str], rows: set[tuple[Meaning, ...]], has_own: bool
    ) -> dict[tuple[Meaning, ...], Meaning]:
        """Each combination's keys: those that all that is said of them agree on."""
        by_names: dict[tuple[str, ...], dict[tuple[Meaning, ...], set[tuple[Any, ...]]]] = defaultdict(dict)
        for row in rows:
            said = [(name, part) for name, part in zip(names, row[has_own:], strict=True) if part is not None]
            combined = itertools.product(*(part for _name, part in said))
            by_names[tuple(name for name, _part in said)][row] = set(itertools.islice(combined, MOST_COMBINED))
        found: dict[tuple[Meaning, ...], Meaning] = {}
        for some, combinations in by_names.items():
            wanted = {each for each in set().union(*combinations.values()) if some}
            keys = keys_by_values(self.references.session, model, some, wanted)
            for row, each in combinations.items():
                own = row[0] if has_own else None
                parts = tuple(dict.fromkeys(key for one in each for key in keys.get(one, ()))) if some else None
                found[row] = _agreed(own, parts)
        return found


def _agreed(own: Meaning, parts: Meaning) -> Meaning:
    if own is None or parts is None:
        return parts if own is None else own
    return tuple(key for key in own if key in parts)


def text_of(cell: Any) -> str:
    """A cell that names a record, as text: a code that a spreadsheet took for a number among them."""
    found = plain(cell)
    if isinstance(found, float) and found.is_integer():
        found = int(found)
    return "" if found is None else str(found)
