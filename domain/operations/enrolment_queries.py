"""What is asked around enrolling: a person's past and present, the classes they might join, waiting lists, placements."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select

from domain.access.uow import ScopedSession
from domain.core.models import User
from domain.curriculum.models import CourseType, Level
from domain.db.gather import gather
from domain.kit.clock import now, wall
from domain.kit.errors import NotFound
from domain.kit.findings import Finding
from domain.kit.ids import is_id
from domain.operations.class_queries import ClassCard, WeeklyMeeting, cards
from domain.operations.enrolling import against_enrolling, against_waiting
from domain.operations.enrolment import today, wishes
from domain.operations.enums import EnrollmentStatus, WaitingStatus
from domain.operations.models import Enrollment, Placement, Schedule, SchoolClass, Term
from domain.operations.planning_models import WaitingEntry
from domain.operations.seats import standings
from domain.records.labels import label_of_key, show_label
from domain.records.query import attribute

MOST = 200


@dataclass(frozen=True)
class Stay:
    """A person's time in a class."""

    id: str
    class_id: str
    klass: str
    level_id: str
    since: dt.datetime
    until: dt.datetime | None
    status: EnrollmentStatus
    reason: str
    follows: str | None


@dataclass(frozen=True)
class WaitingLine:
    """Someone on a waiting list. `position`: 1 for the first; 0 for those who left it."""

    id: str
    class_id: str
    klass: str
    user_id: str
    who: str
    position: int
    status: WaitingStatus
    since: dt.datetime
    offer_ends: dt.datetime | None
    closed: dt.datetime | None
    notes: str


@dataclass(frozen=True)
class PlacementLine:
    """A placement test. `level_id`: the level that counts, be it chosen or recommended."""

    id: str
    user_id: str
    who: str
    course: str
    score: int
    level_id: str | None
    recommended: str
    chosen: str
    reason: str
    tested: dt.datetime


@dataclass(frozen=True)
class Person:
    """A student as who enrols them must know them."""

    id: str
    name: str
    stays: Sequence[Stay]
    waits: Sequence[WaitingLine]
    placements: Sequence[PlacementLine]

    @property
    def current(self) -> list[Stay]:
        """The classes that they are in."""
        return [each for each in self.stays if each.status is EnrollmentStatus.ACTIVE]


@dataclass(frozen=True)
class LevelLine:
    """A level of a course, and how many of its classes one could ask for."""

    id: str
    course_id: str
    course: str
    name: str
    classes: int


@dataclass(frozen=True)
class ClassChoice:
    """A class that someone might join: what stands against it, and against waiting for it; both empty never."""

    card: ClassCard
    week: Sequence[WeeklyMeeting]
    free: int
    waiting: int
    against: Sequence[Finding]
    against_waiting: Sequence[Finding]

    @property
    def can_wait(self) -> bool:
        """Whether a seat is all that lacks."""
        return not self.against_waiting and {each.kind for each in self.against} <= {"full", "all_promised"}


def person(session: ScopedSession, key: str) -> Person | None:
    """Someone with all that they were and are enrolled in; None if they aren't the actor's to see."""
    if not is_id(key):
        return None
    names, stays, waits, placed = gather(
        session,
        lambda: session.execute(select(User.first_name, User.last_name).where(User.id == key)).all(),
        lambda: stays_of(session, Enrollment.user_id == key),
        lambda: waiting_lines(session, WaitingEntry.user_id == key),
        lambda: placement_lines(session, Placement.user_id == key),
    )
    return Person(key, f"{names[0][0]} {names[0][1]}", stays, waits, placed) if names else None


def stays_of(session: ScopedSession, *where: ColumnElement[bool]) -> list[Stay]:
    """Enrolments, the latest first."""
    statement = (
        select(Enrollment, SchoolClass.name, SchoolClass.level_id)
        .join(SchoolClass, SchoolClass.id == Enrollment.class_id)
        .where(*where)
        .order_by(Enrollment.enrolled_at.desc(), Enrollment.id.desc())
        .limit(MOST)
    )
    return [
        Stay(
            each.id,
            each.class_id,
            name,
            level,
            each.enrolled_at,
            each.dropped_at,
            each.status,
            each.reason or "",
            each.follows_id,
        )
        for each, name, level in session.execute(statement)
    ]


def waiting_lines(session: ScopedSession, *where: ColumnElement[bool]) -> list[WaitingLine]:
    """Places on waiting lists, class by class, each in its order; those who left a list last."""
    statement = (
        select(WaitingEntry, SchoolClass.name, label_of_key("users", WaitingEntry.user_id))
        .join(SchoolClass, SchoolClass.id == WaitingEntry.class_id)
        .where(*where)
        .order_by(attribute(SchoolClass, "sort_text"), WaitingEntry.created_at, WaitingEntry.id)
        .limit(MOST)
    )
    rows = session.execute(statement).all()
    standing = standings(session, [each.class_id for each, _klass, _who in rows]) if rows else {}
    place = {one.key: at for each in standing.values() for at, one in enumerate(each.line, 1)}
    lines = [
        WaitingLine(
            each.id,
            each.class_id,
            name,
            each.user_id,
            show_label("users", who),
            place.get(each.id, 0),
            each.status,
            each.created_at,
            each.offer_ends_at,
            each.closed_at,
            each.notes or "",
        )
        for each, name, who in rows
    ]
    return sorted(lines, key=lambda each: (each.closed is not None, each.klass, each.position))


def waiting_now(session: ScopedSession, class_id: str = "") -> list[WaitingLine]:
    """Who waits or has an offer, of one class or of all."""
    return waiting_lines(session, WaitingEntry.closed_at.is_(None), *([WaitingEntry.class_id == class_id] if class_id else []))


def placement_lines(session: ScopedSession, *where: ColumnElement[bool], limit: int = MOST) -> list[PlacementLine]:
    """Placement tests, the latest first."""
    statement = (
        select(
            Placement,
            label_of_key("users", Placement.user_id),
            label_of_key("course_types", Placement.course_type_id),
            label_of_key("levels", Placement.recommended_level_id),
            label_of_key("levels", Placement.chosen_level_id),
        )
        .where(*where)
        .order_by(Placement.tested_at.desc(), Placement.id.desc())
        .limit(limit)
    )
    return [
        PlacementLine(
            each.id,
            each.user_id,
            show_label("users", who),
            show_label("course_types", course),
            each.score,
            each.chosen_level_id or each.recommended_level_id,
            show_label("levels", recommended) if recommended else "",
            show_label("levels", chosen) if chosen else "",
            each.reason or "",
            each.tested_at,
        )
        for each, who, course, recommended, chosen in session.execute(statement)
    ]


def levels(session: ScopedSession) -> list[LevelLine]:
    """The levels of all courses that are offered, from low to high, with the number of their classes that go on."""
    going = (SchoolClass.level_id == Level.id, _goes_on(session))
    count = select(func.count()).select_from(SchoolClass).where(*going).correlate(Level).scalar_subquery()
    statement = (
        select(Level.id, CourseType.id, CourseType.name, Level.code, Level.name, count)
        .join(CourseType, CourseType.id == Level.course_type_id)
        .where(CourseType.is_active)
        .order_by(attribute(CourseType, "sort_text"), Level.order, Level.id)
    )
    return [
        LevelLine(key, course_id, course, f"{code} {name}", classes)
        for key, course_id, course, code, name, classes in session.execute(statement)
    ]


def _goes_on(session: ScopedSession) -> ColumnElement[bool]:
    return SchoolClass.is_active & SchoolClass.term_id.in_(select(Term.id).where(Term.end_date >= today(session)))


def class_choices(
    session: ScopedSession, student: str, *, level: str = "", class_id: str = "", leaving: Sequence[str] = ()
) -> list[ClassChoice]:
    """The classes of a level, or one class, as this student finds them: those that they can join first. Raises NotFound.

    `leaving`: the classes that they would leave for it.
    """
    moment, day = wall(now(), session.actor.zone), today(session)
    where = SchoolClass.id == class_id if class_id else (SchoolClass.level_id == level) & _goes_on(session)
    shown = [each for each in cards(session, moment, where) if each.id not in leaving]
    keys = [each.id for each in shown]
    wanted = {each.klass.key: each for each in wishes(session, student, keys, leaving=leaving)}
    week: dict[str, list[WeeklyMeeting]] = {}
    order = ((Schedule.day_of_week + 6) % 7, Schedule.start_time)
    rows: Any = select(Schedule.class_id, Schedule.day_of_week, Schedule.start_time, Schedule.end_time)
    for key, *times in session.execute(rows.where(Schedule.class_id.in_(keys)).order_by(*order)):
        week.setdefault(key, []).append(WeeklyMeeting(*times))
    standing = standings(session, keys)
    found = [
        ClassChoice(
            each,
            week.get(each.id, []),
            wanted[each.id].seats.free,
            sum(one.until is None for one in standing[each.id].line),
            against_enrolling(wanted[each.id], day),
            against_waiting(wanted[each.id], day),
        )
        for each in shown
    ]
    return sorted(found, key=lambda each: (bool(each.against), not each.can_wait))


@dataclass(frozen=True)
class TermLine:
    """A term by name and days."""

    id: str
    name: str
    first: dt.date
    last: dt.date


@dataclass(frozen=True)
class RollingClass:
    """A class that may go on in another term; `students`: keys of enrolments, and names."""

    id: str
    name: str
    level_id: str
    term_first: dt.date
    term_last: dt.date
    students: Sequence[tuple[str, str]]


def terms(session: ScopedSession) -> list[TermLine]:
    """All terms, the earliest first."""
    found = session.scalars(select(Term).order_by(Term.start_date))
    return [TermLine(each.id, each.name, each.start_date, each.end_date) for each in found]


def rolling_class(session: ScopedSession, class_id: str) -> RollingClass:
    """A class with its term and its students, by name. Raises NotFound."""
    rows = select(SchoolClass, Term).join(Term, Term.id == SchoolClass.term_id).where(SchoolClass.id == class_id)
    students = (
        select(Enrollment.id, label_of_key("users", Enrollment.user_id))
        .join(User, User.id == Enrollment.user_id)
        .where(Enrollment.class_id == class_id, Enrollment.status == EnrollmentStatus.ACTIVE)
        .order_by(attribute(User, "sort_text"))
    )
    found, enrolled = gather(session, lambda: session.execute(rows).all(), lambda: session.execute(students).all())
    if not found:
        raise NotFound
    klass, term = found[0]
    named = [(key, show_label("users", label)) for key, label in enrolled]
    return RollingClass(klass.id, klass.name, klass.level_id, term.start_date, term.end_date, named)
