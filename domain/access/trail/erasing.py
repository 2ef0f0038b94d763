"""Erasing for good what the trail holds of a deleted person, before its time: by a person who has the right, in their own name.

Who did what when stays, with an entry that says who erased; the chain verifies as after any emptying.
"""

from sqlalchemy import func, or_, select

from domain.access.decide import decide
from domain.access.roles import Role
from domain.access.trail.emptying import PERSON, empty_all_of, records_of, to_empty
from domain.access.trail.models import TrailEntry, TrailValue
from domain.access.uow import ScopedSession
from domain.kit.errors import NotAllowed, NotFound


def words_of(session: ScopedSession, key: str) -> dict[str, int]:
    """Of how many records of each table `erase_for_good` would erase the words.

    NotAllowed without the right; NotFound for someone who isn't gone from this school, or of whom nothing is kept any more.
    """
    _may_erase(session, key)
    entries, values = TrailEntry.__table__, TrailValue.__table__
    records = records_of(session.connection(), session.actor, key)
    wanted = (
        select(entries.c.table_name, func.count(values.c.record_id.distinct()))
        .join(values, values.c.entry_id == entries.c.id)
        .where(to_empty(session.actor, records))
        .group_by(entries.c.table_name)
        .order_by(entries.c.table_name)
    )
    return {table: count for table, count in session.connection().execute(wanted)}  # noqa: C416 -- rows are no pairs to mypy


def erase_for_good(session: ScopedSession, key: str) -> int:
    """Erase now what the trail holds of a person who was deleted, and of what went with them; how many records that was.

    Raises what `words_of` does; StillThere for someone who came back.
    """
    _may_erase(session, key)
    return empty_all_of(session.connection(), session.actor, key)


def _may_erase(session: ScopedSession, key: str) -> None:
    """The right is about rows that are gone, so it is asked of what the person was: an owner's words aren't coordination's."""
    verdict = decide(session.actor, "E", PERSON)
    if not verdict:
        raise NotAllowed(verdict.reason)
    entries, values = TrailEntry.__table__, TrailValue.__table__
    gone = (
        select(values.c.id)
        .join(entries, entries.c.id == values.c.entry_id)
        .where(entries.c.organization_id == session.actor.organization_id, entries.c.action == "D", values.c.salt.is_not(None))
    )
    person = (entries.c.table_name == PERSON) & (values.c.record_id == key)
    if session.connection().execute(gone.where(person)).first() is None:
        raise NotFound
    whose = func.json_extract(values.c.before, "$.values.user_id")
    owns = func.json_extract(values.c.before, "$.values.role") == Role.OWNER
    if session.connection().execute(gone.where(or_(person, whose == key), owns)).first() is not None:
        raise NotAllowed("the words of an owner")
