"""Nothing that clashes is saved, whichever way it is written: looked at when a unit of work ends, with all that it changed.

What is looked at is the whole school's timetable, also where whoever writes sees a part of it: they are then told that there is
a clash, and nothing of what they may not see. Refused is what the change brings about; what clashed before stands in the list of
clashes, and is in nobody's way who changes something else.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import or_, select

from domain.access.actor import Actor
from domain.access.trail.writing import Change
from domain.access.uow import ScopedSession
from domain.db.base import model_of
from domain.db.listed import listed
from domain.kit import clock
from domain.kit.findings import Subject, Weight, refuse
from domain.kit.texts import N_, _
from domain.operations import boards
from domain.operations.clashes import PAIR_RULES, Clash
from domain.operations.fitting import clashes, other_rooms, outside_the_hours, outside_the_term
from domain.operations.models import ClassSession, Enrollment, Schedule, SchoolClass
from domain.operations.permits import end_permits, is_permitted, permits_of, take_allowed
from domain.operations.touched import OF_ENROLMENT, OF_ROOM, TIMES, Touched, touched_by
from domain.records.labels import readable_labels

JOB = "timetable"
DATED_RULES = (*PAIR_RULES, outside_the_term, outside_the_hours, other_rooms)
UNSEEN = {"classes": N_("another class"), "users": N_("someone"), "rooms": N_("a room")}


def keep_timetable(session: ScopedSession, changes: Sequence[Change]) -> None:
    """Refused, with every clash that these changes bring about and that nobody in charge has allowed."""
    touched = touched_by(changes)
    if not touched:
        return
    job = whole_school(session)
    _find_classes(job, touched)
    found = [*_weekly(job, touched), *_dated(job, touched)]
    permits = permits_of(job)
    end_permits(session, permits, touched, found)
    new = [each for each in found if each.weight is Weight.REFUSES and touched.concerns(each)]
    standing = {each.key for each in found}
    against = [each for each in new if not is_permitted(each, permits) and not (each.permitted_by - {each.key}) & standing]
    left = [replace(each, records=touched.brought_by(each)) for each in take_allowed(session, against)]
    refuse(veiled(session, left))


def whole_school(session: ScopedSession) -> ScopedSession:
    """A session that reads the whole school's timetable as this unit of work has left it. It writes nothing."""
    actor = replace(Actor.system(session.actor.organization_id, JOB), time_zone=session.actor.time_zone)
    info = {"actor": actor, "reading": True}
    return ScopedSession(session.connection(), info=info, join_transaction_mode="rollback_only", autoflush=False)


def _find_classes(job: ScopedSession, touched: Touched) -> None:
    """The classes that stand behind what was touched."""
    if touched.enrollments:
        columns = (Enrollment.class_id, Enrollment.user_id, Enrollment.id)
        for class_id, student, key in job.execute(select(*columns).where(Enrollment.id.in_(listed(touched.enrollments)))).all():
            touched.students[class_id, student] = key
            touched.add(class_id, OF_ENROLMENT)
    if touched.rooms:
        for key in job.execute(select(SchoolClass.id).where(SchoolClass.room_id.in_(listed(touched.rooms)))).scalars():
            touched.add(key, OF_ROOM)
    if touched.terms:
        for key in job.execute(select(SchoolClass.id).where(SchoolClass.term_id.in_(listed(touched.terms)))).scalars():
            touched.add(key, TIMES)


def _weekly(job: ScopedSession, touched: Touched) -> list[Clash]:
    """What clashes in the week. Where only enrolments changed, nothing but these students' classes is looked at."""
    if not (touched.meetings or touched.classes):
        return []
    students = {student for _class, student in touched.students}
    if students and not touched.meetings and all(kinds == OF_ENROLMENT for kinds in touched.classes.values()):
        theirs = select(Enrollment.class_id).where(Enrollment.user_id.in_(listed(students)))
        near = (boards.at_work(), or_(SchoolClass.id.in_(listed(touched.classes)), SchoolClass.id.in_(theirs)))
        return clashes(boards.weekly(job, *near, enrolled=Enrollment.user_id.in_(listed(students))).board)
    meeting = job.execute(select(Schedule.class_id).where(Schedule.id.in_(listed(touched.meetings)))).scalars()
    touched.looked = {*touched.classes, *meeting}
    theirs = select(Enrollment.user_id).where(Enrollment.class_id.in_(listed(touched.looked)))
    return clashes(boards.weekly(job, boards.at_work(), enrolled=Enrollment.user_id.in_(theirs)).board)


def _dated(job: ScopedSession, touched: Touched) -> list[Clash]:
    """What clashes on the days of sessions that were touched, and of those to come of classes with another teacher or room."""
    moved = [key for key, kinds in touched.classes.items() if kinds & {"teacher_twice", "room_twice"} and kinds != TIMES]
    if not (touched.sessions or moved):
        return []
    today = clock.wall(clock.now(), job.actor.zone).date()
    of_moved = ClassSession.class_id.in_(listed(moved)) & (ClassSession.date >= today)
    theirs = job.execute(select(ClassSession.date).where(or_(ClassSession.id.in_(listed(touched.sessions)), of_moved)).distinct())
    days = {*theirs.scalars(), *map(date.fromisoformat, touched.left)}
    touched.days = {each.isoformat() for each in days}
    board = boards.dated(job, ClassSession.date.in_(listed(day.isoformat() for day in days))).board
    return [each for rule in DATED_RULES for each in rule(board)]


def veiled(session: ScopedSession, found: Iterable[Clash]) -> list[Clash]:
    """Findings as the actor may be told them: a record that isn't theirs to read has neither name nor link."""
    some = list(found)
    tables = {subject.table for each in some for subject in each.subjects.values()}
    seen = {
        table: readable_labels(
            session,
            model_of(table),
            [subject.key for each in some for subject in each.subjects.values() if subject.table == table],
        )
        for table in tables
    }

    def told(subject: Subject) -> Subject:
        return subject if subject.key in seen[subject.table] else Subject(subject.table, "", _(UNSEEN[subject.table]))

    return [replace(each, subjects={place: told(subject) for place, subject in each.subjects.items()}) for each in some]
