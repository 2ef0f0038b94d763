"""Writers of one process, one after another in the order in which they came.

SQLite has one writer at a time whatever one does. Writers that crowd before its lock are served in no order, so that one of many
may wait until it gives up, and a server parks a thread for each (sqld 0.24.32 was seen to park some for good while it
wrote its log back). A turn is a courtesy, not a lock: who has waited for `patience` goes on, and the database decides.
"""

import threading
import time
from collections import deque

PATIENCE = 3.0  # seconds: shorter than the 5 that a server lets a transaction keep its lock from others
LOST = 30.0  # seconds after which a turn that wasn't given back doesn't count any more


class Turn:
    """The right to write now, since a moment; or the wait for it."""

    def __init__(self) -> None:
        self.since = 0.0
        self.has_come = threading.Event()


class Turns:
    """Who may write now, and who waits."""

    def __init__(self) -> None:
        # The garbage collector may end a transaction, and so give a turn back, while its thread is in here.
        self._lock = threading.RLock()
        self._current: Turn | None = None
        self._waiting: deque[Turn] = deque()

    def take(self, patience: float = PATIENCE) -> Turn | None:
        """Wait for one's turn, so many seconds at most; to be given back. None: it didn't come."""
        mine = Turn()
        with self._lock:
            current = self._current
            if current is None or time.monotonic() - current.since > LOST:
                return self._begin(mine)
            self._waiting.append(mine)
        if mine.has_come.wait(patience):
            return mine
        with self._lock:
            if mine.has_come.is_set():
                return mine
            self._waiting.remove(mine)
            return None

    def give(self, turn: Turn) -> None:
        """Hand the turn to the next, if it is still one's own."""
        with self._lock:
            if turn is self._current:
                self._current = None
                if self._waiting:
                    self._begin(self._waiting.popleft()).has_come.set()

    def _begin(self, turn: Turn) -> Turn:
        turn.since = time.monotonic()
        self._current = turn
        return turn
