"""HTTP/1.1 messages, read from a socket exactly to their end. Enough for the proxy of the tests, and no more."""

import contextlib
import socket
from dataclasses import dataclass, replace


class Ended(Exception):
    """The other side closed, or broke off, before a message was whole."""


@dataclass(frozen=True)
class Message:
    """A request or an answer: `head` with its empty line and `body` as they travelled; `content` is the body without chunk marks.

    `places` are the parts of `body` that hold the content, as (start, end).
    """

    head: bytes
    body: bytes = b""
    places: tuple[tuple[int, int], ...] = ()

    @property
    def raw(self) -> bytes:
        return self.head + self.body

    @property
    def content(self) -> bytes:
        return b"".join(self.body[start:end] for start, end in self.places)

    @property
    def method(self) -> str:
        return self.head.split(b" ", 1)[0].decode()

    @property
    def status(self) -> int:
        return int(self.head.split(b" ", 2)[1])

    def header(self, name: str) -> str:
        """A header's value in lower case, and the empty text if it isn't there."""
        for line in self.head.split(b"\r\n")[1:]:
            key, _, value = line.partition(b":")
            if key.strip().lower() == name.encode():
                return value.strip().lower().decode("latin-1")
        return ""

    def garbled(self, filling: bytes) -> "Message":
        """The same message and length, but with `filling`, or as much of it as has room, over the middle of its content."""
        if not self.places:
            return self
        start, end = max(self.places, key=lambda place: place[1] - place[0])
        length = min(len(filling), end - start)
        at = start + (end - start - length) // 2
        return replace(self, body=self.body[:at] + filling[:length] + self.body[at + length :])


class Line:
    """A socket, read by messages; what was read too far is kept for the next."""

    def __init__(self, connection: socket.socket) -> None:
        self.socket = connection
        self.waiting = b""

    def read_request(self) -> Message:
        """The next request, whole. Raises Ended."""
        return self._read_body(self._read_to(b"\r\n\r\n"), without_length=b"")

    def read_answer(self, *, to: str) -> Message:
        """The next final answer to a request with the method `to`, whole. Raises Ended."""
        while True:
            head = self._read_to(b"\r\n\r\n")
            status = Message(head).status
            if status == 101 or status >= 200:
                break
        if to == "HEAD" or status in (101, 204, 304):
            return Message(head)
        return self._read_body(head, without_length=None)

    def _read_body(self, head: bytes, *, without_length: bytes | None) -> Message:
        message = Message(head)
        if message.header("transfer-encoding") == "chunked":
            return self._read_chunks(head)
        length = message.header("content-length")
        body = self._read(int(length)) if length else self._read_all() if without_length is None else without_length
        return Message(head, body, ((0, len(body)),) if body else ())

    def _read_chunks(self, head: bytes) -> Message:
        body = b""
        places = []
        while True:
            mark = self._read_to(b"\r\n")
            body += mark
            size = int(mark.split(b";")[0], 16)
            if size == 0:
                break
            places.append((len(body), len(body) + size))
            body += self._read(size + 2)
        while (trailer := self._read_to(b"\r\n")) != b"\r\n":
            body += trailer
        return Message(head, body + b"\r\n", tuple(places))

    def _read_to(self, mark: bytes) -> bytes:
        while (end := self.waiting.find(mark)) < 0:
            self._receive()
        return self._take(end + len(mark))

    def _read(self, size: int) -> bytes:
        parts = [self._take(size)]
        missing = size - len(parts[0])
        while missing:
            self._receive()
            parts.append(self._take(missing))
            missing -= len(parts[-1])
        return b"".join(parts)

    def _read_all(self) -> bytes:
        parts = []
        with contextlib.suppress(Ended):
            while True:
                parts.append(self._take(len(self.waiting)))
                self._receive()
        return b"".join(parts)

    def _take(self, size: int) -> bytes:
        taken, self.waiting = self.waiting[:size], self.waiting[size:]
        return taken

    def _receive(self) -> None:
        try:
            received = self.socket.recv(1 << 16)
        except OSError as problem:
            raise Ended from problem
        if not received:
            raise Ended
        self.waiting += received
