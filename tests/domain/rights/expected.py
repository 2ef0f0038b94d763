"""What docs/security.md says that each role may do, as data: written there by hand, read here, never from the policies."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from domain.access.roles import Role

PAGE = Path(__file__).parents[3] / "docs" / "security.md"
ENTRY = re.compile(r"^(?P<rows>[a-z ]+?) (?P<actions>[CRUDASE]+)(?P<limits>(?: \([^()]+\))*)$")
LIMIT = re.compile(r"\((only|masked|last four|shown) ([a-z_, ]+)\)|\(parts ([a-z_]+): ([a-z_, ]+)\)")
DOTS, SHORTEST = "•••", 8
CELLS = "## What each role may do"
LOCKS = "## What the records themselves refuse"


@dataclass(frozen=True)
class Entry:
    """Some actions on some rows. `only`: the columns that an update may touch; the rest: what isn't shown as it is.

    `masked`: as dots; `last_four`: dots and an end; `parts`: some keys of it; `shown`: where given, all other columns not at all.
    """

    rows: str
    actions: str
    only: frozenset[str] = frozenset()
    masked: frozenset[str] = frozenset()
    last_four: frozenset[str] = frozenset()
    shown: frozenset[str] = frozenset()
    parts: tuple[tuple[str, frozenset[str]], ...] = ()

    def shows(self, column: str) -> bool:
        """Whether a column is shown as it is."""
        limited = self.masked | self.last_four | {name for name, _keys in self.parts}
        return column not in limited and (not self.shown or column in self.shown)


def shown_by(entries: Sequence[Entry], column: str, value: Any) -> Any:
    """What someone sees of a value whom all these entries let read its row."""
    if value is None or any(each.shows(column) for each in entries):
        return value
    if any(column in each.last_four for each in entries):
        return f"•••• {value[-4:]}" if len(value) >= SHORTEST else DOTS
    keys = {key for each in entries for name, found in each.parts if name == column for key in found}
    if keys:
        return {key: value[key] for key in value if key in keys}
    return DOTS if any(column in each.masked for each in entries) else None


@dataclass(frozen=True)
class Lock:
    """Rows whose `column` has this value refuse these actions, whoever asks."""

    column: str
    value: str
    refused: str


def _section(title: str) -> str:
    text = PAGE.read_text(encoding="utf-8")
    return text.split(f"\n{title}\n")[1].split("\n## ")[0]


def _rows(section: str) -> list[list[str]]:
    lines = [line for line in section.splitlines() if line.startswith("|") and not line.startswith(("|---", "| table "))]
    return [[cell.strip() for cell in line.strip().removeprefix("|").removesuffix("|").split("|")] for line in lines]


def entry(text: str) -> Entry:
    """One entry of a cell; AssertionError for one that can't be read."""
    found = ENTRY.match(text)
    assert found, f"not an entry: {text!r}"
    kinds: dict[str, frozenset[str]] = {}
    parts: list[tuple[str, frozenset[str]]] = []
    for limit in re.findall(r"\([^()]+\)", found["limits"]):
        said = LIMIT.fullmatch(limit)
        assert said, f"not a limit: {limit!r}"
        kind, columns, whole, keys = said.groups()
        if kind:
            kinds[kind.replace(" ", "_")] = _names(columns)
        else:
            parts.append((whole, _names(keys)))
    return Entry(found["rows"], found["actions"], **kinds, parts=tuple(parts))


def _names(listed: str) -> frozenset[str]:
    return frozenset(each.strip() for each in listed.split(","))


@cache
def expected() -> dict[str, dict[Role, tuple[Entry, ...]]]:
    """Every table's line: what each role may do."""
    order = (Role.STUDENT, Role.TEACHER, Role.PARENT, Role.STAFF, Role.SCHOOL, Role.OWNER)
    found: dict[str, dict[Role, tuple[Entry, ...]]] = {}
    for table, *cells in _rows(_section(CELLS)):
        assert table not in found, f"{table} has two lines"
        read = [tuple(entry(each.strip()) for each in cell.split(";")) if cell else () for cell in cells]
        found[table] = dict(zip(order, read, strict=True))
    return found


def locks() -> dict[str, Lock]:
    """What the records themselves refuse, by table."""
    found = {}
    for table, rows, refused in _rows(_section(LOCKS)):
        column, value = rows.split(" = ")
        found[table] = Lock(column, value, refused)
    return found
