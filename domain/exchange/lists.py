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
from domain.db.types import Key
from domain.kit.texts import N_
from domain.records.fields import Field, fields
from domain.records.query import Row, View, conditions, order, rows_of

MOST = 1_000_000  # rows; a sheet of Excel has 1,048,576 lines
BATCH = 500
KEY_LENGTH = 26
# A record's own key as a column: by it an import finds the record again, whatever else of it was changed.
KEY = Field(
    name="id",
    column="id",
    type=Key(),
    label_source=N_("Key"),
    help_source=N_("What the record is known by in the database. Empty for a new one."),
    required=False,
    automatic=True,
    sealed=False,
    target=None,
    low=None,
    high=None,
    has_default=True,
    default=None,
)


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
    """The fields that may leave in a file: all but sealed ones; and the record's key, by which it can come back."""
    return (*(field for field in fields(model).values() if not field.sealed), KEY)


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
    names = [field.name for field in what.columns if field is not KEY]
    with reading(actor) as session:
        rows = rows_of(session, what.model, keys, names)
    if KEY in what.columns:
        for row in rows:
            row.values[KEY.name] = row.key
    return rows
