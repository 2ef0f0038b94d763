"""What happens to one dated session: cancelled, moved, given to a substitute, made up for; each with its reason, and those whom
it concerns told.

Whom it concerns: the class's students and the guardians who may see them, its teacher, and who stands in. Whoever does it sees
them first and may leave some out. A session that was held or has attendance stays as it is. What clashes is refused by the
keeping of the timetable, when the unit of work ends.
"""

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select

from domain.access.uow import ScopedSession
from domain.core.closing import ClosedDay
from domain.db.errors import REQUIRED
from domain.kit.errors import DomainError, InvalidInput, NotAllowed, NotFound, Problem
from domain.kit.texts import N_
from domain.operations import planning_queries as queries
from domain.operations.booked import booked_on, take_along, tell_keepers
from domain.operations.class_people import people_of, require_teacher
from domain.operations.enums import SessionStatus
from domain.operations.meeting_state import concerned, find, may_change, may_make
from domain.operations.models import ClassSession, SchoolClass
from domain.outbox.service import tell
from domain.records import write
from domain.records.check import require
from domain.records.labels import label_of_key, show_label

CANCELLED = N_("{klass} on {day} at {time} is cancelled. Why: {reason}")
MOVED = N_("{klass} on {day} at {time} moves to {new_day} at {new_time}. Why: {reason}")
SUBSTITUTED = N_("{klass} on {day} at {time} is given by {teacher}. Why: {reason}")
GIVEN_BACK = N_("{teacher} gives {klass} on {day} at {time} again. Why: {reason}")
WITHOUT_TEACHER = N_("{klass} on {day} at {time} has no teacher yet. Why: {reason}")
MADE_UP = N_("{klass} meets on {new_day} at {new_time}, in place of {day} at {time}.")
SAME = N_("The session is there already: please choose another day or time.")
CLOSED = N_("The school is closed on {day}.")
CLOSED_FOR = N_("The school is closed on {day}: {name}.")
MADE_UP_ALREADY = N_("There is a session already that makes up for this one.")


class Settled(DomainError):
    """The session was held, has attendance or is cancelled: nothing can be done with it any more."""

    source = N_("This session was held, has attendance or is cancelled: it stays as it is.")


class NotCancelled(DomainError):
    """Only a session that is cancelled is made up for."""

    source = N_("Only a cancelled session can be made up for.")


def cancel(session: ScopedSession, key: str, *, reason: str, telling: Collection[str] | None = None) -> None:
    """Cancel a session, and tell those whom it concerns. `telling`: who of them; all without it.

    InvalidInput at "reason", NotFound, NotAllowed, Settled.
    """
    record, name = _loose(session, key)
    said = reason_for(reason)
    params, booked = _params(record, name, said), booked_on(session, [key])
    write.update(
        session,
        ClassSession,
        record.id,
        {"status": SessionStatus.CANCELLED, "reason": said},
        version=record.row_version,
        opened={},
    )
    _tell(session, record, "session_cancelled", (CANCELLED, params), telling)
    tell_keepers(session, booked, {}, telling)


def move(
    session: ScopedSession,
    key: str,
    *,
    day: dt.date | None,
    start: dt.time | None,
    end: dt.time | None,
    reason: str,
    room_id: str | None = None,
    telling: Collection[str] | None = None,
    taking_along: bool = True,
) -> None:
    """Have a session at another time. `room_id`: where it meets then; None for the class's own room. `taking_along`: whether who
    is booked on it goes with it, as far as the actor may say so.

    InvalidInput at "date", "start_time", "end_time", "room_id", "reason"; NotFound, NotAllowed, Settled; Refused for a clash.
    """
    record, name = _loose(session, key)
    wanted = {"date": day, "start_time": start, "end_time": end, "room_id": room_id, "reason": _tidy(reason)}
    values = _checked(session, record, wanted)
    if (day, start, end, room_id) == (record.date, record.start_time, record.end_time, record.room_id):
        raise InvalidInput([Problem("date", SAME)])
    params = {**_params(record, name, values["reason"]), "new_day": values["date"], "new_time": values["start_time"]}
    booked = booked_on(session, [key])
    write.update(session, ClassSession, record.id, values, version=record.row_version, opened={})
    _tell(session, record, "session_moved", (MOVED, params), telling)
    goals = {record.id: (record.date, record.start_time)}
    along = take_along(session, booked, goals) if taking_along else ()
    tell_keepers(session, booked, goals, telling, along=along)


def substitute(
    session: ScopedSession, key: str, *, teacher_id: str | None, reason: str, telling: Collection[str] | None = None
) -> None:
    """Have another teacher give a session; with None, the class's own again. Whoever is to give it is told in any case.

    InvalidInput at "teacher_id" and "reason"; NotFound, NotAllowed, Settled; Refused where the substitute has another class then.
    """
    record, name = _loose(session, key)
    said, before = reason_for(reason), record.teacher_id
    require_teacher(session, teacher_id)
    own = session.scalar(select(SchoolClass.teacher_id).where(SchoolClass.id == record.class_id))
    if teacher_id == before or (before is None and teacher_id == own):
        raise InvalidInput([Problem("teacher_id", N_("This teacher gives the session already."))])
    given = None if teacher_id == own else teacher_id
    params = _params(record, name, said)
    write.update(session, ClassSession, record.id, {"teacher_id": given, "reason": said}, version=record.row_version, opened={})
    kind, source = _given(given, own)
    if teacher := given or own:
        who = session.execute(select(label_of_key("users", teacher)).where(ClassSession.id == record.id)).scalar()
        params["teacher"] = show_label("users", who)
    _tell(session, record, kind, (source, params), _with(telling, given or own), before)


def make_up(
    session: ScopedSession,
    key: str,
    *,
    day: dt.date | None,
    start: dt.time | None,
    end: dt.time | None,
    teacher_id: str | None = None,
    room_id: str | None = None,
    telling: Collection[str] | None = None,
) -> str:
    """Make a session in place of one that is cancelled; its key. A substitute who is to give it is told in any case.

    InvalidInput at "date", "start_time", "end_time", "room_id", "teacher_id"; NotFound, NotAllowed, NotCancelled; Refused.
    """
    record, name, _substitute, _marked, made_up = _theirs(session, key)
    if not may_make(session):
        raise NotAllowed("sessions")
    if record.status is not SessionStatus.CANCELLED:
        raise NotCancelled
    if made_up is not None:
        raise InvalidInput([Problem("date", MADE_UP_ALREADY)])
    wanted = {"date": day, "start_time": start, "end_time": end, "room_id": room_id, "teacher_id": teacher_id}
    values = _checked(session, record, wanted)
    require_teacher(session, teacher_id)
    made = write.create(session, ClassSession, {"class_id": record.class_id, **values})
    assert isinstance(made, ClassSession)
    made.makes_up_id = record.id
    session.flush()
    params = {**_params(record, name, ""), "new_day": made.date, "new_time": made.start_time}
    _tell(session, made, "session_made_up", (MADE_UP, params), _with(telling, teacher_id), record.teacher_id)
    return str(made.id)


def _theirs(session: ScopedSession, key: str) -> Any:
    found = find(session, key)
    if found is None:
        raise NotFound
    if not may_change(session, found[0]):
        raise NotAllowed("sessions")
    return found


def _loose(session: ScopedSession, key: str) -> tuple[ClassSession, str]:
    """A session with which something may be done, and its class's name."""
    record, name, _substitute, marked, _made_up = _theirs(session, key)
    if marked or record.status is not SessionStatus.SCHEDULED:
        raise Settled
    return record, name


def _tidy(reason: str) -> str:
    return reason.strip()


def reason_for(reason: str) -> str:
    """A reason as it is kept. InvalidInput at "reason" without one, or with one that is too long."""
    said = _tidy(reason)
    if not said:
        raise InvalidInput([Problem("reason", REQUIRED)])
    return str(require(ClassSession, {"reason": said}, names={"reason"})["reason"])


def _checked(session: ScopedSession, record: ClassSession, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Where a session is to be, in a form that can be kept. Every problem at once, at its field."""
    problems: list[Problem] = []
    values = dict(wanted)
    try:
        values = require(ClassSession, {"class_id": record.class_id, **wanted}, names=set(wanted))
    except InvalidInput as error:
        problems += error.problems
    if wanted.get("reason") == "":
        problems.append(Problem("reason", REQUIRED))
    day = wanted["date"]
    if isinstance(day, dt.date) and not any(each.field == "date" for each in problems):
        closed = queries.closed_between(session, day, day).get(day)
        problems += [_closed(closed)] if closed else []
    if problems:
        raise InvalidInput(problems)
    return {name: values[name] for name in wanted}


def _closed(day: ClosedDay) -> Problem:
    if day.name:
        return Problem("date", CLOSED_FOR, {"day": day.day, "name": day.name})
    return Problem("date", CLOSED, {"day": day.day})


def _params(record: ClassSession, name: str, reason: str) -> dict[str, Any]:
    return {"klass": name, "day": record.date, "time": record.start_time, "reason": reason}


def _given(substitute: str | None, own: str | None) -> tuple[str, str]:
    """The kind and the words of a notice that says who gives a session now."""
    if substitute is not None:
        return "session_substituted", SUBSTITUTED
    return ("session_given_back", GIVEN_BACK) if own is not None else ("session_without_teacher", WITHOUT_TEACHER)


def _with(telling: Collection[str] | None, teacher_id: str | None) -> Collection[str] | None:
    """Those who are told, and who is to give the session: chosen in the same form, they can't be among those who were ticked."""
    return telling if telling is None or teacher_id is None else {*telling, teacher_id}


def _tell(
    session: ScopedSession,
    record: ClassSession,
    kind: str,
    said: tuple[str, Mapping[str, Any]],
    telling: Collection[str] | None,
    *others: str | None,
) -> None:
    people = [*people_of(session, [record.class_id]).get(record.class_id, []), record.teacher_id, *others]
    theirs = {each.id for each in concerned(session, record, *others)}
    wanted = theirs if telling is None else theirs & set(telling)
    tell(session, [one for one in people if one], kind, *said, about=("sessions", record.id), only=wanted)
