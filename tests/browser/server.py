"""The app as a newcomer starts it: `streamlit run app.py`, in a process, on a port and with a database file of its own."""

import datetime as dt
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

ROOT = Path(__file__).parents[2]
PATIENCE = 60  # seconds that the app may take to start on a busy machine
THURSDAY, PAST_FOUR = 3, dt.time(16, 5)
TROUBLE = re.compile(r"^Traceback |Uncaught app execution|^\S+ at \S+\.py:\d+ ", re.MULTILINE)


def environment(database: Path, address: str = "") -> dict[str, str]:
    """This process's environment, with the app pointed at a database file (or an address), and without what would open more."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CONSTELA_", "STREAMLIT_", "TURSO_"))}
    return kept | {"TURSO_DATABASE_URL": address or f"file:{database}", "PYTHONUNBUFFERED": "1", "CONSTELA_RETENTION": "off"}


def afternoon() -> dict[str, str]:
    """Settings with which a program believes that it is a few minutes past four at the demo school, on the last Thursday."""
    here = dt.datetime.now(ZoneInfo("America/Sao_Paulo"))
    day = here.date() - dt.timedelta(days=(here.weekday() - THURSDAY) % 7 or 7)
    ahead = dt.datetime.combine(day, PAST_FOUR, here.tzinfo) - here
    path = os.pathsep.join((str(ROOT / "tests" / "browser" / "afternoon"), str(ROOT)))
    return {"PYTHONPATH": path, "TESTS_CLOCK_AHEAD": str(ahead.total_seconds())}


def program(database: Path, *words: str, settings: Mapping[str, str] | None = None) -> None:
    """`python -m domain …` on a database file. `settings`: more for the environment."""
    command = [sys.executable, "-m", "domain", *words]
    given = environment(database) | dict(settings or {})
    done = subprocess.run(command, cwd=ROOT, env=given, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"


def copy(template: Path, folder: Path) -> Path:
    """A database file of one's own. Copied by SQLite, since the last rows may still stand in the log beside the file."""
    path = folder / "constela.db"
    with closing(sqlite3.connect(template)) as there, closing(sqlite3.connect(path)) as here:
        there.backup(here)
    return path


@dataclass(frozen=True)
class Server:
    """A running app."""

    url: str
    log: Path

    def said(self) -> str:
        """Everything that it has written so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def troubles(self) -> list[str]:
        """The lines in which it noted an error that nobody caught."""
        said = self.said()
        return [said[found.start() : found.start() + 500] for found in TROUBLE.finditer(said)]


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _is_ready(url: str, *, away: bool) -> bool:
    try:
        if away:
            return bool(urllib.request.urlopen(f"{url}/_stcore/health", timeout=5).read())
        with urllib.request.urlopen(f"{url}/readyz", timeout=5) as answer:
            return json.load(answer) == {"ready": True}
    except (OSError, ValueError):
        return False


@contextmanager
def serving(database: Path, *, away: str = "", port: int = 0, settings: Mapping[str, str] | None = None) -> Iterator[Server]:
    """Start the app on a migrated database file, wait until it answers, and end it afterwards.

    `away`: the address of a database that can't be reached, in place of the file. `settings`: more for the environment.
    """
    port = port or free_port()
    server = Server(f"http://127.0.0.1:{port}", database.with_suffix(".log"))
    options = ["--server.port", str(port), "--server.address", "127.0.0.1"]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", *options]
    with server.log.open("wb") as log:
        given = environment(database, away) | dict(settings or {})
        process = subprocess.Popen(command, cwd=ROOT, env=given, stdout=log, stderr=subprocess.STDOUT)
    try:
        until = time.monotonic() + PATIENCE
        while not _is_ready(server.url, away=bool(away)):
            assert process.poll() is None, f"the app ended at once:\n{server.said()}"
            assert time.monotonic() < until, f"the app did not get ready:\n{server.said()}"
            time.sleep(0.1)
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
