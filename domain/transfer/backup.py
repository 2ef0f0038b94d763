"""A backup of the running database in one file, and a database made from one. Nothing half made is left under the file's name."""

import os
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from alembic.script import ScriptDirectory

from domain.kit.errors import DatabaseNewer
from domain.migrations.state import SCRIPTS, head
from domain.transfer.copy import COMPARED, REVISIONS, copy_from
from domain.transfer.digest import Digest, Progress, digest, no_progress
from domain.transfer.errors import (
    BackupBroken,
    BackupMoved,
    CopyDiffers,
    FileExists,
    NoConstela,
    NothingThere,
    SamePlace,
    SourceChanged,
    Unfinished,
    Unreadable,
)
from domain.transfer.layout import layout
from domain.transfer.place import BESIDE, Place, file_place, must_be_alone, must_be_empty
from domain.transfer.reader import FileReader, Reader, reading, references_hold

ONE_FILE = "PRAGMA journal_mode=DELETE"  # which can be read where nothing can be written
SOUND = [("ok",)]
PAGES = 2_000  # of the file, between two looks at the progress


@dataclass(frozen=True)
class Kept:
    """A backup made or restored. `older`: its revision, if the program is beyond it."""

    digest: Digest
    seconds: float
    older: str | None = None


def backup(source: Place, file: Path, *, replace: bool = False, progress: Progress = no_progress) -> Kept:
    """A consistent copy of a database that goes on being used, in one file of its own that only its owner may read.

    A file is copied by SQLite's online backup within one read transaction, so nobody who writes waits for it; a server is read
    table by table. The copy is checked and compared before it gets its name. Raises the errors of `domain.transfer.errors`.
    """
    started = time.monotonic()
    if source.path is not None and source.path.resolve() == file.resolve():
        raise SamePlace
    if file.exists() and not replace:
        raise FileExists(place=file)
    must_be_alone(file)
    with reading(source) as reader, _new_file(file, replace=replace) as made:
        wanted = layout(reader)
        if not wanted.of("table"):
            raise NothingThere(place=source)
        if wanted.progress:
            raise Unfinished(place=source)
        references_hold(reader, source)
        if isinstance(reader, FileReader):
            found = _copied_whole(reader, made, progress=progress)
        else:
            found = _read_into(reader, source, made, progress=progress)
        with reading(file_place(made)) as copied:
            if copied.ask("PRAGMA integrity_check(1)") != SOUND:
                raise BackupBroken(tables="integrity_check")
    return Kept(found, time.monotonic() - started)


def restore(file: Path, target: Place, *, start_over: bool = False, progress: Progress = no_progress) -> Kept:
    """Make an empty database from a backup, compared with it at the end.

    A file appears whole or not at all; on a server a restore that broke off is taken up when it's run again, or with `start_over`
    dropped and begun anew. Raises the errors of `domain.transfer.errors`, or DatabaseNewer.
    """
    started = time.monotonic()
    source = file_place(file)
    if source.same_as(target):
        raise SamePlace
    with reading(source, mode="ro") as reader:
        older = _sound(reader, file)
        if target.path is None:
            found = copy_from(reader, source, target, start_over=start_over, progress=progress).digest
        else:
            must_be_empty(target.path)
            with _new_file(target.path, replace=True) as made:
                assert isinstance(reader, FileReader)
                found = _copied_whole(reader, made, progress=progress)
                must_be_empty(target.path)
    return Kept(found, time.monotonic() - started, older)


def _sound(reader: Reader, file: Path) -> str | None:
    """Look whether a file may be restored; its revision, if the program is beyond it."""
    if reader.ask("PRAGMA integrity_check(1)") != SOUND:
        raise Unreadable(place=file)
    references_hold(reader, file_place(file))
    found = layout(reader)
    if found.progress:
        raise Unfinished(place=file)
    if not any(table.name == REVISIONS for table in found.tables):
        raise NoConstela(place=file)
    revisions = reader.ask(f"SELECT version_num FROM {REVISIONS}")  # noqa: S608 -- alembic's name
    if len(revisions) != 1:
        raise NoConstela(place=file)
    [(revision,)] = revisions
    if revision not in {each.revision for each in ScriptDirectory(str(SCRIPTS)).walk_revisions()}:
        raise DatabaseNewer
    return None if revision == head() else str(revision)


def _copied_whole(reader: FileReader, made: Path, *, progress: Progress) -> Digest:
    with closing(sqlite3.connect(made, isolation_level=None)) as target:
        reader.copy_into(target, pages=PAGES, progress=lambda share: progress(share * COMPARED, made.name))
        target.execute(ONE_FILE)
    expected = digest(reader, progress=lambda share, word: progress(COMPARED + share * (0.5 - COMPARED / 2), word))
    with reading(file_place(made)) as copied:
        found = digest(copied, progress=lambda share, word: progress(0.5 + COMPARED / 2 + share * (0.5 - COMPARED / 2), word))
    if differing := expected.differences(found):
        raise BackupBroken(tables=", ".join(differing))
    return found


def _read_into(reader: Reader, source: Place, made: Path, *, progress: Progress) -> Digest:
    try:
        found = copy_from(reader, source, file_place(made), progress=progress).digest
    except SourceChanged as error:
        raise BackupMoved(**error.params) from None
    except CopyDiffers as error:
        raise BackupBroken(**error.params) from None
    with closing(sqlite3.connect(made, isolation_level=None)) as target:
        target.execute(ONE_FILE)
    return found


@contextmanager
def _new_file(file: Path, *, replace: bool) -> Iterator[Path]:
    """A file beside the one that is wanted, which takes its name at the end, or is gone."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{file.name}.", suffix=".part", dir=file.parent)  # made for its owner alone
    os.close(handle)
    made = Path(name)
    try:
        yield made
        _to_disk(made)
        _give_name(made, file, replace=replace)
        _to_disk(file.parent)
    finally:
        for each in ("", *BESIDE):
            made.with_name(made.name + each).unlink(missing_ok=True)


def _give_name(made: Path, file: Path, *, replace: bool) -> None:
    must_be_alone(file)
    if not replace:
        try:
            os.link(made, file)  # unlike a rename, it never takes another file's place
        except FileExistsError:
            raise FileExists(place=file) from None
        except OSError:  # a file system without links
            if file.exists():
                raise FileExists(place=file) from None
        else:
            return
    made.replace(file)


def _to_disk(path: Path) -> None:
    with suppress(OSError):  # some file systems don't sync a folder
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
