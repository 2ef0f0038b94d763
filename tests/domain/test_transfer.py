"""A whole database on its way: what is copied, backed up and restored is what was there, to the last bit, or it is refused."""

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.cli.main import main
from domain.db.engine import engine, make_engine
from domain.kit.errors import DatabaseNewer, DatabaseUnfinished
from domain.migrations import state
from domain.transfer.backup import backup, restore
from domain.transfer.copy import copy
from domain.transfer.digest import Digest, digest, encoded
from domain.transfer.errors import (
    CantTravel,
    CopyDiffers,
    FileExists,
    InUse,
    LooseReferences,
    NoConstela,
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
from domain.transfer.reader import reading
from tests.factories.copies import KILLED, demo_in

ROOT = Path(__file__).parents[2]
REVISION = "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, PRIMARY KEY (version_num))"
WORLD = """
CREATE TABLE countries (code TEXT NOT NULL PRIMARY KEY, name TEXT) WITHOUT ROWID;
CREATE TABLE cities (
    id INTEGER PRIMARY KEY AUTOINCREMENT, country TEXT REFERENCES countries (code) ON DELETE CASCADE, name TEXT,
    shout TEXT GENERATED ALWAYS AS (upper(name)) STORED
);
CREATE TABLE "a ""strange"" táble" ("rowid" TEXT, "select" BLOB);
CREATE TABLE log (said TEXT);
CREATE INDEX ix_cities_latest ON cities (id DESC);
CREATE UNIQUE INDEX ix_cities_named ON cities (name) WHERE name IS NOT NULL;
CREATE VIEW loud AS SELECT shout FROM cities;
CREATE TRIGGER tr_cities_log AFTER INSERT ON cities BEGIN INSERT INTO log VALUES ('came ' || NEW.name); END;
CREATE TRIGGER tr_loud INSTEAD OF INSERT ON loud BEGIN INSERT INTO log VALUES ('heard ' || NEW.shout); END;
INSERT INTO countries VALUES ('BR', 'Brasil'), ('PT', 'Portugal');
INSERT INTO cities (country, name) VALUES ('BR', 'Belém'), ('PT', 'Évora'), ('BR', NULL), ('BR', 'Gone');
DELETE FROM cities WHERE name = 'Gone';
INSERT INTO "a ""strange"" táble" VALUES ('one', x'00ff'), (NULL, NULL);
"""


@pytest.fixture(scope="module")
def demo_file(tmp_path_factory: pytest.TempPathFactory, empty_file: Path) -> Path:
    """A small demo school. Tests read it, or take copies."""
    return demo_in(tmp_path_factory.mktemp("demo"), empty_file)


@pytest.fixture
def world(tmp_path: Path) -> Path:
    """A database with some of everything that SQLite makes, in no way a school's."""
    return made(tmp_path / "world.db", WORLD)


def made(path: Path, script: str) -> Path:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(script)
    return path


def rows(path: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def digest_of(path: Path) -> Digest:
    with reading(file_place(path)) as reader:
        return digest(reader)


def master(path: Path) -> set[tuple[Any, ...]]:
    return set(rows(path, "SELECT type, name, tbl_name, sql FROM sqlite_master"))


def broken_off(source: Path, target: Path, *, batches: int) -> int:
    """Copy in a process that is killed; how many rows arrived."""
    command = [sys.executable, "-c", KILLED, f"file:{source}", f"file:{target}", str(batches)]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False, timeout=120)
    assert done.returncode == -9
    return int(rows(target, f"SELECT sum(done) FROM {PROGRESS}")[0][0])


def bytes_of(path: Path) -> bytes:
    return path.read_bytes()


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


def test_a_backup_taken_while_others_write_holds_one_moment_and_stops_nobody(demo_file: Path, tmp_path: Path) -> None:
    source = tmp_path / "busy.db"
    shutil.copy(demo_file, source)
    made(source, "CREATE TABLE purses (coins INTEGER); INSERT INTO purses VALUES (1000), (1000)")
    stop, moved = threading.Event(), 0

    def move() -> None:
        nonlocal moved
        with closing(sqlite3.connect(source, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            while not stop.is_set():
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("UPDATE purses SET coins = coins - 1 WHERE rowid = 1")
                connection.execute("UPDATE purses SET coins = coins + 1 WHERE rowid = 2")
                connection.execute("COMMIT")
                moved += 1

    writer = threading.Thread(target=move)
    writer.start()
    try:
        for at in range(3):
            while moved == 0:
                stop.wait(0.01)
            before = moved
            backup(file_place(source), tmp_path / f"kept{at}.db")
            assert moved > before
    finally:
        stop.set()
        writer.join()
    for at in range(3):
        kept = tmp_path / f"kept{at}.db"
        assert rows(kept, "SELECT sum(coins) FROM purses") == [(2000,)]
        assert rows(kept, "PRAGMA integrity_check") == [("ok",)]
        assert rows(kept, "SELECT count(*) FROM users") == rows(demo_file, "SELECT count(*) FROM users")
    assert rows(tmp_path / "kept0.db", "SELECT coins FROM purses") != rows(tmp_path / "kept2.db", "SELECT coins FROM purses")


def test_a_backup_is_one_file_for_its_owner_alone_and_never_replaces_another_unless_told(demo_file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    folder.mkdir()
    kept = folder / "kept.db"
    backup(file_place(demo_file), kept)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert rows(kept, "PRAGMA journal_mode") == [("delete",)]
    kept.write_bytes(b"something dear")
    with pytest.raises(FileExists):
        backup(file_place(demo_file), kept)
    assert kept.read_bytes() == b"something dear"
    backup(file_place(demo_file), kept, replace=True)
    assert digest_of(kept) == digest_of(demo_file)
    assert [each.name for each in folder.iterdir()] == ["kept.db"]
    with pytest.raises(SamePlace):
        backup(file_place(kept), kept, replace=True)


@pytest.fixture
def kept(demo_file: Path, tmp_path: Path) -> Path:
    """A backup of the small demo school."""
    path = tmp_path / "backups" / "kept.db"
    path.parent.mkdir()
    backup(file_place(demo_file), path)
    return path


@pytest.mark.parametrize("there", [False, True])
def test_a_backup_is_restored_into_a_file_that_is_missing_or_empty(
    there: bool, kept: Path, demo_file: Path, tmp_path: Path
) -> None:
    target = tmp_path / "new" / "constela.db"
    if there:
        target.parent.mkdir()
        made(target, "PRAGMA journal_mode=WAL")
    before = bytes_of(kept)
    done = restore(kept, file_place(target))
    assert done.older is None
    assert done.digest == digest_of(target) == digest_of(demo_file)
    assert [each.name for each in target.parent.iterdir()] == ["constela.db"]
    assert bytes_of(kept) == before
    assert [each.name for each in kept.parent.iterdir()] == ["kept.db"]


def test_a_restore_into_a_database_in_use_is_refused_and_leaves_it(kept: Path, world: Path, tmp_path: Path) -> None:
    before = bytes_of(world)
    with pytest.raises(NotEmpty):
        restore(kept, file_place(world))
    assert bytes_of(world) == before


def test_no_file_takes_the_place_of_one_in_use_or_comes_beside_what_is_left_of_one(
    kept: Path, world: Path, tmp_path: Path
) -> None:
    (tmp_path / "gone.db-wal").write_bytes(b"left over")
    with pytest.raises(InUse):
        restore(kept, file_place(tmp_path / "gone.db"))
    empty = tmp_path / "empty.db"
    with closing(sqlite3.connect(empty)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("SELECT * FROM sqlite_master").fetchall()
        with pytest.raises(InUse):
            restore(kept, file_place(empty))
        with pytest.raises(InUse):
            backup(file_place(world), empty, replace=True)
    assert rows(empty, "SELECT * FROM sqlite_master") == []


def test_a_row_that_others_write_where_a_copy_is_under_way_is_found(world: Path, tmp_path: Path) -> None:
    def write(_share: float, word: str) -> None:
        if word == "countries" and target.exists():
            made(target, "INSERT INTO countries VALUES ('PT', 'theirs')")

    target = tmp_path / "copy.db"
    with pytest.raises(CopyDiffers, match="countries"):
        copy(file_place(world), file_place(target), progress=write)
    assert rows(target, "SELECT * FROM countries") == [("PT", "theirs")]


def _cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size * 2 // 3)


def _garble(path: Path) -> None:
    with path.open("r+b") as file:
        for at in range(8192, path.stat().st_size, 65536):
            file.seek(at)
            file.write(b"\xde\xad\xbe\xef" * 64)


def _blank(path: Path) -> None:
    path.write_bytes(b"")


def _letter(path: Path) -> None:
    path.write_text("Dear Sir or Madam, " * 500)


def _other_program(path: Path) -> None:
    path.unlink()
    made(path, WORLD)


def _no_revision(path: Path) -> None:
    made(path, "DELETE FROM alembic_version")


def _newer(path: Path) -> None:
    made(path, "UPDATE alembic_version SET version_num = 'from the future'")


def _half(path: Path) -> None:
    made(path, f"CREATE TABLE {PROGRESS} (kind, name, done)")


@pytest.mark.parametrize(
    ("hurt", "error"),
    [
        (_cut, Unreadable),
        (_garble, Unreadable),
        (_letter, Unreadable),
        (_blank, NoConstela),
        (_other_program, NoConstela),
        (_no_revision, NoConstela),
        (_newer, DatabaseNewer),
        (_half, Unfinished),
        (Path.unlink, NothingThere),
    ],
)
def test_what_is_no_sound_backup_is_refused_and_nothing_is_written(
    hurt: Any, error: type[Exception], kept: Path, tmp_path: Path
) -> None:
    hurt(kept)
    with pytest.raises(error):
        restore(kept, file_place(tmp_path / "new" / "constela.db"))
    assert not (tmp_path / "new").exists()


def test_a_backup_of_an_older_revision_is_restored_and_says_so(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("domain.transfer.backup.head", lambda: "a later one")
    assert restore(kept, file_place(tmp_path / "new.db")).older == state.head()


@pytest.fixture
def verb(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Any]:
    """Run a verb as a person types it: exit code, what it said, what it complained about."""

    def run(*arguments: object, url: str = "") -> tuple[int, str, str]:
        monkeypatch.setenv("LC_ALL", "C.UTF-8")
        monkeypatch.setenv("TURSO_DATABASE_URL", url)
        capsys.readouterr()
        try:
            code = main([str(each) for each in arguments])
        except SystemExit as ending:
            code = int(ending.code or 0)
        said = capsys.readouterr()
        return code, said.out, said.err

    yield run
    engine().dispose()


def test_the_verbs_say_rows_seconds_and_one_digest_for_all_ways(verb: Any, demo_file: Path, tmp_path: Path) -> None:
    whole = digest_of(demo_file).whole
    copied, kept, restored = (tmp_path / name for name in ("copied.db", "kept.db", "restored.db"))
    for arguments, url in (
        (("copy", f"file:{demo_file}", f"file:{copied}"), ""),
        (("backup", kept), f"file:{copied}"),
        (("restore", kept), f"file:{restored}"),
        (("digest",), f"file:{restored}"),
        (("digest", f"file:{copied}"), ""),
    ):
        code, said, complained = verb(*arguments, url=url)
        assert (code, complained) == (0, "")
        assert said.split()[-1] == whole


def test_refusals_end_with_1_and_wrong_usage_with_2(verb: Any, demo_file: Path, tmp_path: Path) -> None:
    address, new = f"file:{demo_file}", f"file:{tmp_path}/new.db"
    assert verb("copy", address, address)[0] == 1
    assert verb("copy", f"file:{tmp_path}/nowhere.db", new)[0] == 1
    assert verb("backup", tmp_path / "kept.db", url=f"file:{tmp_path}/nowhere.db")[0] == 1
    assert verb("restore", tmp_path / "nowhere.db", url=new)[0] == 1
    assert verb("digest", f"file:{tmp_path}/nowhere.db")[0] == 1
    for wrong in (
        ("copy",),
        ("copy", address),
        ("copy", demo_file, new),
        ("copy", address, "nonsense"),
        ("backup",),
        ("restore",),
    ):
        assert verb(*wrong)[0] == 2
    assert list(tmp_path.iterdir()) == []


def test_a_token_on_the_command_line_is_refused_and_not_repeated(verb: Any, demo_file: Path) -> None:
    for secret in ("libsql://host.example/?authToken=sesame", "https://user:sesame@host.example"):
        code, said, complained = verb("copy", f"file:{demo_file}", secret)
        assert code == 2
        assert "TURSO_AUTH_TOKEN" in complained
        assert "sesame" not in said + complained


def test_an_interrupted_copy_ends_with_plain_words_and_can_be_taken_up(
    verb: Any, demo_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(share: float, _word: str) -> None:
        if share > 0.5:
            raise KeyboardInterrupt

    target = f"file:{tmp_path}/copy.db"
    with monkeypatch.context() as patch:
        patch.setattr("domain.cli.transfer._show", interrupt)
        code, said, complained = verb("copy", f"file:{demo_file}", target)
    assert (code, said) == (1, "")
    assert "Interrupted" in complained
    code, said, _complained = verb("copy", f"file:{demo_file}", target)
    assert code == 0
    assert "Taken up" in said


def test_a_place_shows_neither_token_nor_password() -> None:
    place = Place("https://ana:sesame@host.example:8080/?namespace=aurora&authToken=secret", token="dear")
    assert str(place) == "https://host.example:8080/?namespace=aurora"
    assert "dear" not in repr(place)
