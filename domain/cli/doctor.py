"""`doctor`: how the database is, and who else signs people in, for the person who keeps the server."""

import argparse
import json
import re
import shutil
import sqlite3
import sys
import time
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from domain.access import second_factor
from domain.access.trail import retention
from domain.cli.counts import counts
from domain.cli.doctor_providers import ProviderReport, examine_providers
from domain.cli.terminal import FOUND_SOMETHING, say
from domain.db.engine import CONNECT_SECONDS, auth_token, database_url, engine, file_path, primary_url
from domain.db.errors import translate
from domain.db.libsql import address, cluster, errors, protocol
from domain.kit import mail
from domain.kit.clock import now
from domain.kit.errors import DomainError
from domain.kit.formats import show_number
from domain.kit.texts import N_, _, ngettext
from domain.migrations import state
from domain.outbox import sender
from domain.outbox.enums import MailStatus

LITTLE_DISK = 200 * 1024**2
ANSWER_SECONDS = 10.0
ONLY, REPLICA, PRIMARY = "only", "replica", "primary"
PARTS = {ONLY: N_("Server"), REPLICA: N_("Replica, which is read from"), PRIMARY: N_("Primary, which is written to")}
PACKAGES = ("constela", "streamlit", "sqlalchemy", "alembic")


@dataclass
class Server:
    """A server that was asked. `part`: only, replica or primary. `trouble`: why it isn't reached; empty if it is.

    `protocol`: Hrana's version. `milliseconds`: one round trip over a connection that stands. `replication_index`: how far its
    log has come; None where it doesn't say.
    """

    part: str
    address: str
    namespace: str | None = None
    encrypted: bool = False
    reached: bool = False
    trouble: str = ""
    protocol: int | None = None
    transport: str = ""
    sqlite: str | None = None
    milliseconds: float | None = None
    replication_index: int | None = None


@dataclass
class Report:
    """What was looked at. `trouble` holds a line for each thing that is not as it should be."""

    database: str
    reachable: bool = False
    servers: list[Server] = field(default_factory=list)
    foreign_keys: bool | None = None
    journal_mode: str | None = None
    revision: str | None = None
    wanted_revision: str = ""
    in_step: bool = False
    counts: dict[str, int] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    free_disk_bytes: int | None = None
    providers: list[ProviderReport] = field(default_factory=list)
    mails: dict[str, int] = field(default_factory=dict)
    retention: str | None = None
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
    """Look at the database, and at what signs people in. Makes and changes nothing."""
    report = Report(database=_without_secrets(database_url()), wanted_revision=state.head(), versions=_versions())
    try:
        _examine(report)
    except (DomainError, SQLAlchemyError, OSError) as error:
        said = str(translate(error))
        if all(said != each.trouble for each in report.servers):
            report.trouble.append(said)
    report.providers, wrong = examine_providers()
    report.trouble += wrong
    return report


def _examine(report: Report) -> None:
    path = file_path(database_url())
    if path is None:
        _examine_servers(report)
    elif not path.exists():
        report.trouble.append(_("There is no database yet. To make one: python -m domain migrate"))
        return
    bind = engine()
    report.revision = state.current(bind)
    report.reachable = True
    report.foreign_keys = _foreign_keys(bind)
    if not report.foreign_keys:
        report.trouble.append(_("Foreign keys aren't enforced."))
    if path is not None:
        report.journal_mode = _journal_mode(bind)
        report.free_disk_bytes = shutil.disk_usage(path.parent).free
    if report.journal_mode not in {None, "wal"}:
        report.trouble.append(_("The journal mode is {mode}, not WAL.").format(mode=report.journal_mode))
    if report.free_disk_bytes is not None and report.free_disk_bytes < LITTLE_DISK:
        report.trouble.append(_("The disk is almost full."))
    state.ensure_current(bind)
    drift = state.drift(bind)
    report.trouble += drift
    report.in_step = not drift and (path is None or not report.trouble)
    report.counts = counts(bind)
    report.trouble += _sign_in_troubles() + _mail_troubles(report) + _retention_troubles(report, bind)


def _sign_in_troubles() -> list[str]:
    """Settings for mail that can't be used, and what this installation's key doesn't open."""
    found = [_("The setting {name} is missing or can't be used; no mail is sent.").format(name=name) for name in mail.trouble()]
    closed = second_factor.sealed_with_another_key()
    if closed:
        text = ngettext(
            "The second step of {count} person was sealed with another key than the present one; a recovery code lets them in.",
            "The second steps of {count} people were sealed with another key than the present one; recovery codes let them in.",
            closed,
        )
        found.append(text)
    return found


def _mail_troubles(report: Report) -> list[str]:
    """Mails that were given up, and those that wait though nothing sends them. Also counts all of them."""
    standing, found = sender.standing(), []
    report.mails = {str(status): number for status, number in standing.items()}
    failed, queued = standing[MailStatus.FAILED], standing[MailStatus.QUEUED]
    if failed:
        found.append(ngettext("{count} mail could not be sent.", "{count} mails could not be sent.", failed))
    if queued and mail.server() is None:
        found.append(
            ngettext("{count} mail waits, and no mail server is set.", "{count} mails wait, and no mail server is set.", queued)
        )
    return found


def _retention_troubles(report: Report, bind: Engine) -> list[str]:
    """What should have been erased days ago, if it was ever begun. Also notes when that was last done for every school."""
    with bind.connect().execution_options(libsql_readonly=True) as connection:
        last = retention.last_run(connection)
    report.retention = last.isoformat(timespec="seconds") if last else None
    if last is None or now() - last < retention.LATE:
        return []
    return [
        _("Old values of the trail were last erased at {moment}: the app does that daily, while it runs.").format(
            moment=report.retention
        )
    ]


def _examine_servers(report: Report) -> None:
    primary = primary_url()
    report.servers = [_asked(database_url(), REPLICA if primary else ONLY)]
    if primary:
        report.servers.append(_asked(primary, PRIMARY))
    for each in (server for server in report.servers if server.trouble):
        report.trouble.append(each.trouble if each.part == ONLY else f"{_(PARTS[each.part])}: {each.trouble}")


def _asked(url: str, part: str) -> Server:
    """A server by itself, asked twice: the first answer also opens the connection and settles the protocol's version."""
    found = Server(part=part, address=_without_secrets(url))
    try:
        where, own_token = address.parse(url)
        found.address, found.namespace = where.url, where.namespace
        found.encrypted = where.scheme in {"https", "wss"}
        found.transport = "WebSocket" if where.scheme in {"ws", "wss"} else "HTTP"
        way = cluster.transport(
            where, auth_token=own_token or auth_token(), connect_timeout=CONNECT_SECONDS, read_timeout=ANSWER_SECONDS
        )
        try:
            _sqlite(way)
            began = time.perf_counter()
            found.sqlite, found.replication_index = _sqlite(way)
            found.milliseconds = round((time.perf_counter() - began) * 1000, 2)
            found.protocol = 3 if way.tells_autocommit else 2
        finally:
            way.close()
        found.reached = True
    except errors.Error as error:
        found.trouble = str(translate(error))
    return found


def _sqlite(way: cluster.Transport) -> tuple[str, int | None]:
    asked = protocol.batch([protocol.Statement("SELECT sqlite_version()")])
    found = protocol.answer(way.stream().send([asked, protocol.CLOSE])[0])
    if found.error is not None:
        raise found.error
    [rows] = [each for each in found.results if each is not None]
    return str(rows.rows[0][0]), found.index


def _without_secrets(url: str) -> str:
    """Where a database is, without what a URL may hold of secrets, even one that is misspelt."""
    return re.split(r"[?#&;]|authToken", url, maxsplit=1)[0].rsplit("@", 1)[-1]


def _foreign_keys(bind: Engine) -> bool:
    # A snapshot is a transaction as writers have it, though it takes no lock.
    with bind.connect().execution_options(libsql_readonly="snapshot") as connection:
        return connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


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
    for server in report.servers:
        _tell_server(server)
    if report.reachable:
        say(_("Revision: {have} (program: {want})").format(have=report.revision or "—", want=report.wanted_revision))
        say(_("In step with the models: {yes}").format(yes=_("yes") if report.in_step else _("no")))
        say(_("Foreign keys enforced: {yes}").format(yes=_("yes") if report.foreign_keys else _("no")))
    if report.journal_mode:
        say(_("Journal mode: {mode}").format(mode=report.journal_mode))
    if report.free_disk_bytes is not None:
        say(_("Free disk: {gigabytes} GB").format(gigabytes=f"{report.free_disk_bytes / 1e9:.1f}"))
    say(_("Versions: {versions}").format(versions=", ".join(f"{name} {number}" for name, number in report.versions.items())))
    for each in report.providers:
        works = _("yes") if each.works else _("no")
        say(_("Sign-in by provider: {name} ({issuer}), can be used: {yes}").format(name=each.name, issuer=each.issuer, yes=works))
    if report.reachable:
        say(_("Old values of the trail were last erased: {moment}").format(moment=report.retention or _("never")))
    for status, count in report.mails.items():
        say(_("Mails, {status}: {count}").format(status=MailStatus(status).label.lower(), count=f"{count:,}"))
    for table, count in report.counts.items():
        say(f"  {table:28}{count:>12,}")
    for line in report.trouble:
        say(f"! {line}")
    if not report.trouble:
        say(_("All is well."))


def _tell_server(server: Server) -> None:
    if server.part == ONLY and not server.reached:
        return  # the database is told already, and so is its trouble
    namespace = f"/?namespace={server.namespace}" if server.namespace else ""
    say(f"{_(PARTS[server.part])}: {server.address}{namespace}")
    if not server.reached:
        return
    lines = [
        _("Encrypted: {yes}").format(yes=_("yes") if server.encrypted else _("no")),
        _("Protocol: Hrana {version} over {transport}").format(version=server.protocol, transport=server.transport),
        f"SQLite: {server.sqlite}",
        _("One round trip: {milliseconds} ms").format(milliseconds=show_number(server.milliseconds or 0.0)),
    ]
    if server.replication_index is not None:
        lines.append(_("Log: {index}").format(index=server.replication_index))
    for line in lines:
        say(f"  {line}")
