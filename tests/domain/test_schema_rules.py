"""What holds for every table, whatever it is about: walls between schools, indexes, deletes decided on, words for people."""

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, Table, delete, update
from sqlalchemy.exc import IntegrityError

from domain.access.decide import mask_of
from domain.access.grants import RIGHTS
from domain.db.base import Base, Tenant, model_of, models
from domain.db.engine import make_engine
from domain.records.fields import fields
from domain.registry import GROUPS
from tests.factories.rows import MOMENT, Rows, all_tables

LATER = MOMENT + dt.timedelta(hours=1)
TENANT_TABLES = [table for table in all_tables() if issubclass(model_of(table), Tenant)]
REFERENCES = [
    (table, column.name, column.info["refers"])
    for table in TENANT_TABLES
    for column in Base.metadata.tables[table].columns
    if column.info.get("refers", "organizations") != "organizations"
]
APPEND_ONLY = ["memory_audit_log", "memory_integrity_hashes", "alert_acknowledgments", "trail_entries"]
APPEND_ONLY += ["alert_raisings", "alert_releases", "alert_contests"]
# Tables that no page reaches: what sign-in keeps, and what the trail has to tell.
WITHOUT_POLICY = {
    *("credentials", "second_factors", "recovery_codes", "sign_in_steps"),
    *("reset_links", "sign_in_attempts", "sign_ins", "trail_values"),
    *("identities", "invitations", "arrivals"),
    *("former_families", "retention_runs"),
}
# What else a row must say if it is to name this other row.
BESIDES: dict[tuple[str, str], dict[str, Any]] = {
    ("chart_of_accounts", "parent_id"): {"level": 2},
    ("cost_centers", "parent_id"): {"level": 2},
    ("journal_entries", "reverses_entry_id"): {"is_reversal": True},
    ("safety_alerts", "acknowledged_by"): {"acknowledged_at": LATER},
}
# Named only together with others, so that no row can be made that breaks the wall alone: the refusal is looked at all the same.
TOGETHER_ONLY = {
    ("journal_entries", "reversed_by_entry_id"),
    ("memory_contradictions", "resolved_to"),
    ("safety_alerts", "resolved_by"),
}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, empty_file: Path) -> Iterator[Engine]:
    path = tmp_path_factory.mktemp("rules") / "shared.db"
    shutil.copy(empty_file, path)
    made = make_engine(f"file:{path}")
    yield made
    made.dispose()


@pytest.fixture
def connection(shared: Engine) -> Iterator[Connection]:
    """A transaction of the test's own, undone at its end: hundreds of tests share the file."""
    with shared.connect() as opened, opened.begin() as transaction:
        yield opened
        transaction.rollback()


def leads(columns: list[str], table: Table) -> bool:
    """Whether some index, or the key, begins with these columns, so that SQLite needn't read the whole table."""
    known = [[column.name for column in index.columns] for index in table.indexes]
    known += [[column.name for column in each.columns] for each in table.constraints if type(each).__name__ == "UniqueConstraint"]
    known.append([column.name for column in table.primary_key])
    return any(set(each[: len(columns)]) == set(columns) for each in known)


@pytest.mark.parametrize("table", all_tables())
def test_every_foreign_key_has_an_index_behind_it(table: str) -> None:
    found = Base.metadata.tables[table]
    bare = [
        key.name
        for key in found.foreign_key_constraints
        if not any(leads([column], found) for column in key.column_keys if column != "organization_id")
        and not leads(list(key.column_keys), found)
    ]
    assert bare == []


@pytest.mark.parametrize("table", all_tables())
def test_every_default_order_has_an_index_behind_it(table: str, connection: Connection) -> None:
    model = model_of(table)
    terms = ", ".join(f'"{name.lstrip("-")}"' + (" DESC" if name.startswith("-") else "") for name in model.__order_by__)
    where = "WHERE organization_id = 'x'" if issubclass(model, Tenant) else ""
    plan = connection.exec_driver_sql(f'EXPLAIN QUERY PLAN SELECT * FROM "{table}" {where} ORDER BY {terms} LIMIT 50').all()
    steps = " / ".join(row[3] for row in plan)
    assert "TEMP B-TREE" not in steps or model.__order_by__ == ("id",), steps


def test_every_table_has_an_organization_that_must_be_named_but_the_schools_own_and_what_comes_before_one_is_known() -> None:
    without = [
        name
        for name, table in Base.metadata.tables.items()
        if "organization_id" not in table.columns or table.columns["organization_id"].nullable
    ]
    assert sorted(without) == ["arrivals", "organizations", "sign_in_attempts"]


@pytest.mark.parametrize("table", all_tables())
def test_what_a_delete_does_is_stated_for_every_key(table: str) -> None:
    keys = Base.metadata.tables[table].foreign_key_constraints
    assert {key.name: key.ondelete for key in keys if key.ondelete not in {"RESTRICT", "CASCADE", "SET NULL"}} == {}


def test_there_are_tables_and_references_to_try() -> None:
    assert len(TENANT_TABLES) >= 59
    assert len(REFERENCES) >= 80


@pytest.mark.parametrize(
    ("table", "column", "target"), REFERENCES, ids=[f"{table}.{column}" for table, column, _to in REFERENCES]
)
def test_the_database_refuses_a_reference_into_another_school(
    table: str, column: str, target: str, connection: Connection
) -> None:
    ours, theirs = Rows(connection), Rows(connection)
    besides = BESIDES.get((table, column), {})
    if (table, column) not in TOGETHER_ONLY:
        ours.add(table, **{column: ours.add(target)}, **besides)
    foreign = theirs.add(target)
    with pytest.raises(IntegrityError):
        ours.add(table, **{column: foreign}, **besides)


@pytest.mark.parametrize(
    ("table", "column", "target"), REFERENCES, ids=[f"{table}.{column}" for table, column, _to in REFERENCES]
)
def test_the_database_refuses_to_turn_a_reference_to_another_school(
    table: str, column: str, target: str, connection: Connection
) -> None:
    ours, theirs = Rows(connection), Rows(connection)
    besides = BESIDES.get((table, column), {})
    key, foreign = ours.add(table), theirs.add(target)
    found = Base.metadata.tables[table]
    with pytest.raises(IntegrityError):
        connection.execute(update(found).where(found.c.id == key).values(**{column: foreign}, **besides))


@pytest.mark.parametrize(
    ("table", "column", "target"), REFERENCES, ids=[f"{table}.{column}" for table, column, _to in REFERENCES]
)
def test_each_reference_is_walled_by_its_key_or_by_triggers(table: str, column: str, target: str) -> None:
    found = Base.metadata.tables[table]
    composite = [set(key.column_keys) for key in found.foreign_key_constraints if key.referred_table.name == target]
    triggers = {f"tr_{table}_{column}_school_insert", f"tr_{table}_{column}_school_update"}
    assert {"organization_id", column} in composite or triggers <= found.info["triggers"].keys()


@pytest.mark.parametrize("table", TENANT_TABLES)
def test_a_row_never_moves_to_another_school(table: str, connection: Connection) -> None:
    ours, theirs = Rows(connection), Rows(connection)
    key, found = ours.add(table), Base.metadata.tables[table]
    with pytest.raises(IntegrityError):
        connection.execute(update(found).where(found.c.id == key).values(organization_id=theirs.organization_id))


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_what_is_only_ever_added_is_neither_changed_nor_deleted(table: str, connection: Connection) -> None:
    key, found = Rows(connection).add(table), Base.metadata.tables[table]
    with pytest.raises(IntegrityError, match="append only"):
        connection.execute(update(found).where(found.c.id == key).values(row_version=2))
    with pytest.raises(IntegrityError, match="append only"):
        connection.execute(delete(found).where(found.c.id == key))


def test_the_log_the_fingerprints_and_the_acknowledgments_are_only_ever_added() -> None:
    assert sorted(model.__tablename__ for model in models() if model.__append_only__) == sorted(APPEND_ONLY)


@pytest.mark.parametrize("table", all_tables())
def test_every_visible_column_and_every_table_has_a_word_for_people(table: str) -> None:
    model = model_of(table)
    unnamed = [name for name, field in fields(model).items() if not field.label_source or field.label_source == name]
    assert unnamed == []
    assert model.__title__
    assert model.__one__
    assert model.__title__ != model.__one__


@pytest.mark.parametrize("table", all_tables())
def test_what_a_record_is_called_by_and_sorted_by_are_columns_of_its_own(table: str) -> None:
    model = model_of(table)
    columns = model.__table__.columns.keys()
    assert {name.lstrip("-") for name in model.__order_by__} <= set(columns)
    assert set(model.__label__) <= fields(model).keys()


def test_no_record_is_called_by_itself_however_long_the_way_around() -> None:
    """Labels and searches follow what a record is called by to its end."""

    def follow(table: str, *before: str) -> None:
        assert table not in before
        for name in model_of(table).__label__:
            target = fields(model_of(table))[name].target
            if target:
                follow(target, *before, table)

    for table in all_tables():
        follow(table)


def test_every_table_has_a_policy_or_no_page() -> None:
    assert {table for table in all_tables() if table not in RIGHTS.tables} == WITHOUT_POLICY


def test_every_scope_that_a_policy_names_is_known_and_its_column_exists() -> None:
    wrong = [
        f"{table}: {grant}"
        for table, roles in RIGHTS.tables.items()
        for grants in roles.values()
        for grant in grants
        if grant.scope != "every"
        and (grant.scope not in RIGHTS.scopes or grant.column not in Base.metadata.tables[table].columns)
    ]
    assert wrong == []


def test_columns_that_policies_name_exist() -> None:
    wrong = [
        f"{table}.{name}"
        for table, roles in RIGHTS.tables.items()
        for grants in roles.values()
        for grant in grants
        for name in (*grant.only, *grant.masked, *grant.last_four, *grant.shown, *(name for name, _keys in grant.parts))
        if name not in {field.column for field in fields(model_of(table)).values()}
    ]
    assert wrong == []


@pytest.mark.parametrize("model", models(), ids=lambda model: model.__tablename__)
def test_what_a_record_is_called_by_and_sorted_by_is_never_masked(model: type[Base]) -> None:
    """Labels are found around the row scope, and a list's usual order around the reader's choice."""
    grants = [each for found in RIGHTS.tables.get(model.__tablename__, {}).values() for each in found]
    hidden = {name for each in grants for name in mask_of(each, model.__tablename__).hidden}
    assert hidden.isdisjoint({*model.__label__, *(name.lstrip("-") for name in model.__order_by__)})


def test_each_table_of_the_contract_is_in_exactly_one_group() -> None:
    listed = [table for group in GROUPS.values() for table in group.tables]
    assert len(listed) == len(set(listed))
    beside = {"pictures", "saved_views", "trail_entries", "calendar_links", "notices", "outgoing_mails"}
    assert set(all_tables()) - set(listed) == WITHOUT_POLICY | beside
