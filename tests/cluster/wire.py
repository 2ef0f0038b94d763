"""The wire between a primary and a replica, which a test can hold, so that the replica lags behind for as long as it wants."""

import socket
import threading
from contextlib import suppress
from typing import Self

from tests.engine.servers import HOST

LONGEST_HOLD = 60.0


class Wire:
    """Passes bytes on, both ways, between whoever connects and a port of this machine. A context manager."""

    def __init__(self, to_port: int) -> None:
        self.to_port = to_port
        self._flows = threading.Event()
        self._flows.set()
        self._ends: list[socket.socket] = []
        self._listener = socket.create_server((HOST, 0))
        self.grpc_port = int(self._listener.getsockname()[1])

    def hold(self) -> None:
        """Let nothing through, and keep what comes."""
        self._flows.clear()

    def release(self) -> None:
        """Let through what was kept, and all that comes."""
        self._flows.set()

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *problem: object) -> None:
        self.release()
        for each in (self._listener, *self._ends):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _address = self._listener.accept()
                try:
                    far = socket.create_connection((HOST, self.to_port))
                except OSError:  # the primary is down
                    near.close()
                    continue
                self._ends += [near, far]
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=self._pass_on, args=(one, other), daemon=True).start()

    def _pass_on(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while said := one.recv(65536):
                self._flows.wait(LONGEST_HOLD)
                other.sendall(said)
        for each in (one, other):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
