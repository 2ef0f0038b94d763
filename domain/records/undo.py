"""Undoing what one just did, and bringing back what was deleted: written like any change, all of it or nothing.

What changed since is a clash: it is named, and nothing is undone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

from domain.access.decide import decide
from domain.access.masking import MASK
from domain.access.trail.cascade import gone_with, rows_of
from domain.access.trail.kinds import BY_HAND
from domain.access.trail.models import TrailAction
from domain.access.trail.undo import Deletion, NotKept, Step, deletion_of, require_whole, steps_of_own
from domain.access.trail.values import kept
from domain.access.trail.writing import Written
from domain.access.uow import ScopedSession
from domain.db.base import Base
from domain.kit.errors import StillNeeded
from domain.records.changing_back import alike, change_back, still_empty
from domain.records.clashes import (
    GoneSince,
    NeededSince,
    called,
    changed_since,
    name_of,
    titles,
)
from domain.records.dependents import dependents, referring
from domain.records.putting_back import put_back
from domain.records.write import remove

UNDONE: list[Callable[[ScopedSession, Written], None]] = []
"""What follows of it that a unit of work was undone; bound in the registry."""


@dataclass(frozen=True)
class Brought:
    """What came back: how many records, how many references to them, and how many of those stay empty."""

    records: int
    references: int = 0
    left: int = 0


def undo(session: ScopedSession, written: Written) -> int:
    """Undo what this very actor did in one unit of work, some minutes ago; how many records that was.

    NotFound for another's deed, TooLate, NotKept; ChangedSince, GoneSince, NeededSince, ThereAgain where something came between.
    """
    steps = steps_of_own(session, written)
    deleted = _without_by_hand(steps)
    changed = [each for each in steps if each.action is TrailAction.UPDATE]
    created = [each for each in steps if each.action is TrailAction.CREATE]
    put_back(session, deleted)
    for run in alike(reversed(changed)):
        change_back(session, run, since=written.last)
    _take_away(session, created, since=written.last)
    for follow_up in UNDONE:
        follow_up(session, written)
    return len({(each.model.__tablename__, each.key) for each in [*deleted, *changed, *created]})


def bring_back(session: ScopedSession, model: type[Base], key: str) -> Brought:
    """Create a deleted record again under its own key, with what its delete took along.

    References to it that were emptied point to it again, where they are still empty and the actor may change them.
    """
    deletion = deletion_of(session, model, key)
    deleted, emptied = parted(deletion)
    require_whole(deletion.steps)
    put_back(session, deleted)
    pointed = [each for each in still_empty(session, emptied) if decide(session.actor, "U", each.model)]
    for run in alike(pointed):
        change_back(session, run, since=deletion.steps[-1].number)
    return Brought(len(deleted), len(pointed), len(emptied) - len(pointed))


def parted(deletion: Deletion) -> tuple[list[Step], list[Step]]:
    """A deletion's steps: what went and can come again, and what lost a reference."""
    deleted = _without_by_hand(deletion.steps)
    return deleted, [each for each in deletion.steps if each.action is TrailAction.UPDATE]


def _without_by_hand(steps: Sequence[Step]) -> list[Step]:
    found = [each for each in steps if each.action is TrailAction.DELETE]
    left = [each for each in found if each.model.__tablename__ not in BY_HAND]
    if found and not left:
        raise NotKept
    return left


def _take_away(session: ScopedSession, steps: Sequence[Step], *, since: int) -> None:
    """Delete what was created, the last first; what goes along with another of them goes with it."""
    mine = {(each.model.__tablename__, each.key) for each in steps}
    carried: set[tuple[str, str]] = set()
    runs = [list(some) for _model, some in groupby(steps, key=_run_of)]
    for run in runs:
        _as_created(session, run, since=since)
        found = _gone(session, run)
        if found - mine:
            step = next(each for each in run if _gone(session, [each]) - mine)
            tables = titles(sorted({table for table, _key in _gone(session, [step]) - mine}))
            raise NeededSince(record=name_of(session, step.model, step.key), tables=tables)
        carried |= found - {(each.model.__tablename__, each.key) for each in run}
    for run in reversed(runs):
        left = [each for each in run if (each.model.__tablename__, each.key) not in carried]
        try:
            remove(session, run[0].model, [each.key for each in left])
        except StillNeeded as error:
            tables = titles(each.table for each in error.dependents)
            raise NeededSince(record=_needed(session, left), tables=tables) from error


def _run_of(step: Step) -> tuple[str, str]:
    """What is deleted in one go: rows of one table that were created one after the other, unless one may hold another there."""
    table = step.model.__tablename__
    held = any(name == table and rule == "RESTRICT" for name, _column, rule in referring(table))
    return table, step.key if held else ""


def _as_created(session: ScopedSession, run: Sequence[Step], *, since: int) -> None:
    """Refuse unless these rows are there, and as they were created."""
    rows = {row["id"]: row for row in rows_of(session.connection(), run[0].model, [each.key for each in run])}
    for step in run:
        if step.key not in rows:
            raise GoneSince(record=called(step))
        current, said = kept(step.model, rows[step.key]), step.after or {}
        names = sorted(current.keys() | said.keys())
        differing = [name for name in names if said.get(name) != MASK and current.get(name) != said.get(name)]
        if differing:
            raise changed_since(session, step.model, step.key, differing, since)


def _gone(session: ScopedSession, run: Sequence[Step]) -> set[tuple[str, str]]:
    gone = gone_with(session.connection(), session.actor.organization_id, run[0].model, [each.key for each in run])
    return {(each.model.__tablename__, key) for each in gone for key, _before, _after in each.rows}


def _needed(session: ScopedSession, some: Sequence[Step]) -> str:
    """What the first of some records that can't be deleted is called."""
    needed = (each for each in some if any(one.rule == "RESTRICT" for one in dependents(session, each.model, [each.key])))
    step = next(needed, some[0])
    return name_of(session, step.model, step.key)
