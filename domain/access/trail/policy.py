"""Who may read the trail: coordination of its whole school, an owner where they may read the record itself."""

from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select

from domain.access.actor import Actor
from domain.access.decide import condition, decide, reads_all
from domain.access.grants import RIGHTS, Jobs, Policy, Scope, every, grant, rows
from domain.access.trail.kinds import ABOUT
from domain.db.base import model_of


def readable_record(actor: Actor, column: Any) -> ColumnElement[bool]:
    """Entries about records that the actor may read; of those that are gone, where they read the whole table."""
    tables = [table for table in RIGHTS.tables if table != column.table.name and decide(actor, "R", table)]
    whole = [table for table in tables if reads_all(actor, table)]
    beside = [each for table in whole for each in ABOUT.get(table, ())]
    parts: list[ColumnElement[bool]] = [column.in_([*whole, *beside])] if whole else []
    for name in (each for each in tables if each not in whole):
        model = model_of(name)
        theirs = select(model.__table__.c.id).where(condition(actor, "R", model))
        parts.append(and_(column == name, column.table.c.record_id.in_(theirs)))
    return or_(*parts) if parts else false()


POLICY: Policy = {"trail_entries": grant(school=every("R"), owner=rows("readable_record", "table_name", "R"))}
# Erasure and retention: who did what when stays, what it said goes. No person may, whatever roles they hold.
JOBS: Jobs = {"retention": {"trail_values": every("D")}}
SCOPES: dict[str, Scope] = {"readable_record": readable_record}
