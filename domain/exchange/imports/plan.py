"""From a file to what it would do, all of it looked at before any row is touched."""

from dataclasses import dataclass
from typing import Any

from domain.access.uow import ScopedSession
from domain.db.base import Base
from domain.exchange.imports import headings
from domain.exchange.imports.comparing import compare
from domain.exchange.imports.draft import Draft, Options
from domain.exchange.imports.fresh import make_fresh
from domain.exchange.imports.matching import match
from domain.exchange.imports.reading import drafted
from domain.exchange.imports.sheet import Sheet, open_file
from domain.exchange.imports.spoken import speaking
from domain.exchange.imports.troubles import NoRows
from domain.exchange.imports.uniques import nobody_has
from domain.kit.errors import Problem
from domain.kit.progress import Work, tell
from domain.records.check import row_problems


def opened(model: type[Base], data: bytes, options: Options) -> Sheet:
    """The file's table. Raises FileTrouble where it holds none."""
    found = open_file(data, lambda head: headings.known(model, head), sheet=options.sheet)
    if not len(found):
        error = NoRows()
        error.sheets = found.names
        raise error
    return found


def planned(session: ScopedSession, model: type[Base], sheet: Sheet, options: Options) -> Draft:
    """What the file would do, and all that stands against it, as far as that can be told without doing it."""
    with speaking(headings.understood(model, sheet.head).spoken):
        draft = drafted(session, model, sheet, options)
        if not draft.cells:
            return draft
        for look in (match, compare, make_fresh, _look_at_rows, nobody_has):
            tell(Work.COMPARING)
            look(draft)
    return draft


def _look_at_rows(draft: Draft) -> None:
    """Rules between the values of a row: of new ones as they will be, of changed ones with what stays."""
    count = len(draft.fresh)
    defaults = {name: draft.own.get(name, kind.default) for name, kind in draft.known.items()}
    whole = {name: draft.fresh_values.get(name) or [default] * count for name, default in defaults.items()}
    for place, problems in row_problems(draft.model, whole).items():
        _refuse(draft, draft.fresh[place], problems)
    changed = [at for at in draft.changes if at not in draft.bad]
    rows = [{**draft.current[draft.keys[at] or ""], **draft.changes[at]} for at in changed]
    whole = {name: [row[name] for row in rows] for name in draft.known}
    for place, problems in row_problems(draft.model, whole, [draft.changes[at].keys() for at in changed]).items():
        _refuse(draft, changed[place], problems)


def _refuse(draft: Draft, at: int, problems: list[Problem]) -> None:
    if at in draft.bad:
        return
    for each in problems:
        draft.refuse(at, each.field, each, draft.cell(at, each.field))


@dataclass(frozen=True)
class Change:
    """One cell that would change a record: for a person to look at before it does."""

    row: int
    key: str
    name: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Counts:
    """What becomes of a file's rows: how many are added, change a record, leave it as it is, or can't be taken."""

    rows: int = 0
    added: int = 0
    changed: int = 0
    same: int = 0
    wrong: int = 0


def counted(draft: Draft) -> Counts:
    """The counts of a draft as far as it was looked at."""
    if not draft.cells:
        return Counts(len(draft))  # its headings alone were looked at
    added = sum(at not in draft.bad for at in draft.fresh)
    changed = sum(at not in draft.bad for at in draft.changes)
    wrong = len(draft.bad)
    return Counts(len(draft), added, changed, len(draft) - added - changed - wrong, wrong)
