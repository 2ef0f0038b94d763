"""Pages to pin to a door, of what the person may read.

`GET /print/class-list/<class>.pdf`, `/print/attendance/<class>/<year-month>.pdf`, `/print/timetable/mine.pdf`,
`/print/timetable/<class, teacher or room>/<id>.pdf`.
"""

import datetime as dt
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from domain.access import security_log
from domain.access.security_log import Event
from domain.access.uow import ScopedSession, reading
from domain.exchange.printing.classes import attendance_sheet, class_list
from domain.exchange.printing.sheet import Printed
from domain.exchange.printing.week import week_timetable
from domain.kit.errors import NotFound
from domain.kit.ids import is_id
from domain.kit.texts import set_language
from domain.operations.enums import CalendarKind
from pages._files.asking import Asking
from pages._shell.calm import NO_STORE

Make = Callable[[ScopedSession], Printed]


async def printed_page(request: Request, asking: Asking) -> Response:
    """The route."""
    path, dot, kind = request.path_params["name"].rpartition(".")
    make = meant(path.split("/")) if (dot, kind) == (".", "pdf") else None
    if make is None:
        raise NotFound
    found = await run_in_threadpool(_made, asking, make)
    headers = {**NO_STORE, "Content-Disposition": f'inline; filename="{found.name}.pdf"'}
    return Response(b"" if request.method == "HEAD" else found.content, headers=headers, media_type="application/pdf")


def meant(parts: list[str]) -> Make | None:
    """What an address asks for; None for nothing that there is."""
    match parts:
        case ["class-list", key] if is_id(key):
            return lambda session: class_list(session, key)
        case ["attendance", key, month] if is_id(key):
            day = _first_of(month)
            return (lambda session: attendance_sheet(session, key, day)) if day else None
        case ["timetable", "mine"]:
            return lambda session: week_timetable(session, CalendarKind.MINE)
        case ["timetable", ("class" | "teacher" | "room") as kind, key] if is_id(key):
            return lambda session: week_timetable(session, CalendarKind(kind), key)
    return None


def _first_of(month: str) -> dt.date | None:
    try:
        return dt.datetime.strptime(month, "%Y-%m").replace(tzinfo=dt.UTC).date()
    except ValueError:
        return None


def _made(asking: Asking, make: Make) -> Printed:
    set_language(asking.language)
    with reading(asking.actor) as session:
        found = make(session)
    security_log.record(Event.PRINTED, asking.actor, address=asking.address, reason=found.name.replace("-", " "))
    return found
