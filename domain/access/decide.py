"""The one place where rights are asked."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Literal

from sqlalchemy import ColumnElement, false, or_, true

from domain.access.actor import Actor
from domain.access.grants import ACTIONS, EVERY, RIGHTS, Grant
from domain.access.masking import Mask
from domain.access.roles import Role
from domain.db.base import Base, model_of, searchable_columns


@dataclass(frozen=True)
class Allowed:
    """Yes; where not every row is meant, `condition()` says which."""

    def __bool__(self) -> Literal[True]:
        return True


@dataclass(frozen=True)
class Denied:
    """No, and why. Falsy, so that `if decide(…)` can't be read the wrong way round."""

    reason: str

    def __bool__(self) -> Literal[False]:
        return False


def decide(actor: Actor, action: str, model: type[Base] | str) -> Allowed | Denied:
    """Whether the actor may do this ("C", "R", "U", "D", "A") to rows of this table at all. The default is no."""
    table = model if isinstance(model, str) else model.__tablename__
    if any(action in each.actions for each in RIGHTS.of(actor, table)):
        return Allowed()
    return Denied(f"{actor.role or actor.job} may not {ACTIONS[action]} {table}")


def may_open(role: Role | None, tables: Iterable[str], action: str = "R") -> bool:
    """Whether a role may read any of these tables (or see figures of any: "A"): what opens a page."""
    return any(action in grant.actions for table in tables for grant in RIGHTS.grants(role, table))


def reads_all(actor: Actor, table: str) -> bool:
    """Whether the actor reads every row of the school's in this table."""
    return any("R" in each.actions and each.scope == EVERY for each in RIGHTS.of(actor, table))


def condition(actor: Actor, action: str, model: type[Base], *, changing: Collection[str] = ()) -> ColumnElement[bool]:
    """Which rows of a table the actor may do this to, within the school; for an update, to these columns of them."""
    found: list[ColumnElement[bool]] = []
    for each in RIGHTS.of(actor, model.__tablename__):
        if action not in each.actions or (each.only and not set(changing) <= set(each.only)):
            continue
        if each.scope == EVERY:
            return true()
        found.append(rows_of(each, actor, model))
    return or_(*found) if found else false()


def rows_of(grant: Grant, actor: Actor, model: type[Base]) -> ColumnElement[bool]:
    """Which rows a right is about."""
    return true() if grant.scope == EVERY else RIGHTS.scopes[grant.scope](actor, model.__table__.columns[grant.column])


def changeable(actor: Actor, model: type[Base]) -> frozenset[str] | None:
    """The columns that the actor may change in some row; None for all of them. `condition()` says in which."""
    columns: set[str] = set()
    for each in RIGHTS.of(actor, model.__tablename__):
        if "U" in each.actions:
            if not each.only:
                return None
            columns.update(each.only)
    return frozenset(columns)


def masked(actor: Actor, table: str) -> frozenset[str]:
    """The columns whose values the actor doesn't see in every row: no search, filter or order may tell of them."""
    found = [(each.scope, mask_of(each, table).hidden) for each in _reading(actor, table)]
    everywhere = [hidden for scope, hidden in found if scope == EVERY]
    if everywhere:
        return frozenset.intersection(*everywhere)
    return frozenset().union(*(hidden for _scope, hidden in found))


def untold(actor: Actor, model: type[Base]) -> frozenset[str]:
    """The columns that no question of the actor's may name: those masked in some row, and the folded texts that hold them."""
    hidden = masked(actor, model.__tablename__)
    if not hidden:
        return hidden
    held = {"search_text": {column.name for column in searchable_columns(model)}, "sort_text": set(model.__label__)}
    return hidden | {name for name, sources in held.items() if name in model.__table__.columns and sources & hidden}


def masks(actor: Actor, model: type[Base]) -> list[tuple[ColumnElement[bool], Mask]]:
    """For each right to read: its rows, and what it shows of them. What one right shows, no other hides."""
    return [(rows_of(each, actor, model), mask_of(each, model.__tablename__)) for each in _reading(actor, model.__tablename__)]


def shown_by_right(actor: Actor, table: str) -> list[tuple[Grant, Mask]]:
    """For each right to read: itself, and what it shows. `rows_of` says of which rows."""
    return [(each, mask_of(each, table)) for each in _reading(actor, table)]


def unheard_of(actor: Actor, model: type[Base]) -> frozenset[str]:
    """The columns of which the actor is told nothing save in rows of their own: a list of cards has no room for them."""
    others = [mask_of(each, model.__tablename__) for each in _reading(actor, model.__tablename__) if each.scope != "own"]
    return frozenset.intersection(*(each.unsaid for each in others)) if others else frozenset()


def ever_dotted(model: type[Base]) -> frozenset[str]:
    """The columns that some role sees as dots: dots in their place are never what someone means."""
    granted = RIGHTS.tables.get(model.__tablename__, {}).values()
    return frozenset(name for grants in granted for each in grants for name in (*each.masked, *each.last_four))


@cache
def mask_of(grant: Grant, table: str) -> Mask:
    """What a right shows of a table's rows."""
    return grant.mask(model_of(table).__table__.columns.keys())


def _reading(actor: Actor, table: str) -> list[Grant]:
    return [each for each in RIGHTS.of(actor, table) if "R" in each.actions]


def own_columns(actor: Actor, table: str) -> dict[str, str]:
    """The columns that hold the actor in every row they may create, with the actor's key: no form need ask for them."""
    grants = [each for each in RIGHTS.of(actor, table) if "C" in each.actions]
    columns = {each.author or (each.column if each.scope == "own" else "") for each in grants}
    return {} if "" in columns else dict.fromkeys(columns, actor.user_id)
