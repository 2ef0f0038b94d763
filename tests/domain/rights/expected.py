"""What docs/security.md says that each role may do, as data: written there by hand, read here, never from the policies."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from domain.access.roles import Role

PAGE = Path(__file__).parents[3] / "docs" / "security.md"
ENTRY = re.compile(r"^(?P<rows>[a-z ]+?) (?P<actions>[CRUD]+)(?: \((?P<kind>only|masked) (?P<columns>[a-z_, ]+)\))?$")
CELLS = "## What each role may do"
LOCKS = "## What the records themselves refuse"


@dataclass(frozen=True)
class Entry:
    """Some actions on some rows. `only`: the columns that an update may touch; `masked`: those shown as dots."""

    rows: str
    actions: str
    only: frozenset[str] = frozenset()
    masked: frozenset[str] = frozenset()


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
    columns = frozenset(each.strip() for each in (found["columns"] or "").split(",") if each.strip())
    kinds = {"only": frozenset[str](), "masked": frozenset[str]()}
    if found["kind"]:
        kinds[found["kind"]] = columns
    return Entry(found["rows"], found["actions"], **kinds)


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
