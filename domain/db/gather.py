"""Reads that don't depend on each other, asked at once.

    people, rooms = gather(session, lambda: names_of(session, User), lambda: names_of(session, Room))

On a file each is simply run. Towards a server a read is first run as far as its first statement, which is noted; then all noted
statements travel in one request, and each read is run again, its first statement answered from what came back. What a read asks
after that is asked as usual. Gathering may be nested: what a read gathers first of all travels with the rest.

So a read's code before its first statement may run twice, and must ask the same both times: no effects, no clock, no random.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar, overload, runtime_checkable

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from domain.db.libsql.dbapi import Recorded
from domain.db.meter import together

_PLAN, _NOTING = "gathered before", "gathering now"

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")
E = TypeVar("E")
Read = Callable[[], Any]


@runtime_checkable
class Prefetching(Protocol):
    """A driver's connection that can note reads instead of running them, and run what was noted in one request."""

    def recording(self) -> AbstractContextManager[None]:
        """While this lasts, a read raises `Recorded`, which holds its statement."""

    def prefetch(self, recorded: Sequence[Recorded]) -> None:
        """Ask all of them at once; each answer is kept for the next execution of its statement."""


@dataclass(frozen=True)
class _Done:
    """A read that asked nothing: it isn't run again."""

    value: Any


class _Noted(Exception):
    """A read came to a gathering of its own, whose first statements are noted."""

    def __init__(self, plan: list[Any]) -> None:
        super().__init__()
        self.plan = plan


@overload
def gather(session: Session, first: Callable[[], A], second: Callable[[], B], /) -> tuple[A, B]: ...
@overload
def gather(session: Session, first: Callable[[], A], second: Callable[[], B], third: Callable[[], C], /) -> tuple[A, B, C]: ...
@overload
def gather(
    session: Session, first: Callable[[], A], second: Callable[[], B], third: Callable[[], C], fourth: Callable[[], D], /
) -> tuple[A, B, C, D]: ...
@overload
def gather(
    session: Session,
    first: Callable[[], A],
    second: Callable[[], B],
    third: Callable[[], C],
    fourth: Callable[[], D],
    fifth: Callable[[], E],
    /,
) -> tuple[A, B, C, D, E]: ...
@overload
def gather(session: Session, /, *reads: Callable[[], A]) -> tuple[A, ...]: ...
def gather(session: Session, /, *reads: Read) -> tuple[Any, ...]:
    """What each read gives, in their order. A read's error is raised as it is, the first one's first."""
    plan = session.info.pop(_PLAN, None)
    if plan is not None:
        return _finish(session, reads, plan)
    connection = session.connection().connection.driver_connection
    if not isinstance(connection, Prefetching):
        return _finish(session, reads, [None] * len(reads))
    if session.info.get(_NOTING):
        plan = _note(reads)
        if all(isinstance(each, _Done) for each in plan):
            return tuple(each.value for each in plan)
        raise _Noted(plan)
    session.info[_NOTING] = True
    try:
        with connection.recording():
            plan = _note(reads)
    finally:
        del session.info[_NOTING]
    recorded = list(_recorded(plan))
    if len(recorded) > 1:
        connection.prefetch(recorded)
    return _finish(session, reads, plan)


def _note(reads: Sequence[Read]) -> list[Any]:
    """How far each read comes without an answer."""
    plan: list[Any] = []
    for read in reads:
        try:
            plan.append(_Done(read()))
        except (Recorded, _Noted) as noted:
            plan.append(noted)
    return plan


def _recorded(plan: Sequence[Any]) -> Iterator[Recorded]:
    for each in plan:
        if isinstance(each, _Noted):
            yield from _recorded(each.plan)
        elif isinstance(each, Recorded):
            yield each


def _finish(session: Session, reads: Sequence[Read], plan: Sequence[Any]) -> tuple[Any, ...]:
    """Run the reads that have asked something, each told what its own gathering noted."""
    found, asked = [], False
    with together() as joined:
        try:
            for read, noted in zip(reads, plan, strict=True):
                if isinstance(noted, _Done):
                    found.append(noted.value)
                    continue
                session.info[_PLAN] = noted.plan if isinstance(noted, _Noted) else None
                joined.is_first = True
                found.append(read())
                asked = asked or not joined.is_first
        finally:
            session.info.pop(_PLAN, None)
            joined.is_first = not asked
    return tuple(found)


def state_of_data(bind: Engine) -> int | None:
    """How far a server's log had come at its last answer: while the number stays, nothing has been written.

    None where that isn't known: on a file, and where a replica is read, which says nothing of its primary.
    """
    with closing(bind.raw_connection()) as pooled:
        cluster = getattr(pooled.driver_connection, "cluster", None)
    found: int | None = None if cluster is None or cluster.primary is not None else cluster.known()
    return found
