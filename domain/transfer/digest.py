"""What a database holds, as a few numbers that two databases can be compared by, wherever they are.

A table's digest is SHA-256 over its column names and then its rows in the order of their key. Each value is written as one byte
for its stored type, its length in eight bytes, and itself: an integer in decimal, a float as its eight bytes (big endian), a text
in UTF-8, a blob as it is. So no two different rows are written alike. The whole's digest is over the schema, evened out as
migrations compare it, and each table's name, count and digest, by name.
"""

import hashlib
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from domain.migrations.shape import even
from domain.transfer.layout import Layout, Table, layout
from domain.transfer.pages import pages
from domain.transfer.reader import Reader

FORMAT = b"constela digest 1"
LENGTH, FLOAT = struct.Struct(">Q").pack, struct.Struct(">d").pack
NOTHING = b"n" + LENGTH(0)

Progress = Callable[[float, str], None]


def no_progress(_share: float, _word: str) -> None:
    """For whoever doesn't want to know how far it is."""


@dataclass(frozen=True)
class TableDigest:
    """A table's count of rows and the digest (hexadecimal) of what they hold."""

    name: str
    rows: int
    digest: str


@dataclass(frozen=True)
class Digest:
    """A whole database: its schema's digest and each table's."""

    schema: str
    tables: tuple[TableDigest, ...]

    @property
    def rows(self) -> int:
        """All rows."""
        return sum(each.rows for each in self.tables)

    @property
    def whole(self) -> str:
        """One digest (hexadecimal) for everything."""
        found = hashlib.sha256(FORMAT)
        for each in (self.schema, *(part for table in self.tables for part in (table.name, table.rows, table.digest))):
            found.update(encoded(each))
        return found.hexdigest()

    def differences(self, other: "Digest") -> list[str]:
        """The tables that differ, by name; "schema" first, if that does."""
        mine, theirs = ({each.name: each for each in digest.tables} for digest in (self, other))
        found = [name for name in sorted(mine.keys() | theirs.keys()) if mine.get(name) != theirs.get(name)]
        return (["schema"] if self.schema != other.schema else []) + found


def encoded(value: Any) -> bytes:
    """A value so that no other is written alike. TypeError for what SQLite doesn't store."""
    # The common types first, and by identity: this runs once for every value of a school.
    kind = type(value)
    if kind is str:
        tag, body = b"t", value.encode()
    elif value is None:
        return NOTHING
    elif kind is int:
        tag, body = b"i", b"%d" % value
    elif kind is float:
        tag, body = b"f", FLOAT(value)
    elif kind is bytes:
        tag, body = b"b", value
    else:
        raise TypeError(f"no value of SQLite's: {kind.__name__}")
    written: bytes = tag + LENGTH(len(body)) + body
    return written


def digest(reader: Reader, *, progress: Progress = no_progress, of: Layout | None = None) -> Digest:
    """The digest of a database as the reader sees it. What isn't part of it: SQLite's own tables, but for its counters, and the
    notes of an unfinished copy."""
    found = of or layout(reader)
    tables = sorted(found.tables, key=lambda each: each.name)
    digests = []
    for at, table in enumerate(tables):
        progress(at / len(tables), table.name)
        digests.append(_table(reader, table))
    # A counter table comes with the first AUTOINCREMENT and stays when it is gone: empty, it says nothing.
    return Digest(schema_digest(found), tuple(each for each in digests if each.rows or not each.name.startswith("sqlite_")))


def schema_digest(of: Layout) -> str:
    """The digest (hexadecimal) of every table, index, view and trigger."""
    found = hashlib.sha256(FORMAT)
    for each in sorted(of.made, key=lambda made: (made.kind, made.name)):
        for part in (each.kind, each.name, even(each.sql)):
            found.update(encoded(part))
    return found.hexdigest()


def _table(reader: Reader, table: Table) -> TableDigest:
    found, rows = hashlib.sha256(FORMAT), 0
    for column in table.columns:
        found.update(encoded(column))
    for page in pages(reader, table, along=table.order, give=table.columns):
        rows += len(page.rows)
        for row in page.rows:
            found.update(b"r" + b"".join(map(encoded, row)))
    return TableDigest(table.name, rows, found.hexdigest())
