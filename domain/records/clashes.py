"""What came between a change and its undoing, or its bringing back: each clash with its own words."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Table, select

from domain.access.trail.models import TrailEntry
from domain.access.trail.undo import Step
from domain.access.uow import ScopedSession
from domain.db.base import Base, model_of
from domain.kit.errors import DomainError, InvalidInput, NotAllowed, Problem
from domain.kit.texts import N_, _
from domain.records.fields import fields
from domain.records.labels import NAMELESS, labels, readable_labels

UNSEEN = N_("records that you may not see")


class ChangedSince(DomainError):
    """Someone changed since what was to be undone."""

    source = N_("“{record}” was changed since ({fields}). Nothing was undone.")


class ChangedSinceBy(ChangedSince):
    """The same, where the actor may know who it was."""

    source = N_("“{record}” was changed since by {who} ({fields}). Nothing was undone.")


class CannotChangeBack(InvalidInput):
    """A rule stands by now against what a record was."""

    source = N_("“{record}”: {why} Nothing was undone.")

    def __init__(self, problems: Sequence[Problem], record: str, why: str) -> None:
        super().__init__(problems)
        self.params = {"record": record, "why": why}


class GoneSince(DomainError):
    """What was to be undone isn't there any more."""

    source = N_("“{record}” doesn't exist any more. Nothing was undone.")


class NeededSince(DomainError):
    """Something else hangs on what was created since."""

    source = N_("“{record}” is in use by now: {tables}. Nothing was undone.")


class ThereAgain(DomainError):
    """What was deleted is there again."""

    source = N_("“{record}” is there again already. Nothing was changed.")


class CannotComeBack(DomainError):
    """Something that went along can't come back."""

    source = N_("{table}, “{record}”: {why} Nothing was brought back.")


class BeyondRights(NotAllowed):
    """Something that went along isn't the actor's to create."""

    source = N_("What went along with it isn't yours to create: {tables}. Nothing was brought back.")

    def __init__(self, tables: str) -> None:
        super().__init__(f"may not create {tables}")
        self.params = {"tables": tables}


def changed_since(session: ScopedSession, model: type[Base], key: str, names: Iterable[str], since: int) -> ChangedSince:
    """The clash of a record whose columns of these names were changed after an entry."""
    said = ", ".join(label_of(model, name) for name in names)
    record = name_of(session, model, key)
    who = _who_since(session, model, key, since)
    return ChangedSinceBy(record=record, fields=said, who=who) if who else ChangedSince(record=record, fields=said)


def _who_since(session: ScopedSession, model: type[Base], key: str, since: int) -> str:
    """The name of who changed a record last, if the actor may read that person."""
    entries = TrailEntry.__table__
    wanted = select(entries.c.user_id).where(
        entries.c.organization_id == session.actor.organization_id,
        entries.c.table_name == model.__tablename__,
        entries.c.record_id == key,
        entries.c.number > since,
    )
    found = session.connection().execute(wanted.order_by(entries.c.number.desc()).limit(1)).scalar()
    return readable_labels(session, model_of("users"), [found]).get(found, "") if found else ""


def name_of(session: ScopedSession, model: type[Base], key: str) -> str:
    """What a record that is there is called."""
    return labels(session, model, [key]).get(key, NAMELESS)


def called(step: Step) -> str:
    """What a record that is gone was called, as far as the step says it."""
    told = {**(step.before or {}), **(step.after or {})}
    words = [str(told[name]) for name in step.model.__label__ if told.get(name) and "refers" not in info_of(step.model, name)]
    return " ".join(words) or _(step.model.__one__)


def why(model: type[Base], error: InvalidInput) -> str:
    """What is wrong, field by field."""
    return " ".join(f"{label_of(model, each.field)}: {each.message}" for each in error.problems)


def titles(tables: Iterable[str]) -> str:
    """Tables as people call them; empty for one that isn't the reader's to know."""
    return ", ".join(dict.fromkeys(_(model_of(each).__title__) if each else _(UNSEEN) for each in tables))


def label_of(model: type[Base], name: str) -> str:
    """A field, or a column that is none, as people call it."""
    known = fields(model)
    column = known[name].column if name in known else name
    return _(info_of(model, column).get("label", name))


def info_of(model: type[Base], column: str) -> dict[str, Any]:
    """What a model says of a column; nothing for one that it hasn't."""
    table = model.__table__
    assert isinstance(table, Table)
    return dict(table.columns[column].info) if column in table.columns else {}
