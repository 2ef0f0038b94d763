"""Into a class and out of it: enrol, drop, transfer, complete, take a class over into the next term.

What stands against it is found before anything is written, in the unit of work that writes; BEGIN IMMEDIATE holds the write
lock meanwhile, so of two who want the last seat one gets it. What is written past these functions is looked at by `keep_seats`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import or_, select

from domain.access.accounts import table_named
from domain.access.decide import decide
from domain.access.roles import Role
from domain.access.trail.models import TrailAction
from domain.access.trail.undo import steps_of_own
from domain.access.trail.writing import Written
from domain.access.uow import ScopedSession
from domain.core.models import User
from domain.db.errors import GONE, REQUIRED
from domain.kit.clock import now, wall
from domain.kit.errors import InvalidInput, NotAllowed, NotFound, Problem
from domain.kit.findings import Finding, Subject, refuse
from domain.kit.ids import is_id
from domain.kit.texts import N_
from domain.operations.attendance_keeping import as_job
from domain.operations.clashes import Clash
from domain.operations.enrolling import SAME_CLASS, Wish, against_enrolling
from domain.operations.enums import EnrollmentStatus
from domain.operations.models import Enrollment, Schedule, SchoolClass, Term
from domain.operations.planning_models import WaitingEntry
from domain.operations.seats import Standing, settle, standings
from domain.operations.sitting import week_of
from domain.outbox.service import tell
from domain.records import write
from domain.records.check import require as require_fits
from domain.records.labels import labels
from domain.records.undo import undo

JOB = "enrolment"
ENDED_ALREADY = N_("{who} isn't in {klass} any more.")
ENROLLED = N_("Enrolled in {klass}.")
DROPPED = N_("The enrolment in {klass} has ended.")
GOES_ON = N_("{klass} goes on in {term}, with a place in it.")
TRANSFERRED = N_("Moved from {klass} to {other}.")
NOT_LATER = N_("{term} doesn't come after the term of {klass}.")


def wishes(session: ScopedSession, student: str, class_ids: Collection[str], *, leaving: Collection[str] = ()) -> list[Wish]:
    """What must be known to tell whether a student may join some classes; nothing for classes that aren't the actor's to see.

    `leaving`: classes that the student leaves for it. Whoever is offered a seat there finds it free.
    """
    if not is_id(student) or session.scalar(select(User.id).where(User.id == student)) is None:
        raise NotFound
    rows = select(SchoolClass, Term.end_date).join(Term, Term.id == SchoolClass.term_id)
    found = session.execute(rows.where(SchoolClass.id.in_(list(class_ids)))).all()
    standing = standings(session, [each.id for each, _last in found])
    week = week_of(session, student, [each.id for each, _last in found])
    who = Subject("users", student, labels(session, User, [student])[student])
    is_student = _is_student(session, student)
    return [
        replace(_wish(who, each, last, standing[each.id], week.clashes(each.id, student, leaving=leaving)), is_student=is_student)
        for each, last in found
    ]


def _is_student(session: ScopedSession, key: str) -> bool:
    """Whether someone is an active student. Asked below the actor's rows: reception reads nobody's roles."""
    users, held = table_named("users"), table_named("user_roles")
    also = select(held.c.user_id).where(held.c.role == Role.STUDENT)
    wanted = select(users.c.id).where(
        users.c.id == key, users.c.is_active, or_(users.c.role == Role.STUDENT, users.c.id.in_(also))
    )
    return session.connection().execute(wanted).first() is not None


def _wish(who: Subject, klass: SchoolClass, last: date, standing: Standing, clashes: Sequence[Clash]) -> Wish:
    return Wish(
        who,
        standing.klass,
        standing.seats_for(who.key),
        klass.is_active,
        last,
        is_in=who.key in standing.students,
        waits=any(each.user_id == who.key for each in standing.line),
        clashes=clashes,
    )


def wish(session: ScopedSession, student: str, class_id: str, *, leaving: Collection[str] = ()) -> Wish:
    """What must be known to tell whether a student may join a class. Raises NotFound."""
    found = wishes(session, student, [class_id], leaving=leaving) if is_id(class_id) else []
    if not found:
        raise NotFound
    return found[0]


def enrol(session: ScopedSession, student: str, class_id: str) -> Enrollment:
    """A seat in a class from now on. Refused with everything that stands against it; NotFound, NotAllowed."""
    require(session, "C")
    settle(session, [class_id])
    wanted = wish(session, student, class_id)
    refuse(against_enrolling(wanted, today(session)))
    tell(session, [student], "enrolled", ENROLLED, {"klass": wanted.klass.label})
    return _open(session, student, class_id)


def take_back(session: ScopedSession, made: Written) -> int:
    """Undo an enrolment that this very person made some minutes ago, and nothing else; of how many records.

    Under the job's grants, for reception deletes no enrolment: what was just done by mistake is nobody's time in a class.
    NotFound for another's deed, TooLate, NotAllowed for what is more than that, and whatever stands against an undoing.
    """
    steps = steps_of_own(session, made)
    others = [each for each in steps if each.model is not Enrollment or each.action is not TrailAction.CREATE]
    joins = len(others) < len(steps)
    if not joins or any(each.model is not WaitingEntry or each.action is not TrailAction.UPDATE for each in others):
        raise NotAllowed("D")
    session.expunge_all()
    with as_job(session, JOB) as job:
        return undo(job, made)


def drop(session: ScopedSession, enrollment_id: str, reason: str) -> Enrollment:
    """The student leaves the class now. InvalidInput without a reason; Refused if they have left."""
    require(session, "U")
    said = required_reason(reason)
    found = running(session, enrollment_id)
    _close(found, EnrollmentStatus.DROPPED, said)
    session.flush()
    tell(session, [found.user_id], "dropped", DROPPED, {"klass": class_name(session, found.class_id)})
    return found


def transfer(session: ScopedSession, enrollment_id: str, class_id: str, reason: str = "") -> Enrollment:
    """The student leaves the class for another one now: the one enrolment is closed, one that continues it opened."""
    require(session, "U")
    found = running(session, enrollment_id)
    settle(session, [class_id])
    wanted = wish(session, found.user_id, class_id, leaving=[found.class_id])
    if class_id == found.class_id:
        refuse([Finding("same_class", SAME_CLASS, {"who": wanted.who, "klass": wanted.klass}, at="class_id")])
    refuse(against_enrolling(wanted, today(session)))
    said = required_reason(reason) if reason.strip() else None
    _close(found, EnrollmentStatus.TRANSFERRED, said)
    session.flush()
    names = {"klass": class_name(session, found.class_id), "other": wanted.klass.label}
    tell(session, [found.user_id], "transferred", TRANSFERRED, names)
    return _open(session, found.user_id, class_id, follows=found.id)


def complete(session: ScopedSession, enrollment_id: str) -> Enrollment:
    """The student has finished the class."""
    require(session, "U")
    found = running(session, enrollment_id)
    _close(found, EnrollmentStatus.COMPLETED, None)
    session.flush()
    return found


def roll_over(
    session: ScopedSession, class_id: str, values: Mapping[str, str], staying: Collection[str], *, finish: bool
) -> SchoolClass:
    """A class goes on in a later term: a new class with its week, and the enrolments of those who stay.

    `values`: the new class's `term_id`, `level_id` and `name`. `staying`: keys of enrolments. `finish`: the old class is over:
    all its enrolments are completed and it isn't active any more, and who waited for it waits for the new one.
    """
    require(session, "C")
    old = session.scalar(select(SchoolClass).where(SchoolClass.id == class_id)) if is_id(class_id) else None
    if old is None:
        raise NotFound
    term = _later_term(session, old, values.get("term_id", ""))
    kept = {"teacher_id": old.teacher_id, "room_id": old.room_id, "max_students": old.max_students, "is_active": True}
    new = write.create(session, SchoolClass, {**kept, **values})
    assert isinstance(new, SchoolClass)
    for slot in session.scalars(select(Schedule).where(Schedule.class_id == old.id).order_by(Schedule.id)).all():
        at = {"day_of_week": slot.day_of_week, "start_time": slot.start_time, "end_time": slot.end_time}
        write.create(session, Schedule, {"class_id": new.id, **at})
    enrolled = _enrolled(session, old.id)
    if set(staying) - {each.id for each in enrolled}:
        raise NotFound
    if finish:
        _finish(session, old, new, enrolled)
    stay = [each for each in enrolled if each.id in staying]
    for each in stay:
        _open(session, each.user_id, new.id, follows=each.id)
    said = {"klass": new.name, "term": term}
    tell(session, [each.user_id for each in stay], "enrolled", GOES_ON, said, about=("classes", new.id))
    return new


def _later_term(session: ScopedSession, old: SchoolClass, term_id: str) -> str:
    """What the term is called."""
    terms = {each.id: each for each in session.scalars(select(Term).where(Term.id.in_([old.term_id, term_id])))}
    if term_id not in terms:
        raise InvalidInput([Problem("term_id", GONE if term_id else REQUIRED)])
    if terms[term_id].start_date <= terms[old.term_id].start_date:
        subjects = {"term": Subject("terms", term_id, terms[term_id].name), "klass": Subject("classes", old.id, old.name)}
        refuse([Finding("not_later", NOT_LATER, subjects, at="term_id")])
    return terms[term_id].name


def _enrolled(session: ScopedSession, class_id: str) -> Sequence[Enrollment]:
    active = (Enrollment.class_id == class_id, Enrollment.status == EnrollmentStatus.ACTIVE)
    return session.scalars(select(Enrollment).where(*active).order_by(Enrollment.enrolled_at, Enrollment.id)).all()


def _finish(session: ScopedSession, old: SchoolClass, new: SchoolClass, enrolled: Sequence[Enrollment]) -> None:
    for each in enrolled:
        _close(each, EnrollmentStatus.COMPLETED, None)
    old.is_active = False
    for entry in session.scalars(select(WaitingEntry).where(WaitingEntry.class_id == old.id, WaitingEntry.closed_at.is_(None))):
        entry.class_id = new.id
    session.flush()


def running(session: ScopedSession, enrollment_id: str) -> Enrollment:
    """An enrolment that hasn't ended. Raises NotFound, Refused."""
    found = session.scalar(select(Enrollment).where(Enrollment.id == enrollment_id)) if is_id(enrollment_id) else None
    if found is None:
        raise NotFound
    if found.status is not EnrollmentStatus.ACTIVE:
        who = Subject("users", found.user_id, labels(session, User, [found.user_id]).get(found.user_id, ""))
        klass = Subject("classes", found.class_id, class_name(session, found.class_id))
        refuse([Finding("ended_already", ENDED_ALREADY, {"who": who, "klass": klass})])
    return found


def required_reason(reason: str) -> str:
    """The reason as it is kept. InvalidInput at "reason" without one, or with one that is too long."""
    said = reason.strip()
    require_fits(Enrollment, {"reason": said}, names=["reason"])
    if not said:
        raise InvalidInput([Problem("reason", REQUIRED)])
    return said


def require(session: ScopedSession, action: str) -> None:
    """Raise NotAllowed unless the actor may do this to enrolments: before anything that is found is told."""
    verdict = decide(session.actor, action, Enrollment)
    if not verdict:
        raise NotAllowed(verdict.reason)


def today(session: ScopedSession) -> date:
    """The day on the school's calendar."""
    return wall(now(), session.actor.zone).date()


def _open(session: ScopedSession, student: str, class_id: str, *, follows: str | None = None) -> Enrollment:
    made = Enrollment(user_id=student, class_id=class_id, enrolled_at=now(), status=EnrollmentStatus.ACTIVE, follows_id=follows)
    session.add(made)
    session.flush()
    return made


def class_name(session: ScopedSession, class_id: str) -> str:
    """What a class is called; empty for one that isn't there."""
    return labels(session, SchoolClass, [class_id]).get(class_id, "")


def _close(found: Enrollment, status: EnrollmentStatus, reason: str | None) -> None:
    found.status, found.dropped_at = status, max(now(), found.enrolled_at)
    found.reason = reason or found.reason
