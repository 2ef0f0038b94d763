"""The trail's tables, beyond the contract: a chain of entries for each school, and apart from it the values they speak of.

An entry is never changed or deleted. Of the values a row's texts may be emptied, all at once, and nothing else: what erasure and
retention take away leaves the row, its digests, and so the chain, as they were.
"""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from domain.access.roles import Role
from domain.db.base import Base, Tenant
from domain.db.columns import choice, instant, long_text, short_text, whole
from domain.db.shapes import Choice
from domain.kit.texts import N_

KEY_LENGTH = 26  # keys, not references: an entry outlives the person and the record


class TrailAction(Choice):
    """What was done to a record."""

    CREATE = "C", N_("Created")
    UPDATE = "U", N_("Changed")
    DELETE = "D", N_("Deleted")


_EMPTIED = "NEW.before IS NULL AND NEW.after IS NULL AND NEW.salt IS NULL"
_STAYS = ("id", "organization_id", "row_version", "entry_id", "record_id", "before_digest", "after_digest")
_SAME = " AND ".join(f"NEW.{name} IS OLD.{name}" for name in _STAYS)
_SAME_NUMBER = "id = NEW.id OR (organization_id = NEW.organization_id AND number = NEW.number)"


def _refusal(table: str, name: str, verb: str, when: str = "") -> dict[str, str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, 'append only: {table}'); END"
    return {f"tr_{table}_{name}": f"CREATE TRIGGER tr_{table}_{name} BEFORE {verb} ON {table} {when}{refuse}"}


def _no_replace(table: str, same: str) -> dict[str, str]:
    """INSERT OR REPLACE deletes a row without asking the trigger that refuses deletes."""
    return _refusal(table, "no_replace", "INSERT", f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) ")  # noqa: S608


ADDED_ONLY = _no_replace("trail_entries", _SAME_NUMBER)
EMPTIED_ONLY = {
    **_no_replace("trail_values", "id = NEW.id"),
    **_refusal("trail_values", "only_emptied", "UPDATE", f"WHEN NOT ({_EMPTIED} AND {_SAME}) "),
    **_refusal("trail_values", "no_delete", "DELETE"),
}


class TrailEntry(Tenant, Base):
    """Who did what to which record, and when; chained to the entry before it. It names no person but by their key."""

    __tablename__ = "trail_entries"
    __title__, __one__ = N_("Trail"), N_("Entry of the trail")
    __label__ = ("table_name", "at")
    __order_by__ = ("id",)
    __sealed__ = True
    __append_only__ = True
    __triggers__ = ADDED_ONLY
    __table_args__ = (UniqueConstraint("organization_id", "number"),)

    number: Mapped[int] = whole(N_("Number"), low=1)
    at: Mapped[datetime] = instant(N_("When"))
    unit: Mapped[str] = short_text(N_("Written together"), KEY_LENGTH)
    user_id: Mapped[str | None] = short_text(N_("Person"), KEY_LENGTH)
    role: Mapped[Role | None] = choice(N_("Role"), Role)
    job: Mapped[str | None] = short_text(N_("Job"), 80)
    action: Mapped[TrailAction] = choice(N_("What was done"), TrailAction)
    table_name: Mapped[str] = short_text(N_("Table"), 80)
    record_id: Mapped[str | None] = short_text(N_("Record"), KEY_LENGTH, index=True)
    records: Mapped[int] = whole(N_("Records"), low=1)
    before_digest: Mapped[str | None] = short_text(N_("Digest of what was before"), 64)
    after_digest: Mapped[str | None] = short_text(N_("Digest of what came after"), 64)
    previous_hash: Mapped[str] = short_text(N_("Hash of the entry before"), 64)
    hash: Mapped[str] = short_text(N_("Hash"), 64)


class TrailValue(Tenant, Base):
    """One record's values before and after a change, as JSON, with the salt of their digests. Only `trail.history` reads it."""

    __tablename__ = "trail_values"
    __title__, __one__ = N_("Values of the trail"), N_("Values of an entry of the trail")
    __label__ = ("record_id",)
    __order_by__ = ("id",)
    __sealed__ = True
    __triggers__ = EMPTIED_ONLY

    entry_id: Mapped[str] = short_text(N_("Entry of the trail"), KEY_LENGTH, index=True)
    record_id: Mapped[str] = short_text(N_("Record"), KEY_LENGTH, index=True)
    before: Mapped[str | None] = long_text(N_("Before"))
    after: Mapped[str | None] = long_text(N_("After"))
    salt: Mapped[str | None] = short_text(N_("Salt"), 32)
    before_digest: Mapped[str | None] = short_text(N_("Digest of what was before"), 64)
    after_digest: Mapped[str | None] = short_text(N_("Digest of what came after"), 64)


class RetentionRun(Tenant, Base):
    """When a school's old values were last emptied, and of how many records: whoever comes next waits a day."""

    __tablename__ = "retention_runs"
    __title__, __one__ = N_("Runs of retention"), N_("Run of retention")
    __label__ = ("at",)
    __order_by__ = ("id",)

    at: Mapped[datetime] = instant(N_("When"))
    records: Mapped[int] = whole(N_("Records"), low=0)
