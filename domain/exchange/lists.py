"""All rows of a list, however many, in memory that doesn't grow with them: first their keys, then some rows at a time.

Each batch is read anew within the rights of that moment, so that no transaction stays open for minutes, and what was taken from
the reader meanwhile no longer leaves. A row that is gone by then is left out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from domain.access.actor import Actor
from domain.access.uow import reading
from domain.db.base import Base
from domain.records.fields import Field, fields
from domain.records.query import Row, View, conditions, order, rows_of

MOST = 1_000_000  # rows; a sheet of Excel has 1,048,576 lines
BATCH = 500
KEY_LENGTH = 26


@dataclass(frozen=True)
class Listed:
    """What is exported: a table's chosen fields, and the keys of the rows, packed, for a million of them are many."""

    model: type[Base]
    columns: tuple[Field, ...]
    keys: bytes

    @property
    def total(self) -> int:
        """How many rows there are."""
        return len(self.keys) // KEY_LENGTH

    def batches(self) -> Iterator[list[str]]:
        """The keys in their order, some at a time."""
        step = BATCH * KEY_LENGTH
        for start in range(0, len(self.keys), step):
            part = self.keys[start : start + step].decode("ascii")
            yield [part[at : at + KEY_LENGTH] for at in range(0, len(part), KEY_LENGTH)]


def exportable(model: type[Base]) -> tuple[Field, ...]:
    """The fields that may leave in a file: all but sealed ones."""
    return tuple(field for field in fields(model).values() if not field.sealed)


def listed(actor: Actor, model: type[Base], view: View, columns: Sequence[Field]) -> Listed:
    """The rows of a view as this actor sees it, in its order."""
    keys = bytearray()
    with reading(actor) as session:
        wanted = select(model.id).where(*conditions(session, model, view)).order_by(*order(session, model, view.sort))
        for key in session.scalars(wanted.limit(MOST).execution_options(yield_per=10 * BATCH)):
            keys += key.encode("ascii")
    return Listed(model, tuple(columns), bytes(keys))


def read_batch(actor: Actor, what: Listed, keys: Sequence[str]) -> list[Row]:
    """The rows with these keys, as the actor may read them now."""
    with reading(actor) as session:
        return rows_of(session, what.model, keys, [field.name for field in what.columns])
