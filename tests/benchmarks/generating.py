"""Making a term's sessions for every class of a large school, beside the same rows written by bare sqlite3."""

import datetime as dt
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from domain.access.uow import unit_of_work
from domain.db.engine import engine
from domain.operations.planning import make_sessions, preview_sessions
from tests.benchmarks.school import database
from tests.conftest import make_school
from tests.factories.rows import Rows

CLASSES, MEETINGS = 140, 2


def run() -> Iterator[str]:
    """Seconds for the preview, for making, for making once more; and the ratio."""
    with database() as path:
        school = make_school()
        with engine().begin() as connection:
            rows = Rows(connection, school.id)
            for at in range(CLASSES):
                klass = rows.add("classes", term_id=school.term, level_id=school.level, name=f"Class {at}", is_active=True)
                for day in range(MEETINGS):
                    start = dt.time(8 + at % 10)
                    times = {"start_time": start, "end_time": start.replace(minute=50)}
                    rows.add("schedules", class_id=klass, day_of_week=1 + (at + 2 * day) % 5, **times)
        times = []
        for _round in range(2):
            start = perf_counter()
            with unit_of_work(school.actor("school")) as session:
                preview = preview_sessions(session, school.term)
            looked = perf_counter()
            with unit_of_work(school.actor("school")) as session:
                made = make_sessions(session, school.term, seen=preview.fingerprint)
            times.append((made, looked - start, perf_counter() - looked))
        (made, looked, took), (again, _looked, once_more) = times
        yield f"{CLASSES} classes: {made:,} sessions looked at in {looked:.2f} s, made in {took:.2f} s"
        yield f"once more: {again} sessions in {once_more:.2f} s"
        bare = _copied(path)
        yield f"the same rows written by bare sqlite3: {bare:.2f} s; ours takes {took / bare:.1f} times that"


def _copied(path: Path) -> float:
    """Seconds to write every session into another database with the same table and indexes."""
    with TemporaryDirectory() as folder, sqlite3.connect(path) as source:
        target = sqlite3.connect(f"{folder}/copy.db")
        target.execute("PRAGMA journal_mode=WAL")
        wanted = "SELECT sql FROM sqlite_master WHERE tbl_name = 'sessions' AND type <> 'trigger' AND sql IS NOT NULL"
        for (sql,) in source.execute(f"{wanted} ORDER BY type DESC"):
            target.execute(sql)
        held = source.execute("SELECT * FROM sessions").fetchall()
        start = perf_counter()
        with target:
            target.executemany(f"INSERT INTO sessions VALUES ({', '.join('?' * len(held[0]))})", held)
        return perf_counter() - start
