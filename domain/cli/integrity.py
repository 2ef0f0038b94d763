"""`integrity`: whether the trail is as it was written, and its heads for safekeeping elsewhere."""

import argparse
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from domain.access.actor import Actor
from domain.access.trail import retention
from domain.access.trail.emptying import JOB, empty_older, empty_person
from domain.access.trail.integrity import Chain, Head, heads, verify
from domain.cli.terminal import FOUND_SOMETHING, WrongUsage, say
from domain.core.models import Organization
from domain.db.engine import engine
from domain.kit.clock import now
from domain.kit.texts import _
from domain.migrations import state


def add_to(verbs: Any) -> None:
    """The verb and its parts."""
    parser = verbs.add_parser("integrity", help=_("find out whether the trail was changed behind the app's back"))
    parts = parser.add_subparsers(dest="part", required=True, metavar=_("WHAT"))
    verifying = parts.add_parser("verify", help=_("walk the trail of every school"))
    verifying.add_argument("--json", action="store_true", help=_("as JSON, for a program"))
    verifying.add_argument("--expect", metavar=_("FILE"), help=_("hold it to the heads that were exported to this file"))
    verifying.set_defaults(run=run_verify)
    exporting = parts.add_parser("export", help=_("write the head of every school's trail to a file, to be kept elsewhere"))
    exporting.add_argument("file", metavar=_("FILE"))
    exporting.set_defaults(run=run_export)
    emptying = parts.add_parser("empty", help=_("erase old values, as the schools' settings ask; who did what when stays"))
    which = emptying.add_mutually_exclusive_group()
    which.add_argument("--older-than", type=_days, metavar=_("DAYS"), help=_("those older than so many days, in every school"))
    which.add_argument("--person", metavar=_("KEY"), help=_("those of a deleted person, at once"))
    emptying.set_defaults(run=run_empty)


def run_verify(given: argparse.Namespace) -> int:
    """Walk, tell, and exit with 1 if anything is not as it was written."""
    expected = _read(Path(given.expect)) if given.expect else None
    found: list[tuple[str, Chain]] = []
    with _connected() as connection:
        names = _names(connection)
        for chain in verify(connection, expected):
            found.append((names.get(chain.organization_id, chain.organization_id), chain))
            if not given.json:
                _tell(*found[-1])
    if given.json:
        chains = [{"school": name, **asdict(chain)} for name, chain in found]
        for told, (_name, chain) in zip(chains, found, strict=True):
            told["faults"] = [{"number": each.number, "what": each.message} for each in chain.faults]
        say(json.dumps({"whole": not _faults(found), "chains": chains}, ensure_ascii=False, indent=2))
    elif not _faults(found):
        say(_("The trail is as it was written."))
    return FOUND_SOMETHING if _faults(found) else 0


def run_export(given: argparse.Namespace) -> int:
    """Write each school's number and hash; a file that is there already is written anew."""
    with _connected() as connection:
        names, ends = _names(connection), heads(connection)
    schools = [
        {"organization_id": key, "school": names.get(key, ""), "number": head.number, "hash": head.hash}
        for key, head in ends.items()
    ]
    text = json.dumps({"exported_at": now().isoformat(), "heads": schools}, ensure_ascii=False, indent=2)
    Path(given.file).write_text(f"{text}\n", encoding="utf-8")
    for each in schools:
        say(_("{school}: number {number}, {hash}").format(**each))
    return 0


def run_empty(given: argparse.Namespace) -> int:
    """Erase, school by school, and say of how many records; daily and without options what the app does by itself."""
    with _connected() as connection:
        schools = _names(connection)
    for key, name in schools.items():
        count = _emptied(key, given)
        say(_("{school}: values of {count} records were erased").format(school=name, count=count))
    return 0


def _emptied(school: str, given: argparse.Namespace) -> int:
    if given.older_than is None and not given.person:
        return retention.keep(school, anyway=True) or 0
    actor = Actor.system(school, JOB)
    with engine().begin() as connection:
        if given.person:
            return empty_person(connection, actor, given.person)
        return empty_older(connection, actor, given.older_than)


def _days(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def _tell(name: str, chain: Chain) -> None:
    say(_("{school}: number {number}, {hash}").format(school=name, number=chain.head.number, hash=chain.head.hash))
    if chain.emptied:
        say("  " + _("Records whose values were erased: {count}").format(count=chain.emptied))
    for each in chain.faults:
        say(f"! {each.message}")
    if chain.fault_count > len(chain.faults):
        say("! " + _("And {count} more.").format(count=chain.fault_count - len(chain.faults)))


def _faults(found: list[tuple[str, Chain]]) -> int:
    return sum(chain.fault_count for _name, chain in found)


@contextmanager
def _connected() -> Iterator[Connection]:
    state.ensure_current()
    with engine().connect().execution_options(libsql_readonly=True) as connection:
        yield connection


def _names(connection: Connection) -> dict[str, str]:
    table = Organization.__table__
    return {row.id: row.slug for row in connection.execute(table.select())}


def _read(path: Path) -> dict[str, Head]:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))["heads"]
        return {str(each["organization_id"]): Head(int(each["number"]), str(each["hash"])) for each in told}
    except (ValueError, KeyError, TypeError):
        raise WrongUsage(_("{file} holds no heads of a trail.").format(file=path)) from None
