"""Who may read the trail: coordination of its school, but for what is withheld from them; an owner where they read the record."""

from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select

from domain.access.actor import Actor
from domain.access.decide import condition, decide, reads_all
from domain.access.grants import RIGHTS, Jobs, Policy, Scope, every, grant, rows
from domain.access.trail.kinds import ABOUT, Kind, kind_of
from domain.db.base import model_of


def readable_record(actor: Actor, column: Any) -> ColumnElement[bool]:
    """Entries about records that the actor may read; of those that are gone, where they read the whole table."""
    tables = _read(actor, column)
    whole = [table for table in tables if reads_all(actor, table)]
    beside = [each for table in whole for each in ABOUT.get(table, ())]
    parts: list[ColumnElement[bool]] = [column.in_([*whole, *beside])] if whole else []
    return or_(*parts, *_about_own_rows(actor, column)) if tables else false()


def told_record(actor: Actor, column: Any) -> ColumnElement[bool]:
    """All entries but those about records that are withheld from the actor, in tables of which they read the others."""
    some = [each for each in _read(actor, column) if not reads_all(actor, each) and kind_of(each) is not Kind.NOTHING]
    return or_(column.not_in(some), *_about_own_rows(actor, column))


def _read(actor: Actor, column: Any) -> list[str]:
    """The tables that the actor reads, wholly or in part."""
    return [table for table in RIGHTS.tables if table != column.table.name and decide(actor, "R", table)]


def _about_own_rows(actor: Actor, column: Any) -> list[ColumnElement[bool]]:
    """For each table of which the actor reads some rows: entries about these."""
    parts: list[ColumnElement[bool]] = []
    for name in (each for each in _read(actor, column) if not reads_all(actor, each)):
        model = model_of(name)
        theirs = select(model.__table__.c.id).where(condition(actor, "R", model))
        parts.append(and_(column == name, column.table.c.record_id.in_(theirs)))
    return parts


POLICY: Policy = {
    "trail_entries": grant(
        school=rows("told_record", "table_name", "R"),
        owner=rows("readable_record", "table_name", "R"),
    )
}
# Erasure and retention: who did what when stays, what it said goes. No person may, whatever roles they hold.
JOBS: Jobs = {"retention": {"trail_values": every("D")}}
SCOPES: dict[str, Scope] = {"readable_record": readable_record, "told_record": told_record}
