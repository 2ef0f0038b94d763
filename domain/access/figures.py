"""The one door to tables that someone may count but not read: what passes it are nameless people, and what is known of each.

`domain.figures` makes figures of these under the rule of five (docs/security.md, "Figures without names") and shows nothing else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, String, Subquery, Table, TextClause, cast, func, or_, select
from sqlalchemy.sql.visitors import ExternallyTraversible

from domain.access.actor import Actor
from domain.access.decide import condition, decide
from domain.access.uow import ScopedSession
from domain.db.base import Base, Tenant
from domain.kit.errors import NotAllowed, WrongScope

COUNTED = "counted within the school"
BETWEEN = "\x1f"  # parts one fact from the next


@dataclass(frozen=True)
class Fact:
    """That somebody was part of a group: when (a month, a term), of which (a level, a tool), and their own mean there, if any.

    `until`: where it lasted, the month in which it was so no more.
    """

    moment: str
    group: str = ""
    value: float | None = None
    until: str = ""


Person = Sequence[Fact]


def countable(actor: Actor, model: type[Base]) -> Subquery:
    """The rows of a table that the actor may count or read, of their school alone. NotAllowed if there can be none."""
    counts, reads = decide(actor, "A", model), decide(actor, "R", model)
    if not counts and not reads:
        raise NotAllowed(counts.reason if not counts else "")
    if not issubclass(model, Tenant):
        raise WrongScope
    table = model.__table__
    theirs = or_(condition(actor, "A", model), condition(actor, "R", model))
    found = select(table).where(table.c.organization_id == actor.organization_id, theirs)
    return found._annotate({COUNTED: True}).subquery()


def people(session: ScopedSession, facts: Select[Any]) -> list[Person]:
    """What is known of each person, without the person: `facts` gives `person`, `moment`, `until`, `value` and `group_name`.

    Gathered by the database, so that no key leaves it. WrongScope for a statement that reads anything but countable rows.
    """
    if _reaches_beyond(facts):
        raise WrongScope
    known = facts.subquery()
    value: ColumnElement[str] = func.coalesce(cast(known.c.value, String), "")
    line = known.c.moment + "|" + known.c.until + "|" + value + "|" + known.c.group_name
    rows = session.connection().execute(select(func.group_concat(line, BETWEEN)).group_by(known.c.person)).scalars()
    return [tuple(_fact(each) for each in str(row).split(BETWEEN)) for row in rows]


def _fact(line: str) -> Fact:
    moment, until, value, group = line.split("|", 3)
    return Fact(moment, group, float(value) if value else None, until)


def _reaches_beyond(element: ExternallyTraversible) -> bool:
    """Whether a statement reads a table other than through `countable()`, or holds SQL in words."""
    if COUNTED in getattr(element, "_annotations", {}):
        return False
    if isinstance(element, Table | TextClause):
        return True
    return any(_reaches_beyond(each) for each in element.get_children())
