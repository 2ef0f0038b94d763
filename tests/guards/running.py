"""Runs tests without a guard: a pytest plugin that forks for each guard, so that nothing is collected or imported twice.

First one fork runs all tests with every guard in place and notes which tests come to which guards, and would go on otherwise
without them: no other test can notice. Then, for each guard, a fork takes it out and runs these tests, those first that noticed
its neighbours, until one fails.
"""

import gc
import json
import os
import random
import shutil
import signal
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from domain.db.engine import engine
from tests.guards.doors import Door
from tests.guards.finding import Guard
from tests.guards.removing import count_hits, forget_answers, say_the_same, take_out

SECONDS = 180  # that one test may take; one that no longer ends has noticed as well
MATRIX = "test_rights_matrix.py"
BY_MATRIX = {"scopes", "decide", "uow", "bulk", "policy", "grants"}  # files whose guards the matrix tries, all of them
AT_THE_DOORS = ("at_the_door", "test_arrivals", "test_limits", "test_network", "test_calm")  # tests that come to the doors' lists
CONTROL = 20  # tests that are run first with nothing taken out
KILLED, SURVIVED, TIMED_OUT, UNREACHED = "killed", "survived", "timed out", "no test would go on otherwise"
UNDECIDED = "undecided"  # the time that was given was over, and tests were left


@dataclass
class Verdict:
    """What became of a guard's removal: which test failed, or that none did."""

    key: str
    outcome: str
    by: str = ""
    tests: int = 0
    seconds: float = 0.0


@dataclass
class Coverage:
    """Which tests come to which guards, and how long each takes. `failing`: those that fail with all guards in place.

    `known`: the guards that were there when it was looked at. To one that came later come the tests that come to its file.
    """

    reached: dict[str, list[str]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    failing: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)

    def coming_to(self, key: str) -> list[str]:
        """The tests that come to a guard."""
        if key in self.known:
            return self.reached.get(key, [])
        file = key.partition("::")[0] + "::"
        return list(dict.fromkeys(test for each, tests in self.reached.items() if each.startswith(file) for test in tests))


Running = tuple[Guard | Door, float, Path]


class Runner:
    """The plugin. `verdicts` are added to as they come; `keep` is called with each."""

    def __init__(
        self,
        guards: Sequence[Guard | Door],
        *,
        covered: Sequence[Guard | Door] = (),
        coverage: Path | None,
        hints: dict[str, str],
        keep: Callable[[Verdict], None],
        jobs: int = 1,
        budget: float = 0.0,
    ) -> None:
        self.budget, self.covered = budget, [each for each in covered or guards if isinstance(each, Guard)]
        self.guards, self.coverage_file, self.hints, self.keep, self.jobs = list(guards), coverage, hints, keep, jobs
        self.failed: list[str] = []
        # How often a test noticed what was taken out of a file: what noticed a guard's neighbours is tried first.
        self.noticed: Counter[tuple[str, str]] = Counter((key.partition("::")[0], test) for key, test in hints.items())

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed.append(report.nodeid)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        items = {item.nodeid: item for item in session.items}
        self._warm_up(session)
        gc.freeze()  # what is here stays shared with every fork
        coverage = self._coverage(session, items)
        self._control(session, items, coverage)
        running: dict[int, Running] = {}
        for guard in self.guards:
            chosen = self._chosen(guard, coverage, items)
            if not chosen:
                self.keep(Verdict(guard.key, UNREACHED))
                continue
            while len(running) >= self.jobs:
                self._collect(running, self.keep)
            self._fork(guard, session, chosen, running)
        while running:
            self._collect(running, self.keep)
        return True

    def _fork(
        self, guard: Guard | Door, session: pytest.Session, items: list[pytest.Item], running: "dict[int, Running]"
    ) -> None:
        folder = Path(tempfile.mkdtemp(prefix="constela-guard-"))
        child = os.fork()
        if not child:
            self._without(guard, session, items, folder)
        running[child] = (guard, time.monotonic(), folder)

    def _warm_up(self, session: pytest.Session) -> None:
        """Make what all tests share, once, before anything forks."""
        with_school = [item for item in session.items if "school" in getattr(item, "fixturenames", ())]
        matrix = [item for item in session.items if MATRIX in item.nodeid and "[rooms]" in item.nodeid]
        for item in (*with_school[:1], *matrix):
            # What the next one doesn't share is taken down; the last one stays up, with the matrix's two schools.
            session._setupstate.teardown_exact(item)
            session.config.hook.pytest_runtest_protocol(item=item, nextitem=item)

    def _control(self, session: pytest.Session, items: dict[str, pytest.Item], coverage: Coverage | None) -> None:
        """With every function rewritten to say the same as before, no test may fail: else failures would prove nothing."""
        failing = set(coverage.failing) if coverage else set()
        sound = [item for name, item in items.items() if name not in failing]
        chosen = random.Random(len(sound)).sample(sound, min(CONTROL, len(sound)))
        rewritten = Door("nothing", lambda: say_the_same(each for each in self.guards if isinstance(each, Guard)))
        found: list[Verdict] = []
        running: dict[int, Running] = {}
        self._fork(rewritten, session, chosen, running)
        self._collect(running, found.append)
        assert found[0].outcome in {SURVIVED, UNDECIDED}, f"a test fails with all guards in place: {found[0].by}"

    def _coverage(self, session: pytest.Session, items: dict[str, pytest.Item]) -> Coverage | None:
        """Which tests come to which guards: from the file; those that aren't in it are run in a fork, to be looked at."""
        if self.coverage_file is None:
            return None
        found = Coverage(**json.loads(self.coverage_file.read_text())) if self.coverage_file.exists() else Coverage()
        new = [item for name, item in items.items() if name not in found.seconds]
        if new:
            child = os.fork()
            if not child:
                self._look(session, new, found)
            os.waitpid(child, 0)
        return Coverage(**json.loads(self.coverage_file.read_text()))

    def _look(self, session: pytest.Session, items: Sequence[pytest.Item], found: Coverage) -> None:
        assert self.coverage_file is not None
        came = set[int]()
        code = self.covered
        found.known = found.known or [each.key for each in code]
        count_hits(code, came.add)
        session._setupstate.teardown_exact(items[0].parent)  # as in `_without`: else the first test fails, and is left out
        for at, item in enumerate(items):
            came.clear()
            self.failed.clear()
            if not at or item.path != items[at - 1].path:
                forget_answers()
            began = time.process_time()
            session.config.hook.pytest_runtest_protocol(item=item, nextitem=items[at + 1] if at + 1 < len(items) else None)
            found.seconds[item.nodeid] = round(time.process_time() - began, 3)
            for place in sorted(came):
                found.reached.setdefault(code[place].key, []).append(item.nodeid)
            if self.failed:
                found.failing.append(item.nodeid)
            if at % 200 == 199 or at + 1 == len(items):  # so that it goes on where it was broken off
                self.coverage_file.parent.mkdir(parents=True, exist_ok=True)
                self.coverage_file.write_text(json.dumps(found.__dict__))
        os._exit(0)

    def _chosen(self, guard: Guard | Door, coverage: Coverage | None, items: dict[str, pytest.Item]) -> list[pytest.Item]:
        """The tests that may notice, those first that noticed before: this guard, then its neighbours; then the quick ones."""
        hint = self.hints.get(guard.key, "")
        if coverage is None:
            first = [items[hint]] if hint in items else []
            return first + [item for name, item in items.items() if name != hint]
        if isinstance(guard, Door):
            names = [name for name in items if any(each in name for each in AT_THE_DOORS)]
        else:
            names = [name for name in coverage.coming_to(guard.key) if name in items and name not in coverage.failing]
        place = _place(guard)

        def order(name: str) -> tuple[bool, float]:
            by_matrix = MATRIX in name and Path(place).stem in BY_MATRIX
            weight = 1 + 4 * min(5, self.noticed[place, name]) + 3 * _is_about(place, name) + 3 * by_matrix
            return name != hint, (0.1 + coverage.seconds.get(name, 1.0)) / weight

        return [items[name] for name in sorted(names, key=order)]

    def _without(self, guard: Guard | Door, session: pytest.Session, items: list[pytest.Item], folder: Path) -> None:
        """In a fork: take the guard out, run the tests until one fails, and end with what it was."""
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        factory: Any = session.config._tmp_path_factory  # type: ignore[attr-defined]
        factory._basetemp = folder
        self.failed.clear()
        tried, began, left = 0, time.process_time(), False
        try:
            _own_database(folder)
            session._setupstate.teardown_exact(items[0].parent)  # a test that was run to warm up begins anew
            take_out(guard) if isinstance(guard, Guard) else guard.take_out()
            forget_answers()
            for at, item in enumerate(items):
                left = (
                    bool(self.budget) and time.process_time() - began > self.budget
                )  # of its own work, however busy the machine
                if left:
                    break
                tried += 1
                signal.alarm(SECONDS)
                session.config.hook.pytest_runtest_protocol(item=item, nextitem=items[at + 1] if at + 1 < len(items) else None)
                if self.failed:
                    break
        except BaseException as error:
            (folder / "verdict").write_text(json.dumps({"broke": repr(error)}))
            os._exit(3)
        (folder / "verdict").write_text(json.dumps({"by": self.failed[0] if self.failed else "", "tried": tried, "left": left}))
        os._exit(0)

    def _collect(self, running: "dict[int, Running]", keep: Callable[[Verdict], None]) -> None:
        child, status = os.wait()
        if child not in running:
            return
        guard, began, folder = running.pop(child)
        seconds = round(time.monotonic() - began, 2)
        said = json.loads((folder / "verdict").read_text()) if (folder / "verdict").exists() else {}
        shutil.rmtree(folder, ignore_errors=True)
        if os.WIFSIGNALED(status):
            verdict = Verdict(guard.key, TIMED_OUT, f"signal {os.WTERMSIG(status)}", 0, seconds)
        elif "by" not in said:
            verdict = Verdict(guard.key, KILLED, f"the program broke: {said.get('broke', '')[:80]}", 1, seconds)
        elif said["by"]:
            verdict = Verdict(guard.key, KILLED, said["by"], said["tried"], seconds)
            self.noticed[_place(guard), said["by"]] += 1
        else:
            verdict = Verdict(guard.key, UNDECIDED if said["left"] else SURVIVED, "", said["tried"], seconds)
        keep(verdict)


def _own_database(folder: Path) -> None:
    """In a fork: what was opened before it is left alone, and the matrix's schools are a copy of one's own."""
    url = os.environ.get("TURSO_DATABASE_URL", "")
    if url.startswith("file:"):
        engine().dispose(close=False)
        with closing(sqlite3.connect(url.removeprefix("file:"))) as there, closing(sqlite3.connect(folder / "own.db")) as here:
            there.backup(here)
        os.environ["TURSO_DATABASE_URL"] = f"file:{folder / 'own.db'}"


def _is_about(place: str, test: str) -> int:
    """How much a test's file seems to speak of a guard's file, by their names."""
    path, name = Path(place), Path(test.split("::", maxsplit=1)[0]).stem
    words = {path.stem, path.stem.rstrip("s"), *path.stem.split("_")}
    return 3 * bool(words & set(name.split("_"))) + 3 * (path.parent.name in test)


def _place(guard: Guard | Door) -> str:
    return guard.file if isinstance(guard, Guard) else "doors"


def run(
    guards: Sequence[Guard | Door],
    tests: Sequence[str],
    *,
    covered: Sequence[Guard | Door] = (),
    coverage: Path | None,
    hints: dict[str, str],
    keep: Callable[[Verdict], None],
    jobs: int = 1,
    budget: float = 0.0,
) -> int:
    """Run these tests without each of these guards; pytest's exit code. `covered`: of which it is noted what comes to them."""
    runner = Runner(guards, covered=covered, coverage=coverage, hints=hints, keep=keep, jobs=jobs, budget=budget)
    with tempfile.TemporaryDirectory(prefix="constela-guards-") as folder:
        options = ["-p", "no:faulthandler", "-o", "tmp_path_retention_policy=none", f"--basetemp={folder}/tests"]
        return int(pytest.main([*tests, *options], plugins=[runner]))


def sample(guards: Sequence[Any], count: int, seed: int) -> Iterator[Any]:
    """Some of them, always the same for a seed."""
    yield from random.Random(seed).sample(list(guards), min(count, len(guards)))


assert sys.platform != "win32", "forks"
