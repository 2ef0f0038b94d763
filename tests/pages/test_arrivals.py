"""Between Streamlit's sign-in by a provider and ours, in this process: which cookies pass, where it leads, who is refused."""

import asyncio
import json
import logging
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from domain.access.accounts import digest
from domain.access.id_tokens import Proven
from domain.access.identities import enter
from domain.access.providers import Provider, Setup
from pages._shell import oidc, startup
from pages._shell.cookie import OwnCookie
from pages._shell.oidc import ARRIVAL, FAILED, THEIR_TOKENS, THEIRS, WISH, Arrivals
from pages._shell.state import COOKIE
from tests.conftest import School

ISSUER = "https://clerk.example.com"
CLERK = Provider("clerk", "Clerk", ISSUER, f"{ISSUER}/.well-known/openid-configuration", "client", "secret")
SECRET = "a cookie secret that is long enough"
SETUP = Setup((CLERK,), "https://school.example.org/oauth2callback", SECRET)
HOST = "school.example.org"
PROVEN = Proven(ISSUER, "subject", "teacher@example.com")


class Below:
    """What stands below a middleware: notes what it is asked, and answers with these cookies."""

    def __init__(self, *cookies: str) -> None:
        self.cookies, self.asked = cookies, list[dict[str, Any]]()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.asked.append(scope)
        if scope["type"] == "http":
            answer = PlainTextResponse("below")
            for each in self.cookies:
                answer.raw_headers.append((b"set-cookie", each.encode()))
            await answer(scope, receive, send)

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        """Of the one request that came."""
        [scope] = self.asked
        return list(scope["headers"])


def ask(
    app: Any, path: str = "/", *, kind: str = "http", method: str = "GET", query: str = "", scheme: str = "http", **said: str
) -> Any:
    """The messages that are answered: (status, headers by name)."""
    sent: list[dict[str, Any]] = []
    headers = [(name.replace("_", "-").encode(), text.encode()) for name, text in {"host": HOST, **said}.items()]
    scope: dict[str, Any] = {"type": kind}
    if kind != "lifespan":
        scope |= {"path": path, "query_string": query.encode(), "headers": headers, "scheme": scheme, "client": ("127.0.0.1", 1)}
        scope |= {"method": method} if kind == "http" else {}

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    return sent


def cookies_of(sent: list[dict[str, Any]]) -> dict[str, str]:
    """The cookies that are set, by name."""
    lines = [value.decode() for name, value in sent[0]["headers"] if name == b"set-cookie"]
    return {each.partition("=")[0]: each for each in lines}


def leads_to(sent: list[dict[str, Any]]) -> str:
    return str(dict(sent[0]["headers"])[b"location"].decode())


@pytest.fixture
def providers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oidc, "configured", lambda: SETUP)


def test_a_sign_out_of_streamlits_and_a_callback_without_a_provider_lead_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oidc, "configured", Setup)
    below = Below()
    for path in ("/auth/logout", "/oauth2callback"):
        assert leads_to(ask(Arrivals(below), path)) == "/"
    assert below.asked == []


@pytest.mark.usefixtures("providers")
def test_whatever_else_is_asked_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    below = Below("other=1")
    for kind in ("lifespan", "websocket"):
        ask(Arrivals(below), kind=kind)
    assert set(cookies_of(ask(Arrivals(below), "/home"))) == {"other"}
    assert [each["type"] for each in below.asked] == ["lifespan", "websocket", "http"]


def test_no_identity_cookie_of_streamlits_comes_in_and_nothing_else_is_taken_away() -> None:
    below = Below()
    forged = f"a=1; {THEIRS}=x; {THEIR_TOKENS}=y; b={THEIRS}"
    ask(Arrivals(below), "/home", cookie=forged, note=f"{THEIRS}=x; c=3")
    said = dict(below.headers)
    assert said[b"cookie"].replace(b" ", b"") == f"a=1;b={THEIRS}".encode()
    assert said[b"note"] == f"{THEIRS}=x; c=3".encode()
    below = Below()
    ask(Arrivals(below), "/home", cookie="a=1; b=2")
    assert dict(below.headers)[b"cookie"] == b"a=1; b=2"


@pytest.mark.parametrize(
    ("referer", "wish"),
    [
        (f"https://{HOST}/class?record=1", "/class%3Frecord%3D1"),
        ("https://elsewhere.example/class", "/"),
        (f"https://{HOST}/?reset=code", "/"),
        (f"https://{HOST}//elsewhere.example", "/"),
        ("https://[nonsense", "/"),
        ("", "/"),
    ],
)
def test_on_the_way_to_the_provider_a_page_of_ours_is_kept(referer: str, wish: str) -> None:
    sent = ask(Arrivals(Below("theirs=1; HttpOnly")), "/auth/login", referer=referer, scheme="https")
    kept = cookies_of(sent)
    assert kept[WISH].startswith(f"{WISH}={wish};")
    assert all("; Secure" in each for each in kept.values()), "over TLS both are marked"
    assert [each["type"] for each in sent] == ["http.response.start", "http.response.body"]
    assert not any(
        "; Secure" in each for each in cookies_of(ask(Arrivals(Below("x=1")), "/auth/login", referer=referer)).values()
    )


def signed(**held: Any) -> list[str]:
    """Streamlit's cookies after its part went well, and one that is nothing to do with it."""
    made = []
    for name, values in ((THEIRS, held), (THEIR_TOKENS, {"id_token": "token", "access_token": "access"})):
        made.append(f"{name}={create_signed_value(SECRET, name, json.dumps(values)).decode()}; Path=/")
    return [*made, "other=1; Path=/"]


def came(query: str = "state=one", *, cookie: str = "", **held: Any) -> Any:
    given = {"provider": "clerk", "email": "teacher@example.com", **held}
    return ask(Arrivals(Below(*signed(**given))), "/oauth2callback", query=query, scheme="https", cookie=cookie)


def arrival(sent: list[dict[str, Any]]) -> str:
    return cookies_of(sent)[ARRIVAL].partition(";")[0].partition("=")[2]


@pytest.mark.usefixtures("providers")
def test_who_is_proven_arrives_with_a_code_of_ours_and_without_a_cookie_of_theirs(
    school: School, monkeypatch: pytest.MonkeyPatch, noted: Callable[..., Any]
) -> None:
    monkeypatch.setattr(oidc, "prove", lambda *_given: PROVEN)
    sent = came(cookie=f"a=1; {WISH}=/class%3Frecord%3D1")
    assert leads_to(sent) == "/class?record=1"
    assert set(cookies_of(sent)) == {"other", ARRIVAL, WISH}
    assert all("; Secure" in each for each in cookies_of(sent).values())
    assert enter(arrival(sent)) is not None
    again = came()
    assert (arrival(again), leads_to(again)) == (FAILED, "/"), "a flow that was used before"
    assert arrival(came("state=two&iss=https://elsewhere.example")) == FAILED, "another issuer answered"
    assert arrival(came("state=three", provider="another")) == FAILED, "a provider that isn't configured"
    assert [each["reason"] for each in noted("provider_refused")] == [
        "nobody here is known by it",
        "state used before",
        "another issuer answered",
        "the provider's answer",
    ]
    assert arrival(came(f"state=four&iss={ISSUER}/")) != FAILED


@pytest.mark.parametrize(
    ("endpoint", "email"), [("https://clerk.example.com/me", "teacher@example.com"), ("http://clerk.example.com/me", "")]
)
def test_an_e_mail_is_asked_for_where_nobody_can_read_along(endpoint: str, email: str, monkeypatch: pytest.MonkeyPatch) -> None:
    said = {"sub": "subject", "email": "teacher@example.com", "email_verified": True}

    def answers(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=said if request.url.path == "/me" else {"userinfo_endpoint": endpoint})

    client = httpx.Client(transport=httpx.MockTransport(answers))
    monkeypatch.setattr(oidc.httpx, "Client", lambda **_options: client)
    assert oidc._told_apart(CLERK, PROVEN, "access") == email


def test_streamlits_own_lines_say_of_what_kind_an_error_was_and_nothing_else() -> None:
    record = logging.LogRecord("streamlit", logging.ERROR, "", 1, "Error for %s", ("ana@example.com",), None)
    assert not oidc.Reticent().filter(record)
    try:
        raise ValueError("ana@example.com")
    except ValueError as error:
        record.exc_info = (type(error), error, None)
    assert oidc.Reticent().filter(record)
    assert record.getMessage().split() == ["sign-in", "by", "provider:", "ValueError"]


# The other doors, of what isn't a plain request.


def test_a_tab_is_tied_to_its_cookie_whatever_it_says_itself() -> None:
    below = Below()
    ask(startup.OwnTabs(below), kind="websocket", cookie=f"{COOKIE}=token", x_constela_tab="forged")
    assert [value for name, value in below.headers if name == b"x-constela-tab"] == [digest("token").encode()]
    below = Below()
    ask(startup.OwnTabs(below), x_constela_tab="forged")
    assert dict(below.headers)[b"x-constela-tab"] == b"forged", "a plain request is tied to nothing"


def test_a_page_elsewhere_opens_no_tab() -> None:
    below = Below()
    sent = ask(startup.OwnPages(below), kind="websocket", origin="https://elsewhere.example")
    assert (sent, below.asked) == ([{"type": "websocket.close", "code": 1008}], [])
    ask(startup.OwnPages(below), kind="websocket", origin=f"http://{HOST}")
    assert len(below.asked) == 1


def test_what_is_no_page_that_a_browser_opens_is_led_nowhere() -> None:
    below = Below()
    for kind, method in (("websocket", "GET"), ("http", "POST")):
        ask(startup.OnePartPaths(below), "/class/42", kind=kind, method=method, sec_fetch_dest="document")
    assert len(below.asked) == 2
    assert leads_to(ask(startup.OnePartPaths(below), "/class/42", sec_fetch_dest="document")) == "/class"


def test_all_doors_stand_before_the_app(noted: Callable[..., Any]) -> None:
    below = Below()
    app = Starlette(routes=[Mount("/", below)], middleware=list(startup.MIDDLEWARE))
    here = {"host": "127.0.0.1:8501", "origin": "http://127.0.0.1:8501"}
    ask(app, kind="websocket", cookie=f"{COOKIE}=token", x_constela_tab="forged", **here)
    assert [value for name, value in below.headers if name == b"x-constela-tab"] == [digest("token").encode()]
    assert ask(app, "/auth/session", method="POST", content_length="70000", **here)[0]["status"] == 413
    assert leads_to(ask(app, "/auth/logout", **here)) == "/"
    assert ask(app, "/auth/end", method="POST", host="127.0.0.1:8501", origin="https://elsewhere.example")[0]["status"] == 403
    assert [each["address"] for each in noted("foreign_page")] == ["127.0.0.1"], "the log tells whence it came"
    assert len(below.asked) == 1


def test_the_servers_start_and_end_pass_every_door() -> None:
    below = Below()
    for each in (*startup.MIDDLEWARE, OwnCookie):
        door = each if each is OwnCookie else each.cls
        ask(door(below), kind="lifespan")
    assert len(below.asked) == len(startup.MIDDLEWARE) + 1


def test_of_a_database_that_is_away_streamlits_log_has_no_line() -> None:
    from domain.kit.errors import DatabaseUnavailable

    for error, written in ((DatabaseUnavailable(), False), (ValueError("x"), True)):
        record = logging.LogRecord("streamlit", logging.ERROR, "", 1, "Uncaught", (), (type(error), error, None))
        assert startup.Reticent().filter(record) is written
        assert record.exc_info is None
