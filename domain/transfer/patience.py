"""Waiting for a server that is away for a moment. What is tried again must be harmless to do twice."""

import time
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import DBAPIError

from domain.db.libsql import errors

PASSING = (
    errors.ConnectionFailed,
    errors.ServerError,
    errors.StreamGone,
    errors.TransactionLost,
    errors.OutcomeUnknown,
    errors.Busy,
)
WAITS = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0)  # seconds: about half a minute, which a server's restart fits in

Given = TypeVar("Given")


def patiently(act: Callable[[], Given], *, heal: Callable[[], None]) -> Given:
    """What `act` gives; when the server fails in passing, `heal` is called and `act` tried again, for half a minute."""
    for wait in WAITS:
        try:
            return act()
        except DBAPIError as error:
            if not isinstance(error.orig, PASSING):
                raise
            heal()
            time.sleep(wait)
    return act()
