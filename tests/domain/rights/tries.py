"""Tries what a role may do with a table against the real domain layer, and lists what differs from the page."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from domain.access import bulk
from domain.access.decide import decide
from domain.access.figures import countable
from domain.access.roles import Role
from domain.access.uow import ScopedSession, reading
from domain.db.base import Base, Tenant, model_of
from domain.kit.errors import NotAllowed
from domain.records.fields import fields
from domain.records.query import LARGEST_PAGE, View, list_page
from tests.domain.rights.acts import (
    DONE,
    LOCKED,
    NEEDED,
    REFUSED,
    another,
    change_row,
    create,
    create_in_bulk,
    new_record,
    outcome,
    plain_columns,
    smuggled,
    taken_back,
    usual_change,
)
from tests.domain.rights.expected import Entry, Lock, shown_by
from tests.domain.rights.world import Row, World

ALIKE = 4  # rows of nobody in particular that are written, in each school


@dataclass
class Tally:
    """How many cells were tried, and those that differ from what the page says."""

    tried: int = 0
    wrong: list[str] = field(default_factory=list)

    def expect(self, what: str, wanted: object, found: object) -> None:
        """Count one cell."""
        self.tried += 1
        if wanted != found:
            self.wrong.append(f"{what}: expected {wanted}, was {found}")


@dataclass(frozen=True)
class Cell:
    """A role and a table, and what the page says of them."""

    world: World
    table: str
    role: Role
    entries: tuple[Entry, ...]
    lock: Lock | None = None

    @property
    def rows(self) -> list[Row]:
        return list(self.world.rows[self.table].values())

    @property
    def tried(self) -> list[Row]:
        """The rows that are written: all of someone, of a class or locked, and a few of those that are nobody's and all alike."""
        world = self.world
        marked = [row for row in self.rows if world.subjects(row) or world.klass(row) or self.is_locked("D", row)]
        alike = [row for row in self.rows if row not in marked]
        ours = [row for row in alike if world.is_ours(row)]
        return marked + ours[:ALIKE] + [row for row in alike if not world.is_ours(row)][:ALIKE]

    @property
    def limited(self) -> list[str]:
        """The columns that may be changed, where only some may."""
        return sorted({name for each in self.entries if "U" in each.actions for name in each.only})

    def allows(self, action: str, row: Row, columns: frozenset[str] = frozenset()) -> bool:
        """Whether the page allows this action on this row; for an update, of these columns."""
        return any(
            action in each.actions
            and self.world.is_of_kind(each.rows, self.role, row)
            and (action != "U" or not each.only or columns <= each.only)
            for each in self.entries
        )

    def wanted(self, action: str, row: Row, columns: frozenset[str] = frozenset()) -> str:
        """What should become of a try."""
        if not self.allows(action, row, columns):
            return REFUSED
        return LOCKED if self.is_locked(action, row) else DONE

    def is_locked(self, action: str, row: Row) -> bool:
        """Whether the record itself refuses, whoever asks."""
        if row.model.__append_only__:
            return action in "UD"
        if self.lock is None or action not in self.lock.refused:
            return False
        return self._side(row, self.lock.column) == (
            self._side(row, self.lock.value) if "." in self.lock.value else self.lock.value
        )

    def _side(self, row: Row, path: str) -> str:
        """A value of the row, or (`column.column`) of the row that it refers to, as the page would write it."""
        column, _dot, further = path.partition(".")
        value = row.values[column]
        if further:
            value = self.world.rows[row.model.__table__.c[column].info["refers"]][value].values[further]
        return str(int(value) if isinstance(value, bool) else value)

    def judge(
        self, tally: Tally, action: str, row: Row, found: str, *, columns: frozenset[str] = frozenset(), how: str = ""
    ) -> None:
        """Count one try of an action on a row."""
        wanted = self.wanted(action, row, columns)
        if wanted == REFUSED and found == LOCKED:
            found = REFUSED
        if action == "D" and found == NEEDED:
            found = DONE  # the rights said yes; another record is in the way
        name = f"{self.role} {action}{how} {self.table} {','.join(sorted(columns))} {self.world.told(row)}"
        tally.expect(name, wanted, found)


def try_reading(cell: Cell, tally: Tally) -> None:
    """Exactly the rows that the page allows are found by a question and by their keys, and shown as it says."""
    model = cell.rows[0].model
    if not issubclass(model, Tenant) and cell.table != "organizations":
        with reading(cell.world.actor(cell.role)) as session:
            answer = outcome(session, lambda: session.scalars(select(model.id)).all())
        tally.expect(f"{cell.role} asks for {cell.table}, which belongs to no school", REFUSED, answer)
        return
    with reading(cell.world.actor(cell.role)) as session:
        found = set(session.scalars(select(model.id)))
        for row in cell.rows:
            cell.judge(tally, "R", row, DONE if row.key in found else REFUSED)
            got = session.get(model, row.key) is not None
            cell.judge(tally, "R", row, DONE if got else REFUSED, how=" by key")
        shown = _everything(session, model) if found else {}
    tally.expect(f"{cell.role} lists {cell.table}", sorted(found), sorted(shown))
    for row in cell.rows:
        readable = [each for each in cell.entries if "R" in each.actions and cell.world.is_of_kind(each.rows, cell.role, row)]
        if readable and row.key in shown:
            for name, field in fields(model).items():
                if not field.sealed:
                    wanted = shown_by(readable, field.column, row.values[field.column])
                    what = f"{cell.role} sees {cell.table}.{field.column} {cell.world.told(row)}"
                    tally.expect(what, wanted, shown[row.key][name])


def _everything(session: ScopedSession, model: type[Base]) -> dict[str, dict[str, Any]]:
    """The values of every row that the actor reads, as they are shown."""
    found: dict[str, dict[str, Any]] = {}
    for number in itertools.count(1):
        page = list_page(session, model, View(page=number, size=LARGEST_PAGE))
        found |= {row.key: row.values for row in page.rows}
        if number * LARGEST_PAGE >= page.total:
            return found
    raise AssertionError


def try_counting(cell: Cell, tally: Tally) -> None:
    """Which rows of a table figures may be made of: those that the role may count, or reads anyway."""
    model = model_of(cell.table)
    if not issubclass(model, Tenant):
        return
    actor = cell.world.actor(cell.role)
    with reading(actor) as session:
        try:
            rows = countable(actor, model)
            keys = set(session.connection().execute(select(rows.c.id)).scalars())
        except NotAllowed:
            keys = set()
    for row in cell.rows:
        wanted = cell.allows("A", row) or cell.allows("R", row)
        tally.expect(f"{cell.role} counts {cell.table} {cell.world.told(row)}", wanted, row.key in keys)
    tally.expect(
        f"{cell.role} sees figures of {cell.table}",
        any("A" in each.actions for each in cell.entries),
        bool(decide(actor, "A", model)),
    )


def try_creating(cell: Cell, tally: Tally) -> None:
    """Each row that someone might plan: alone and in bulk."""
    with taken_back(cell.world, cell.role) as session:
        for row in cell.world.planned[cell.table]:
            for how, act in ((" alone", create), (" in bulk", create_in_bulk)):
                cell.judge(tally, "C", row, outcome(session, lambda act=act, row=row: act(session, row)), how=how)


def try_changing(cell: Cell, tally: Tally) -> None:
    """The usual change of each row, alone and in bulk; where only some columns may be changed, each of the table's columns."""
    limited = cell.limited
    with taken_back(cell.world, cell.role) as session:
        for row in cell.tried:
            changes = [usual_change(row)]
            columns = row.model.__table__.columns
            changes += [_other_value(cell, row, columns[name]) for name in limited[:1]]
            if limited and cell.allows("U", row, frozenset(limited[:1])):
                changes += [
                    _other_value(cell, row, each) for each in columns if each in plain_columns(row.model) or each.name in limited
                ]
                changes.append({**changes[0], **changes[1]})
            for change in changes:
                _try_change(cell, tally, session, row, change)


def _other_value(cell: Cell, row: Row, column: Any) -> dict[str, Any]:
    """A change of one column; of a reference to a person, to the one who acts."""
    me = cell.world.people[cell.role.value]
    if row.table == "payouts" and column.name in {"status", "approved_by"}:
        return {"status": "approved", "approved_by": me}  # neither without the other
    return {column.name: me if "refers" in column.info else another(column, row.values[column.name])}


def _try_change(cell: Cell, tally: Tally, session: ScopedSession, row: Row, change: dict[str, Any]) -> None:
    names = frozenset(change)
    found = outcome(session, lambda: change_row(session, row, change))
    cell.judge(tally, "U", row, found, columns=names, how=" alone")
    if not cell.is_locked("U", row):
        found = outcome(session, lambda: bulk.update_rows(session, row.model, [row.key], change))
        cell.judge(tally, "U", row, found, columns=names, how=" in bulk")


def try_erasing(cell: Cell, tally: Tally) -> None:
    """Whether the role may erase what the trail holds of rows that are gone: of whom, tests of erasing ask."""
    wanted = any("E" in each.actions for each in cell.entries)
    tally.expect(f"{cell.role} erases {cell.table}", wanted, bool(decide(cell.world.actor(cell.role), "E", cell.table)))


def try_deleting(cell: Cell, tally: Tally) -> None:
    """Each row, alone and in bulk."""
    with taken_back(cell.world, cell.role) as session:
        for row in cell.tried:
            found = outcome(session, lambda row=row: session.delete(smuggled(session, row)))
            cell.judge(tally, "D", row, found, how=" alone")
            if not cell.is_locked("D", row):
                found = outcome(session, lambda row=row: bulk.delete_rows(session, row.model, [row.key]))
                cell.judge(tally, "D", row, found, how=" in bulk")


def try_moving(cell: Cell, tally: Tally) -> None:
    """No row that may be changed is given to the other school, made to refer to it, or moved out of those rows."""
    with taken_back(cell.world, cell.role) as session:
        for row in [
            each for each in cell.rows if cell.allows("U", each, frozenset(cell.limited[:1])) and not cell.is_locked("U", each)
        ][:4]:
            for change in _moves(cell, row):
                found = outcome(session, lambda row=row, change=change: change_row(session, row, change))
                name = f"{cell.role} moves {cell.table} {cell.world.told(row)} {sorted(change)}"
                tally.expect(name, REFUSED, REFUSED if found != DONE else found)


def try_becoming_owner(cell: Cell, tally: Tally) -> None:
    """The role owner is neither set in anyone's record, nor added to the roles that anyone holds, nor made of one of them."""
    with taken_back(cell.world, cell.role) as session:
        for row in cell.rows:
            if cell.world.is_ours(row) and row.values["role"] != "owner":
                found = outcome(session, lambda row=row: change_row(session, row, {"role": Role.OWNER}))
                tally.expect(f"{cell.role} makes an owner of {cell.world.told(row)}", REFUSED, found)
        held = [
            row for row in cell.world.rows["user_roles"].values() if cell.world.is_ours(row) and row.values["role"] != "owner"
        ]
        for row in held:
            found = outcome(session, lambda row=row: change_row(session, row, {"role": Role.OWNER}))
            tally.expect(f"{cell.role} turns into owner {cell.world.told(row)}", REFUSED, REFUSED if found == LOCKED else found)
        for row in cell.world.planned["user_roles"]:
            if row.values["role"] == "owner":
                found = outcome(session, lambda row=row: session.add(new_record(row)))
                tally.expect(f"{cell.role} adds owner to {cell.world.told(row)}", REFUSED, found)


def _moves(cell: Cell, row: Row) -> Iterator[dict[str, Any]]:
    for column in row.model.__table__.columns:
        target = column.info.get("refers")
        if column.name == "organization_id":
            yield {column.name: cell.world.neighbour}
        elif target:
            others = cell.world.rows[target].values()
            yield from ({column.name: each.key} for each in [other for other in others if not cell.world.is_ours(other)][:1])
            yield from (
                {column.name: each.key}
                for each in others
                if cell.world.is_ours(each)
                and each.key != row.values[column.name]
                and not cell.allows("U", Row(row.table, row.key, {**row.values, column.name: each.key}), frozenset({column.name}))
            )
