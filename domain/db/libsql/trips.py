"""How many round trips to a server somebody waited for: what a remote database costs a page."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass
class Trips:
    """`count`: requests sent and waited for, failed ones among them."""

    count: int = 0


_counting: ContextVar[tuple[Trips, ...]] = ContextVar("libsql_trips", default=())


@contextmanager
def counted() -> Iterator[Trips]:
    """Count the round trips of this thread (or task) until the block ends; blocks may lie in one another."""
    trips = Trips()
    token = _counting.set((*_counting.get(), trips))
    try:
        yield trips
    finally:
        _counting.reset(token)


def add() -> None:
    """One more round trip is about to be waited for."""
    for trips in _counting.get():
        trips.count += 1
