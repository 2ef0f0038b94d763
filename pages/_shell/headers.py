"""The headers with which every answer goes out: what a browser may load, run and tell others on our pages."""

import base64
import re
from contextvars import copy_context
from functools import cache
from hashlib import sha256
from pathlib import Path

import streamlit

from domain.kit.texts import LANGUAGES, set_language
from pages._shell import door, focus, frame

INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)
YEAR = 365 * 24 * 3600
UNUSED = ("camera", "microphone", "geolocation", "payment", "usb", "serial", "display-capture")

PLAIN = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",  # for browsers that don't know frame-ancestors
    "Referrer-Policy": "same-origin",  # a record's address is nobody else's to know
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{each}=()" for each in UNUSED),
}
STRICT_TRANSPORT = f"max-age={YEAR}"  # said over TLS alone; subdomains may be someone else's


def scripts() -> list[str]:
    """All scripts that stand within a page: Streamlit's own, and ours, none of which holds anything that changes."""
    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    ours = [door.TRADE, frame.FOLD, focus.FOCUS, *(copy_context().run(_spoken_in, language) for language in LANGUAGES)]
    return [script for text in (page, *ours) for script in INLINE.findall(text)]


def _spoken_in(language: str) -> str:
    set_language(language)
    return frame.spoken()


@cache
def content_policy() -> str:
    """What pages may load: from here alone. A script within a page runs only if it is one of those known by their hash.

    Styles are written into the page by Streamlit's own parts as it is drawn, so that they can't be known beforehand. Streamlit
    tries for a WebAssembly of its own, is refused, and counts in JavaScript.
    """
    hashes = " ".join(f"'sha256-{base64.b64encode(sha256(each.encode()).digest()).decode()}'" for each in scripts())
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' {hashes}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-src 'none'",
            "frame-ancestors 'none'",
        )
    )


def headers(*, https: bool) -> dict[str, str]:
    """All of them, by name."""
    found = {**PLAIN, "Content-Security-Policy": content_policy()}
    return {**found, "Strict-Transport-Security": STRICT_TRANSPORT} if https else found
