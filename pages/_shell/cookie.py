"""The names of our cookies (the session, and by what a browser is known): over TLS such that browsers take from this host alone.

`__Host-` is a browser's own promise: it keeps such a cookie only if it came over TLS, from this host and for all its paths, so
that neither another host of the same domain nor someone on the way can put one there. Behind `OwnCookie` each has one name.
"""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from pages._shell import network
from pages._shell.state import COOKIE, DEVICE

OURS = (COOKIE, DEVICE)
OVER_TLS = "__Host-"


def cookie_name(name: str = COOKIE, *, https: bool) -> str:
    """What one of our cookies is called in the browser."""
    return f"{OVER_TLS}{name}" if https else name


class OwnCookie:
    """Hands a request on with our cookies under their one name; over TLS, what came under the plain name is left out."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if "headers" in scope:
            peer = scope["client"][0] if scope.get("client") else None
            https = network.is_https(scope.get("scheme", ""), peer, Headers(scope=scope))
            said = [(name, _renamed(value, https=https) if name == b"cookie" else value) for name, value in scope["headers"]]
            scope = {**scope, "headers": said}
        await self.app(scope, receive, send)


def _renamed(value: bytes, *, https: bool) -> bytes:
    taken = {cookie_name(each, https=https).encode(): each.encode() for each in OURS}
    others = {cookie_name(each, https=not https).encode() for each in OURS}
    kept = []
    for each in value.split(b";"):
        name, equals, rest = each.strip().partition(b"=")
        if name.strip() in others:
            continue
        kept.append(taken.get(name.strip(), name) + equals + rest)
    return b"; ".join(kept)
