"""Many records that are about to change: what each becomes, and what refuses the first that may not become it.

What is asked of the database is asked of all of them at once; what is said is what would be said if they were changed one after
the other.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from domain.access import bulk
from domain.access.bulk import NotAmong
from domain.access.uow import ScopedSession
from domain.db.base import Base
from domain.db.listed import listed
from domain.kit.errors import DomainError, NotAllowed, Unchangeable
from domain.records.check import require
from domain.records.locks import lock_reasons
from domain.records.masks import stored_of_many
from domain.records.references import gone_references, refuse_gone
from domain.records.twins import first_taken, taken_by


@dataclass(frozen=True)
class Fitting:
    """What changes in records, by field, in their order, up to the first that is refused; what refuses it, to be made when those
    before it are written, since it may be one of them that has what it wants.
    """

    changes: list[dict[str, Any]]
    refusal: Callable[[], DomainError] | None = None


def fitting(
    session: ScopedSession,
    model: type[Base],
    records: Sequence[Base],
    given: Sequence[Mapping[str, Any]],
    *,
    look: Callable[[int], None] | None = None,
) -> Fitting:
    """What changes in records by what is given for each, all for the same fields. `look` may refuse one of them by its place."""
    locked, whole = lock_reasons(session, records), stored_of_many(session, model, records)
    gone = gone_references(session, model, given)
    becoming: list[dict[str, Any]] = []
    refused: DomainError | None = None
    for at, (record, values) in enumerate(zip(records, given, strict=True)):
        try:
            if record.id in locked:
                raise Unchangeable
            if look is not None:
                look(at)
            tidied = require(model, {**whole[record.id], **values}, names=set(values))
            refuse_gone(values, gone)
        except DomainError as error:
            refused = error
            break
        becoming.append(tidied)
    rows = {record.id: values for record, values in zip(records, becoming, strict=False)}
    changes = [
        {name: values[name] for name in given[at] if values[name] != whole[records[at].id][name]}
        for at, values in enumerate(becoming)
    ]
    if taken := first_taken(session, model, rows, changing=set(given[0]) if given else None):
        before = next(at for at, record in enumerate(records) if record.id == taken.key)
        return Fitting(changes[:before], lambda: taken_by(session, model, taken))
    return Fitting(changes, None if refused is None else lambda: refused)


def write_rows(session: ScopedSession, model: type[Base], rows: Iterable[Mapping[str, Any]]) -> None:
    """Write what changes in each row, given by column with its `id`: those that change alike in one statement.

    NotAllowed if the actor may not do this to one of them, as it is or as it becomes.
    """
    alike: dict[frozenset[str], list[Mapping[str, Any]]] = {}
    for row in rows:
        alike.setdefault(frozenset(row), []).append(row)
    for names, some in alike.items():
        if names == {"id"}:
            continue
        try:
            bulk.change_rows(session, model, some)
        except NotAmong as error:
            raise NotAllowed(f"not among the rows of {session.actor.role}, or not {sorted(names - {'id'})} there") from error


def records_of(session: ScopedSession, model: type[Base], keys: Iterable[str]) -> dict[str, Base]:
    """Records that are there and the actor's to see, by key, as they are by now; one statement."""
    return {each.id: each for each in session.scalars(select(model).where(model.id.in_(listed(keys))))}
