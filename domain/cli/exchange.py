"""`import TABLE FILE`, `export TABLE FILE`: lists at the command line, under the grants of their jobs."""

import argparse
from pathlib import Path
from typing import Any

from sqlalchemy import select

from domain.access.actor import Actor
from domain.cli.terminal import FOUND_SOMETHING, WrongUsage, complain, say, tell_progress
from domain.core.models import Organization
from domain.db.base import Base, model_of
from domain.db.engine import engine
from domain.exchange import lists, table_csv
from domain.exchange.imports import importing
from domain.exchange.imports.draft import Options
from domain.exchange.imports.importing import NotWhole, Outcome
from domain.exchange.imports.troubles import LARGEST_FILE, TooLargeFile
from domain.exchange.jobs import EXPORT, IMPORT, TABLES
from domain.exchange.table_xlsx import Book
from domain.kit.texts import _, ngettext
from domain.migrations import state
from domain.records.query import View

MOST_SHOWN = 50  # troubles
KINDS = (".csv", ".xlsx")


def add_to(verbs: Any) -> None:
    """Both verbs and their options."""
    incoming = verbs.add_parser("import", help=_("bring a table's records in from a file, the whole of it or nothing"))
    outgoing = verbs.add_parser("export", help=_("write a table's records to a file (.csv or .xlsx)"))
    for parser, run in ((incoming, run_import), (outgoing, run_export)):
        parser.add_argument("table", metavar=_("TABLE"), help=_("such as users, classes or attendance"))
        parser.add_argument("file", type=Path, metavar=_("FILE"))
        parser.add_argument("--school", metavar=_("SHORT-NAME"), help=_("which school, where there are several"))
        parser.set_defaults(run=run)
    incoming.add_argument("--dry-run", action="store_true", help=_("say what it would do, and do nothing"))
    incoming.add_argument("--ignore-unknown", action="store_true", help=_("leave out columns whose headings aren't known"))
    incoming.add_argument("--clear", action="store_true", help=_("let empty cells empty what stands there"))
    incoming.add_argument("--sheet", default="", metavar=_("NAME"), help=_("which sheet of an Excel file"))
    outgoing.add_argument("--force", action="store_true", help=_("replace the file, if it is there already"))


def run_import(given: argparse.Namespace) -> int:
    """Import, or try to; 1 if anything in the file stands against it."""
    model, actor = _table(given.table), _actor(given.school, IMPORT)
    options = Options(ignore_unknown=given.ignore_unknown, clear=given.clear, sheet=given.sheet)
    data = _read(given.file)
    try:
        outcome = _done(actor, model, data, options, keep=not given.dry_run)
    finally:
        tell_progress(1, "")
    return _tell(outcome, kept=not given.dry_run)


def _done(actor: Actor, model: type[Base], data: bytes, options: Options, *, keep: bool) -> Outcome:
    """What the file did, or would do. Where it can't be taken it is tried as well: a trial tells all that stands against it."""
    if keep:
        try:
            return importing.run(actor, model, data, options, progress=tell_progress)
        except NotWhole as error:
            kept = error.outcome
    outcome = importing.preview(actor, model, data, options, progress=tell_progress)
    return kept if keep and outcome.is_whole else outcome


def run_export(given: argparse.Namespace) -> int:
    """Write the file; one that is there is replaced only if that is asked for."""
    model, actor = _table(given.table), _actor(given.school, EXPORT)
    if given.file.suffix.lower() not in KINDS:
        raise WrongUsage(_("The file's name must end in .csv or .xlsx."))
    if given.file.exists() and not given.force:
        raise WrongUsage(_("{file} is there already. Add --force to replace it.").format(file=given.file))
    listed = lists.listed(actor, model, View(), lists.exportable(model))
    given.file.touch(mode=0o600)
    given.file.chmod(0o600)  # it holds what the database does
    if given.file.suffix.lower() == ".csv":
        with given.file.open("w", encoding="utf-8", newline="") as file:
            file.write(table_csv.head(listed.columns))
            for keys in listed.batches():
                file.write(table_csv.lines(listed.columns, lists.read_batch(actor, listed, keys), actor.zone))
    else:
        book = Book(given.file, _(model.__title__), listed.columns, actor.zone)
        for keys in listed.batches():
            book.add(lists.read_batch(actor, listed, keys))
        book.close()
    say(ngettext("{count} record was written.", "{count} records were written.", listed.total))
    return 0


def _table(name: str) -> type[Base]:
    if name not in TABLES:
        raise WrongUsage(_("There is no such list here. There are: {names}").format(names=", ".join(TABLES)))
    return model_of(name)


def _actor(slug: str | None, job: str) -> Actor:
    """The job at the school that is meant, on that school's clock."""
    state.ensure_current()
    schools = Organization.__table__
    statement = select(schools.c.id, schools.c.slug, schools.c.settings).order_by(schools.c.slug)
    if slug:
        statement = statement.where(schools.c.slug == slug)
    with engine().connect().execution_options(libsql_readonly=True) as connection:
        found = connection.execute(statement).all()
    if not found:
        raise WrongUsage(_("There is no such school."))
    if len(found) > 1:
        names = ", ".join(each.slug for each in found)
        raise WrongUsage(_("Which school? Please add --school and one of: {names}").format(names=names))
    zone = (found[0].settings or {}).get("time_zone")
    actor = Actor.system(found[0].id, job)
    return Actor(actor.organization_id, job=job, time_zone=zone) if isinstance(zone, str) else actor


def _read(path: Path) -> bytes:
    if not path.is_file():
        raise WrongUsage(_("There is no file {file}.").format(file=path))
    if path.stat().st_size > LARGEST_FILE:
        raise TooLargeFile(limit=LARGEST_FILE // 1024**2)
    return path.read_bytes()


def _tell(outcome: Outcome, *, kept: bool) -> int:
    for each in outcome.notes:
        say(each.message)
    for trouble in outcome.troubles[:MOST_SHOWN]:
        where = _("row {row}").format(row=trouble.row) if trouble.row else _("the file")
        told = " · ".join(part for part in (where, trouble.column, trouble.value, trouble.message) if part)
        complain(f"{'?' if trouble.is_warning else '!'} {told}")
    rest = outcome.errors + outcome.warnings - min(len(outcome.troubles), MOST_SHOWN)
    if rest:
        complain(_("And {count} more.").format(count=rest))
    counts = outcome.counts
    said = {"added": counts.added, "changed": counts.changed, "same": counts.same, "wrong": counts.wrong}
    if not outcome.is_whole:
        say(_("Nothing was imported: {wrong} rows can't be taken ({added} could be added, {changed} changed).").format(**said))
        return FOUND_SOMETHING
    if kept:
        say(_("{added} added, {changed} changed, {same} as they were.").format(**said))
    else:
        say(_("It would add {added}, change {changed} and leave {same} as they are. Nothing was changed.").format(**said))
    return 0
