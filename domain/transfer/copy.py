"""A whole database copied, row by row and type by type, and compared with its source at the end.

Tables come first, then their rows in batches, then indexes, views and, last, triggers, which so don't fire on what is loaded.
Until all is compared, the copy holds a table of notes: by it a copy that broke off is taken up where it stood, and a
program won't start on half a database.
"""

import hashlib
import time
from dataclasses import dataclass

from domain.transfer.digest import Digest, Progress, digest, encoded, no_progress, schema_digest
from domain.transfer.errors import CopyDiffers, NotEmpty, NothingThere, SamePlace, SourceChanged, Unfinished
from domain.transfer.layout import PROGRESS, SEQUENCE, Layout, Table, counts, layout, quoted
from domain.transfer.pages import pages
from domain.transfer.place import Place, objects_in
from domain.transfer.reader import Reader, reading, references_hold
from domain.transfer.writer import Writer

REVISIONS = "alembic_version"  # comes last: a program that doesn't know our notes takes the database for an empty one till then
LOADED, COMPARED = 0.8, 0.1  # shares of the way that loading takes, and each of the two digests


@dataclass(frozen=True)
class Copied:
    """How a copy ended. `taken_up`: rows that an earlier try had copied; `written_since`: the source went on changing, unseen."""

    digest: Digest
    seconds: float
    taken_up: int
    written_since: bool


def copy(source: Place, target: Place, *, start_over: bool = False, progress: Progress = no_progress) -> Copied:
    """Copy a whole database into an empty one, or go on with a copy that broke off.

    `start_over` drops an unfinished copy first, never anything else. Raises the errors of `domain.transfer.errors`; whatever
    was begun stays marked as unfinished.
    """
    if source.same_as(target):
        raise SamePlace
    if target.path is not None:
        names = objects_in(target.path)
        if names and PROGRESS not in names:
            raise NotEmpty(place=target)
    with reading(source) as reader:
        return copy_from(reader, source, target, start_over=start_over, progress=progress)


def copy_from(
    reader: Reader, source: Place, target: Place, *, start_over: bool = False, progress: Progress = no_progress
) -> Copied:
    """As `copy`, from a reader that is open already."""
    started = time.monotonic()
    wanted = layout(reader)
    if wanted.progress:
        raise Unfinished(place=source)
    if not wanted.of("table"):
        raise NothingThere(place=source)
    references_hold(reader, source)
    # A file is read at one moment, so its digest now is what must arrive. A server is digested at the end, when a change shows.
    expected = None if source.path is None else digest(reader, of=wanted, progress=_part(progress, 0.0, COMPARED))
    fingerprint = expected.whole if expected else _fingerprint(reader, wanted)
    with Writer(target) as writer:
        done = writer.begin(fingerprint, _loaded(wanted), start_over=start_over)
        writer.make(wanted.of("table"))
        _load(reader, writer, wanted, done, progress=_part(progress, COMPARED, LOADED))
        if expected is None:  # at once: a server ends a transaction that is idle for some seconds
            expected = digest(reader)
        for kind in ("index", "view", "trigger"):
            writer.make(wanted.of(kind))
        arrived = _checked(writer, progress=_part(progress, COMPARED + LOADED, COMPARED))
        if differing := expected.differences(arrived):
            one_moment = source.path is not None or (reader.steady and not any(done.values()))
            raise (CopyDiffers if one_moment else SourceChanged)(place=source, tables=", ".join(differing))
        writer.finish()
    seconds = time.monotonic() - started
    written_since = reader.renew()
    if source.path is None:
        written_since = _fingerprint(reader, layout(reader)) != fingerprint
    return Copied(arrived, seconds, sum(done.values()), written_since)


def _load(reader: Reader, writer: Writer, wanted: Layout, done: dict[str, int], *, progress: Progress) -> None:
    tables = _loaded(wanted)
    rows = counts(reader, tables)
    all_rows, loaded = max(1, sum(rows.values())), sum(done.values())
    for table in tables:
        have = done[table.name]
        if not rows[table.name]:
            continue
        after = writer.last(table) if have else None
        for page in pages(reader, table, along=table.path, give=table.stored, after=after):
            progress(min(1.0, loaded / all_rows), table.name)
            writer.add(table, page.rows, done=have)
            have += len(page.rows)
            loaded += len(page.rows)
    if sequences := [each for each in wanted.tables if each.name == SEQUENCE]:
        counters = reader.ask(f"SELECT name, seq FROM {quoted(sequences[0].name)} ORDER BY name")  # noqa: S608 -- SQLite's name
        if counters:
            writer.count_on(counters)


def _loaded(wanted: Layout) -> tuple[Table, ...]:
    tables = [each for each in wanted.tables if each.name != SEQUENCE]
    return tuple(sorted(tables, key=lambda each: (each.name == REVISIONS, each.name)))


def _checked(writer: Writer, *, progress: Progress) -> Digest:
    with writer.reading() as reader:
        references_hold(reader, writer.place)
        return digest(reader, progress=progress)


def _fingerprint(reader: Reader, wanted: Layout) -> str:
    """What tells one source from another without reading all of it: schema, revision, and each table's count of rows."""
    found = hashlib.sha256(schema_digest(wanted).encode())
    for name, count in counts(reader, _loaded(wanted)).items():
        found.update(encoded(name) + encoded(count))
    if any(table.name == REVISIONS for table in wanted.tables):
        for (revision,) in reader.ask(f"SELECT version_num FROM {REVISIONS}"):  # noqa: S608 -- alembic's name
            found.update(encoded(revision))
    return found.hexdigest()


def _part(progress: Progress, start: float, share: float) -> Progress:
    return lambda part, word: progress(start + part * share, word)
