"""What is too large, too slow or sent by nobody is ended, in a plain sentence; what breaks below is answered calmly."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from domain.access.roles import Role
from pages._shell import limits
from pages._shell.calm import note_unexpected
from pages._shell.limits import MOST_OF_ONE, SMALL, UPLOADS, WRAPPING, Allowance, Limits, Unread, largest_upload
from pages._shell.startup import SafeHeaders
from pages._shell.state import COOKIE
from tests.conftest import School
from tests.pages.files import token_of

Noted = Callable[..., list[dict[str, Any]]]
UPLOAD = f"{UPLOADS}session/file"


async def reads_all(scope: Any, receive: Any, send: Any) -> None:
    """An app that reads what is sent, and says how much that was."""
    body = await Request(scope, receive).body()
    await PlainTextResponse(str(len(body)))(scope, receive, send)


async def breaks(scope: Any, receive: Any, send: Any) -> None:
    raise ValueError("a child's name")


async def breaks_later(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    raise ValueError("a child's name")


def ask(
    path: str,
    parts: list[bytes] | None = None,
    *,
    app: Any = reads_all,
    method: str = "POST",
    pause: float = 0.0,
    client: str = "127.0.0.1",
    **headers: str,
) -> Response:
    """Send a body in parts, with a pause before each; without a length unless it is said."""
    said = {name.replace("_", "-"): text for name, text in headers.items()}
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": b"",
        "client": (client, 1),
        "headers": [(name.encode(), text.encode()) for name, text in {"accept-language": "en", **said}.items()],
    }
    waiting = iter(parts or [b""])
    sent: list[Any] = []

    def left() -> Iterator[dict[str, Any]]:
        given = list(waiting)
        for at, each in enumerate(given):
            yield {"type": "http.request", "body": each, "more_body": at < len(given) - 1}

    messages = left()

    async def receive() -> Any:
        await asyncio.sleep(pause)
        found = next(messages, None)
        if found is None:
            await asyncio.sleep(3600)
        return found

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(Unread(SafeHeaders(Limits(app)))(scope, receive, send))
    answer = Response(b"".join(each.get("body", b"") for each in sent), sent[0]["status"])
    answer.raw_headers = sent[0]["headers"]
    return answer


def cookie(school: School, role: str = "student") -> str:
    return f"{COOKIE}={token_of(school, Role(role))}"


def test_an_ordinary_body_passes() -> None:
    assert ask("/auth/session", [b"x" * 100, b"y" * 100]).body == b"200"
    assert ask("/auth/session", [b"x" * SMALL]).body == str(SMALL).encode()


@pytest.mark.parametrize("length", [{"content_length": str(SMALL + 1)}, {}])
def test_a_body_beyond_the_limit_is_refused_whether_it_says_its_length_or_not(noted: Noted, length: dict[str, str]) -> None:
    answer = ask("/auth/session", [b"x" * 1024] * 70, **length)
    assert answer.status_code == 413
    assert b"This is too large" in answer.body
    assert answer.headers["connection"] == "close"
    assert answer.headers["x-content-type-options"] == "nosniff"
    [line] = noted()
    assert (line["event"], line["reason"]) == ("upload_refused", "too large")


@pytest.mark.parametrize("length", ["-1", "9" * 30, "1e9", "", "٣"])
def test_a_length_that_is_none_is_counted_instead(length: str) -> None:
    assert ask("/auth/session", [b"x" * 1024] * 70, content_length=length).status_code == 413


async def waves_on(scope: Any, receive: Any, send: Any) -> None:
    """An app that answers without a look at what is sent."""
    await PlainTextResponse("seen")(scope, receive, send)


async def looks_first(scope: Any, receive: Any, send: Any) -> None:
    """An app that answers once it has the first part of what is sent."""
    await receive()
    await waves_on(scope, receive, send)


@pytest.mark.parametrize(
    ("app", "parts", "said", "goes_on"),
    [
        pytest.param(waves_on, [b"x" * 9], {"content_length": "9"}, True, id="little, unread"),
        pytest.param(waves_on, [], {}, True, id="nothing"),
        pytest.param(waves_on, [b"x" * SMALL] * 9, {"content_length": str(SMALL * 9)}, False, id="much, unread"),
        pytest.param(waves_on, [b"x"] * 9, {"transfer_encoding": "chunked"}, False, id="nobody knows how much, unread"),
        pytest.param(looks_first, [b"x"] * 9, {"transfer_encoding": "chunked"}, False, id="nobody knows how much, read in part"),
        pytest.param(reads_all, [b"x"] * 9, {"transfer_encoding": "chunked"}, True, id="nobody knew how much, read"),
    ],
)
def test_a_connection_ends_where_more_may_come_than_anybody_reads(
    app: Any, parts: list[bytes], said: dict[str, str], goes_on: bool
) -> None:
    answer = ask(UPLOAD, parts, app=app, **said)
    assert (answer.status_code, answer.headers.get("connection")) == (200, None if goes_on else "close")


def test_a_body_that_comes_too_slowly_is_ended(noted: Noted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PAUSE", 0.05)
    answer = ask("/auth/session", [b"x", b"y"], pause=0.3)
    assert (answer.status_code, b"took too long" in answer.body) == (408, True)
    assert noted()[0]["reason"] == "too slow"


def test_a_body_that_drips_for_ever_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "WHOLE_SMALL", 0.2)
    assert ask("/auth/session", [b"x"] * 1000, pause=0.02).status_code == 408


def test_the_time_that_an_answer_takes_is_nobodys_slowness(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "WHOLE_SMALL", 0.05)

    async def ponders(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.sleep(0.2)
        await reads_all(scope, receive, send)

    assert ask("/auth/session", [b"x"], app=ponders).body == b"1"


def test_files_are_taken_from_people_who_are_signed_in_alone(school: School, noted: Noted) -> None:
    for sent in ({}, {"cookie": f"{COOKIE}=forged"}, {"cookie": "nonsense; =;"}, {"cookie": f'{COOKIE}="'}):
        assert ask(UPLOAD, [b"x"], method="PUT", **sent).status_code == 403
    assert {each["reason"] for each in noted("upload_refused")} == {"not signed in"}
    assert ask(UPLOAD, [b"x"], method="PUT", cookie=cookie(school)).body == b"1"


def test_a_file_may_be_as_large_as_streamlit_takes_it_and_no_larger(school: School) -> None:
    mine, most = cookie(school), largest_upload()
    assert most == 10 * 1024**2
    assert ask(UPLOAD, [b"x" * most], method="PUT", cookie=mine).body == str(most).encode()
    told = ask(UPLOAD, [b"x"], method="PUT", cookie=mine, content_length=str(most + 1))
    assert (told.status_code, b"at most 10 MB" in told.body) == (413, True)
    assert ask(UPLOAD, [b"x" * WRAPPING] * 12, method="PUT", cookie=mine).status_code == 413


def test_nobody_fills_the_servers_memory_with_files(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "allowance", Allowance())
    mine, large = cookie(school), {"content_length": str(largest_upload())}
    answers = [ask(UPLOAD, [b"x"], method="PUT", cookie=mine, **large).status_code for _each in range(11)]
    assert answers == [200] * 10 + [429]
    assert ask(UPLOAD, [b"x"], method="PUT", cookie=cookie(school, "teacher"), **large).status_code == 200


def test_an_allowance_comes_back_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    allowance, now = Allowance(), [1000.0]
    monkeypatch.setattr(limits.time, "monotonic", lambda: now[0])
    assert allowance.take("ana", MOST_OF_ONE)
    assert not allowance.take("ana", 1)
    assert allowance.take("rui", 1)
    now[0] += limits.WINDOW + 1
    assert allowance.take("ana", MOST_OF_ONE)
    assert set(allowance.sent) == {"ana"}


def test_who_was_refused_at_once_is_in_nobodys_way() -> None:
    allowance = Allowance()
    assert not allowance.take("ana", MOST_OF_ONE + 1)
    assert allowance.take("rui", 1)
    assert allowance.take("ana", MOST_OF_ONE)


def test_what_is_no_request_passes() -> None:
    seen: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["type"])

    for kind in ("lifespan", "websocket"):
        asyncio.run(Unread(Limits(app))({"type": kind}, None, None))  # type: ignore[arg-type]
    assert seen == ["lifespan", "websocket"]


def test_what_breaks_is_answered_calmly_and_noted_without_its_words(caplog: pytest.LogCaptureFixture) -> None:
    answer = ask("/anything", app=breaks, method="GET")
    assert answer.status_code == 500
    assert b"Something went wrong here." in answer.body
    assert answer.headers["x-frame-options"] == "DENY"
    assert "ValueError at" in caplog.text
    for said in (caplog.text, answer.body.decode(), str(answer.raw_headers)):
        assert "child" not in said
        assert "Traceback" not in said


def test_of_what_breaks_in_a_library_our_own_places_alone_are_noted(caplog: pytest.LogCaptureFixture) -> None:
    try:
        httpx.URL(None)  # type: ignore[arg-type]
    except TypeError as error:
        note_unexpected(error)
    assert "TypeError at" in caplog.text
    assert "test_limits.py" in caplog.text
    assert "site-packages" not in caplog.text


def test_what_breaks_in_the_middle_of_an_answer_is_not_hidden() -> None:
    with pytest.raises(ValueError, match="child"):
        ask("/anything", app=breaks_later, method="GET")


@pytest.mark.parametrize("path", ["/_stcore/agent/mcp", "/_stcore/agent/openapi.json", "/_stcore/script-health-check"])
def test_what_streamlit_offers_besides_is_closed(path: str) -> None:
    assert ask(path, method="GET").status_code == 404


def test_what_is_closed_is_nothing_to_write_down(noted: Noted) -> None:
    assert ask("/_stcore/agent/mcp", method="GET").status_code == 404
    assert noted() == []


def test_who_answers_all_the_same_is_not_heard_once_a_body_was_refused() -> None:
    seen: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.extend([(await receive())["type"] for _each in range(4)])
        await PlainTextResponse("mine")(scope, receive, send)

    answer = ask("/anything", [b"x" * SMALL, b"x", b"x", b"x"], app=app)
    assert (answer.status_code, "mine" in bytes(answer.body).decode()) == (413, False)
    assert seen == ["http.request", *["http.disconnect"] * 3]


def test_who_was_too_slow_once_is_not_heard_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PAUSE", 0.02)
    pauses = iter([0.2, 0.0])

    async def receive() -> Any:
        await asyncio.sleep(next(pauses))
        return {"type": "http.request", "body": b"x", "more_body": True}

    async def types() -> list[str]:
        body = limits.Body(receive, receive, most=SMALL, is_upload=False)
        return [(await body.receive())["type"] for _each in range(2)]

    assert asyncio.run(types()) == ["http.disconnect"] * 2


def test_how_much_memory_is_used_is_told_on_this_machine_alone() -> None:
    assert ask("/_stcore/metrics", method="GET").status_code == 200
    assert ask("/_stcore/metrics", method="GET", client="203.0.113.7").status_code == 404
    assert ask("/_stcore/metrics", method="GET", x_forwarded_for="203.0.113.7").status_code == 404
