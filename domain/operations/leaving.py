"""What it touches when a student leaves a class: each department says what it knows, before anything is confirmed.

A preview is a function that returns findings, which refuse nothing. Those of higher groups are bound in the registry.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import func, select

from domain.access.decide import decide
from domain.access.uow import ScopedSession
from domain.core.models import User
from domain.curriculum.models import Module
from domain.kit.clock import now, wall
from domain.kit.findings import Finding, Subject, Weight
from domain.kit.texts import N_
from domain.operations.enrolment import running
from domain.operations.enums import EnrollmentStatus, SessionStatus
from domain.operations.models import ClassSession, Enrollment, SchoolClass
from domain.operations.queries import ahead_of
from domain.operations.seats import offer_hours, standings
from domain.records.labels import labels
from domain.toolbox.models import UserProgress

SESSIONS_TO_COME = N_("Sessions to come in {klass} without {who}: {count}. The next is on {day}.")
NO_SESSION_TO_COME = N_("No session of {klass} is planned, so {who} misses none.")
PROGRESS_STAYS = N_("Progress stays with {who}: {points} points in {lessons} lessons or modules of this level.")
NO_PROGRESS = N_("{who} has no progress recorded in this level yet.")
OTHER_LEVEL = N_("{to} is of another level: progress of this one stays, and goes on when {who} comes back to it.")
SEAT_OFFERED = N_("The seat that frees is offered to {next}, the first of {count} on the waiting list, for {hours} hours.")
NOBODY_WAITS = N_("Nobody waits for {klass}: the seat is free for anyone.")
CLASS_EMPTIES = N_("{who} is the last student of {klass}: nobody would be left.")


@dataclass(frozen=True)
class Leaving:
    """Someone who is about to leave a class; `to`: for which other one, if they are transferred."""

    enrollment_id: str
    who: Subject
    klass: Subject
    to: Subject | None = None


Preview = Callable[[ScopedSession, Leaving], Iterator[Finding]]
PREVIEWS: list[Preview] = []
"""What is looked at before someone leaves a class, in this order; bound in the registry."""


def touched_by_leaving(session: ScopedSession, enrollment_id: str, to: str | None = None) -> list[Finding]:
    """Everything that a drop, or a transfer to another class, would touch. Raises NotFound, Refused."""
    found = running(session, enrollment_id)
    who = labels(session, User, [found.user_id])
    classes = labels(session, SchoolClass, [found.class_id, *([to] if to else [])])
    leaving = Leaving(
        found.id,
        Subject("users", found.user_id, who[found.user_id]),
        Subject("classes", found.class_id, classes[found.class_id]),
        Subject("classes", to, classes[to]) if to in classes and to else None,
    )
    return [each for preview in PREVIEWS for each in preview(session, leaving)]


def sessions_to_come(session: ScopedSession, leaving: Leaving) -> Iterator[Finding]:
    """The class's sessions that the student won't be at."""
    moment = wall(now(), session.actor.zone)
    coming = (ClassSession.class_id == leaving.klass.key, ClassSession.status == SessionStatus.SCHEDULED, ahead_of(moment))
    count, day = session.execute(select(func.count(ClassSession.id), func.min(ClassSession.date)).where(*coming)).one()
    subjects = {"klass": leaving.klass, "who": leaving.who}
    if count:
        yield said("sessions_to_come", SESSIONS_TO_COME, subjects, count=count, day=day)
    else:
        yield said("no_session_to_come", NO_SESSION_TO_COME, subjects)


def progress(session: ScopedSession, leaving: Leaving) -> Iterator[Finding]:
    """What the student has reached in the class's level, and whether the other class is of the same."""
    classes = [leaving.klass.key, *([leaving.to.key] if leaving.to else [])]
    rows = session.execute(select(SchoolClass.id, SchoolClass.level_id).where(SchoolClass.id.in_(classes)))
    levels = {row.id: row.level_id for row in rows}
    if not decide(session.actor, "R", UserProgress):
        return
    level = levels[leaving.klass.key]
    reached = select(func.count(UserProgress.id), func.coalesce(func.sum(UserProgress.points_earned), 0))
    here = UserProgress.module_id.in_(select(Module.id).where(Module.level_id == level))
    count, points = session.execute(reached.where(UserProgress.user_id == leaving.who.key, here)).one()
    if count:
        yield said("progress_stays", PROGRESS_STAYS, {"who": leaving.who}, points=int(points), lessons=count)
    else:
        yield said("no_progress", NO_PROGRESS, {"who": leaving.who})
    if leaving.to and levels.get(leaving.to.key) != level:
        yield said("other_level", OTHER_LEVEL, {"who": leaving.who, "to": leaving.to})


def waiting_list(session: ScopedSession, leaving: Leaving) -> Iterator[Finding]:
    """Who moves up."""
    standing = standings(session, [leaving.klass.key])[leaving.klass.key]
    waiting = [each for each in standing.line if each.until is None]
    if not waiting or not standing.is_open:
        yield said("nobody_waits", NOBODY_WAITS, {"klass": leaving.klass})
        return
    first = waiting[0].user_id
    name = labels(session, User, [first]).get(first, "")
    subjects = {"next": Subject("users", first, name)}
    yield said("seat_offered", SEAT_OFFERED, subjects, count=len(waiting), hours=offer_hours(session))


def last_one(session: ScopedSession, leaving: Leaving) -> Iterator[Finding]:
    """A class that nobody would be left in."""
    active = (Enrollment.class_id == leaving.klass.key, Enrollment.status == EnrollmentStatus.ACTIVE)
    if session.scalar(select(func.count(Enrollment.id)).where(*active)) == 1:
        yield said("class_empties", CLASS_EMPTIES, {"klass": leaving.klass, "who": leaving.who})


def said(kind: str, source: str, subjects: dict[str, Subject], **params: object) -> Finding:
    """Something that is told and refuses nothing."""
    return Finding(kind, source, subjects, params, weight=Weight.WARNS)
