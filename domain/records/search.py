"""The search box: a person, class, lead or invoice by what one would type with someone on the phone."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from domain.access.actor import Actor
from domain.access.decide import decide
from domain.access.uow import ScopedSession, reading
from domain.db.base import model_of
from domain.db.gather import gather
from domain.records.labels import labels
from domain.records.query import Row, View, first_rows

SHORTEST = 2
EACH = 5
TABLES = {
    "users": ("role", "email", "phone"),
    "classes": ("term_id",),
    "leads": ("status", "phone"),
    "invoices": ("status", "amount"),
}


@dataclass(frozen=True)
class Hit:
    """A record that was found: where it lies, what it is called, and what tells it from its like."""

    table: str
    key: str
    label: str
    details: dict[str, object]


def everywhere(actor: Actor, text: str) -> list[Hit]:
    """The best few of each kind that the actor may read, waited for together, and their labels, likewise."""
    wanted = text.strip()
    if len(wanted) < SHORTEST:
        return []
    with reading(actor) as session:
        searched = [partial(_best, session, table, wanted) for table in TABLES if decide(actor, "R", table)]
        found = dict(gather(session, *searched))
        named = dict(gather(session, *(partial(_named, session, table, rows) for table, rows in found.items())))
    return [
        Hit(table, row.key, named[table].get(row.key, ""), {**row.values, **row.labels})
        for table, rows in found.items()
        for row in rows
    ]


def _best(session: ScopedSession, table: str, wanted: str) -> tuple[str, list[Row]]:
    return table, first_rows(session, model_of(table), View(search=wanted, size=EACH), TABLES[table])


def _named(session: ScopedSession, table: str, rows: Sequence[Row]) -> tuple[str, dict[str, str]]:
    return table, labels(session, model_of(table), [row.key for row in rows])
