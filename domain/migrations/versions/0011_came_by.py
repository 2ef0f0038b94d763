"""Sessions, and those who are on their way to one, know by which linked identity they came, and end with it.

Of those that there are, this isn't known: they count as come by password.
"""

import sqlalchemy as sa
from alembic import op

from domain.migrations.batch import rebuilt

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("sign_ins", "sign_in_steps"):
        with rebuilt(table) as batch:
            batch.add_column(sa.Column("identity_id", sa.Text()))
            pair = ["organization_id", "identity_id"]
            batch.create_foreign_key(f"fk_{table}_identity_id", "identities", pair, ["organization_id", "id"], ondelete="CASCADE")
        op.get_bind().exec_driver_sql(f"CREATE INDEX ix_{table}_identity_id ON {table} (identity_id)")
