"""`migrate`: bring the database to the program's revision."""

import argparse
from typing import Any

from domain.cli.terminal import FOUND_SOMETHING, say
from domain.db.engine import database_url, file_path
from domain.kit.texts import _, ngettext
from domain.migrations import state


def add_to(verbs: Any) -> None:
    """The verb and its options."""
    parser = verbs.add_parser("migrate", help=_("bring the database, empty or older, to the present schema"))
    parser.add_argument("--check", action="store_true", help=_("only compare the migrations with the models"))
    parser.add_argument("--if-file", action="store_true", help=_("do nothing, quietly, unless the database is a file"))
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """Migrate, or with `--check` say what a migrated database has otherwise than the models."""
    if given.check:
        return _check()
    if given.if_file and file_path(database_url()) is None:
        return 0
    before, after = state.upgrade()
    if before == after:
        say(_("The database is at revision {revision} already.").format(revision=after))
    elif before is None:
        say(_("The database was made, at revision {revision}.").format(revision=after))
    else:
        say(_("The database went from revision {before} to {after}.").format(before=before, after=after))
    return 0


def _check() -> int:
    found = state.in_step()
    for each in found:
        say(each)
    if found:
        say(
            ngettext(
                "{count} difference between migrations and models.",
                "{count} differences between migrations and models.",
                len(found),
            )
        )
        return FOUND_SOMETHING
    say(_("Migrations and models are in step."))
    return 0
