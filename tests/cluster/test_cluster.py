"""Past one machine: what nginx lets through, and a walk of two people while one part after another is killed under them."""

import http.client
import os
import ssl
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.client import HTTPMessage
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from domain.db.engine import make_engine
from tests.browser.conftest import OpenWindow
from tests.browser.window import Window
from tests.cluster.cluster import Cluster, cluster
from tests.engine.servers import Sqld

pytestmark = pytest.mark.browser

EDITS = 20 if os.environ.get("CONSTELA_TEST_LONG") else 6
NAME = "SELECT name FROM classes WHERE id = :key"
ELSEWHERE = ("", "people", "supervision")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster with a small demo school."""
    with cluster(tmp_path_factory.mktemp("cluster")) as started:
        yield started


def _ask(address: str) -> tuple[int, str, HTTPMessage]:
    """What an address answers without a browser: status, text and headers. A redirect isn't followed."""
    asked = urlsplit(address)
    kind = http.client.HTTPSConnection if asked.scheme == "https" else http.client.HTTPConnection
    trusting = {"context": ssl._create_unverified_context()} if asked.scheme == "https" else {}
    connection = kind(asked.netloc, timeout=30, **trusting)
    connection.request("GET", asked.path or "/")
    answer = connection.getresponse()
    return answer.status, answer.read().decode(errors="replace"), answer.headers


def test_a_visitor_without_encryption_is_sent_to_the_encrypted_address(running: Cluster) -> None:
    status, _text, headers = _ask(f"http://127.0.0.1:{running.proxy.plain_port}/operations")
    assert (status, headers["Location"]) == (301, "https://127.0.0.1/operations")


def test_newcomers_go_to_each_process_in_turn(running: Cluster) -> None:
    cookies = [_ask(f"{running.url}/readyz")[2]["Set-Cookie"] for _newcomer in range(6)]
    assert {each.split(";")[0] for each in cookies} == {"constela_route=a", "constela_route=b"}
    assert sum(each.startswith("constela_route=a") for each in cookies) == 3
    assert all("Secure" in each and "HttpOnly" in each for each in cookies)


def test_what_the_process_says_of_itself_stays_inside(running: Cluster) -> None:
    assert _ask(f"{running.url}/_stcore/metrics")[0] == 404
    assert _ask(f"http://{running.apps[0].at}/_stcore/metrics")[0] == 200


def test_people_go_on_whichever_part_is_killed(running: Cluster, window: OpenWindow) -> None:
    anna, bruno = (_arrive(running, window, at=route).enter("school") for route in "ab")
    record = _first_class(running)
    _each_stays_with_their_process(running, anna, bruno)
    _they_read_at_once_what_they_wrote(running, anna, record)
    _the_other_process_sees_it_after_a_reload(bruno, record)
    _their_process_is_killed(running, anna, record)
    _the_replica_is_killed(running, bruno, record)
    _the_primary_is_killed(running, bruno, record)
    anna.open(record).is_well()


def _arrive(running: Cluster, window: OpenWindow, *, at: str) -> Window:
    """A browser that nginx sends to this process: newcomers go to each in turn."""
    for _attempt in range(4):
        it = window(running, ignore_https_errors=True).open("/")
        if _route(it) == at:
            return it
    raise AssertionError(f"none of four newcomers was sent to {at}")


def _route(it: Window) -> str:
    """The process that the browser's cookie names."""
    cookies = {each["name"]: each for each in it.context.cookies()}
    assert cookies["constela_route"]["secure"]
    return cookies["constela_route"]["value"]


def _first_class(running: Cluster) -> str:
    """The address of a class's record."""
    key = _asked(running.primary, "SELECT id FROM classes ORDER BY organization_id, id LIMIT 1")
    return f"/operations?table=classes&record={key}"


def _asked(server: Sqld, sql: str, **values: object) -> str | None:
    """What a server itself answers to a statement, below the app; a replica answers only reads by itself."""
    bind = make_engine(server.url)
    try:
        with bind.execution_options(libsql_readonly=sql.startswith("SELECT")).begin() as connection:
            found = connection.execute(text(sql), values)
            return found.scalar_one() if found.returns_rows else None
    finally:
        bind.dispose()


def _until(happened: Callable[[], bool]) -> None:
    """Wait until something has happened, for ten seconds at most."""
    until = time.monotonic() + 10
    while not happened():
        assert time.monotonic() < until, "it didn't happen within ten seconds"
        time.sleep(0.05)


def _key(record: str) -> str:
    return record.partition("record=")[2]


def _rename(it: Window, record: str, name: str) -> None:
    """Change the name of the class that is open, and see that the page shows it as it is now."""
    _type_name(it, record, name)
    it.at(f"classes-{_key(record)}.save").locator("button").click()
    it.says(f"“{name}” was saved.")
    _shows(it, name)


def _type_name(it: Window, record: str, name: str) -> None:
    it.at("record-edit-classes").locator("button").click()
    it.type(f"classes-{_key(record)}-name", name)


def _shows(it: Window, name: str) -> None:
    expect(it.at("record-drawer").get_by_text(name, exact=True).first).to_be_visible()


def _each_stays_with_their_process(running: Cluster, *people: Window) -> None:
    files = [line for line in running.proxy.answered() if "GET /static/" in line]
    assert len(files) > 100, "all of Streamlit's files came through the proxy"
    assert {line.split()[-1] for line in files} == {app.at for app in running.apps}
    for it, app in zip(people, running.apps, strict=True):
        before = len(running.proxy.answered())
        it.follow("people").follow("operations")
        it.page.evaluate("Promise.all([...Array(40)].map(() => fetch('/_stcore/health', {cache: 'no-store'})))")
        it.page.reload()
        it.settle().is_well()
        lines = running.proxy.answered()[before:]
        assert len(lines) > 40
        assert {line.split()[-1] for line in lines} == {app.at}


def _they_read_at_once_what_they_wrote(running: Cluster, it: Window, record: str) -> None:
    it.open(record)
    replica = running.app(_route(it)).near
    asked, handed_on = replica.requests, replica.delegated
    for number in range(EDITS):
        _rename(it, record, f"Turma {number} das estrelas")
    assert replica.requests > asked + EDITS, "what was written is read from the near replica"
    assert replica.delegated == handed_on, "the replica answers by itself"
    it.is_well()


def _the_other_process_sees_it_after_a_reload(it: Window, record: str) -> None:
    _shows(it.open(record), f"Turma {EDITS - 1} das estrelas")


def _their_process_is_killed(running: Cluster, it: Window, record: str) -> None:
    first = _route(it)
    (other,) = {"a", "b"} - {first}
    running.wire(other).hold()
    _rename(it, record, "Turma antes da queda")
    _type_name(it, record, "Turma que ninguém salvou")
    running.app(first).kill()

    it.settle()  # the page connects to the other process by itself, and what was typed is still there
    assert it.holds(f"classes-{_key(record)}-name") == "Turma que ninguém salvou"
    it.page.reload()
    it.settle()
    expect(it.at("menu")).to_be_visible()
    _shows(it.open(record), "Turma antes da queda")  # which the near replica doesn't have yet
    assert _asked(running.app(other).near, NAME, key=_key(record)) != "Turma antes da queda"
    running.wire(other).release()
    _rename(it, record, "Turma depois da queda")
    assert _route(it) == other

    running.app(first).start()
    before = len(running.proxy.answered())
    it.page.reload()
    _shows(it.settle(), "Turma depois da queda")
    lines = [line for line in running.proxy.answered()[before:] if "/_stcore/stream" not in line]
    assert {line.split()[-1] for line in lines} == {running.app(other).at}, "nobody is moved back"


def _the_replica_is_killed(running: Cluster, it: Window, record: str) -> None:
    replica = running.app(_route(it)).near
    replica.kill()
    it.page.reload()
    _shows(it.settle(), "Turma depois da queda")
    _rename(it, record, "Turma sem réplica")
    for path in ELSEWHERE:
        it.follow(path).is_well()

    replica.start()
    for _attempt in range(20):
        _shows(it.open(record), "Turma sem réplica")
        if replica.requests:
            break
    assert replica.requests, "its app process asks the replica again"
    it.is_well()


def _the_primary_is_killed(running: Cluster, it: Window, record: str) -> None:
    _rename(it.open(record), record, "Turma do último instante")
    # Nobody was seen for a while, so that the look at who comes would note it; and the app process is new and remembers nothing.
    then = f"{datetime.now(UTC) - timedelta(minutes=30):%Y-%m-%d %H:%M:%S}"
    _asked(running.primary, "UPDATE sign_ins SET last_seen_at = :then", then=then)
    app = running.app(_route(it))
    _until(lambda: then in str(_asked(app.near, "SELECT min(last_seen_at) FROM sign_ins")))
    running.primary.kill()
    app.kill()
    app.start()

    _shows(it.open(record), "Turma do último instante")
    for path in ELSEWHERE:
        it.follow(path).is_well()
    it.open(record)
    _type_name(it, record, "Turma que espera")
    it.click(f"classes-{_key(record)}.save")
    it.says("Nothing was saved; what you typed is kept.")
    assert it.holds(f"classes-{_key(record)}-name") == "Turma que espera"

    running.primary.start()
    it.click(f"classes-{_key(record)}.save").says("“Turma que espera” was saved.")
    _shows(it, "Turma que espera")
    assert _asked(running.primary, NAME, key=_key(record)) == "Turma que espera"
    assert urlsplit(it.page.url).path == "/operations"
    it.is_well()


def test_while_no_process_runs_a_page_says_so_and_tries_again(running: Cluster) -> None:
    for app in running.apps:
        app.kill()
    status, text, headers = _ask(running.url)
    assert (status, headers["Retry-After"]) == (503, "10")
    assert "Constela will be back in a moment." in text
    assert "A Constela volta em instantes." in text
    for app in running.apps:
        app.begin()
    for app in running.apps:
        app.wait()
    _until(lambda: _ask(f"{running.url}/readyz")[:2] == (200, '{"ready":true}'))
