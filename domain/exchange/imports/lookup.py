"""Records by the values of some of their fields, many at once, within what the actor may read: a few statements for a file."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, select

from domain.access.decide import masked
from domain.access.uow import ScopedSession
from domain.db.base import Base
from domain.db.types import Instant, JsonValue, Shaped
from domain.kit.progress import Work, tell
from domain.records.fields import fields
from domain.records.query import attribute

AT_ONCE = 500  # values in one condition
Keys = tuple[str, ...]


def is_told(session: ScopedSession, model: type[Base], names: Iterable[str]) -> bool:
    """Whether the actor may ask for rows by these fields: not by what they see as dots."""
    known, hidden = fields(model), masked(session.actor, model.__tablename__)
    return not any(known[name].column in hidden or known[name].sealed for name in names)


def keys_by_values(
    session: ScopedSession,
    model: type[Base],
    names: Sequence[str],
    wanted: Collection[tuple[Any, ...]],
    where: Mapping[str, Any] | None = None,
    *,
    work: Work | None = None,
) -> dict[tuple[Any, ...], Keys]:
    """The keys of the rows whose fields have these values (as `comparable` says them), and others the values `where`.

    `work`: what it is to who waits for it, if anything.
    """
    if not wanted or not is_told(session, model, (*names, *(where or {}))):
        return {}
    known = fields(model)
    types = [known[name].type for name in names]
    narrow, within = _narrowing(model, names, wanted)
    found: dict[tuple[Any, ...], list[str]] = defaultdict(list)
    fixed = [_is(model, name, value) for name, value in (where or {}).items()]
    columns = [attribute(model, name) for name in names]
    done = 0
    for values in within:
        if work:
            tell(work, done, len(wanted))
            done += len(values)
        conditions = [*fixed, *([narrow.in_(values)] if narrow is not None else [])]
        for key, *row in session.execute(select(model.id, *columns).where(*conditions)):
            told = tuple(comparable(kind, value) for kind, value in zip(types, row, strict=True))
            if told in wanted:
                found[told].append(key)
    return {told: tuple(keys) for told, keys in found.items()}


def _narrowing(
    model: type[Base], names: Sequence[str], wanted: Collection[tuple[Any, ...]]
) -> tuple[Any, Sequence[Sequence[Any]]]:
    """The column whose values part the rows best, and these values, some at a time; none where only moments would do."""
    best: tuple[Any, set[Any]] = (None, set())
    for at, name in enumerate(names):
        if isinstance(fields(model)[name].type, Instant | JsonValue):
            continue
        values = {each[at] for each in wanted}
        if None not in values and len(values) > len(best[1]):
            best = attribute(model, name), values
    listed = sorted(best[1], key=str)
    return best[0], [listed[at : at + AT_ONCE] for at in range(0, len(listed), AT_ONCE)] or [[]]


def _is(model: type[Base], name: str, value: Any) -> ColumnElement[bool]:
    column = attribute(model, name)
    return column.is_(None) if value is None else column == value


def comparable(kind: Shaped, value: Any) -> Any:
    """A value as it is compared: moments to the minute, which is as much as people write."""
    if isinstance(kind, Instant) and isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).replace(second=0, microsecond=0)
    return str(value) if isinstance(value, list | dict) else value
