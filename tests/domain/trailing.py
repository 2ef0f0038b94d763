"""The trail as tests read it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, event

from domain.access.actor import Actor
from domain.access.trail.integrity import Chain, Fault, Head, verify
from domain.access.trail.reading import Past, history
from domain.access.trail.writing import Written, written
from domain.access.uow import ScopedSession, reading, unit_of_work
from domain.db.base import Base
from domain.db.engine import engine
from domain.records.undo import undo
from tests.conftest import School
from tests.factories.rows import Rows


def another_school() -> Actor:
    """A job at another school in the same database."""
    with engine().begin() as connection:
        return Actor.system(Rows(connection).organization_id, "test")


def asked(statement: str, *parameters: Any) -> list[dict[str, Any]]:
    with engine().connect().execution_options(libsql_readonly=True) as connection:
        return [dict(row) for row in connection.exec_driver_sql(statement, parameters).mappings()]


def entries(school: str, *, after: int = 0) -> list[dict[str, Any]]:
    wanted = "SELECT * FROM trail_entries WHERE organization_id = ? AND number > ? ORDER BY number"
    return asked(wanted, school, after)


def last_number(school: School) -> int:
    return int(asked("SELECT max(number) AS number FROM trail_entries WHERE organization_id = ?", school.id)[0]["number"])


def done(actor: Actor, act: Callable[[ScopedSession], object]) -> Written:
    """What someone does in one unit of work, as they may undo it."""
    with unit_of_work(actor) as session:
        act(session)
    found = written(session)
    assert found is not None
    return found


def undone(actor: Actor, what: Written) -> int:
    with unit_of_work(actor) as session:
        return undo(session, what)


def told(actor: Actor, model: type[Base], key: str) -> list[Past]:
    with reading(actor) as session:
        return history(session, model, key)


def difference(past: Past) -> dict[str, tuple[Any, Any]]:
    return {each.column: (each.before, each.after) for each in past.differences}


def chains(connection: Connection | None = None, expected: dict[str, Head] | None = None) -> list[Chain]:
    if connection is not None:
        return list(verify(connection, expected))
    with engine().connect().execution_options(libsql_readonly=True) as opened:
        return list(verify(opened, expected))


def faults(connection: Connection | None = None, expected: dict[str, Head] | None = None) -> list[Fault]:
    return [fault for chain in chains(connection, expected) for fault in chain.faults]


@contextmanager
def statements() -> Iterator[list[str]]:
    """What is asked of the database meanwhile, statement by statement."""
    found: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        found.append(statement)

    event.listen(engine(), "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine(), "before_cursor_execute", note)
