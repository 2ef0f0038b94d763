"""The models, and a migrated database, held to the data contract column by column."""

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import CheckConstraint

from domain.db.base import Base
from domain.db.types import ChoiceType

CONTRACT: dict[str, Any] = yaml.safe_load((Path(__file__).parents[1] / "contract" / "schema.yaml").read_text(encoding="utf-8"))
INDEXES: dict[str, dict[str, str]] = CONTRACT["indexes"]
TABLES: dict[str, dict[str, dict[str, Any]]] = {
    table: said["columns"] for group, tables in CONTRACT.items() if group != "indexes" for table, said in tables.items()
}
COLUMNS = [(table, column, said) for table, columns in TABLES.items() for column, said in columns.items()]
CLOSED = [(table, column, said["values"]) for table, column, said in COLUMNS if "values" in said]
# What is sealed may be stored as bytes (the contract's own words).
SEALED = {
    ("memory_nodes", "content"),
    *(("memory_ledger", name) for name in ("content", "summary", "triggers", "trigger_entities")),
}


@pytest.fixture
def migrated(database: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(database)
    yield connection
    connection.close()


def declared(connection: sqlite3.Connection, table: str) -> dict[str, tuple[str, bool]]:
    """A table's columns as SQLite knows them: declared type, and whether it is (part of) the primary key."""
    rows = connection.execute(f"PRAGMA table_xinfo({table})")
    return {row[1]: (row[2], bool(row[5])) for row in rows}


def references(connection: sqlite3.Connection, table: str) -> set[tuple[str, str]]:
    return {(row[3], f"{row[2]}.{row[4]}") for row in connection.execute(f"PRAGMA foreign_key_list({table})")}


def uniques(connection: sqlite3.Connection, table: str) -> list[list[str]]:
    """Columns that are unique together over all rows of a table."""
    lists = connection.execute(f"PRAGMA index_list({table})").fetchall()
    whole = [name for _at, name, unique, _origin, partial in lists if unique and not partial]
    return [[row[2] for row in connection.execute(f"PRAGMA index_info({name})")] for name in whole]


def holds(connection: sqlite3.Connection, check: str, column: str, value: object) -> bool:
    """Whether a CHECK lets a value pass, asked of SQLite itself."""
    answer = connection.execute(f'SELECT {check} FROM (SELECT ? AS "{column}")', (value,)).fetchone()[0]
    return answer is None or bool(answer)


def named_check(connection: sqlite3.Connection, table: str, name: str) -> str:
    sql: str = connection.execute("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", (table,)).fetchone()[0]
    found = re.search(rf"CONSTRAINT {name} CHECK \((.+?)\)\s*(?:,\s*CONSTRAINT|\)$)", sql, re.DOTALL)
    assert found, f"{table} has no CHECK called {name}"
    return found[1]


def test_the_contract_counts_60_tables_627_columns_and_17_indexes() -> None:
    assert (len(TABLES), len(COLUMNS), len(INDEXES)) == (60, 627, 17)


def test_every_table_of_the_contract_has_a_model() -> None:
    assert TABLES.keys() <= Base.metadata.tables.keys()


def test_every_column_of_the_contract_has_its_type_and_key_in_the_models() -> None:
    wrong = []
    for table, name, said in COLUMNS:
        column = Base.metadata.tables[table].columns.get(name)
        if column is None:
            wrong.append(f"{table}.{name} is missing")
            continue
        kind = str(column.type.compile())
        if kind != said["type"] and not ((table, name) in SEALED and kind == "BLOB"):
            wrong.append(f"{table}.{name} is {kind}")
        if said.get("pk", False) != column.primary_key:
            wrong.append(f"{table}.{name}: primary key {column.primary_key}")
        if "fk" in said and said["fk"] not in {key.target_fullname for key in column.foreign_keys}:
            wrong.append(f"{table}.{name} doesn't refer to {said['fk']}")
    assert wrong == []


def test_every_column_of_the_contract_has_its_type_and_key_in_a_migrated_database(migrated: sqlite3.Connection) -> None:
    wrong = []
    for table, columns in TABLES.items():
        have, refers, alone = declared(migrated, table), references(migrated, table), uniques(migrated, table)
        for name, said in columns.items():
            kind, is_key = have.get(name, ("nothing", False))
            if kind != said["type"] and not ((table, name) in SEALED and kind == "BLOB"):
                wrong.append(f"{table}.{name} is {kind}")
            if said.get("pk", False) != is_key:
                wrong.append(f"{table}.{name}: primary key {is_key}")
            if "fk" in said and (name, said["fk"]) not in refers:
                wrong.append(f"{table}.{name} doesn't refer to {said['fk']}")
            if said.get("unique") and [name] not in alone:
                wrong.append(f"{table}.{name} isn't unique")
    assert wrong == []


@pytest.mark.parametrize(("table", "column", "values"), CLOSED, ids=[f"{table}.{column}" for table, column, _values in CLOSED])
def test_a_closed_set_is_an_enum_of_exactly_these_values(table: str, column: str, values: list[str]) -> None:
    kind = Base.metadata.tables[table].columns[column].type
    assert isinstance(kind, ChoiceType)
    assert [member.value for member in kind.kind] == values


def test_the_database_takes_each_value_of_a_closed_set_and_refuses_all_others(migrated: sqlite3.Connection) -> None:
    wrong = []
    for table, column, values in CLOSED:
        check = named_check(migrated, table, f"ck_{table}_{column}_set")
        wrong += [f"{table}.{column} refuses {value!r}" for value in values if not holds(migrated, check, column, value)]
        outside = ["", "no such value", f"{values[0]} ", values[0].swapcase()]
        wrong += [f"{table}.{column} takes {value!r}" for value in outside if holds(migrated, check, column, value)]
    assert wrong == []


@pytest.mark.parametrize("name", INDEXES)
def test_each_named_index_stands_as_the_contract_has_it(name: str, migrated: sqlite3.Connection) -> None:
    wanted = INDEXES[name]
    on, sql = migrated.execute("SELECT tbl_name, sql FROM sqlite_master WHERE type = 'index' AND name = ?", (name,)).fetchone()
    have = [(row[2], bool(row[3])) for row in migrated.execute(f"PRAGMA index_xinfo({name})") if row[5]]
    columns = [(each.split()[0], each.endswith(" DESC")) for each in wanted["columns"].split(", ")]
    where = sql.partition(" WHERE ")[2] or None
    assert (on, have, where) == (wanted["table"], columns, wanted.get("where"))


def test_every_check_of_the_models_is_in_the_migrated_database(migrated: sqlite3.Connection) -> None:
    missing = []
    for table in Base.metadata.sorted_tables:
        sql = migrated.execute("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", (table.name,)).fetchone()[0]
        names = [str(each.name) for each in table.constraints if isinstance(each, CheckConstraint)]
        missing += [f"{table.name}: {name}" for name in names if f"CONSTRAINT {name} CHECK" not in sql]
    assert missing == []
