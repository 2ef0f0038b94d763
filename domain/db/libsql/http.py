"""Streams over HTTP: pooled, kept-alive connections, and batons that tie the requests of a stream together."""

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import urllib3
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    LocationParseError,
    NameResolutionError,
    NewConnectionError,
    ProxyError,
    ReadTimeoutError,
    SSLError,
)

from domain.db.libsql import errors, trips
from domain.db.libsql.address import Address
from domain.db.libsql.protocol import AUTOCOMMIT, Request, from_server

VERSIONS = ("v3", "v2")
POOL_SIZE = 32
UNAUTHORIZED, FORBIDDEN, NOT_FOUND, TOO_LARGE, TOO_MANY, SERVER_FAILS = 401, 403, 404, 413, 429, 500


class HttpTransport:
    """One server over HTTP, shared by all connections to it and safe to use from many threads.

    Version 3 of the protocol is asked first, and version 2 from then on where the server doesn't have it.
    """

    def __init__(self, address: Address, *, auth_token: str | None, connect_timeout: float, read_timeout: float) -> None:
        self.address = address
        self._headers = {"Content-Type": "application/json"}
        if auth_token:
            if not (auth_token.isascii() and auth_token.isprintable()):  # else the client would show it in its complaint
                raise errors.Unauthorized("the token holds characters that no token has", reason="invalid")
            self._headers["Authorization"] = f"Bearer {auth_token}"
        if address.host_header:
            self._headers["Host"] = address.host_header
        self._connect_timeout = connect_timeout
        self._read_timeout = read_timeout
        # Retries are the driver's own business: only it knows what is safe to send twice.
        self._pools = urllib3.PoolManager(num_pools=8, maxsize=POOL_SIZE, block=False, retries=False)
        self._version = 0

    def __repr__(self) -> str:
        return f"<HttpTransport {self.address.url}>"

    keeps_texts = True

    @property
    def tells_autocommit(self) -> bool:
        """Whether a stream can be asked if it is inside of a transaction (Hrana 3)."""
        return self._version == 0

    def stream(self) -> "HttpStream":
        """A new stream; it exists on the server from its first request on."""
        return HttpStream(self)

    def close(self) -> None:
        """Let go of all idle connections."""
        self._pools.clear()

    def pipeline(self, base: str, baton: str | None, requests: Sequence[Request], timeout: float | None) -> dict[str, Any]:
        """One round trip. Raises ConnectionFailed (nothing was sent), NoAnswer, StreamGone or Unauthorized.

        Version 2 knows no `get_autocommit`: it is left out there, and its answer is missing.
        """
        trips.add()
        version = self._version
        if version:
            requests = [each for each in requests if each != AUTOCOMMIT]
        status, body = self._post(f"{base}/{VERSIONS[version]}/pipeline", baton, requests, timeout)
        if status == NOT_FOUND and version == 0 and baton is None:
            self._version = version = 1
            requests = [each for each in requests if each != AUTOCOMMIT]
            trips.add()
            status, body = self._post(f"{base}/{VERSIONS[version]}/pipeline", baton, requests, timeout)
        said = _parsed(body)
        if status != 200:
            self._pools.clear()  # sqld closes a connection some moments after it refused on it: not to be used again
            raise _refused(status, said)
        if not isinstance(said, dict) or not isinstance(said.get("results"), list) or len(said["results"]) != len(requests):
            raise errors.NoAnswer("the server's answer can't be read")
        return said

    def _post(self, url: str, baton: str | None, requests: Sequence[Request], timeout: float | None) -> tuple[int, bytes]:
        body = json.dumps({"baton": baton, "requests": list(requests)}, ensure_ascii=False, separators=(",", ":")).encode()
        limits = urllib3.Timeout(connect=self._connect_timeout, read=timeout or self._read_timeout)
        try:
            found = self._pools.request("POST", url, body=body, headers=self._headers, timeout=limits, redirect=False)
            return found.status, found.data
        except NameResolutionError:
            raise errors.ConnectionFailed(f"there is no host {self.address.host}", reason="host") from None
        except ConnectTimeoutError as error:
            # urllib3's NewConnectionError is a ConnectTimeoutError, so that what follows tells them apart.
            if isinstance(error, NewConnectionError):
                raise errors.ConnectionFailed(f"nobody answers at {self.address.url}", reason="refused") from None
            raise errors.ConnectionFailed(f"{self.address.url} doesn't answer in time", reason="timeout") from None
        except (NewConnectionError, ProxyError):
            raise errors.ConnectionFailed(f"nobody answers at {self.address.url}", reason="refused") from None
        except SSLError:
            raise errors.ConnectionFailed(f"the certificate of {self.address.url} isn't trusted", reason="tls") from None
        except LocationParseError:
            raise errors.BadAddress("the database URL names no host") from None
        except ReadTimeoutError:
            raise errors.TimedOut(f"no answer came from {self.address.url} in time") from None
        except (HTTPError, OSError):
            raise errors.NoAnswer(f"no answer came from {self.address.url}") from None


class HttpStream:
    """A stream: its requests go one after another, each with the baton that the answer before it brought."""

    def __init__(self, transport: HttpTransport) -> None:
        self._transport = transport
        self._base = transport.address.url
        self._baton: str | None = None
        self._over = False

    def send(self, requests: Sequence[Request], *, timeout: float | None = None) -> list[Any]:
        """The results of the requests, one each, in order. After an error the stream is of no more use."""
        if self._over:
            raise errors.StreamGone("the stream is closed")
        baton, self._baton, self._over = self._baton, None, True
        said = self._transport.pipeline(self._base, baton, requests, timeout)
        baton = said.get("baton")
        if isinstance(baton, str):
            self._baton, self._over = baton, False
        if isinstance(base := said.get("base_url"), str):
            self._base = self._moved_to(base)
        return list(said["results"])

    def abandon(self) -> None:
        """Never use the stream again. The server ends what it left open when it has been idle for some seconds."""
        self._over = True

    def _moved_to(self, base: str) -> str:
        """The address where the server wants the rest of the stream; never one that is less safe than the first."""
        if self._transport.address.scheme == "https" and urlsplit(base).scheme != "https":
            raise errors.NoAnswer("the server sends the stream to an address without encryption")
        return base.rstrip("/")


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _refused(status: int, said: Any) -> errors.Error:
    """What an HTTP error means. 4xx: not carried out. 5xx: who knows."""
    words = said.get("error") or said.get("message") if isinstance(said, dict) else None
    words = words if isinstance(words, str) else ""
    if status == UNAUTHORIZED:
        lowered = words.lower()
        reason: errors.Refusal = "expired" if "expired" in lowered else "missing" if "none given" in lowered else "invalid"
        return errors.Unauthorized("the server refuses the token", reason=reason)
    if status == FORBIDDEN:
        return errors.Unauthorized("the token doesn't allow this", reason="forbidden")
    if status == NOT_FOUND:
        return errors.ServerError("the server knows no such database (HTTP 404)")
    if status == TOO_LARGE:
        return errors.StreamGone("the request is larger than the server takes", "PAYLOAD_TOO_LARGE")
    if status >= SERVER_FAILS or status == TOO_MANY or 300 <= status < 400:
        return errors.NoAnswer(f"the server answered with HTTP {status}")
    if isinstance(said, dict) and isinstance(said.get("code"), str) and said["code"] != "STREAM_EXPIRED":
        return errors.StreamGone(str(from_server(said)), said["code"])
    return errors.StreamGone("the server no longer knows the stream", "STREAM_EXPIRED")
