"""What the tests of copies share: a small demo school, a database with some of everything, a copy that is killed on its way."""

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from domain.db.engine import engine
from domain.transfer.digest import Digest, digest
from domain.transfer.layout import PROGRESS
from domain.transfer.place import file_place
from domain.transfer.reader import reading

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

# Copies a database and is killed, as by a power cut, when so many batches are under way.
KILLED = """
import os, signal, sys
from domain.transfer.copy import copy
from domain.transfer.place import Place
seen = 0
def count(share, word):
    global seen
    seen += 0.1 <= share < 0.9
    if seen > int(sys.argv[3]):
        os.kill(os.getpid(), signal.SIGKILL)
copy(Place(sys.argv[1]), Place(sys.argv[2]), progress=count)
"""


def demo_in(folder: Path, empty_file: Path) -> Path:
    """A small demo school in a file of this folder."""
    from domain.demo import load

    path = folder / "demo.db"
    shutil.copy(empty_file, path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TURSO_DATABASE_URL", f"file:{path}")
        load(students=12)
        engine().dispose()
    return path


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
