"""`GET /export/<table>.csv` and `.xlsx`: a list as it stands in its page, as a file, under the same rights."""

import re
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from domain.access import security_log
from domain.access.decide import decide
from domain.access.security_log import Event
from domain.exchange import lists, table_csv
from domain.exchange.lists import Listed
from domain.exchange.table_xlsx import Book
from domain.kit.clock import today
from domain.kit.errors import NotAllowed, NotFound
from domain.kit.fold import fold
from domain.kit.texts import set_language
from domain.records.query import Row
from pages._crud import export as links
from pages._crud.resolve import resolve
from pages._files.asking import BUSY, Asking
from pages._shell.calm import NO_STORE, calm, note_unexpected
from pages._shell.catalog import page_of
from pages._specs import spec_of

NAME = re.compile(r"([a-z_]{1,60})\.(csv|xlsx)")
TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
EACH, ALL = 2, 8  # files on their way at once: of one person, of all
PIECE = 256 * 1024
_under_way: Counter[str] = Counter()


@dataclass(frozen=True)
class File:
    """What leaves: a list's rows in one of the kinds. `title`: what the list is called in the language asked for."""

    asking: Asking
    table: str
    title: str
    listed: Listed
    kind: str

    @property
    def headers(self) -> dict[str, str]:
        """Who may keep it: nobody; and what it is called."""
        day = today(self.asking.actor.zone).isoformat()
        title = re.sub(r"[^\w-]+", "-", self.title).strip("-")
        plain = re.sub(r"[^a-z0-9-]+", "-", fold(title)).strip("-") or self.table
        name = f"attachment; filename=\"{plain}-{day}.{self.kind}\"; filename*=UTF-8''{quote(f'{title}-{day}.{self.kind}')}"
        return {**NO_STORE, "Content-Disposition": name}

    def note(self, event: Event, count: int) -> None:
        """Write in the security log that rows left."""
        asking = self.asking
        security_log.record(event, asking.actor, address=asking.address, table=self.table, count=count, reason=self.kind)


async def export(request: Request, asking: Asking) -> Response:
    """The route."""
    found = NAME.fullmatch(request.path_params["name"])
    if found is None:
        raise NotFound
    if _under_way[asking.actor.user_id] >= EACH or _under_way.total() >= ALL:
        return calm(request.headers, 429, BUSY)
    with _counted(asking.actor.user_id):
        file = await run_in_threadpool(_prepare, asking, found[1], found[2], dict(request.query_params))
        if request.method == "HEAD":
            return Response(headers=file.headers, media_type=TYPES[file.kind])
        body = _csv(file) if file.kind == "csv" else await _xlsx(file)
    return StreamingResponse(body, headers=file.headers, media_type=TYPES[file.kind])


@contextmanager
def _counted(person: str) -> Iterator[None]:
    _under_way[person] += 1
    try:
        yield
    finally:
        _under_way[person] -= 1
        if not _under_way[person]:
            del _under_way[person]


def _prepare(asking: Asking, table: str, kind: str, query: dict[str, str]) -> File:
    """What was asked for, if the page that shows this table is open to the role, and its rows may be read."""
    set_language(asking.language)
    actor = asking.actor
    try:
        page = page_of(table)
    except KeyError:
        raise NotFound from None
    verdict = decide(actor, "R", table)
    if not verdict or not page.opens_for(actor.role):
        error = NotAllowed(f"export: {'the page is not open' if verdict else verdict.reason}")
        security_log.refused(error, actor)
        raise error
    view = resolve(actor, spec_of(table))
    wanted = links.read(actor, view, query)
    return File(asking, table, view.title, lists.listed(actor, view.model, wanted.view, wanted.columns), kind)


def _rows(file: File, keys: list[str]) -> list[Row]:
    """The next rows; nothing any more for someone who was signed out, disabled or sent to another role meanwhile."""
    if not file.asking.is_still_here():
        raise NotAllowed("export: the session ended")
    return lists.read_batch(file.asking.actor, file.listed, keys)


async def _csv(file: File) -> AsyncIterator[bytes]:
    """The file in pieces, each made when the one before has left."""
    columns, zone, sent = file.listed.columns, file.asking.actor.zone, 0

    def head() -> bytes:
        set_language(file.asking.language)
        return table_csv.head(columns).encode()

    def piece(keys: list[str]) -> tuple[bytes, int]:
        set_language(file.asking.language)
        rows = _rows(file, keys)
        return table_csv.lines(columns, rows, zone).encode(), len(rows)

    event = Event.EXPORT_BROKEN
    with _counted(file.asking.actor.user_id):
        try:
            yield await run_in_threadpool(head)
            for keys in file.listed.batches():
                text, count = await _told(piece, keys)
                sent += count
                yield text
            event = Event.EXPORTED
        finally:
            file.note(event, sent)


async def _told(work: Callable[..., Any], *given: Any) -> Any:
    """Do it in a thread. An error here ends the connection, and the browser says that the file is not whole."""
    try:
        return await run_in_threadpool(work, *given)
    except Exception as error:
        note_unexpected(error)
        raise Interrupted from None


class Interrupted(Exception):
    """A file broke off: its words hold nothing."""


async def _xlsx(file: File) -> AsyncIterator[bytes]:
    """The whole file, made on disk, where nobody else reads it, and gone when it has left."""
    folder = tempfile.TemporaryDirectory(prefix="constela-export-")
    path = Path(folder.name) / "list.xlsx"

    def make() -> int:
        set_language(file.asking.language)
        book, count = Book(path, file.title, file.listed.columns, file.asking.actor.zone), 0
        for keys in file.listed.batches():
            rows = _rows(file, keys)
            book.add(rows)
            count += len(rows)
        book.close()
        return count

    try:
        count = await run_in_threadpool(make)
    except BaseException:
        folder.cleanup()
        raise

    async def pieces() -> AsyncIterator[bytes]:
        with folder, _counted(file.asking.actor.user_id), path.open("rb") as opened:
            file.note(Event.EXPORTED, count)
            while piece := await run_in_threadpool(opened.read, PIECE):
                yield piece

    return pieces()
