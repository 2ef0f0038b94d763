"""A file as a table of cells, whatever it was: headings, and under them columns. What a cell means isn't known here."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from domain.exchange.imports.troubles import (
    LARGEST_FILE,
    MOST_COLUMNS,
    MOST_ROWS,
    EmptyFile,
    NotATable,
    OldExcel,
    TooLargeFile,
    TooManyColumns,
    TooManyRows,
    Trouble,
    shown,
)
from domain.kit.errors import Problem
from domain.kit.progress import Work, tell
from domain.kit.texts import N_

Knows = Callable[[Sequence[str]], int]
"""How many of these headings mean something: what tells a separator, and a sheet, from others."""

TOLD_EACH = 2_000  # rows
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
OTHERS = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"\x1f\x8b", b"7z\xbc\xaf", b"\x7fELF", b"MZ\x90")
PAGE = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|table|\?xml)\b", re.IGNORECASE
)  # what some programs call an Excel file

LONGER = N_("This row has more cells than there are headings.")
SHORTER = N_("This row has fewer cells than there are headings ({count} of {width}): the rest counts as empty.")


@dataclass(frozen=True)
class Sheet:
    """Headings and columns. `numbers`: each row's number as a spreadsheet shows it. Empty cells are empty texts.

    `name`: the sheet's, of a workbook, and `names` those of all its sheets. `notes`: how it was read. `troubles`: rows that don't
    fit their headings.
    """

    head: tuple[str, ...]
    columns: tuple[list[Any], ...]
    numbers: list[int]
    name: str = ""
    notes: tuple[Problem, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    names: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.numbers)


@dataclass
class Gathered:
    """Rows on their way to becoming a sheet."""

    head: tuple[str, ...] = ()
    rows: list[Sequence[Any]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)


def open_file(data: bytes, knows: Knows, *, sheet: str = "") -> Sheet:
    """The table that a file holds. Raises FileTrouble, with what is wrong, where it holds none."""
    from domain.exchange.imports import excel_file, text_file

    if len(data) > LARGEST_FILE:
        raise TooLargeFile(limit=LARGEST_FILE // 1024**2)
    if not data.strip():
        raise EmptyFile
    if data.startswith(OLE):
        raise OldExcel
    if data.startswith(OTHERS) or PAGE.match(data):
        raise NotATable
    return excel_file.read(data, knows, sheet) if data.startswith(ZIP) else text_file.read(data, knows)


def gathered(rows: Iterable[Sequence[Any]], *, tell_short: bool = True, expected: int = 0) -> Gathered:
    """The first row that isn't empty as headings, what follows as rows; empty rows are left out and counted.

    `tell_short`: whether a row with fewer cells than headings is worth a word. `expected`: about how many rows it has.
    """
    found = Gathered()
    width = 0
    for number, cells in enumerate(rows, 1):
        if number % TOLD_EACH == 1:
            tell(Work.READING, number - 1, expected)
        if not any(map(is_filled, cells)):
            continue
        if not found.head:
            found.head = _headings(cells)
            width = len(found.head)
            continue
        if len(found.rows) >= MOST_ROWS:
            raise TooManyRows(limit=MOST_ROWS)
        fits = len(cells) == width
        found.rows.append(cells if fits else _fitted(found, number, cells, tell_short=tell_short))
        found.numbers.append(number)
    if not found.head:
        raise EmptyFile
    return found


def made(found: Gathered, *, name: str = "", names: Sequence[str] = (), notes: Sequence[Problem] = ()) -> Sheet:
    """The sheet of what was gathered."""
    columns = tuple(list(each) for each in zip(*found.rows, strict=True)) if found.rows else tuple([] for _each in found.head)
    return Sheet(found.head, columns, found.numbers, name, tuple(notes), tuple(found.troubles), tuple(names))


def is_filled(cell: Any) -> bool:
    """Whether anything stands in a cell."""
    return bool(cell.strip()) if isinstance(cell, str) else cell is not None


def _headings(cells: Sequence[Any]) -> tuple[str, ...]:
    said = [shown(each).removeprefix("\ufeff").strip() for each in cells]
    while said and not said[-1]:
        said.pop()
    if len(said) > MOST_COLUMNS:
        raise TooManyColumns(limit=MOST_COLUMNS)
    return tuple(said)


def _fitted(found: Gathered, number: int, cells: Sequence[Any], *, tell_short: bool) -> Sequence[Any]:
    width = len(found.head)
    if len(cells) < width:
        if tell_short:
            problem = Problem("", SHORTER, {"count": len(cells), "width": width})
            found.troubles.append(Trouble(number, "", "", problem, is_warning=True))
        return [*cells, *[""] * (width - len(cells))]
    beyond = next((each for each in cells[width:] if is_filled(each)), None)
    if beyond is not None:
        found.troubles.append(Trouble(number, "", shown(beyond), Problem("", LONGER)))
    return cells[:width]
