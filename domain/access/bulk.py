"""Bulk writes: the whole batch is looked at, its school and the actor's right to it, before any row is touched."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ClauseElement, True_, bindparam, delete, insert, select, update

from domain.access.decide import changeable, condition, decide, ever_dotted
from domain.access.field_scope import refuse_dots
from domain.access.trail.cascade import gone_with, rows_of
from domain.access.trail.values import AUTOMATIC
from domain.access.trail.writing import note, note_gone
from domain.access.uow import ScopedSession
from domain.db.base import Base, Tenant, folded, searchable_columns
from domain.kit.errors import NotAllowed, WrongScope
from domain.kit.ids import new_ids

BATCH = 500  # SQLite takes some thousands of values in one statement


class NotAmong(WrongScope):
    """Some rows of a batch lie outside those that the actor may do this to. Carries their keys."""

    def __init__(self, keys: Collection[str]) -> None:
        super().__init__()
        self.keys = frozenset(keys)


def insert_rows(session: ScopedSession, model: type[Base], batch: Sequence[Mapping[str, Any]]) -> list[str]:
    """Insert rows given by column name; their keys. Every row must lie among those that the actor may create."""
    _may(session, "C", model)
    defaults, dotted = _defaults(model), ever_dotted(model)
    school = {"organization_id": session.actor.organization_id} if issubclass(model, Tenant) else {}
    rows: list[dict[str, Any]] = []
    for key, values in zip(new_ids(len(batch)), batch, strict=True):
        row = {"id": key, **school, **values}
        for name, made, is_made in defaults:
            if name not in values:
                row[name] = made(None) if is_made else made
        if row.get("organization_id") != school.get("organization_id"):
            raise WrongScope
        if dotted:
            refuse_dots(model, row)
        row.update(folded(model, row))
        rows.append(row)
    if rows:
        session.connection().execute(insert(model.__table__), rows)
    keys = [str(row["id"]) for row in rows]
    if not (school and isinstance(condition(session.actor, "C", model), True_)):  # every row of the school, which these are
        _all_within(session, "C", model, keys)
    note(session, "C", model, ((str(row["id"]), None, row) for row in rows))
    return keys


def _defaults(model: type[Base]) -> list[tuple[str, Any, bool]]:
    """What rows leave to their columns is made here, so that the trail can tell: (column, default, whether it is made)."""
    columns: list[tuple[str, Any]] = [(each.name, each.default) for each in model.__table__.columns if each.name != "id"]
    return [(name, default.arg, default.is_callable) for name, default in columns if default is not None]


def update_rows(session: ScopedSession, model: type[Base], keys: Sequence[str], values: Mapping[str, Any]) -> int:
    """Set the same values on many rows, raising their versions; how many there were."""
    _may_set(session, model, values)
    refuse_dots(model, values)
    _all_within(session, "U", model, keys, changing=values)
    table, count = model.__table__, 0
    written: list[tuple[str, Mapping[str, Any], Mapping[str, Any]]] = []
    for batch in _batches(list(dict.fromkeys(keys))):
        before = rows_of(session.connection(), model, batch)
        statement = update(table).where(table.c.id.in_(batch)).values(**values, row_version=table.c.row_version + 1)
        count += session.connection().execute(statement).rowcount
        _fold_again(session, model, batch, values)
        computed = any(isinstance(each, ClauseElement) for each in values.values())
        after = rows_of(session.connection(), model, batch) if computed else [{**row, **values} for row in before]
        written += [(row["id"], row, became) for row, became in zip(before, after, strict=True)]
    _all_within(session, "U", model, keys, changing=values)
    note(session, "U", model, written)
    session.expire_all()
    return count


def change_rows(session: ScopedSession, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Set values of its own on each row, given by column name with its `id`, raising versions. All rows name the same columns."""
    changing = set(rows[0]) - {"id"} if rows else set()
    if any(row.keys() - {"id"} != changing for row in rows):
        raise WrongScope
    _may_set(session, model, changing)
    for row in rows:
        refuse_dots(model, row)
    keys, table = [str(row["id"]) for row in rows], model.__table__
    _all_within(session, "U", model, keys, changing=changing)
    before = {row["id"]: row for batch in _batches(keys) for row in rows_of(session.connection(), model, batch)}
    statement = update(table).where(table.c.id == bindparam("this_key"))
    statement = statement.values({name: bindparam(f"new_{name}") for name in changing}).values(
        row_version=table.c.row_version + 1
    )
    given = [{"this_key": row["id"], **{f"new_{name}": row[name] for name in changing}} for row in rows]
    if given:
        session.connection().execute(statement, given)
    for batch in _batches(keys):
        _fold_again(session, model, batch, dict.fromkeys(changing))
    _all_within(session, "U", model, keys, changing=changing)
    note(session, "U", model, ((str(row["id"]), before[row["id"]], {**before[row["id"]], **row}) for row in rows))
    session.expire_all()


def _fold_again(session: ScopedSession, model: type[Base], keys: Sequence[str], values: Mapping[str, Any]) -> None:
    """Keep the folded texts of rows in step with a change of the texts that they are made from."""
    sources = {column.name for column in searchable_columns(model)} | set(model.__label__)
    if not sources & set(values) or not folded(model, {}):
        return
    table = model.__table__
    rows = session.connection().execute(select(table).where(table.c.id.in_(keys))).mappings().all()
    again = [{"key": row["id"], **folded(model, dict(row))} for row in rows]
    statement = update(table).where(table.c.id == bindparam("key"))
    session.connection().execute(statement.values({name: bindparam(name) for name in folded(model, {})}), again)


def delete_rows(session: ScopedSession, model: type[Base], keys: Sequence[str]) -> int:
    """Delete many rows; how many there were."""
    _may(session, "D", model)
    _all_within(session, "D", model, keys)
    table, count = model.__table__, 0
    gone = gone_with(session.connection(), session.actor.organization_id, model, keys)
    for batch in _batches(keys):
        count += session.connection().execute(delete(table).where(table.c.id.in_(batch))).rowcount
    note_gone(session, gone)
    session.expire_all()
    return count


def _may(session: ScopedSession, action: str, model: type[Base]) -> None:
    if session.info.get("reading"):
        raise WrongScope
    verdict = decide(session.actor, action, model)
    if not verdict:
        raise NotAllowed(verdict.reason)


def _may_set(session: ScopedSession, model: type[Base], names: Collection[str]) -> None:
    """Refuse columns that the actor may change in no row, and those that nobody does."""
    _may(session, "U", model)
    allowed = changeable(session.actor, model)
    if "organization_id" in names or "id" in names or (allowed is not None and set(names) - allowed - AUTOMATIC):
        raise NotAllowed("columns")


def _all_within(
    session: ScopedSession, action: str, model: type[Base], keys: Sequence[str], *, changing: Collection[str] = ()
) -> None:
    table = model.__table__
    theirs = condition(session.actor, action, model, changing=set(changing) - AUTOMATIC)
    school = table.c.organization_id if issubclass(model, Tenant) else table.c.id
    found: set[str] = set()
    for batch in _batches(keys):
        wanted = select(table.c.id).where(table.c.id.in_(batch), school == session.actor.organization_id, theirs)
        found.update(session.connection().execute(wanted).scalars())
    if not found.issuperset(keys):
        raise NotAmong(set(keys) - found)


def _batches(keys: Sequence[str]) -> list[Sequence[str]]:
    return [keys[at : at + BATCH] for at in range(0, len(keys), BATCH)]
