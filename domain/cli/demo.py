"""`demo`: make the invented school."""

import argparse
import sys
from datetime import date
from typing import Any

from domain.cli.terminal import say
from domain.kit.texts import _
from domain.migrations import state

WIDTH = 78


def add_to(verbs: Any) -> None:
    """The verb and its options."""
    parser = verbs.add_parser("demo", help=_("make the demo school"))
    parser.add_argument("--students", type=_some, default=160, metavar="N", help=_("how many students (160)"))
    parser.add_argument("--today", type=date.fromisoformat, metavar=_("YYYY-MM-DD"), help=_("the day it is there (today)"))
    parser.set_defaults(run=run)


def _some(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def run(given: argparse.Namespace) -> int:
    """Load it, showing how far it is; at the end, how many rows in how many seconds."""
    from domain.demo import load

    state.upgrade()
    made = load(students=given.students, today=given.today, progress=_show)
    _show_nothing()
    line = _("The demo school is ready: {rows} rows in {seconds} s, {rate} rows/s.")
    say(line.format(rows=f"{made.rows:,}", seconds=f"{made.seconds:.1f}", rate=f"{made.rows_per_second:,.0f}"))
    return 0


def _show(share: float, word: str = "") -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{share:4.0%} {word}"[:WIDTH].ljust(WIDTH))
        sys.stderr.flush()


def _show_nothing() -> None:
    if sys.stderr.isatty():
        sys.stderr.write("\r" + " " * WIDTH + "\r")
