"""Whether values fit a table, before anything is written: every rule is read from the model, none is written twice.

The database's own CHECKs are tried on the values in a scratch database in memory, so that what is said here at a field is
what the database would have refused.
"""

import json
import sqlite3
import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, Table

from domain.db.base import Base
from domain.db.errors import REQUIRED, check_columns, check_problems
from domain.db.types import Cents, Choice
from domain.kit.errors import InvalidInput, Problem
from domain.kit.money import from_cents
from domain.kit.texts import N_
from domain.records.fields import Field, fields

TOO_SMALL = N_("This must be {low} or more.")
TOO_LARGE = N_("This must be {high} or less.")

CHECKS: dict[str, list[Callable[[Mapping[str, Any]], list[Problem]]]] = {}
"""What a group's rules find wrong with a row's tidied values, beyond what its model says; bound in the registry."""

_scratch = threading.local()


def tidy(model: type[Base], values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as they would be kept: trimmed, empty text as nothing, documents bare."""
    known = fields(model)
    return {name: known[name].type.tidy(value) if name in known else value for name, value in values.items()}


def problems_of(model: type[Base], values: Mapping[str, Any], *, names: Iterable[str] | None = None) -> list[Problem]:
    """What is wrong with a row's values, given by attribute name; `names` narrows it to what a form asked for."""
    tidied = tidy(model, values)
    asked = set(names) if names is not None else set(fields(model))
    found = [problem for field in fields(model).values() if field.name in asked for problem in _field_problems(field, tidied)]
    for check in CHECKS.get(model.__tablename__, ()) if not found else ():
        found += [problem for problem in check(tidied) if problem.field in asked]
    return found or _check_problems(model, tidied, asked)


def require(model: type[Base], values: Mapping[str, Any], *, names: Iterable[str] | None = None) -> dict[str, Any]:
    """The tidied values, or InvalidInput with every problem at its field."""
    found = problems_of(model, values, names=names)
    if found:
        raise InvalidInput(found)
    return tidy(model, values)


def _field_problems(field: Field, values: Mapping[str, Any]) -> list[Problem]:
    value = values.get(field.name)
    if value is None:
        missing = field.required and not field.automatic and (field.name in values or not field.has_default)
        return [Problem(field.name, REQUIRED)] if missing else []
    found = value_problem(field, value)
    return [found] if found else []


def value_problem(field: Field, value: Any) -> Problem | None:
    """What is wrong with a field's tidied value that isn't None, by itself; None if it fits."""
    if source := field.type.problem(value):
        return Problem(field.name, source, {"limit": field.length})
    return _range_problem(field, value)


def row_problems(
    model: type[Base], columns: Mapping[str, Sequence[Any]], asked: Sequence[Collection[str]] | None = None
) -> dict[int, list[Problem]]:
    """What is wrong between the values of many rows, given by field, each of which fits by itself: by the row's place.

    A CHECK of the database is tried once for each combination of what it speaks of; a group's own rules see each row. `asked`:
    for each row the fields that a change is about, to which it is narrowed as a form's problems are.
    """
    table = model.__table__
    assert isinstance(table, Table)
    count = len(next(iter(columns.values()), ()))
    found: dict[int, list[Problem]] = {}
    for check in CHECKS.get(model.__tablename__, ()):
        for at in range(count):
            problems = check({name: values[at] for name, values in columns.items()})
            if told := [each for each in problems if asked is None or each.field in asked[at]]:
                found.setdefault(at, []).extend(told)
    names = {field.column: field.name for field in fields(model).values()}
    for each in table.constraints:
        if isinstance(each, CheckConstraint) and len(spoken_of := check_columns(table, each)) > 1:
            values = [columns.get(names.get(name, ""), ()) for name in spoken_of]
            for at in _refused(table, each, spoken_of, values) if all(values) else ():
                told = [Problem(names.get(one.field, one.field), one.source, one.params) for one in check_problems(table, each)]
                found.setdefault(at, [one for one in told if asked and one.field in asked[at]] or told)
    return found


def _refused(table: Table, check: CheckConstraint, names: Sequence[str], values: Sequence[Sequence[Any]]) -> list[int]:
    """The places of the rows that a CHECK refuses: asked once for each combination of what it speaks of."""
    answers: dict[tuple[Any, ...], bool] = {}
    found: list[int] = []
    for at, together in enumerate(zip(*values, strict=True)):
        stored = tuple(map(_stored, together))
        if stored not in answers:
            answers[stored] = _refuses(table, check, dict(zip(names, stored, strict=True)))
        if answers[stored]:
            found.append(at)
    return found


def _range_problem(field: Field, value: Any) -> Problem | None:
    def shown(bound: float) -> Any:
        if isinstance(field.type, Cents):
            return from_cents(int(bound))
        return int(bound) if float(bound).is_integer() else bound

    if field.low is not None and value < field.low:
        return Problem(field.name, TOO_SMALL, {"low": shown(field.low)})
    if field.high is not None and value > field.high:
        return Problem(field.name, TOO_LARGE, {"high": shown(field.high)})
    return None


def _check_problems(model: type[Base], values: Mapping[str, Any], asked: set[str]) -> list[Problem]:
    table = model.__table__
    assert isinstance(table, Table)
    names = {field.column: field.name for field in fields(model).values()}
    stored = {column: _stored(values.get(name, _default_of(model, name))) for column, name in names.items()}
    found: list[Problem] = []
    for check in table.constraints:
        if isinstance(check, CheckConstraint) and _refuses(table, check, stored):
            found.extend(
                Problem(names.get(each.field, each.field), each.source, each.params) for each in check_problems(table, check)
            )
    return [each for each in found if each.field in asked] or found


def _default_of(model: type[Base], name: str) -> Any:
    return fields(model)[name].default


def _refuses(table: Table, check: CheckConstraint, stored: Mapping[str, Any]) -> bool:
    columns = check_columns(table, check)
    if not columns or not stored.keys() >= set(columns):
        return False  # it speaks of a column that no form knows: the database alone can tell
    given = ", ".join(f'? AS "{name}"' for name in columns)
    row = _database().execute(f"SELECT {check.sqltext} FROM (SELECT {given})", [stored[name] for name in columns])  # noqa: S608
    answer = row.fetchone()[0]
    return answer is not None and not answer


def _database() -> sqlite3.Connection:
    if not hasattr(_scratch, "database"):
        _scratch.database = sqlite3.connect(":memory:", isolation_level=None)
    found: sqlite3.Connection = _scratch.database
    return found


def _stored(value: Any) -> Any:
    """A value as its column keeps it, as far as a CHECK can tell."""
    if isinstance(value, Choice):
        return value.value
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ")
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, (dict, list)):
        return json.dumps(value)
    return value
