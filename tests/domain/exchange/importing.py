"""What tests of imports share: files as people make them, and what is told of them."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from sqlalchemy import func, select

from domain.access.actor import Actor
from domain.db.base import Base, model_of
from domain.db.engine import engine
from domain.exchange import lists, table_csv
from domain.exchange.imports import importing
from domain.exchange.imports.draft import Options
from domain.exchange.imports.importing import NotWhole, Outcome
from domain.exchange.table_xlsx import Book
from domain.records.query import View

Told = tuple[int, str, str]


def lines(*rows: str) -> bytes:
    """A text file of these lines."""
    return "\n".join(rows).encode()


def book(*rows: Sequence[Any], title: str = "List", more: Sequence[tuple[str, Sequence[Sequence[Any]]]] = ()) -> bytes:
    """An Excel file with these rows, and more sheets behind."""
    made = Workbook()
    for at, (name, cells) in enumerate([(title, rows), *more]):
        sheet = made.active if at == 0 else made.create_sheet()
        sheet.title = name
        for row in cells:
            sheet.append(list(row))
    return saved(made)


def saved(made: Workbook) -> bytes:
    """A workbook's bytes."""
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def tried(actor: Actor, table: str, data: bytes, **options: Any) -> Outcome:
    """What a file would do."""
    return importing.preview(actor, model_of(table), data, Options(**options))


def done(actor: Actor, table: str, data: bytes, **options: Any) -> Outcome:
    """What a file did, be it nothing."""
    try:
        return importing.run(actor, model_of(table), data, Options(**options))
    except NotWhole as error:
        return error.outcome


def errors(outcome: Outcome) -> list[Told]:
    """What stands against a file: row, column, message."""
    return [(each.row, each.column, each.message) for each in outcome.troubles if not each.is_warning]


def counts(outcome: Outcome) -> tuple[int, int, int, int]:
    """Added, changed, left as it is, wrong."""
    found = outcome.counts
    return found.added, found.changed, found.same, found.wrong


def held(table: str) -> int:
    """How many rows a table holds."""
    with engine().connect().execution_options(libsql_readonly=True) as connection:
        return int(connection.execute(select(func.count()).select_from(model_of(table).__table__)).scalar_one())


def everything() -> dict[str, int]:
    """How many rows each table holds."""
    return {table: held(table) for table in Base.metadata.tables}


def exported(actor: Actor, table: str, folder: Path, kind: str = "csv", *, keyed: bool = True) -> bytes:
    """A table as its export writes it: all columns, with or without the key."""
    columns = lists.exportable(model_of(table))
    listed = lists.listed(actor, model_of(table), View(), columns if keyed else columns[:-1])
    rows = [row for keys in listed.batches() for row in lists.read_batch(actor, listed, keys)]
    if kind == "csv":
        return (table_csv.head(listed.columns) + table_csv.lines(listed.columns, rows, actor.zone)).encode()
    path = folder / f"{table}.xlsx"
    made = Book(path, table, listed.columns, actor.zone)
    made.add(rows)
    made.close()
    return path.read_bytes()
