"""Waiting lists: joining, what is offered, and what becomes of an offer. Seats are offered by `seats.settle`."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from domain.access.accounts import connected
from domain.access.actor import Actor
from domain.access.decide import decide
from domain.access.uow import ScopedSession, reading, unit_of_work
from domain.core.models import Organization, User
from domain.kit.clock import now, zone_of
from domain.kit.errors import NotAllowed, NotFound
from domain.kit.findings import Finding, Subject, refuse
from domain.kit.ids import is_id
from domain.kit.texts import N_
from domain.operations.enrolling import against_waiting
from domain.operations.enrolment import enrol, today, wish
from domain.operations.enums import WaitingStatus
from domain.operations.models import Enrollment, SchoolClass
from domain.operations.planning_models import WaitingEntry
from domain.operations.seats import change_entry, ended_offers, settle
from domain.records.labels import labels

JOB = "waiting lists"
NO_OFFER = N_("{who} has no seat offered in {klass} now.")
WAITS_NO_MORE = N_("{who} isn't on the waiting list of {klass} any more.")


def join(session: ScopedSession, student: str, class_id: str, notes: str = "") -> WaitingEntry:
    """The last place on a full class's waiting list. Refused where there is a free seat, or nothing to wait for."""
    _require(session, "C")
    settle(session, [class_id])
    refuse(against_waiting(wish(session, student, class_id), today(session)))
    made = WaitingEntry(user_id=student, class_id=class_id, notes=notes.strip() or None, created_at=now())
    session.add(made)
    session.flush()
    return made


def accept(session: ScopedSession, entry_id: str) -> Enrollment:
    """Who was offered a seat takes it. Refused if the offer has ended, or something else stands against it."""
    entry = _open(session, entry_id)
    settle(session, [entry.class_id])
    if entry.status is not WaitingStatus.OFFERED:
        refuse([Finding("no_offer", NO_OFFER, _subjects(session, entry))])
    return enrol(session, entry.user_id, entry.class_id)


def decline(session: ScopedSession, entry_id: str) -> None:
    """Who was offered a seat doesn't want it: it is offered to the next."""
    entry = _open(session, entry_id)
    if entry.status is not WaitingStatus.OFFERED:
        refuse([Finding("no_offer", NO_OFFER, _subjects(session, entry))])
    _close(session, entry, WaitingStatus.DECLINED)


def withdraw(session: ScopedSession, entry_id: str) -> None:
    """Someone no longer waits."""
    _close(session, _open(session, entry_id), WaitingStatus.WITHDRAWN)


def move_lapsed(actor: Actor, moment: datetime | None = None) -> int:
    """End offers of the actor's school that nobody answered in time, and make the next ones; in how many classes.

    Run by the pages that show waiting lists and by the program's own rounds. It takes the write lock only if there are any.
    """
    job = replace(Actor.system(actor.organization_id, JOB), time_zone=actor.time_zone)
    with reading(job) as session:
        classes = ended_offers(session, moment or now())
    if classes:
        with unit_of_work(job) as session:
            settle(session, classes)
    return len(classes)


def move_every_lapsed() -> None:
    """The same for every school: one of the rounds that the program makes by itself."""
    entries, schools = WaitingEntry.__table__, Organization.__table__
    ended = (entries.c.status == WaitingStatus.OFFERED, entries.c.offer_ends_at <= now())
    wanted = select(schools.c.id, schools.c.settings).where(schools.c.id.in_(select(entries.c.organization_id).where(*ended)))
    with connected(writing=False) as connection:
        found = connection.execute(wanted).all()
    for key, settings in found:
        move_lapsed(replace(Actor.system(key, JOB), time_zone=zone_of(settings).key))


def _open(session: ScopedSession, entry_id: str) -> WaitingEntry:
    _require(session, "U")
    entry = session.scalar(select(WaitingEntry).where(WaitingEntry.id == entry_id)) if is_id(entry_id) else None
    if entry is None:
        raise NotFound
    if entry.closed_at is not None:
        refuse([Finding("waits_no_more", WAITS_NO_MORE, _subjects(session, entry))])
    return entry


def _close(session: ScopedSession, entry: WaitingEntry, status: WaitingStatus) -> None:
    change_entry(session, entry.id, status=status, closed_at=now())
    session.flush()


def _subjects(session: ScopedSession, entry: WaitingEntry) -> dict[str, Subject]:
    who, klass = labels(session, User, [entry.user_id]), labels(session, SchoolClass, [entry.class_id])
    return {
        "who": Subject("users", entry.user_id, who.get(entry.user_id, "")),
        "klass": Subject("classes", entry.class_id, klass.get(entry.class_id, "")),
    }


def _require(session: ScopedSession, action: str) -> None:
    verdict = decide(session.actor, action, WaitingEntry)
    if not verdict:
        raise NotAllowed(verdict.reason)
