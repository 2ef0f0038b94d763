"""Sessions to come that stand on days on which the school is closed: they were made before it was. Found by day, cancelled in
one go."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import exists, or_, select

from domain.access import bulk
from domain.access.uow import ScopedSession
from domain.core.closing import ClosedDay
from domain.kit import clock
from domain.operations import planning_queries as queries
from domain.operations.booked import booked_on, tell_keepers
from domain.operations.class_people import people_of
from domain.operations.enums import SessionStatus
from domain.operations.meetings import CANCELLED, reason_for
from domain.operations.models import Attendance, ClassSession, SchoolClass
from domain.operations.planning import LookAgain, require_planner
from domain.outbox.people import audiences
from domain.outbox.service import tell_each


@dataclass(frozen=True)
class Standing:
    """A session to come without attendance."""

    id: str
    class_id: str
    class_name: str
    start: dt.time
    end: dt.time
    substitute: str | None = None


@dataclass(frozen=True)
class ClosedWith:
    """A closed day, the sessions that stand on it all the same, and how many people they concern."""

    closed: ClosedDay
    sessions: tuple[Standing, ...]
    people: int

    @property
    def classes(self) -> dict[str, str]:
        """Names of the classes that meet on it, by key."""
        return {each.class_id: each.class_name for each in self.sessions}


def standing_on_closed(
    session: ScopedSession, first: dt.date, last: dt.date, classes: Collection[str] | None = None
) -> list[ClosedWith]:
    """Closed days from `first` to `last` on which sessions are to come: of all classes, or of some."""
    closed = queries.closed_between(session, max(first, clock.today(session.actor.zone)), last)
    found = _standing(session, closed, classes)
    people = people_of(session, {each.class_id for some in found.values() for each in some})
    concerned = [[who for key in {each.class_id for each in some} for who in people.get(key, ())] for some in found.values()]
    counts = map(len, audiences(session, concerned))
    return [ClosedWith(closed[day], tuple(some), count) for (day, some), count in zip(found.items(), counts, strict=True)]


def _standing(
    session: ScopedSession, days: Collection[dt.date], classes: Collection[str] | None = None
) -> dict[dt.date, list[Standing]]:
    moment = clock.wall(clock.now(), session.actor.zone)
    marked = exists(select(Attendance.id).where(Attendance.session_id == ClassSession.id))
    columns = (ClassSession.date, ClassSession.id, ClassSession.class_id, SchoolClass.name)
    statement = (
        select(*columns, ClassSession.start_time, ClassSession.end_time, ClassSession.teacher_id)
        .join(SchoolClass, SchoolClass.id == ClassSession.class_id)
        .where(
            ClassSession.date.in_(list(days)),
            ClassSession.status == SessionStatus.SCHEDULED,
            or_(ClassSession.date > moment.date(), ClassSession.start_time > moment.time()),
            ~marked,
        )
        .order_by(ClassSession.date, ClassSession.start_time, SchoolClass.name)
    )
    found: dict[dt.date, list[Standing]] = {}
    for day, key, class_id, name, start, end, substitute in session.execute(statement):
        if classes is None or class_id in classes:
            found.setdefault(day, []).append(Standing(key, class_id, name, start, end, substitute))
    return found


def cancel_standing(
    session: ScopedSession, day: dt.date, keys: Sequence[str], *, reason: str, quiet: Collection[str] = ()
) -> None:
    """Cancel these sessions of a closed day, all or none, and tell those whom they concern.

    `quiet`: classes of which nobody is told. LookAgain where one of the sessions isn't to come any more, or the school is open
    then; InvalidInput at "reason"; NotAllowed.
    """
    there = {each.id: each for some in _standing(session, queries.closed_between(session, day, day)).values() for each in some}
    if not there.keys() >= set(keys):
        raise LookAgain
    require_planner(session, "U")
    said, booked = reason_for(reason), booked_on(session, keys)
    bulk.update_rows(session, ClassSession, keys, {"status": SessionStatus.CANCELLED, "reason": said})
    loud = [there[key] for key in keys if there[key].class_id not in quiet]
    people = people_of(session, {each.class_id for each in loud})
    told = [
        (
            [*people.get(each.class_id, ()), *([each.substitute] if each.substitute else ())],
            {"klass": each.class_name, "day": day, "time": each.start, "reason": said},
            ("sessions", each.id),
        )
        for each in loud
    ]
    everyone = {one.id for some in audiences(session, [each[0] for each in told]) for one in some}
    tell_each(session, told, "session_cancelled", CANCELLED, only=everyone - {session.actor.user_id})
    tell_keepers(session, [each for each in booked if each.session_id in {one.id for one in loud}], {}, None)
