"""Any row within the rules comes back unchanged from the form, the database and the grid; any row outside is told at its field.

Rows are drawn for each model from what it says of its columns: types, ranges, choices, lengths.
"""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, insert, select

import domain.registry
from domain.access.actor import Actor
from domain.db.base import folded, model_of
from domain.db.engine import engine
from domain.db.types import Bytes
from domain.kit.texts import LANGUAGES, set_language
from domain.records.check import problems_of, tidy
from domain.records.fields import fields
from domain.records.query import Row
from pages._crud import grid, values
from pages._crud.show import say
from tests.factories.rows import Rows
from tests.pages import drawing

TABLES = [table for group in domain.registry.GROUPS.values() for table in group.tables]
EXAMPLES = 100 if os.environ.get("CONSTELA_TEST_LONG") else 4
ZONES = ("America/Sao_Paulo", "America/Manaus", "America/Noronha", "UTC", "Pacific/Kiritimati")
QUIET = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)


@pytest.fixture(scope="module")
def connection(empty_file: Path) -> Iterator[Connection]:
    """One transaction for all rows; nothing of it is kept."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TURSO_DATABASE_URL", f"file:{empty_file}")
        with engine().connect() as opened:
            yield opened
            opened.rollback()
        engine().dispose()


def rows_of(table: str, connection: Connection) -> tuple[dict[str, Any], st.SearchStrategy[dict[str, Any]]]:
    """A valid row by column, with its parents in a new school, and any rows that may take its place."""
    rows = Rows(connection)
    base = rows.values(table)
    return base, drawing.rows(table, base, rows)


@pytest.mark.parametrize("table", TABLES)
def test_a_row_within_the_rules_comes_back_unchanged(table: str, connection: Connection) -> None:
    model = model_of(table)
    known, stored = fields(model), model.__table__
    outer = connection.begin_nested()
    base, drawn = rows_of(table, connection)

    @QUIET
    @given(drawn, st.sampled_from(ZONES), st.sampled_from(list(LANGUAGES)))
    def each(row: dict[str, Any], zone: str, language: str) -> None:
        set_language(language)
        actor = replace(Actor.system("", "test"), time_zone=zone)
        by_field = {field.name: row[field.column] for field in known.values()}
        assert problems_of(model, by_field) == []
        assert tidy(model, by_field) == by_field
        for field in known.values():  # the form
            if not isinstance(field.type, Bytes):
                typed = values.read(field, values.seed(field, by_field[field.name], actor.zone), actor.zone)
                assert field.type.tidy(typed) == by_field[field.name], field.name
        with connection.begin_nested() as inner:  # the database
            given_row = {**base, **row, "id": base["id"]}
            connection.execute(insert(stored).values(given_row | folded(model, given_row)))
            kept = connection.execute(select(stored).where(stored.c.id == base["id"])).mappings().one()
            inner.rollback()
        for field in known.values():
            held = kept[field.column]
            assert (held, type(held)) == (by_field[field.name], type(by_field[field.name])), field.name
        shown = [field for field in known.values() if not field.sealed]  # the grid
        words = [say(field, by_field[field.name], actor.zone, "A label") for field in shown]
        assert all(isinstance(word, str) and word for word in words)
        frame = grid.frame(shown, [Row(base["id"], 1, by_field)], actor)
        assert frame.shape == (1, len(shown))
        for field in shown:
            text = frame.loc[base["id"], field.name]
            assert isinstance(text, str)
            assert "\n" not in text

    try:
        each()
    finally:
        outer.rollback()
        set_language("en")


@pytest.mark.parametrize("table", TABLES)
def test_a_row_outside_the_rules_is_told_at_its_field(table: str, connection: Connection) -> None:
    model = model_of(table)
    known = fields(model)
    outer = connection.begin_nested()
    _base, drawn = rows_of(table, connection)

    @QUIET
    @given(drawn, st.data())
    def each(row: dict[str, Any], data: st.DataObject) -> None:
        by_field = {field.name: row[field.column] for field in known.values()}
        for field in known.values():
            for wrong in drawing.wrong_values(field, by_field[field.name], data.draw):
                found = problems_of(model, {**by_field, field.name: wrong})
                assert {each.field for each in found} == {field.name}, (field.name, wrong)
                assert all(each.message for each in found)

    try:
        each()
    finally:
        outer.rollback()


def test_all_sixty_tables_of_the_contract_are_tried() -> None:
    assert len(TABLES) == len(set(TABLES)) == 68  # the contract's sixty, and those beyond it that pages show
