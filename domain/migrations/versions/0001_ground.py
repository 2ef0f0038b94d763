"""The ground: all tables, indexes and triggers as they were first released, from the frozen statements beside this file."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    frozen = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    for statement in frozen.split("\n-- next\n"):
        op.get_bind().exec_driver_sql(statement)
