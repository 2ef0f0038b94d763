"""What SQLAlchemy's own suite for dialects finds right on sqlite3, it finds right on a libSQL server."""

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from domain.db.libsql import dbapi
from tests.dialect.differences import DIFFERENCES
from tests.dialect.run.requirements import SERVERS_CANT
from tests.engine.servers import Sqld, running

RUN = Path(__file__).parent / "run"
ROOT = Path(__file__).parents[2]
SAMPLE = "20260202:20"
Outcomes = dict[str, tuple[str, str]]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sqld]:
    with running(tmp_path_factory) as started:
        yield started


def run_suite(folder: Path, url: str, sample: str = "") -> tuple[subprocess.Popen[str], Path]:
    """A pytest of its own over the suite, started; it writes its report to the path."""
    folder.mkdir()
    report = folder / "report.xml"
    command = [sys.executable, "-m", "pytest", "-c", str(RUN / "pytest.ini"), "--rootdir", str(RUN), "--tb=short"]
    command += ["--dburi", url, f"--junitxml={report}", f"--sample={sample}", str(RUN / "suite.py")]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "TURSO_"))}
    environment["PYTHONPATH"] = str(ROOT)
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    return subprocess.Popen(command, cwd=folder, env=environment, text=True, **pipes), report


def outcomes(process: subprocess.Popen[str], report: Path) -> Outcomes:
    """What became of each test, and what was said, by the names of its class and itself without the engine's."""
    said, _none = process.communicate()
    assert process.returncode in {0, 1}, said[-3000:]
    found: Outcomes = {}
    for case in ET.parse(report).iter("testcase"):
        kind = re.sub(r"_sqlite\+\w+?(_\d+)+$", "", str(case.get("classname")).split(".")[-1])
        told = next((each for each in case if each.tag in {"failure", "error", "skipped"}), None)
        found[f"{kind}::{case.get('name')}"] = ("passed", "") if told is None else (told.tag, told.get("message") or "")
    return found


def compare(file: Outcomes, server: Outcomes) -> None:
    """What passes on the file passes on the server, but for what is written down, of which nothing passes."""
    assert file.keys() == server.keys()
    unexpected = [
        f"{name}: {told} ({message[:300]})"
        for name, (told, message) in server.items()
        if told != "passed" and file[name][0] == "passed" and not any(fnmatchcase(name, each) for each in DIFFERENCES)
    ]
    assert not unexpected, "on the server only:\n" + "\n".join(unexpected)
    passing = [
        name for name, (told, _) in server.items() if told == "passed" and any(fnmatchcase(name, each) for each in DIFFERENCES)
    ]
    assert not passing, "written down as a difference, and passes:\n" + "\n".join(passing)


def compared(folder: Path, server: Sqld, sample: str = "") -> tuple[Outcomes, Outcomes]:
    """Both runs, at the same time."""
    on_file = run_suite(folder / "file", "sqlite+pysqlite:///suite.db", sample)
    on_server = run_suite(folder / "server", f"sqlite+libsql://{server.url.removeprefix('http://')}/?secure=false", sample)
    both = outcomes(*on_file), outcomes(*on_server)
    for where, found in zip(("sqlite3", "libsql"), both, strict=True):
        print(where, dict(Counter(told for told, _message in found.values())))
    return both


def test_a_sample_of_the_suite_passes_on_the_server_as_on_a_file(tmp_path: Path, server: Sqld) -> None:
    on_file, on_server = compared(tmp_path, server, SAMPLE)
    assert sum(told == "passed" for told, _message in on_file.values()) > 100
    compare(on_file, on_server)


@pytest.mark.long
def test_the_suite_passes_on_the_server_as_on_a_file(tmp_path: Path, server: Sqld) -> None:
    on_file, on_server = compared(tmp_path, server)
    assert sum(told == "passed" for told, _message in on_file.values()) > 1_000
    compare(on_file, on_server)
    unknown = [each for each in DIFFERENCES if not any(fnmatchcase(name, each) for name in on_server)]
    assert not unknown, f"the suite has no such test: {unknown}"


@pytest.mark.parametrize("statement", SERVERS_CANT.values())
def test_what_the_suite_leaves_out_a_server_refuses(server: Sqld, statement: str) -> None:
    with dbapi.connect(server.url) as connection, pytest.raises(dbapi.OperationalError, match="unsupported statement"):
        connection.execute(statement)


def test_the_comparison_finds_what_fails_on_the_server_only() -> None:
    failed, passed = ("failure", "no such function"), ("passed", "")
    compare({"A::test": passed, "B::test": failed}, {"A::test": passed, "B::test": failed})
    with pytest.raises(AssertionError, match=re.escape("A::test: failure (no such function)")):
        compare({"A::test": passed}, {"A::test": failed})
    known = "NumericTest::test_infinity_floats"
    compare({known: passed}, {known: failed})
    with pytest.raises(AssertionError, match=re.escape(known)):
        compare({known: passed}, {known: passed})
