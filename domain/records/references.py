"""What rows refer to: whether it is there, and the actor's to see, asked for many rows in as few questions as for one."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import select

from domain.access.uow import ScopedSession
from domain.db.base import Base, model_of
from domain.db.errors import GONE
from domain.db.listed import listed
from domain.kit.errors import InvalidInput, Problem
from domain.records.fields import fields

Gone = Mapping[str, Collection[Any]]
"""By field, the keys that lead nowhere."""


def references_exist(session: ScopedSession, model: type[Base], values: Mapping[str, Any]) -> None:
    """Refuse, at their fields, references to what isn't there, or isn't the actor's to see."""
    refuse_gone(values, gone_references(session, model, [values]))


def gone_references(session: ScopedSession, model: type[Base], rows: Iterable[Mapping[str, Any]]) -> Gone:
    """Of what these rows refer to, given by field, what isn't there or isn't the actor's to see; a question for each field."""
    wanted: dict[str, set[Any]] = {}
    for row in rows:
        for name, value in row.items():
            field = fields(model).get(name)
            if value is None or field is None or not field.target:
                continue
            wanted.setdefault(name, set()).add(value)
    found: dict[str, Collection[Any]] = {}
    for name, keys in wanted.items():
        target = model_of(fields(model)[name].target or "")
        found[name] = keys - set(session.scalars(select(target.id).where(target.id.in_(listed(map(str, keys))))))
    return found


def refuse_gone(values: Mapping[str, Any], gone: Gone) -> None:
    """InvalidInput with each field of these values that leads nowhere."""
    problems = [Problem(name, GONE) for name, value in values.items() if name in gone and value in gone[name]]
    if problems:
        raise InvalidInput(problems)
