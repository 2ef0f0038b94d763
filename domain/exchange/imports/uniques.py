"""What rows must be alone with, asked for a whole file: among its own rows, and among all of the school's."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import select, type_coerce
from sqlalchemy.types import NullType

from domain.access.uow import named
from domain.db.base import ADDED
from domain.db.errors import TAKEN
from domain.exchange.imports.draft import Draft
from domain.exchange.imports.lookup import AT_ONCE, is_told
from domain.exchange.imports.matching import SAME_AS
from domain.kit.errors import Problem
from domain.kit.progress import Work, tell
from domain.records.labels import in_school, readable_labels
from domain.records.twins import TAKEN_BY, plain_value, uniques, where_values

Wanted = dict[tuple[Any, ...], int]


def nobody_has(draft: Draft) -> None:
    """Refuse, at their cells, values that another row of the file or of the school's must be alone with."""
    names = {each.column: name for name, each in draft.known.items()}
    for columns, where in uniques(draft.model):
        own = [column for column in columns if column not in ADDED]
        fixed = where_values(where)
        if not set(own) | {column for column, _value in fixed} <= names.keys() or not (own or fixed):
            continue
        _look(draft, [names[column] for column in own], [(names[column], value) for column, value in fixed])


def _look(draft: Draft, own: Sequence[str], fixed: Sequence[tuple[str, Any]]) -> None:
    wanted: Wanted = {}
    at_field = own[-1] if own else fixed[-1][0]
    for at, told in _rows(draft, own, fixed):
        before = wanted.setdefault(told, at)
        if before != at:
            problem = Problem(at_field, SAME_AS, {"row": draft.sheet.numbers[before]})
            draft.refuse(at, at_field, problem, draft.cell(at, at_field))
    if wanted:
        _tell_taken(draft, own, fixed, wanted, at_field)


def _rows(draft: Draft, own: Sequence[str], fixed: Sequence[tuple[str, Any]]) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """What rows must be alone with: of the new ones that the condition holds for, and those whose change touches these fields."""
    known, names = draft.known, [*own, *(name for name, _value in fixed)]
    values = [plain_value(value) for _name, value in fixed]
    columns = [draft.fresh_values.get(name) or [known[name].default] * len(draft.fresh) for name in names]
    fresh = zip(draft.fresh, zip(*columns, strict=True), strict=True)
    changed = (
        (at, tuple(changes.get(name, draft.current[draft.keys[at] or ""][name]) for name in names))
        for at, changes in draft.changes.items()
        if not changes.keys().isdisjoint(names)
    )
    for at, row in (*fresh, *changed):
        told = row[: len(own)]
        if None not in told and at not in draft.bad and [plain_value(each) for each in row[len(own) :]] == values:
            yield at, told


def _tell_taken(draft: Draft, own: Sequence[str], fixed: Sequence[tuple[str, Any]], wanted: Wanted, at_field: str) -> None:
    table = named(draft.model)
    column = {name: table.c[draft.known[name].column] for name in (*own, *(name for name, _value in fixed))}
    others: dict[int, str] = {}
    best = max(range(len(own)), key=lambda at: len({told[at] for told in wanted})) if own else 0
    listed = sorted({told[best] for told in wanted}, key=str) if own else []
    for start in range(0, len(listed) or 1, AT_ONCE):
        tell(Work.COMPARING, start, len(listed))
        conditions = [in_school(draft.session, table), *(_is(column[name], value) for name, value in fixed)]
        if own:
            conditions.append(column[own[best]].in_(listed[start : start + AT_ONCE]))
        for key, *told in draft.session.connection().execute(
            select(table.c.id, *(column[name] for name in own)).where(*conditions)
        ):
            at = wanted.get(tuple(told))
            if at is not None and key != draft.keys[at]:
                others[at] = key
    if not others:
        return
    told_of = is_told(draft.session, draft.model, column)
    seen = readable_labels(draft.session, draft.model, list(others.values())[:AT_ONCE]) if told_of else {}
    for at, key in others.items():
        problem = Problem(at_field, TAKEN_BY, {"other": seen[key]}) if key in seen else Problem(at_field, TAKEN)
        draft.refuse(at, at_field, problem, draft.cell(at, at_field))


def _is(column: Any, value: Any) -> Any:

    return type_coerce(column, NullType()).is_not_distinct_from(value)
