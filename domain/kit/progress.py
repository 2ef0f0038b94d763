"""How far a long piece of work has come: whoever does it says so as it goes, and whoever waits for it may listen.

Where nobody listens, saying it does nothing. What a listener raises ends the work as any error does.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import Enum, auto


class Work(Enum):
    """What is being done."""

    READING = auto()
    CHECKING = auto()
    COMPARING = auto()
    ASKING = auto()
    WRITING = auto()
    KEEPING = auto()
    NOTING = auto()


@dataclass(frozen=True, slots=True)
class Step:
    """So much of a work is done. `total`: how much there is, 0 where that isn't known. `about`: what it is at, in words."""

    work: Work
    done: int = 0
    total: int = 0
    about: str = ""


Listener = Callable[[Step], None]
_listener: ContextVar[Listener | None] = ContextVar("listener", default=None)


@contextmanager
def heard_by(listener: Listener) -> Iterator[None]:
    """Let it hear of what is done meanwhile, in this context."""
    before = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(before)


def tell(work: Work, done: int = 0, total: int = 0, about: str = "") -> None:
    """Say how far it is."""
    if listener := _listener.get():
        listener(Step(work, done, total, about))
