"""Reading the trail: a record's history, its differences field by field, for those who may."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, True_, or_, select

from domain.access.decide import condition, decide, masked, masks, reads_all
from domain.access.masking import Mask
from domain.access.roles import Role
from domain.access.trail.kinds import ABOUT
from domain.access.trail.models import TrailAction, TrailEntry, TrailValue
from domain.access.trail.values import revived
from domain.access.uow import ScopedSession
from domain.db.base import Base
from domain.kit.errors import NotAllowed
from domain.kit.texts import _

PAGE = 50


@dataclass(frozen=True)
class Difference:
    """One field of a change: the column, its name for people, and its values; dots for what the reader may not see."""

    column: str
    label: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Past:
    """One change of a record. Who: a person's key and the role they acted in, or a job's name.

    `unit` is the same for all that was written together. `emptied`: its values were erased; `withheld`: they aren't kept, or not
    for this reader. `record_label`: what the record was called by then, as far as that stood in the record itself. `table`: the
    record's own, or that of something that happened beside it and belongs into its history.
    """

    number: int
    table: str
    at: datetime
    unit: str
    user_id: str | None
    role: Role | None
    job: str | None
    action: TrailAction
    differences: tuple[Difference, ...]
    record_label: tuple[Any, ...] = ()
    emptied: bool = False
    withheld: bool = False


def history(session: ScopedSession, model: type[Base], key: str, *, before: int | None = None, limit: int = PAGE) -> list[Past]:
    """A record's changes, the latest first; `before` is the number to go on from. NotAllowed without the right to the trail.

    A record may be gone. Whoever may not read it sees at most who and when.
    """
    verdict = decide(session.actor, "R", TrailEntry)
    if not verdict:
        raise NotAllowed(verdict.reason)
    table = TrailEntry.__table__
    about = or_(table.c.record_id == key, table.c.id.in_(_batches_with(session, key)))
    named = (model.__tablename__, *ABOUT.get(model.__tablename__, ()))
    # Below the session, whose own condition would look through the whole trail before it takes these few.
    theirs = (table.c.organization_id == session.actor.organization_id, condition(session.actor, "R", TrailEntry))
    wanted = select(table).where(*theirs, table.c.table_name.in_(named), about)
    if before is not None:
        wanted = wanted.where(table.c.number < before)
    entries = session.connection().execute(wanted.order_by(table.c.number.desc()).limit(limit)).all()
    shown = _shown(session, model, key) if entries else None
    told = _values(session, key, [each.id for each in entries]) if shown is not None else {}
    return [_past(model, each, told.get(each.id), shown or Mask()) for each in entries]


def _batches_with(session: ScopedSession, key: str) -> list[str]:
    """The entries of many records at once that speak of this one."""
    values, entries = TrailValue.__table__, TrailEntry.__table__
    wanted = select(values.c.entry_id).join(entries, entries.c.id == values.c.entry_id)
    wanted = wanted.where(values.c.record_id == key, entries.c.record_id.is_(None))
    return list(session.connection().execute(wanted.where(entries.c.organization_id == session.actor.organization_id)).scalars())


def _values(session: ScopedSession, key: str, entries: list[str]) -> dict[str, Any]:
    table = TrailValue.__table__
    wanted = select(table).where(table.c.record_id == key, table.c.entry_id.in_(entries))
    wanted = wanted.where(table.c.organization_id == session.actor.organization_id)
    return {row.entry_id: row for row in session.connection().execute(wanted)}


def _shown(session: ScopedSession, model: type[Base], key: str) -> Mask | None:
    """What this reader is shown of this record; None for nothing at all."""
    actor = session.actor
    if not decide(actor, "R", model):
        return None
    if not reads_all(actor, model.__tablename__) and not _is_among(session, model, key, condition(actor, "R", model)):
        return None
    shown = unseen = Mask(masked(actor, model.__tablename__))
    for where, each in masks(actor, model) if unseen.hidden else ():
        if _is_among(session, model, key, where):
            shown = each if shown is unseen else shown | each
    return shown


def _is_among(session: ScopedSession, model: type[Base], key: str, where: Any) -> bool:
    if isinstance(where, True_):
        return True
    table = model.__table__
    return session.connection().execute(select(table.c.id).where(table.c.id == key, where)).first() is not None


def _past(model: type[Base], entry: Row[Any], row: Any, shown: Mask) -> Past:
    was, became = (json.loads(text) if text else {} for text in ((row.before, row.after) if row else ("", "")))
    old, new = was.get("values", {}), became.get("values", {})
    names = [
        column.name for column in model.__table__.columns if column.name in {**old, **new} and column.name not in shown.unsaid
    ]
    parts = zip(model.__label__, (became or was).get("label", []), strict=False)
    return Past(
        number=entry.number,
        table=entry.table_name,
        at=entry.at,
        unit=entry.unit,
        user_id=entry.user_id,
        role=entry.role,
        job=entry.job,
        action=entry.action,
        differences=tuple(
            _difference(model, name, old.get(name), new.get(name), shown)
            for name in names
            if old.get(name) is not None or new.get(name) is not None
        ),
        record_label=tuple(shown.of(name, value) for name, value in parts),
        emptied=row is not None and row.salt is None,
        withheld=row is None,
    )


def _difference(model: type[Base], name: str, old: Any, new: Any, shown: Mask) -> Difference:
    column = model.__table__.columns[name]
    before, after = (shown.of(name, revived(column.type, value)) for value in (old, new))
    return Difference(name, _(column.info.get("label", name)), before, after)
