"""Rights as data: per table, which role may do what to whose rows. What isn't granted is refused.

A grant names its actions by letters (C create, R read, U update, D delete) and its rows by a scope: `every` row of the school,
or those that a named scope finds through a column. `core/scopes.py` and its like say what scopes mean. Jobs of the system have
grants in the same data, by their names.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement

from domain.access.actor import Actor
from domain.access.roles import Role

ACTIONS = {"C": "create", "R": "read", "U": "update", "D": "delete"}
Scope = Callable[[Actor, Any], ColumnElement[bool]]


@dataclass(frozen=True)
class Grant:
    """Some actions on some rows. `only`: the columns that an update may touch; `masked`: those whose values are hidden."""

    actions: str
    scope: str = "every"
    column: str = ""
    only: tuple[str, ...] = ()
    masked: tuple[str, ...] = ()


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


def every(actions: str, *, only: tuple[str, ...] = (), masked: tuple[str, ...] = ()) -> tuple[Grant, ...]:
    """All rows of the school."""
    return (Grant(actions, only=only, masked=masked),)


def rows(scope: str, column: str, actions: str, *, only: tuple[str, ...] = (), masked: tuple[str, ...] = ()) -> tuple[Grant, ...]:
    """The rows that a scope finds through a column."""
    return (Grant(actions, scope, column, only, masked),)


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
