"""What a person calls a record: its name, or the names of what it links, with dates and values as people say them.

A label travels as a JSON array of the columns in the model's `__label__`, a reference standing for its own record's array; so
a page of rows and all its labels come in one statement, and the words are put in the reader's language afterwards. Whoever may
read a row may read what the rows that it names are called: labels are found within the school, not within the reader's rows.
"""

import json
from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, func, select

from domain.access.uow import ScopedSession, named
from domain.db.base import Base, model_of
from domain.db.listed import listed
from domain.db.types import Cents, ChoiceType, ClockTime, Day, Instant, Money, Weekday
from domain.kit.formats import show_date, show_instant, show_money, show_time, show_weekday, show_weekly
from domain.kit.money import from_cents
from domain.records.fields import Field, fields

NAMELESS = "—"
DEPTH = 3  # a mark is named by its session, that by its class: nobody is called by more


def label_parts(model: type[Base], table: Any, depth: int = DEPTH) -> ColumnElement[Any]:
    """The parts of a row's label, as a JSON array made by the database."""
    parts: list[Any] = []
    for name in model.__label__:
        column = table.c[fields(model)[name].column]
        target = fields(model)[name].target
        parts.append(label_of_key(target, column, depth - 1) if target and depth > 1 else column)
    return func.json_array(*parts)


def label_of_key(target: str, key: Any, depth: int = DEPTH) -> ColumnElement[Any]:
    """The label parts of the row that a key refers to."""
    model = model_of(target)
    table = named(model)
    return select(func.json(label_parts(model, table, depth))).where(table.c.id == key).scalar_subquery()


def show_label(target: type[Base] | str, parts: object, zone: Any = None) -> str:
    """Label parts as a person reads them; what was deleted or is empty as a dash."""
    model = model_of(target) if isinstance(target, str) else target
    found = json.loads(parts) if isinstance(parts, str) else parts
    if not isinstance(found, list):
        return NAMELESS
    said = [say_part(fields(model)[name], value, zone) for name, value in zip(model.__label__, found, strict=True)]
    separator = " " if all(fields(model)[name].target is None for name in model.__label__) else " · "
    return separator.join(each for each in said if each) or NAMELESS


def say_part(field: Field, value: Any, zone: Any) -> str:
    """One part of a label as a person reads it; nothing as an empty text."""
    if value is None:
        return ""
    if field.target:
        return show_label(field.target, value, zone) if isinstance(value, list) else ""
    return _said(field, value, zone)


def _said(field: Field, value: Any, zone: Any) -> str:
    kind = field.type
    if isinstance(kind, ChoiceType):
        return kind.kind(value).label
    if isinstance(kind, Weekday):
        return show_weekday(value)
    if isinstance(kind, Money):
        return show_money(Decimal(str(value)))
    if isinstance(kind, Cents):
        return show_money(from_cents(value))
    if isinstance(kind, Day):
        found = date.fromisoformat(value)
        return show_weekly(found) if field.weekly else show_date(found)
    if isinstance(kind, ClockTime):
        return show_time(time.fromisoformat(value))
    if isinstance(kind, Instant):
        moment = datetime.fromisoformat(f"{value}+00:00")
        return show_instant(moment, zone, weekly=field.weekly) if zone else show_date(moment.date())
    return str(value)


def labels(session: ScopedSession, model: type[Base], keys: Iterable[str]) -> dict[str, str]:
    """The labels of some rows of the school's, by key; one statement."""
    wanted = [key for key in dict.fromkeys(keys) if key]
    if not wanted:
        return {}
    table = named(model)
    statement = select(table.c.id, label_parts(model, table)).where(table.c.id.in_(listed(wanted)), in_school(session, table))
    zone = session.actor.zone
    return {key: show_label(model, parts, zone) for key, parts in session.connection().execute(statement)}


def readable_labels(session: ScopedSession, model: type[Base], keys: Iterable[str]) -> dict[str, str]:
    """The labels of those of some rows that the actor may read, by key; one statement."""
    wanted = [key for key in dict.fromkeys(keys) if key]
    if not wanted:
        return {}
    statement = (
        select(model.id, label_of_key(model.__tablename__, model.id)).where(model.id.in_(listed(wanted))).order_by(model.id)
    )
    zone = session.actor.zone
    return {key: show_label(model, parts, zone) for key, parts in session.execute(statement)}


def in_school(session: ScopedSession, table: Any) -> ColumnElement[bool]:
    """The condition that keeps a bare table's rows within the actor's school."""
    column = table.c.organization_id if "organization_id" in table.c else table.c.id
    found: ColumnElement[bool] = column == session.actor.organization_id
    return found
