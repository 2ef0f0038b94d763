"""The search box: a person, class, lead or invoice by what one would type with someone on the phone."""

import re
from dataclasses import dataclass

from domain.access.actor import Actor
from domain.access.decide import decide
from domain.access.uow import reading
from domain.db.base import model_of
from domain.records.labels import labels
from domain.records.query import View, list_page

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
    """The best few of each kind that the actor may read. A number is looked for as digits, however it was typed."""
    wanted = text.strip()
    digits = re.sub(r"[()\-.\s+/]", "", wanted)
    if digits.isdigit():
        wanted = digits
    if len(wanted) < SHORTEST:
        return []
    hits: list[Hit] = []
    with reading(actor) as session:
        for table, details in TABLES.items():
            model = model_of(table)
            if not decide(actor, "R", model):
                continue
            rows = list_page(session, model, View(search=wanted, size=EACH), details).rows
            named = labels(session, model, [row.key for row in rows])
            hits += [Hit(table, row.key, named.get(row.key, ""), {**row.values, **row.labels}) for row in rows]
    return hits
