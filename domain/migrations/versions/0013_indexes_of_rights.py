"""Indexes for what the rights ask at every page of people: who works at the school, whose sessions someone gives as a substitute."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    connection = op.get_bind()
    connection.exec_driver_sql("CREATE INDEX idx_user_roles_role ON user_roles (organization_id, role, user_id)")
    connection.exec_driver_sql("CREATE INDEX idx_sessions_teacher ON sessions (organization_id, teacher_id, date, class_id)")
