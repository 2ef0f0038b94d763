"""From a sheet to a draft: headings understood, every column read, and what can't be read told at its cells."""

from typing import Any

from domain.access.uow import ScopedSession
from domain.db.base import Base
from domain.exchange.imports.cells import Column, read_column, told_apart
from domain.exchange.imports.draft import Draft, Options
from domain.exchange.imports.headings import KEY, Path, understood
from domain.exchange.imports.references import References
from domain.exchange.imports.sheet import Sheet, is_filled
from domain.exchange.imports.spread import Cells, Spread
from domain.exchange.imports.troubles import MOST_TOLD
from domain.kit.errors import NotAllowed, Problem
from domain.kit.progress import Work, tell
from domain.kit.texts import N_
from domain.records.fields import Field

TWICE = N_("This heading comes twice, or another one means the same. Please keep one.")
UNKNOWN = N_("This heading isn't known here. Please correct it, or choose to leave such columns out.")
LEFT_OUT = N_("Not read, since its heading isn't known: “{column}”.")
NAMELESS = N_("Column {letters} has cells and no heading.")
NOT_READ = N_("“{column}” is set by the program, or isn't yours to change: it isn't read.")
NOTHING_KNOWN = N_("None of the headings is known. The first row must hold them, as in the template of this table.")
ONE_COLUMN = N_(
    "The whole file was read as one column, whose heading isn't known. Cells must be parted by commas, semicolons, tabs or "
    "vertical bars, and the first row must hold the headings, as in the template of this table."
)


def drafted(session: ScopedSession, model: type[Base], sheet: Sheet, options: Options) -> Draft:
    """What a file says. NotAllowed for who may neither add nor change records of this table."""
    draft = Draft(session, model, sheet, understood(model, sheet.head), options)
    if not (draft.creatable or draft.changeable):
        raise NotAllowed(f"import of {model.__tablename__}")
    draft.notes += sheet.notes
    draft.troubles.extend(sheet.troubles)
    places = {number: at for at, number in enumerate(sheet.numbers)}
    draft.bad.update(places[each.row] for each in sheet.troubles if not each.is_warning and each.row in places)
    draft.keys = [None] * len(sheet)
    if _headings_fit(draft):
        _read_columns(draft)
    return draft


def _headings_fit(draft: Draft) -> bool:
    head = draft.headings
    for said in head.doubled:
        draft.refuse_all(Problem("", TWICE), said)
    if not any(head.paths):
        draft.refuse_all(Problem("", NOTHING_KNOWN if len(head.head) > 1 else ONE_COLUMN), cell=" · ".join(head.head))
        return False
    for at, said in enumerate(head.head):
        if not said and any(map(is_filled, draft.sheet.columns[at])):
            draft.refuse_all(Problem("", NAMELESS, {"letters": letters(at)}))
    for said in head.unknown:
        if said in head.doubled:
            continue
        if draft.options.ignore_unknown:
            draft.notes.append(Problem("", LEFT_OUT, {"column": said}))
        else:
            draft.refuse_all(Problem("", UNKNOWN), said)
    return not head.doubled


def _read_columns(draft: Draft) -> None:
    columns: dict[Path, Cells] = {path: draft.sheet.columns[at] for at, path in enumerate(draft.headings.paths) if path}
    below: dict[str, dict[Path, Cells]] = {}
    for path, cells in columns.items():
        if path == (KEY,):
            draft.cells[KEY] = cells
            continue
        name = path[0]
        if name not in draft.creatable | draft.changeable:
            draft.notes.append(Problem(name, NOT_READ, {"column": draft.headings.said(path)}))
        elif draft.known[name].target:
            below.setdefault(name, {})[path[1:]] = cells
            before = draft.cells.get(name)
            draft.cells[name] = cells if before is None else [f"{one} · {two}" for one, two in zip(before, cells, strict=True)]
        else:
            draft.cells[name] = cells
            tell(Work.CHECKING, len(draft.values), len(columns), draft.headings.said(path))
            draft.values[name] = _read(draft, path, draft.known[name], cells)
    spread = Spread(References(draft.session), lambda path, kind, cells: _read(draft, path, kind, cells))
    done = len(draft.values)
    for name, parts in below.items():
        tell(Work.CHECKING, done, len(columns), draft.called(name))
        done += len(parts)
        draft.meanings[name] = spread.meanings(draft.known[name].target or "", (name,), parts)


def _read(draft: Draft, path: Path, kind: Field, cells: Cells) -> list[Any]:
    """A column's values; what can't be read is told at its cells."""
    heading = draft.headings.said(path)
    column = read_column(cells, kind, heading, draft.session.actor.zone)
    draft.notes += column.notes
    if column.problems or column.warnings:
        _tell(draft, heading, column, cells)
    return column.values


def _tell(draft: Draft, heading: str, column: Column, cells: Cells) -> None:
    for at, cell in enumerate(cells):
        key = told_apart(cell)
        if problem := column.problems.get(key):
            draft.bad.add(at)
            draft.troubles.add(draft.sheet.numbers[at], heading, cell, problem)
        if (warning := column.warnings.get(key)) and draft.troubles.warnings < MOST_TOLD:
            draft.troubles.add(draft.sheet.numbers[at], heading, cell, warning, is_warning=True)


def letters(at: int) -> str:
    """A column's letters, as a spreadsheet shows them: 0 is A, 26 is AA."""
    found = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        found = chr(65 + rest) + found
    return found
