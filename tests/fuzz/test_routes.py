"""Every route of the running app, its own and Streamlit's, asked in ways that nobody means: no error, no trace, no leak."""

import json
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus, urlencode

import pytest
import urllib3

from domain.access.roles import Role
from domain.db.engine import engine
from pages._shell.catalog import CATALOG
from pages._shell.state import COOKIE
from tests.browser.server import ROOT, Server, environment, serving
from tests.fuzz.hostile import METHODS, Hostile
from tests.fuzz.planted import CANARY, Planted
from tests.fuzz.test_queries import NAMES

# Prints all routes of the app as `app.py` makes it. In a process of its own, since Streamlit has one runtime for each.
ROUTES = """
import json, sys
from app import app
found = [(route.path, sorted(getattr(route, "methods", None) or [])) for route in app._build_starlette_app().routes]
json.dump(found, sys.stdout)
"""
FILES = [
    f"/{kind}/{name}"
    for kind in ("static", "media", "component", "app/static")
    for name in ("index.html", "{path}", "..%2fapp.py")
]
ODD = ["/", "/.env", "/.git/config", "/app.py", "/.streamlit/secrets.toml", "/_stcore/{path}", "/{path}"]
TRACES = (
    "traceback (most recent",
    'file "/',
    "sqlalchemy",
    "site-packages",
    "starlette.exceptions",
    "sqlite3.",
    "streamlit.errors",
)
UNKNOWN_TO_STREAMLIT = {501}  # a method that it never heard of


@pytest.fixture(scope="module")
def routes() -> list[str]:
    """The paths of all routes, with places to fill in."""
    command = [sys.executable, "-c", ROUTES]
    done = subprocess.run(command, cwd=ROOT, env=environment(Path("none.db")), capture_output=True, text=True, check=True)
    found = [path.replace(":path}", "}") for path, _methods in json.loads(done.stdout[done.stdout.index("[[") :])]
    assert {"/readyz", "/auth/session", "/auth/end"} <= set(found)
    return [*found, *FILES, *ODD, *(f"/{page.path}" for page in CATALOG)]


@pytest.fixture(scope="module")
def server(planted: Planted) -> Iterator[Server]:
    """The app, serving the planted schools."""
    path = Path(str(engine().url.database))
    engine().dispose()
    with serving(path) as found:
        yield found


@dataclass(frozen=True)
class Try:
    """One question to the app, and who asks it."""

    role: Role | None
    method: str
    url: str
    headers: dict[str, str]
    body: bytes | None

    def told(self) -> str:
        """It in words, so that it can be made again."""
        return f"{self.role or 'nobody'} {self.method} {self.url} {self.headers} {self.body!r:.200}"


def a_try(hostile: Hostile, planted: Planted, server: Server, routes: list[str]) -> Try:
    """Any route, asked by anyone in any way."""
    rng = hostile.rng
    role, method, path = rng.choice((None, None, *Role)), rng.choice(METHODS), hostile.path(routes)
    query = {name: value.encode("utf-8", "replace") for name, value in hostile.query(NAMES).items()}
    headers = hostile.headers()
    if rng.random() < 0.5:
        headers |= {"Origin": server.url, "Sec-Fetch-Site": "same-origin"}
    headers["Cookie"] = f"{COOKIE}={planted.tokens[role] if role else _plain(hostile.text())}"
    if role and path.lower().startswith("/auth/end"):
        path = "/auth/session"  # nobody is signed out who still has to ask
    body = hostile.body() if method in {"POST", "PUT", "PATCH", "DELETE"} else None
    return Try(role, method, f"{server.url}{path}{f'?{urlencode(query)}' if query else ''}", headers, body)


def _plain(text: str) -> str:
    return "".join(each for each in text if 33 <= ord(each) < 127 and each not in ';,"\\')[:500]


def wrong(asked: Try, answer: urllib3.BaseHTTPResponse, planted: Planted) -> str:
    """What is wrong with an answer; empty if nothing is."""
    text = answer.data.decode("utf-8", "replace") + json.dumps(dict(answer.headers))
    given = unquote_plus(f"{asked.url} {asked.headers} {asked.body!r}").lower()
    leaked = [word for word in planted.told(asked.role, text) if word not in given]
    if answer.status >= 500 and answer.status not in UNKNOWN_TO_STREAMLIT:
        return f"status {answer.status}: {text[:300]}"
    if leaked:
        return f"tells {leaked[:3]}"
    is_script = "javascript" in answer.headers.get("Content-Type", "")
    if not is_script and any(each in text.lower() for each in TRACES):
        return f"a trace: {text[:500]}"
    unparsed = answer.status == 400 and "Content-Security-Policy" not in answer.headers  # uvicorn couldn't read the question
    if not unparsed and (
        answer.headers.get("X-Content-Type-Options") != "nosniff"
        or "frame-ancestors 'none'" not in answer.headers.get("Content-Security-Policy", "")
    ):
        return f"status {answer.status} without the headers: {dict(answer.headers)}"
    return ""


def _answer(http: urllib3.PoolManager, asked: Try) -> urllib3.BaseHTTPResponse:
    """What the app says. Where it refuses a body unread and closes, TCP may lose the answer on its way: then asked once more."""
    options: dict[str, Any] = {"headers": asked.headers, "body": asked.body, "redirect": False, "preload_content": True}
    try:
        return http.request(asked.method, asked.url, **options)
    except urllib3.exceptions.ProtocolError:
        if asked.body is None:
            raise
        return http.request(asked.method, asked.url, **options)


def test_no_route_breaks_or_tells_what_it_may_not(
    server: Server, planted: Planted, routes: list[str], seed: int, tries: dict[str, int]
) -> None:
    hostile, answers = Hostile(random.Random(f"routes {seed}"), planted.keys), Counter[int]()
    http = urllib3.PoolManager(retries=False, timeout=30.0)
    for at in range(tries["routes"]):
        asked = a_try(hostile, planted, server, routes)
        where = f"CONSTELA_SEED={seed}, try {at}: {asked.told()}"
        try:
            answer = _answer(http, asked)
        except urllib3.exceptions.LocationParseError:
            continue  # no program would send it
        except urllib3.exceptions.HTTPError as error:
            raise AssertionError(f"no answer ({error!r}): {where}") from error
        answers[answer.status] += 1
        assert not wrong(asked, answer, planted), f"{wrong(asked, answer, planted)}: {where}"
    print(f"{sum(answers.values())} answers: {dict(sorted(answers.items()))}")
    assert server.troubles() == []
    said = server.said().lower()
    assert CANARY not in said, "the log holds words of a row"
    assert not [word for word in planted.secrets if word in said], "the log holds a secret"
    assert json.loads(http.request("GET", f"{server.url}/readyz").data) == {"ready": True}, "and it still serves"
