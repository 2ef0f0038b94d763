"""An import of 100,000 marks of attendance with rights, validation and trail, part by part, beside bare sqlite3.

Bare sqlite3 writes the very same rows of `attendance` into a database with the same tables, indexes and triggers; then those
of the trail as well, which are as many again. Both are run in turn with ours, and the ratio is of the fastest of each. The
processor's time is taken, which others on the machine hardly change.
"""

import datetime as dt
import gc
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any

from sqlalchemy import insert

from domain.access.keeping import keep
from domain.access.roles import Role
from domain.access.uow import unit_of_work
from domain.db.base import model_of
from domain.db.engine import engine
from domain.exchange.imports.draft import Options
from domain.exchange.imports.plan import counted, opened, planned
from domain.exchange.imports.writing import write
from tests.benchmarks.school import database
from tests.conftest import School, make_school
from tests.factories.rows import Rows

CLASSES, STUDENTS, SESSIONS = 40, 50, 50
ROWS = CLASSES * STUDENTS * SESSIONS
TRAIL = ("trail_entries", "trail_values")
ROUNDS = 3
FIRST = dt.date(2026, 2, 2)


def run() -> Iterator[str]:
    """Seconds of each part, rows a second, and the ratios."""
    with database() as path:
        school = make_school()
        data = _filled(school)
        yield f"{ROWS:,} rows of attendance, {len(data) / 1e6:.1f} MB of CSV: class, date, time, e-mail, status"
        parts: dict[str, list[float]] = {}
        bare: dict[str, list[float]] = {}
        for _round in range(ROUNDS):
            for name, took in _ours(school, data).items():
                parts.setdefault(name, []).append(took)
            for name, took in _bare(path).items():
                bare.setdefault(name, []).append(took)
        for name, each in parts.items():
            yield f"  {name:46} {min(each):6.2f} s, {ROWS / min(each):9,.0f} rows a second (median {median(each):.2f} s)"
        for name, each in bare.items():
            yield f"  {'bare sqlite3, ' + name:46} {min(each):6.2f} s, {ROWS / min(each):9,.0f} rows a second"
        writing = min(one + two for one, two in zip(parts[WRITING], parts[COMMITTING], strict=True))
        yield f"  the writing path (rows, rights, trail, commit): {ROWS / writing:,.0f} rows a second"
        for name, each in bare.items():
            once, whole = min(each), min(parts[ALL])
            yield f"  beside bare sqlite3's {name}: the writing {writing / once:.1f} times, all of it {whole / once:.1f} times"


READING, PLANNING, WRITING = "reading the file", "validating, resolving, matching", "writing rows, asking rights, noting"
ALL = "all of it"
KEEPING, COMMITTING = "what must hold at the end (keepers)", "writing the trail, committing"


def _ours(school: School, data: bytes) -> dict[str, float]:
    model, took = model_of("attendance"), dict[str, float]()
    gc.collect()
    start = process_time()

    def lap(name: str) -> None:
        nonlocal start
        took[name] = process_time() - start
        start = process_time()

    sheet = opened(model, data, Options())
    lap(READING)
    try:
        with unit_of_work(school.actor(Role.SCHOOL)) as session:
            draft = planned(session, model, sheet, Options())
            assert counted(draft).added == ROWS, draft.troubles.kept[:3]
            lap(PLANNING)
            write(draft)
            assert not draft.troubles.errors
            lap(WRITING)
            keep(session)
            lap(KEEPING)
            session.commit()
            lap(COMMITTING)
            took[ALL] = sum(took.values())
    finally:
        _keep_for_the_bare(school)
    return took


def _keep_for_the_bare(school: School) -> None:
    """Take the rows out again; a copy of them is what bare sqlite3 writes."""
    path = str(engine().url.database)
    engine().dispose()
    with closing(sqlite3.connect(path)) as connection, connection:
        _copied[:] = [connection.execute("SELECT * FROM attendance").fetchall()]
        _copied.extend(connection.execute(f"SELECT * FROM {table}").fetchall() for table in TRAIL)
        connection.execute("DELETE FROM attendance")
        connection.execute("UPDATE sessions SET status = 'scheduled'")
        for table in TRAIL:
            there = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?"
            for name, sql in connection.execute(there, [table]).fetchall():
                _triggers[name] = sql
                connection.execute(f"DROP TRIGGER {name}")
        for table in TRAIL[::-1]:
            connection.execute(f"DELETE FROM {table}")
        for sql in _triggers.values():
            connection.execute(sql)


_copied: list[list[tuple[Any, ...]]] = []
_triggers: dict[str, str] = {}


def _bare(path: Path) -> dict[str, float]:
    """Seconds of sqlite3's executemany for the same rows, with foreign keys, in one transaction each."""
    return {
        "the rows alone": _written(path, [("attendance", _copied[0])]),
        "the rows and the trail's": _written(path, list(zip(("attendance", *TRAIL), _copied, strict=True))),
    }


def _written(path: Path, work: list[tuple[str, list[tuple[Any, ...]]]]) -> float:
    with TemporaryDirectory() as folder:
        copy = Path(folder) / "copy.db"
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
        with closing(sqlite3.connect(copy, isolation_level=None)) as target:
            for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL"):
                target.execute(f"PRAGMA {pragma}")
            gc.collect()
            start = process_time()
            target.execute("BEGIN IMMEDIATE")
            for table, rows in work:
                if rows:
                    target.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)
            target.execute("COMMIT")
            return process_time() - start


def _filled(school: School) -> bytes:
    """Classes with students and sessions that are over, and the file of who was there."""
    lines = ["Class,Date,Begins,E-mail,Attendance"]
    days = [FIRST + dt.timedelta(days=each) for each in range(SESSIONS)]
    with engine().begin() as connection:
        made = Rows(connection, school.id)
        rows: dict[str, list[dict[str, Any]]] = {"users": [], "classes": [], "enrollments": [], "sessions": []}
        moment = dt.datetime(2026, 1, 15, 12, tzinfo=dt.UTC)
        given = {"term_id": school.term, "level_id": school.level}
        for number in range(CLASSES):
            klass = made.values("classes", **given, name=f"English {number:03}", max_students=STUDENTS)
            rows["classes"].append(klass)
            for each in range(STUDENTS):
                mail = f"student{number:03}{each:03}@example.com"
                person = made.values("users", first_name="Ana", last_name=f"Lima {number} {each}", role="student", email=mail)
                place = {"user_id": person["id"], "class_id": klass["id"], "enrolled_at": moment}
                rows["users"].append(person)
                rows["enrollments"].append(made.values("enrollments", **place))
            for day in days:
                times = {"start_time": dt.time(8), "end_time": dt.time(9, 30)}
                rows["sessions"].append(made.values("sessions", class_id=klass["id"], date=day, **times))
            people = [f"student{number:03}{each:03}@example.com" for each in range(STUDENTS)]
            for day in days:
                where = f"English {number:03},{day:%d/%m/%Y},8:00"
                lines += [f"{where},{mail},{'Absent' if at % 9 == 0 else 'Present'}" for at, mail in enumerate(people)]
        for table, some in rows.items():
            connection.execute(insert(model_of(table).__table__), some)
        connection.exec_driver_sql("ANALYZE")
    return "\n".join(lines).encode()
