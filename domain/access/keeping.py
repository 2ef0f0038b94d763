"""What must hold when a unit of work ends, however it was written: asked once, before its commit, of all that it changed.

Rules that look at several rows at once (a timetable's clashes) can't be asked row by row: a swap of two rooms clashes half-way
and not at its end, and an import would be asked a thousand times.
"""

from collections.abc import Callable, Collection, Sequence

from sqlalchemy.orm import Session

from domain.access.trail.writing import PENDING, Change
from domain.kit.progress import Work, tell

Keeper = Callable[..., None]
KEEPERS: dict[Keeper, Collection[str]] = {}
"""Functions of a session and of the changes in their tables, which raise what refuses these; bound in the registry."""


def keep(session: Session) -> None:
    """Ask every keeper whose tables this unit of work changed."""
    session.flush()
    changes: Sequence[Change] = list(session.info.get(PENDING, ()))
    tell(Work.KEEPING)
    for keeper, tables in KEEPERS.items():
        theirs = [each for each in changes if each.table in tables]
        if theirs:
            keeper(session, theirs)
