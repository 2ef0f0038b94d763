"""Alerts: who raised them, which guardian may know, what students say against them, and the school's list.

The list begins with those whom the school's settings named as `alert_list`, which goes from there: settings are the owner's to
write as well, and nobody puts themself on this list. Where none were named, with those who have handled alerts so far: everyone
active who holds the role school.
"""

from datetime import UTC, datetime
from pathlib import Path

from alembic import op

from domain.kit.ids import new_id

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

COORDINATORS = """
SELECT DISTINCT users.organization_id, users.id FROM users
JOIN user_roles ON user_roles.user_id = users.id
WHERE user_roles.role = 'school' AND users.is_active = 1
ORDER BY users.id
"""
NAMED = """
SELECT DISTINCT users.organization_id, users.id FROM organizations
JOIN json_each(organizations.settings, '$.alert_list') AS named
JOIN users ON users.organization_id = organizations.id AND users.id = named.value
WHERE json_type(organizations.settings, '$.alert_list') = 'array'
AND EXISTS (SELECT 1 FROM user_roles WHERE user_roles.user_id = users.id AND user_roles.role IN ('school', 'owner'))
ORDER BY users.id
"""
FORGOTTEN = """
UPDATE organizations SET settings = json_remove(settings, '$.alert_list'), row_version = row_version + 1
WHERE json_type(settings, '$.alert_list') IS NOT NULL
"""
LISTED = "INSERT INTO alert_supervisors (id, organization_id, user_id, created_at) VALUES (?, ?, ?, ?)"


def upgrade() -> None:
    connection = op.get_bind()
    frozen = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    for statement in frozen.split("\n-- next\n"):
        connection.exec_driver_sql(statement)
    moment = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    named = connection.exec_driver_sql(NAMED).fetchall()
    schools = {school for school, _person in named}
    others = [row for row in connection.exec_driver_sql(COORDINATORS).fetchall() if row[0] not in schools]
    for school, person in [*named, *others]:
        connection.exec_driver_sql(LISTED, (new_id(), school, person, moment))
    connection.exec_driver_sql(FORGOTTEN)
