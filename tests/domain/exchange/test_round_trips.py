"""What leaves as a file comes back as it was: every table, in both languages, as CSV and as Excel; and any row of the five that
matter most.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from domain.db.base import model_of
from domain.db.engine import engine
from domain.exchange.imports.headings import understood
from domain.exchange.imports.natural import natural_keys, parts_of, ways_of_saying
from domain.exchange.imports.spoken import said_in
from domain.kit.texts import LANGUAGES, set_language
from domain.records.fields import fields
from domain.registry import GROUPS
from tests.conftest import School
from tests.domain.exchange.importing import counts, errors, exported, tried
from tests.factories.rows import Rows
from tests.pages.drawing import rows

TABLES = [table for group in GROUPS.values() for table in group.tables]
BY_FILE = [table for table in TABLES if any(each.editable for each in fields(model_of(table)).values())]
FIVE = ("users", "classes", "schedules", "enrollments", "attendance")
# Rows of these tables may be alike in everything but their key; then the key tells them apart, and is asked for.
ALIKE = {"transactions"}


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, school_file: tuple[Path, School]) -> Iterator[School]:
    """The small school with a few rows of every table."""
    template, school = school_file
    path = tmp_path_factory.mktemp("trips") / "constela.db"
    shutil.copy(template, path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TURSO_DATABASE_URL", f"file:{path}")
        with engine().begin() as connection:
            made = Rows(connection, school.id)
            for table in TABLES:
                for _each in range(3 if table != "organizations" else 0):
                    made.add(table)
        yield school
        engine().dispose()


@pytest.mark.parametrize("table", BY_FILE)
def test_a_table_comes_back_as_it_left(filled: School, table: str, tmp_path: Path) -> None:
    alike = table in ALIKE
    for spoken, kind, keyed in (("en", "csv", True), ("pt_BR", "xlsx", True), ("pt_BR", "csv", alike), ("en", "xlsx", alike)):
        set_language(spoken)
        file = exported(filled.job, table, tmp_path, kind, keyed=keyed)
        set_language("en" if spoken == "pt_BR" and kind == "xlsx" else spoken)  # who reads it may speak the other language
        seen = tried(filled.job, table, file)
        assert (errors(seen), counts(seen)[:2]) == ([], (0, 0)), (spoken, kind, keyed, seen.lines)
        assert counts(seen)[2] >= (1 if table == "organizations" else 3)


@pytest.mark.parametrize("table", FIVE)
@settings(max_examples=12)
@given(draw=st.data())
def test_any_row_of_the_five_comes_back_as_it_left(
    filled: School, table: str, draw: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with engine().begin() as connection:
        made = Rows(connection, filled.id)
        base = made.values(table)
        drawn = draw.draw(rows(table, base, made))
        whole = {**base, **drawn}
        try:
            with connection.begin_nested():
                connection.execute(insert(model_of(table).__table__).values(**whole))
        except IntegrityError:
            return  # another row has one of its values
    spoken, kind = draw.draw(st.sampled_from(list(LANGUAGES))), draw.draw(st.sampled_from(["csv", "xlsx"]))
    set_language(spoken)
    seen = tried(filled.job, table, exported(filled.job, table, tmp_path_factory.mktemp("trip"), kind))
    assert (errors(seen), counts(seen)[:2]) == ([], (0, 0)), seen.lines


@pytest.mark.parametrize("table", TABLES)
def test_every_heading_of_a_table_means_its_own_column_in_either_language(table: str) -> None:
    model = model_of(table)
    for spoken in LANGUAGES:
        labels = [said_in(each.label_source, spoken) for each in fields(model).values()]
        assert understood(model, labels).paths == tuple((name,) for name in fields(model)), (table, spoken)
        assert not understood(model, labels).doubled
    assert understood(model, list(fields(model))).paths == tuple((name,) for name in fields(model))


@pytest.mark.parametrize("table", TABLES)
def test_what_tells_records_apart_are_fields_of_theirs(table: str) -> None:
    model = model_of(table)
    known = set(fields(model))
    keys = natural_keys(model)
    assert keys
    for each in keys:
        assert each.names
        assert {*each.names, *each.when, *each.where, *each.apart} <= known, (table, each)
    assert {name for names in ways_of_saying(model) for name in names} <= known
    assert set(parts_of(model)) <= known
