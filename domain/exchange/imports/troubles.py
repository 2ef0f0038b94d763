"""What is wrong with a file, and where: the whole of it, a row, or one cell."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from domain.kit.errors import DomainError, Problem
from domain.kit.texts import N_

LARGEST_FILE = 50 * 1024 * 1024  # bytes; pages take less (.streamlit/config.toml)
MOST_ROWS = 200_000
MOST_COLUMNS = 500
MOST_TOLD = 5_000  # troubles that are kept, each with its place; beyond, they are counted
LONGEST_SHOWN = 80  # characters of a cell that are repeated with what is wrong in it


class FileTrouble(DomainError):
    """The file can't be read as a table at all: nothing of it was looked at. `sheets`: those of a workbook, as far as it got."""

    sheets: tuple[str, ...] = ()


class TooLargeFile(FileTrouble):
    """More bytes than are taken."""

    source = N_("This file is too large: at most {limit} MB are read. Please part it.")


class TooManyRows(FileTrouble):
    """More rows than one file may have."""

    source = N_("This file has more than {limit} rows. Please part it.")


class TooManyColumns(FileTrouble):
    """More columns than any table has."""

    source = N_("This file has more than {limit} columns. Please keep those that are to be read.")


class EmptyFile(FileTrouble):
    """There is nothing in it, or no heading."""

    source = N_("This file is empty: its first row must hold the headings. The template has them.")


class NoRows(FileTrouble):
    """There is a heading and nothing under it."""

    source = N_("This file has headings and no row under them.")


class NotATable(FileTrouble):
    """It is of another kind, whatever its name says."""

    source = N_("This is neither a CSV nor an Excel file (.xlsx), so nothing of it was read.")


class OldExcel(FileTrouble):
    """An .xls, or an .xlsx under a password, which looks the same from outside."""

    source = N_(
        "This is an old Excel file (.xls), or one with a password. Please save it as .xlsx without a password, or as CSV."
    )


class OpenDocument(FileTrouble):
    """What LibreOffice writes unless told otherwise."""

    source = N_("This is an OpenDocument file (.ods). Please save it as .xlsx or as CSV.")


class BrokenExcel(FileTrouble):
    """A zip file that is no workbook, or a damaged one."""

    source = N_("This Excel file is damaged, or holds no sheet that can be read. Please save it anew.")


class SwollenExcel(FileTrouble):
    """It unpacks to far more than any list."""

    source = N_("This Excel file unpacks to more than {limit} MB, so it wasn't opened. Please save the list alone.")


class MergedCells(FileTrouble):
    """Cells that are several at once belong to no row."""

    source = N_("Cells of sheet “{sheet}” are merged ({where}). Please part them, so that each row has its own.")


class NoSuchSheet(FileTrouble):
    """The sheet that was asked for isn't there."""

    source = N_("This file has no sheet “{sheet}”. It has: {names}.")


class NullInText(FileTrouble):
    """A CSV file that holds what no text does."""

    source = N_("Row {row} holds a null byte, so this isn't a text that can be read. Please save it again as CSV in UTF-8.")


class BrokenCsv(FileTrouble):
    """A quote that was opened and never closed, or a cell without an end."""

    source = N_("Something is wrong with the quotes near line {line}: a cell begins there and doesn't end as it should.")


@dataclass(frozen=True)
class Trouble:
    """What is wrong with a cell, a row (no column) or the whole file (row 0). A warning stands in nobody's way.

    `column`: the heading as the file has it. `value`: what stands in the cell, cut where it is long.
    """

    row: int
    column: str
    value: str
    problem: Problem
    is_warning: bool = False

    @property
    def message(self) -> str:
        """The text in the language spoken now."""
        return self.problem.message


@dataclass
class Troubles:
    """What was found so far, the first few thousand with their places, all of them counted."""

    kept: list[Trouble] = field(default_factory=list)
    errors: int = 0
    warnings: int = 0

    def add(self, row: int, column: str, value: object, problem: Problem, *, is_warning: bool = False) -> None:
        """Note one."""
        if is_warning:
            self.warnings += 1
        else:
            self.errors += 1
        if len(self.kept) < MOST_TOLD:
            self.kept.append(Trouble(row, column, shown(value), problem, is_warning))

    def extend(self, others: Iterable[Trouble]) -> None:
        """Note several."""
        for each in others:
            self.add(each.row, each.column, each.value, each.problem, is_warning=each.is_warning)

    def in_order(self, head: Sequence[str]) -> list[Trouble]:
        """As they stand in a file with these headings, row by row and cell by cell; errors of a row before its warnings.

        What is said of a row as a whole comes before its cells, and what the file has no column for after them.
        """
        places = {"": -1} | {said: at for at, said in reversed(list(enumerate(head))) if said}

        def place(each: Trouble) -> int:
            beginning = (at for said, at in places.items() if said and each.column.startswith(f"{said}, "))
            return places[each.column] if each.column in places else min(beginning, default=len(head))

        return sorted(self.kept, key=lambda each: (each.row, each.is_warning, place(each)))


def shown(value: object) -> str:
    """A cell as it is repeated beside what is wrong in it."""
    text = "" if value is None else " ".join(str(value).split())
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"
