"""Mails that wait, sent by a thread of the app or by `python -m domain outbox send`.

Whoever sends a mail first claims it, so that it is in one process's hands at a time; if that process ends, another takes the mail
up when the claim has run out. A mail that can't go out is tried again with growing waits, and given up after some. No log holds
whom it is for or what it says, and once it is sent or given up its text is gone.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import SQLAlchemyError

from domain.access.accounts import connected, table_named
from domain.kit import mail
from domain.kit.clock import now
from domain.kit.errors import DomainError
from domain.kit.mail import MailUnsent
from domain.outbox.enums import MailStatus

log = logging.getLogger("constela")

# How long a mail waits after each attempt that failed; after the last one it is given up.
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 720))
CLAIM = timedelta(minutes=10)
KEPT = timedelta(days=90)  # a line about a mail, after which it goes
AT_ONCE = 50
LOOKS_EVERY = 20.0  # seconds
GONE = "—"  # in place of a text that isn't needed any more

ROUNDS: list[Callable[[], None]] = []
"""What else the thread looks after, whether or not mails can be sent: what has an end that somebody must notice. Bound in the
registry."""
ROUND_EVERY = 60.0  # seconds

_waking, _ending = threading.Event(), threading.Event()
_starting = threading.Lock()
_worker: list[threading.Thread] = []


@dataclass(frozen=True)
class Outcome:
    """What became of the mails that were due."""

    sent: int = 0
    again: int = 0
    failed: int = 0


@dataclass(frozen=True)
class _Claimed:
    id: str
    address: str
    subject: str
    body: str
    attempts: int


def send_due() -> Outcome:
    """Send every mail that is due, of every school. Nothing where no server is set."""
    sent = again = failed = 0
    while mail.server() is not None and (claimed := _claim()):
        for each in claimed:
            status = _send(each)
            sent += status is MailStatus.SENT
            again += status is MailStatus.QUEUED
            failed += status is MailStatus.FAILED
    return Outcome(sent, again, failed)


def _claim() -> list[_Claimed]:
    """Take the mails that have waited longest, for a while, so that no other process sends them."""
    table, moment = _table(), now()
    due = (table.c.status == MailStatus.QUEUED, table.c.next_try_at <= moment)
    with connected(writing=True) as connection:
        rows = connection.execute(select(table).where(*due).order_by(table.c.next_try_at, table.c.id).limit(AT_ONCE)).all()
        claiming = update(table).where(table.c.id.in_([row.id for row in rows]))
        connection.execute(claiming.values(next_try_at=moment + CLAIM, attempts=table.c.attempts + 1))
    return [_Claimed(row.id, row.address, row.subject, row.body, row.attempts + 1) for row in rows]


def _send(claimed: _Claimed) -> MailStatus:
    try:
        mail.send(claimed.address, claimed.subject, claimed.body)
    except MailUnsent as error:
        given_up = (error.lasting and error.receiver) or claimed.attempts > len(WAITS)
        log.error("a mail was not sent, attempt %d: %s", claimed.attempts, error.reason)
        if given_up:
            _write(claimed.id, status=MailStatus.FAILED, body=GONE)
            return MailStatus.FAILED
        _write(claimed.id, next_try_at=now() + WAITS[claimed.attempts - 1])
        return MailStatus.QUEUED
    _write(claimed.id, status=MailStatus.SENT, sent_at=now(), body=GONE)
    return MailStatus.SENT


def _write(key: str, **values: Any) -> None:
    table = _table()
    with connected(writing=True) as connection:
        connection.execute(update(table).where(table.c.id == key).values(**values, row_version=table.c.row_version + 1))


def standing() -> dict[MailStatus, int]:
    """How many mails wait, are sent and were given up, over all schools."""
    table = _table()
    with connected(writing=False) as connection:
        found = {row[0]: row[1] for row in connection.execute(select(table.c.status, func.count()).group_by(table.c.status))}
    return {status: found.get(status, 0) for status in MailStatus}


def sweep(moment: datetime | None = None) -> int:
    """Forget mails that were sent or given up long ago; how many."""
    table = _table()
    old = (table.c.status != MailStatus.QUEUED, table.c.created_at < (moment or now()) - KEPT)
    with connected(writing=True) as connection:
        return connection.execute(delete(table).where(*old)).rowcount


def start() -> None:
    """Have a thread send what is due, from now until `stop`."""
    with _starting:
        if not _worker or not _worker[0].is_alive():
            _ending.clear()
            _worker[:] = [threading.Thread(target=_work, name="constela-outbox", daemon=True)]
            _worker[0].start()


def stop() -> None:
    """Let the thread end with the mail that it is sending."""
    _ending.set()
    _waking.set()


def wake() -> None:
    """A mail was queued: look now."""
    _waking.set()


def _work() -> None:
    last_round = time.monotonic()
    while not _ending.is_set():
        _waking.wait(LOOKS_EVERY)
        _waking.clear()
        if _ending.is_set():
            continue
        try:
            if time.monotonic() - last_round > ROUND_EVERY:
                last_round = time.monotonic()
                make_rounds()
            if mail.server() is not None:
                send_due()
                sweep()
        except (DomainError, SQLAlchemyError, OSError) as error:  # the database is away: the mails wait in it
            log.error("mails could not be looked at: %s", type(error).__name__)


def make_rounds() -> None:
    """Look after all of `ROUNDS` once."""
    for each in ROUNDS:
        each()


def _table() -> Any:
    return table_named("outgoing_mails")
