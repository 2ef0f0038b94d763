"""The work of a school's days: sessions know what they were made from, who stands in and why; waiting lists, allowed clashes,
placement thresholds, calendar addresses, the inbox and mails on their way."""

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

from domain.migrations.batch import rebuilt

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=True)


def _within_school(batch: BatchOperations, table: str, column: str, target: str) -> None:
    batch.create_foreign_key(
        f"fk_{table}_{column}", target, ["organization_id", column], ["organization_id", "id"], ondelete="RESTRICT"
    )


def _emptied(batch: BatchOperations, table: str, column: str, target: str) -> None:
    batch.create_foreign_key(f"fk_{table}_{column}", target, [column], ["id"], ondelete="SET NULL")


def upgrade() -> None:
    with rebuilt("sessions") as batch:
        after = "notes"
        for name in ("schedule_id", "planned_for", "teacher_id", "room_id", "makes_up_id", "reason"):
            kind: sa.Column[Any] = sa.Column(name, sa.Date(), nullable=True) if name == "planned_for" else _text(name)
            batch.add_column(kind, insert_after=after)
            after = name
        _emptied(batch, "sessions", "schedule_id", "schedules")
        _within_school(batch, "sessions", "teacher_id", "users")
        _within_school(batch, "sessions", "room_id", "rooms")
        _emptied(batch, "sessions", "makes_up_id", "sessions")
    with rebuilt("enrollments") as batch:
        batch.add_column(_text("follows_id"), insert_after="status")
        batch.add_column(_text("reason"), insert_after="follows_id")
        # Now that an enrolment has words, it can be searched for.
        folded = sa.Column("search_text", sa.Text(), nullable=False, server_default=sa.text("''"))
        batch.add_column(folded, insert_after="row_version")
        _emptied(batch, "enrollments", "follows_id", "enrollments")
    with rebuilt("placements") as batch:
        batch.add_column(_text("chosen_level_id"), insert_after="notes")
        batch.add_column(_text("reason"), insert_after="chosen_level_id")
        _within_school(batch, "placements", "chosen_level_id", "levels")
        batch.create_check_constraint(
            op.f("ck_placements_chosen_why"), "chosen_level_id IS NULL OR reason IS NOT NULL"
        )
    frozen = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    for statement in frozen.rstrip("\n").split("\n-- next\n"):
        op.get_bind().exec_driver_sql(statement)
