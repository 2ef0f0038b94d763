"""What the planning of sessions asks of the database: patterns, and sessions as far as a plan needs to know them."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import and_, exists, select
from sqlalchemy.orm import aliased

from domain.access.roles import Role
from domain.access.uow import ScopedSession
from domain.core.closing import ClosedDay, closed_days
from domain.core.models import User
from domain.core.queries import holding, settings_of
from domain.kit.clock import now, wall
from domain.kit.errors import NotFound
from domain.kit.ids import is_id
from domain.kit.texts import language
from domain.operations.enums import SessionStatus
from domain.operations.generating import Made, Weekly
from domain.operations.history import who_taught
from domain.operations.models import Attendance, ClassSession, Room, Schedule, SchoolClass, Term


@dataclass(frozen=True)
class TermDates:
    """A term and its days, both included."""

    id: str
    name: str
    first: dt.date
    last: dt.date
    is_current: bool


def terms(session: ScopedSession) -> list[TermDates]:
    """Every term, the latest first."""
    columns = (Term.id, Term.name, Term.start_date, Term.end_date, Term.is_current)
    return [TermDates(*row) for row in session.execute(select(*columns).order_by(Term.start_date.desc()))]


def term_at(session: ScopedSession, key: str) -> TermDates:
    """One term; NotFound."""
    found = next((each for each in terms(session) if each.id == key), None)
    if found is None:
        raise NotFound
    return found


def classes_of(session: ScopedSession, term_id: str) -> dict[str, str]:
    """Names of a term's active classes, by key."""
    wanted = select(SchoolClass.id, SchoolClass.name).where(SchoolClass.term_id == term_id, SchoolClass.is_active)
    return {row.id: row.name for row in session.execute(wanted.order_by(SchoolClass.name))}


def pattern_of(session: ScopedSession, classes: Collection[str]) -> dict[str, Weekly]:
    """The weekly meetings of classes, by key."""
    wanted = (
        select(Schedule, Term.start_date, Term.end_date)
        .join(SchoolClass, SchoolClass.id == Schedule.class_id)
        .join(Term, Term.id == SchoolClass.term_id)
        .where(Schedule.class_id.in_(list(classes)))
        .order_by(Schedule.day_of_week, Schedule.start_time)
    )
    return {
        each.id: Weekly(each.id, each.class_id, each.day_of_week, each.start_time, each.end_time, first, last)
        for each, first, last in session.execute(wanted)
    }


def weekly_at(session: ScopedSession, key: str) -> Schedule:
    """A weekly meeting's record; NotFound."""
    found: Schedule | None = session.scalar(select(Schedule).where(Schedule.id == key)) if is_id(key) else None
    if found is None:
        raise NotFound
    return found


def made_of(session: ScopedSession, classes: Collection[str]) -> list[Made]:
    """The sessions of classes, and whether each is settled."""
    moment = wall(now(), session.actor.zone)
    marked = exists(select(Attendance.id).where(Attendance.session_id == ClassSession.id))
    by_hand = (
        ClassSession.reason.is_not(None)
        | ClassSession.teacher_id.is_not(None)
        | ClassSession.room_id.is_not(None)
        | ClassSession.makes_up_id.is_not(None)
    )
    wanted = select(
        ClassSession.id,
        ClassSession.class_id,
        ClassSession.schedule_id,
        ClassSession.planned_for,
        ClassSession.date,
        ClassSession.start_time,
        ClassSession.end_time,
        ClassSession.status,
        marked.label("marked"),
        by_hand.label("by_hand"),
    ).where(ClassSession.class_id.in_(list(classes)))
    return [
        Made(
            row.id,
            row.class_id,
            row.schedule_id,
            row.planned_for,
            row.date,
            row.start_time,
            row.end_time,
            is_settled=row.status is not SessionStatus.SCHEDULED
            or bool(row.marked)
            or bool(row.by_hand)
            or dt.datetime.combine(row.date, row.start_time) <= moment.replace(tzinfo=None),
        )
        for row in session.execute(wanted)
    ]


def place_of(session: ScopedSession, class_id: str) -> tuple[str | None, str | None]:
    """Keys of a class's teacher and room. NotFound."""
    row = session.execute(select(SchoolClass.teacher_id, SchoolClass.room_id).where(SchoolClass.id == class_id)).first()
    if row is None:
        raise NotFound
    return row.teacher_id, row.room_id


def rooms_to_choose(session: ScopedSession) -> list[tuple[str, str]]:
    """Rooms in use, by name."""
    rows = session.execute(select(Room.id, Room.name).where(Room.is_active).order_by(Room.name))
    return [(row.id, row.name) for row in rows]


def teachers_to_choose(session: ScopedSession) -> list[tuple[str, str]]:
    """Those who teach, by name, as far as the actor may see them."""
    wanted = select(User.id, User.first_name, User.last_name).where(holding((Role.TEACHER,)))
    rows = session.execute(wanted.order_by(User.first_name, User.last_name))
    return [(row.id, f"{row.first_name} {row.last_name}") for row in rows]


def taught_meanwhile(session: ScopedSession, key: str) -> dict[str, str]:
    """While a session is held: by teacher, the class of which they give another one."""
    mine, other = aliased(ClassSession), ClassSession
    teacher = who_taught()
    overlap = (other.id != mine.id, other.date == mine.date, other.start_time < mine.end_time, mine.start_time < other.end_time)
    wanted = (
        select(teacher, SchoolClass.name)
        .select_from(other)
        .join(SchoolClass, SchoolClass.id == other.class_id)
        .join(mine, and_(*overlap))
        .where(mine.id == key, other.status != SessionStatus.CANCELLED, teacher.is_not(None))
    )
    return {str(row[0]): row[1] for row in session.execute(wanted)}


def closed_between(session: ScopedSession, first: dt.date, last: dt.date) -> Mapping[dt.date, ClosedDay]:
    """The days on which the school is closed, both ends included, with their names in the language spoken now."""
    return closed_days(settings_of(session), first, last, language=language())
