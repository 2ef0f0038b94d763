"""Giving records back what they had before a change: checked as any change, all that were changed alike in a few questions."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby, takewhile
from typing import Any

from domain.access.trail.cascade import rows_of
from domain.access.trail.undo import Step
from domain.access.trail.values import kept
from domain.access.uow import ScopedSession
from domain.db.base import Base
from domain.kit.errors import InvalidInput
from domain.records.clashes import CannotChangeBack, GoneSince, called, changed_since, name_of, why
from domain.records.fields import fields
from domain.records.many import fitting, records_of, write_rows
from domain.records.twins import unique_columns
from domain.records.write import GUARDS, follow, followers_of, guard


def alike(steps: Iterable[Step]) -> list[list[Step]]:
    """Steps, the last first, in runs that can be taken at once: changes of the same columns of different records of a table."""
    runs: list[list[Step]] = []
    for (_model, touches), some in groupby(steps, key=lambda step: (step.model, bool(_alone(step)))):
        runs += (_in_turn if touches else _by_columns)(list(some))
    return runs


def _alone(step: Step) -> list[str]:
    """Those of a step's columns in which rows must be alone."""
    alone = unique_columns(step.model)
    return [name for name in step.before or {} if name in alone]


def _by_columns(steps: Iterable[Step]) -> list[list[Step]]:
    """Changes whose order doesn't matter, those of one record as one: between them a rule need not have held."""
    records: dict[str, Step] = {}
    for step in steps:
        later = records.get(step.key, step)
        before, after = {**(later.before or {}), **(step.before or {})}, {**(step.after or {}), **(later.after or {})}
        records[step.key] = replace(later, before=before, after=after)
    runs: dict[frozenset[str], list[Step]] = {}
    for step in records.values():
        runs.setdefault(frozenset(step.before or {}), []).append(step)
    return list(runs.values())


def _in_turn(steps: Iterable[Step]) -> list[list[Step]]:
    """Changes of what must be alone, one after the other.

    A run ends where something comes back to a record after another of the run has let it go: written at once, the one might come
    before the other.
    """
    runs: list[list[Step]] = []
    keys: set[str] = set()
    let_go: set[tuple[str, Any]] = set()
    for step in steps:
        before, after, names = step.before or {}, step.after or {}, _alone(step)
        goes_on = runs and (runs[-1][0].before or {}).keys() == before.keys() and step.key not in keys
        if not goes_on or any((name, before[name]) in let_go for name in names):
            runs.append([])
            keys, let_go = set(), set()
        runs[-1].append(step)
        keys.add(step.key)
        let_go |= {(name, after.get(name)) for name in names}
    return runs


def change_back(session: ScopedSession, run: Sequence[Step], *, since: int) -> None:
    """Give records of a table what they had, or say which is the first that can't have it, and why."""
    model = run[0].model
    there = records_of(session, model, [step.key for step in run])
    ready = list(takewhile(lambda step: step.key in there, run))
    records, names = [there[step.key] for step in ready], {field.column: name for name, field in fields(model).items()}
    given = [{names[column]: value for column, value in step.of_before().items() if column in names} for step in ready]
    found = fitting(session, model, records, given, look=_as_changed(session, ready, since=since))
    fine = len(found.changes)
    refused = _refused_by_guards(session, ready[:fine], given[:fine])
    before = ready[: refused[0] if refused else fine]
    write_rows(session, model, [{"id": step.key, **step.of_before()} for step in before])
    error = refused[1] if refused else found.refusal() if found.refusal else None
    if isinstance(error, InvalidInput):
        name = name_of(session, model, ready[len(before)].key)
        raise CannotChangeBack(error.problems, name, why(model, error)) from error
    if error:
        raise error
    if len(ready) < len(run):
        raise GoneSince(record=called(run[len(ready)]))
    if followers_of(model.__tablename__, "U"):
        follow(session, list(records_of(session, model, there).values()), "U")


def _as_changed(session: ScopedSession, steps: Sequence[Step], *, since: int) -> Callable[[int], None]:
    """What refuses a record, by its place, that isn't what its step made of it."""
    rows = _rows_by_key(session, steps)  # as they stand, below what is masked for the actor

    def look(at: int) -> None:
        step = steps[at]
        was, row = step.of_before(), rows[step.key]
        current = kept(step.model, {name: row[name] for name in was})
        differing = [name for name in was if current.get(name) != (step.after or {}).get(name)]
        if differing:
            raise changed_since(session, step.model, step.key, differing, since)

    return look


def _rows_by_key(session: ScopedSession, steps: Sequence[Step]) -> dict[str, dict[str, Any]]:
    """The rows of some steps of one table as they stand, by key."""
    rows = rows_of(session.connection(), steps[0].model, [each.key for each in steps]) if steps else []
    return {row["id"]: row for row in rows}


def _refused_by_guards(
    session: ScopedSession, steps: Sequence[Step], given: Sequence[Mapping[str, Any]]
) -> tuple[int, InvalidInput] | None:
    """The first place at which the table's guards refuse what the records of these steps are given, and with what.

    They are asked of all that are given the same at once; only where they refuse it, which is the first of them.
    """
    if not steps or not GUARDS.get(steps[0].model.__tablename__):
        return None
    same: dict[str, list[int]] = {}
    for at, values in enumerate(given):
        same.setdefault(repr(sorted(values.items())), []).append(at)
    refused = [found for places in same.values() if (found := _first_guarded(session, steps, places, given[places[0]]))]
    return min(refused, key=lambda each: each[0], default=None)


def _first_guarded(
    session: ScopedSession, steps: Sequence[Step], places: Sequence[int], values: Mapping[str, Any]
) -> tuple[int, InvalidInput] | None:
    model, keys = steps[0].model, [steps[at].key for at in places]
    try:
        guard(session, model, keys, values)
    except InvalidInput as whole:
        for count in range(1, len(places)):
            try:
                guard(session, model, keys[:count], values)
            except InvalidInput as error:
                return places[count - 1], error
        return places[-1], whole
    return None


def still_empty(session: ScopedSession, steps: Sequence[Step]) -> list[Step]:
    """Those of steps that emptied references whose records still have nothing there."""
    by_model: dict[type[Base], list[Step]] = {}
    for step in steps:
        by_model.setdefault(step.model, []).append(step)
    rows = {model: _rows_by_key(session, some) for model, some in by_model.items()}
    return [
        each
        for each in steps
        if (row := rows[each.model].get(each.key)) and all(row.get(name) is None for name in each.after or {})
    ]
