"""A table's rows, page by page: as many as fit a request, by number and by bytes, along unique columns."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from domain.transfer.layout import Table, quoted
from domain.transfer.reader import Reader, Row

PARAMETERS = 32_766  # of one statement
ROWS = 2_000
BYTES = 400_000  # as stored: as JSON, escaped or in base64, a page stays under a megabyte or so
ROW_BYTES = 24  # what a value takes besides itself


@dataclass(frozen=True)
class Page:
    """Some rows of a table and, in step with them, where each stands on the path."""

    rows: list[Row]
    last: Row  # where the next page begins
    more: bool


def pages(reader: Reader, table: Table, *, along: Sequence[str], give: Sequence[str], after: Row | None = None) -> Iterator[Page]:
    """The rows after a place (None: all), in order. A row larger than a page comes alone."""
    while True:
        page = _page(reader, table, along=along, give=give, after=after)
        if page.rows:
            yield page
        if not page.more:
            return
        after = page.last


def _page(reader: Reader, table: Table, *, along: Sequence[str], give: Sequence[str], after: Row | None) -> Page:
    limit = max(1, min(ROWS, PARAMETERS // max(1, len(give))))
    parameters: list[Any] = [*(after or ()), limit, BYTES]
    rows = reader.ask(_statement(table.name, along=along, give=give, beyond=after is not None), parameters)
    # SQLite measures: a page is cut where it grows too large, before it is sent.
    more = len(rows) == limit or (bool(rows) and rows[-1][-1] >= BYTES)
    width = len(along)
    return Page([row[width:-1] for row in rows], rows[-1][:width] if rows else (), more)


def _statement(table: str, *, along: Sequence[str], give: Sequence[str], beyond: bool) -> str:
    keys, values = [f"k{at}" for at in range(len(along))], [f"v{at}" for at in range(len(give))]
    named = ", ".join(f"{quoted(column)} AS {name}" for column, name in zip([*along, *give], [*keys, *values], strict=True))
    size = " + ".join([str(ROW_BYTES * len(give)), *(f"coalesce(length(CAST({quoted(each)} AS BLOB)), 0)" for each in give)])
    path = ", ".join(quoted(each) for each in along)
    where = f"WHERE ({path}) > ({', '.join('?' * len(along))}) " if beyond else ""
    inner = f"SELECT {named}, {size} AS size FROM {quoted(table)} {where}ORDER BY {path} LIMIT ?"  # noqa: S608 -- quoted
    order = ", ".join(keys)
    summed = f"SELECT *, sum(size) OVER (ORDER BY {order} ROWS UNBOUNDED PRECEDING) AS total FROM ({inner})"  # noqa: S608 -- quoted
    return f"SELECT {', '.join([*keys, *values])}, total FROM ({summed}) WHERE total - size < ? ORDER BY {order}"  # noqa: S608 -- quoted
