"""Family links that have ended, kept by the database itself: what was withheld from a guardian stays so."""

from pathlib import Path

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    frozen = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    for statement in frozen.split("\n-- next\n"):
        op.get_bind().exec_driver_sql(statement)
