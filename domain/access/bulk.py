"""Bulk writes: the whole batch is looked at, its school and the actor's right to it, before any row is touched."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ClauseElement, Table, True_, bindparam, delete, select, update

from domain.access.decide import changeable, condition, decide, ever_dotted
from domain.access.field_scope import refuse_dots
from domain.access.masking import has_dots
from domain.access.trail.cascade import gone_with, rows_of
from domain.access.trail.values import AUTOMATIC
from domain.access.trail.writing import note, note_gone, note_new
from domain.access.uow import ScopedSession
from domain.db.base import Base, Tenant, folded, folded_columns, searchable_columns
from domain.db.columnwise import write_columns
from domain.kit.errors import NotAllowed, WrongScope
from domain.kit.ids import new_ids

BATCH = 500  # SQLite takes some thousands of values in one statement


class NotAmong(WrongScope):
    """Some rows of a batch lie outside those that the actor may do this to. Carries their keys."""

    def __init__(self, keys: Collection[str]) -> None:
        super().__init__()
        self.keys = frozenset(keys)


def insert_rows(session: ScopedSession, model: type[Base], batch: Sequence[Mapping[str, Any]]) -> list[str]:
    """Insert rows given by column name; their keys. Every row must lie among those that the actor may create.

    What a row leaves out is its column's default, or nothing.
    """
    made: dict[str, tuple[Any, bool]] = {name: (default, is_made) for name, default, is_made in _defaults(model)}
    columns: dict[str, Sequence[Any]] = {}
    for name in dict.fromkeys(name for row in batch for name in row):
        default, is_made = made.get(name, (None, False))
        columns[name] = [row[name] if name in row else default(None) if is_made else default for row in batch]
    return insert_columns(session, model, columns, count=len(batch))


def insert_columns(session: ScopedSession, model: type[Base], columns: Mapping[str, Sequence[Any]], *, count: int) -> list[str]:
    """Insert so many rows given as columns, by the columns' names; their keys. Every one must lie among those that the actor may
    create: it is asked of all of them at once.
    """
    _may(session, "C", model)
    is_tenant, school = issubclass(model, Tenant), session.actor.organization_id
    whole: dict[str, Sequence[Any]] = {"id": new_ids(count), **({"organization_id": [school] * count} if is_tenant else {})}
    whole |= columns
    if any(each != (school if is_tenant else None) for each in whole.get("organization_id", ())):
        raise WrongScope
    for name, default, is_made in _defaults(model):
        if name not in whole:
            whole[name] = [default(None) for _row in range(count)] if is_made else [default] * count
    for name in ever_dotted(model) & whole.keys():
        if any(map(has_dots, whole[name])):
            raise WrongScope
    whole |= folded_columns(model, whole, count)
    keys = list(map(str, whole["id"]))
    table = model.__table__
    assert isinstance(table, Table)
    write_columns(session.connection(), table, whole)
    if not (is_tenant and isinstance(condition(session.actor, "C", model), True_)):  # every row of the school, which these are
        _all_within(session, "C", model, keys)
    note_new(session, model, whole)
    return keys


def _defaults(model: type[Base]) -> list[tuple[str, Any, bool]]:
    """What rows leave to their columns is made here, so that the trail can tell: (column, default, whether it is made)."""
    columns: list[tuple[str, Any]] = [(each.name, each.default) for each in model.__table__.columns]
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
