"""What a unit of work did, and what a record was, step by step as the trail keeps it: what undoing and bringing back stand on.

It reads below the scoped session, within the school: whoever undoes may have no right to the trail itself. Nothing here is shown
to anyone; what comes of it is written through the rights like any other change.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, select

from domain.access.decide import decide, reads_all
from domain.access.masking import MASK
from domain.access.trail.kinds import Kind, kind_of
from domain.access.trail.models import TrailAction, TrailEntry, TrailValue
from domain.access.trail.values import revived
from domain.access.trail.writing import Written
from domain.access.uow import ScopedSession
from domain.db.base import Base, model_of
from domain.kit.clock import now
from domain.kit.errors import DomainError, NotAllowed, NotFound
from domain.kit.texts import N_

UNDO_LIFE = timedelta(minutes=10)

Values = Mapping[str, Any]


class TooLate(DomainError):
    """The time in which a change can be undone is over."""

    source = N_("Too much time has passed to undo this. Nothing was changed.")


class NotKept(DomainError):
    """The trail holds no values of this: they were erased, or never kept."""

    source = N_("What this was isn't kept, so it can't be brought back. Nothing was changed.")


@dataclass(frozen=True)
class Step:
    """One record of one entry. What it was and became: by column, as JSON says it; None for nothing, or where nothing is kept.

    `emptied`: its values were erased.
    """

    number: int
    unit: str
    action: TrailAction
    model: type[Base]
    key: str
    before: Values | None
    after: Values | None
    emptied: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether all of what was before is known."""
        if self.action is TrailAction.CREATE:
            return not self.emptied
        return self.before is not None and MASK not in self.before.values()

    def of_before(self) -> dict[str, Any]:
        """What it was, as Python has it."""
        types = self.model.__table__.columns
        return {name: revived(types[name].type, value) for name, value in (self.before or {}).items() if name in types}


def steps_of_own(session: ScopedSession, written: Written) -> list[Step]:
    """What the actor did a few minutes ago, in its order. NotFound for another's deed, TooLate, NotKept."""
    rows = _of_unit(session, written.unit, written.first)
    if not rows or any(row.user_id != session.actor.user_id or row.job for row in rows):
        raise NotFound
    if _moment(rows[0]) < now() - UNDO_LIFE:
        raise TooLate
    steps = [_step(row) for row in rows]
    require_whole(steps)
    return steps


def _moment(row: Row[Any]) -> datetime:
    found = row.at
    assert isinstance(found, datetime)
    return found


@dataclass(frozen=True)
class Deletion:
    """A record's deletion: its step, then those of what went along with it, then those of what only lost a reference.

    `lost`: by table, how many records went in the same unit of work that the trail doesn't keep.
    """

    steps: list[Step]
    lost: Mapping[str, int]


def deletion_of(session: ScopedSession, model: type[Base], key: str) -> Deletion:
    """How a record was deleted. NotAllowed without the right to the trail; NotFound unless it is gone, and was the actor's."""
    verdict = decide(session.actor, "R", TrailEntry)
    if not verdict:
        raise NotAllowed(verdict.reason)
    if not reads_all(session.actor, model.__tablename__):
        raise NotFound
    latest = steps_after(session, model, key, 0)[:1]
    if not latest or latest[0].action is not TrailAction.DELETE:
        raise NotFound
    unit = [_step(row) for row in _of_unit(session, latest[0].unit, latest[0].number)]
    gone = [each for each in unit if each.action is TrailAction.DELETE]
    lost = Counter(each.model.__tablename__ for each in gone if kind_of(each.model.__tablename__) is Kind.PRESENCE)
    return Deletion(_part_of(latest[0], unit), lost)


def _of_unit(session: ScopedSession, unit: str, number: int) -> Sequence[Row[Any]]:
    """The entries of a unit, which lie side by side around one of them: numbers stand in an index, units don't."""
    entries, values = TrailEntry.__table__, TrailValue.__table__
    other = entries.alias()
    beside = select(other.c.number).where(other.c.organization_id == session.actor.organization_id, other.c.unit != unit).limit(1)
    before = beside.where(other.c.number < number).order_by(other.c.number.desc()).scalar_subquery()
    after = beside.where(other.c.number > number).order_by(other.c.number).scalar_subquery()
    wanted = (
        select(entries, *_told(values))
        .outerjoin(values, values.c.entry_id == entries.c.id)
        .where(entries.c.organization_id == session.actor.organization_id, entries.c.unit == unit)
        .where(entries.c.number > func.coalesce(before, 0), entries.c.number < func.coalesce(after, number + 1_000_000_000))
        .order_by(entries.c.number, values.c.id)
    )
    return session.connection().execute(wanted).all()


def _told(values: Any) -> list[Any]:
    return [values.c.record_id.label("about"), values.c.before, values.c.after, values.c.salt]


def _part_of(root: Step, unit: Sequence[Step]) -> list[Step]:
    """Of what a unit did: the root, what hung on it level by level, and what referred to any of these and was emptied."""
    going, found = {(root.model.__tablename__, root.key)}, [root]
    level = [root]
    others = [each for each in unit if each.action is TrailAction.DELETE and each.key != root.key]
    while level:
        keys = {(each.model.__tablename__, each.key) for each in level}
        level = [each for each in others if (each.model.__tablename__, each.key) not in going and _refers(each, keys, "CASCADE")]
        going |= {(each.model.__tablename__, each.key) for each in level}
        found += level
    return found + [each for each in unit if each.action is TrailAction.UPDATE and _refers(each, going, "SET NULL")]


def _refers(step: Step, keys: set[tuple[str, str]], rule: str) -> bool:
    return any(
        (column.info["refers"], (step.before or {}).get(column.name)) in keys
        for column in step.model.__table__.columns
        if "refers" in column.info and column.info["on_delete"] == rule
    )


def steps_after(session: ScopedSession, model: type[Base], key: str, number: int) -> list[Step]:
    """What was done to a record after an entry, the latest first."""
    entries, values = TrailEntry.__table__, TrailValue.__table__
    wanted = (
        select(entries, *_told(values))
        .join(values, values.c.entry_id == entries.c.id)
        .where(entries.c.organization_id == session.actor.organization_id, entries.c.table_name == model.__tablename__)
        .where(values.c.record_id == key, entries.c.number > number)
        .order_by(entries.c.number.desc())
    )
    return [_step(row) for row in session.connection().execute(wanted)]


def _step(row: Row[Any]) -> Step:
    before, after = (json.loads(text)["values"] if text else None for text in (row.before, row.after))
    key = row.about or row.record_id or ""
    return Step(row.number, row.unit, TrailAction(row.action), model_of(row.table_name), key, before, after, row.salt is None)


def require_whole(steps: Iterable[Step]) -> None:
    """NotKept unless the trail holds all that these steps undid."""
    if not all(each.is_whole for each in steps):
        raise NotKept
