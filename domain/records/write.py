"""Writing any table: checked first, refused at the field, everything or nothing. A group's service may follow a write up."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from domain.access import bulk
from domain.access.actor import Actor
from domain.access.decide import changeable, decide, ever_dotted, own_columns
from domain.access.uow import ScopedSession
from domain.db.base import Base
from domain.kit.errors import EditConflict, InvalidInput, NotAllowed, NotFound, Problem, StillNeeded, Unchangeable
from domain.kit.texts import N_
from domain.records.check import require, tidy
from domain.records.dependents import dependents
from domain.records.fields import fields
from domain.records.locks import find, lock_reason, lock_reasons
from domain.records.many import fitting, records_of, write_rows
from domain.records.masks import has_dots, mask, masks_in, stored
from domain.records.missing import note_missing
from domain.records.references import references_exist
from domain.records.twins import nobody_has

DOTS_GIVEN = N_("The dots stand for what is hidden. Please type the whole value.")

Follower = Callable[[ScopedSession, Sequence[Base], str], None]
FOLLOWERS: dict[str, list[Follower]] = {}
"""What a group does after each generic write of rows of a table ("C", "U"); bound in the registry."""

ONLY_AFTER: dict[Follower, str] = {}
"""The one kind of write after which a follower has anything to do, where it isn't both; bound in the registry."""

Guard = Callable[[ScopedSession, Sequence[str], Mapping[str, Any] | None], None]
GUARDS: dict[str, list[Guard]] = {}
"""What a group looks at before rows of a table get new values (of no keys: a new row), or (None) are deleted.

It raises what refuses the change.
"""


def writable(actor: Actor, model: type[Base], action: str) -> set[str]:
    """The fields that the actor may set when creating ("C") or changing ("U") a row; empty where they may not at all."""
    if not decide(actor, action, model):
        return set()
    found = {name for name, field in fields(model).items() if field.editable}
    allowed = changeable(actor, model) if action == "U" else None
    return found if allowed is None else found & allowed


def create(session: ScopedSession, model: type[Base], values: Mapping[str, Any]) -> Base:
    """A new row; InvalidInput with every problem at its field."""
    _only(values, writable(session.actor, model, "C"))
    _no_dots(model, values)
    tidied = require(model, {**own_columns(session.actor, model.__tablename__), **values})
    references_exist(session, model, tidied)
    nobody_has(session, model, tidied, except_key="")
    guard(session, model, [], tidied)
    record = model(**{name: value for name, value in tidied.items() if value is not None or not _has_default(model, name)})
    session.add(record)
    session.flush()
    follow(session, [record], "C")
    return record


def update(
    session: ScopedSession, model: type[Base], key: str, values: Mapping[str, Any], *, version: int, opened: Mapping[str, Any]
) -> Base:
    """Change a row that was opened at `version` with the values `opened`.

    EditConflict, with both versions, if someone else has changed any of its fields since. What is masked for the actor is
    neither compared nor shown; left empty, or given back as it was shown, it stays as it is.
    """
    record = _existing(session, model, key)
    if lock_reason(session, record):
        raise Unchangeable
    _only(values, writable(session.actor, model, "U"))
    shown = masks_in(session, model, [key])[key]
    hidden = {name for name, field in fields(model).items() if field.column in shown.hidden}
    current = stored(session, record)
    seen = mask(model, current, shown)
    wanted = {name: value for name, value in values.items() if name not in hidden or value != seen[name]}
    _no_dots(model, wanted)
    given = {name: value for name, value in tidy(model, wanted).items() if name not in hidden or value is not None}
    compared = current.keys() & opened.keys() - hidden
    if record.row_version != version and any(current[name] != opened[name] for name in compared):
        raise EditConflict(mine=given, theirs=seen, version=record.row_version)
    changed = {name: value for name, value in given.items() if current.get(name) != value}
    if not changed:
        return record
    tidied = require(model, {**current, **changed}, names=set(given))
    references_exist(session, model, changed)
    nobody_has(session, model, tidied, except_key=key)
    guard(session, model, [key], changed)
    for name, value in changed.items():
        setattr(record, name, value)
    session.flush()
    follow(session, [record], "U")
    return record


def remove(session: ScopedSession, model: type[Base], keys: Sequence[str]) -> int:
    """Delete rows; StillNeeded, with what stands in the way, if any of them is needed."""
    records = _all_existing(session, model, keys)
    if lock_reasons(session, records, deleting=True):
        raise Unchangeable
    if not decide(session.actor, "D", model):
        raise NotAllowed("D")
    in_the_way = [each for each in dependents(session, model, keys) if each.rule == "RESTRICT"]
    if in_the_way:
        raise StillNeeded(in_the_way)
    guard(session, model, keys, None)
    return bulk.delete_rows(session, model, keys)


def update_many(session: ScopedSession, model: type[Base], keys: Sequence[str], values: Mapping[str, Any]) -> int:
    """Set the same values on many rows, in this one transaction; how many there were.

    As few questions for many as for one. Of what is refused the first record's is said, as if one were changed after the other.
    """
    _only(values, writable(session.actor, model, "U"))
    _no_dots(model, values)
    guard(session, model, keys, values)
    records = _all_existing(session, model, keys)
    found = fitting(session, model, records, [values] * len(records))
    columns = {name: field.column for name, field in fields(model).items()}
    rows = [{columns[name]: value for name, value in each.items()} for each in found.changes]
    write_rows(session, model, [{"id": record.id, **row} for record, row in zip(records, rows, strict=False)])
    if found.refusal:
        raise found.refusal()
    if followers_of(model.__tablename__, "U"):
        follow(session, list(records_of(session, model, keys).values()), "U")
    return len(keys)


def guard(session: ScopedSession, model: type[Base], keys: Sequence[str], values: Mapping[str, Any] | None) -> None:
    """Ask the table's guards whether these rows may get these values, or (None) be deleted. Raises what they refuse with."""
    for each in GUARDS.get(model.__tablename__, ()):
        each(session, keys, values)


def _all_existing(session: ScopedSession, model: type[Base], keys: Sequence[str]) -> list[Base]:
    """These records; NotFound for the first that isn't among the actor's rows."""
    found = records_of(session, model, keys)
    return [found[key] if key in found else _existing(session, model, key) for key in keys]


def _existing(session: ScopedSession, model: type[Base], key: str) -> Base:
    record = find(session, model, key)
    if record is None:
        note_missing(session, model, key)
        raise NotFound
    return record


def _only(values: Mapping[str, Any], allowed: set[str]) -> None:
    if not allowed or set(values) - allowed:
        raise NotAllowed(f"fields {sorted(set(values) - allowed)}")


def _no_dots(model: type[Base], values: Mapping[str, Any]) -> None:
    """Nobody keeps dots in the place of what they stood for."""
    dotted = ever_dotted(model)
    problems = [
        Problem(name, DOTS_GIVEN)
        for name, field in fields(model).items()
        if field.column in dotted and has_dots(values.get(name))
    ]
    if problems:
        raise InvalidInput(problems)


def _has_default(model: type[Base], name: str) -> bool:
    column = model.__table__.columns[fields(model)[name].column]
    return column.default is not None


def follow(session: ScopedSession, records: Sequence[Base], action: str) -> None:
    """Do what groups do after a write of these records of one table."""
    for follower in followers_of(records[0].__tablename__, action) if records else ():
        follower(session, records, action)


def followers_of(table: str, action: str) -> list[Follower]:
    """What is done after such a write of a table's row."""
    return [each for each in FOLLOWERS.get(table, ()) if action in ONLY_AFTER.get(each, "CU")]
