"""The two verbs: `preview` tries a file and takes it all back, `run` does the same and keeps it. The whole file or nothing."""

from dataclasses import dataclass
from typing import Any

from domain.access.actor import Actor
from domain.access.security_log import Event, record
from domain.access.trail.writing import Written, written
from domain.access.uow import ScopedSession, reading, rehearsal, unit_of_work
from domain.db.base import Base, model_of
from domain.exchange.imports.draft import Draft, Options
from domain.exchange.imports.going import Progress, going
from domain.exchange.imports.plan import Counts, counted, opened, planned
from domain.exchange.imports.sheet import Sheet
from domain.exchange.imports.troubles import Trouble
from domain.exchange.imports.writing import tell_the_end, write
from domain.kit.errors import DomainError, InvalidInput, Problem
from domain.kit.findings import Refused
from domain.kit.texts import N_
from domain.records.labels import labels
from domain.records.masks import MASK
from domain.records.show import say

PLAIN = Options()
SHOWN = 200  # changed cells that are shown beforehand
LABELLED = 400


@dataclass(frozen=True)
class Line:
    """One cell that changes a record, in words: the file's row, what the record is called, the column, before and after."""

    row: int
    key: str
    record: str
    column: str
    before: str
    after: str


@dataclass(frozen=True)
class Outcome:
    """What a file would do, or did. `errors` and `warnings` count all; `troubles` holds the first few thousand.

    `sheets`: those that a workbook has. `written`: what the trail knows of it, where it was kept.
    """

    table: str
    sheet: str
    counts: Counts
    troubles: tuple[Trouble, ...]
    errors: int
    warnings: int
    notes: tuple[Problem, ...]
    unknown: tuple[str, ...]
    lines: tuple[Line, ...] = ()
    written: Written | None = None
    sheets: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether nothing stands against it."""
        return not self.errors

    @property
    def is_blocked(self) -> bool:
        """Whether something stands against the file as a whole, so that its counts say nothing."""
        return any(not each.row and not each.is_warning for each in self.troubles)

    @property
    def does_something(self) -> bool:
        """Whether any record is added or changed."""
        return bool(self.counts.added or self.counts.changed)


class NotWhole(DomainError):
    """Something in the file can't be taken, so nothing of it was. Carries what stands against it."""

    source = N_("Nothing was imported: something in the file has to be corrected first.")

    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        self.outcome = outcome


def preview(
    actor: Actor, model: type[Base], data: bytes, options: Options = PLAIN, *, progress: Progress | None = None
) -> Outcome:
    """What a file would do: it is done, looked at and taken back, so that nothing is promised that wouldn't hold."""
    with going(progress, data, is_trial=True):
        sheet = opened(model, data, options)
        with reading(actor) as session:
            draft = planned(session, model, sheet, options)
            lines = _lines(draft)
        if not draft.is_blocked:
            _rehearse(actor, draft)
    return _outcome(draft, lines)


def run(actor: Actor, model: type[Base], data: bytes, options: Options = PLAIN, *, progress: Progress | None = None) -> Outcome:
    """Import a file. NotWhole, and nothing is written, if anything in it can't be taken."""
    draft: Draft | None = None
    try:
        with going(progress, data, is_trial=False):
            sheet = opened(model, data, options)
            with unit_of_work(actor) as session:
                draft = _do(session, model, sheet, options)
    except (Refused, InvalidInput) as error:
        if draft is None:
            raise
        tell_the_end(draft, error)
        raise NotWhole(_outcome(draft, ())) from error
    done = _outcome(draft, (), written(session))
    if done.does_something:
        record(Event.IMPORTED, actor, table=model.__tablename__, count=done.counts.added + done.counts.changed)
    return done


def _do(session: ScopedSession, model: type[Base], sheet: Sheet, options: Options) -> Draft:
    draft = planned(session, model, sheet, options)
    if not draft.troubles.errors:
        write(draft)
    if draft.troubles.errors:
        raise NotWhole(_outcome(draft, ()))
    return draft


def _rehearse(actor: Actor, draft: Draft) -> None:
    """Write what isn't refused yet, and take it back: rights over rows, guards and the database itself have their say."""
    before = draft.session
    try:
        with rehearsal(actor) as session:
            draft.session = session
            write(draft)
    except (Refused, InvalidInput) as error:
        tell_the_end(draft, error)
    finally:
        draft.session = before


def _outcome(draft: Draft, lines: tuple[Line, ...], what: Written | None = None) -> Outcome:
    found = draft.troubles
    return Outcome(
        draft.model.__tablename__,
        draft.sheet.name,
        counted(draft),
        tuple(found.in_order(draft.headings.head)),
        found.errors,
        found.warnings,
        tuple(draft.notes),
        tuple(draft.headings.unknown),
        lines,
        what,
        draft.sheet.names,
    )


def _lines(draft: Draft) -> tuple[Line, ...]:
    """The first cells that change a record; what the actor doesn't see of it stays dots."""
    cells = [(at, name, value) for at, changes in draft.changes.items() if at not in draft.bad for name, value in changes.items()]
    cells = cells[:SHOWN]
    keys = {draft.keys[at] or "" for at, _name, _value in cells}
    names = labels(draft.session, draft.model, keys)
    called = _called(draft, cells)
    zone = draft.session.actor.zone

    def said(name: str, value: Any) -> str:
        return say(draft.known[name], value, zone, called.get((name, value)) if isinstance(value, str) else None)

    found = []
    for at, name, value in cells:
        key = draft.keys[at] or ""
        hidden = name in draft.hidden.get(key, frozenset())
        before = str(MASK) if hidden else said(name, draft.current[key][name])
        found.append(Line(draft.sheet.numbers[at], key, names.get(key, ""), draft.called(name), before, said(name, value)))
    return tuple(found)


def _called(draft: Draft, cells: list[tuple[int, str, Any]]) -> dict[tuple[str, str], str]:
    """What the records are called that the shown cells refer to, before and after."""
    wanted: dict[str, set[str]] = {}
    for at, name, value in cells:
        if draft.known[name].target and name not in draft.hidden.get(draft.keys[at] or "", frozenset()):
            wanted.setdefault(name, set()).update(each for each in (value, draft.current[draft.keys[at] or ""][name]) if each)
    found: dict[tuple[str, str], str] = {}
    for name, keys in wanted.items():
        told = labels(draft.session, model_of(draft.known[name].target or ""), sorted(keys)[:LABELLED])
        found |= {(name, key): label for key, label in told.items()}
    return found
