"""Sign-in by an identity provider, between Streamlit's `st.login` and our own session.

Streamlit leads the browser to the provider and takes its answer. It would keep what it learnt in a cookie of its own, for thirty
days, with the provider's tokens in another; whoever had a copy of it would be let in again. So its answer is taken over here: the
token is checked against what was configured, the browser gets a code of ours that counts once and for two minutes, and its own
cookies reach neither the browser nor, should one be sent, Streamlit itself.
"""

import json
import logging
import re
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

import httpx
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.auth_util import get_cookie_with_chunks
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value

from domain.access import security_log
from domain.access.id_tokens import Proven, Refused, prove, verified_email
from domain.access.providers import CALLBACK, Provider, Setup, is_safe, setup
from domain.access.security_log import Event
from domain.kit.clock import now
from domain.kit.errors import DomainError
from pages._shell import network

log = logging.getLogger("constela")

LOGIN, LOGOUT = "/auth/login", "/auth/logout"
THEIRS, THEIR_TOKENS = "_streamlit_user", "_streamlit_user_tokens"
ARRIVAL, FAILED = "constela_arrival", "failed"
WISH = "constela_wish"  # the address that was wanted before signing in: kept for the callback alone
WORD = re.compile(r"[a-z_]{1,40}")
ARRIVAL_SECONDS, WISH_SECONDS, LONGEST_WISH = 120, 900, 1000
ANSWER_SECONDS = 5.0


@cache
def configured() -> Setup:
    """What was configured when the app started; what is wrong with it is said once, to whoever keeps the server."""
    found = setup()
    for each in found.trouble:
        log.error("%s", each)
    return found


def address() -> str:
    """The app's address, as the providers know it."""
    return configured().redirect_uri.removesuffix(CALLBACK) + "/"


class Arrivals:
    """Takes over where Streamlit's sign-in ends, and keeps its cookies to itself."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        scope = _without_theirs(scope)
        path = scope["path"] if scope["type"] == "http" else ""
        if path == LOGOUT or (path == CALLBACK and not configured().providers):
            await RedirectResponse("/", 302)(scope, receive, send)
        elif path == CALLBACK:
            await (await self._callback(scope, receive))(scope, receive, send)
        elif path == LOGIN:
            await self.app(scope, receive, _leaving(scope, send))
        else:
            await self.app(scope, receive, send)

    async def _callback(self, scope: Scope, receive: Receive) -> RedirectResponse:
        """Let Streamlit trade the provider's code and check the token; then answer in its place."""
        given: list[tuple[bytes, bytes]] = []

        async def hold(message: Message) -> None:
            if message["type"] == "http.response.start":
                given.extend(message["headers"])

        await self.app(scope, receive, hold)
        said = [value for name, value in given if name.lower() == b"set-cookie"]
        try:
            code = await run_in_threadpool(_code, scope, said)
        except Refused as why:
            security_log.record(Event.PROVIDER_REFUSED, reason=str(why))
            code = FAILED
        except DomainError as error:
            log.warning("sign-in by provider not kept: %s", type(error).__name__)
            code = FAILED
        return _onward(scope, code, said)


def _code(scope: Scope, said: Iterable[bytes]) -> str:
    """The code with which this browser enters. Raises Refused."""
    from domain.access.identities import arrive

    state = _asked(scope, "state")
    proven = _proven(scope, _cookies(said))
    code = arrive(state, proven)
    if code is None:
        raise Refused("state used before")
    return code


def _proven(scope: Scope, cookies: dict[str, str]) -> Proven:
    user, tokens = (_opened(name, cookies) for name in (THEIRS, THEIR_TOKENS))
    provider = configured().named(str(user.get("provider")))
    if provider is None:
        # A wrong signature, nonce or time, a code or a state used before, or the provider's own refusal.
        word = _asked(scope, "error")
        raise Refused(f"the provider's answer {word if WORD.fullmatch(word) else ''}".strip())
    if _asked(scope, "iss", provider.issuer).rstrip("/") != provider.issuer:
        raise Refused("another issuer answered")  # RFC 9207
    proven = prove(str(tokens.get("id_token")), provider, now())
    return proven if "email" in user else replace(proven, email=_told_apart(provider, proven, str(tokens.get("access_token"))))


def _told_apart(provider: Provider, proven: Proven, access_token: str) -> str:
    """The verified e-mail of a person whose provider tells it only when asked apart; empty if it doesn't, or won't answer."""
    try:
        with httpx.Client(timeout=ANSWER_SECONDS) as client:
            endpoint = str(client.get(provider.metadata_url).raise_for_status().json()["userinfo_endpoint"])
            if not is_safe(endpoint):
                return ""
            answer = client.get(endpoint, headers={"Authorization": f"Bearer {access_token}"}).raise_for_status().json()
        return verified_email(answer) if answer["sub"] == proven.subject else ""
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, LookupError, TypeError) as error:
        log.warning("sign-in by provider: no answer about the person: %s", type(error).__name__)
        return ""


def _opened(name: str, cookies: dict[str, str]) -> dict[str, Any]:
    """What one of Streamlit's signed cookies holds; nothing, if it wasn't set."""

    def one(part: str) -> bytes | None:
        value = cookies.get(part)
        return decode_signed_value(configured().cookie_secret, part, value) if value else None

    whole = get_cookie_with_chunks(one, name)
    found = json.loads(whole) if whole else {}
    return found if isinstance(found, dict) else {}


def _cookies(said: Iterable[bytes]) -> dict[str, str]:
    found: dict[str, str] = {}
    for each in said:
        read: SimpleCookie = SimpleCookie()
        read.load(each.decode("latin-1"))
        found |= {name: morsel.value for name, morsel in read.items()}
    return found


def _onward(scope: Scope, code: str, said: Iterable[bytes]) -> RedirectResponse:
    """Back to the page that was wanted, with the code."""
    secure = _is_https(scope)
    came = code != FAILED
    answer = RedirectResponse(_wish(scope) if came else "/", 302, headers={"Cache-Control": "no-store"})
    for each in said:
        if not each.startswith(THEIRS.encode()):
            answer.raw_headers.append((b"set-cookie", _secured(each, secure=secure)))
    kept: dict[str, Any] = {"httponly": True, "samesite": "lax", "secure": secure}
    answer.set_cookie(ARRIVAL, code, max_age=ARRIVAL_SECONDS, path="/", **kept)
    answer.delete_cookie(WISH, path=CALLBACK, **kept)
    return answer


def _leaving(scope: Scope, send: Send) -> Send:
    """On the way to the provider: Streamlit's cookie is marked Secure behind TLS, and the page that was wanted is kept."""
    secure, wish = _is_https(scope), _wanted(scope)

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = [
                (name, _secured(value, secure=secure) if name.lower() == b"set-cookie" else value)
                for name, value in message["headers"]
            ]
            keep = f"{WISH}={quote(wish)}; Max-Age={WISH_SECONDS}; Path={CALLBACK}; HttpOnly; SameSite=lax".encode()
            headers.append((b"set-cookie", _secured(keep, secure=secure)))
            message = {**message, "headers": headers}
        await send(message)

    return sending


def _wanted(scope: Scope) -> str:
    """The page of ours that leads to the provider, as the browser names it; not a link's code, which is used up here."""
    headers = Headers(scope=scope)
    try:
        parts = urlsplit(headers.get("referer", ""))
    except ValueError:
        return "/"
    if parts.netloc != headers.get("host") or "reset" in parse_qs(parts.query):
        return "/"
    return _own_address(f"{parts.path}?{parts.query}" if parts.query else parts.path)


def _wish(scope: Scope) -> str:
    header = Headers(scope=scope).get("cookie", "")
    found = next((part.strip() for part in header.split(";") if part.strip().startswith(f"{WISH}=")), "")
    return _own_address(unquote(found.removeprefix(f"{WISH}=")))


def _own_address(text: str) -> str:
    """A path of ours, whatever was sent: nothing that a browser could take for another host."""
    fits = text.startswith("/") and text[1:2] not in {"/", "\\"} and text.isprintable() and len(text) <= LONGEST_WISH
    return text if fits else "/"


def _without_theirs(scope: Scope) -> Scope:
    """The request without Streamlit's identity cookies: an old one, or a forged one, tells nobody who somebody is."""
    headers = []
    for name, value in scope["headers"]:
        kept = value
        if name.lower() == b"cookie":
            kept = b";".join(each for each in value.split(b";") if not each.strip().startswith(THEIRS.encode()))
        headers.append((name, kept))
    return {**scope, "headers": headers}


def _secured(cookie: bytes, *, secure: bool) -> bytes:
    return cookie + b"; Secure" if secure and b"; secure" not in cookie.lower() else cookie


def _asked(scope: Scope, name: str, usual: str = "") -> str:
    given = parse_qs(str(scope["query_string"], "latin-1"))
    return given.get(name, [usual])[0]


def _is_https(scope: Scope) -> bool:
    peer = scope["client"][0] if scope.get("client") else None
    return network.is_https(scope.get("scheme", ""), peer, Headers(scope=scope))


class Reticent(logging.Filter):
    """Streamlit's own lines about a sign-in hold what anyone put into the address, and what the provider answered in words.

    Of an error its kind is left, and a provider's own code for it (`invalid_client`), by which its setting up can be mended.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
        word = str(getattr(error, "error", ""))
        record.msg, record.args = "sign-in by provider: %s %s", (type(error).__name__, word if WORD.fullmatch(word) else "")
        record.exc_info = record.exc_text = None
        return error is not None


logging.getLogger("streamlit.web.server.starlette.starlette_auth_routes").addFilter(Reticent())
