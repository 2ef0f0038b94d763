"""Creating deleted rows again, under their own keys, parents first: checked as any new row, all of them in a few questions."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from domain.access import bulk
from domain.access.decide import decide
from domain.access.trail.undo import Step
from domain.access.trail.values import LEFT_OUT
from domain.access.uow import ScopedSession
from domain.db.base import Base, model_of
from domain.db.errors import GONE
from domain.db.listed import listed
from domain.kit.errors import InvalidInput, Problem
from domain.kit.texts import N_, _
from domain.records.check import problems_of
from domain.records.clashes import BeyondRights, CannotComeBack, ThereAgain, info_of, name_of, titles, why
from domain.records.fields import fields
from domain.records.labels import NAMELESS
from domain.records.many import records_of
from domain.records.twins import first_taken, taken_by
from domain.records.write import GUARDS, follow, followers_of, guard

CIRCLE = N_("These records refer to one another in a circle.")


def put_back(session: ScopedSession, steps: Sequence[Step]) -> None:
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
            _put_back_table(session, table, by_model[table], known)
    for model, some in by_model.items():
        if followers_of(model.__tablename__, "C"):
            follow(session, list(records_of(session, model, [step.key for step in some]).values()), "C")


def model_order() -> list[type[Base]]:
    """Models in an order in which rows may be inserted."""
    return [table.info["model"] for table in Base.metadata.sorted_tables]


def _put_back_table(session: ScopedSession, model: type[Base], steps: Sequence[Step], known: set[tuple[str, str]]) -> None:
    table = model.__table__
    keys = [each.key for each in steps]
    there = session.connection().execute(select(table.c.id).where(table.c.id.in_(listed(keys))).limit(1)).scalar()
    if there:
        raise ThereAgain(record=name_of(session, model, there))
    rows = [_row(each) for each in steps]
    _check(session, model, rows, known)
    for some in _parents_first(model, rows):
        bulk.insert_rows(session, model, some)


def _row(step: Step) -> dict[str, Any]:
    """A row as it was. What is empty is said, lest a column's default take its place."""
    values = step.of_before()
    columns = [column for column in step.model.__table__.columns if column.name not in LEFT_OUT]
    return {"id": step.key} | {
        column.name: values.get(column.name) for column in columns if column.nullable or values.get(column.name) is not None
    }


def _check(session: ScopedSession, model: type[Base], rows: Sequence[Mapping[str, Any]], known: set[tuple[str, str]]) -> None:
    """Refuse the first of these rows that can't come back, by its name."""
    ready: dict[str, dict[str, Any]] = {}
    known |= _there(session, model, rows, known)
    refused: tuple[Mapping[str, Any], InvalidInput] | None = None
    for row in rows:
        by_name = {name: row[field.column] for name, field in fields(model).items() if field.column in row}
        problems = problems_of(model, by_name)
        problems += [
            Problem(name, GONE)
            for name, field in fields(model).items()
            if field.target and by_name.get(name) and (field.target, by_name[name]) not in known
        ]
        if problems:
            refused = row, InvalidInput(problems)
            break
        ready[row["id"]] = by_name
    if taken := first_taken(session, model, ready):
        refused = next(row for row in rows if row["id"] == taken.key), taken_by(session, model, taken)
    for row in rows if GUARDS.get(model.__tablename__) else ():
        if refused and row is refused[0]:
            break
        try:
            guard(session, model, [], ready[row["id"]])
        except InvalidInput as error:
            refused = row, error
            break
    if refused:
        raise _cannot_come_back(model, *refused) from refused[1]


def _cannot_come_back(model: type[Base], row: Mapping[str, Any], error: InvalidInput) -> CannotComeBack:
    words = " ".join(str(row[name]) for name in model.__label__ if row.get(name) and "refers" not in info_of(model, name))
    return CannotComeBack(table=_(model.__one__), record=words or NAMELESS, why=why(model, error))


def _there(
    session: ScopedSession, model: type[Base], rows: Sequence[Mapping[str, Any]], known: set[tuple[str, str]]
) -> set[tuple[str, str]]:
    """Of what these rows refer to, by table and key, and isn't known yet, what is there; a question for each table."""
    wanted: dict[str, set[str]] = {}
    for field in fields(model).values():
        if field.target:
            keys = {row[field.column] for row in rows if row.get(field.column)}
            wanted.setdefault(field.target, set()).update(key for key in keys if (field.target, key) not in known)
    found = set()
    for target, keys in wanted.items():
        table = model_of(target).__table__
        there = select(table.c.id).where(table.c.id.in_(listed(keys)))
        if "organization_id" in table.c:
            there = there.where(table.c.organization_id == session.actor.organization_id)
        found |= {(target, key) for key in session.connection().execute(there).scalars()} if keys else set()
    return found


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
