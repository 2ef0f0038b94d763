"""`copy`, `backup`, `restore`, `digest`: a whole database on its way, and proof that it arrived."""

import argparse
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from domain.cli.terminal import FOUND_SOMETHING, WrongUsage, complain, say
from domain.db.engine import database_url
from domain.kit.texts import _
from domain.transfer import backup as backups
from domain.transfer.copy import copy
from domain.transfer.digest import Digest, digest
from domain.transfer.errors import Unfinished
from domain.transfer.layout import layout
from domain.transfer.place import Place
from domain.transfer.reader import reading

WIDTH = 78
ADDRESS = re.compile(r"(file:.|(libsql|https?|wss?)://.)")
SECRET = re.compile(r"authToken=|://[^/?]*@", re.IGNORECASE)
TOKEN, FROM_TOKEN = "TURSO_AUTH_TOKEN", "TURSO_FROM_AUTH_TOKEN"


def add_to(verbs: Any) -> None:
    """The verbs and their options."""
    tokens = _("Tokens of servers come from {token}, or {from_token} for the first address where it is another.").format(
        token=TOKEN, from_token=FROM_TOKEN
    )
    copying = verbs.add_parser("copy", help=_("copy a whole database, between files and servers"), epilog=tokens)
    copying.add_argument("source", metavar=_("FROM"), help=_("an address: file:PATH, libsql://HOST, http://HOST:PORT, …"))
    copying.add_argument("target", metavar=_("TO"), help=_("another: empty, or with an unfinished copy of the same"))
    copying.add_argument("--start-over", action="store_true", help=_("drop an unfinished copy and begin again"))
    copying.set_defaults(run=_quietly_ended(_copy))
    keeping = verbs.add_parser("backup", help=_("copy the running database into a file, and check it"))
    keeping.add_argument("file", type=Path, metavar=_("TO_FILE"))
    keeping.add_argument("--replace", action="store_true", help=_("take the place of a file that is there"))
    keeping.set_defaults(run=_quietly_ended(_backup))
    restoring = verbs.add_parser("restore", help=_("make an empty database from a backup"))
    restoring.add_argument("file", type=Path, metavar=_("FROM_FILE"))
    restoring.add_argument("--start-over", action="store_true", help=_("drop an unfinished copy and begin again"))
    restoring.set_defaults(run=_quietly_ended(_restore))
    comparing = verbs.add_parser("digest", help=_("count and digest every table, to compare databases"), epilog=tokens)
    comparing.add_argument(
        "place", nargs="?", metavar=_("ADDRESS"), help=_("which database; if none is given, the one that the environment names")
    )
    comparing.set_defaults(run=_quietly_ended(_digest))


def _quietly_ended(run: Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    """A verb that a person may interrupt."""

    def interruptible(given: argparse.Namespace) -> int:
        try:
            return run(given)
        except KeyboardInterrupt:
            complain(_("Interrupted. Run the same again: it goes on where it stood, or begins anew."))
            return FOUND_SOMETHING
        finally:
            _show_nothing()

    return interruptible


def _copy(given: argparse.Namespace) -> int:
    source = _place(given.source, os.environ.get(FROM_TOKEN) or os.environ.get(TOKEN))
    target = _place(given.target, os.environ.get(TOKEN))
    done = copy(source, target, start_over=given.start_over, progress=_show)
    _show_nothing()
    if done.taken_up:
        say(_("Taken up where it broke off: {rows} rows were there.").format(rows=f"{done.taken_up:,}"))
    _say_done(_("Copied and compared: {rows} rows in {seconds} s, digest {digest}"), done.digest, done.seconds)
    if done.written_since:
        complain(_("{place} was written to meanwhile; the copy holds it as it was at the start.").format(place=source))
    return 0


def _backup(given: argparse.Namespace) -> int:
    source = _here()
    if source.path is None:
        say(_("The database is on a server ({place}): it is read table by table into a file.").format(place=source))
    made = backups.backup(source, given.file, replace=given.replace, progress=_show)
    _show_nothing()
    _say_done(_("Backed up and compared: {rows} rows in {seconds} s, digest {digest}"), made.digest, made.seconds)
    return 0


def _restore(given: argparse.Namespace) -> int:
    made = backups.restore(given.file, _here(), start_over=given.start_over, progress=_show)
    _show_nothing()
    _say_done(_("Restored and compared: {rows} rows in {seconds} s, digest {digest}"), made.digest, made.seconds)
    if made.older:
        say(_("It is of an older revision, {revision}. Please run: python -m domain migrate").format(revision=made.older))
    return 0


def _digest(given: argparse.Namespace) -> int:
    place = _place(given.place, os.environ.get(TOKEN)) if given.place else _here()
    with reading(place) as reader:
        if layout(reader).progress:
            raise Unfinished(place=place)
        found = digest(reader, progress=_show)
    _show_nothing()
    for table in found.tables:
        say(f"{table.name:32}{table.rows:>12,}  {table.digest}")
    schema, whole = _("schema"), _("whole")
    say(f"{schema:32}{'':>12}  {found.schema}")
    say(f"{whole:32}{found.rows:>12,}  {found.whole}")
    return 0


def _here() -> Place:
    return Place(database_url(), os.environ.get(TOKEN))


def _place(url: str, token: str | None) -> Place:
    if SECRET.search(url):
        raise WrongUsage(
            _("Please put the token into {name}: whoever lists processes can read a command line.").format(name=TOKEN)
        )
    if not ADDRESS.match(url):
        raise WrongUsage(_("An address begins with file:, libsql://, https://, http://, wss:// or ws://."))
    return Place(url, token)


def _say_done(line: str, found: Digest, seconds: float) -> None:
    say(line.format(rows=f"{found.rows:,}", seconds=f"{seconds:.1f}", digest=found.whole))


def _show(share: float, word: str = "") -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{share:4.0%} {word}"[:WIDTH].ljust(WIDTH))
        sys.stderr.flush()


def _show_nothing() -> None:
    if sys.stderr.isatty():
        sys.stderr.write("\r" + " " * WIDTH + "\r")
