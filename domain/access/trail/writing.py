"""Writing the trail: what a unit of work changes is noted as it happens, and written before its commit, in its transaction.

The chain's head can't move meanwhile, since the transaction holds the write lock. It is read by the statement that writes the
first of the values, so that a unit of work costs two statements more.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import repeat
from secrets import token_hex
from typing import Any

from sqlalchemy import Connection, Table, event, insert, select
from sqlalchemy.orm import Session, SessionTransaction

from domain.access.actor import Actor
from domain.access.decide import decide
from domain.access.masking import MASK
from domain.access.trail.cascade import Gone
from domain.access.trail.chain import AFTER, BEFORE, BEGINNING, digest, digest_of_all, hash_of
from domain.access.trail.kinds import BY_HAND, Kind, kind_of
from domain.access.trail.models import TrailEntry, TrailValue
from domain.access.trail.values import document, documents, kept
from domain.db.base import Base
from domain.db.columnwise import write_columns
from domain.kit.clock import now
from domain.kit.ids import new_id, new_ids
from domain.kit.progress import Work, tell

BATCH = 1_000  # up to so many records of one bulk write have an entry each; beyond, one entry speaks of so many
SALT = 16  # bytes
PENDING, MARKS, WRITTEN, TOLD = "trail", "trail marks", "trail written", "told"
REVERSE = {"C": "D", "U": "U", "D": "C"}

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a change: its key, and what it was and became as JSON; neither, where only the fact is kept."""

    key: str
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True)
class Change:
    """What becomes one entry. `count`: how many records it is about, where none of them is named."""

    action: str
    table: str
    records: tuple[Record, ...]
    count: int = 0


@dataclass(frozen=True)
class Written:
    """A unit of work as the trail knows it: its key, the numbers of its first and last entry, when it was written.

    `can_be_undone`: everything that it changed is kept whole, and what would undo it lies within the writer's rights.
    `told`: what people were told in it, as whoever told them noted it; not part of the trail.
    """

    unit: str
    first: int
    last: int
    at: datetime
    can_be_undone: bool
    told: tuple[Any, ...] = ()


def changes_of(action: str, model: type[Base], rows: Iterable[tuple[str, Row | None, Row | None]]) -> list[Change]:
    """The entries that these writes of one table become: (key, the row before, the row after), by column name.

    An update that changes nothing but what every change does becomes none.
    """
    table = model.__tablename__
    kind = kind_of(table)
    if kind is Kind.NOTHING:
        return []
    return _entries(action, table, kind, [record for each in rows if (record := _record(kind, model, *each))])


def _entries(action: str, table: str, kind: Kind, records: Sequence[Record]) -> list[Change]:
    """An entry for each record, or for each thousand where there are more."""
    if kind is Kind.PRESENCE or len(records) <= BATCH:
        return [Change(action, table, (record,)) for record in records]
    return [Change(action, table, tuple(records[at : at + BATCH])) for at in range(0, len(records), BATCH)]


def _record(kind: Kind, model: type[Base], key: str, before: Row | None, after: Row | None) -> Record | None:
    was, became = (kept(model, row) if row is not None else None for row in (before, after))
    if was is not None and became is not None:
        names = {name for name in was.keys() | became.keys() if was.get(name) != became.get(name)}
        if not names:
            return None
        was, became = ({name: side.get(name) for name in names} for side in (was, became))
    else:
        was, became = (_filled(was), _filled(became))
    if kind is Kind.PRESENCE:
        return Record(key)
    return Record(
        key,
        None if was is None else document(model, was, before or {}),
        None if became is None else document(model, became, after or {}),
    )


def _filled(values: dict[str, Any] | None) -> dict[str, Any] | None:
    return None if values is None else {name: value for name, value in values.items() if value is not None}


def note(session: Session, action: str, model: type[Base], rows: Iterable[tuple[str, Row | None, Row | None]]) -> None:
    """Note writes of this unit of work: ("C", "U" or "D"; key, the row before, the row after)."""
    session.info.setdefault(PENDING, []).extend(changes_of(action, model, rows))


def note_new(session: Session, model: type[Base], columns: Mapping[str, Sequence[Any]]) -> None:
    """Note new rows that are given as columns, by the columns' names, their keys among them."""
    kind = kind_of(model.__tablename__)
    if kind is not Kind.NOTHING:
        made = repeat(None) if kind is Kind.PRESENCE else documents(model, columns)
        records = [Record(key, None, document) for key, document in zip(columns["id"], made, strict=False)]
        session.info.setdefault(PENDING, []).extend(_entries("C", model.__tablename__, kind, records))


def note_gone(session: Session, gone: Sequence[Gone]) -> None:
    """Note what `gone_with` found: the deleted, what went with them, and what lost its reference to them."""
    for each in gone:
        note(session, each.action, each.model, each.rows)


def written(session: Session) -> Written | None:
    """What this session's unit of work left in the trail when it was committed; None for nothing."""
    found: Written | None = session.info.get(WRITTEN)
    return replace(found, told=tuple(session.info.get(TOLD, ()))) if found else None


def note_told(session: Session, said: object) -> None:
    """Note that people were told something in this unit of work, so that they hear of it when it is undone."""
    session.info.setdefault(TOLD, []).append(said)


def append(connection: Connection, actor: Actor, changes: Sequence[Change]) -> Written:
    """Write entries at the end of the chain of the actor's school. The transaction must hold the write lock."""
    tell(Work.NOTING)
    entries, values = _rows_for(actor, changes)
    before, last = _write_values(connection, actor.organization_id, values)
    number = before
    for entry in entries:
        number += 1
        entry["number"], entry["previous_hash"] = number, last
        last = entry["hash"] = hash_of({**entry, "at": _stored(entry["at"])})
    for batch in _batches(entries):
        connection.execute(insert(_table(TrailEntry)), batch)
    return Written(entries[0]["unit"], before + 1, number, entries[0]["at"], _can_be_undone(actor, changes))


def _can_be_undone(actor: Actor, changes: Sequence[Change]) -> bool:
    if sum(max(len(each.records), each.count) for each in changes) > BATCH:
        return False
    if all(each.action == "D" and each.table in BY_HAND for each in changes):
        return False
    return all(
        kind_of(each.table) is Kind.WHOLE
        and decide(actor, REVERSE[each.action], each.table)
        and not any(MASK in (record.before or "") for record in each.records)
        for each in changes
    )


def _rows_for(actor: Actor, changes: Sequence[Change]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    unit, moment = new_id(), now()
    who = {"user_id": actor.user_id or None, "role": actor.role, "job": actor.job or None}
    entries: list[dict[str, Any]] = []
    values: list[dict[str, Any]] = []
    for change in changes:
        entry = {"id": new_id(), "organization_id": actor.organization_id, "row_version": 1, "at": moment, "unit": unit, **who}
        own = _values_rows(entry, [each for each in change.records if each.before is not None or each.after is not None])
        entry |= {
            "action": change.action,
            "table_name": change.table,
            "record_id": change.records[0].key if len(change.records) == 1 else None,
            "records": change.count or len(change.records),
            "before_digest": digest_of_all(BEFORE, own),
            "after_digest": digest_of_all(AFTER, own),
        }
        entries.append(entry)
        values += own
    return entries, values


def _values_rows(entry: Row, records: Sequence[Record]) -> list[dict[str, Any]]:
    whole = token_hex(SALT * len(records))
    salts = [whole[at : at + 2 * SALT] for at in range(0, len(whole), 2 * SALT)]
    return [
        {
            "id": key,
            "organization_id": entry["organization_id"],
            "row_version": 1,
            "entry_id": entry["id"],
            "record_id": record.key,
            "before": record.before,
            "after": record.after,
            "salt": salt,
            "before_digest": digest(BEFORE, record.before, salt),
            "after_digest": digest(AFTER, record.after, salt),
        }
        for key, salt, record in zip(new_ids(len(records)), salts, records, strict=True)
    ]


def _write_values(connection: Connection, school: str, values: Sequence[dict[str, Any]]) -> tuple[int, str]:
    """Write the values; the chain's head as it was: its number and its hash."""
    entries, table = _table(TrailEntry), _table(TrailValue)
    last = select(entries).where(entries.c.organization_id == school).order_by(entries.c.number.desc()).limit(1).subquery()
    if values:
        head = (select(last.c.number).scalar_subquery(), select(last.c.hash).scalar_subquery())
        found = connection.execute(insert(table).values(**values[0]).returning(*head)).first()
        if rest := values[1:]:
            write_columns(connection, table, {name: [each[name] for each in rest] for name in rest[0]}, work=Work.NOTING)
    else:
        found = connection.execute(select(last.c.number, last.c.hash)).first()
    return (0, BEGINNING) if found is None or found[0] is None else (int(found[0]), str(found[1]))


def _stored(moment: datetime) -> str:
    """A moment as its column keeps it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


def _batches(rows: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    return [list(rows[at : at + BATCH]) for at in range(0, len(rows), BATCH)]


def _table(model: type[Base]) -> Table:
    found = model.__table__
    assert isinstance(found, Table)
    return found


@event.listens_for(Session, "before_commit")
def _write(session: Session) -> None:
    """Nothing is committed without its entries."""
    if not _is_ours(session) or session.in_nested_transaction():
        return
    session.flush()
    if changes := session.info.pop(PENDING, []):
        session.info[WRITTEN] = append(session.connection(), session.info["actor"], changes)


@event.listens_for(Session, "after_transaction_create")
def _mark(session: Session, transaction: SessionTransaction) -> None:
    if _is_ours(session) and transaction.nested:
        session.info.setdefault(MARKS, {})[transaction] = len(session.info.get(PENDING, []))


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, transaction: SessionTransaction) -> None:
    """What was undone isn't told."""
    if _is_ours(session) and PENDING in session.info:
        del session.info[PENDING][session.info.get(MARKS, {}).get(transaction, 0) :]


def _is_ours(session: Session) -> bool:
    return "actor" in session.info
