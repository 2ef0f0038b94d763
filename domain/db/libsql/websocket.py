"""Streams over WebSocket, by the connection of the optional package `libsql-client` (Hrana 2).

One event loop in a thread of its own serves all WebSockets of the process; callers wait for it from theirs.
"""

import asyncio
import threading
from collections.abc import Coroutine, Sequence
from concurrent.futures import TimeoutError as WaitedTooLong
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import finalize

from domain.db.libsql import errors, trips
from domain.db.libsql.address import Address
from domain.db.libsql.protocol import Request

if TYPE_CHECKING:
    import aiohttp
    from libsql_client.hrana.conn import HranaConn

T = TypeVar("T")
UNAUTHORIZED = 401
END_SECONDS = 0.5
TURNS = 6  # of the loop, in which it learns that a WebSocket has ended, before something is sent into the void
_loop_lock = threading.RLock()
STREAM_REQUESTS = {"close": "close_stream"}


def _loop() -> asyncio.AbstractEventLoop:
    with _loop_lock:  # `cache` alone lets two threads that come at once make two loops
        return _made_loop()


@cache
def _made_loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="libsql-websocket", daemon=True).start()
    return loop


def _in_loop() -> bool:
    """Whether this is the loop's own thread: the garbage collector may run there, and roll back what somebody left open."""
    try:
        return asyncio.get_running_loop() is _loop()
    except RuntimeError:
        return False


@cache
def _connection_class() -> "type[HranaConn]":
    from libsql_client import LibsqlError
    from libsql_client.hrana.conn import HranaConn

    class Connection(HranaConn):  # type: ignore[misc]  # the package says nothing of its types
        """Takes messages of any size, as the server says how large an answer may be; one of more than 4 MB ended the WebSocket.

        Takes note of a refused token before it says that the handshake is over; else requests were sent after it.
        """

        async def _do_connect(self, session: "aiohttp.ClientSession", url: str) -> "aiohttp.ClientWebSocketResponse":
            return await session.ws_connect(url, protocols=["hrana2"], autoclose=False, autoping=True, max_msg_size=0)

        def _receive(self, text: str) -> None:
            try:
                super()._receive(text)
            except LibsqlError as error:
                self._set_exception(error)
                raise

    return Connection


class WebSocketTransport:
    """One server over one WebSocket, which all streams share; opened when first needed, and again after it broke."""

    tells_autocommit = False
    keeps_texts = False  # here a kept text's number is one for all streams

    def __init__(self, address: Address, *, auth_token: str | None, connect_timeout: float, read_timeout: float) -> None:
        try:
            import libsql_client.hrana.conn  # noqa: F401 - tried here, so that a missing extra is told at once
        except ImportError:
            raise errors.MissingExtra("ws:// and wss:// need the package libsql-client") from None
        self.address = address
        self._token = auth_token
        self._connect_timeout = connect_timeout
        self._read_timeout = read_timeout
        self._lock = threading.Lock()
        self._connection: HranaConn | None = None
        self._end: finalize[..., WebSocketTransport] | None = None
        self._numbers = iter(range(1, 2**31))

    def __repr__(self) -> str:
        return f"<WebSocketTransport {self.address.url}>"

    def stream(self) -> "WebSocketStream":
        """A new stream; the server hears of it with its first request."""
        return WebSocketStream(self)

    def close(self) -> None:
        """Close the WebSocket."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        if self._end is not None:
            self._end()
        self._connection = self._end = None

    def number(self) -> int:
        """A stream's number, never used before on this transport."""
        return next(self._numbers)

    def connection(self) -> "HranaConn":
        """The WebSocket, opened if it isn't. Raises ConnectionFailed or Unauthorized; nothing was sent then."""
        with self._lock:
            if self._connection is None or self._connection.exception is not None:
                self._close()
                self._connection, session = self._wait(self._opened(), self._connect_timeout)
                self._end = finalize(self, _end_soon, self._connection, session)
            return self._connection

    async def _opened(self) -> "tuple[HranaConn, aiohttp.ClientSession]":
        import aiohttp
        from libsql_client import LibsqlError

        headers = {"Host": self.address.host_header} if self.address.host_header else {}
        session = aiohttp.ClientSession(headers=headers)
        connection = _connection_class()(session, self.address.url, self._token)
        try:
            await connection.wait_connected()
        except asyncio.CancelledError:
            await session.close()
            raise
        except (aiohttp.ClientError, LibsqlError, OSError) as error:
            await session.close()
            raise self._failure(error) from None
        if connection.exception is not None:
            await session.close()
            raise self._failure(connection.exception)
        return connection, session

    def _failure(self, error: BaseException) -> errors.Error:
        import aiohttp
        from libsql_client import LibsqlError

        if isinstance(error, LibsqlError) and error.code.startswith("AUTH"):
            words = str(error).lower()
            reason: errors.Refusal = "expired" if "expired" in words else "missing" if "none given" in words else "invalid"
            return errors.Unauthorized("the server refuses the token", reason=reason)
        if isinstance(error, aiohttp.WSServerHandshakeError):
            if error.status == UNAUTHORIZED:
                return errors.Unauthorized("the server refuses the token", reason="invalid")
            return errors.ConnectionFailed(f"{self.address.url} takes no WebSocket (HTTP {error.status})", reason="refused")
        if isinstance(error, aiohttp.ClientConnectorDNSError):
            return errors.ConnectionFailed(f"there is no host {self.address.host}", reason="host")
        if isinstance(error, (aiohttp.ClientConnectorCertificateError, aiohttp.ClientSSLError)):
            return errors.ConnectionFailed(f"the certificate of {self.address.url} isn't trusted", reason="tls")
        return errors.ConnectionFailed(f"nobody answers at {self.address.url}", reason="refused")

    def _wait(self, work: Coroutine[Any, Any, T], timeout: float) -> T:
        future = asyncio.run_coroutine_threadsafe(work, _loop())
        try:
            return future.result(timeout)
        except WaitedTooLong:
            future.cancel()
            raise errors.ConnectionFailed(f"{self.address.url} doesn't answer in time", reason="timeout") from None

    def send(self, connection: "HranaConn", requests: Sequence[Request], timeout: float | None) -> list[Any]:
        """One round trip: all requests are sent at once, and all answers awaited.

        Raises NoAnswer, or StreamGone if the WebSocket had ended before anything was sent.
        """
        if _in_loop():
            raise errors.NoAnswer("the loop can't wait for itself")
        trips.add()
        future = asyncio.run_coroutine_threadsafe(_answers(connection, requests), _loop())
        try:
            return future.result(timeout or self._read_timeout)
        except WaitedTooLong:
            future.cancel()
            raise errors.TimedOut(f"no answer came from {self.address.url} in time") from None


def _end_soon(connection: "HranaConn", session: "aiohttp.ClientSession") -> None:
    """Also when a transport is forgotten, and at the end of the program; there the loop's thread would not live to do it."""
    ended = asyncio.run_coroutine_threadsafe(_end(connection, session), _loop())
    if not _in_loop():
        with suppress(WaitedTooLong):
            ended.result(END_SECONDS)


async def _end(connection: "HranaConn", session: "aiohttp.ClientSession") -> None:
    await connection.close()
    await session.close()


async def _answers(connection: "HranaConn", requests: Sequence[Request]) -> list[Any]:
    from libsql_client import LibsqlError

    for _turn in range(TURNS):
        await asyncio.sleep(0)
    if connection.exception is not None:
        raise errors.StreamGone("the WebSocket broke")  # and nothing was sent
    # Shielded: when the caller waits no longer, an answer that comes late must not find a cancelled future. It would end the
    # WebSocket, and with it the transactions of all other threads.
    futures = [connection.send_request(request) for request in requests]
    for future in futures:
        future.add_done_callback(_heard)
    found: list[Any] = []
    for each in await asyncio.gather(*map(asyncio.shield, futures), return_exceptions=True):
        if not isinstance(each, BaseException):
            found.append({"type": "ok", "response": each})
        elif isinstance(each, LibsqlError) and connection.exception is None:
            found.append({"type": "error", "error": {"message": each.explanation, "code": each.code}})
        else:
            raise errors.NoAnswer("the WebSocket broke before the answer came")
    return found


def _heard(future: "asyncio.Future[Any]") -> None:
    """Nobody may wait for it any more, and asyncio would complain of an error that nobody took."""
    if not future.cancelled():
        future.exception()


class WebSocketStream:
    """A stream among others on one WebSocket. It can't move to another: when that breaks, the stream is gone."""

    def __init__(self, transport: WebSocketTransport) -> None:
        self._transport = transport
        self._connection: HranaConn | None = None
        self._number = 0
        self._over = False

    def send(self, requests: Sequence[Request], *, timeout: float | None = None) -> list[Any]:
        """The results of the requests, one each, in order. After an error the stream is of no more use."""
        if self._over:
            raise errors.StreamGone("the stream is closed")
        opening: list[Request] = []
        if self._connection is None:
            self._connection, self._number = self._transport.connection(), self._transport.number()
            opening = [{"type": "open_stream"}]
        elif self._connection.exception is not None:
            self._over = True
            raise errors.StreamGone("the WebSocket broke")
        self._over = True
        try:
            found = self._transport.send(self._connection, self._named([*opening, *requests]), timeout)
        except errors.StreamGone:
            if not opening:
                raise
            self._connection, self._number = self._transport.connection(), self._transport.number()
            found = self._transport.send(self._connection, self._named([*opening, *requests]), timeout)
        self._over = any(each["type"] == "close" for each in requests)
        if opening and found[0]["type"] == "error":
            self._over = True
            raise errors.StreamGone("the server opened no stream")
        return found[len(opening) :]

    def abandon(self) -> None:
        """Never use the stream again; the server is told, and nobody waits for it."""
        if self._connection is not None and self._connection.exception is None:
            asyncio.run_coroutine_threadsafe(_answers(self._connection, self._named([{"type": "close"}])), _loop())
        self._over, self._connection = True, None

    def _named(self, requests: Sequence[Request]) -> list[Request]:
        """The requests in the words of WebSockets, with the stream's number."""
        return [{**each, "type": STREAM_REQUESTS.get(each["type"], each["type"]), "stream_id": self._number} for each in requests]
