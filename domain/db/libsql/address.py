"""What a database URL means: `libsql://HOST`, `https://HOST`, `http://HOST:PORT`, `ws://…`, `wss://…`."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from domain.db.libsql.errors import BadAddress

SCHEMES = {"libsql": "https", "https": "https", "http": "http", "wss": "wss", "ws": "ws"}
OPTIONS = {"tls", "authToken", "namespace"}
HOST = re.compile(r"[\w.:%-]+")  # what follows a misspelt `?` would be taken for the host, and be shown


@dataclass(frozen=True)
class Address:
    """Where a server listens. `scheme`: http, https, ws or wss. `namespace`: which database of a server that has several."""

    scheme: str
    host: str
    port: int | None = None
    path: str = ""
    namespace: str | None = None

    @property
    def url(self) -> str:
        """The address without any secret, fit for a message."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}{f':{self.port}' if self.port else ''}{self.path}"

    @property
    def host_header(self) -> str | None:
        """The Host by which such a server tells its databases apart; None where the address itself says it."""
        if self.namespace is None:
            return None
        return f"{self.namespace}.{self.host}{f':{self.port}' if self.port else ''}"


def parse(url: str) -> tuple[Address, str | None]:
    """The address that a URL names, and the token that it carries, if any. Raises BadAddress, which never repeats the URL."""
    try:
        parts = urlsplit(url)
        port = parts.port
        given = parse_qs(parts.query, strict_parsing=bool(parts.query))
    except ValueError:
        raise BadAddress("the database URL can't be read") from None
    scheme = SCHEMES.get(parts.scheme)
    if scheme is None:
        raise BadAddress("a database URL begins with libsql://, https://, http://, wss:// or ws://")
    if not parts.hostname or not HOST.fullmatch(parts.hostname) or any(character.isspace() for character in url):
        raise BadAddress("the database URL names no host")
    if parts.username or parts.password:
        raise BadAddress("a token is given by authToken, not as a user of the URL")
    if unknown := sorted(given.keys() - OPTIONS):
        raise BadAddress(f"a database URL has no option {unknown[0][:40]}")
    if parts.scheme == "libsql" and given.get("tls") == ["0"]:
        scheme = "http"
    path = parts.path.rstrip("/")
    namespace = given.get("namespace", [None])[0]
    return Address(scheme, parts.hostname, port, path, namespace), given.get("authToken", [None])[0]
