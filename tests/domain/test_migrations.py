"""Migrations end where the models stand, happen wholly or not at all, and lose nothing when a table is rebuilt."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext

from domain.db.engine import engine, make_engine
from domain.kit.errors import DatabaseNewer, DatabaseOlder, DatabaseUnavailable
from domain.migrations import state
from domain.migrations.batch import RebuildLost, check_foreign_keys, rebuilt, without_foreign_keys
from domain.migrations.shape import differences, shape
from tests.factories.rows import Rows, all_tables

FAMILY = """
CREATE TABLE parents (id TEXT PRIMARY KEY, name TEXT, since DATE, CONSTRAINT ck_parents_named CHECK (name <> ''));
CREATE TABLE children (id TEXT PRIMARY KEY, parent_id TEXT REFERENCES parents (id) ON DELETE CASCADE);
CREATE TABLE log (said TEXT);
CREATE INDEX ix_parents_latest ON parents (since DESC);
CREATE INDEX ix_parents_nameless ON parents (id) WHERE name IS NULL;
CREATE TRIGGER tr_parents_log AFTER UPDATE ON parents BEGIN INSERT INTO log VALUES ('changed ' || OLD.id); END;
CREATE TRIGGER tr_children_parent BEFORE INSERT ON children WHEN NOT EXISTS (SELECT 1 FROM parents WHERE id = NEW.parent_id)
BEGIN SELECT RAISE(ABORT, 'no such parent'); END;
INSERT INTO parents VALUES ('p1', 'Ana', '2026-01-01'), ('p2', NULL, '2026-02-01');
INSERT INTO children VALUES ('c1', 'p1'), ('c2', 'p1'), ('c3', 'p2');
"""


@pytest.fixture
def family(tmp_path: Path) -> Iterator[sa.Engine]:
    """A parent table with a child that goes with it, triggers on both, a descending and a partial index."""
    path = tmp_path / "family.db"
    with sqlite3.connect(path) as connection:
        connection.executescript(FAMILY)
    made = make_engine(f"file:{path}")
    yield made
    made.dispose()


@contextmanager
def migrating(bind: sa.Engine) -> Iterator[sa.Connection]:
    """What a revision's `upgrade()` runs in."""
    with bind.connect() as connection, without_foreign_keys(connection), connection.begin():
        with Operations.context(MigrationContext.configure(connection)):
            yield connection


def the_shape(bind: sa.Engine) -> dict[str, str]:
    with bind.connect() as connection:
        return shape(connection)


def rows(bind: sa.Engine, table: str) -> list[tuple[object, ...]]:
    with bind.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(f"SELECT * FROM {table} ORDER BY 1")]


def test_a_migrated_database_equals_the_models_in_all_of_sqlite_master() -> None:
    assert state.in_step() == []


def test_migrating_an_empty_database_brings_it_to_the_head_and_again_does_nothing(tmp_path: Path) -> None:
    bind = make_engine(f"file:{tmp_path}/new.db")
    assert state.current(bind) is None
    assert state.upgrade(bind) == (None, state.head())
    before = the_shape(bind)
    assert state.upgrade(bind) == (state.head(), state.head())
    assert (state.current(bind), the_shape(bind)) == (state.head(), before)
    bind.dispose()


def test_a_migration_that_fails_half_way_leaves_nothing_behind(tmp_path: Path) -> None:
    bind = make_engine(f"file:{tmp_path}/hurt.db")
    with bind.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE users (in_the_way TEXT)")
    with pytest.raises(DatabaseUnavailable):
        state.upgrade(bind)
    assert list(the_shape(bind)) == ["table users"]
    assert state.current(bind) is None
    bind.dispose()


def test_foreign_keys_are_on_again_after_a_migration(tmp_path: Path) -> None:
    bind = make_engine(f"file:{tmp_path}/new.db")
    state.upgrade(bind)
    with bind.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    bind.dispose()


@pytest.mark.usefixtures("database")
def test_a_database_at_the_head_is_taken() -> None:
    state.ensure_current()


def test_an_empty_database_is_older_than_the_program(tmp_path: Path) -> None:
    bind = make_engine(f"file:{tmp_path}/empty.db")
    with pytest.raises(DatabaseOlder):
        state.ensure_current(bind)
    bind.dispose()


@pytest.mark.usefixtures("database")
def test_a_database_of_a_revision_that_the_program_does_not_know_is_newer_and_left_alone() -> None:
    with engine().begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'from the future'")
    with pytest.raises(DatabaseNewer):
        state.ensure_current()
    with pytest.raises(DatabaseNewer):
        state.upgrade()
    assert state.current() == "from the future"


@pytest.mark.parametrize(
    ("change", "seen"),
    [
        ("DROP TRIGGER tr_users_school_stays", "missing: trigger tr_users_school_stays"),
        ("DROP INDEX idx_invoices_payer", "missing: index idx_invoices_payer"),
        ("CREATE TABLE extra (id TEXT)", "not in the models: table extra"),
        ("ALTER TABLE rooms ADD COLUMN extra TEXT", "differs: table rooms"),
    ],
)
@pytest.mark.usefixtures("database")
def test_a_change_made_by_hand_is_seen(change: str, seen: str) -> None:
    with engine().begin() as connection:
        connection.exec_driver_sql(change)
    assert [line.split("\n")[0] for line in state.drift(engine())] == [seen]


@pytest.mark.parametrize(
    ("have", "want"),
    [
        ("CREATE TABLE a (b TEXT, CHECK (b IN ('x', 'y')))", "CREATE TABLE a (b TEXT, CHECK (b IN ('x')))"),
        ("CREATE TABLE a (b TEXT)", "CREATE TABLE a (b TEXT, CHECK (b <> ''))"),
        ("CREATE INDEX a ON b (c)", "CREATE INDEX a ON b (c DESC)"),
        ("CREATE INDEX a ON b (c)", "CREATE INDEX a ON b (c) WHERE c IS NULL"),
    ],
)
def test_what_alembic_does_not_see_is_a_difference(have: str, want: str, tmp_path: Path) -> None:
    found = []
    for name, sql in (("have", have), ("want", want)):
        bind = make_engine(f"file:{tmp_path}/{name}.db")
        with bind.begin() as connection:
            if sql.startswith("CREATE INDEX"):
                connection.exec_driver_sql("CREATE TABLE b (c TEXT)")
            connection.exec_driver_sql(sql)
        found.append(the_shape(bind))
        bind.dispose()
    assert len(differences(*found)) == 1


def test_quotes_spaces_and_the_order_of_constraints_are_no_difference(tmp_path: Path) -> None:
    found = []
    for name, sql in (
        ("one", "CREATE TABLE a (b TEXT, c TEXT, CONSTRAINT x CHECK (b <> ''), CONSTRAINT y UNIQUE (c))"),
        ("two", 'CREATE TABLE "a" (\n  b TEXT,\n  "c" TEXT,\n  CONSTRAINT y UNIQUE (c), CONSTRAINT x CHECK (b <> \'\')\n)'),
    ):
        bind = make_engine(f"file:{tmp_path}/{name}.db")
        with bind.begin() as connection:
            connection.exec_driver_sql(sql)
        found.append(the_shape(bind))
        bind.dispose()
    assert differences(*found) == []


def test_rebuilding_a_parent_loses_no_child_trigger_index_or_constraint(family: sa.Engine) -> None:
    children, before = rows(family, "children"), the_shape(family)
    with migrating(family), rebuilt("parents") as batch:
        batch.alter_column("name", type_=sa.Text())
        batch.add_column(sa.Column("phone", sa.Text()))
    after = the_shape(family)
    assert rows(family, "children") == children
    assert rows(family, "parents") == [("p1", "Ana", "2026-01-01", None), ("p2", None, "2026-02-01", None)]
    assert {name: sql for name, sql in after.items() if name != "table parents"} == {
        name: sql for name, sql in before.items() if name != "table parents"
    }
    assert "CONSTRAINT ck_parents_named CHECK" in after["table parents"]
    with family.begin() as connection:
        connection.exec_driver_sql("UPDATE parents SET phone = '1' WHERE id = 'p1'")
        connection.exec_driver_sql("DELETE FROM parents WHERE id = 'p2'")
    assert rows(family, "log") == [("changed p1",)]
    assert rows(family, "children") == [("c1", "p1"), ("c2", "p1")]


def test_what_is_named_is_dropped(family: sa.Engine) -> None:
    with migrating(family), rebuilt("parents", dropping={"tr_parents_log", "ix_parents_latest", "ck_parents_named"}) as batch:
        batch.drop_constraint("ck_parents_named", type_="check")
    assert {"trigger tr_parents_log", "index ix_parents_latest"}.isdisjoint(the_shape(family))
    assert "ck_parents_named" not in the_shape(family)["table parents"]


def test_a_constraint_that_vanishes_unnamed_stops_the_migration(family: sa.Engine) -> None:
    before = the_shape(family)
    with pytest.raises(RebuildLost, match="ck_parents_named"), migrating(family), rebuilt("parents") as batch:
        batch.drop_constraint("ck_parents_named", type_="check")
    assert the_shape(family) == before


def test_a_rebuild_with_foreign_keys_on_is_refused(family: sa.Engine) -> None:
    with family.begin() as connection, Operations.context(MigrationContext.configure(connection)):
        with pytest.raises(RebuildLost, match="foreign keys are on"), rebuilt("parents"):
            pass
    assert len(rows(family, "children")) == 3


def test_foreign_keys_are_not_switched_within_a_transaction(family: sa.Engine) -> None:
    with family.begin() as connection:
        with pytest.raises(RebuildLost), without_foreign_keys(connection):
            pass


def test_a_reference_that_leads_nowhere_is_named_by_table_and_number(family: sa.Engine) -> None:
    with migrating(family) as connection:
        connection.exec_driver_sql("DELETE FROM parents WHERE id = 'p1'")
        with pytest.raises(RebuildLost, match=r"children → parents \(2\)"):
            check_foreign_keys(connection)


@pytest.mark.usefixtures("database")
def test_every_table_of_ours_can_be_rebuilt_as_it_was_with_a_row_in_each() -> None:
    with engine().begin() as connection:
        make = Rows(connection)
        for table in all_tables():
            make.add(table)
    before = {table: rows(engine(), table) for table in all_tables()}
    assert all(before.values())
    with migrating(engine()):
        for table in all_tables():
            with rebuilt(table):
                pass
    assert state.drift(engine()) == []
    assert {table: rows(engine(), table) for table in all_tables()} == before


def test_the_list_for_alerts_is_taken_over_from_the_settings_or_begins_with_coordination(tmp_path: Path) -> None:
    bind = make_engine(f"file:{tmp_path}/before.db")
    state.upgrade(bind)
    with bind.begin() as connection:
        named, unnamed = Rows(connection), Rows(connection)
        chosen, other, teacher = (named.add("users", role=role) for role in ("school", "school", "teacher"))
        owner, coordinator, gone = (
            unnamed.add("users", role=role, is_active=active) for role, active in (("owner", 1), ("school", 1), ("school", 0))
        )
        for rows_of, people in ((named, (chosen, other)), (unnamed, (coordinator, gone))):
            for person in people:
                rows_of.add("user_roles", user_id=person, role="school")
        unnamed.add("user_roles", user_id=owner, role="owner")
        said = json.dumps({"alert_list": [chosen, teacher, "nobody", coordinator], "holidays": []})
        connection.exec_driver_sql("UPDATE organizations SET settings = ? WHERE id = ?", (said, named.organization_id))
        wrong = json.dumps({"alert_list": "x"})
        connection.exec_driver_sql("UPDATE organizations SET settings = ? WHERE id = ?", (wrong, unnamed.organization_id))
        module = import_module("domain.migrations.versions.0006_alerts")
        for table in ("alert_supervisors", "alert_contests", "alert_releases", "alert_raisings"):
            connection.exec_driver_sql(f"DROP TABLE {table}")
    with migrating(bind):
        module.upgrade()
    with bind.connect() as connection:
        listed = {tuple(row) for row in connection.exec_driver_sql("SELECT organization_id, user_id FROM alert_supervisors")}
        kept = [json.loads(text) for (text,) in connection.exec_driver_sql("SELECT settings FROM organizations ORDER BY id")]
    assert listed == {(named.organization_id, chosen), (unnamed.organization_id, coordinator)}
    assert kept == [{"holidays": []}, {}]
    bind.dispose()
