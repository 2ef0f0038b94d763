"""A server with a few tables, over HTTP and over WebSocket, for tests of what a transaction does and sees."""

from collections.abc import Iterator
from contextlib import contextmanager

from domain.db.libsql import dbapi

SCHEMA = [
    "CREATE TABLE parents (id INTEGER PRIMARY KEY)",
    "CREATE TABLE children (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED)",
    "CREATE TABLE steps (id INTEGER PRIMARY KEY, word TEXT UNIQUE)",
    "CREATE TRIGGER no_stop BEFORE INSERT ON steps WHEN NEW.word = 'stop' BEGIN SELECT RAISE(ROLLBACK, 'stopped'); END",
]


class Schema:
    """Connections to a server that holds the tables above."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.made: list[dbapi.Connection] = []

    def connect(self) -> dbapi.Connection:
        self.made.append(dbapi.connect(self.url))
        return self.made[-1]

    def saved(self, sql: str = "SELECT word FROM steps ORDER BY id") -> list[str]:
        """The first column of what another connection reads."""
        reader = self.connect()
        reader.readonly = True
        return [row[0] for row in reader.execute(sql)]


@contextmanager
def prepared(url: str) -> Iterator[Schema]:
    """The tables on the server at a URL, empty, and gone in the end."""
    made = Schema(url)
    with made.connect() as connection:
        for each in SCHEMA:
            connection.execute(each)
    yield made
    for each in made.made:
        each.close()
    with dbapi.connect(url) as connection:
        for table in ("children", "parents", "steps"):
            connection.execute(f"DROP TABLE {table}")


def step(connection: dbapi.Connection, word: str) -> None:
    """Insert a step."""
    connection.execute("INSERT INTO steps (word) VALUES (?)", (word,))
