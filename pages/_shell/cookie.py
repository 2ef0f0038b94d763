"""The name of the cookie that keeps a browser signed in: over TLS one that browsers take from this very host alone.

`__Host-` is a browser's own promise: it keeps such a cookie only if it came over TLS, from this host and for all its paths, so
that neither another host of the same domain nor someone on the way can put one there. Behind `OwnCookie` there is one name.
"""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from pages._shell import network
from pages._shell.state import COOKIE

OVER_TLS = f"__Host-{COOKIE}"


def cookie_name(*, https: bool) -> str:
    """What the cookie is called in the browser."""
    return OVER_TLS if https else COOKIE


class OwnCookie:
    """Hands a request on with the cookie under its one name; over TLS, what came under the plain name is left out."""

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
    taken, other = (OVER_TLS, COOKIE) if https else (COOKIE, OVER_TLS)
    kept = []
    for each in value.split(b";"):
        name, equals, rest = each.strip().partition(b"=")
        if name.strip() == other.encode():
            continue
        kept.append(COOKIE.encode() + equals + rest if name.strip() == taken.encode() else each.strip())
    return b"; ".join(kept)
