"""Which server is asked: a near one for reads, the primary for writes, and each other's work when one is away.

A replica lags behind its primary by some milliseconds. So that who wrote reads what they wrote, the cluster remembers how far the
primary's replication log had come, and asks the replica to have come as far before it reads (`replication_index`, which
sqld takes with a statement). A replica that can't within two seconds is passed by.
"""

import random
import threading
import time
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from domain.db.libsql import errors
from domain.db.libsql.address import Address
from domain.db.libsql.http import HttpTransport
from domain.db.libsql.protocol import CLOSE, Answer, Request, Rows, Statement, answer, batch
from domain.db.libsql.turns import Turn, Turns
from domain.db.libsql.websocket import WebSocketTransport

CATCH_UP_SECONDS = 2.0
# Seen on sqld 0.24.32: the first read that a replica is asked after its primary's death hangs; the next ones don't.
NEAR_SECONDS = 3.0
ALONE_SECONDS = 10.0  # a server without a known primary: most likely no replica, and the statement is slow
REST_SECONDS = 1.0
DISTRUST_SECONDS = 15.0
BUSY_TRIES = 6
BEGIN, COMMIT = Statement("BEGIN"), Statement("COMMIT")


class Stream(Protocol):
    """One SQLite connection on a server."""

    def send(self, requests: Sequence[Request], *, timeout: float | None = None) -> list[Any]:
        """The results of the requests, in order."""

    def abandon(self) -> None:
        """Never use the stream again."""


class Transport(Protocol):
    """The way to one server."""

    address: Address
    keeps_texts: bool

    @property
    def tells_autocommit(self) -> bool:
        """Whether a stream can be asked if it is inside of a transaction."""

    def stream(self) -> Stream:
        """A new stream."""

    def close(self) -> None:
        """Let go of idle connections."""


def transport(address: Address, *, auth_token: str | None, connect_timeout: float, read_timeout: float) -> Transport:
    """The transport that an address asks for."""
    kind = WebSocketTransport if address.scheme in {"ws", "wss"} else HttpTransport
    return kind(address, auth_token=auth_token, connect_timeout=connect_timeout, read_timeout=read_timeout)


class _Watched:
    """A stream whose cluster hears of its failures. One that writes waits for its turn, and keeps it until it ends."""

    def __init__(self, cluster: "Cluster", server: Transport, *, writes: bool) -> None:
        self._turn: Turn | None = None
        self._writes = writes
        self._cluster, self._server, self._stream = cluster, server, server.stream()

    def send(self, requests: Sequence[Request], *, timeout: float | None = None) -> list[Any]:
        if self._writes:
            self._writes, self._turn = False, self._cluster.turns.take()
        try:
            return self._stream.send(requests, timeout=timeout)
        except (errors.ConnectionFailed, errors.NoAnswer, errors.StreamGone):
            self._cluster.doubt(self._server)
            raise
        finally:
            if CLOSE in requests:
                self._give_turn()

    def abandon(self) -> None:
        self._stream.abandon()
        self._give_turn()

    def _give_turn(self) -> None:
        turn, self._turn = self._turn, None
        if turn is not None:
            self._cluster.turns.give(turn)

    def __del__(self) -> None:
        self._give_turn()


class Cluster:
    """A near server, and a primary where there is another. Shared by all connections to them, from any thread."""

    def __init__(self, near: Transport, primary: Transport | None = None) -> None:
        self.near = near
        self.primary = primary
        self.writer = primary or near
        self.turns = Turns()
        self._lock = threading.Lock()
        self._wanted: int | None = None
        self._seen: int | None = None
        self._resting_until = 0.0
        self._doubted = False

    def __repr__(self) -> str:
        return f"<Cluster {self.near.address.url}{f' of {self.primary.address.url}' if self.primary else ''}>"

    def read(self, statements: Sequence[Statement]) -> list[Rows]:
        """Read, in one round trip; several statements see one state of the data. Raises what the server or the way to it raises.

        The stream ends with the request: a replica runs only such reads by itself, and hands the rest on to its primary.
        """
        steps = [BEGIN, *statements, COMMIT] if len(statements) > 1 else list(statements)
        failure: errors.Error | None = None
        for server, index, timeout in self._readers():
            try:
                found = self._ask(server, [batch(steps, index=index), CLOSE], timeout)
            except errors.ConnectionFailed as error:
                failure = error
                self._rest(server)
                if self.primary is None and error.reason != "refused":
                    break
            except errors.TimedOut as error:
                failure = error
                if timeout is None:
                    break  # it is the statement that takes so long
            except (errors.NoAnswer, errors.StreamGone) as error:
                failure = error
            else:
                if found.error is not None:
                    raise found.error
                rows = [each for each in found.results if each is not None]
                if len(rows) != len(steps):
                    raise errors.NoAnswer("the server's answer can't be read")
                return rows[1:-1] if len(statements) > 1 else rows
        assert failure is not None
        raise failure

    def _readers(self) -> Iterator[tuple[Transport, int | None, float | None]]:
        """Whom to ask, in turn: the server, how far its log must have come, and how long to wait."""
        index = self._wanted
        if self.primary is None:
            yield self.near, index, None if index is None else ALONE_SECONDS
            if index is not None:
                self._forget(index)
            for _again in range(2):
                time.sleep(random.uniform(0.02, 0.15))  # noqa: S311 - only so that not all come back at once
                yield self.near, None, None
        else:
            if time.monotonic() >= self._resting_until:
                yield self.near, index, NEAR_SECONDS if index is None else CATCH_UP_SECONDS
            yield self.primary, None, None
            if index is not None:
                self._forget(index)  # the primary is away: what the replica has is what there is
            yield self.near, None, None

    def _ask(self, server: Transport, requests: list[Request], timeout: float | None) -> Answer:
        expected = self._seen
        found = answer(self.stream(server).send(requests, timeout=timeout)[0])
        self.heard(server, found.index, expected)
        return found

    def heard(self, server: Transport, index: int | None, expected: int | None) -> None:
        """Take note of how far a server's log has come. `expected`: what was known of it when the request was sent."""
        if index is None:
            return
        with self._lock:
            if server is self.writer:
                if self._doubted or (expected is not None and index < expected):
                    # The primary may have begun a new log, as it does after a crash; its replica must begin anew as well.
                    self._resting_until = time.monotonic() + DISTRUST_SECONDS
                    self._wanted = self._seen = index
                    self._doubted = False
                elif index > (self._seen or 0):
                    self._wanted = self._seen = index
            if server is self.near and self._wanted is not None and index >= self._wanted:
                self._wanted = None

    def stream(self, server: Transport | None = None, *, writes: bool = False) -> Stream:
        """A new stream, on the server that is written to unless told otherwise. One that `writes` waits for its turn."""
        return _Watched(self, server or self.writer, writes=writes)

    def doubt(self, server: Transport) -> None:
        """A server failed. If it is the primary, its log may be another one when it is back."""
        self._doubted = self._doubted or (self.primary is not None and server is self.primary)

    def known(self) -> int | None:
        """The furthest point of the primary's log that this process knows of."""
        return self._seen

    def _forget(self, index: int) -> None:
        with self._lock:
            if self._wanted == index:
                self._wanted = None

    def _rest(self, server: Transport) -> None:
        if self.primary is not None and server is self.near:
            self._resting_until = max(self._resting_until, time.monotonic() + REST_SECONDS)

    def catch_up(self) -> None:
        """Learn from the primary how far its log has come, so that reads see what was written through other processes."""
        if self.primary is not None:
            try:
                self._ask(self.primary, [batch([Statement("SELECT 1")]), CLOSE], CATCH_UP_SECONDS)
            except errors.OperationalError:
                return  # nobody can write now; reads go on with what the replica has

    def close(self) -> None:
        """Let go of idle connections to all servers."""
        self.near.close()
        if self.primary is not None:
            self.primary.close()
