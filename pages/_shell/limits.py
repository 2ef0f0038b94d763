"""How much anyone may send, how slowly, and who may send files at all. What is above is refused in a plain sentence.

Streamlit takes files from whoever has a page open, the sign-in page included, and keeps them in memory: here only from people who
are signed in, and so many bytes of each in ten minutes.
"""

import asyncio
import threading
import time
from collections import deque
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from domain.access import security_log
from domain.access.actor import Actor
from domain.access.security_log import Event
from domain.kit.errors import DomainError
from domain.kit.texts import N_
from pages._shell import network
from pages._shell.calm import BROKEN, calm, note_unexpected
from pages._shell.state import COOKIE

UPLOADS = "/_stcore/upload_file/"
LONGEST_NAME, LONGEST_PATH = 255, 2048  # bytes; a file's folder takes some more of the 4096 that a path may have
CLOSED = ("/_stcore/agent", "/_stcore/script-health-check")  # what Streamlit would answer and this app doesn't offer
OWN_MACHINE_ONLY = "/_stcore/metrics"  # how much memory the process uses is its keeper's to know
SMALL = 64 * 1024  # bytes: more than any request of ours has in its body
WRAPPING = 1024 * 1024  # what stands around an uploaded file
PAUSE = 20.0  # seconds without a byte
WHOLE_SMALL, WHOLE_UPLOAD = 30.0, 300.0  # seconds for a whole body
WINDOW, MOST_OF_ONE = 600.0, 100 * 1024 * 1024  # seconds, bytes

TOO_LARGE = N_("This is too large: at most {limit} MB can be sent.")
TOO_SLOW = N_("Sending took too long, so it was ended. Please try again.")
TOO_MUCH = N_("You have sent many files in a short time. Please wait ten minutes.")
NOT_THERE = N_("There is nothing here.")


@dataclass(frozen=True)
class Refusal:
    """Why a request is ended: its status, what is said, what the log says."""

    status: int
    source: str
    reason: str


LARGE = Refusal(413, TOO_LARGE, "too large")
SLOW = Refusal(408, TOO_SLOW, "too slow")
MUCH = Refusal(429, TOO_MUCH, "too much in ten minutes")
NOBODY = Refusal(403, NOT_THERE, "not signed in")
NOTHING = Refusal(404, NOT_THERE, "")


def largest_upload() -> int:
    """Bytes that a file may have."""
    return int(st.get_option("server.maxUploadSize")) * 1024 * 1024


class Allowance:
    """How many bytes each person has sent lately."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.sent: dict[str, deque[tuple[float, int]]] = {}

    def take(self, person: str, count: int) -> bool:
        """Whether this person may send so many bytes more; they are counted if so."""
        moment = time.monotonic()
        with self.lock:
            for key in [key for key, each in self.sent.items() if each and moment - each[-1][0] > WINDOW]:
                del self.sent[key]
            lately = self.sent.setdefault(person, deque())
            while lately and moment - lately[0][0] > WINDOW:
                lately.popleft()
            if sum(each for _at, each in lately) + count > MOST_OF_ONE:
                return False
            lately.append((moment, count))
            return True


allowance = Allowance()


class Limits:
    """Ends what is too large, too slow, or sent by nobody; answers calmly what broke below it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        is_upload = scope["path"].startswith(UPLOADS)
        body = Body(receive, send, most=largest_upload() + WRAPPING if is_upload else SMALL, is_upload=is_upload)
        actor: Actor | None = None
        refusal = _closed(scope, headers) or _announced(headers, largest_upload() if is_upload else SMALL)
        if refusal is None and is_upload and scope["method"] == "PUT":
            actor, refusal = await run_in_threadpool(_who_sends, headers)
        if refusal is None:
            try:
                await self.app(scope, body.receive, body.send)
            except Exception as error:
                if body.refusal is None and not body.started:
                    note_unexpected(error)
                    await calm(headers, 500, BROKEN)(scope, receive, send)
                    return
                if body.refusal is None:
                    raise
            refusal = body.refusal
        if refusal is not None and not body.started:
            if refusal.reason:
                security_log.record(Event.UPLOAD_REFUSED, actor, count=body.got or _length(headers), reason=refusal.reason)
            limit = max(1, (largest_upload() if is_upload else SMALL) // 1024**2)
            answer = calm(headers, refusal.status, refusal.source, limit=limit)
            answer.headers["Connection"] = "close"  # what is still on its way is not read
            await answer(scope, receive, send)


class Unread:
    """Ends the connection of who is answered before all has come: a server reads on otherwise, as long as anything comes."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _may_go_on(Headers(scope=scope)):
            await self.app(scope, receive, send)
            return
        more = True

        async def counted() -> Message:
            nonlocal more
            message = await receive()
            more = message.get("more_body", False)
            return message

        async def closing(message: Message) -> None:
            if message["type"] == "http.response.start" and more:
                MutableHeaders(scope=message)["Connection"] = "close"
            await send(message)

        await self.app(scope, counted, closing)


class Body:
    """What is sent and answered in one request: counted, timed, and cut off where it goes beyond."""

    def __init__(self, receive: Receive, send: Send, *, most: int, is_upload: bool) -> None:
        self._receive, self._send, self.most = receive, send, most
        self.seconds, self.since = WHOLE_UPLOAD if is_upload else WHOLE_SMALL, 0.0
        self.got, self.started, self.whole = 0, False, False
        self.refusal: Refusal | None = None

    async def receive(self) -> Message:
        """The next part of the body; as if the browser had gone, once it is refused."""
        if self.whole:  # whoever answers waits here for the browser's going, as long as that takes
            return await self._receive()
        if self.refusal is None:
            try:
                self.since = self.since or time.monotonic()  # the clock runs while we wait, not while we work
                patience = max(0.0, min(PAUSE, self.since + self.seconds - time.monotonic()))
                message = await asyncio.wait_for(self._receive(), patience)
            except TimeoutError:
                self.refusal = SLOW
            else:
                self.got += len(message.get("body", b""))
                self.whole = not message.get("more_body", False)
                if self.got <= self.most:
                    return message
                self.refusal = LARGE
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        """Pass an answer on, unless the request was ended meanwhile."""
        if self.refusal is None or self.started:
            self.started = True
            await self._send(message)


def _closed(scope: Scope, headers: Headers) -> Refusal | None:
    path, peer = scope["path"], scope["client"][0] if scope.get("client") else None
    if path.startswith(CLOSED) or _names_no_file(path):
        return NOTHING
    if path.startswith(OWN_MACHINE_ONLY) and not network.is_own_machine(network.client_address(peer, headers)):
        return NOTHING
    return None


def _names_no_file(path: str) -> bool:
    """Whether no disk can hold a file of this name: asking for it would be an error, where nothing is found."""
    named = path.encode(errors="surrogatepass")
    return len(named) > LONGEST_PATH or any(len(part) > LONGEST_NAME for part in named.split(b"/"))


def _announced(headers: Headers, most: int) -> Refusal | None:
    return LARGE if _length(headers) > most else None


def _may_go_on(headers: Headers) -> bool:
    return "transfer-encoding" in headers or _length(headers) > SMALL


def _length(headers: Headers) -> int:
    said = headers.get("content-length", "0")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 19 else 0


def _who_sends(headers: Headers) -> tuple[Actor | None, Refusal | None]:
    """The person behind a file that is about to come, or why it isn't taken."""
    from domain.access.sign_in import actor_of

    try:
        cookie = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
        actor = actor_of(cookie.value) if cookie and cookie.value else None
    except (DomainError, CookieError):
        actor = None
    if actor is None:
        return None, NOBODY
    return actor, None if allowance.take(actor.user_id, _length(headers) or largest_upload()) else MUCH
