"""What every answer of the real app says besides its content, whom it answers, and that its pages work under it."""

import http.client
import json
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from domain.access.roles import Role
from domain.access.sign_in import actor_of, demo_people, issue_ticket
from domain.db.engine import engine
from tests.browser.conftest import OpenWindow
from tests.browser.looks import refused_on
from tests.browser.server import Server

pytestmark = pytest.mark.browser

PAGES = ("/", "/people", "/nothing-here", "/readyz", "/_stcore/health", "/media/none", "/app/static/mark.svg", "/auth/session")
TLS = {"X-Forwarded-Proto": "https"}


@dataclass(frozen=True)
class Answer:
    """What came back: status, headers (several of a name joined), body."""

    status: int
    headers: dict[str, str]
    body: str


def ask(server: Server, path: str, *, method: str = "GET", body: str | None = None, **headers: str) -> Answer:
    """A request made by hand, as anyone can make one."""
    place = urlsplit(server.url)
    connection = http.client.HTTPConnection(str(place.hostname), place.port, timeout=20)
    try:
        connection.request(method, path, body, headers)
        found = connection.getresponse()
        return Answer(found.status, {name.lower(): value for name, value in found.getheaders()}, found.read().decode())
    finally:
        connection.close()


def own_page(server: Server) -> dict[str, str]:
    """What a browser says when a page of the app itself asks."""
    return {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/json"} | {"Origin": server.url}


@pytest.fixture
def ticket(demo_server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A ticket of the demo school's teacher."""
    monkeypatch.setenv("TURSO_DATABASE_URL", f"file:{demo_server.log.with_suffix('.db')}")
    teacher = next(each for each in demo_people() if each.role is Role.TEACHER)
    yield issue_ticket(teacher.user_id, Role.TEACHER)
    engine().dispose()


def trade(server: Server, ticket: str, **headers: str) -> Answer:
    return ask(server, "/auth/session", method="POST", body=json.dumps({"ticket": ticket}), **headers)


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_keeps_the_page_to_itself(path: str, demo_server: Server) -> None:
    said = ask(demo_server, path).headers
    policy = dict(each.strip().split(" ", 1) for each in said["content-security-policy"].split(";"))
    assert policy["default-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["object-src"] == policy["base-uri"] == "'none'"
    assert "unsafe" not in policy["script-src"]
    assert "http" not in said["content-security-policy"].replace("'self'", ""), "no foreign hosts"
    assert said["x-content-type-options"] == "nosniff"
    assert said["x-frame-options"] == "DENY"
    assert said["referrer-policy"] == "same-origin"
    assert "camera=()" in said["permissions-policy"]
    assert "strict-transport-security" not in said, "without TLS it says nothing"


@pytest.mark.parametrize("path", PAGES)
def test_over_tls_browsers_are_told_to_stay_with_it(path: str, demo_server: Server) -> None:
    assert ask(demo_server, path, **TLS).headers["strict-transport-security"] == "max-age=31536000"


def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(demo_server: Server, ticket: str) -> None:
    answer = trade(demo_server, ticket, **own_page(demo_server))
    assert (answer.status, json.loads(answer.body)) == (200, {"signed_in": True})
    cookie, *flags = [each.strip() for each in answer.headers["set-cookie"].split(";")]
    assert {"httponly", "samesite=lax", "path=/"} <= {each.lower() for each in flags}
    assert "secure" not in {each.lower() for each in flags}
    assert answer.headers["cache-control"] == "no-store"
    actor = actor_of(cookie.split("=", 1)[1])
    assert actor
    assert actor.role is Role.TEACHER
    assert trade(demo_server, ticket, **own_page(demo_server)).status == 401, "a ticket is worth one use"


def test_behind_tls_the_cookie_never_goes_out_in_the_clear(demo_server: Server, ticket: str) -> None:
    answer = trade(demo_server, ticket, **own_page(demo_server), **TLS)
    assert "secure" in [each.strip().lower() for each in answer.headers["set-cookie"].split(";")]


@pytest.mark.parametrize("path", ["/auth/session", "/auth/end", "/_stcore/upload_file/a/b", "/", "/readyz", "/made-up"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize(
    "said",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://127.0.0.1:1"},
        {"Origin": "http://127.0.0.1:1"},
        {},
    ],
)
def test_nothing_is_changed_for_a_page_from_elsewhere(path: str, method: str, said: dict[str, str], demo_server: Server) -> None:
    answer = ask(demo_server, path, method=method, body="{}", **said, **{"Content-Type": "application/json"})
    assert (answer.status, json.loads(answer.body)) == (403, {"error": "origin"})


def test_a_page_from_elsewhere_neither_trades_a_ticket_nor_ends_a_session(demo_server: Server, ticket: str) -> None:
    foreign = {"Origin": "https://evil.example", "Content-Type": "application/json"}
    assert trade(demo_server, ticket, **foreign).status == 403
    cookie = trade(demo_server, ticket, **own_page(demo_server)).headers["set-cookie"].split(";")[0]
    assert ask(demo_server, "/auth/end", method="POST", body="{}", Cookie=cookie, **foreign).status == 403
    assert actor_of(cookie.split("=", 1)[1])
    answer = ask(demo_server, "/auth/end", method="POST", body="{}", Cookie=cookie, **own_page(demo_server))
    assert answer.status == 200
    assert actor_of(cookie.split("=", 1)[1]) is None


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
def test_a_page_from_elsewhere_cannot_listen(origin: str, demo_server: Server) -> None:
    wish = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "A" * 22 + "=="}
    assert ask(demo_server, "/_stcore/stream", Origin=origin, **wish).status == 403


@pytest.mark.parametrize(
    "body", ["", "{}", "[]", "null", '{"ticket": 5}', '{"ticket": "invented"}', "{" * 500, "[" * 1900, "x" * 20_000, "\x00"]
)
def test_nonsense_for_a_ticket_is_refused_without_a_word_more(body: str, demo_server: Server) -> None:
    answer = ask(demo_server, "/auth/session", method="POST", body=body, **own_page(demo_server))
    assert (answer.status, answer.body) == (401, '{"error":"ticket"}')


def test_a_strange_path_tells_nothing(demo_server: Server) -> None:
    for path in ("/media/..%2f..%2fetc", "/auth/session", "/_stcore/none", "/component/none/x"):
        said = ask(demo_server, path).body
        assert "Traceback" not in said
        assert "site-packages" not in said
    assert not demo_server.troubles()


def test_the_stars_are_drawn_under_the_policy(demo_server: Server, window: OpenWindow) -> None:
    it = window(demo_server)
    found = refused_on(it)
    it.enter("student").open("/constellation")
    expect(it.page.locator(".gl-container canvas").first).to_be_visible()
    assert found == []
    it.is_well()


def test_a_script_that_is_not_ours_does_not_run(demo_server: Server, window: OpenWindow) -> None:
    it = window(demo_server)
    found = refused_on(it)
    it.open("/")
    it.page.evaluate("""() => {
      const strange = document.createElement("script");
      strange.textContent = "window.strange = true";
      document.body.append(strange);
    }""")
    assert it.page.evaluate("window.strange") is None
    assert any("script-src-elem inline" in each for each in found)
