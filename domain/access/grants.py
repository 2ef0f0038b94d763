"""Rights as data: per table, which role may do what to whose rows. What isn't granted is refused.

A grant names its actions by letters (C create, R read, U update, D delete; A figures without a name, S a summary over time,
neither of which shows a row; E erase what the trail holds of rows that are gone) and its rows by a scope: `every` row of the
school, or those that a named scope finds through a column. `core/scopes.py` and its like say what scopes mean. Jobs of the
system have grants in the same data, by their names.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement

from domain.access.actor import Actor
from domain.access.masking import Mask
from domain.access.roles import Role

# Without these no row can be spoken of; and folded texts follow what they are made from.
ALWAYS = frozenset({"id", "organization_id", "row_version", "search_text", "sort_text"})
EVERY = "every"  # the scope of all rows of the school
ACTIONS = {
    "C": "create",
    "R": "read",
    "U": "update",
    "D": "delete",
    "A": "see figures of",
    "S": "summarise",
    "E": "erase what is gone of",
}
Scope = Callable[[Actor, Any], ColumnElement[bool]]
Names = tuple[str, ...]


@dataclass(frozen=True)
class Grant:
    """Some actions on some rows. `only`: the columns that an update may touch; the rest says what reading shows.

    `masked`: columns shown as dots; `last_four`: those of which the last four characters are shown; `parts`: (column, keys) for
    objects of which no other keys are; `shown`: where given, the only columns there are, so that a new one isn't told of.
    `author`: the column that bears whoever creates the row, where the scope goes by another.
    """

    actions: str
    scope: str = EVERY
    column: str = ""
    only: Names = ()
    masked: Names = ()
    last_four: Names = ()
    shown: Names = ()
    parts: tuple[tuple[str, Names], ...] = ()
    author: str = ""

    def mask(self, columns: Iterable[str]) -> Mask:
        """What this right shows of rows with these columns."""
        parts = {name: frozenset(keys) for name, keys in self.parts}
        unsaid = set(columns) - set(self.shown) - ALWAYS - parts.keys() if self.shown else set()
        hidden = unsaid.union(self.masked, self.last_four, parts)
        return Mask(frozenset(hidden), frozenset(self.last_four), parts, frozenset(unsaid))


Policy = Mapping[str, Mapping[Role, tuple[Grant, ...]]]
Jobs = Mapping[str, Mapping[str, tuple[Grant, ...]]]  # by the job's name, then by table


@dataclass
class Rights:
    """All that the groups' policies grant, and what the scopes in them mean. Filled once, by the registry."""

    tables: dict[str, Mapping[Role, tuple[Grant, ...]]] = field(default_factory=dict)
    scopes: dict[str, Scope] = field(default_factory=dict)
    jobs: dict[str, dict[str, tuple[Grant, ...]]] = field(default_factory=dict)

    def add(self, policy: Policy) -> None:
        """Take in a group's policy."""
        self.tables.update(policy)

    def add_jobs(self, jobs: Jobs) -> None:
        """Take in what a group grants to jobs of the system."""
        for job, tables in jobs.items():
            self.jobs.setdefault(job, {}).update(tables)

    def grants(self, role: Role | None, table: str) -> tuple[Grant, ...]:
        """What a role was granted on a table; nothing, if nothing was said."""
        return self.tables.get(table, {}).get(role, ()) if role else ()

    def of(self, actor: Actor, table: str) -> tuple[Grant, ...]:
        """What an actor was granted on a table: a person by the role they act in, a job of the system by its name."""
        return self.jobs.get(actor.job, {}).get(table, ()) if actor.job else self.grants(actor.role, table)


RIGHTS = Rights()


def every(
    actions: str,
    *,
    only: Names = (),
    masked: Names = (),
    last_four: Names = (),
    shown: Names = (),
    parts: Mapping[str, Names] | None = None,
) -> tuple[Grant, ...]:
    """All rows of the school."""
    return rows(EVERY, "", actions, only=only, masked=masked, last_four=last_four, shown=shown, parts=parts)


def rows(
    scope: str,
    column: str,
    actions: str,
    *,
    only: Names = (),
    masked: Names = (),
    last_four: Names = (),
    shown: Names = (),
    parts: Mapping[str, Names] | None = None,
    author: str = "",
) -> tuple[Grant, ...]:
    """The rows that a scope finds through a column."""
    return (Grant(actions, scope, column, only, masked, last_four, shown, tuple((parts or {}).items()), author),)


def grant(
    *,
    student: tuple[Grant, ...] = (),
    teacher: tuple[Grant, ...] = (),
    parent: tuple[Grant, ...] = (),
    staff: tuple[Grant, ...] = (),
    school: tuple[Grant, ...] = (),
    owner: tuple[Grant, ...] = (),
) -> Mapping[Role, tuple[Grant, ...]]:
    """One table's line in the table of rights."""
    said = {
        Role.STUDENT: student,
        Role.TEACHER: teacher,
        Role.PARENT: parent,
        Role.STAFF: staff,
        Role.SCHOOL: school,
        Role.OWNER: owner,
    }
    return {role: grants for role, grants in said.items() if grants}
