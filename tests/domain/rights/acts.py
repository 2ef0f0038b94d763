"""Single acts of a role within a transaction that is taken back, and the values that they write."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import inspect, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import make_transient_to_detached

from domain.access import bulk
from domain.access.roles import Role
from domain.access.uow import ScopedSession, unit_of_work
from domain.core.models import User
from domain.db import types
from domain.db.base import ADDED, Base
from domain.db.errors import translate
from domain.kit.errors import DomainError, NotAllowed, NotFound, StillNeeded, Unchangeable, WrongScope
from tests.domain.rights.world import Row, World
from tests.factories.rows import MOMENT, value_of

DONE, REFUSED, LOCKED, NEEDED, OTHER = "done", "refused", "locked", "needed", "other"
# A change that these tables take, where the first column that could be changed has rules of its own.
CHANGE: dict[str, Callable[[Row], dict[str, Any]]] = {
    "journal_entry_lines": lambda _row: {"description": "changed"},
    "memory_contradictions": lambda _row: {"strategy": "newer_wins"},
    "payouts": lambda row: {"period_end": row.values["period_end"] + timedelta(days=1)},
    "user_roles": lambda row: {"role": "school" if row.values["role"] == "staff" else "staff"},
}
ONE_FOR_EACH = {
    "memory_graphs": "student_id",
    "pictures": "user_id",
}  # before a second row for the same person, the first is given to someone who has none


class _TakenBack(Exception):
    """Ends a unit of work without keeping anything."""


@contextmanager
def taken_back(world: World, role: Role) -> Iterator[ScopedSession]:
    try:
        with unit_of_work(world.actor(role)) as session:
            yield session
            raise _TakenBack
    except _TakenBack:
        pass


def outcome(session: ScopedSession, act: Callable[[], Any]) -> str:
    """What became of one try, which is taken back at once."""
    point = session.begin_nested()
    try:
        act()
        session.flush()
        return DONE
    except (NotAllowed, WrongScope, NotFound):
        return REFUSED
    except Unchangeable:
        return LOCKED
    except StillNeeded:
        return NEEDED
    except DomainError as error:
        return f"{OTHER}: {error!r}"
    except SQLAlchemyError as error:
        told = translate(error)
        return NEEDED if isinstance(told, StillNeeded) else LOCKED if isinstance(told, Unchangeable) else f"{OTHER}: {told!r}"
    finally:
        session.expunge_all()
        if point.is_active:
            point.rollback()
        elif session.in_nested_transaction():
            session.rollback()


def _attributes(row: Row, **changed: Any) -> dict[str, Any]:
    mapper = inspect(row.model)
    values = {**row.values, **changed}
    return {each.key: values[each.columns[0].name] for each in mapper.column_attrs if each.columns[0].name in values}


def new_record(row: Row) -> Base:
    return row.model(
        **{name: value for name, value in _attributes(row).items() if name not in {"search_text", "sort_text", "row_version"}}
    )


def smuggled(session: ScopedSession, row: Row) -> Base:
    """The row as a record of the session, though this actor may never have been shown it."""
    record = row.model(**_attributes(row))
    make_transient_to_detached(record)
    session.add(record)
    return record


def _attribute(model: type[Base], column: str) -> str:
    return str(inspect(model).get_property_by_column(model.__table__.c[column]).key)


def another(column: Any, value: Any) -> Any:
    """Another value that the column accepts."""
    kind = column.type
    if isinstance(kind, types.Flag):
        return not value
    if isinstance(kind, types.ChoiceType):
        return next((each for each in kind.kind if each != value), value)
    if isinstance(kind, types.Money):
        return (value or Decimal(0)) + Decimal("1.00")
    if isinstance(kind, types.JsonObject):
        return {"changed": True}
    if isinstance(kind, types.JsonList | types.Tags):
        return ["changed"]
    if isinstance(kind, types.Whole):
        return (value or 0) + 1
    if type(kind) is types.Number:
        return 0.75 if value != 0.75 else 0.5
    if type(kind) is types.Instant:
        return MOMENT.replace(minute=30)
    if type(kind) is types.ClockTime:
        before = value or MOMENT.time()
        return before.replace(minute=(before.minute + 15) % 60)
    if type(kind) is types.Day:
        return (value or MOMENT.date()) + timedelta(days=1)
    return value_of(kind)


def plain_columns(model: type[Base]) -> list[Any]:
    """The columns that hold neither keys nor what follows of itself."""
    known = ADDED | {"id", "updated_at"}
    columns = model.__table__.columns
    return [
        each for each in columns if each.name not in known and "refers" not in each.info and not isinstance(each.type, types.Key)
    ]


def usual_change(row: Row) -> dict[str, Any]:
    """A change of a row that nothing but rights could refuse: of the plainest column that it has."""
    if row.table in CHANGE:
        return CHANGE[row.table](row)
    plainest = (
        types.LongText,
        types.ShortText,
        types.Flag,
        types.JsonList,
        types.JsonObject,
        types.Tags,
        types.Number,
        types.Whole,
    )
    columns = plain_columns(row.model)
    for kind in (*plainest, types.Instant, types.Day, types.Bytes, types.Money):
        for column in columns:
            if type(column.type) is kind and column.name != "created_at":
                return {column.name: another(column, row.values.get(column.name))}
    column = columns[0]
    return {column.name: another(column, row.values.get(column.name))}


def _make_room(session: ScopedSession, row: Row) -> None:
    column = ONE_FOR_EACH.get(row.table)
    if column:
        table, people = row.model.__table__, User.__table__
        ours = (people.c.organization_id == row.values["organization_id"], people.c.id.not_in(select(table.c[column])))
        without = select(people.c.id).where(*ours).limit(1).scalar_subquery()
        statement = update(table).where(table.c[column] == row.values[column]).values({column: without})
        session.connection().execute(statement)


def create(session: ScopedSession, row: Row) -> None:
    _make_room(session, row)
    session.add(new_record(row))


def create_in_bulk(session: ScopedSession, row: Row) -> None:
    _make_room(session, row)
    bulk.insert_rows(
        session, row.model, [{name: value for name, value in row.values.items() if name not in {"search_text", "sort_text"}}]
    )


def change_row(session: ScopedSession, row: Row, change: dict[str, Any]) -> None:
    record = smuggled(session, row)
    for name, value in change.items():
        setattr(record, _attribute(row.model, name), value)
