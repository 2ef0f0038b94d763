"""The program that is killed: it writes transactions of rows that belong together, in a chain, and says when each is committed.

    python -m tests.engine.writer URL

It imports what it needs once, and makes a child for each line that it is given. The child opens the database and writes until it
is killed; it alone holds a connection, as what is shared with a process that goes on would say nothing of the database.

Lines that are printed: by the child `child PID`, `began NUMBER`, the chain's last number that it found under the write lock, and
`done NUMBER` after each commit; by its parent `ended` when the child is gone.
"""

import hashlib
import os
import sys

from sqlalchemy import Connection, text

from domain.db.engine import make_engine

TABLES = (
    "CREATE TABLE chain (id INTEGER PRIMARY KEY CHECK (id = 1), number INTEGER NOT NULL, digest TEXT NOT NULL)",
    "INSERT INTO chain VALUES (1, 0, '')",
    "CREATE TABLE debits (id INTEGER PRIMARY KEY, number INTEGER NOT NULL, digest TEXT NOT NULL)",
    "CREATE TABLE credits (id INTEGER PRIMARY KEY, number INTEGER NOT NULL, debit_id INTEGER NOT NULL REFERENCES debits (id))",
)


def follow(digest: str, number: int) -> str:
    """The next link of the chain."""
    return hashlib.sha256(f"{digest} {number}".encode()).hexdigest()


def write(connection: Connection) -> tuple[int, int]:
    """One transaction's work: the number before it, and its own."""
    before, digest = connection.execute(text("SELECT number, digest FROM chain")).one()
    number, digest = before + 1, follow(digest, before + 1)
    debit = connection.execute(
        text("INSERT INTO debits (number, digest) VALUES (:number, :digest)"), {"number": number, "digest": digest}
    )
    connection.execute(
        text("INSERT INTO credits (number, debit_id) VALUES (:number, :debit)"), {"number": number, "debit": debit.lastrowid}
    )
    connection.execute(text("UPDATE chain SET number = :number, digest = :digest"), {"number": number, "digest": digest})
    return before, number


def say(line: str) -> None:
    """One line, in one piece: no kill leaves half of it."""
    os.write(1, f"{line}\n".encode())


def write_forever(url: str) -> None:
    """Write, and say so, until killed."""
    engine = make_engine(url)
    began = False
    while True:
        with engine.begin() as connection:
            before, number = write(connection)
            if not began:
                say(f"began {before}")
                began = True
        say(f"done {number}")


def main(url: str) -> None:
    """A child for each line of the input, until it ends."""
    for _line in sys.stdin:
        child = os.fork()
        if child == 0:
            try:
                say(f"child {os.getpid()}")
                write_forever(url)
            finally:
                os._exit(1)
        os.waitpid(child, 0)
        say("ended")


if __name__ == "__main__":
    main(sys.argv[1])
