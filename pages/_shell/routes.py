"""What the server answers besides pages: whether it is ready, and the cookie that keeps a browser signed in.

A page can't set a cookie, so it hands the browser a one-use ticket, which the browser trades here. That a page of ours asks,
and no other, is made sure of before, for every route alike: see `startup`.
"""

import json
import logging

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from domain.access.known_browsers import LIFE as KNOWN_FOR
from domain.access.sessions import longest_life
from domain.kit.errors import DomainError
from pages._shell import network
from pages._shell.cookie import cookie_name
from pages._shell.state import COOKIE, DEVICE

log = logging.getLogger("constela")
LONGEST_TICKET = 200


async def ready(_request: Request) -> Response:
    """Whether the database answers: 200, or 503. Anyone may ask, so the reason stands in the log and not here."""
    from domain.db.engine import check
    from domain.kit.errors import DatabaseUnavailable
    from pages._shell.errors import note

    try:
        await run_in_threadpool(check)
    except DatabaseUnavailable as error:
        note(error)
        return _answer({"ready": False}, 503)
    except Exception as error:
        log.warning("not ready: %s", type(error).__name__)
        return _answer({"ready": False}, 503)
    return _answer({"ready": True})


async def start_session(request: Request) -> Response:
    """Trade a one-use ticket for the cookie."""
    from domain.access.sign_in import redeem

    ticket, old = await _ticket(request), request.cookies.get(COOKIE)
    if not ticket:
        return _answer({"error": "ticket"}, 401)
    seen = {"browser": request.headers.get("user-agent", ""), "address": network.client_address(_peer(request), request.headers)}
    try:
        token = await run_in_threadpool(lambda: redeem(ticket, **seen))
    except DomainError:
        return _answer({"error": "unavailable"}, 503)
    if token is None:
        return _answer({"error": "ticket"}, 401)
    if old:
        await run_in_threadpool(_end, old)
    answer = _answer({"signed_in": True})
    seconds = int(longest_life().total_seconds())  # no longer than the session in the database
    https = _is_https(request)
    name = cookie_name(https=https)
    answer.set_cookie(name, token, max_age=seconds, path="/", httponly=True, samesite="lax", secure=https)
    known = await run_in_threadpool(_remember, token, request.cookies.get(DEVICE, ""))
    if known:  # it stays when the session ends, and lets nobody in
        name, seconds = cookie_name(DEVICE, https=https), int(KNOWN_FOR.total_seconds())
        answer.set_cookie(name, known, max_age=seconds, path="/", httponly=True, samesite="strict", secure=https)
    return answer


def _remember(token: str, shown: str) -> str:
    from domain.access.known_browsers import remember

    try:
        return remember(token, shown)
    except DomainError as error:
        log.warning("a browser could not be remembered: %s", type(error).__name__)
        return ""


async def end_session(request: Request) -> Response:
    """End the session in the database and take the cookie back."""
    token = request.cookies.get(COOKIE)
    if token:
        await run_in_threadpool(_end, token)
    answer = _answer({"signed_in": False})
    https = _is_https(request)
    answer.delete_cookie(cookie_name(https=https), path="/", httponly=True, samesite="lax", secure=https)
    return answer


def _end(token: str) -> None:
    from domain.access.sign_in import end

    try:
        end(token)
    except DomainError as error:
        log.warning("a session could not be ended: %s", type(error).__name__)


def _answer(content: dict[str, object], status: int = 200) -> JSONResponse:
    return JSONResponse(content, status, headers={"Cache-Control": "no-store"})


def _peer(request: Request) -> str | None:
    return request.client.host if request.client else None


def _is_https(request: Request) -> bool:
    return network.is_https(request.url.scheme, _peer(request), request.headers)


async def _ticket(request: Request) -> str:
    """The ticket in a JSON body; empty if there is none that could be one. No more is read than one could be long."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > 10 * LONGEST_TICKET:
            return ""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):  # the latter for a thousand brackets
        return ""
    ticket = found.get("ticket") if isinstance(found, dict) else None
    return ticket if isinstance(ticket, str) and len(ticket) <= LONGEST_TICKET else ""


ROUTES = [
    Route("/readyz", ready, methods=["GET"]),
    Route("/auth/session", start_session, methods=["POST"]),
    Route("/auth/end", end_session, methods=["POST"]),
]
