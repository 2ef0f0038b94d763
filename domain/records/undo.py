"""Undoing what one just did, and bringing back what was deleted: written like any change, all of it or nothing.

What changed since is a clash: it is named, and nothing is undone.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import select

from domain.access import bulk
from domain.access.decide import decide
from domain.access.masking import MASK
from domain.access.trail.cascade import gone_with, rows_of
from domain.access.trail.kinds import BY_HAND
from domain.access.trail.models import TrailAction
from domain.access.trail.undo import Deletion, NotKept, Step, deletion_of, require_whole, steps_of_own
from domain.access.trail.values import LEFT_OUT, kept
from domain.access.trail.writing import Written
from domain.access.uow import ScopedSession
from domain.db.base import Base, model_of, table_key
from domain.db.errors import GONE
from domain.kit.errors import InvalidInput, Problem, StillNeeded, Unchangeable
from domain.kit.texts import N_, _
from domain.records.check import problems_of, require
from domain.records.clashes import (
    BeyondRights,
    CannotChangeBack,
    CannotComeBack,
    GoneSince,
    NeededSince,
    ThereAgain,
    called,
    changed_since,
    info_of,
    name_of,
    titles,
    why,
)
from domain.records.dependents import dependents, referring
from domain.records.fields import fields
from domain.records.labels import NAMELESS
from domain.records.locks import find, lock_reason
from domain.records.masks import stored
from domain.records.write import FOLLOWERS, follow, guard, nobody_has, references_exist, remove

CAREFUL = 50  # up to so many records each one's twin is looked for by name; beyond, the database's own word must do
UNDONE: list[Callable[[ScopedSession, Written], None]] = []
"""What follows of it that a unit of work was undone; bound in the registry."""
CIRCLE = N_("These records refer to one another in a circle.")


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
    _put_back(session, deleted)
    for step in reversed(changed):
        _change_back(session, step, since=written.last)
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
    _put_back(session, deleted)
    pointed = [each for each in emptied if _is_still_empty(session, each) and decide(session.actor, "U", each.model)]
    for step in pointed:
        _change_back(session, step, since=step.number)
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


# Created again.


def _put_back(session: ScopedSession, steps: Sequence[Step]) -> None:
    if not steps:
        return
    beyond = [each.model for each in steps if not decide(session.actor, "C", each.model)]
    if beyond:
        raise BeyondRights(titles(each.__tablename__ for each in beyond))
    by_model: dict[type[Base], list[Step]] = {}
    for step in steps:
        by_model.setdefault(step.model, []).append(step)
    known = {(each.model.__tablename__, each.key) for each in steps}
    for table in model_order():
        if table in by_model:
            _put_back_table(session, table, by_model[table], known, careful=len(steps) <= CAREFUL)
    for model, some in by_model.items():
        if model.__tablename__ in FOLLOWERS:
            for step in some:
                if record := find(session, model, step.key):
                    follow(session, record, "C")


def model_order() -> list[type[Base]]:
    """Models in an order in which rows may be inserted."""
    return [table.info["model"] for table in Base.metadata.sorted_tables]


def _put_back_table(
    session: ScopedSession, model: type[Base], steps: Sequence[Step], known: set[tuple[str, str]], *, careful: bool
) -> None:
    table = model.__table__
    there = session.connection().execute(select(table.c.id).where(table.c.id.in_([each.key for each in steps]))).scalar()
    if there:
        raise ThereAgain(record=name_of(session, model, there))
    rows = [_row(each) for each in steps]
    for row in rows:
        _check(session, model, row, known, careful=careful)
    for some in _parents_first(model, rows):
        bulk.insert_rows(session, model, some)


def _row(step: Step) -> dict[str, Any]:
    """A row as it was. What is empty is said, lest a column's default take its place."""
    values = step.of_before()
    columns = [column for column in step.model.__table__.columns if column.name not in LEFT_OUT]
    return {"id": step.key} | {
        column.name: values.get(column.name) for column in columns if column.nullable or values.get(column.name) is not None
    }


def _check(
    session: ScopedSession, model: type[Base], row: Mapping[str, Any], known: set[tuple[str, str]], *, careful: bool
) -> None:
    by_name = {name: row[field.column] for name, field in fields(model).items() if field.column in row}
    problems = problems_of(model, by_name)
    problems += [
        Problem(name, GONE)
        for name, field in fields(model).items()
        if field.target and by_name.get(name) and not _is_there(session, field.target, by_name[name], known)
    ]
    try:
        if problems:
            raise InvalidInput(problems)
        if careful:
            nobody_has(session, model, by_name, except_key=row["id"])
        guard(session, model, [], by_name)
    except InvalidInput as error:
        known_name = " ".join(
            str(row[name]) for name in model.__label__ if row.get(name) and "refers" not in info_of(model, name)
        )
        raise CannotComeBack(table=_(model.__one__), record=known_name or NAMELESS, why=why(model, error)) from error


def _is_there(session: ScopedSession, target: str, key: str, known: set[tuple[str, str]]) -> bool:
    if (target, key) in known:
        return True
    table = model_of(target).__table__
    wanted = select(table.c.id).where(table.c.id == key)
    if "organization_id" in table.c:
        wanted = wanted.where(table.c.organization_id == session.actor.organization_id)
    if session.connection().execute(wanted).first() is None:
        return False
    known.add((target, key))  # asked once
    return True


def _parents_first(model: type[Base], rows: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Rows of a table that refers to itself, level by level; of any other, all at once."""
    own = [column.name for column in model.__table__.columns if column.info.get("refers") == model.__tablename__]
    waiting, levels = list(rows), []
    while waiting:
        keys = {row["id"] for row in waiting}
        level = [row for row in waiting if not any(row.get(name) in keys and row[name] != row["id"] for name in own)]
        if not level:
            raise InvalidInput([Problem(own[0], CIRCLE)])
        levels.append(level)
        waiting = [row for row in waiting if row not in level]
    return levels


# Changed back.


def _change_back(session: ScopedSession, step: Step, *, since: int) -> None:
    model, was = step.model, step.of_before()
    record = find(session, model, step.key)
    if record is None:
        raise GoneSince(record=called(step))
    if lock_reason(session, record):
        raise Unchangeable
    attributes = {table_key(record.__mapper__, each.key): each.key for each in record.__mapper__.column_attrs}
    [row] = rows_of(session.connection(), model, [step.key])  # as it stands, below what is masked for the actor
    current = kept(model, {name: row[name] for name in was})
    differing = [name for name in was if current.get(name) != (step.after or {}).get(name)]
    if differing:
        raise changed_since(session, model, step.key, differing, since)
    given = {attributes[name]: value for name, value in was.items()}
    visible = {name: value for name, value in given.items() if name in fields(model)}
    try:
        tidied = require(model, {**stored(session, record), **visible}, names=set(visible))
        references_exist(session, model, visible)
        nobody_has(session, model, tidied, except_key=step.key, changing=visible)
        guard(session, model, [step.key], visible)
    except InvalidInput as error:
        name = name_of(session, model, step.key)
        raise CannotChangeBack(error.problems, name, why(model, error)) from error
    for name, value in given.items():
        setattr(record, name, value)
    session.flush()
    follow(session, record, "U")


def _is_still_empty(session: ScopedSession, step: Step) -> bool:
    [row] = rows_of(session.connection(), step.model, [step.key]) or [{}]
    return bool(row) and all(row.get(name) is None for name in step.after or {})


# Taken away.


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
