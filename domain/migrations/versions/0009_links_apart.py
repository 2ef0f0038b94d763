"""Links for a new password: a mailed one beside one that was handed out, void once its person has another e-mail or is disabled."""

import sqlalchemy as sa
from alembic import op

from domain.migrations.batch import rebuilt

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ONE_EACH = "uq_reset_links_user_id"
END = """
CREATE TRIGGER tr_reset_links_end AFTER UPDATE OF email, is_active ON users
WHEN NEW.email IS NOT OLD.email OR NOT NEW.is_active
BEGIN DELETE FROM reset_links WHERE user_id = NEW.id AND (mailed_to IS NOT NULL OR NOT NEW.is_active); END
"""


def upgrade() -> None:
    connection = op.get_bind()
    # Which of them went out by mail isn't known of those that are on their way: half an hour, and nothing is lost but a request.
    connection.exec_driver_sql("DELETE FROM reset_links WHERE made_by IS NULL")
    with rebuilt("reset_links", dropping={ONE_EACH}) as batch:
        batch.drop_constraint(ONE_EACH, type_="unique")
        batch.add_column(sa.Column("mailed_to", sa.Text()))
    connection.exec_driver_sql("CREATE INDEX ix_reset_links_user_id ON reset_links (user_id)")
    connection.exec_driver_sql(END)
