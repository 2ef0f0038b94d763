"""`GET /calendar/mine.ics`, `/calendar/<class>.ics` and `/calendar/<kind>/<key>.ics`, the kind one of class, teacher, room and
student: sessions that the person may read, to be saved.

`GET /calendar/feed.ics?code=…`: the same for a calendar program that has no cookie, by a secret address of the person's. The code
stands in the query, which the server's log leaves out.
"""

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
from domain.kit.texts import _, best_language, set_language
from domain.operations.calendar_links import HAVE_THEIR_OWN, SUBJECTS, Feed, opened, subject
from domain.operations.enums import CalendarKind
from domain.operations.queries import students_by_class
from domain.records.labels import readable_labels
from domain.records.missing import note_missing
from pages._files.asking import Asking
from pages._shell.calm import NO_STORE

MINE = "mine"
LONGEST_CODE = 100


async def calendar_file(request: Request, asking: Asking) -> Response:
    """The route."""
    what, dot, ending = request.path_params["name"].partition(".")
    kind, _slash, key = what.rpartition("/")
    if (dot, ending) != (".", "ics") or not (what == MINE or (is_id(key) and (kind or CalendarKind.CLASS) in SUBJECTS)):
        raise NotFound
    if what == MINE:
        name, text = await run_in_threadpool(_mine, asking)
    else:
        name, text = await run_in_threadpool(_one, asking, CalendarKind(kind or CalendarKind.CLASS), key)
    return _answer(request, name, text)


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


def _one(asking: Asking, kind: CalendarKind, key: str) -> tuple[str, bytes]:
    set_language(asking.language)
    actor = asking.actor
    with reading(actor) as session:
        try:
            name = subject(session, kind, key)
        except NotFound:
            note_missing(session, model_of(SUBJECTS[kind]), key)
            raise
        found = sessions_for_calendar(session, kind, key)
    _note(asking, len(found), SUBJECTS[kind], key)
    return kind.value, calendar(name, found, actor.zone)


def subscribed(request: Request) -> Feed | None:
    """What the address opens, if it opens anything. Blocking."""
    code = request.query_params.get("code", "")
    found = opened(code) if 0 < len(code) <= LONGEST_CODE else None
    if found is None and security_log.is_new("calendar feed"):
        security_log.record(Event.CALENDAR_REFUSED)
    return found


async def calendar_feed(request: Request, feed: Feed) -> Response:
    """The route of a secret address."""
    text = await run_in_threadpool(_feed, feed)
    return _answer(request, "calendar", text)


def _feed(feed: Feed) -> bytes:
    actor, key = feed.actor, feed.record_id
    set_language(best_language(actor.language))
    with reading(actor) as session:
        found = sessions_for_calendar(session, feed.kind, key)
        own_children = feed.kind is CalendarKind.MINE and actor.role is Role.PARENT
        who = students_by_class(session) if own_children else None
        named = readable_labels(session, model_of(SUBJECTS[feed.kind]), [key]) if key else {}
    if security_log.is_new(f"feed {actor.user_id} {feed.kind} {key}"):
        table = SUBJECTS.get(feed.kind, "sessions")
        security_log.record(Event.CALENDAR_READ, actor, table=table, key=key or "", count=len(found))
    title = named.get(key or "", feed.kind.label)
    return calendar(f"{actor.school_name} · {title}", found, actor.zone, who=who)


def _answer(request: Request, name: str, text: bytes) -> Response:
    headers = {**NO_STORE, "Content-Disposition": f'attachment; filename="{name}.ics"'}
    return Response(b"" if request.method == "HEAD" else text, headers=headers, media_type="text/calendar; charset=utf-8")


def _note(asking: Asking, count: int, table: str = "sessions", key: str = "") -> None:
    security_log.record(Event.CALENDAR_READ, asking.actor, address=asking.address, table=table, key=key, count=count)
