"""Rebuilding a table without losing what hangs on it.

SQLite changes a column by making the table anew, copying it, dropping the old one. Left to itself that empties ON DELETE
CASCADE children, drops triggers, and makes partial and descending indexes again as plain ones. Here foreign keys are off before
the transaction begins (within one, SQLite ignores the switch), triggers and indexes are made again word by word, and every
reference is looked at before the end.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

from alembic import op
from alembic.operations import BatchOperations
from sqlalchemy import Connection

from domain.kit.errors import DatabaseUnavailable
from domain.kit.texts import N_
from domain.migrations.shape import even, mentions


class RebuildLost(DatabaseUnavailable):
    """A migration would have lost or broken something: tables, constraints and counts are named, no row is shown."""

    source = N_("This change of the database would have lost something, so nothing was changed: {what}")


@contextmanager
def without_foreign_keys(connection: Connection) -> Iterator[None]:
    """Foreign keys off around a transaction. The connection must not be in one: SQLite would ignore the switch unseen."""
    if connection.in_transaction():
        raise RebuildLost(what="foreign keys can only be switched off before a transaction begins")
    _switch_foreign_keys(connection, on=False)
    try:
        yield
    finally:
        if connection.in_transaction():
            connection.rollback()
        _switch_foreign_keys(connection, on=True)


def check_foreign_keys(connection: Connection) -> None:
    """Raise RebuildLost, naming tables and how many rows, if a reference leads nowhere."""
    broken: dict[str, int] = {}
    for table, _row, target, _key in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        name = f"{table} → {target}"
        broken[name] = broken.get(name, 0) + 1
    if broken:
        raise RebuildLost(what="references lead nowhere: " + ", ".join(f"{name} ({count})" for name, count in broken.items()))


@contextmanager
def rebuilt(table: str, *, dropping: Collection[str] = (), **options: Any) -> Iterator[BatchOperations]:
    """`op.batch_alter_table`, with triggers and indexes made again as they were, save those named in `dropping`.

    A constraint that is to go is named there too; any other that vanishes raises RebuildLost, as does a broken reference. A
    trigger or an index that speaks of a renamed column is dropped likewise and made anew by the migration.
    """
    connection = op.get_bind()
    if connection.exec_driver_sql("PRAGMA foreign_keys").scalar():
        raise RebuildLost(what="foreign keys are on: this would delete what refers to the table")
    before = _constraints(connection, table)
    triggers = _statements(connection, "trigger", table)
    indexes = _statements(connection, "index", table)
    for name in triggers:
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
    with op.batch_alter_table(table, recreate="always", **options) as batch:
        yield batch
    _make_indexes(connection, table, indexes, dropping)
    for name, sql in triggers.items():
        if name not in dropping:
            connection.exec_driver_sql(sql)
    lost = before - _constraints(connection, table) - set(dropping)
    if lost:
        raise RebuildLost(what=f"{table} lost {', '.join(sorted(lost))}")
    check_foreign_keys(connection)


def _make_indexes(connection: Connection, table: str, wanted: dict[str, str], dropping: Collection[str]) -> None:
    present = _statements(connection, "index", table)
    for name, sql in wanted.items():
        if name in present and (name in dropping or even(present[name]) != even(sql)):
            connection.exec_driver_sql(f'DROP INDEX "{name}"')
            present.pop(name)
        if name not in present and name not in dropping:
            connection.exec_driver_sql(sql)


def _switch_foreign_keys(connection: Connection, *, on: bool) -> None:
    # By the driver's own cursor: a statement of SQLAlchemy's would begin the transaction that this must come before.
    cursor = connection.connection.cursor()
    try:
        cursor.execute(f"PRAGMA foreign_keys={'ON' if on else 'OFF'}")
    finally:
        cursor.close()


def _statements(connection: Connection, kind: str, table: str) -> dict[str, str]:
    """A table's indexes by name; its triggers, and those of other tables that speak of it and would stop its renaming."""
    rows = connection.exec_driver_sql(
        "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = ? AND sql IS NOT NULL ORDER BY rowid", (kind,)
    )
    return {name: sql for name, owner, sql in rows if owner == table or (kind == "trigger" and mentions(sql, table))}


def _constraints(connection: Connection, table: str) -> set[str]:
    sql = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", (table,)).scalar()
    words = even(str(sql)).split()
    return {name for word, name in pairwise(words) if word.upper() == "CONSTRAINT"}
