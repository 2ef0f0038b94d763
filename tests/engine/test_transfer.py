"""A whole database between a file and a real server, there and back, with either side failing on the way."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from domain.cli.main import main
from domain.migrations import state
from domain.transfer import copy as copying
from domain.transfer.backup import backup, restore
from domain.transfer.copy import copy
from domain.transfer.digest import Digest, digest, encoded
from domain.transfer.errors import CantTravel, NotEmpty, OtherCopy, SourceChanged
from domain.transfer.layout import PROGRESS
from domain.transfer.place import Place, file_place
from domain.transfer.reader import ServerReader, reading
from tests.engine.servers import Sqld, running
from tests.engine.tokens import Signer
from tests.factories.copies import KILLED, demo_in

ROOT = Path(__file__).parents[2]
HOSTILE: list[Any] = [
    None,
    2**63 - 1,
    -(2**63),
    2**53 + 1,
    0.1,
    -0.0,
    5e-324,
    1.7976931348623157e308,
    1e300,
    "",
    "a\0b",
    "\ufeff\U0010ffff \u2028 'ç\"",
    "1e3",
    b"",
    b"\x00\xff",
    bytes(range(256)) * 4000,
]


@pytest.fixture(scope="module")
def demo_file(tmp_path_factory: pytest.TempPathFactory, empty_file: Path) -> Path:
    """A small demo school. Tests read it, or take copies."""
    return demo_in(tmp_path_factory.mktemp("demo"), empty_file)


@pytest.fixture
def here(fresh_server_url: str) -> Place:
    """An empty database on a server."""
    return Place(fresh_server_url)


@pytest.fixture
def bind(here: Place) -> Iterator[Engine]:
    """An engine of that database."""
    made = here.engine()
    yield made
    made.dispose()


def digest_of(place: Place) -> Digest:
    with reading(place) as reader:
        return digest(reader)


def at_the(batch: int, act: Callable[[], None]) -> Callable[[float, str], None]:
    """A progress that does something once, when so many batches are under way."""
    seen = 0

    def count(share: float, _word: str) -> None:
        nonlocal seen
        seen += 0.1 <= share < 0.9
        if seen == batch:
            seen += 1
            act()

    return count


def test_a_school_goes_from_file_to_server_and_back_unchanged(demo_file: Path, here: Place, bind: Engine, tmp_path: Path) -> None:
    there = copy(file_place(demo_file), here)
    state.ensure_current(bind)
    assert state.drift(bind) == []
    back = copy(here, file_place(tmp_path / "back.db"))
    assert there.digest == back.digest == digest_of(file_place(demo_file))
    with closing(sqlite3.connect(demo_file)) as one, closing(sqlite3.connect(tmp_path / "back.db")) as other:
        sql = "SELECT type, name, tbl_name, sql FROM sqlite_master"
        assert set(one.execute(sql)) == set(other.execute(sql))


def test_a_school_goes_over_a_websocket_too(demo_file: Path, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> None:
    with running(tmp_path_factory) as server:
        there = copy(file_place(demo_file), Place(server.ws_url))
        back = copy(Place(server.ws_url), file_place(tmp_path / "back.db"))
    assert there.digest == back.digest == digest_of(file_place(demo_file))


def test_every_kind_of_value_goes_there_and_back(here: Place, tmp_path: Path) -> None:
    source, back = tmp_path / "source.db", tmp_path / "back.db"
    with closing(sqlite3.connect(source)) as connection, connection:
        connection.execute("CREATE TABLE loose (a)")
        connection.execute("CREATE TABLE keyed (a NOT NULL, b, PRIMARY KEY (a, b)) WITHOUT ROWID")
        connection.execute("CREATE TABLE counted (id INTEGER PRIMARY KEY AUTOINCREMENT, a, twice GENERATED ALWAYS AS (a || a))")
        connection.executemany("INSERT INTO loose VALUES (?)", [(each,) for each in HOSTILE])
        connection.executemany("INSERT INTO keyed VALUES (?, ?)", [(each, at) for at, each in enumerate(HOSTILE[1:])])
        connection.execute("INSERT INTO counted VALUES (77, 'last')")
        connection.execute("DELETE FROM counted")
    there = copy(file_place(source), here)
    assert copy(here, file_place(back)).digest == there.digest == digest_of(file_place(source))
    with closing(sqlite3.connect(back)) as connection:
        found = connection.execute("SELECT a, typeof(a) FROM loose ORDER BY rowid").fetchall()
        assert [encoded(value) for value, _type in found] == [encoded(each) for each in HOSTILE]
        assert connection.execute("SELECT name, seq FROM sqlite_sequence").fetchall() == [("counted", 77)]


def test_a_copying_process_killed_on_the_way_is_taken_up_with_no_row_twice(
    demo_file: Path, here: Place, bind: Engine, tmp_path: Path
) -> None:
    command = [sys.executable, "-c", KILLED, f"file:{demo_file}", here.url, "25"]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False, timeout=120)
    assert done.returncode == -9
    with bind.connect() as connection:
        there = connection.exec_driver_sql(f"SELECT sum(done) FROM {PROGRESS}").scalar_one()
    assert there > 0
    with pytest.raises(OtherCopy):
        copy(file_place(_other(demo_file, tmp_path)), here)
    finished = copy(file_place(demo_file), here)
    assert finished.taken_up == there
    assert finished.digest == digest_of(file_place(demo_file))


def _other(demo_file: Path, folder: Path) -> Path:
    path = folder / "other.db"
    shutil.copy(demo_file, path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE rooms SET capacity = capacity + 1")
    return path


def test_an_unfinished_copy_on_a_server_can_be_dropped_and_begun_again(demo_file: Path, here: Place, tmp_path: Path) -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        copy(file_place(demo_file), here, progress=at_the(20, stop))
    other = file_place(_other(demo_file, tmp_path))
    done = copy(other, here, start_over=True)
    assert done.taken_up == 0
    assert done.digest == digest_of(other)


@pytest.mark.parametrize("batch", [1, 12, 30])
def test_a_server_killed_in_the_middle_and_started_again_is_waited_for(
    batch: int, demo_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    def kill() -> None:
        server.kill()
        server.start()

    with running(tmp_path_factory) as server:
        done = copy(file_place(demo_file), Place(server.url), progress=at_the(batch, kill))
        assert done.digest == digest_of(file_place(demo_file)) == digest_of(Place(server.url))


def test_a_server_that_stays_away_ends_the_copy_which_is_taken_up_when_it_is_back(
    demo_file: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(tmp_path_factory) as server:
        with monkeypatch.context() as patch:
            patch.setattr("domain.transfer.patience.WAITS", (0.01, 0.01))
            with pytest.raises(DBAPIError):
                copy(file_place(demo_file), Place(server.url), progress=at_the(25, server.kill))
        server.start()
        done = copy(file_place(demo_file), Place(server.url))
        assert done.taken_up > 0
        assert done.digest == digest_of(file_place(demo_file))


def test_a_server_killed_while_it_is_read_is_waited_for(
    demo_file: Path, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    def kill() -> None:
        server.kill()
        server.start()

    with running(tmp_path_factory) as server:
        copy(file_place(demo_file), Place(server.url))
        done = copy(Place(server.url), file_place(tmp_path / "back.db"), progress=at_the(25, kill))
    assert done.digest == digest_of(file_place(demo_file))


def test_a_server_that_is_written_to_is_read_as_of_one_moment_and_that_is_said(
    demo_file: Path, here: Place, bind: Engine, tmp_path: Path
) -> None:
    def write() -> None:
        with bind.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE meanwhile (a)")
            connection.exec_driver_sql("UPDATE users SET row_version = row_version + 1")

    before = copy(file_place(demo_file), here).digest
    done = copy(here, file_place(tmp_path / "back.db"), progress=at_the(1, write))
    assert done.written_since
    assert done.digest == before != digest_of(here)


def test_a_server_that_was_written_to_when_its_moment_was_lost_is_found_out(
    demo_file: Path, here: Place, bind: Engine, tmp_path: Path
) -> None:
    def write() -> None:
        readers[0]._lose()  # as when the server ends a transaction that was idle for too long
        with bind.begin() as connection:
            connection.exec_driver_sql("UPDATE chart_of_accounts SET row_version = row_version + 1")
            connection.exec_driver_sql("UPDATE users SET row_version = row_version + 1")

    copy(file_place(demo_file), here)
    target = file_place(tmp_path / "back.db")
    with reading(here) as reader:
        assert isinstance(reader, ServerReader)
        readers = [reader]
        with pytest.raises(SourceChanged, match="chart_of_accounts"):
            copying.copy_from(reader, here, target, progress=at_the(45, write))
    with closing(sqlite3.connect(tmp_path / "back.db")) as connection:
        assert connection.execute(f"SELECT count(*) FROM {PROGRESS}").fetchone()[0] > 0


def test_a_server_that_is_not_empty_is_refused_and_untouched(demo_file: Path, here: Place, bind: Engine) -> None:
    with bind.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE theirs (id TEXT)")
    before = digest_of(here)
    for start_over in (False, True):
        with pytest.raises(NotEmpty):
            copy(file_place(demo_file), here, start_over=start_over)
    with pytest.raises(NotEmpty):
        restore(demo_file, here)
    assert digest_of(here) == before


def test_a_server_is_backed_up_into_a_file_and_restored_into_another_database(
    demo_file: Path, here: Place, sqld: Sqld, namespace_server: Sqld, tmp_path: Path
) -> None:
    copy(file_place(demo_file), here)
    kept = backup(here, tmp_path / "kept.db")
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(("kept", "."))] == ["kept.db"]
    second = Place(namespace_server.create_namespace("restored"))
    try:
        assert restore(tmp_path / "kept.db", second).digest == kept.digest == digest_of(file_place(demo_file))
    finally:
        namespace_server.drop_namespace("restored")


def test_a_restore_that_broke_off_on_a_server_is_taken_up(demo_file: Path, here: Place, tmp_path: Path) -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    backup(file_place(demo_file), tmp_path / "kept.db")
    with pytest.raises(KeyboardInterrupt):
        restore(tmp_path / "kept.db", here, progress=at_the(30, stop))
    assert restore(tmp_path / "kept.db", here).digest == digest_of(file_place(demo_file)) == digest_of(here)


def test_infinity_which_no_server_takes_is_refused_by_table(here: Place, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "source.db")) as connection, connection:
        connection.execute("CREATE TABLE numbers (a REAL)")
        connection.execute("INSERT INTO numbers VALUES (9e999)")
    with pytest.raises(CantTravel, match="numbers"):
        copy(file_place(tmp_path / "source.db"), here)


def test_each_side_has_its_own_token_from_the_environment(
    demo_file: Path,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    mine, theirs = Signer(), Signer()
    with (
        running(tmp_path_factory, jwt_key=mine.public_pem) as one,
        running(tmp_path_factory, jwt_key=theirs.public_pem) as other,
    ):
        monkeypatch.setenv("TURSO_AUTH_TOKEN", mine.sign())
        assert main(["copy", f"file:{demo_file}", one.url]) == 0
        monkeypatch.setenv("TURSO_AUTH_TOKEN", theirs.sign())
        assert main(["copy", one.url, other.url]) == 1  # the second server's token is none for the first
        monkeypatch.setenv("TURSO_FROM_AUTH_TOKEN", mine.sign())
        assert main(["copy", one.url, other.url]) == 0
        monkeypatch.setenv("TURSO_AUTH_TOKEN", theirs.sign({"a": "ro"}))
        assert main(["digest", other.url]) == 0
    said = capsys.readouterr()
    assert said.out.split()[-1] == digest_of(file_place(demo_file)).whole
    assert mine.sign() not in said.out + said.err


def test_a_server_that_is_not_there_is_told_at_once_in_plain_words(demo_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["copy", f"file:{demo_file}", "http://127.0.0.1:1"], ["digest", "http://127.0.0.1:1"]):
        assert main(arguments) == 1
        assert "Traceback" not in capsys.readouterr().err
