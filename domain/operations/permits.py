"""Clashes that someone in charge allowed, and why. A permit covers one finding on its terms, and ends when these change."""

import re
from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import Table, delete, select

from domain.access.decide import decide
from domain.access.trail.cascade import gone_with
from domain.access.trail.writing import note_gone
from domain.access.uow import ScopedSession
from domain.db.errors import REQUIRED
from domain.db.listed import listed
from domain.kit.errors import InvalidInput, NotAllowed, Problem
from domain.kit.texts import N_
from domain.operations.clashes import Clash
from domain.operations.planning_models import ClashPermit
from domain.operations.touched import Touched

ALLOWED = "allowed clashes"
DATE = re.compile(r"\d{4}-\d\d-\d\d")
LONGEST_REASON, LONGEST_TOLD = 500, 500
TOO_LONG = N_("Please say it in {limit} characters or less.")
# What no reason makes a meeting of: the table itself takes none such, so nobody is asked to allow it.
NO_MEETING = frozenset({"ends_before", "no_weekday"})


def allow(session: ScopedSession, keys: Collection[str], reason: str) -> None:
    """Have this unit of work save what clashes under these keys all the same, and keep why.

    InvalidInput at "reason" without one; NotAllowed for whoever isn't in charge of the timetable.
    """
    if not decide(session.actor, "C", ClashPermit):
        raise NotAllowed("clash_permits")
    said = reason.strip()
    if not said:
        raise InvalidInput([Problem("reason", REQUIRED)])
    if len(said) > LONGEST_REASON:
        raise InvalidInput([Problem("reason", TOO_LONG, {"limit": LONGEST_REASON})])
    session.info[ALLOWED] = frozenset(keys), said


def take_allowed(session: ScopedSession, against: Iterable[Clash]) -> list[Clash]:
    """Keep a permit for each of these that this unit of work allows; the others."""
    keys, reason = session.info.get(ALLOWED, (frozenset(), ""))
    left = []
    for each in against:
        if each.key in keys:
            permit(session, each, reason)
        else:
            left.append(each)
    session.flush()
    return left


def permit(session: ScopedSession, clash: Clash, reason: str) -> None:
    """Keep that a clash is allowed."""
    told = clash.message[:LONGEST_TOLD]
    made = ClashPermit(kind=clash.kind, finding=clash.key, told=told, reason=reason, user_id=session.actor.user_id or None)
    session.add(made)


def permits_of(session: ScopedSession) -> dict[str, str]:
    """Every permit of the school's: by the key of its finding, its own."""
    return {finding: key for finding, key in session.execute(select(ClashPermit.finding, ClashPermit.id))}  # noqa: C416 -- typed rows


def is_permitted(clash: Clash, permits: Mapping[str, str]) -> bool:
    """Whether just this clash is allowed, by itself or as an instance of a weekly one."""
    return not clash.permitted_by.isdisjoint(permits)


def end_permits(session: ScopedSession, permits: Mapping[str, str], touched: Touched, found: Iterable[Clash]) -> None:
    """Forget what was allowed on terms that this unit of work has changed. Whoever brings such a clash back asks anew.

    It follows from a change that the actor was allowed to make; so it asks for no right of its own.
    """
    standing = {each.key for each in found}
    over = [key for finding, key in permits.items() if finding not in standing and _was_looked_at(finding, touched)]
    if over:
        connection, table = session.connection(), ClashPermit.__table__
        assert isinstance(table, Table)
        gone = gone_with(connection, session.actor.organization_id, ClashPermit, over)
        connection.execute(delete(table).where(table.c.id.in_(listed(over))))
        note_gone(session, gone)


def _was_looked_at(finding: str, touched: Touched) -> bool:
    """Whether a finding would have been found again, if it still were one."""
    *named, terms = finding.split(":")  # first the kind, which is nobody's name; what no rule of ours wrote names nobody
    day = terms.partition(".")[0]
    return day in touched.days if DATE.fullmatch(day) else not touched.looked.isdisjoint(named)
