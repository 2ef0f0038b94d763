"""`doctor`: how the database is, for the person who keeps it."""

import argparse
import json
import shutil
import sqlite3
import sys
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from sqlalchemy import Engine

from domain.cli.counts import counts
from domain.cli.terminal import FOUND_SOMETHING, say
from domain.db.engine import database_url, engine, file_path
from domain.kit.errors import DomainError
from domain.kit.texts import _
from domain.migrations import state

LITTLE_DISK = 200 * 1024**2
PACKAGES = ("constela", "streamlit", "sqlalchemy", "alembic")


@dataclass
class Report:
    """What was looked at. `trouble` holds a line for each thing that is not as it should be."""

    database: str
    reachable: bool = False
    journal_mode: str | None = None
    revision: str | None = None
    wanted_revision: str = ""
    in_step: bool = False
    counts: dict[str, int] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    free_disk_bytes: int | None = None
    trouble: list[str] = field(default_factory=list)


def add_to(verbs: Any) -> None:
    """The verb and its option."""
    parser = verbs.add_parser("doctor", help=_("look at the database: reachable, in step, how full"))
    parser.add_argument("--json", action="store_true", help=_("as JSON, for a program"))
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """Look, tell, and exit with 1 if anything is not as it should be."""
    report = examine()
    if given.json:
        say(json.dumps(asdict(report), ensure_ascii=False, indent=2))
    else:
        _tell(report)
    return FOUND_SOMETHING if report.trouble else 0


def examine() -> Report:
    """Look at the database. Makes and changes nothing."""
    report = Report(database=_place(), wanted_revision=state.head(), versions=_versions())
    try:
        _examine(report)
    except DomainError as error:
        report.trouble.append(str(error))
    return report


def _examine(report: Report) -> None:
    path = file_path(database_url())
    if path is not None and not path.exists():
        report.trouble.append(_("There is no database yet. To make one: python -m domain migrate"))
        return
    bind = engine()
    report.revision = state.current(bind)
    report.reachable = True
    if path is not None:
        report.journal_mode = _journal_mode(bind)
        report.free_disk_bytes = shutil.disk_usage(path.parent).free
    if report.journal_mode not in {None, "wal"}:
        report.trouble.append(_("The journal mode is {mode}, not WAL.").format(mode=report.journal_mode))
    if report.free_disk_bytes is not None and report.free_disk_bytes < LITTLE_DISK:
        report.trouble.append(_("The disk is almost full."))
    state.ensure_current(bind)
    report.trouble += state.drift(bind)
    report.in_step = not report.trouble
    report.counts = counts(bind)


def _place() -> str:
    """Where the database is, without what a URL may hold of secrets."""
    return database_url().split("?", 1)[0].rsplit("@", 1)[-1]


def _journal_mode(bind: Engine) -> str:
    with bind.connect().execution_options(libsql_readonly=True) as connection:
        return str(connection.exec_driver_sql("PRAGMA journal_mode").scalar())


def _versions() -> dict[str, str]:
    found = {"python": sys.version.split()[0], "sqlite": sqlite3.sqlite_version}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "?"
    return found


def _tell(report: Report) -> None:
    say(_("Database: {place}").format(place=report.database))
    say(_("Answers: {yes}").format(yes=_("yes") if report.reachable else _("no")))
    if report.reachable:
        say(_("Revision: {have} (program: {want})").format(have=report.revision or "—", want=report.wanted_revision))
        say(_("In step with the models: {yes}").format(yes=_("yes") if report.in_step else _("no")))
    if report.journal_mode:
        say(_("Journal mode: {mode}").format(mode=report.journal_mode))
    if report.free_disk_bytes is not None:
        say(_("Free disk: {gigabytes} GB").format(gigabytes=f"{report.free_disk_bytes / 1e9:.1f}"))
    say(_("Versions: {versions}").format(versions=", ".join(f"{name} {number}" for name, number in report.versions.items())))
    for table, count in report.counts.items():
        say(f"  {table:28}{count:>12,}")
    for each in report.trouble:
        say(f"! {each}")
    if not report.trouble:
        say(_("All is well."))
