"""What the app does by itself once a day: a thread beside the pages erases what the schools keep no longer.

`CONSTELA_RETENTION=off` leaves it to `python -m domain integrity empty`, run by whatever runs things there.
"""

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from threading import Event, Thread

from sqlalchemy.exc import SQLAlchemyError

from domain.access.trail import retention
from domain.db.errors import translate
from domain.kit.errors import DatabaseUnavailable
from pages._shell.cache import require_database
from pages._shell.errors import note

log = logging.getLogger("constela")

SETTING, OFF = "CONSTELA_RETENTION", "off"
FIRST, AGAIN = 60.0, 3600.0  # seconds: people come first, and each school's day is over at an hour of its own
PATIENCE = 5.0


@contextmanager
def at_work(*, first: float = FIRST, again: float = AGAIN) -> Iterator[None]:
    """Do it beside what happens meanwhile, unless the setting says that something else does."""
    if os.environ.get(SETTING, "").strip().lower() == OFF:
        yield
        return
    over = Event()
    thread = Thread(target=_work, args=(over, first, again), name="constela-daily", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(PATIENCE)


def _work(over: Event, first: float, again: float) -> None:
    wait = first
    while not over.wait(wait):
        _noting(partial(_every_school, over))
        wait = again


def _every_school(over: Event) -> None:
    require_database()
    for school in retention.due():
        if over.is_set():
            return
        _noting(partial(retention.keep, school))


def _noting(act: Callable[[], object]) -> None:
    """Whatever goes wrong is noted, and tried again an hour later: for one school as for all."""
    try:
        act()
    except Exception as error:
        told = translate(error) if isinstance(error, SQLAlchemyError) else error
        if isinstance(told, DatabaseUnavailable):
            note(told)
        else:
            log.error("what is done daily broke off: %s", type(told).__name__)
