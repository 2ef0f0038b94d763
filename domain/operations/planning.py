"""A term's sessions made from its pattern: looked at first, then made, all or nothing.

What is done is what was looked at: where something has changed in between, nothing is done, and it is looked at again.
"""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from domain.access import bulk
from domain.access.decide import decide
from domain.access.uow import ScopedSession
from domain.kit.errors import DomainError, NotAllowed
from domain.kit.ids import new_id
from domain.kit.texts import N_
from domain.operations import planning_queries as queries
from domain.operations.booked import Booking
from domain.operations.enums import SessionStatus
from domain.operations.generating import Plan, generate
from domain.operations.models import ClassSession, Schedule
from domain.outbox.people import Told

NEW = "new"  # the key of a weekly meeting that isn't there yet


class LookAgain(DomainError):
    """What was looked at isn't what would be done now."""

    source = N_("Something has changed since you looked. Nothing was done: please look again.")


@dataclass(frozen=True)
class Preview:
    """What would be done, the names of the classes that it is about, and those of them that meet on no weekday.

    `told`: who would be told. `booked`: who comes to try one of the sessions that would go or move. `pinned`: how many sessions
    that were held keep the teacher and room that they had.
    """

    plan: Plan
    names: Mapping[str, str]
    without_week: tuple[str, ...] = ()
    told: tuple[Told, ...] = ()
    pinned: int = 0
    booked: tuple[Booking, ...] = ()

    @property
    def may_go_along(self) -> tuple[Booking, ...]:
        """Those of who is booked who may go along where their session goes."""
        moving = {each.key for each, _goal in self.plan.change}
        return tuple(each for each in self.booked if each.may_go_along and each.session_id in moving)

    @property
    def fingerprint(self) -> str:
        """The same for the same doings."""
        return f"{self.plan.fingerprint}-{self.pinned}-{len(self.booked)}"


def preview_sessions(
    session: ScopedSession, term_id: str, classes: Collection[str] | None = None, *, since: dt.date | None = None
) -> Preview:
    """What a term's pattern adds: of all its active classes, or of some; from a day on, where one is given. NotFound."""
    term = queries.term_at(session, term_id)
    known = queries.classes_of(session, term.id)
    chosen = [key for key in known if classes is None or key in set(classes)]
    pattern = queries.pattern_of(session, chosen)
    made, closed = queries.made_of(session, chosen), queries.closed_between(session, term.first, term.last)
    plan = generate(pattern.values(), made, closed, since=since or dt.date.min)
    meeting = {each.class_id for each in pattern.values()}
    return Preview(
        plan,
        {key: known[key] for key in chosen},
        tuple(known[key] for key in chosen if key not in meeting),
    )


def make_sessions(
    session: ScopedSession,
    term_id: str,
    classes: Collection[str] | None = None,
    *,
    since: dt.date | None = None,
    seen: str | None = None,
) -> int:
    """Make what `preview_sessions` shows; how many. `seen`: the fingerprint of what was looked at. LookAgain, NotAllowed."""
    require_planner(session, "C")
    preview = preview_sessions(session, term_id, classes, since=since)
    require_same(preview, seen)
    add_sessions(session, preview.plan)
    return len(preview.plan.add)


def add_sessions(session: ScopedSession, plan: Plan, new: str = "") -> None:
    """Make what a plan adds. `new`: the key of the weekly meeting that the plan calls NEW."""
    rows = [
        {
            "id": new_id(),
            "class_id": slot.weekly.class_id,
            "date": slot.day,
            "start_time": slot.weekly.start,
            "end_time": slot.weekly.end,
            "status": SessionStatus.SCHEDULED,
            "schedule_id": new if slot.weekly.key == NEW else slot.weekly.key,
            "planned_for": slot.day,
        }
        for slot in plan.add
    ]
    if rows:
        bulk.insert_rows(session, ClassSession, rows)


def require_same(preview: Preview, seen: str | None) -> None:
    """Raise LookAgain if what would be done isn't what was looked at."""
    if seen is not None and seen != preview.fingerprint:
        raise LookAgain


def require_planner(session: ScopedSession, action: str) -> None:
    """Planning is coordination's: a teacher may change sessions, not the pattern."""
    if not decide(session.actor, action, Schedule):
        raise NotAllowed("schedules")
