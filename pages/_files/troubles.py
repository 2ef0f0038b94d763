"""`GET /import-errors/<table>/<handle>.csv`: what was found wrong in a file that a person is about to import, for them alone."""

import re

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from domain.exchange.imports.troubles import Trouble
from domain.exchange.table_csv import MARK, safe, written
from domain.kit.errors import NotFound
from domain.kit.texts import _, set_language
from pages._crud import importing
from pages._files.asking import Asking
from pages._files.export import TYPES
from pages._shell.calm import NO_STORE

NAME = re.compile(r"([a-z_]{1,60})/([0-9a-f]{32})\.csv")


async def troubles(request: Request, asking: Asking) -> Response:
    """The route."""
    found = NAME.fullmatch(request.path_params["name"])
    if found is None:
        raise NotFound
    data = await run_in_threadpool(_made, asking, *found.groups())
    headers = {**NO_STORE, "Content-Disposition": f'attachment; filename="{found[1]}-errors.csv"'}
    return Response(b"" if request.method == "HEAD" else data, headers=headers, media_type=TYPES["csv"])


def _made(asking: Asking, table: str, handle: str) -> bytes:
    set_language(asking.language)
    found = importing.troubles_of_files.find(asking.actor, table, handle)
    head = [_("Row"), _("Column"), _("In the file"), _("What is wrong"), _("Kind")]
    return (MARK + written([head, *map(_line, found)])).encode()


def _line(each: Trouble) -> list[str]:
    kind = _("note") if each.is_warning else _("error")
    return [str(each.row or ""), safe(each.column), safe(each.value), safe(each.message), kind]
