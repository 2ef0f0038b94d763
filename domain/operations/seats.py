"""Seats and waiting lists as they stand, and what keeps them true whichever way a unit of work writes.

A seat that is offered to someone who waited is held for them. What is free after a unit of work is offered to the first who
wait, in the same transaction.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table, func, select

from domain.access.trail.writing import Change
from domain.access.uow import ScopedSession
from domain.core.models import Organization
from domain.db.listed import listed
from domain.kit.clock import now, wall
from domain.kit.findings import Subject, refuse
from domain.kit.texts import N_
from domain.operations.enrolling import Seats, Waiting, full, in_order, lapsed, next_ones, offers_too_many
from domain.operations.enums import EnrollmentStatus, WaitingStatus
from domain.operations.models import Enrollment, SchoolClass, Term
from domain.operations.planning_models import WaitingEntry
from domain.outbox.service import tell

TABLES = ("enrollments", "classes", "waiting_entries")
OFFER_HOURS = 48  # unless the school's settings say otherwise
SETTING = "offer_hours"
SEAT_OFFERED = N_("A seat in {klass} is held until {day}, {time}. Please tell the school whether it is wanted.")
SEAT_LAPSED = N_("The seat that was offered in {klass} wasn't answered for in time, and goes to the next.")


@dataclass(frozen=True)
class Standing:
    """A class as far as seats go: its places, who has one, and who waits for one, in order."""

    klass: Subject
    seats: Seats
    line: Sequence[Waiting]
    is_open: bool
    students: frozenset[str]

    def seats_for(self, student: str) -> Seats:
        """The seats as one person finds them: what is offered to them is free for them."""
        own = sum(each.until is not None and each.user_id == student for each in self.line)
        return replace(self.seats, held=self.seats.held - own)


def standings(session: ScopedSession, class_ids: Iterable[str]) -> dict[str, Standing]:
    """Classes of the school's with their seats and waiting lists, by key.

    Asked below the actor's rows: how full a class is doesn't depend on who asks. Names are told to whoever wrote there.
    """
    keys, today = list(dict.fromkeys(class_ids)), wall(now(), session.actor.zone).date()
    connection, school = session.connection(), session.actor.organization_id
    classes, terms, enrollments = (_table(each) for each in (SchoolClass, Term, Enrollment))
    found = connection.execute(
        select(classes.c.id, classes.c.name, classes.c.max_students, classes.c.is_active, terms.c.end_date)
        .join(terms, terms.c.id == classes.c.term_id)
        .where(classes.c.organization_id == school, classes.c.id.in_(listed(keys)))
    ).all()
    active = (enrollments.c.status == EnrollmentStatus.ACTIVE, enrollments.c.class_id.in_(listed(keys)))
    students: dict[str, set[str]] = {}
    for class_id, user_id in connection.execute(select(enrollments.c.class_id, enrollments.c.user_id).where(*active)):
        students.setdefault(class_id, set()).add(user_id)
    lines = _lines(session, keys)
    return {
        key: Standing(
            Subject("classes", key, name),
            Seats(places, len(students.get(key, ())), sum(each.until is not None for each in lines.get(key, ()))),
            in_order(lines.get(key, ())),
            bool(is_active) and last >= today,
            frozenset(students.get(key, ())),
        )
        for key, name, places, is_active, last in found
    }


def _lines(session: ScopedSession, keys: Collection[str]) -> dict[str, list[Waiting]]:
    entries = _table(WaitingEntry)
    columns = (entries.c.class_id, entries.c.id, entries.c.user_id, entries.c.created_at, entries.c.offer_ends_at)
    rows = select(*columns, entries.c.status).where(entries.c.class_id.in_(listed(keys)), entries.c.closed_at.is_(None))
    found: dict[str, list[Waiting]] = {}
    for class_id, key, user_id, since, until, status in session.connection().execute(rows):
        offered = until if status == WaitingStatus.OFFERED else None
        found.setdefault(class_id, []).append(Waiting(key, user_id, since, offered))
    return found


def settle(session: ScopedSession, class_ids: Iterable[str]) -> None:
    """Bring waiting lists up to date: offers that have ended lapse, those that can't be kept are taken back, free seats offered.

    Needs the right to change waiting lists.
    """
    moment = now()
    for found in standings(session, class_ids).values():
        line, seats = list(found.line), found.seats
        for each in lapsed(line, moment):
            change_entry(session, each.key, status=WaitingStatus.EXPIRED, closed_at=moment)
            tell(session, [each.user_id], "seat_expired", SEAT_LAPSED, {"klass": found.klass.label})
            line.remove(each)
            seats = replace(seats, held=seats.held - 1)
        for each in offers_too_many(line, seats):
            change_entry(session, each.key, status=WaitingStatus.WAITING, offered_at=None, offer_ends_at=None)
        for each in next_ones(line, seats) if found.is_open else ():
            until = moment + timedelta(hours=offer_hours(session))
            change_entry(session, each.key, status=WaitingStatus.OFFERED, offered_at=moment, offer_ends_at=until)
            local = wall(until, session.actor.zone)
            said = {"klass": found.klass.label, "day": local.date(), "time": local.time().replace(microsecond=0)}
            tell(session, [each.user_id], "seat_offered", SEAT_OFFERED, said)
    session.flush()


def change_entry(session: ScopedSession, key: str, **values: Any) -> WaitingEntry:
    """Change a place on a waiting list."""
    entry: WaitingEntry = session.scalars(select(WaitingEntry).where(WaitingEntry.id == key)).one()
    for name, value in values.items():
        setattr(entry, name, value)
    return entry


def offer_hours(session: ScopedSession) -> int:
    """For how long a seat is offered at this school. Asked below what of the settings the actor may know: it decides for them."""
    table = _table(Organization)
    settings = (
        session.connection()
        .execute(select(table.c.settings).where(table.c.id == session.actor.organization_id))
        .scalar_one_or_none()
    )
    return int((settings or {}).get(SETTING, OFFER_HOURS))


def ended_offers(session: ScopedSession, moment: datetime) -> list[str]:
    """The classes in which an offer has ended unanswered."""
    ended = (WaitingEntry.status == WaitingStatus.OFFERED, WaitingEntry.offer_ends_at <= moment)
    return list(session.scalars(select(WaitingEntry.class_id).where(*ended).distinct()))


def waiting_count() -> Any:
    """How many wait or have an offer, as a column of a query on classes."""
    waits = (WaitingEntry.class_id == SchoolClass.id, WaitingEntry.closed_at.is_(None))
    return select(func.count()).select_from(WaitingEntry).where(*waits).correlate(SchoolClass).scalar_subquery()


# What keeps them true.


def keep_seats(session: ScopedSession, changes: Sequence[Change]) -> None:
    """Refused where more sit in a class than its places less those that are offered; else the lists are brought up to date."""
    joined = _joined(session, changes)
    found = standings(session, joined.keys() | _touched(session, changes))
    against = []
    for key, each in found.items():
        newcomers = joined.get(key, {})
        held = sum(one.until is not None and one.user_id not in newcomers for one in each.line)
        seats = replace(each.seats, held=held)
        if newcomers and seats.over:
            last = tuple(sorted(newcomers.values())[-seats.over :])  # those who came once it was full
            against.append(replace(full(each.klass, replace(seats, taken=seats.taken - len(newcomers))), records=last))
    refuse(against)
    for each in found.values():
        for one in each.line:
            if one.user_id in each.students:  # whoever sits there waits no longer
                change_entry(session, one.key, status=WaitingStatus.ENROLLED, closed_at=now())
    session.flush()
    settle(session, found)


def _joined(session: ScopedSession, changes: Sequence[Change]) -> dict[str, dict[str, str]]:
    """Who sits in a class now that they didn't sit in before: by class and student, the enrolment's key."""
    before = _first_values(changes, "enrollments")
    table = _table(Enrollment)
    rows = select(table.c.id, table.c.class_id, table.c.user_id).where(
        table.c.id.in_(listed(before)), table.c.status == EnrollmentStatus.ACTIVE
    )
    joined: dict[str, dict[str, str]] = {}
    for key, class_id, user_id in session.connection().execute(rows):
        was = before[key]
        if was is None or was.keys() & {"status", "class_id", "user_id"}:
            joined.setdefault(class_id, {})[user_id] = key
    return joined


def _touched(session: ScopedSession, changes: Sequence[Change]) -> set[str]:
    """The classes whose seats or waiting lists may have changed."""
    found = set(_first_values(changes, "classes"))
    for change in changes:
        for record in change.records if change.table != "classes" else ():
            for side in (record.before, record.after):
                values = json.loads(side)["values"] if side else {}
                found |= {values["class_id"]} if values.get("class_id") else set()
    for model in (Enrollment, WaitingEntry):
        table = _table(model)
        keys = list(_first_values(changes, model.__tablename__))
        found |= set(session.connection().execute(select(table.c.class_id).where(table.c.id.in_(listed(keys)))).scalars())
    return found


def _first_values(changes: Sequence[Change], table: str) -> dict[str, dict[str, Any] | None]:
    """What the changed columns of a table's records held when the unit of work began, by key; None for records that it made."""
    found: dict[str, dict[str, Any] | None] = {}
    for change in changes:
        for record in change.records if change.table == table else ():
            if change.action == "C":
                found[record.key] = None
            elif (known := found.setdefault(record.key, {})) is not None and record.before:
                found[record.key] = {**json.loads(record.before)["values"], **known}
    return found


def _table(model: Any) -> Table:
    found: Table = model.__table__
    return found
