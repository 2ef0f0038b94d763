"""What marks rest on: the session, its class, who was enrolled and when, the school's terms; of one session or of very many.

Read below the actor's rows: rules look at what is, not at what one sees.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Table, and_, select

from domain.access.uow import ScopedSession
from domain.core.models import Organization, User
from domain.db.listed import listed
from domain.operations.attendance_rules import Meeting, Stay, Student, Terms, terms_of
from domain.operations.enums import SessionStatus
from domain.operations.models import ClassSession, Enrollment, SchoolClass


@dataclass(frozen=True)
class Facts:
    """What marks in a session rest on: the session, its class, the students asked for, the school's terms."""

    meeting: Meeting
    class_id: str
    students: Mapping[str, Student]
    terms: Terms


def facts(session: ScopedSession, session_id: str, student_ids: Collection[str]) -> Facts | None:
    """What is known of marking these students, in one statement; None where there is no such session."""
    meetings, people, enrollments = (_table(each) for each in (ClassSession, User, Enrollment))
    school = session.actor.organization_id
    columns = (people.c.id.label("student_id"), people.c.first_name, people.c.last_name)
    statement = (
        _meetings(*columns, enrollments.c.enrolled_at, enrollments.c.dropped_at)
        .outerjoin(people, and_(people.c.id.in_(listed(student_ids)), people.c.organization_id == school))
        .outerjoin(enrollments, and_(enrollments.c.user_id == people.c.id, enrollments.c.class_id == meetings.c.class_id))
        .where(meetings.c.id == session_id, meetings.c.organization_id == school)
    )
    rows = session.connection().execute(statement).all()
    if not rows:
        return None
    first = rows[0]
    theirs = [(each.student_id, each.first_name, each.last_name, each.enrolled_at, each.dropped_at) for each in rows]
    return Facts(_meeting(first), first.class_id, _students(session, theirs), terms_of(first.settings))


def facts_of_many(session: ScopedSession, wanted: Mapping[str, Collection[str]]) -> dict[str, Facts]:
    """The same of many sessions, each with its students, in two statements however many there are; by session."""
    if len(wanted) == 1:
        [(key, students)] = wanted.items()
        one = facts(session, key, students)
        return {key: one} if one else {}
    meetings, school = _table(ClassSession), session.actor.organization_id
    here = _meetings().where(meetings.c.id.in_(listed(wanted)), meetings.c.organization_id == school)
    rows = session.connection().execute(here).all()
    everyone, by_class = _students_of(session, {each.class_id for each in rows}, set().union(*wanted.values()))
    settings = terms_of(rows[0].settings) if rows else Terms()
    found: dict[str, Facts] = {}
    for row in rows:
        own = by_class[row.class_id]
        students = {key: own.get(key) or everyone[key] for key in wanted[row.id] if key in everyone}
        found[row.id] = Facts(_meeting(row), row.class_id, students, settings)
    return found


def _meetings(*more: Any) -> Any:
    """Sessions with what rules ask of them, and their school's settings."""
    meetings, classes, schools = (_table(each) for each in (ClassSession, SchoolClass, Organization))
    own = (meetings.c.id, meetings.c.date, meetings.c.start_time, meetings.c.end_time, meetings.c.status, meetings.c.class_id)
    return (
        select(*own, classes.c.name, schools.c.settings, *more)
        .select_from(meetings)
        .join(classes, classes.c.id == meetings.c.class_id)
        .join(schools, schools.c.id == meetings.c.organization_id)
    )


def _meeting(row: Any) -> Meeting:
    return Meeting(row.id, row.name, row.date, row.start_time, row.end_time, SessionStatus(row.status))


def _students_of(
    session: ScopedSession, classes: Collection[str], students: Collection[str]
) -> tuple[dict[str, Student], dict[str, dict[str, Student]]]:
    """These students by themselves; and by class those who were ever in it, with when."""
    people, enrollments, school = _table(User), _table(Enrollment), session.actor.organization_id
    inside = and_(enrollments.c.user_id == people.c.id, enrollments.c.class_id.in_(listed(classes)))
    columns = (people.c.id, people.c.first_name, people.c.last_name, enrollments.c.enrolled_at, enrollments.c.dropped_at)
    rows = session.connection().execute(
        select(enrollments.c.class_id, *columns)
        .select_from(people)
        .outerjoin(enrollments, inside)
        .where(people.c.id.in_(listed(students)), people.c.organization_id == school)
    )
    by_class: dict[str, list[Any]] = {each: [] for each in classes}
    everyone: list[Any] = []
    for class_id, key, first, last, since, until in rows:
        everyone.append((key, first, last, None, None))
        if class_id is not None:
            by_class[class_id].append((key, first, last, since, until))
    return _students(session, everyone), {key: _students(session, some) for key, some in by_class.items()}


def _students(session: ScopedSession, rows: Iterable[Any]) -> dict[str, Student]:
    """Students from rows of key, first and last name, when they came and went; a row for each time that they were there."""
    found: dict[str, Student] = {}
    for key, first, last, since, until in rows:
        if key:
            stays = (stay(session, since, until),) if since else ()
            known = found.get(key)
            found[key] = Student(key, f"{first} {last}", (*(known.stays if known else ()), *stays))
    return found


def stay(session: ScopedSession, since: datetime, until: datetime | None) -> Stay:
    """The days of an enrolment, by the school's calendar."""
    zone = session.actor.zone
    return Stay(since.astimezone(zone).date(), until.astimezone(zone).date() if until else None)


def _table(model: Any) -> Table:
    found: Table = model.__table__
    return found
