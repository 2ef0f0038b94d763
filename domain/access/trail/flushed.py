"""What a session's flush changes: looked at before it, noted after it; rows of a table in one question, where any is needed."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from domain.access.trail.cascade import gone_with, rows_of
from domain.access.trail.kinds import Kind, kind_of
from domain.access.trail.values import LEFT_OUT
from domain.access.trail.writing import note, note_gone
from domain.db.base import Base, table_key

LOOKED = "trail looked"


def look(session: Session, changed: Mapping[Base, Any], deleted: Iterable[Base]) -> None:
    """Before a flush: what its changed records were, and what its deletes will take along."""
    school = session.info["actor"].organization_id
    by_model: dict[type[Base], list[str]] = {}
    for record in deleted:
        by_model.setdefault(type(record), []).append(record.id)
    gone = [each for model, keys in by_model.items() for each in gone_with(session.connection(), school, model, keys)]
    session.info[LOOKED] = _as_they_were(session, changed), gone


def noted(session: Session, written: Iterable[tuple[Base, str, Any]]) -> None:
    """After a flush: note what it wrote."""
    before, gone = session.info.pop(LOOKED, ({}, []))
    became = _as_they_are(session, [record for record, _action, _changed in written])
    for record, action, _changed in written:
        after, was = became[record], before.get(record)
        note(session, action, type(record), [(record.id, None if was is None else {**after, **was}, after)])
    note_gone(session, gone)


def _as_they_were(session: Session, changed: Iterable[Base]) -> dict[Base, dict[str, Any]]:
    """The former values of what is about to change; asked of the database where the session never knew them."""
    found: dict[Base, dict[str, Any]] = {}
    unknown: dict[Base, list[str]] = {}
    for record in changed:
        state = inspect(record)
        was = found[record] = {}
        for attribute in state.mapper.column_attrs:
            history = state.attrs[attribute.key].history
            column = table_key(state.mapper, attribute.key)
            if not history.has_changes() or column in LEFT_OUT:
                continue
            if history.deleted:
                was[column] = history.deleted[0]
            else:
                unknown.setdefault(record, []).append(column)
    stored = _rows(session, [record for record in unknown if kind_of(record.__tablename__) is Kind.WHOLE])
    for record, columns in unknown.items():
        row = stored.get(record, {})
        found[record] |= {column: row.get(column) for column in columns}
    return found


def _as_they_are(session: Session, written: Iterable[Base]) -> dict[Base, dict[str, Any]]:
    """The values as they were written; asked of the database where it made one of them."""
    found: dict[Base, dict[str, Any]] = {}
    unknown: list[Base] = []
    for record in written:
        state = inspect(record)
        if not LEFT_OUT.issuperset(table_key(state.mapper, name) for name in state.expired_attributes):
            unknown.append(record)
        columns = (each.key for each in state.mapper.column_attrs)
        found[record] = {table_key(state.mapper, name): state.dict.get(name) for name in columns}
    return found | _rows(session, unknown)


def _rows(session: Session, records: Iterable[Base]) -> dict[Base, dict[str, Any]]:
    """The rows of these records as the database has them, those of a table at once."""
    by_key: dict[type[Base], dict[str, Base]] = {}
    for record in records:
        by_key.setdefault(type(record), {})[record.id] = record
    return {
        those[row["id"]]: row for model, those in by_key.items() for row in rows_of(session.connection(), model, sorted(those))
    }
