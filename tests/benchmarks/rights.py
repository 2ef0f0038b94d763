"""What the rights cost on a table page: its reads as each role, beside the same statements without any right.

Beside them means: the same columns, order and page through a bare SQLAlchemy session, once with the school as the only condition,
once with none. All three are taken in turn, round by round, so that a busy machine slows all alike; printed are the ratios of the
fastest rounds and of the medians. On a file the processor's time is taken, which others on the machine hardly change;
towards a server the time on the clock. Where a role reads few rows, the bare statements count and sort many more than it.
"""

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from domain.access.actor import Actor
from domain.access.decide import decide
from domain.access.roles import Role
from domain.access.uow import reading
from domain.db.base import Base, model_of
from domain.db.engine import engine
from domain.db.gather import gather
from domain.db.meter import metered
from domain.migrations.state import upgrade
from domain.records import query
from domain.records.query import View, list_page
from tests.benchmarks.school import database
from tests.engine.servers import Sqld

TABLES = ("attendance", "sessions", "enrollments", "users", "invoices")
ROUNDS = 21
LARGEST = "SELECT organization_id FROM attendance GROUP BY 1 ORDER BY count(*) DESC"
# The person of each role who sees most.
BUSIEST = {
    Role.STUDENT: "SELECT user_id FROM attendance WHERE organization_id = :school GROUP BY 1 ORDER BY count(*) DESC, 1",
    Role.TEACHER: "SELECT teacher_id FROM classes WHERE organization_id = :school AND teacher_id IS NOT NULL "
    "GROUP BY 1 ORDER BY count(*) DESC, 1",
    Role.PARENT: "SELECT parent_id FROM families WHERE organization_id = :school AND access = 'all' "
    "GROUP BY 1 ORDER BY count(*) DESC, 1",
}
ANYONE = "SELECT user_id FROM user_roles WHERE organization_id = :school AND role = :role ORDER BY 1"


def run() -> Iterator[str]:
    """A line for each table and role that reads it, on a file and on a server."""
    from domain import demo

    with database():
        rows = sum(demo.load().counts.values())
        yield f"On a file, {rows:,} rows:"
        yield from _compared(process_time)
    with TemporaryDirectory() as folder, Sqld(Path(folder)) as server, _at(server.url):
        upgrade()
        demo.load()
        yield "On a server:"
        yield from _compared(perf_counter)


@contextmanager
def _at(url: str) -> Iterator[None]:
    before = os.environ.get("TURSO_DATABASE_URL")
    os.environ["TURSO_DATABASE_URL"] = url
    try:
        yield
    finally:
        engine().dispose()
        if before is None:
            del os.environ["TURSO_DATABASE_URL"]
        else:
            os.environ["TURSO_DATABASE_URL"] = before


def _actors() -> dict[Role, Actor]:
    with engine().connect() as connection:
        school = str(connection.execute(text(LARGEST)).scalars().first())
        found = {}
        for role in Role:
            asked, given = text(BUSIEST.get(role, ANYONE)), {"school": school}
            person = connection.execute(asked, given if role in BUSIEST else given | {"role": str(role)}).scalars().first()
            found[role] = Actor(school, str(person), role, (role,))
    return found


def _compared(clock: Callable[[], float]) -> Iterator[str]:
    worst, people = 0.0, _actors()
    for table in TABLES:
        model = model_of(table)
        for role, actor in people.items():
            if not decide(actor, "R", model):
                continue
            ways: dict[str, Callable[[], int]] = {
                "rights": lambda actor=actor, model=model: _with_rights(actor, model),  # type: ignore[misc]
                "school": lambda actor=actor, model=model: _bare(actor, model, within=True),  # type: ignore[misc]
                "nothing": lambda actor=actor, model=model: _bare(actor, model, within=False),  # type: ignore[misc]
            }
            costs = {name: _counted(way) for name, way in ways.items()}
            times = _timed(ways, clock)
            least = {name: min(each) for name, each in times.items()}
            usual = {name: median(each) for name, each in times.items()}
            worst = max(worst, least["rights"] / least["school"])
            with_rights, without = costs["rights"], costs["school"]
            yield (
                f"  {table:12} {role:8} {with_rights[0]:6,} of {without[0]:6,} rows; "
                f"statements {with_rights[1]} and {without[1]}, round trips {with_rights[2]} and {without[2]}; "
                f"{least['rights'] * 1000:6.1f} ms, "
                f"of the school's {least['rights'] / least['school']:.2f} (median {usual['rights'] / usual['school']:.2f}), "
                f"of nothing's {least['rights'] / least['nothing']:.2f} (median {usual['rights'] / usual['nothing']:.2f})"
            )
    yield f"  the highest ratio to the school's condition alone: {worst:.2f}"


def _with_rights(actor: Actor, model: type[Base]) -> int:
    with reading(actor) as session:
        return list_page(session, model, View()).total


class _Bare(Session):
    """A session that adds nothing to a statement: what reads through it does all its own work, without the rights."""

    actor = Actor("", role=Role.SCHOOL)  # no mask stands in this role's way


def _bare(actor: Actor, model: type[Base], *, within: bool) -> int:
    """The page's statements as they are before the rights are added, asked together and made into rows as the page does."""
    with _Bare(engine().execution_options(libsql_readonly=True)) as session:
        asking: Any = session
        rows = query._rows(asking, model, None).order_by(*query.order(asking, model, "")).limit(View().size)
        total = select(func.count()).select_from(model)
        if within:
            school: Any = getattr(model, "organization_id", model.id)
            rows, total = rows.where(school == actor.organization_id), total.where(school == actor.organization_id)
        found, _rows = gather(session, lambda: session.scalar(total) or 0, lambda: query.read_rows(asking, model, rows, None))
    return found


def _counted(way: Callable[[], int]) -> tuple[int, int, int]:
    """Rows that there are for it, statements, and round trips (0 on a file)."""
    way()
    with metered() as meter:
        found = way()
    return found, meter.statements, meter.round_trips


def _timed(ways: dict[str, Callable[[], int]], clock: Callable[[], float]) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {name: [] for name in ways}
    gc.collect()
    gc.disable()
    for number in range(ROUNDS):
        names = list(ways)
        for name in names[number % 3 :] + names[: number % 3]:
            start = clock()
            ways[name]()
            found[name].append(clock() - start)
    gc.enable()
    return found
