"""Where a database is: an address as DATABASE.md names them, with its token kept apart."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine

from domain.db.engine import file_path, make_engine
from domain.db.errors import translate
from domain.kit.errors import DomainError
from domain.transfer.errors import InUse, NoRoom, NotEmpty, Unreadable, UnreadableText

SERVER_SECONDS = 120.0  # an index over many rows takes its time
BESIDE = ("-wal", "-shm", "-journal")


@dataclass(frozen=True)
class Place:
    """A database's address and, for a server, its token, which never shows."""

    url: str
    token: str | None = field(default=None, repr=False)

    @property
    def path(self) -> Path | None:
        """The file, where it is one."""
        return file_path(self.url)

    def __str__(self) -> str:
        """The address without what it may hold of secrets, fit for a message."""
        if self.path is not None:
            return str(self.path)
        scheme, _, rest = self.url.partition("://")
        host, _, options = rest.partition("?")
        named = [each for each in options.split("&") if each.startswith("namespace=")]
        return f"{scheme}://{host.rsplit('@', 1)[-1]}{'?' if named else ''}{''.join(named)}"

    def engine(self) -> Engine:
        """A new engine, which whoever asked for it disposes of."""
        if self.path is not None:
            return make_engine(self.url)
        return make_engine(self.url, auth_token=self.token, read_timeout=SERVER_SECONDS)

    def same_as(self, other: "Place") -> bool:
        """Whether both name one database, as far as addresses tell."""
        if self.path is not None and other.path is not None:
            return self.path.resolve() == other.path.resolve()
        return str(self).rstrip("/").replace("/?", "?") == str(other).rstrip("/").replace("/?", "?")


def file_place(path: Path) -> Place:
    """The place that a file is."""
    return Place(f"file:{path}")


def told(error: sqlite3.Error, path: Path) -> DomainError:
    """What a person is told of SQLite's error. SQLite repeats a text that it can't decode: what it says is not passed on."""
    said = str(error)
    if "decode" in said:
        return UnreadableText(place=path)
    if "malformed" in said or "not a database" in said:
        return Unreadable(place=path)
    return NoRoom(place=path) if "is full" in said else translate(error)


def open_file(path: Path, *, mode: str = "rw") -> sqlite3.Connection:
    """A bare connection to a file that exists, with no setting of ours: reading leaves it as it is. `mode`: ro or rw."""
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode={mode}", uri=True, isolation_level=None)
    except sqlite3.Error as error:
        raise told(error, path) from None
    connection.execute("PRAGMA busy_timeout=10000")
    return connection


def objects_in(path: Path) -> set[str]:
    """The names of all that a file holds; none if it doesn't exist. Raises Unreadable, or InUse."""
    if not path.exists():
        must_be_alone(path)
        return set()
    with closing(open_file(path)) as connection:
        try:
            return {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
        except sqlite3.Error as error:
            raise told(error, path) from None


def must_be_alone(path: Path) -> None:
    """Raise InUse if SQLite's own files lie beside a file: it would read them into whatever takes the file's place."""
    if any(path.with_name(path.name + each).exists() for each in BESIDE):
        raise InUse(place=path)


def must_be_empty(path: Path) -> None:
    """Raise NotEmpty if a file holds anything, before anything is done to it."""
    if objects_in(path):
        raise NotEmpty(place=path)
