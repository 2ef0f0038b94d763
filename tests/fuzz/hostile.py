"""Things that nobody means to send: texts, addresses, headers, cookies, bodies, queries. All from one seed."""

import json
import random
import string
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote

from domain.kit.ids import new_id

TEXTS = (
    "",
    " ",
    "0",
    "-1",
    "1e400",
    "NaN",
    "null",
    "undefined",
    "true",
    "[]",
    "{}",
    "'",
    '"',
    "`",
    "\\",
    "%",
    "%00",
    "%zz",
    "..",
    "../../etc/passwd",
    "..%2f..%2fetc%2fpasswd",
    "....//....//",
    "file:///etc/passwd",
    "' OR 1=1 --",
    '" OR ""="',
    "1; DROP TABLE users",
    "') UNION SELECT password_hash FROM credentials --",
    "*",
    "_%",
    "[a-z]*",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "javascript:alert(1)",
    "{{7*7}}",
    "${7*7}",
    "{0.__class__}",
    "%s%s%n",
    "\x00",
    "a\x00b",
    "\r\nSet-Cookie: a=b",
    "\n",
    "\t",
    "\x1b[2J",
    "\u202e",
    "\ufeff",
    "\ufffd",
    "é" * 20,
    "İ",
    "ß",
    "ﬃ",
    "🦊" * 9,
    "٣",
    "a" * 300,
    "a" * 5_000,
    "[" * 2_000,
    "9" * 400,
    "1..2",
    "..",
    "2026-02-30..",
    "..9999-12-31",
    "0001-01-01..",
    "none",
    "yes",
    "no",
    ",",
    ",,,",
    "-name",
    "--name",
    "name;",
    "id",
    "organization_id",
    "row_version",
    "password_hash",
    "search_text",
    "__class__",
    "table",
    "edit",
    "new",
    "grid",
    "bulk",
    "999999",
    "1000000000000",
    "+1",
    "٣",
    "01",
)
MEANT = (
    "new",
    "edit",
    "grid",
    "bulk",
    "yes",
    "no",
    "none",
    "1",
    "2",
    "-name",
    "name",
    "active",
    "student",
    "owner",
    "2026-01-01..2026-12-31",
    "..100",
    "0..",
    "text",
    "person",
    "unmarked",
    "red",
    "30",
    "password",
)
HEADERS = (
    "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Accept-Language", "Accept", "Origin", "Referer",
    "Range", "If-None-Match", "If-Modified-Since", "User-Agent", "Sec-Fetch-Site", "Sec-Fetch-Dest", "Content-Type",
    "X-Real-IP", "X-Streamlit-User", "X-Original-URL", "X-HTTP-Method-Override", "Authorization", "Accept-Encoding",
)  # fmt: skip
METHODS = ("GET", "GET", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "BREW")


class Hostile:
    """Makes them. `keys`: keys that lead to rows, one's own and others'."""

    def __init__(self, rng: random.Random, keys: Sequence[str]) -> None:
        self.rng, self.keys = rng, list(keys)

    def text(self) -> str:
        """A text: strange, meant, a key, a cut or a mixture."""
        rng = self.rng
        kind = rng.random()
        if kind < 0.35:
            return rng.choice(TEXTS)
        if kind < 0.55:
            return rng.choice(self.keys) if rng.random() < 0.85 else new_id()
        if kind < 0.75:
            return rng.choice(MEANT)
        if kind < 0.9:
            return "".join(rng.choice(string.printable + "éçãõ✓\u0301") for _at in range(rng.choice((1, 3, 12, 60))))
        return rng.choice((",", "..", "", "/")).join(self.text() for _at in range(2))

    def path(self, routes: Sequence[str]) -> str:
        """A path: one of the app's, with its places filled in, then perhaps cut, doubled or written otherwise."""
        rng = self.rng
        path = rng.choice(routes)
        while "{" in path:
            before, _open, rest = path.partition("{")
            path = before + quote(self.text(), safe=rng.choice(("", "/.~"))) + rest.partition("}")[2]
        change = rng.random()
        if change < 0.1:
            path = path.replace("/", "//", 1)
        elif change < 0.2:
            path = f"{path}/{quote(self.text(), safe='')}"
        elif change < 0.25:
            path = path.upper()
        elif change < 0.3:
            path = path[:-1] or "/"
        elif change < 0.35:
            path = path.replace("/", "/%2e%2e/", 1)
        return path if path.startswith("/") else f"/{path}"

    def query(self, names: Sequence[str], most: int = 5) -> dict[str, str]:
        """Query parameters: most of them such as pages read."""
        rng = self.rng
        return {
            rng.choice(names) if rng.random() < 0.9 else self.text()[:40] or "x": self.text()
            for _at in range(rng.randrange(most))
        }

    def headers(self) -> dict[str, str]:
        """Headers that programs between a browser and the app might forge."""
        rng, said = self.rng, {}
        for _at in range(rng.randrange(4)):
            name = rng.choice(HEADERS)
            value = rng.choice(
                ("same-origin", "cross-site", "document", "https", "127.0.0.1", "gzip", "*/*", "bytes=0-", self.text())
            )
            said[name] = value.encode("latin-1", "replace").decode("latin-1").translate(dict.fromkeys(range(32)))[:2_000]
        return said

    def body(self) -> bytes:
        """A body: JSON that a route might read, JSON gone wrong, bytes."""
        rng = self.rng
        makers: tuple[Callable[[], bytes], ...] = (
            lambda: b"",
            lambda: json.dumps({"ticket": self.text()}).encode("utf-8", "surrogatepass"),
            lambda: json.dumps({self.text(): self.value(3)}).encode("utf-8", "surrogatepass"),
            lambda: rng.randbytes(rng.choice((1, 50, 3_000))),
            lambda: b"[" * 3_000,
            lambda: b'{"ticket":' * 500,
        )
        return rng.choice(makers)()

    def value(self, depth: int) -> Any:
        """Any JSON."""
        kind = self.rng.randrange(7 if depth else 5)
        if kind < 5:
            return (None, True, self.rng.randrange(-(2**70), 2**70), self.rng.random(), self.text())[kind]
        some = [self.value(depth - 1) for _at in range(3)]
        return some if kind == 5 else {self.text(): each for each in some}
