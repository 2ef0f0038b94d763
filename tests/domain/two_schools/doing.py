"""Random operations in one school: every table, every role and jobs, single and in bulk, valid and hostile, each committed.

Hostile are keys of the other school where keys of one's own are meant: as a row's own key, as what it refers to, as its school.
What an operation gives back, or says as it refuses, must hold nothing of the other school.
"""

import random
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import make_transient_to_detached

from domain.access import bulk
from domain.access.actor import Actor
from domain.access.explain import person
from domain.access.grants import RIGHTS
from domain.access.my_factor import help_for
from domain.access.roles import Role
from domain.access.sign_in import end_session, hand_out, issue_ticket, redeem
from domain.access.trail.reading import history
from domain.access.uow import ScopedSession, reading, unit_of_work
from domain.db.base import Base, model_of
from domain.db.engine import engine
from domain.kit.errors import DomainError
from domain.kit.ids import new_id
from domain.records import write
from domain.records.dependents import dependents
from domain.records.fields import fields
from domain.records.labels import labels, readable_labels
from domain.records.masks import hidden_in
from domain.records.query import Filter, View, get_row, list_page
from domain.records.related import related
from domain.records.undo import bring_back
from domain.supervision.service import acknowledge, resolve
from tests.domain.rights.acts import another, plain_columns
from tests.domain.rights.world import PEOPLE, World
from tests.domain.two_schools.reading import shown, tables
from tests.factories.rows import Rows

DONE, REFUSED, BROKE = "done", "refused", "broke"
KEY = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")
# What values of the factories look like, by which something of the other school is known when it is told.
TOLD = re.compile(rf"{KEY.pattern}|\b\d+ text|person\d+@example\.com|\+55119\d{{8}}|school-\d+|School \d+")
BY_JOBS, HOSTILE = 0.4, 0.5  # of the operations


@dataclass
class Doing:
    """Operations in one school beside another, from one seed. `leaks`: what an operation told of the other school."""

    ours: World
    theirs: World
    rng: random.Random
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    written: set[str] = field(default_factory=set)
    leaks: list[str] = field(default_factory=list)
    given: set[str] = field(default_factory=set)  # what an operation was told of the other school beforehand
    hostile: bool = False

    def __post_init__(self) -> None:
        self.foreign = {table: list(rows) for table, rows in self._rows_of(self.theirs).items()}
        self.tokens = _tokens(self._rows_of(self.theirs)) - _tokens(self._rows_of(self.ours))

    @staticmethod
    def _rows_of(world: World) -> dict[str, dict[str, Any]]:
        return {table: {key: row.values for key, row in rows.items() if world.is_ours(row)} for table, rows in world.rows.items()}

    def one(self) -> str:
        """One operation by someone; what it was."""
        actor, table = self.someone(), self.rng.choice(tables())
        verb = self.rng.choice((*VERBS, *WRITING))
        self.given, self.hostile = set(), self.rng.random() < HOSTILE
        what = f"{actor.job or actor.role} {verb} {table}"
        try:
            told, outcome = VERBS[verb](self, actor, model_of(table)), DONE
        except DomainError as error:
            told, outcome = (str(error), error.params, getattr(error, "problems", ()), getattr(error, "__dict__", {})), REFUSED
        except (SQLAlchemyError, ValueError, TypeError, LookupError, AssertionError, OverflowError) as error:
            told, outcome = "", f"{BROKE}: {type(error).__name__}"
        self.outcomes[verb, outcome] += 1
        if outcome == DONE and verb in WRITING:
            self.written.add(table)
        leaked = (set(TOLD.findall(repr(told))) & self.tokens) - self.given
        if leaked:
            self.leaks.append(f"{what}: {outcome} told {sorted(leaked)[:5]}")
        return f"{what}: {outcome}"

    def someone(self) -> Actor:
        """A job, or a person of the school in the role that they start in; coordination and owners more often than others."""
        if self.rng.random() < BY_JOBS:
            return Actor.system(self.ours.id, self.rng.choice(("test", "test", "test", "nobody", *sorted(RIGHTS.jobs))))
        role = self.rng.choice((*Role, Role.SCHOOL, Role.SCHOOL, Role.OWNER))
        name = self.rng.choice([name for name, (starts, _born) in PEOPLE.items() if starts is role])
        return Actor(organization_id=self.ours.id, user_id=self.ours.people[name], role=role, roles=(role,))

    def own_keys(self, table: str) -> list[str]:
        """The keys of the school's rows now, in the order in which they came."""
        column = "id" if table == "organizations" else "organization_id"
        with engine().connect().execution_options(libsql_readonly=True) as connection:
            asked = f"SELECT id FROM {table} WHERE {column} = ? ORDER BY rowid"
            return [row[0] for row in connection.exec_driver_sql(asked, (self.ours.id,))]

    def foreign_key(self, table: str) -> str:
        """A key of the other school's."""
        key = self.rng.choice(self.foreign[table]) if self.foreign.get(table) else self.theirs.id
        self.given.add(key)
        return key

    def key(self, table: str) -> str:
        """A key of a row: most often one of the school's, sometimes the other's, sometimes nobody's."""
        chance, own = self.rng.random(), self.own_keys(table)
        if own and (chance < 0.5 or not self.hostile):
            return self.rng.choice(own)
        return self.foreign_key(table) if chance < 0.93 else self.rng.choice((new_id(), "", "x", "' OR 1=1 --"))

    def keys(self, table: str) -> list[str]:
        return [self.key(table) for _at in range(self.rng.choice((1, 1, 1, 2, 3)))]

    def values(self, session: ScopedSession, table: str) -> dict[str, Any]:
        """A row's values by column: valid, with now and then something of the other school in them."""
        given: dict[str, Any] = {}
        for column in model_of(table).__table__.columns:
            target = column.info.get("refers")
            if target and column.name != "organization_id":
                chance = self.rng.random()
                own = self.own_keys(target) if chance < 0.3 else []
                if own:
                    given[column.name] = self.rng.choice(own)
                elif chance > 0.8 and self.hostile:
                    given[column.name] = self.foreign_key(target)
        if self.hostile and self.rng.random() < 0.15:
            given["organization_id"] = self.foreign_key("organizations")
        if self.hostile and self.rng.random() < 0.15:
            given["id"] = self.foreign_key(table)
        made = Rows(session.connection(), self.ours.id).values(table, **given)
        return {name: value for name, value in made.items() if name not in {"search_text", "sort_text", "row_version"}}

    def change(self, model: type[Base]) -> dict[str, Any]:
        """Some columns with other values: plain ones, references within the school, references out of it, the school itself."""
        columns = list(model.__table__.columns)
        found: dict[str, Any] = {}
        for _at in range(self.rng.choice((1, 1, 2))):
            chance, plain = self.rng.random(), plain_columns(model)
            references = [each for each in columns if each.info.get("refers") and each.name != "organization_id"]
            if chance < 0.6 and plain:
                column = self.rng.choice(plain)
                found[column.name] = another(column, None)
            elif references and (chance < 0.92 or not self.hostile):
                column = self.rng.choice(references)
                found[column.name] = self.key(column.info["refers"])
            elif self.hostile:
                found[self.rng.choice(("organization_id", "id"))] = self.foreign_key("organizations")
        return {name: value for name, value in found.items() if name in model.__table__.columns}


def _tokens(rows: dict[str, dict[str, Any]]) -> set[str]:
    return set(TOLD.findall(repr(rows)))


def _attributes(model: type[Base], values: dict[str, Any]) -> dict[str, Any]:
    return {each.key: values[each.columns[0].name] for each in inspect(model).column_attrs if each.columns[0].name in values}


def _fields_only(doing: Doing, actor: Actor, model: type[Base], values: dict[str, Any], action: str) -> dict[str, Any]:
    """What a form would send; now and then with what it never asks for, as a forged one would."""
    given = _attributes(model, values)
    if doing.hostile and doing.rng.random() < 0.3:
        return given
    allowed = write.writable(actor, model, action) or set(fields(model))
    return {name: value for name, value in given.items() if name in allowed}


def _add(doing: Doing, actor: Actor, model: type[Base]) -> object:
    with unit_of_work(actor) as session:
        session.add(model(**_attributes(model, doing.values(session, model.__tablename__))))
    return None


def _create(doing: Doing, actor: Actor, model: type[Base]) -> object:
    with unit_of_work(actor) as session:
        values = _fields_only(doing, actor, model, doing.values(session, model.__tablename__), "C")
        write.create(session, model, values)
    return None


def _insert(doing: Doing, actor: Actor, model: type[Base]) -> object:
    with unit_of_work(actor) as session:
        batch = [doing.values(session, model.__tablename__) for _at in range(doing.rng.choice((1, 2, 3)))]
        bulk.insert_rows(session, model, batch)
    return None


def _update(doing: Doing, actor: Actor, model: type[Base]) -> object:
    with unit_of_work(actor) as session:
        values = _fields_only(doing, actor, model, doing.change(model), "U")
        write.update(session, model, doing.key(model.__tablename__), values, version=1, opened={})
    return None


def _smuggled(doing: Doing, session: ScopedSession, model: type[Base]) -> Base:
    """A row as a record of the session, though the session would never have shown it."""
    table = model.__table__
    asked = select(table).where(table.c.id == doing.key(model.__tablename__))
    with engine().connect().execution_options(libsql_readonly=True) as connection:
        values = dict(connection.execute(asked).mappings().one())
    record = model(**_attributes(model, values))
    make_transient_to_detached(record)
    session.add(record)
    doing.given |= set(TOLD.findall(repr(values)))
    return record


def _alter(doing: Doing, actor: Actor, model: type[Base]) -> object:
    with unit_of_work(actor) as session:
        record = _smuggled(doing, session, model)
        for name, value in _attributes(model, doing.change(model)).items():
            setattr(record, name, value)
    return None


def _take_out(doing: Doing, actor: Actor, model: type[Base]) -> object:
    with unit_of_work(actor) as session:
        record = _smuggled(doing, session, model)
        if record.id != doing.ours.id:  # a school without its own record would leave nothing to watch
            session.delete(record)
    return None


def _update_rows(doing: Doing, actor: Actor, model: type[Base]) -> object:
    with unit_of_work(actor) as session:
        return bulk.update_rows(session, model, doing.keys(model.__tablename__), doing.change(model))


def _update_many(doing: Doing, actor: Actor, model: type[Base]) -> object:
    with unit_of_work(actor) as session:
        values = _fields_only(doing, actor, model, doing.change(model), "U")
        return write.update_many(session, model, doing.keys(model.__tablename__), values)


def _not_the_school(doing: Doing, keys: list[str]) -> list[str]:
    return [key for key in keys if key != doing.ours.id] or [doing.foreign_key("organizations")]


def _remove(doing: Doing, actor: Actor, model: type[Base]) -> object:
    with unit_of_work(actor) as session:
        return write.remove(session, model, _not_the_school(doing, doing.keys(model.__tablename__)))


def _delete_rows(doing: Doing, actor: Actor, model: type[Base]) -> object:
    with unit_of_work(actor) as session:
        return bulk.delete_rows(session, model, _not_the_school(doing, doing.keys(model.__tablename__)))


def _look_up(doing: Doing, actor: Actor, model: type[Base]) -> object:
    """Ask by every way there is for rows by their keys, and for what surrounds them."""
    key, found = doing.key(model.__tablename__), []
    asked: tuple[Callable[[ScopedSession], Any], ...] = (
        lambda session: get_row(session, model, key),
        lambda session: session.get(model, key),
        lambda session: labels(session, model, [key]),
        lambda session: readable_labels(session, model, [key]),
        lambda session: related(session, model, key),
        lambda session: dependents(session, model, [key]),
        lambda session: hidden_in(session, model, [key]),
        lambda session: history(session, model, key),
        lambda session: person(session, key),
    )
    with reading(actor) as session:
        for ask in asked:
            try:
                told = ask(session)
            except DomainError as error:
                told = str(error), error.params
            found.append(_attributes_of(told) if isinstance(told, Base) else told)
    return found


def _attributes_of(record: Base) -> dict[str, Any]:
    return {each.key: shown(record, each.key) for each in inspect(type(record)).column_attrs}


def _list(doing: Doing, actor: Actor, model: type[Base]) -> object:
    """A list filtered by a reference, sorted and searched by whatever comes."""
    names = list(fields(model))
    filters = [
        Filter(each.name, values=(doing.key(each.target),)) for each in fields(model).values() if each.target
    ]  # of what leads to the other school
    chosen = tuple(doing.rng.sample(filters, min(len(filters), doing.rng.choice((0, 1)))))
    search = doing.rng.choice(("", "text", "person", doing.rng.choice(sorted(doing.tokens))))
    doing.given.add(search)
    with reading(actor) as session:
        return list_page(session, model, View(search=search, filters=chosen, sort=doing.rng.choice(["", *names]), size=200))


def _hand_out(doing: Doing, actor: Actor, _model: type[Base]) -> object:
    key = doing.key("users")
    may = help_for(actor, key).link
    assert may is False or key not in doing.given, "a link for someone of the other school"
    hand_out(actor, key)
    if key in doing.given:
        doing.leaks.append("a link was handed out for someone of the other school")
    return None


def _end_session(doing: Doing, actor: Actor, _model: type[Base]) -> object:
    """Sign in, end a session by its key, be it of the other school."""
    if actor.role is None:
        return None
    token = redeem(issue_ticket(actor.user_id, actor.role))
    end_session(str(token), doing.key("sign_ins"))
    return None


def _alert(doing: Doing, actor: Actor, _model: type[Base]) -> object:
    with unit_of_work(actor) as session:
        key = doing.key("safety_alerts")
        if doing.rng.random() < 0.5:
            acknowledge(session, key, "called", "spoke with the family")
        else:
            resolve(session, key, "all is well")
    return None


def _bring_back(doing: Doing, actor: Actor, model: type[Base]) -> object:
    """Bring a deleted record back; most that are tried were never deleted, or are the other school's."""
    with unit_of_work(actor) as session:
        return bring_back(session, model, doing.key(model.__tablename__))


VERBS: dict[str, Callable[[Doing, Actor, type[Base]], object]] = {
    "adds to": _add,
    "creates in": _create,
    "inserts into": _insert,
    "updates": _update,
    "alters": _alter,
    "takes out of": _take_out,
    "updates rows of": _update_rows,
    "updates many of": _update_many,
    "removes from": _remove,
    "deletes rows of": _delete_rows,
    "looks up in": _look_up,
    "lists": _list,
    "hands out, beside": _hand_out,
    "ends a session, beside": _end_session,
    "sees to an alert, beside": _alert,
    "brings back in": _bring_back,
}
WRITING = tuple(VERBS)[:10]
