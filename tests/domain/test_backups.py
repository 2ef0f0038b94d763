"""A backup holds one moment, and what is restored is what was kept, or it is refused."""

import os
import shutil
import sqlite3
import stat
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from domain.kit.errors import DatabaseNewer
from domain.migrations import state
from domain.transfer.backup import backup, restore
from domain.transfer.errors import (
    FileExists,
    InUse,
    NoConstela,
    NotEmpty,
    NothingThere,
    SamePlace,
    Unfinished,
    Unreadable,
)
from domain.transfer.layout import PROGRESS
from domain.transfer.place import file_place
from tests.factories.copies import WORLD, bytes_of, digest_of, made, rows


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
