"""`GET /calendar/mine.ics` and `/calendar/<class>.ics`: sessions that the person may read, for their calendar program."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from domain.access import security_log
from domain.access.roles import Role
from domain.access.security_log import Event
from domain.access.uow import reading
from domain.db.base import model_of
from domain.exchange.calendar import calendar, sessions_for_calendar
from domain.kit.errors import NotFound
from domain.kit.ids import is_id
from domain.kit.texts import _, set_language
from domain.operations.queries import students_by_class
from domain.records.labels import readable_labels
from domain.records.missing import note_missing
from pages._files.asking import Asking
from pages._shell.calm import NO_STORE

MINE = "mine"
HAVE_THEIR_OWN = {Role.STUDENT, Role.TEACHER, Role.PARENT}


async def calendar_file(request: Request, asking: Asking) -> Response:
    """The route."""
    what, dot, kind = request.path_params["name"].partition(".")
    if (dot, kind) != (".", "ics") or not (what == MINE or is_id(what)):
        raise NotFound
    name, text = await run_in_threadpool(_mine, asking) if what == MINE else await run_in_threadpool(_class, asking, what)
    headers = {**NO_STORE, "Content-Disposition": f'attachment; filename="{name}.ics"'}
    return Response(b"" if request.method == "HEAD" else text, headers=headers, media_type="text/calendar; charset=utf-8")


def _mine(asking: Asking) -> tuple[str, bytes]:
    set_language(asking.language)
    actor = asking.actor
    if actor.role not in HAVE_THEIR_OWN:
        raise NotFound
    with reading(actor) as session:
        found = sessions_for_calendar(session)
        who = students_by_class(session) if actor.role is Role.PARENT else None
    _note(asking, len(found))
    return MINE, calendar(f"{actor.school_name} · {_('My sessions')}", found, actor.zone, who=who)


def _class(asking: Asking, key: str) -> tuple[str, bytes]:
    set_language(asking.language)
    actor, model = asking.actor, model_of("classes")
    with reading(actor) as session:
        name = readable_labels(session, model, [key]).get(key)
        if name is None:
            note_missing(session, model, key)
            raise NotFound
        found = sessions_for_calendar(session, key)
    _note(asking, len(found), key)
    return "class", calendar(name, found, actor.zone)


def _note(asking: Asking, count: int, key: str = "") -> None:
    table = "classes" if key else "sessions"
    security_log.record(Event.CALENDAR_READ, asking.actor, address=asking.address, table=table, key=key, count=count)
