"""An index for how many are in a class: without it each class was counted among all the school's enrolments."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    connection = op.get_bind()
    connection.exec_driver_sql("CREATE INDEX idx_enrollments_seats ON enrollments (organization_id, class_id, status)")
