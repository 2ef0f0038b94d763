"""What a database is made of, read from `sqlite_master`: its tables, how their rows are walked, and every statement's text."""

from collections import defaultdict
from dataclasses import dataclass

from domain.migrations.state import UNFINISHED
from domain.transfer.errors import CantTravel
from domain.transfer.reader import Reader

PROGRESS = UNFINISHED  # in the database that is copied to, until the copy is finished
SEQUENCE = "sqlite_sequence"  # SQLite makes it itself; what it counts is copied
ROWID_NAMES = ("rowid", "_rowid_", "oid")


def quoted(name: str) -> str:
    """A name as SQL takes it, whatever it holds."""
    return '"' + name.replace('"', '""') + '"'


@dataclass(frozen=True)
class Table:
    """A table of rows. `columns`: those that are stored, so not the generated ones. `rowid`: the name under which a row's number
    is asked and kept; None where a column is that number, or where rows have none. `path`: unique columns along which
    rows are copied; `order`: those along which they are digested, so that a row's number doesn't matter where there is a key."""

    name: str
    columns: tuple[str, ...]
    rowid: str | None
    path: tuple[str, ...]
    order: tuple[str, ...]

    @property
    def stored(self) -> tuple[str, ...]:
        """What an INSERT names: the row's number, where it has one of its own, and the columns."""
        return (*((self.rowid,) if self.rowid else ()), *self.columns)


@dataclass(frozen=True)
class Made:
    """Something that a statement made: a table, an index, a view or a trigger."""

    kind: str
    name: str
    sql: str


@dataclass(frozen=True)
class Layout:
    """A database's tables by name, and all that was made in it, in the order in which it was."""

    tables: tuple[Table, ...]
    made: tuple[Made, ...]
    progress: bool  # whether a copy into it was never finished

    def of(self, kind: str) -> list[Made]:
        """What is of a kind: table, index, view, trigger."""
        return [each for each in self.made if each.kind == kind]


def layout(reader: Reader) -> Layout:
    """Read it. Raises CantTravel for a virtual table, which only its own module could make anew."""
    master = reader.ask("SELECT type, name, sql FROM sqlite_master ORDER BY rowid")
    names = {name for _kind, name, _sql in master}
    # An index of libSQL's over vectors keeps its rows in tables that it makes itself.
    vectors = {f"{name}_shadow" for kind, name, sql in master if kind == "index" and "libsql_vector_idx" in (sql or "")}
    virtual = [name for kind, name, sql in master if kind == "table" and (sql or "").upper().startswith("CREATE VIRTUAL")]
    if virtual:
        raise CantTravel(names=", ".join(sorted(virtual)))
    shadows = {name for name in names if name.startswith(("sqlite_", "libsql_")) or name in vectors or name == PROGRESS}
    made = [Made(kind, name, sql) for kind, name, sql in master if sql is not None and name not in shadows]
    wanted = {each.name for each in made if each.kind == "table"}
    tables = [each for each in _tables(reader) if each.name in wanted]
    if SEQUENCE in names:
        tables.append(Table(SEQUENCE, ("name", "seq"), None, ("name",), ("name",)))
    return Layout(tuple(tables), tuple(made), PROGRESS in names)


def counts(reader: Reader, tables: tuple[Table, ...]) -> dict[str, int]:
    """Rows by table, a hundred tables a question."""
    found: dict[str, int] = {}
    for start in range(0, len(tables), 100):
        some = tables[start : start + 100]
        parts = [f"SELECT {at}, count(*) FROM {quoted(table.name)}" for at, table in enumerate(some)]  # noqa: S608 -- quoted
        found |= {some[at].name: count for at, count in reader.ask(" UNION ALL ".join(parts))}
    return found


def _tables(reader: Reader) -> list[Table]:
    columns: dict[str, list[tuple[str, int, bool, int]]] = defaultdict(list)
    asked = reader.ask(
        'SELECT m.name, x.name, x.pk, x."notnull", x.hidden FROM sqlite_master m JOIN pragma_table_xinfo(m.name) x '
        "WHERE m.type = 'table' ORDER BY m.name, x.cid"
    )
    for table, name, key, filled, hidden in asked:
        columns[table].append((name, key, bool(filled), hidden))
    keyed = reader.ask(
        "SELECT m.name FROM sqlite_master m JOIN pragma_index_list(m.name) i WHERE m.type = 'table' AND i.origin = 'pk'"
    )
    has_key_index = {table for (table,) in keyed}
    rowless = {table for (table,) in reader.ask("SELECT name FROM pragma_table_list WHERE schema = 'main' AND wr = 1")}
    return [
        _table(name, found, key_index=name in has_key_index, rowless=name in rowless) for name, found in sorted(columns.items())
    ]


def _table(name: str, found: list[tuple[str, int, bool, int]], *, key_index: bool, rowless: bool) -> Table:
    stored = tuple(column for column, _key, _filled, hidden in found if hidden == 0)
    key = tuple(column for column, at, _filled, _hidden in sorted(found, key=lambda each: each[1]) if at)
    if rowless or (key and not key_index):  # a key without an index of its own is the row's number
        return Table(name, stored, None, key, key)
    taken = {column.lower() for column, _key, _filled, _hidden in found}
    rowid = next((each for each in ROWID_NAMES if each not in taken), None)
    if rowid is None:
        raise CantTravel(names=name)
    filled = all(each for _column, at, each, _hidden in found if at)
    return Table(name, stored, rowid, (rowid,), key if key and filled else (rowid,))
