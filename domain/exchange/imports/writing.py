"""A draft's changes written: new records and changed ones, under the rights, locks and guards of any write.

It is asked of whole batches; where one is refused, it is parted until the rows that are refused stand alone.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import DatabaseError

from domain.access import bulk
from domain.access.bulk import NotAmong
from domain.db.errors import translate
from domain.exchange.imports.draft import Draft
from domain.exchange.imports.fresh import parents_first
from domain.exchange.imports.lookup import AT_ONCE
from domain.kit.errors import DatabaseUnavailable, DomainError, InvalidInput, NotAllowed, Problem, Unchangeable, WrongScope
from domain.kit.findings import Finding, Refused
from domain.kit.progress import Work, tell
from domain.kit.texts import N_
from domain.records.locks import lock_reasons
from domain.records.write import GUARDS, follow, followers_of, guard

MOST_AT_ONCE = 10_000  # records that are changed together
MOST_PARTED = 200  # rows that are looked for one by one when the database refuses them
NOT_YOURS_TO_ADD = N_("Your role may not add this record.")
NOT_YOURS_TO_CHANGE = N_("Your role may not change this of this record.")
REFUSED = N_("What the file would make of the school can't stand: {why}")
MOST_ROWS_TOLD = 20  # of one finding
KEPT_AS_IT_IS = N_("This record is kept as it is: it can't be changed.")

Rows = Mapping[int, str]
"""Rows by their place in the file, each with its record's key."""


def write(draft: Draft) -> None:
    """Write what isn't refused; what is, is told in the draft. The session must be a unit of work that may be given up."""
    _change(draft)
    _add(draft)


def _add(draft: Draft) -> None:
    places = {draft.fresh[place]: place for place in parents_first(draft) if draft.fresh[place] not in draft.bad}
    ready = {at: draft.fresh_keys[place] for at, place in places.items()}
    _whole_or_parted(draft, ready, lambda rows: _insert(draft, [places[at] for at in rows], list(rows.values())))


def _insert(draft: Draft, places: Sequence[int], keys: Sequence[str]) -> None:
    columns: dict[str, Sequence[Any]] = {"id": keys}
    for name, values in draft.fresh_values.items():
        is_all = len(places) == len(values) and list(places) == list(range(len(values)))
        columns[draft.known[name].column] = values if is_all else [values[place] for place in places]
    bulk.insert_columns(draft.session, draft.model, columns, count=len(keys))
    _follow(draft, keys, "C")


def _follow(draft: Draft, keys: Sequence[str], action: str) -> None:
    if not followers_of(draft.model.__tablename__, action):
        return
    for at in range(0, len(keys), AT_ONCE):
        records = draft.session.scalars(select(draft.model).where(draft.model.id.in_(keys[at : at + AT_ONCE]))).all()
        follow(draft.session, records, action)


def _change(draft: Draft) -> None:
    ready = {at: draft.keys[at] or "" for at in draft.changes if at not in draft.bad}
    _refuse_locked(draft, {key: at for at, key in ready.items()})
    ready = {at: key for at, key in ready.items() if at not in draft.bad}
    done = 0
    for group in _in_groups(draft, ready):
        for part in _in_parts(group):
            tell(Work.WRITING, done, len(ready))
            _whole_or_parted(draft, part, lambda rows: _update(draft, rows))
            done += len(part)


def _by_column(draft: Draft, at: int) -> dict[str, Any]:
    return {draft.known[name].column: value for name, value in draft.changes[at].items()}


def _in_groups(draft: Draft, rows: Rows) -> list[Rows]:
    """Rows that are changed together: those that get the same values, where somebody guards the table; else the same columns."""
    groups: dict[Any, dict[int, str]] = defaultdict(dict)
    is_guarded = bool(GUARDS.get(draft.model.__tablename__))
    for at, key in rows.items():
        said = _by_column(draft, at)
        groups[json.dumps(said, default=str, sort_keys=True) if is_guarded else frozenset(said)][at] = key
    return list(groups.values())


def _in_parts(rows: Rows) -> list[Rows]:
    """Rows in parts of equal size, of some thousands at most."""
    listed, parts = list(rows.items()), -(-len(rows) // MOST_AT_ONCE)
    return [dict(listed[len(listed) * at // parts : len(listed) * (at + 1) // parts]) for at in range(parts)]


def _update(draft: Draft, rows: Rows) -> None:
    keys = list(rows.values())
    if GUARDS.get(draft.model.__tablename__):  # such rows get the same values
        guard(draft.session, draft.model, keys, draft.changes[next(iter(rows))])
    bulk.change_rows(draft.session, draft.model, [{"id": key, **_by_column(draft, at)} for at, key in rows.items()])
    _follow(draft, keys, "U")


def _refuse_locked(draft: Draft, ready: Mapping[str, int]) -> None:
    model = draft.model
    keys = list(ready)
    for start in range(0, len(keys), AT_ONCE):
        tell(Work.ASKING, start, len(keys))
        records = draft.session.scalars(select(model).where(model.id.in_(keys[start : start + AT_ONCE]))).all()
        for key in lock_reasons(draft.session, records):
            draft.refuse(ready[key], "", Problem("", KEPT_AS_IT_IS))
        for record in records:
            draft.session.expunge(record)


def _whole_or_parted(draft: Draft, rows: Rows, act: Callable[[Rows], None]) -> None:
    """Do it for all of these rows; where some are refused, without them, and what is refused unnamed, for each half."""
    if not rows:
        return
    try:
        with draft.session.begin_nested():
            act(rows)
    except NotAmong as error:
        for at, key in rows.items():
            if key in error.keys:
                _tell(draft, at, error)
        _whole_or_parted(draft, {at: key for at, key in rows.items() if key not in error.keys}, act)
    except (DomainError, DatabaseError) as error:
        told = translate(error)
        if isinstance(told, DatabaseUnavailable):
            raise
        half = len(rows) // 2
        if not half or draft.parted >= MOST_PARTED:
            draft.parted += 1
            _tell(draft, next(iter(rows)), told)
        else:
            listed = list(rows.items())
            _whole_or_parted(draft, dict(listed[:half]), act)
            _whole_or_parted(draft, dict(listed[half:]), act)


def tell_the_end(draft: Draft, error: Refused | InvalidInput) -> None:
    """What was found once all was written, at the rows that brought it about; at the file, where no row is known for it."""
    own = _rows_by_record(draft)
    if isinstance(error, Refused):
        _tell_findings(draft, error.findings, own)
        return
    for each in error.problems:
        if not _tell_at(draft, {own[key] for key in each.records if key in own}, each):
            draft.refuse_all(each, draft.called(each.field))


def _tell_findings(draft: Draft, findings: Sequence[Finding], own: Mapping[str, int]) -> None:
    naming: Mapping[str, set[int]] | None = None
    for each in findings:
        subjects = [subject.key for subject in each.subjects.values()]
        rows = {own[key] for key in (*each.records, *subjects) if key in own}
        if not rows:
            naming = _rows_by_key(draft) if naming is None else naming
            named = [naming.get(key, set()) for key in subjects]
            rows = {at for at in set().union(*named) if sum(at in some for some in named) > 1}
        if not _tell_at(draft, rows, each.problem):
            draft.refuse_all(Problem("", REFUSED, {"why": each.message}))


def _tell_at(draft: Draft, rows: set[int], problem: Problem) -> bool:
    """Tell it at these rows, and at its field where the file has that; whether there was any."""
    name = problem.field if problem.field in draft.cells else ""
    for at in sorted(rows)[:MOST_ROWS_TOLD]:
        draft.refuse(at, name, problem, draft.cell(at, name))
    return bool(rows)


def _rows_by_record(draft: Draft) -> dict[str, int]:
    """The row that adds or changes each record."""
    found = dict(zip(draft.fresh_keys, draft.fresh, strict=True))
    return found | {draft.keys[at] or "": at for at in draft.changes}


def _rows_by_key(draft: Draft) -> dict[str, set[int]]:
    """The rows that add or change something, by the records that they name."""
    found: dict[str, set[int]] = defaultdict(set)
    for name in draft.meanings:
        for at, key in zip(draft.fresh, draft.fresh_values.get(name, ()), strict=False):
            found[key].add(at)
        for at in draft.changes:
            found[{**draft.current[draft.keys[at] or ""], **draft.changes[at]}[name]].add(at)
    return found


def _tell(draft: Draft, at: int, error: DomainError) -> None:
    if isinstance(error, InvalidInput):
        names = {each.column: name for name, each in draft.known.items()}
        for each in error.problems:
            name = names.get(each.field, each.field)
            draft.refuse(at, name, each, draft.cell(at, name))
    elif isinstance(error, WrongScope | NotAllowed):
        draft.refuse(at, "", Problem("", NOT_YOURS_TO_ADD if draft.keys[at] is None else NOT_YOURS_TO_CHANGE))
    elif isinstance(error, Unchangeable):
        draft.refuse(at, "", Problem("", KEPT_AS_IT_IS))
    elif isinstance(error, Refused):
        for finding in error.findings:
            draft.refuse(at, finding.at, finding.problem, draft.cell(at, finding.at))
    else:
        draft.refuse(at, "", Problem("", error.source, error.params))
