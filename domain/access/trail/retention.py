"""Retention, once a day for each school: whichever process comes first does it, and the others find that it is done.

A school's turn and its emptying are one transaction, so a process that dies in between leaves neither.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, insert, select, update

from domain.access.actor import Actor
from domain.access.trail.emptying import JOB, SCHOOL, keep_to_settings
from domain.access.trail.models import RetentionRun
from domain.db.base import Base
from domain.db.engine import engine
from domain.kit.clock import now
from domain.kit.ids import new_id

EVERY = timedelta(days=1)
LATE = timedelta(days=2)  # what should have run and hasn't for so long is a fault


def due() -> list[str]:
    """The schools whose turn it is. Takes no write lock."""
    with engine().connect().execution_options(libsql_readonly=True) as connection:
        return _due(connection)


def keep(school: str, *, anyway: bool = False) -> int | None:
    """Erase what a school's settings ask for; of how many records. None where another process has done it (but `anyway`)."""
    with engine().begin() as connection:
        if not anyway and school not in _due(connection):
            return None
        count = keep_to_settings(connection, Actor.system(school, JOB))
        _note(connection, school, count)
        return count


def last_run(connection: Connection) -> datetime | None:
    """When every school had its turn for the last time; None while one of them never had."""
    schools, runs = Base.metadata.tables[SCHOOL], RetentionRun.__table__
    waiting = select(schools.c.id).where(schools.c.id.not_in(select(runs.c.organization_id))).limit(1)
    if connection.execute(waiting).first() is not None:
        return None
    found: datetime | None = connection.execute(select(func.min(runs.c.at))).scalar()
    return found


def _due(connection: Connection) -> list[str]:
    schools, runs = Base.metadata.tables[SCHOOL], RetentionRun.__table__
    done = select(runs.c.organization_id).where(runs.c.at > now() - EVERY)
    found: Sequence[str] = connection.execute(select(schools.c.id).where(schools.c.id.not_in(done))).scalars().all()
    return sorted(found)


def _note(connection: Connection, school: str, count: int) -> None:
    runs = RetentionRun.__table__
    said = {"at": now(), "records": count}
    if not connection.execute(update(runs).where(runs.c.organization_id == school).values(**said)).rowcount:
        connection.execute(insert(runs).values(id=new_id(), organization_id=school, **said))
