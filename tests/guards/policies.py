"""Each right that a policy could give away by mistake: a wider scope, a column more, a mask less, a letter more, for each role.

The rights are taken from the data that the policies make, so that every table is there, whatever loop it came from. Whether the
matrix notices is asked of the matrix itself.
"""

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path

import pytest

from domain.access.grants import ACTIONS, RIGHTS, Grant
from domain.access.roles import Role
from domain.db.engine import engine
from tests.domain.access.test_jobs import test_a_job_may_do_what_the_page_says_and_nothing_else
from tests.domain.rights import tries
from tests.domain.rights.expected import expected, locks
from tests.domain.rights.making import make_world
from tests.domain.rights.world import World
from tests.factories.rows import all_tables
from tests.guards.finding import ROOT

TRIES: dict[str, Callable[[tries.Cell, tries.Tally], None]] = {
    "C": tries.try_creating,
    "R": tries.try_reading,
    "U": tries.try_changing,
    "D": tries.try_deleting,
    "E": tries.try_erasing,
}


# What the matrix can't try, since no row is read or written by it, and the test that notices it.
BESIDE_THE_MATRIX = {
    "knowledge_nodes: teacher A of every row, not class_student": "tests/domain/figures/test_figures.py"
    "::test_of_stars_a_teacher_finds_those_of_their_students_at_the_door_and_no_others",
    "wellbeing_snapshots: parent S of every row, not child": "tests/domain/supervision/test_summaries.py"
    "::test_no_row_is_read_and_nobody_elses_child_is_summarised",
    "safety_alerts: parent also creates": "tests/domain/supervision/test_raising.py"
    "::test_who_reads_it_is_told_before_it_is_raised",
}


@dataclass(frozen=True)
class JobWidening:
    """A letter more for a job of the system, on one table."""

    job: str
    table: str
    letter: str

    @property
    def key(self) -> str:
        return f"{self.table}: job {self.job} also {ACTIONS[self.letter]}s"

    def __str__(self) -> str:
        return f"{place_of(self.table)} {self.key}"


@dataclass(frozen=True)
class Widening:
    """A role's rights on a table, wider than they were. `letters`: the actions that it lets someone do."""

    table: str
    role: Role
    what: str
    grants: tuple[Grant, ...]
    letters: str

    @property
    def key(self) -> str:
        return f"{self.table}: {self.role} {self.what}"

    def __str__(self) -> str:
        return f"{place_of(self.table)} {self.key}"


def place_of(table: str) -> str:
    """The file and line of a table's policy."""
    for path in sorted([*ROOT.glob("domain/*/policy.py"), *ROOT.glob("domain/access/**/policy.py")]):
        for at, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if re.search(rf'"{table}"', line):
                return f"{path.relative_to(ROOT)}:{at}"
    return "no policy:"


def widenings() -> list[Widening | JobWidening]:
    """All of them."""
    found: list[Widening | JobWidening] = [each for table in all_tables() for role in Role for each in _of(table, role)]
    for job, tables in RIGHTS.jobs.items():
        for table in all_tables():
            given = {letter for grant in tables.get(table, ()) for letter in grant.actions}
            found += [JobWidening(job, table, letter) for letter in TRIES if letter not in given and job != "test"]
    return found


def _of(table: str, role: Role) -> Iterator[Widening]:
    grants = RIGHTS.grants(role, table)
    for at, grant in enumerate(grants):
        for what, wider in _wider(grant):
            yield Widening(table, role, what, (*grants[:at], wider, *grants[at + 1 :]), grant.actions)
    given = {letter for grant in grants for letter in grant.actions}
    for letter in TRIES:
        if letter not in given:
            more = replace(grants[0], actions=letter, only=(), masked=()) if grants else Grant(letter)
            yield Widening(table, role, f"also {ACTIONS[letter]}s", (*grants, more), letter)


def _wider(grant: Grant) -> Iterator[tuple[str, Grant]]:
    if grant.scope != "every":
        yield f"{grant.actions} of every row, not {grant.scope}", replace(grant, scope="every", column="")
    for name in grant.only:
        others = tuple(each for each in grant.only if each != name)
        yield f"{grant.actions} {grant.scope} of not only {name}", replace(grant, only=(*others, "created_at"))
        break
    if grant.only:
        yield f"{grant.actions} {grant.scope} of every column", replace(grant, only=())
    for name in grant.masked:
        shown = tuple(each for each in grant.masked if each != name)
        yield f"{grant.actions} {grant.scope} with {name} shown", replace(grant, masked=shown)


@contextmanager
def two_schools() -> Iterator[World]:
    """The matrix's two schools, in a file of its own."""
    from domain.migrations import state

    folder, before = Path(tempfile.mkdtemp(prefix="constela-guards-")), os.environ.get("TURSO_DATABASE_URL")
    os.environ["TURSO_DATABASE_URL"] = f"file:{folder}/constela.db"
    try:
        state.upgrade()
        with engine().begin() as connection:
            world = make_world(connection)
        yield world
    finally:
        engine().dispose()
        if before is None:
            os.environ.pop("TURSO_DATABASE_URL")
        else:
            os.environ["TURSO_DATABASE_URL"] = before
        shutil.rmtree(folder, ignore_errors=True)


def noticed(world: World, widening: Widening | JobWidening) -> str:
    """The first cell of the matrix that differs while rights are that wide, or the test beside it; empty if none does."""
    if isinstance(widening, JobWidening):
        return _noticed_of_job(widening)
    before = RIGHTS.tables.get(widening.table)
    RIGHTS.tables[widening.table] = {**(before or {}), widening.role: widening.grants}
    cell = tries.Cell(
        world, widening.table, widening.role, expected()[widening.table][widening.role], locks().get(widening.table)
    )
    try:
        for letter in (each for each in widening.letters if each in TRIES):  # figures have tests of their own
            tally = tries.Tally()
            TRIES[letter](cell, tally)
            if tally.wrong:
                return tally.wrong[0]
        return _noticed_by(BESIDE_THE_MATRIX.get(widening.key, ""))
    finally:
        if before is None:
            del RIGHTS.tables[widening.table]
        else:
            RIGHTS.tables[widening.table] = before


def _noticed_by(test: str) -> str:
    """The test, if it fails while rights are that wide."""
    if not test:
        return ""
    process = get_context("fork").Process(target=_run, args=(test,))
    process.start()
    process.join()
    assert process.exitcode in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}, f"{test}: {process.exitcode}"
    return test if process.exitcode else ""


def _run(test: str) -> None:
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere):
        sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", str(ROOT / test)]))


def _noticed_of_job(widening: JobWidening) -> str:
    tables = RIGHTS.jobs[widening.job]
    before = tables.get(widening.table, ())
    tables[widening.table] = (*before, Grant(widening.letter))
    try:
        test_a_job_may_do_what_the_page_says_and_nothing_else(widening.job)
    except AssertionError as error:
        return str(error) or "differs"
    finally:
        if before:
            tables[widening.table] = before
        else:
            del tables[widening.table]
    return ""
