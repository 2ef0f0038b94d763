"""Valid rows of any table, made from what its model says: the row itself and every row that it can't be without.

Rows are inserted below the session, as a program without our rules would: what refuses one is the database. A few tables
have rules between their columns; `TOGETHER` and `PARENTS` say what they want.
"""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from itertools import count
from typing import Any

from sqlalchemy import Column, Connection, func, insert, select

from domain.db import types
from domain.db.base import ADDED, Base, folded, model_of
from domain.db.text_types import PictureUrl
from domain.kit.documents import cnpj_check_digits, cpf_check_digits, nfe_key_check_digit
from domain.kit.ids import new_id

MOMENT = dt.datetime(2026, 3, 2, 12, 0, tzinfo=dt.UTC)
SERIAL = count(1)

# Values that fit together where a table has rules between its columns.
TOGETHER: dict[str, dict[str, Any]] = {
    "terms": {"start_date": dt.date(2026, 2, 2), "end_date": dt.date(2026, 7, 3)},
    "schedules": {"start_time": dt.time(8), "end_time": dt.time(9, 30)},
    "placements": {"reason": "The interview."},
    "sessions": {"start_time": dt.time(8), "end_time": dt.time(9, 30)},
    "staff_payroll": {"gross_amount_cents": 300_000, "net_amount_cents": 300_000},
    "payment_methods": {"method_type": "cash"},
    "fiscal_documents": {"total_amount_cents": 10_000, "net_amount_cents": 10_000},
    "tax_withholdings": {"base_amount_cents": 10_000, "amount_cents": 500},
    "journal_entry_lines": {"currency": "BRL"},
    "alert_releases": {"message": "Please call us."},
}


class Rows:
    """Makes rows of one school."""

    def __init__(self, connection: Connection, organization_id: str | None = None) -> None:
        self.connection = connection
        self.organization_id = organization_id or self._found()

    def add(self, table: str, **given: Any) -> str:
        """Insert a valid row, with the columns given; its key."""
        values = self.values(table, **given)
        self.connection.execute(insert(model_of(table).__table__).values(**values))
        return str(values["id"])

    def values(self, table: str, **given: Any) -> dict[str, Any]:
        """A valid row's values by column, its parents inserted; nothing for what may be empty."""
        model, values = model_of(table), dict(given)
        if table in PARENTS:
            PARENTS[table](self, values)
        for name, value in TOGETHER.get(table, {}).items():
            values.setdefault(name, value)
        for column in model.__table__.columns:
            if column.name in values or column.name in ADDED or column.nullable or column.name == "id":
                continue
            values[column.name] = self.add(column.info["refers"]) if "refers" in column.info else plain_value(column)
        if "organization_id" in model.__table__.columns:
            values.setdefault("organization_id", self.organization_id)
        values.setdefault("id", new_id())
        return {**values, **folded(model, values)}

    def column(self, table: str, name: str, key: str) -> Any:
        """One value of a row."""
        found = model_of(table).__table__
        return self.connection.execute(select(found.c[name]).where(found.c.id == key)).scalar()

    def _found(self) -> str:
        values = {**self.values("organizations"), "name": f"School {next(SERIAL)}"}
        self.connection.execute(insert(model_of("organizations").__table__).values(**values))
        return str(values["id"])


def plain_value(column: Column[Any]) -> Any:
    """A value that a column accepts, different each time where there is room for it."""
    default: Any = column.default
    if default is not None and not default.is_callable:
        return default.arg
    return value_of(column.type, low=column.info.get("low"))


def value_of(kind: Any, *, low: float | None = None) -> Any:
    """A value of one of our types."""
    serial = next(SERIAL)
    for each, make in MAKERS.items():
        if type(kind) is each:
            return make(serial)
    if isinstance(kind, types.ChoiceType):
        return next(iter(kind.kind))
    if isinstance(kind, types.ShortText):
        return f"{serial} text"[: kind.length]
    if isinstance(kind, types.Whole):
        return max(int(low or 0), 1)
    if isinstance(kind, types.Number):
        return 0.5
    raise TypeError(f"no value is known for {kind!r}")


def cpf(serial: int) -> str:
    """A CPF that checks."""
    first = f"{100_000_000 + serial:09d}"
    return first + cpf_check_digits(first)


def cnpj(serial: int) -> str:
    """A CNPJ that checks."""
    first = f"{serial:08d}0001"
    return first + cnpj_check_digits(first)


def _access_key(serial: int) -> str:
    first = f"{serial:043d}"
    return first + nfe_key_check_digit(first)


MAKERS: dict[type[types.Shaped], Callable[[int], Any]] = {
    types.Email: lambda serial: f"person{serial}@example.com",
    types.Phone: lambda serial: f"+55119{serial:08d}",
    types.Cpf: cpf,
    types.Document: cnpj,
    types.AccessKey: _access_key,
    types.Color: lambda _serial: "#5B4BC4",
    types.Url: lambda serial: f"https://example.com/{serial}",
    PictureUrl: lambda serial: f"https://example.com/{serial}",
    types.Slug: lambda serial: f"school-{serial}",
    types.Flag: lambda _serial: False,
    types.Money: lambda _serial: Decimal("100.00"),
    types.Day: lambda _serial: dt.date(2026, 3, 2),
    types.ClockTime: lambda _serial: dt.time(8),
    types.Instant: lambda _serial: MOMENT,
    types.JsonObject: lambda _serial: {},
    types.JsonList: lambda _serial: [],
    types.Tags: lambda _serial: [],
    types.Bytes: lambda serial: f"sealed {serial}".encode(),
    types.Key: lambda _serial: new_id(),
}


def _two_nodes(owner: str, owners: str, nodes: str, *ends: str) -> Callable[[Rows, dict[str, Any]], None]:
    """Two different nodes that belong to the same graph or student as the row."""

    def fill(rows: Rows, values: dict[str, Any]) -> None:
        known = values.get(owner) or next((rows.column(nodes, owner, values[end]) for end in ends if values.get(end)), None)
        key = values[owner] = known or rows.add(owners)
        for end in ends:
            if end not in values:
                values[end] = rows.add(nodes, **{owner: key})

    return fill


def _next_number(rows: Rows, values: dict[str, Any]) -> None:
    """The number after the last one of the school's trail."""
    table = model_of("trail_entries").__table__
    last = select(func.max(table.c.number)).where(table.c.organization_id == rows.organization_id)
    values.setdefault("number", (rows.connection.execute(last).scalar() or 0) + 1)


PARENTS: dict[str, Callable[[Rows, dict[str, Any]], None]] = {
    "memory_edges": _two_nodes("graph_id", "memory_graphs", "memory_nodes", "source_id", "target_id"),
    "memory_contradictions": _two_nodes("graph_id", "memory_graphs", "memory_nodes", "node_a", "node_b"),
    "knowledge_edges": _two_nodes("user_id", "users", "knowledge_nodes", "source_id", "target_id"),
    "trail_entries": _next_number,
}


def all_tables() -> list[str]:
    """Every table, in an order in which rows may be inserted."""
    return [table.name for table in Base.metadata.sorted_tables]
