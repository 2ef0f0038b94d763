"""A TCP proxy of the tests' own, between a client and a libSQL server, that cuts, delays or garbles exactly where it is told to.

It reads whole HTTP messages, so that a fault happens at a known point: the request has arrived and nothing was passed on, or the
server has answered wholly and the client has not a byte. Faults are for POST requests, which carry statements; others, such as
`GET /health`, pass. What follows a switch to WebSocket passes as a stream of bytes, until `down()`.
"""

import contextlib
import select
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from tests.engine.messages import Ended, Line, Message
from tests.engine.servers import HOST, free_port


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong with one request or connection; `seconds` is for a delay."""

    name: str
    seconds: float = 0.0


REFUSE = Fault("refuse")
"""The next connection is accepted and closed at once."""
CUT_BEFORE = Fault("cut before")
"""The request has arrived in full; the server gets nothing of it, and both sides are closed."""
CUT_HALF_REQUEST = Fault("cut half request")
"""The server gets the first half of the request's bytes, then both sides are closed."""
CUT_AFTER = Fault("cut after")
"""The server has answered in full; the client gets nothing of it, and both sides are closed."""
CUT_MIDDLE = Fault("cut middle")
"""The client gets the answer's head and half of its body, then both sides are closed."""
GARBLE = Fault("garble")
"""Bytes in the middle of the answer are overwritten with some that are neither UTF-8 nor JSON; its length stays."""
STATUS_502 = Fault("status 502")
"""A page in HTML with the status 502 in place of an answer; the server gets nothing. The connection stays."""

FILLING = b"\xff\x00\xfe\x01" * 4
BAD_GATEWAY = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>\r\n"


def delay(seconds: float) -> Fault:
    """The answer is held back for so long, after the server gave it."""
    return Fault("delay", seconds)


@dataclass
class _Plan:
    condition: Callable[[bytes], bool]
    fault: Fault
    times: int


class Proxy:
    """Passes connections on to a port of the loopback, with the faults that were asked for. Runs inside its `with`.

    `connections` counts those accepted, `seen` holds the body of each POST that arrived in full, whatever became of it, `passed`
    the body of each that was passed on in full, and `struck` the faults that happened, all in order of time.
    """

    def __init__(self, target_port: int) -> None:
        self.target_port = target_port
        self.port = free_port()
        self.connections = 0
        self.seen: list[bytes] = []
        self.passed: list[bytes] = []
        self.struck: list[Fault] = []
        self._plans: list[_Plan] = []
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._listener: socket.socket | None = None
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def requests(self) -> int:
        """How many POST requests were passed on in full."""
        return len(self.passed)

    def next(self, fault: Fault, *, times: int = 1) -> None:
        """The next request (for REFUSE: connection), or so many, meets this fault. Faults asked for earlier come first."""
        self.when(lambda _: True, fault, times=times)

    def when(self, condition: Callable[[bytes], bool], fault: Fault, *, times: int = 1) -> None:
        """The next requests whose body answers the condition meet this fault. For REFUSE use `next`: there is no body yet."""
        with self._lock:
            self._plans.append(_Plan(condition, fault, times))

    def clear(self) -> None:
        """Forget the faults that have not happened yet."""
        with self._lock:
            self._plans.clear()

    def down(self) -> None:
        """As a machine that is switched off: all connections are closed, new ones refused."""
        self._closing.set()
        with self._lock:
            listener, self._listener = self._listener, None
            sockets, threads = list(self._open), self._threads
            self._threads = []
        if listener:
            _close(listener)
        for each in sockets:
            _shut(each)
        for thread in threads:
            thread.join()

    def up(self) -> None:
        """Listen again, on the same port. Harmless if it does."""
        if self._listener:
            return
        self._closing = threading.Event()
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, self.port))
        listener.listen(128)
        self._listener = listener
        self._start(self._accept, listener, self._closing)

    def __enter__(self) -> Self:
        self.up()
        return self

    def __exit__(self, *problem: object) -> None:
        self.down()

    def _start(self, work: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        with self._lock:
            self._threads = [each for each in self._threads if each.is_alive()]
            self._threads.append(thread)
            thread.start()

    def _strike_request(self, body: bytes) -> Fault | None:
        return self._strike(lambda plan: plan.fault != REFUSE and plan.condition(body))

    def _strike(self, applies: Callable[[_Plan], bool]) -> Fault | None:
        with self._lock:
            plan = next((plan for plan in self._plans if plan.times and applies(plan)), None)
            if plan is None:
                return None
            plan.times -= 1
            self.struck.append(plan.fault)
            return plan.fault

    def _accept(self, listener: socket.socket, closing: threading.Event) -> None:
        while not closing.is_set():
            try:
                client, _ = listener.accept()
            except OSError:
                return
            with self._lock:
                self.connections += 1
                self._open.add(client)
            if closing.is_set() or self._strike(lambda plan: plan.fault == REFUSE):
                self._forget(client)
            else:
                self._start(self._serve, client, closing)

    def _forget(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.discard(connection)
        _close(connection)

    def _serve(self, client: socket.socket, closing: threading.Event) -> None:
        server = socket.socket()
        with self._lock:
            self._open.add(server)
        try:
            server.connect((HOST, self.target_port))
            for each in (client, server):
                each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._pass_all(Line(client), Line(server), closing)
        except (OSError, Ended):
            pass  # one side is gone, so both are closed, as a wire would be
        finally:
            self._forget(server)
            self._forget(client)

    def _pass_all(self, client: Line, server: Line, closing: threading.Event) -> None:
        while not closing.is_set():
            if not client.waiting:
                readable, _, _ = select.select([client.socket, server.socket], [], [])
                if server.socket in readable:
                    return  # between requests a server says nothing: it has closed
            request = client.read_request()
            fault = None
            if request.method == "POST":
                with self._lock:
                    self.seen.append(request.content)
                fault = self._strike_request(request.content)
            if not self._pass(request, fault, client, server, closing):
                return

    def _pass(self, request: Message, fault: Fault | None, client: Line, server: Line, closing: threading.Event) -> bool:
        """Pass one request and its answer; True if the connection goes on."""
        if fault == CUT_BEFORE:
            return False
        if fault == CUT_HALF_REQUEST:
            server.socket.sendall(request.raw[: len(request.raw) // 2])
            return False
        if fault == STATUS_502:
            head = f"HTTP/1.1 502 Bad Gateway\r\ncontent-type: text/html\r\ncontent-length: {len(BAD_GATEWAY)}\r\n\r\n"
            client.socket.sendall(head.encode() + BAD_GATEWAY)
            return True
        server.socket.sendall(request.raw)
        if request.method == "POST":
            with self._lock:
                self.passed.append(request.content)
        answer = server.read_answer(to=request.method)
        if fault == CUT_AFTER:
            return False
        if fault == CUT_MIDDLE:
            client.socket.sendall(answer.head + answer.body[: len(answer.body) // 2])
            return False
        if fault == GARBLE:
            answer = answer.garbled(FILLING)
        if fault and fault.seconds and closing.wait(fault.seconds):
            return False
        client.socket.sendall(answer.raw)
        if answer.status == 101:
            _tunnel(client, server)
            return False
        return answer.header("connection") != "close" and request.header("connection") != "close"


def _tunnel(client: Line, server: Line) -> None:
    """Pass bytes both ways until one side closes."""
    client.socket.sendall(server.waiting)
    server.socket.sendall(client.waiting)
    other = {client.socket: server.socket, server.socket: client.socket}
    while True:
        for each in select.select(list(other), [], [])[0]:
            received = each.recv(1 << 16)
            if not received:
                return
            other[each].sendall(received)


def _shut(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


def _close(connection: socket.socket) -> None:
    _shut(connection)
    connection.close()
