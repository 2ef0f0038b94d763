"""A whole database on its way: what is copied is what was there, to the last bit, or it is refused."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.db.engine import make_engine
from domain.kit.errors import DatabaseUnfinished
from domain.migrations import state
from domain.transfer.backup import backup
from domain.transfer.copy import copy
from domain.transfer.digest import encoded
from domain.transfer.errors import (
    CantTravel,
    CopyDiffers,
    LooseReferences,
    NotEmpty,
    NothingThere,
    OtherCopy,
    SamePlace,
    Unfinished,
    Unreadable,
    UnreadableText,
)
from domain.transfer.layout import PROGRESS
from domain.transfer.place import Place, file_place
from tests.factories.copies import broken_off, bytes_of, digest_of, made, master, rows


def test_a_school_copied_from_file_to_file_is_the_same_to_the_last_row(demo_file: Path, tmp_path: Path) -> None:
    target = tmp_path / "new" / "copy.db"
    done = copy(file_place(demo_file), file_place(target))
    assert done.digest == digest_of(demo_file) == digest_of(target)
    assert done.digest.rows > 1000
    assert (done.taken_up, done.written_since) == (0, False)
    assert master(target) == master(demo_file)
    assert rows(target, "PRAGMA integrity_check") == [("ok",)]
    assert rows(target, "SELECT version_num FROM alembic_version") == [(state.head(),)]


def test_indexes_views_triggers_counters_and_generated_columns_arrive_and_no_trigger_fires_on_the_way(
    world: Path, tmp_path: Path
) -> None:
    target = tmp_path / "copy.db"
    copy(file_place(world), file_place(target))
    assert master(target) == master(world)
    assert rows(target, "SELECT said FROM log") == [("came Belém",), ("came Évora",), (None,), ("came Gone",)]
    assert rows(target, "SELECT id, name, shout FROM cities") == rows(world, "SELECT id, name, shout FROM cities")
    assert rows(target, "SELECT name, seq FROM sqlite_sequence") == [("cities", 4)]
    assert rows(target, 'SELECT _rowid_, * FROM "a ""strange"" táble"') == [(1, "one", b"\x00\xff"), (2, None, None)]
    with closing(sqlite3.connect(target)) as connection:
        connection.execute("INSERT INTO loud VALUES ('new')")
        assert connection.execute("SELECT said FROM log ORDER BY rowid DESC").fetchone() == ("heard new",)


VALUES = st.one_of(
    st.none(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.sampled_from([0.0, -0.0, 5e-324, 1.7976931348623157e308, float("inf"), 2.0**53]),
    st.text(st.characters(exclude_categories=["Cs"])),
    st.sampled_from(["\0", "a\0b", "", "'\"`", "\ufeff", "\U0010ffff", "0012", "1e3"]),
    st.binary(),
)


@settings(max_examples=60)
@given(st.lists(st.tuples(VALUES, VALUES, VALUES), max_size=30))
def test_every_value_arrives_with_its_type_and_bits(tmp_path_factory: pytest.TempPathFactory, values: list[Any]) -> None:
    folder = tmp_path_factory.mktemp("values")
    source, target = folder / "source.db", folder / "target.db"
    with closing(sqlite3.connect(source)) as connection:
        connection.execute("CREATE TABLE loose (a, b TEXT, c REAL)")
        connection.execute("CREATE TABLE keyed (a, b NUMERIC, c INTEGER, at INTEGER, PRIMARY KEY (a, at)) WITHOUT ROWID")
        connection.executemany("INSERT INTO loose VALUES (?, ?, ?)", values)
        keyed = [(*each, at) for at, each in enumerate(values) if each[0] is not None]
        connection.executemany("INSERT INTO keyed VALUES (?, ?, ?, ?)", keyed)
        connection.commit()
    done = copy(file_place(source), file_place(target))
    assert done.digest == digest_of(source)
    for table in ("loose", "keyed"):
        stored = f"SELECT typeof(a), a, typeof(b), b, typeof(c), c FROM {table}"
        before, after = ([b"".join(map(encoded, row)) for row in rows(path, stored)] for path in (source, target))
        assert before == after
    shutil.rmtree(folder)


def test_large_and_small_rows_are_mixed_without_loss(tmp_path: Path) -> None:
    source, target = tmp_path / "source.db", tmp_path / "target.db"
    with closing(sqlite3.connect(source)) as connection:
        connection.execute("CREATE TABLE files (name TEXT NOT NULL PRIMARY KEY, body BLOB)")
        sizes = [0, 1, 399_999, 400_000, 400_001, 3_000_000, 0, 250_000, 250_000] + [7] * 5000
        connection.executemany(
            "INSERT INTO files VALUES (?, randomblob(?))", [(f"{at * 7919 % 5009}-{at}", size) for at, size in enumerate(sizes)]
        )
        connection.commit()
    done = copy(file_place(source), file_place(target))
    assert done.digest.rows == len(sizes)
    assert rows(target, "SELECT * FROM files ORDER BY rowid") == rows(source, "SELECT * FROM files ORDER BY rowid")


@pytest.mark.parametrize("batches", [0, 3, 40])
def test_a_copy_killed_on_the_way_is_taken_up_where_it_stood(batches: int, demo_file: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    there = broken_off(demo_file, target, batches=batches)
    assert (there > 0) == (batches > 0)
    done = copy(file_place(demo_file), file_place(target))
    assert done.taken_up == there
    assert done.digest == digest_of(demo_file)
    assert PROGRESS not in {name for (name,) in rows(target, "SELECT name FROM sqlite_master")}


def test_an_unfinished_copy_of_a_source_that_has_changed_is_refused_until_told_to_start_over(
    demo_file: Path, tmp_path: Path
) -> None:
    source, target = tmp_path / "source.db", tmp_path / "copy.db"
    shutil.copy(demo_file, source)
    broken_off(source, target, batches=3)
    with closing(sqlite3.connect(source)) as connection, connection:
        connection.execute("UPDATE rooms SET capacity = capacity + 1")
    before = rows(target, f"SELECT * FROM {PROGRESS}")
    with pytest.raises(OtherCopy):
        copy(file_place(source), file_place(target))
    assert rows(target, f"SELECT * FROM {PROGRESS}") == before
    done = copy(file_place(source), file_place(target), start_over=True)
    assert done.taken_up == 0
    assert digest_of(target) == digest_of(source) != digest_of(demo_file)


def test_no_program_starts_on_an_unfinished_copy_nor_migrates_it(demo_file: Path, tmp_path: Path) -> None:
    broken_off(demo_file, tmp_path / "copy.db", batches=3)
    bind = make_engine(f"file:{tmp_path}/copy.db")
    for act in (state.ensure_current, state.upgrade):
        with pytest.raises(DatabaseUnfinished):
            act(bind)
    copy(file_place(demo_file), file_place(tmp_path / "copy.db"))
    state.ensure_current(bind)
    bind.dispose()


def test_a_row_changed_in_an_unfinished_copy_is_found_at_the_end(demo_file: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    broken_off(demo_file, target, batches=40)
    [(table,)] = rows(target, f"SELECT name FROM {PROGRESS} WHERE done > 0 ORDER BY name LIMIT 1")
    made(target, f"UPDATE {table} SET row_version = row_version + 1")
    with pytest.raises(CopyDiffers, match=table):
        copy(file_place(demo_file), file_place(target))
    assert PROGRESS in {name for (name,) in rows(target, "SELECT name FROM sqlite_master")}


def test_a_source_written_to_meanwhile_is_copied_as_it_was_and_that_is_said(world: Path, tmp_path: Path) -> None:
    before = digest_of(world)

    def write(_share: float, word: str) -> None:
        if word == "log":
            with closing(sqlite3.connect(world)) as connection, connection:
                connection.execute("INSERT INTO log VALUES ('meanwhile')")

    with closing(sqlite3.connect(world)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
    done = copy(file_place(world), file_place(tmp_path / "copy.db"), progress=write)
    assert done.written_since
    assert done.digest == before != digest_of(world)


@pytest.mark.parametrize("start_over", [False, True])
def test_a_database_that_is_not_empty_is_refused_and_untouched(start_over: bool, world: Path, tmp_path: Path) -> None:
    target = made(tmp_path / "taken.db", "CREATE TABLE theirs (id TEXT); INSERT INTO theirs VALUES ('1')")
    before = bytes_of(target)
    with pytest.raises(NotEmpty):
        copy(file_place(world), file_place(target), start_over=start_over)
    assert bytes_of(target) == before


def test_what_cannot_be_a_source_is_refused_and_no_target_is_made(world: Path, tmp_path: Path) -> None:
    target, text = tmp_path / "target.db", tmp_path / "notes.txt"
    text.write_text("something else entirely " * 100)
    empty = made(tmp_path / "empty.db", "")
    module = made(tmp_path / "module.db", "CREATE VIRTUAL TABLE words USING fts5 (word)")
    unfinished = made(tmp_path / "unfinished.db", f"CREATE TABLE {PROGRESS} (kind, name, done); CREATE TABLE a (b)")
    sources = {
        tmp_path / "nowhere.db": NothingThere,
        empty: NothingThere,
        text: Unreadable,
        module: CantTravel,
        unfinished: Unfinished,
    }
    for source, error in sources.items():
        with pytest.raises(error):
            copy(file_place(source), file_place(target))
        assert not target.exists()
    assert not (tmp_path / "nowhere.db").exists()
    with pytest.raises(SamePlace):
        copy(file_place(world), Place(f"file:{world.parent}/./{world.name}"))


def test_references_that_lead_nowhere_are_named_before_anything_is_written(world: Path, tmp_path: Path) -> None:
    made(world, "PRAGMA foreign_keys=OFF; DELETE FROM countries WHERE code = 'BR'")
    named = r"cities → countries \(2\)"
    with pytest.raises(LooseReferences, match=named):
        copy(file_place(world), file_place(tmp_path / "to.db"))
    with pytest.raises(LooseReferences, match=named):
        backup(file_place(world), tmp_path / "to.db")
    assert [each.name for each in tmp_path.iterdir()] == ["world.db"]


def test_a_text_that_is_no_text_is_refused_without_being_shown(tmp_path: Path) -> None:
    source = made(tmp_path / "source.db", "CREATE TABLE a (b TEXT); INSERT INTO a VALUES (CAST(x'736563726574ff' AS TEXT))")
    with pytest.raises(UnreadableText) as refused:
        copy(file_place(source), file_place(tmp_path / "copy.db"))
    assert "secret" not in str(refused.value)


def test_a_digest_tells_values_of_different_types_and_rows_apart() -> None:
    values = [None, 0, 0.0, -0.0, "", b"", "0", b"0", 1, 1.0, "1", "a\0", "a"]
    assert len({encoded(each) for each in values}) == len(values)
    assert encoded("ab") + encoded("c") != encoded("a") + encoded("bc")


def test_a_digest_does_not_depend_on_where_rows_lie(world: Path) -> None:
    made(world, "CREATE TABLE plain (a INTEGER); INSERT INTO plain VALUES (1), (2), (3); DELETE FROM plain WHERE a = 2")
    made(world, "INSERT INTO countries VALUES ('AO', 'Angola'), ('XX', ''); DELETE FROM countries WHERE code = 'XX'")
    before = digest_of(world)
    made(world, "VACUUM")
    assert digest_of(world) == before


def test_a_row_that_others_write_where_a_copy_is_under_way_is_found(world: Path, tmp_path: Path) -> None:
    def write(_share: float, word: str) -> None:
        if word == "countries" and target.exists():
            made(target, "INSERT INTO countries VALUES ('PT', 'theirs')")

    target = tmp_path / "copy.db"
    with pytest.raises(CopyDiffers, match="countries"):
        copy(file_place(world), file_place(target), progress=write)
    assert rows(target, "SELECT * FROM countries") == [("PT", "theirs")]
