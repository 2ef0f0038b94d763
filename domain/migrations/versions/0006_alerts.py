"""Alerts: who raised them, which guardian may know, what students say against them, and the school's list.

The list begins with those who have handled alerts so far: everyone active who holds the role school.
"""

from datetime import UTC, datetime
from pathlib import Path

from alembic import op

from domain.kit.ids import new_id

revision = "0006"
down_revision = "0003"
branch_labels = None
depends_on = None

COORDINATORS = """
SELECT DISTINCT users.organization_id, users.id FROM users
JOIN user_roles ON user_roles.user_id = users.id
WHERE user_roles.role = 'school' AND users.is_active = 1
ORDER BY users.id
"""
LISTED = "INSERT INTO alert_supervisors (id, organization_id, user_id, created_at) VALUES (?, ?, ?, ?)"


def upgrade() -> None:
    connection = op.get_bind()
    frozen = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    for statement in frozen.split("\n-- next\n"):
        connection.exec_driver_sql(statement)
    moment = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    for school, person in connection.exec_driver_sql(COORDINATORS).fetchall():
        connection.exec_driver_sql(LISTED, (new_id(), school, person, moment))
