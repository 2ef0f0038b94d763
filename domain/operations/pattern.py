"""Changes of a class's week, teacher, room or term, with what they do to its sessions to come: looked at first, then done.

What was held, has attendance, or was moved, cancelled or given away by hand is never touched.
"""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import select

from domain.access import bulk
from domain.access.uow import ScopedSession
from domain.kit.clock import today
from domain.kit.errors import NotFound
from domain.kit.texts import N_
from domain.operations import planning_queries as queries
from domain.operations.booked import booked_on, keepers, take_along, tell_keepers
from domain.operations.class_people import people_of, require_teacher
from domain.operations.generating import Made, Plan, Weekly, adjust
from domain.operations.history import left_by, pins
from domain.operations.models import ClassSession, Schedule, SchoolClass, Term
from domain.operations.planning import NEW, Preview, add_sessions, require_planner, require_same
from domain.outbox.people import Told, audience
from domain.outbox.service import tell_each
from domain.records import write
from domain.records.check import require

CHANGED = N_("The sessions of {klass} have changed. Please look at its coming dates.")


@dataclass(frozen=True)
class NewMeeting:
    """A class meets once more in the week."""

    class_id: str
    weekday: int | None
    start: dt.time | None
    end: dt.time | None


@dataclass(frozen=True)
class OtherTime:
    """A weekly meeting is on another day or at other hours."""

    schedule_id: str
    weekday: int | None
    start: dt.time | None
    end: dt.time | None


@dataclass(frozen=True)
class NoMeeting:
    """A weekly meeting is given up."""

    schedule_id: str


@dataclass(frozen=True)
class OtherDates:
    """A term begins or ends on another day."""

    term_id: str
    first: dt.date | None
    last: dt.date | None


@dataclass(frozen=True)
class OtherPlace:
    """A class has another teacher or room from now on. What was held keeps those that it had."""

    class_id: str
    teacher_id: str | None
    room_id: str | None


Change = NewMeeting | OtherTime | NoMeeting | OtherDates | OtherPlace


def preview_change(session: ScopedSession, change: Change) -> Preview:
    """What a change of the pattern would do. Raises InvalidInput at the pattern's own fields, and NotFound."""
    if isinstance(change, OtherPlace):
        return _preview_place(session, change)
    classes = _classes(session, change)
    before = queries.pattern_of(session, classes)
    after = _after(session, before, change)
    made, since = queries.made_of(session, classes), today(session.actor.zone)
    spans = [*before.values(), *after.values()]
    first = min((each.first for each in spans), default=since)
    last = max((each.last for each in spans), default=since)
    plan = adjust(before, after, made, queries.closed_between(session, first, last), since=since)
    booked = booked_on(session, [*(each.key for each in plan.drop), *(each.key for each, _goal in plan.change)])
    told = {each.id: each for each in (*_told(session, plan.classes), *keepers(session, booked))}
    return Preview(plan, _names(session, classes), told=tuple(told.values()), booked=booked)


def _classes(session: ScopedSession, change: NewMeeting | OtherTime | NoMeeting | OtherDates) -> list[str]:
    if isinstance(change, OtherDates):
        return list(queries.classes_of(session, queries.term_at(session, change.term_id).id))
    if isinstance(change, NewMeeting):
        return [_class_at(session, change.class_id).id]
    return [queries.weekly_at(session, change.schedule_id).class_id]


def _class_at(session: ScopedSession, key: str) -> SchoolClass:
    found: SchoolClass | None = session.scalar(select(SchoolClass).where(SchoolClass.id == key))
    if found is None:
        raise NotFound
    return found


def _names(session: ScopedSession, classes: Collection[str]) -> dict[str, str]:
    rows = session.execute(select(SchoolClass.id, SchoolClass.name).where(SchoolClass.id.in_(list(classes))))
    return {row.id: row.name for row in rows}


def _told(session: ScopedSession, classes: Collection[str]) -> tuple[Told, ...]:
    people = people_of(session, classes)
    return tuple(audience(session, [each for some in people.values() for each in some if each != session.actor.user_id]))


def _after(
    session: ScopedSession, before: Mapping[str, Weekly], change: NewMeeting | OtherTime | NoMeeting | OtherDates
) -> dict[str, Weekly]:
    """The pattern as the change would leave it. InvalidInput."""
    if isinstance(change, NoMeeting):
        return {key: each for key, each in before.items() if key != change.schedule_id}
    if isinstance(change, OtherDates):
        values = require(Term, {"name": "-", "start_date": change.first, "end_date": change.last})
        return {key: replace(each, first=values["start_date"], last=values["end_date"]) for key, each in before.items()}
    if isinstance(change, OtherTime):
        was = before[change.schedule_id]
        values = require(Schedule, {"class_id": was.class_id, **_times(change)})
        times = {"weekday": values["day_of_week"], "start": values["start_time"], "end": values["end_time"]}
        return {**before, was.key: replace(was, **times)}
    values = require(Schedule, {"class_id": change.class_id, **_times(change)})
    term = queries.term_at(session, _class_at(session, change.class_id).term_id)
    day, start, end = values["day_of_week"], values["start_time"], values["end_time"]
    return {**before, NEW: Weekly(NEW, change.class_id, day, start, end, term.first, term.last)}


def _times(change: NewMeeting | OtherTime) -> dict[str, object]:
    return {"day_of_week": change.weekday, "start_time": change.start, "end_time": change.end}


def apply_change(
    session: ScopedSession,
    change: Change,
    *,
    seen: str | None = None,
    telling: Collection[str] | None = None,
    taking_along: bool = True,
) -> Preview:
    """Change the pattern, and with it the sessions to come; what was done.

    `seen`: the fingerprint of what was looked at. `telling`: of those who would be told, who is; all without it. `taking_along`:
    whether who is booked on a session that moves goes with it. InvalidInput, NotFound, LookAgain, NotAllowed.
    """
    require_planner(session, "U")
    preview = preview_change(session, change)
    require_same(preview, seen)
    if isinstance(change, OtherPlace):
        _place(session, change)
    else:
        made = _write(session, change)
        _change(session, preview.plan)
        add_sessions(session, preview.plan, made)
    goals = {each.key: (goal.day, goal.weekly.start) for each, goal in preview.plan.change}
    along = take_along(session, preview.booked, goals) if taking_along else ()
    wanted = _tell(session, preview, telling)
    tell_keepers(session, preview.booked, goals, wanted, along=along)
    return preview


def _write(session: ScopedSession, change: NewMeeting | OtherTime | NoMeeting | OtherDates) -> str:
    """Write the pattern itself; the key of a weekly meeting that is new."""
    if isinstance(change, NewMeeting):
        return str(write.create(session, Schedule, {"class_id": change.class_id, **_times(change)}).id)
    if isinstance(change, NoMeeting):
        write.remove(session, Schedule, [change.schedule_id])
    elif isinstance(change, OtherDates):
        term = session.scalars(select(Term).where(Term.id == change.term_id)).one()
        dates = {"start_date": change.first, "end_date": change.last}
        write.update(session, Term, term.id, dates, version=term.row_version, opened={})
    else:
        weekly = queries.weekly_at(session, change.schedule_id)
        write.update(session, Schedule, weekly.id, _times(change), version=weekly.row_version, opened={})
    return NEW


def _change(session: ScopedSession, plan: Plan) -> None:
    """Take away what goes, and move what moves: sessions with the same goal together."""
    if plan.drop:
        bulk.delete_rows(session, ClassSession, [each.key for each in plan.drop])
    goals: dict[tuple[dt.date, dt.time, dt.time], list[Made]] = {}
    for each, goal in plan.change:
        goals.setdefault((goal.day, goal.weekly.start, goal.weekly.end), []).append(each)
    for (day, start, end), some in goals.items():
        values = {"date": day, "planned_for": day, "start_time": start, "end_time": end}
        bulk.update_rows(session, ClassSession, [each.key for each in some], values)


def _preview_place(session: ScopedSession, change: OtherPlace) -> Preview:
    found = _class_at(session, change.class_id)
    require_teacher(session, change.teacher_id)
    left = left_by({"teacher_id": found.teacher_id, "room_id": found.room_id}, _wanted(change))
    return Preview(
        Plan(),
        {found.id: found.name},
        told=_told(session, [found.id]) if _is_other(found, change) else (),
        pinned=len(pins(session, {found.id: left})),
    )


def _is_other(found: SchoolClass, change: OtherPlace) -> bool:
    return (found.teacher_id, found.room_id) != (change.teacher_id, change.room_id)


def _wanted(change: OtherPlace) -> dict[str, str | None]:
    return {"teacher_id": change.teacher_id, "room_id": change.room_id}


def _place(session: ScopedSession, change: OtherPlace) -> None:
    """What was held keeps what it had by itself (`history`), as with every change of a class."""
    found = _class_at(session, change.class_id)
    write.update(session, SchoolClass, found.id, _wanted(change), version=found.row_version, opened={})


def _tell(session: ScopedSession, preview: Preview, telling: Collection[str] | None) -> set[str]:
    """Tell the people of each class that changed, guardians included, as far as they are to be told; keys of those who are."""
    wanted = {each.id for each in preview.told} if telling is None else set(telling) & {each.id for each in preview.told}
    classes = preview.plan.classes or (set(preview.names) if preview.told else set())
    each_class = [
        (people, {"klass": preview.names[key]}, ("classes", key)) for key, people in people_of(session, classes).items()
    ]
    tell_each(session, each_class, "sessions_changed", CHANGED, only=wanted)
    return wanted
