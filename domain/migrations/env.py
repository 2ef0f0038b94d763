"""What alembic runs for an upgrade: one transaction for all of it, foreign keys off before it begins, checked before it ends."""

from alembic import context

import domain.registry  # noqa: F401 -- every model known
from domain.db.base import Base
from domain.migrations.batch import check_foreign_keys, without_foreign_keys

connection = context.config.attributes["connection"]

with without_foreign_keys(connection):
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        # SQLite can undo DDL, and `domain.db.engine` begins its transactions itself: an upgrade happens wholly or not at all.
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()
        check_foreign_keys(connection)
