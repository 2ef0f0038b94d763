"""What happens once, around the serving of the app: what start-up made is frozen, the founding code said, daily work begun."""

import gc
import logging
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import domain.registry  # noqa: F401 -- loaded here, before the first person comes and before what is there is frozen
import pages._shell.access_log  # noqa: F401 -- what the server's own log leaves out
from domain.access import security_log
from domain.access.accounts import digest
from domain.access.security_log import Event
from domain.kit.errors import DatabaseUnavailable
from domain.outbox import sender
from pages._shell import daily, door, network
from pages._shell.cookie import OwnCookie
from pages._shell.errors import note
from pages._shell.headers import headers
from pages._shell.limits import Limits, Unread
from pages._shell.oidc import Arrivals
from pages._shell.routes import ROUTES
from pages._shell.state import COOKIE

log = logging.getLogger("constela")

FILES = {"export", "template", "import-errors", "calendar", "picture", "print"}  # see pages/_files, which stands above
NOT_PAGES = {"_stcore", "app", "component", "media", "oauth2callback", "static", *FILES}
NOT_PAGES |= {route.path.split("/")[1] for route in ROUTES}

SAFE = {"GET", "HEAD", "OPTIONS"}  # what changes nothing, and so may be asked by anyone


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[None]:
    """Look at the database before the first person comes; keep what start-up made out of every later collection."""
    _write_security_log()
    await run_in_threadpool(_look)
    gc.collect()
    gc.freeze()
    sender.start()
    with daily.at_work():
        yield
    sender.stop()


def _write_security_log() -> None:
    """To the server's output, unless its keeper has said where logs go."""
    security_log.locate_by(door.address)
    if not security_log.log.hasHandlers():
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(message)s"))
        security_log.log.addHandler(handler)


def _look() -> None:
    """Say in the server's output what its keeper must know: a database that can't be used, or the code for founding."""
    from domain.founding import founding_code, is_empty
    from pages._shell.cache import require_database

    try:
        require_database()
        empty = is_empty()
    except DatabaseUnavailable as error:
        note(error)
        return
    except Exception as error:
        # Whatever is wrong with the database or its settings: the app starts, and its pages say so.
        log.error("the database can't be used: %s", type(error).__name__)
        return
    if empty:  # on loopback too: a proxy on this machine brings people from others
        print(f"Constela: to found a school from another machine, give this code: {founding_code()}", file=sys.stderr)  # noqa: T201


class SafeHeaders:
    """Adds to every answer the headers that keep a page to itself: see `headers`."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                found = MutableHeaders(scope=message)
                for name, value in headers(https=https).items():
                    found[name] = value
            await send(message)

        https = network.is_https(scope.get("scheme", ""), _peer(scope), Headers(scope=scope)) if "headers" in scope else False
        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)


class Whence:
    """Tells the security log where a request comes from. Pages run in threads of their own: see `security_log.locate_by`."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        address = network.client_address(_peer(scope), Headers(scope=scope)) if "headers" in scope else ""
        with security_log.coming_from(address):
            await self.app(scope, receive, send)


class KnownHosts:
    """Answers only under the app's own names: see `network.host_allowed`."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in {"http", "websocket"}:
            served_at = (scope.get("server") or ("",))[0]
            if not network.host_allowed(Headers(scope=scope).get("host"), served_at):
                security_log.record(Event.FOREIGN_HOST)
                await _refuse(scope, receive, send, PlainTextResponse("This app is not known by that name.", 421))
                return
        await self.app(scope, receive, send)


class OwnPages:
    """Refuses what a page from elsewhere asks in the name of someone who is signed in here: all that isn't mere reading."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        given = Headers(scope=scope) if "headers" in scope else Headers({})
        foreign = scope["type"] == "websocket" and not network.origin_is_own(given, silent=True)
        if foreign or (scope["type"] == "http" and scope["method"] not in SAFE and not network.is_own_page(given)):
            security_log.record(Event.FOREIGN_PAGE)
            await _refuse(scope, receive, send, JSONResponse({"error": "origin"}, 403, headers={"Cache-Control": "no-store"}))
            return
        await self.app(scope, receive, send)


class OwnTabs:
    """Ties what a tab's page remembers on the server to the cookie that it began with.

    A tab that lost its connection asks to go on where it was. Streamlit lets it if the browser is still the same person's, whom
    it knows by this header (`.streamlit/config.toml`); by the cookie alone that may be whoever signed in there since.
    """

    HEADER = b"x-constela-tab"

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            whose = digest(HTTPConnection(scope).cookies.get(COOKIE, "")).encode()
            kept = [(name, value) for name, value in scope["headers"] if name.lower() != self.HEADER]
            scope = {**scope, "headers": [*kept, (self.HEADER, whose)]}
        await self.app(scope, receive, send)


async def _refuse(scope: Scope, receive: Receive, send: Send, answer: Response) -> None:
    if scope["type"] == "http":
        await answer(scope, receive, send)
    else:
        await send({"type": "websocket.close", "code": 1008})  # before it was accepted, so that the browser reads 403


def _peer(scope: Scope) -> str | None:
    return scope["client"][0] if scope.get("client") else None


class Reticent(logging.Filter):
    """Takes the words of an uncaught error out of Streamlit's own log line; type and place are noted by `errors`.

    For a database that is away there is no such line at all, for each page that looks again would add one.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
        record.exc_info = record.exc_text = None
        return not isinstance(error, DatabaseUnavailable)


logging.getLogger("streamlit.error_util").addFilter(Reticent())


class OnePartPaths:
    """Sends a browser from `/class/42` to `/class`: a page has one part, and Streamlit answers deeper ones with an empty page."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "GET":
            first, _slash, rest = scope["path"].lstrip("/").partition("/")
            goes = Headers(scope=scope).get("sec-fetch-dest") == "document"
            if goes and rest and first not in NOT_PAGES:
                await RedirectResponse(f"/{quote(first)}", status_code=302)(scope, receive, send)
                return
        await self.app(scope, receive, send)


MIDDLEWARE = [
    Middleware(each)
    for each in (Unread, SafeHeaders, Whence, KnownHosts, OwnPages, OwnCookie, Limits, OnePartPaths, OwnTabs, Arrivals)
]
