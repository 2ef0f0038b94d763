"""How fast the demo school of 10,000 students is loaded, beside the same rows through bare sqlite3."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from tests.benchmarks.school import database

STUDENTS = 10_000


def run() -> Iterator[str]:
    """Rows a second, and the ratio."""
    from domain import demo

    with database() as path:
        start = perf_counter()
        loaded = demo.load(students=STUDENTS)
        took = perf_counter() - start
        rows = sum(loaded.counts.values())
        yield f"{STUDENTS:,} students: {rows:,} rows in {took:.1f} s, {rows / took:,.0f} rows a second"
        bare = _copied(path)
        yield f"the same rows written by bare sqlite3: {rows / bare:,.0f} rows a second; ours takes {took / bare:.1f} times that"


def _copied(path: Path) -> float:
    """Seconds to write every row of a database into another with the same tables and indexes."""
    with TemporaryDirectory() as folder, sqlite3.connect(path) as source:
        target = sqlite3.connect(f"{folder}/copy.db")
        target.execute("PRAGMA journal_mode=WAL")
        target.execute("PRAGMA synchronous=NORMAL")
        tables = []
        for kind, name, sql in source.execute(
            "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type = 'trigger'"
        ):
            if kind != "trigger":
                target.execute(sql)
            if kind == "table":
                tables.append(name)
        held = {name: source.execute(f'SELECT * FROM "{name}"').fetchall() for name in tables}
        start = perf_counter()
        with target:
            for name, rows in held.items():
                if rows:
                    places = ", ".join("?" * len(rows[0]))
                    target.executemany(f'INSERT INTO "{name}" VALUES ({places})', rows)
        return perf_counter() - start
