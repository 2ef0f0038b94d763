"""The timetable as people look at it, plan it, and look for what is free in it."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import or_, select

from domain.access.decide import decide
from domain.access.roles import Role
from domain.access.uow import ScopedSession
from domain.core.models import User
from domain.core.queries import holding
from domain.db.gather import gather
from domain.kit.clock import today
from domain.kit.errors import NotFound
from domain.kit.findings import Weight
from domain.operations import boards
from domain.operations.boards import Timetable
from domain.operations.clashes import PAIR_RULES, Board, Clash, Meeting, share_a_date
from domain.operations.fitting import clashes, other_rooms, outside_the_hours
from domain.operations.models import ClassSession, Schedule, SchoolClass, Term
from domain.operations.pattern import Change, NewMeeting, OtherPlace, OtherTime, apply_change
from domain.operations.permits import allow, is_permitted, permits_of, take_allowed
from domain.operations.planning_models import ClashPermit
from domain.operations.planning_queries import TermDates
from domain.records.check import require
from domain.records.labels import label_of_key, show_label
from domain.records.query import attribute

NEW = "new"  # the key of a meeting that isn't there yet
OF_PLACE = frozenset({"teacher_twice", "room_twice", "room_seats", "room_students"})
AHEAD = dt.timedelta(days=120)


@dataclass(frozen=True)
class Permit:
    """Why a clash is allowed, by whom and since when."""

    id: str
    reason: str
    who: str
    at: dt.datetime


@dataclass(frozen=True)
class Draft:
    """A weekly meeting as someone would have it; `key` is NEW for one that isn't there yet. Teacher and room are its class's."""

    key: str
    class_id: str
    weekday: int | None
    start: dt.time | None
    end: dt.time | None
    teacher: str | None
    room: str | None


@dataclass(frozen=True)
class Span:
    """When something is looked for: a weekday within a term, or a date."""

    day: int | dt.date
    start: dt.time
    end: dt.time
    first: dt.date = dt.date.min
    last: dt.date = dt.date.max


def timetable_of(session: ScopedSession, term: TermDates) -> Timetable:
    """The weekly meetings of the classes that go on in a term's time, of other terms of that time as well. Of a term that is
    over, those of all its classes."""
    own = SchoolClass.term_id == term.id
    if term.last < today(session.actor.zone):
        return boards.weekly(session, own)
    at_the_time = (Term.start_date <= term.last) & (Term.end_date >= term.first)
    return boards.weekly(session, or_(own, at_the_time), boards.at_work())


def found_in(table: Timetable, term_id: str) -> list[Clash]:
    """What the rules find about a term's classes, what refuses first."""
    known = [each for each in clashes(table.board) if any(table.classes[key].term == term_id for key in each.groups)]
    return sorted(known, key=lambda each: (each.weight is not Weight.REFUSES, each.kind, each.message))


def found_on_dates(session: ScopedSession, weekly: Iterable[Clash]) -> list[Clash]:
    """What clashes among the sessions to come, beside what clashes every week."""
    since = today(session.actor.zone)
    days = ClassSession.date.between(since, since + AHEAD)
    return _beside(boards.dated(session, days).board, weekly)


def _beside(board: Board, weekly: Iterable[Clash]) -> list[Clash]:
    """What clashes on a board of dates, and isn't an instance of what clashes every week."""
    standing = {each.key for each in weekly}
    found = [each for rule in (*PAIR_RULES, outside_the_hours, other_rooms) for each in rule(board)]
    return [each for each in found if each.permitted_by.isdisjoint(standing)]


def standing_clashes(session: ScopedSession, day: dt.date, ahead: dt.timedelta) -> list[tuple[Clash, str]]:
    """What refuses and nobody has allowed, each week of classes whose term isn't over, and on the dates of a span; with the key
    of the term in whose timetable it is found. Waits once.
    """
    soon = ClassSession.date.between(day, day + ahead)
    week, dates, permits = gather(
        session,
        lambda: boards.weekly(session, boards.at_work(), Term.end_date >= day),
        lambda: boards.dated(session, soon),
        lambda: permits_of(session),
    )
    weekly = clashes(week.board)
    rows, found = {**dates.classes, **week.classes}, [*weekly, *_beside(dates.board, weekly)]
    return [
        (each, rows[_whose(each)].term) for each in found if each.weight is Weight.REFUSES and not is_permitted(each, permits)
    ]


def _whose(clash: Clash) -> str:
    """The class whose meeting a clash names last: the later of two."""
    return clash.meetings[-1].class_id if clash.meetings else min(clash.groups)


def permits_told(session: ScopedSession) -> dict[str, Permit]:
    """What is allowed and why, by the key of what clashes; nothing for those who may not know."""
    if not decide(session.actor, "R", ClashPermit):
        return {}
    rows = session.execute(select(ClashPermit, label_of_key("users", ClashPermit.user_id)))
    return {each.finding: Permit(each.id, each.reason, show_label("users", who), each.created_at) for each, who in rows}


def permit_for(clash: Clash, permits: Mapping[str, Permit]) -> Permit | None:
    """The permit that covers a clash, if one does."""
    return next((permits[key] for key in sorted(clash.permitted_by) if key in permits), None)


def allow_standing(session: ScopedSession, term: TermDates, key: str, reason: str) -> None:
    """Allow what clashes already, and keep why. NotFound if nothing clashes under this key; InvalidInput at "reason"."""
    allow(session, [key], reason)
    week = found_in(timetable_of(session, term), term.id)
    clash = next((each for each in (*week, *found_on_dates(session, week)) if each.key == key), None)
    if clash is None or clash.weight is not Weight.REFUSES:
        raise NotFound
    take_allowed(session, [clash])


# Planning.


def tried(table: Timetable, draft: Draft) -> list[Clash]:
    """What a draft would clash with, were it saved: the meeting itself, and its class where teacher or room are others."""
    klass = table.classes.get(draft.class_id)
    if klass is None or draft.start is None or draft.end is None:
        return []
    teacher, room = draft.teacher, draft.room
    made = Meeting(draft.key, klass.id, draft.weekday, draft.start, draft.end, teacher, room, klass.first, klass.last)
    others = [
        replace(each, teacher=teacher, room=room) if each.class_id == klass.id else each
        for each in table.board.meetings
        if each.key != draft.key
    ]
    groups = {**table.board.groups, klass.id: replace(table.board.groups[klass.id], room=room)}
    moved = (klass.teacher, klass.room) != (teacher, room)
    found = clashes(replace(table.board, meetings=[*others, made], groups=groups))
    return [
        each
        for each in found
        if any(one.key == draft.key for one in each.meetings) or (moved and klass.id in each.groups and each.kind in OF_PLACE)
    ]


def save(
    session: ScopedSession, draft: Draft, *, allowed: Collection[str] = (), reason: str = "", taking_along: bool = True
) -> None:
    """Keep a draft, its class's teacher and room, and with them the sessions to come.

    `allowed`: keys of clashes that are saved all the same, for a `reason`. `taking_along`: as in `apply_change`.
    InvalidInput, Refused, NotFound, NotAllowed.
    """
    times = {"day_of_week": draft.weekday, "start_time": draft.start, "end_time": draft.end}
    require(Schedule, {"class_id": draft.class_id or None, **times})  # every field at once, before anything is looked up
    if allowed:
        allow(session, allowed, reason)
    for each in changes_of(draft):
        apply_change(session, each, taking_along=taking_along)


def changes_of(draft: Draft) -> tuple[Change, ...]:
    """What a draft changes: its class's teacher and room, and then the week."""
    times = draft.weekday, draft.start, draft.end
    week = NewMeeting(draft.class_id, *times) if draft.key == NEW else OtherTime(draft.key, *times)
    return OtherPlace(draft.class_id, draft.teacher, draft.room), week


# What is free.


def teachers(session: ScopedSession) -> list[tuple[str, str]]:
    """Those who teach at the school, by name: key and name."""
    statement = select(User.id, label_of_key("users", User.id)).where(holding([Role.TEACHER]))
    return [(key, show_label("users", name)) for key, name in session.execute(statement.order_by(attribute(User, "sort_text")))]


def busy(board: Board, span: Span) -> tuple[set[str], set[str]]:
    """The teachers and the rooms that are taken at some time of a span."""
    probe = Meeting("", "", span.day, span.start, span.end, None, None, span.first, span.last)
    taken = [
        each
        for each in board.meetings
        if each.takes_place
        and each.day == span.day
        and each.start < span.end
        and span.start < each.end
        and share_a_date(each, probe)
    ]
    return {each.teacher for each in taken if each.teacher}, {each.room for each in taken if each.room}


def busy_on(session: ScopedSession, weekly: Board, span: Span) -> tuple[set[str], set[str]]:
    """The same for a date: its sessions, and the weekly meetings of classes that have no session made for that day."""
    assert isinstance(span.day, dt.date)
    day = span.day
    made = set(session.scalars(select(ClassSession.class_id).where(ClassSession.date == day)))
    left = [each for each in weekly.meetings if each.class_id not in made and each.first <= day <= each.last]
    held = boards.dated(session, ClassSession.date == day).board
    of_week = busy(replace(weekly, meetings=left), replace(span, day=day.isoweekday() % 7, first=day, last=day))
    on_day = busy(held, replace(span, first=dt.date.min, last=dt.date.max))
    return of_week[0] | on_day[0], of_week[1] | on_day[1]


def free_rooms(table: Timetable, taken: Collection[str], seats: int) -> Sequence[tuple[str, str, int]]:
    """The rooms in use that aren't taken and have so many seats, the smallest first: key, name, seats."""
    found = [(key, name, room) for key, name, room, used in table.rooms if used and key not in taken and room >= seats]
    return sorted(found, key=lambda each: (each[2], each[1]))
