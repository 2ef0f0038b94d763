"""What the server answers besides pages: whether it is ready, and the cookie that keeps a browser signed in.

A page can't set a cookie, so it hands the browser a one-use ticket, which the browser trades here.
"""

import logging
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from domain.kit.errors import DomainError
from pages._shell.state import COOKIE

log = logging.getLogger("constela")
LONGEST_TICKET = 200
COOKIE_SECONDS = 14 * 24 * 3600  # no longer than the session in the database


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
    if not _from_our_own_page(request):
        return _answer({"error": "origin"}, 403)
    from domain.access.sign_in import redeem

    ticket = await _ticket(request)
    try:
        token = await run_in_threadpool(redeem, ticket) if ticket else None
    except DomainError:
        return _answer({"error": "unavailable"}, 503)
    if token is None:
        return _answer({"error": "ticket"}, 401)
    old = request.cookies.get(COOKIE)
    if old:
        await run_in_threadpool(_end, old)
    answer = _answer({"signed_in": True})
    answer.set_cookie(COOKIE, token, max_age=COOKIE_SECONDS, path="/", httponly=True, samesite="lax", secure=_is_https(request))
    return answer


async def end_session(request: Request) -> Response:
    """End the session in the database and take the cookie back."""
    if not _from_our_own_page(request):
        return _answer({"error": "origin"}, 403)
    token = request.cookies.get(COOKIE)
    if token:
        await run_in_threadpool(_end, token)
    answer = _answer({"signed_in": False})
    answer.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax", secure=_is_https(request))
    return answer


def _end(token: str) -> None:
    from domain.access.sign_in import end

    try:
        end(token)
    except DomainError as error:
        log.warning("a session could not be ended: %s", type(error).__name__)


def _answer(content: dict[str, object], status: int = 200) -> JSONResponse:
    return JSONResponse(content, status, headers={"Cache-Control": "no-store"})


def _is_https(request: Request) -> bool:
    # A proxy that ends TLS says so; whoever lies about it only makes their own cookie stricter.
    return request.url.scheme == "https" or request.headers.get("x-forwarded-proto", "").split(",")[0].strip() == "https"


def _from_our_own_page(request: Request) -> bool:
    """Whether a request was made by a page of this very origin: browsers say so in headers that pages can't forge."""
    fetch_site = request.headers.get("sec-fetch-site")
    if fetch_site is not None:
        return fetch_site == "same-origin"
    origin = request.headers.get("origin")
    return bool(origin) and urlsplit(str(origin)).netloc == request.headers.get("host")


async def _ticket(request: Request) -> str:
    """The ticket in a JSON body or a form; empty if there is none that could be one."""
    if int(request.headers.get("content-length") or 0) > 10 * LONGEST_TICKET:
        return ""
    try:
        if request.headers.get("content-type", "").startswith("application/json"):
            body = await request.json()
            ticket = body.get("ticket") if isinstance(body, dict) else None
        else:
            ticket = (await request.form()).get("ticket")
    except ValueError:
        return ""
    return ticket if isinstance(ticket, str) and len(ticket) <= LONGEST_TICKET else ""


ROUTES = [
    Route("/readyz", ready, methods=["GET"]),
    Route("/auth/session", start_session, methods=["POST"]),
    Route("/auth/end", end_session, methods=["POST"]),
]
