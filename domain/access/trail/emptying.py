"""Emptying the trail: erasure and retention take the values away, and leave who did what when, and the chain.

Each emptying is an entry of the trail itself, with how many records lost their values: more that are empty than were said to be
is what `integrity verify` finds.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, update

from domain.access.actor import Actor
from domain.access.decide import decide
from domain.access.trail.kinds import EMPTIED, KEPT_AT_LEAST
from domain.access.trail.models import TrailEntry, TrailValue
from domain.access.trail.writing import Change, Record, append
from domain.db.base import Base
from domain.kit.clock import now
from domain.kit.errors import DomainError, NotAllowed
from domain.kit.texts import N_

JOB = "retention"
DAYS_OF_A_PERSON_GONE = 30  # in which a delete by mistake can still be brought back
PERSON, SCHOOL = "users", "organizations"


class StillThere(DomainError):
    """A person's values go out of the trail once the person is deleted."""

    source = N_("This person is still there. What the trail holds of them can be erased once they are deleted.")


def empty_older(connection: Connection, actor: Actor, days: int) -> int:
    """Empty a school's values that are older than so many days, or than the law keeps them; how many records had any.

    For a job: no person decides alone what is forgotten.
    """
    _may(actor)
    entries = TrailEntry.__table__
    usual = entries.c.at < now() - timedelta(days=days)
    long = [
        entries.c.table_name.in_([name for name, least in KEPT_AT_LEAST.items() if least == each])
        & (entries.c.at < now() - timedelta(days=max(days, each)))
        for each in sorted(set(KEPT_AT_LEAST.values()))
    ]
    old = select(entries.c.id).where(
        entries.c.organization_id == actor.organization_id,
        or_(usual & entries.c.table_name.not_in(KEPT_AT_LEAST), *long),
    )
    return _empty(connection, actor, TrailValue.__table__.c.entry_id.in_(old), about=None)


def empty_person(connection: Connection, actor: Actor, key: str) -> int:
    """Empty all that the trail holds of a deleted person and of what went with them; how many records that was.

    What the law keeps (KEPT_AT_LEAST) stays for its time, and says who it was by a key alone. Raises StillThere. For a job;
    people have `erasing.erase_for_good`.
    """
    _may(actor)
    return empty_all_of(connection, actor, key)


def empty_all_of(connection: Connection, actor: Actor, key: str) -> int:
    """What `empty_person` does, for whoever was found to have the right."""
    users = Base.metadata.tables[PERSON]
    if connection.execute(select(users.c.id).where(users.c.id == key)).first():
        raise StillThere
    records = records_of(connection, actor, key)
    return _empty(connection, actor, to_empty(actor, records), about=key) if records else 0


def records_of(connection: Connection, actor: Actor, key: str) -> set[str]:
    """The records of a person who is gone that the trail holds words of: their own row, and what went with it."""
    entries, values = TrailEntry.__table__, TrailValue.__table__
    theirs = [entries.c.table_name.in_([PERSON]) & (values.c.record_id == key)]
    for table, columns in _own_tables().items():
        said = [
            func.json_extract(side, f"$.values.{name}") == key for name in columns for side in (values.c.before, values.c.after)
        ]
        theirs.append((entries.c.table_name == table) & or_(*said))
    of_school = (values.c.organization_id == actor.organization_id) & values.c.salt.is_not(None)
    found = select(values.c.record_id).join(entries, entries.c.id == values.c.entry_id).where(of_school, or_(*theirs))
    return set(connection.execute(found).scalars())


def to_empty(actor: Actor, records: set[str]) -> ColumnElement[bool]:
    """Those values of these records that the law doesn't keep."""
    entries, values = TrailEntry.__table__, TrailValue.__table__
    kept = select(entries.c.id).where(entries.c.table_name.in_(KEPT_AT_LEAST))
    theirs = values.c.record_id.in_(records) & values.c.entry_id.not_in(kept)
    return and_(values.c.organization_id == actor.organization_id, values.c.salt.is_not(None), theirs)


def _own_tables() -> dict[str, list[str]]:
    """Tables whose records go with their person, and by which columns."""
    found: dict[str, list[str]] = {}
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if column.info.get("refers") == PERSON and column.info["on_delete"] == "CASCADE":
                found.setdefault(table.name, []).append(column.name)
    return found


def people_gone(connection: Connection, school: str, before: datetime) -> list[str]:
    """The people who were deleted before a moment, and of whom the trail still holds values."""
    entries, values, users = TrailEntry.__table__, TrailValue.__table__, Base.metadata.tables[PERSON]
    gone = (
        select(values.c.record_id)
        .join(entries, entries.c.id == values.c.entry_id)
        .where(entries.c.organization_id == school, entries.c.table_name == PERSON, entries.c.action == "D")
        .where(entries.c.at < before, values.c.salt.is_not(None))
        .where(values.c.record_id.not_in(select(users.c.id)))
    )
    return sorted(set(connection.execute(gone).scalars()))


def keep_to_settings(connection: Connection, actor: Actor) -> int:
    """What a school's settings ask for: `trail_days` for all, `trail_days_of_people_gone` for deleted people (30)."""
    schools = Base.metadata.tables[SCHOOL]
    settings = connection.execute(select(schools.c.settings).where(schools.c.id == actor.organization_id)).scalar() or {}
    count = 0
    after = _days(settings.get("trail_days_of_people_gone"), usual=DAYS_OF_A_PERSON_GONE)
    for person in people_gone(connection, actor.organization_id, now() - timedelta(days=after)):
        count += empty_person(connection, actor, person)
    if days := _days(settings.get("trail_days"), usual=0):
        count += empty_older(connection, actor, days)
    return count


def _days(value: Any, *, usual: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else usual


def _empty(connection: Connection, actor: Actor, which: Any, *, about: str | None) -> int:
    values = TrailValue.__table__
    wanted = update(values).where(values.c.organization_id == actor.organization_id, values.c.salt.is_not(None), which)
    count = connection.execute(wanted.values(before=None, after=None, salt=None)).rowcount
    if count:
        named = (Record(about),) if about else ()
        append(connection, actor, [Change("D", EMPTIED, named, count)])
    return count


def _may(actor: Actor) -> None:
    verdict = decide(actor, "D", TrailValue)
    if not verdict:
        raise NotAllowed(verdict.reason)
