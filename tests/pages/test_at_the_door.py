"""The app's own routes behind its middleware, asked as a browser, a program or a page from elsewhere would ask.

The same lists that `app.py` serves, in this process; whatever is added to them is tried by itself.
"""

import asyncio
import datetime as dt
from typing import Any

import httpx
import pytest
from starlette.datastructures import Headers
from starlette.routing import Route
from starlette.types import Receive, Scope, Send
from streamlit.web.server.starlette.starlette_websocket import gather_user_info

from domain.access import known_browsers, sessions
from domain.access.known_browsers import known_for_person
from domain.access.roles import Role
from domain.access.sign_in import actor_of, issue_ticket, redeem, switch_role
from domain.crypto.installation import KeyMissing
from domain.db.engine import engine
from domain.kit.errors import DatabaseUnavailable, DomainError
from pages._shell.headers import headers
from pages._shell.startup import OwnTabs
from pages._shell.state import COOKIE, DEVICE
from tests.conftest import School
from tests.pages import serving
from tests.pages.conftest import Ask
from tests.pages.serving import OWN, Asker

CONTENT_POLICY = {
    "default-src": ["'self'"],
    "style-src": ["'self'", "'unsafe-inline'"],
    "img-src": ["'self'", "data:", "blob:"],
    "font-src": ["'self'", "data:"],
    "connect-src": ["'self'"],
    "worker-src": ["'self'", "blob:"],
    "object-src": ["'none'"],
    "base-uri": ["'none'"],
    "form-action": ["'self'"],
    "frame-src": ["'none'"],
    "frame-ancestors": ["'none'"],
}


@pytest.fixture
def ask(school: School) -> Asker:
    """The app, with the small school behind it."""
    return Asker()


@pytest.mark.parametrize("forged", [[], [(b"X-Constela-Tab", b"someone else's")]])
def test_a_tab_is_known_by_its_cookie_and_not_by_what_it_says(forged: list[tuple[bytes, bytes]]) -> None:
    """Streamlit goes on with what a tab remembered for whoever is known to it by the same words."""

    def known_as(*cookies: bytes) -> list[str]:
        seen: list[str] = []

        async def streamlit(scope: Scope, _receive: Receive, _send: Send) -> None:
            seen.extend(gather_user_info(Headers(scope=scope)).values())  # type: ignore[arg-type]
            assert len(Headers(scope=scope).getlist("x-constela-tab")) == 1

        asked = {"type": "websocket", "headers": [*forged, *[(b"cookie", each) for each in cookies]]}
        asyncio.run(OwnTabs(streamlit)(asked, None, None))  # type: ignore[arg-type]
        return seen

    one, another, nobody = known_as(b"constela_session=one; a=b"), known_as(b"constela_session=another"), known_as()
    assert known_as(b"a=c; constela_session=one") == one
    assert len({*one, *another, *nobody}) == 3
    assert "one" not in one[0]


def ticket(school: School, role: Role = Role.SCHOOL) -> str:
    return issue_ticket(school.people[role], role)


def cookie_of(answer: httpx.Response, name: str = COOKIE) -> dict[str, str]:
    """The parts of the cookie of this name that an answer sets, its value under the cookie's own name."""
    [said] = [each for each in answer.headers.get_list("set-cookie") if name in each.partition("=")[0]]
    parts = [each.strip().partition("=") for each in said.split(";")]
    return {name if at == 0 else name.lower(): value for at, (name, _equals, value) in enumerate(parts)}


@pytest.mark.parametrize("path", ["/", "/readyz", "/auth/session", "/nowhere"])
def test_every_answer_bears_the_headers_refusals_included(path: str, ask: Asker) -> None:
    answer = ask("GET", path)
    said = {
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
    }
    assert {name: answer.headers.get(name) for name in said} == said
    unused = answer.headers["permissions-policy"]
    assert all(f"{each}=()" in unused for each in ("camera", "microphone", "geolocation", "payment", "usb", "serial"))
    rules = {name: values for name, *values in (each.split() for each in answer.headers["content-security-policy"].split("; "))}
    scripts = rules.pop("script-src")
    assert rules == CONTENT_POLICY
    assert scripts[0] == "'self'"
    assert all(each.startswith("'sha256-") for each in scripts[1:]), "no script runs that isn't known by its hash"


def test_tls_alone_is_told_to_stay_with_tls(ask: Asker) -> None:
    assert "strict-transport-security" not in ask("GET", "/readyz").headers
    assert (
        "max-age=31536000" in ask("GET", "/readyz", headers={"X-Forwarded-Proto": "https"}).headers["strict-transport-security"]
    )
    assert "max-age=31536000" in ask("GET", "/", base="https://127.0.0.1:8501").headers["strict-transport-security"]
    forged = ask("GET", "/readyz", peer="203.0.113.7", headers={"X-Forwarded-Proto": "https"})
    assert "strict-transport-security" not in forged.headers
    assert set(headers(https=True)) - set(headers(https=False)) == {"Strict-Transport-Security"}


def test_by_another_name_nothing_is_answered(ask: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONSTELA_HOSTS", "school.example.org")
    assert ask("GET", "/readyz", base="http://school.example.org").status_code == 200
    refused = ask("GET", "/readyz", base="http://evil.example")
    assert refused.status_code == 421
    assert "ready" not in refused.text
    assert refused.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("route", serving.routes(), ids=lambda route: route.path)
@pytest.mark.parametrize(
    "from_where",
    [{}, {"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "none"}, {"Origin": "null"}],
    ids=["a program", "elsewhere", "cross-site", "typed", "a sandbox"],
)
def test_no_page_from_elsewhere_changes_anything_by_any_route(route: Route, from_where: dict[str, str], ask: Asker) -> None:
    path = route.path.replace("{", "").replace("}", "")
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        answer = ask(method, path, headers=from_where, json={})
        assert (answer.status_code, answer.json()) == (403, {"error": "origin"}), (method, path)
        assert "set-cookie" not in answer.headers


def test_streamlits_own_addresses_are_kept_from_pages_elsewhere_too(ask: Asker) -> None:
    assert ask("POST", "/_stcore/upload_file/1/2").status_code == 403
    assert ask("POST", "/_stcore/upload_file/1/2", headers=OWN).status_code == 200


def test_a_ticket_is_traded_once_for_a_cookie_that_no_script_reads(school: School, ask: Asker, sql: Ask) -> None:
    given = ticket(school)
    answer = ask("POST", "/auth/session", headers=OWN | {"User-Agent": "Firefox Linux"}, json={"ticket": given})
    assert (answer.status_code, answer.json()) == (200, {"signed_in": True})
    assert answer.headers["cache-control"] == "no-store"
    parts = cookie_of(answer)
    assert {"httponly", "samesite", "path", "max-age"} <= set(parts)
    assert "secure" not in parts
    assert (parts["samesite"], parts["path"]) == ("lax", "/")
    assert int(parts["max-age"]) == int(sessions.longest_life().total_seconds())
    actor = actor_of(parts[COOKIE])
    assert actor is not None
    assert actor.user_id == school.people[Role.SCHOOL]
    assert given not in answer.text + answer.headers["set-cookie"]
    assert [row["browser"] for row in sql("SELECT browser FROM sign_ins WHERE NOT is_ticket")] == ["Firefox · Linux"]
    again = ask("POST", "/auth/session", headers=OWN, json={"ticket": given})
    assert (again.status_code, again.json(), "set-cookie" in again.headers) == (401, {"error": "ticket"}, False)


def test_behind_tls_the_cookie_goes_over_tls_alone(school: School, ask: Asker) -> None:
    behind = OWN | {"X-Forwarded-Proto": "https"}
    assert "secure" in cookie_of(ask("POST", "/auth/session", headers=behind, json={"ticket": ticket(school)}))
    assert "secure" in cookie_of(ask("POST", "/auth/end", headers=behind))
    assert "secure" not in cookie_of(ask("POST", "/auth/end", headers=OWN))


def test_over_tls_the_cookie_is_one_that_browsers_take_from_this_host_alone(school: School, ask: Asker) -> None:
    behind = OWN | {"X-Forwarded-Proto": "https"}
    parts = cookie_of(ask("POST", "/auth/session", headers=behind, json={"ticket": ticket(school)}))
    held = parts[f"__Host-{COOKIE}"]
    assert ("secure" in parts, parts["path"], "domain" in parts, COOKIE in parts) == (True, "/", False, False)
    ask("POST", "/auth/end", headers=behind | {"Cookie": f"{COOKIE}={held}"})
    assert actor_of(held) is not None, "a cookie that anyone on the way could have put there isn't looked at"
    answer = ask("POST", "/auth/end", headers=behind | {"Cookie": f"other=1; __Host-{COOKIE}={held}"})
    assert actor_of(held) is None
    assert cookie_of(answer)[f"__Host-{COOKIE}"].strip('"') == ""


def test_without_tls_no_cookie_passes_for_one_of_tls(school: School, ask: Asker) -> None:
    held = redeem(ticket(school))
    assert held
    ask("POST", "/auth/end", headers=OWN | {"Cookie": f"__Host-{COOKIE}={held}"})
    assert actor_of(held) is not None


def test_a_browser_is_known_from_then_on_by_a_cookie_of_its_own(school: School, ask: Asker) -> None:
    """No script reads it, no page elsewhere sends it; it stays after the signing out, and is nobody's session."""
    answer = ask("POST", "/auth/session", headers=OWN, json={"ticket": ticket(school)})
    parts = cookie_of(answer, DEVICE)
    assert ({"httponly", "samesite", "path", "max-age"} <= set(parts), "secure" in parts) == (True, False)
    assert (parts["samesite"], parts["path"], parts["max-age"]) == ("strict", "/", str(180 * 24 * 3600))
    assert known_for_person(parts[DEVICE], school.people[Role.SCHOOL])
    assert actor_of(parts[DEVICE]) is None
    ended = ask("POST", "/auth/end", headers=OWN | {"Cookie": f"{DEVICE}={parts[DEVICE]}"})
    assert [each for each in ended.headers.get_list("set-cookie") if DEVICE in each] == []
    for path in ("/readyz", "/export/users.csv"):
        assert "set-cookie" not in ask("GET", path, headers={"Cookie": f"{DEVICE}={parts[DEVICE]}"}).headers


def test_who_signs_in_where_others_did_joins_them_and_over_tls_alone_where_there_is_tls(school: School, ask: Asker) -> None:
    behind = OWN | {"X-Forwarded-Proto": "https"}
    first = cookie_of(ask("POST", "/auth/session", headers=behind, json={"ticket": ticket(school)}), DEVICE)
    held = first[f"__Host-{DEVICE}"]
    assert ("secure" in first, first["path"], "domain" in first, DEVICE in first) == (True, "/", False, False)

    def people(name: str, headers: dict[str, str]) -> list[bool]:
        teacher = issue_ticket(school.people[Role.TEACHER], Role.TEACHER)
        said = headers | {"Cookie": f"{name}={held}"}
        parts = cookie_of(ask("POST", "/auth/session", headers=said, json={"ticket": teacher}), DEVICE)
        shown = next(value for key, value in parts.items() if DEVICE in key)
        return [known_for_person(shown, school.people[role]) is not None for role in (Role.SCHOOL, Role.TEACHER)]

    assert people(f"__Host-{DEVICE}", behind) == [True, True]
    assert people(DEVICE, behind) == [False, True], "what anyone on the way could have put there isn't looked at"
    assert people(f"__Host-{DEVICE}", OWN) == [False, True]
    assert people(DEVICE, OWN) == [True, True]


@pytest.mark.parametrize("trouble", [DatabaseUnavailable(), KeyMissing()])
def test_who_cannot_be_remembered_is_let_in_all_the_same(
    trouble: DomainError, school: School, ask: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_token: str, _shown: str) -> str:
        raise trouble

    monkeypatch.setattr(known_browsers, "remember", fail)
    answer = ask("POST", "/auth/session", headers=OWN, json={"ticket": ticket(school)})
    assert actor_of(cookie_of(answer)[COOKIE])
    assert len(answer.headers.get_list("set-cookie")) == 1


def test_a_change_of_role_leaves_what_a_browser_is_known_for(school: School, ask: Asker, sql: Ask) -> None:
    token = redeem(ticket(school)) or ""
    past = dt.datetime.now(dt.UTC) - dt.timedelta(hours=1)
    sql("UPDATE sign_ins SET created_at = ?", past.strftime("%Y-%m-%d %H:%M:%S.%f"))
    other = switch_role(token, Role.OWNER)
    answer = ask("POST", "/auth/session", headers=OWN, json={"ticket": other})
    assert [each.partition("=")[0] for each in answer.headers.get_list("set-cookie")] == [COOKIE]


def test_the_address_that_is_kept_is_the_one_that_is_believed(school: School, ask: Asker, sql: Ask) -> None:
    said = OWN | {"X-Forwarded-For": "198.51.100.9"}
    ask("POST", "/auth/session", headers=said, json={"ticket": ticket(school)})
    ask("POST", "/auth/session", peer="203.0.113.7", headers=said, json={"ticket": ticket(school)})
    kept = [row["address"] for row in sql("SELECT address FROM sign_ins WHERE NOT is_ticket ORDER BY rowid")]
    assert kept == ["198.51.100.9", "203.0.113.7"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"ticket"',
        b"null",
        b'{"ticket": 7}',
        b'{"ticket": null}',
        b'{"ticket": ["a"]}',
        b'{"ticket": ""}',
        b'{"other": "x"}',
        b"\xff\xfe",
        b"[" * 1_900,
        b'{"ticket": "' + b"x" * 201 + b'"}',
        b'{"ticket": "' + b"x" * 60_000 + b'"}',
        b'{"ticket": "nobody gave this one out"}',
        b'{"ticket": "\\ud800"}',
        b'{"ticket": "a\\u0000b"}',
    ],
)
def test_what_is_no_ticket_opens_nothing(body: bytes, ask: Asker, sql: Ask) -> None:
    answer = ask("POST", "/auth/session", headers=OWN, content=body)
    assert (answer.status_code, answer.json()) == (401, {"error": "ticket"})
    assert "set-cookie" not in answer.headers
    assert sql("SELECT count(*) AS n FROM sign_ins")[0]["n"] == 0


def test_a_body_that_never_ends_is_not_read_to_its_end(ask: Asker) -> None:
    read: list[int] = []

    async def endless() -> Any:
        for _at in range(1_000):
            read.append(1)
            yield b" " * 1_000

    answer = ask("POST", "/auth/session", headers=OWN, content=endless())
    assert (answer.status_code, answer.headers["connection"]) == (401, "close"), "what still comes is nobody's to read"
    assert len(read) < 10
    foreign = ask("POST", "/auth/session", headers={"Origin": "https://evil.example"}, content=endless())
    assert (foreign.status_code, foreign.headers["connection"]) == (403, "close"), "wherever it is refused"


def test_a_browser_that_signs_in_anew_leaves_its_old_session(school: School, ask: Asker) -> None:
    old = redeem(ticket(school, Role.STAFF))
    assert old
    answer = ask("POST", "/auth/session", headers=OWN, cookie=old, json={"ticket": ticket(school)})
    assert answer.status_code == 200
    assert actor_of(old) is None
    assert actor_of(cookie_of(answer)[COOKIE]) is not None


def test_a_wrong_ticket_leaves_the_session_that_there_is(school: School, ask: Asker) -> None:
    held = redeem(ticket(school))
    assert held
    assert ask("POST", "/auth/session", headers=OWN, cookie=held, json={"ticket": "x"}).status_code == 401
    assert actor_of(held) is not None


def test_signing_out_ends_the_session_and_takes_the_cookie_back(school: School, ask: Asker) -> None:
    held = redeem(ticket(school))
    assert held
    answer = ask("POST", "/auth/end", headers=OWN, cookie=held)
    assert (answer.status_code, answer.json()) == (200, {"signed_in": False})
    parts = cookie_of(answer)
    assert (parts[COOKIE].strip('"'), parts["max-age"], "httponly" in parts, parts["samesite"]) == ("", "0", True, "lax")
    assert actor_of(held) is None


def test_reading_never_signs_anyone_in_or_out(school: School, ask: Asker) -> None:
    held = redeem(ticket(school))
    assert held
    for path in ("/auth/session", "/auth/end"):
        assert ask("GET", path, cookie=held).status_code in {200, 405}
        assert ask("HEAD", path, cookie=held).status_code in {200, 405}
    assert actor_of(held) is not None


def test_a_ticket_is_over_after_thirty_seconds(school: School, ask: Asker, sql: Ask) -> None:
    given = ticket(school)
    past = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1)
    sql("UPDATE sign_ins SET expires_at = ?", past.strftime("%Y-%m-%d %H:%M:%S.%f"))
    assert ask("POST", "/auth/session", headers=OWN, json={"ticket": given}).status_code == 401


def test_a_cookie_is_no_ticket_and_a_ticket_no_cookie(school: School, ask: Asker) -> None:
    held = redeem(ticket(school))
    assert held
    assert ask("POST", "/auth/session", headers=OWN, json={"ticket": held}).status_code == 401
    assert actor_of(held) is not None
    assert actor_of(ticket(school)) is None


@pytest.mark.parametrize(
    ("path", "goes", "to"),
    [
        ("/class/42", "document", "/class"),
        ("//evil.example/x", "document", "/evil.example"),
        ("/cl%61ss/a/b", "document", "/class"),
        ("/class/42", "script", None),
        ("/class", "document", None),
        ("/_stcore/health", "document", None),
        ("/static/app.js", "document", None),
        ("/auth/end", "document", None),
    ],
)
def test_a_deep_address_leads_to_its_page_and_nowhere_else(path: str, goes: str, to: str | None, ask: Asker) -> None:
    answer = ask("GET", path, headers={"Sec-Fetch-Dest": goes})
    assert answer.headers.get("location") == to
    assert answer.status_code == 302 if to else answer.status_code != 302


def test_ready_tells_nobody_why_not(ask: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = ask("GET", "/readyz")
    assert (answer.status_code, answer.json(), answer.headers["cache-control"]) == (200, {"ready": True}, "no-store")
    engine().dispose()
    monkeypatch.setenv("TURSO_DATABASE_URL", "http://127.0.0.1:9/canary")
    away = ask("GET", "/readyz")
    assert (away.status_code, away.json()) == (503, {"ready": False})
    refused = ask("POST", "/auth/session", headers=OWN, json={"ticket": "x"})
    assert (refused.status_code, refused.json()) == (503, {"error": "unavailable"})
    assert ask("POST", "/auth/end", headers=OWN, cookie="x").status_code == 200
