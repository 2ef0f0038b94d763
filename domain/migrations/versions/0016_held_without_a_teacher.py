"""Sessions know that they were held while their class had no teacher. Of those that there are, this isn't known."""

import sqlalchemy as sa
from alembic import op

from domain.migrations.batch import rebuilt

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with rebuilt("sessions") as batch:
        batch.add_column(sa.Column("without_teacher", sa.Boolean(), nullable=True), insert_after="reason")
        batch.create_check_constraint(op.f("ck_sessions_without_teacher_flag"), '"without_teacher" IN (0, 1)')
