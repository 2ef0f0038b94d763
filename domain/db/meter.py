"""What the database is asked meanwhile: statements, how often an answer was waited for, and round trips to a server.

    with metered() as meter:
        page()
    print(meter.statements, meter.round_trips)

Each context counts its own: two threads don't mix, and a meter inside another counts for both.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from sqlalchemy import Engine, event

from domain.db.libsql.trips import counted

CONTROL = ("BEGIN", "COMMIT", "ROLLBACK")  # they ride with what is asked


@dataclass
class Meter:
    """What was asked since this meter began.

    `waits`: how often an answer was waited for, where what is gathered counts once; so it says on a file what a server would
    cost. `round_trips`: what a server did cost; 0 on a file.
    """

    statements: int = 0
    waits: int = 0
    round_trips: int = 0
    began: float = 0.0

    @property
    def milliseconds(self) -> int:
        """How long it is since the meter began."""
        return round((perf_counter() - self.began) * 1000)


@dataclass
class Together:
    """Reads that are gathered: the first statement of each is waited for once, by all of them."""

    is_first: bool = False
    waited: bool = False


_meters: ContextVar[tuple[Meter, ...]] = ContextVar("meters", default=())
_together: ContextVar[Together | None] = ContextVar("together", default=None)


@contextmanager
def metered() -> Iterator[Meter]:
    """Count what this context asks of any database until the end of the block."""
    meter = Meter(began=perf_counter())
    token = _meters.set((*_meters.get(), meter))
    with counted() as trips:
        try:
            yield meter
        finally:
            _meters.reset(token)
            meter.round_trips = trips.count


def is_metered() -> bool:
    """Whether a meter runs in this context."""
    return bool(_meters.get())


@contextmanager
def together() -> Iterator[Together]:
    """For `gather`: the reads that begin in this block are waited for at once.

    Where a read gathers before it has asked anything, its reads join those beside it.
    """
    around = _together.get()
    if around is not None and around.is_first:
        yield around
        return
    own = Together()
    token = _together.set(own)
    try:
        yield own
    finally:
        _together.reset(token)


@event.listens_for(Engine, "after_cursor_execute")
def _asked(_connection: Any, _cursor: Any, statement: str, *_how: Any) -> None:
    meters, gathered = _meters.get(), _together.get()
    if statement.startswith(CONTROL):
        return
    waits = 1
    if gathered is not None and gathered.is_first:
        waits = 0 if gathered.waited else 1
        gathered.is_first, gathered.waited = False, True
    for meter in meters:
        meter.statements += 1
        meter.waits += waits
