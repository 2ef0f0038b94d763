"""`GET /template/<table>.csv` and `.xlsx`: what to fill in for an import of a table, for those who may add its records."""

import re
import tempfile
from pathlib import Path
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from domain.access import security_log
from domain.exchange.imports.template import csv_template, xlsx_template
from domain.kit.errors import NotAllowed, NotFound
from domain.kit.fold import fold
from domain.kit.texts import _, set_language
from pages._crud import importing
from pages._files.asking import Asking
from pages._files.export import NAME, TYPES
from pages._shell.calm import NO_STORE
from pages._specs import spec_of


async def template(request: Request, asking: Asking) -> Response:
    """The route."""
    found = NAME.fullmatch(request.path_params["name"])
    if found is None:
        raise NotFound
    table, kind = found.groups()
    title, data = await run_in_threadpool(_made, asking, table, kind)
    body = b"" if request.method == "HEAD" else data
    return Response(body, headers={**NO_STORE, "Content-Disposition": _named(title, table, kind)}, media_type=TYPES[kind])


def _named(title: str, table: str, kind: str) -> str:
    said = re.sub(r"[^\w-]+", "-", title).strip("-")
    plain = re.sub(r"[^a-z0-9-]+", "-", fold(said)).strip("-") or table
    return f"attachment; filename=\"{plain}.{kind}\"; filename*=UTF-8''{quote(f'{said}.{kind}')}"


def _made(asking: Asking, table: str, kind: str) -> tuple[str, bytes]:
    """The file's title and bytes, if an import of this table is open to the person."""
    set_language(asking.language)
    actor = asking.actor
    if table not in importing.tables(actor, spec_of):
        error = NotAllowed(f"template: {table} isn't theirs to import")
        security_log.refused(error, actor)
        raise error
    view = importing.view_of(actor, table, spec_of)
    title = _("Template: {table}").format(table=view.title)
    if kind == "csv":
        return title, csv_template(actor, view.model).encode()
    with tempfile.TemporaryDirectory(prefix="constela-template-") as folder:
        path = Path(folder) / "template.xlsx"
        xlsx_template(path, actor, view.model)
        return title, path.read_bytes()
