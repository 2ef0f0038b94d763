"""The demo school: invented, Brazilian, the same each time for the same day; and a small second one beside it.

`load()` writes both in one transaction. Nobody in it exists, no one has a password, and it says that it is a demo.
"""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date
from time import perf_counter

from sqlalchemy import Connection, select

from domain.access.actor import Actor
from domain.access.trail.writing import Change, append
from domain.core.models import Organization
from domain.db.base import Base, model_of
from domain.db.engine import engine
from domain.demo.accounting import Books
from domain.demo.loading import TableWriter, bulk_connection, indexes_later
from domain.demo.plan import Rows, School
from domain.demo.school import DRAWN, plan
from domain.kit import clock
from domain.kit.errors import DomainError
from domain.kit.texts import N_, _
from domain.registry import GROUPS, group_of

__all__ = ["AlreadyLoaded", "Loaded", "load"]

STUDENTS, NEIGHBOURS = 160, 12
FEWEST, MOST = 12, 50_000
SLUG, NEIGHBOUR_SLUG = "escola-constela-demo", "escola-vizinha-demo"
ROWS_PER_STUDENT = 270  # about; it only paces the bar
MANY = 1_000  # from here on indexes are built at the end
PLANNED = 0.06  # the part of the bar that inventing takes

Progress = Callable[[float, str], None]


class AlreadyLoaded(DomainError):
    """There is a demo school already."""

    source = N_("The demo school is here already. Please sign in to it, or start from an empty database.")


class WrongSize(DomainError):
    """A demo of that size isn't made."""

    source = N_("A demo school has {fewest} to {most} students.")

    def __init__(self) -> None:
        super().__init__(fewest=FEWEST, most=MOST)


@dataclass(frozen=True)
class Loaded:
    """What was written: rows of each table, how long it took, the schools' keys (the main one first)."""

    counts: dict[str, int]
    seconds: float
    organization_ids: tuple[str, ...]

    @property
    def rows(self) -> int:
        """All rows together."""
        return sum(self.counts.values())

    @property
    def rows_per_second(self) -> float:
        """How fast they were invented and written."""
        return self.rows / self.seconds if self.seconds else 0.0


def load(*, students: int = STUDENTS, today: date | None = None, progress: Progress | None = None) -> Loaded:
    """Invent and write the two demo schools as they stand on a day (a school's own today, unless given).

    `progress` hears a fraction from 0 to 1 and a text. Raises AlreadyLoaded or WrongSize, and has then written nothing.
    """
    if not FEWEST <= students <= MOST:
        raise WrongSize
    tell = progress or (lambda _fraction, _text: None)
    day = today or clock.today(clock.zone_of(None))
    started = perf_counter()
    with bulk_connection(engine()) as connection:
        schools_table = Base.metadata.tables[Organization.__tablename__]
        taken = select(schools_table.c.id).where(schools_table.c.slug.in_([SLUG, NEIGHBOUR_SLUG]))
        if connection.execute(taken).first():
            raise AlreadyLoaded
        tell(0.0, _("Inventing people, classes and lessons"))
        schools = (
            plan(name="Escola Constela (demonstração)", slug=SLUG, box="demo", size=students, today=day),
            plan(name="Escola Vizinha (demonstração)", slug=NEIGHBOUR_SLUG, box="vizinha", size=NEIGHBOURS, today=day, years=2),
        )
        with indexes_later(connection) if students >= MANY else nullcontext():
            counts = _write(connection, schools, tell, students * ROWS_PER_STUDENT)
    tell(1.0, _("The demo school is ready"))
    return Loaded(counts, perf_counter() - started, tuple(school.id for school in schools))


def _title(table: str) -> str:
    """The department that a table belongs to; what is in none goes by its own name."""
    grouped = any(table in group.tables for group in GROUPS.values())
    return group_of(table).title if grouped else model_of(table).__title__


def _write(connection: Connection, schools: tuple[School, ...], tell: Progress, expected: int) -> dict[str, int]:
    counts: dict[str, int] = {}
    loaded: dict[str, list[Change]] = {school.id: [] for school in schools}
    books = {school.id: Books(school) for school in schools}
    written = 0
    for table in Base.metadata.sorted_tables:
        if not (table.name in DRAWN or hasattr(Books, table.name)):
            continue
        text = _("Writing: {part}").format(part=_(_title(table.name)))
        writer = TableWriter(table.info["model"], connection.dialect)
        for school in schools:
            drawn: Rows = DRAWN[table.name](school) if table.name in DRAWN else getattr(books[school.id], table.name)()
            of_school = 0
            for count in writer.write(connection, drawn, school.id):
                of_school += count
                written += count
                tell(min(0.99, PLANNED + (1 - PLANNED) * written / expected), text)
            if of_school:
                counts[table.name] = counts.get(table.name, 0) + of_school
                loaded[school.id].append(Change("C", table.name, (), of_school))
    for each in books.values():
        each.post(connection)
    for school_id, changes in loaded.items():  # not row by row: how many rows of each table the demo made is enough to say
        append(connection, Actor.system(school_id, "demo"), changes)
    return counts
