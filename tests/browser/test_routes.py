"""What the real app lets out and takes in by its routes: files to whom they belong, silent errors, nothing too large."""

import csv
import io
import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image
from playwright.sync_api import expect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from domain.access.roles import Role
from domain.access.sign_in import demo_people, end, issue_ticket, redeem
from domain.db.engine import engine
from pages._shell.state import COOKIE
from tests.browser.conftest import OpenWindow
from tests.browser.server import Server
from tests.browser.window import Window

pytestmark = pytest.mark.browser

MB = 1024 * 1024
PART = b"x" * 65536
TELLING = re.compile(
    r"traceback|site-packages|streamlit|starlette|uvicorn|python|\.py\b|/usr/|/home/|\d+\.\d+\.\d+", re.IGNORECASE
)
KEPT = ("content-security-policy", "x-content-type-options", "x-frame-options", "referrer-policy", "permissions-policy")
WRONG = (
    ("GET", "/media/none", 404),
    ("GET", "/media/..%2f..%2fetc/passwd", 400),
    ("GET", "/component/none/x", 404),
    ("GET", "/_stcore/bidi-components/none", 404),
    ("GET", "/app/static/none.png", 404),
    ("GET", "/app/static/..%2f..%2fapp.py", 400),
    ("GET", "/%00", 400),
    ("GET", f"/app/static/{'a' * 256}", 404),
    ("GET", f"/app/static/{'a/' * 3000}", 404),
    ("GET", "/export/none.csv", 404),
    ("GET", "/calendar/none.ics", 404),
    ("GET", "/picture/none", 404),
    ("GET", "/_stcore/agent/mcp", 404),
    ("GET", "/_stcore/agent/openapi.json", 404),
    ("POST", "/_stcore/agent/mcp", 404),
    ("POST", "/export/users.csv", 405),
    ("DELETE", "/picture/none", 405),
    ("PUT", "/readyz", 405),
    ("PATCH", "/people", 405),
    ("PUT", "/_stcore/upload_file/none/none", 403),
    ("POST", "/auth/session", 401),
)


@pytest.fixture
def cookie(demo_server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], str]]:
    """`cookie("teacher")`: the token of the demo school's person of a role."""
    monkeypatch.setenv("TURSO_DATABASE_URL", f"file:{demo_server.log.with_suffix('.db')}")

    def sign_in(role: str) -> str:
        person = next(each for each in demo_people() if each.role is Role(role))
        token = redeem(issue_ticket(person.user_id, person.role))
        assert token
        return token

    yield sign_in
    engine().dispose()


def ask(server: Server, path: str, token: str = "", *, method: str = "GET", **more: object) -> httpx.Response:
    """As a page of the app's own asks."""
    headers = {"Sec-Fetch-Site": "same-origin", "Accept-Language": "en", **({"Cookie": f"{COOKIE}={token}"} if token else {})}
    with httpx.Client(base_url=server.url, headers=headers, timeout=60) as client:
        return client.request(method, path, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(("method", "path", "status"), WRONG)
def test_an_error_tells_nothing_of_the_program_and_has_all_headers(
    method: str, path: str, status: int, demo_server: Server
) -> None:
    answer = ask(demo_server, path, method=method)
    assert answer.status_code == status
    assert not TELLING.search(answer.text), answer.text
    assert answer.headers["server"] == "uvicorn", "a name without a version"
    assert "x-powered-by" not in answer.headers
    for name in KEPT:
        assert answer.headers[name] == ask(demo_server, "/readyz").headers[name]
    assert not demo_server.troubles()


def test_a_foreign_name_is_answered_without_a_word_more(demo_server: Server) -> None:
    answer = ask(demo_server, "/", headers={"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}, method="POST")
    assert (answer.status_code, answer.json()) == (403, {"error": "origin"})


def test_files_leave_for_who_is_signed_in_and_for_nobody_else(demo_server: Server, cookie: Callable[[str], str]) -> None:
    token = cookie("school")
    paths = ("/export/users.csv", "/export/rooms.xlsx", "/export/attendance.csv?sort=-checked_in_at")
    for path in paths:
        assert ask(demo_server, path, token).status_code == 200, path
    rows = list(csv.reader(io.StringIO(ask(demo_server, "/export/attendance.csv", token).content.decode("utf-8-sig"))))
    assert len(rows) > 2000, "more than any page shows"
    assert len({tuple(row) for row in rows}) > len(rows) / 2
    end(token)
    nothing = ask(demo_server, "/export/nothing.csv")
    for path in paths:
        for gone in (token, "", "forged"):
            answer = ask(demo_server, path, gone)
            assert (answer.status_code, answer.content) == (404, nothing.content)
    assert '"event": "exported"' in demo_server.said()
    assert '"event": "cookie_refused"' in demo_server.said()
    assert token not in demo_server.said()


def test_every_line_of_the_security_log_is_one_object(demo_server: Server, cookie: Callable[[str], str]) -> None:
    ask(demo_server, "/export/memory_nodes.csv", cookie("owner"))
    lines = [json.loads(each) for each in demo_server.said().splitlines() if each.startswith('{"time"')]
    assert any(each["event"] == "not_allowed" and each["address"] == "127.0.0.1" for each in lines)


def test_what_is_too_large_is_really_refused(demo_server: Server, cookie: Callable[[str], str]) -> None:
    small = ask(demo_server, "/auth/session", method="POST", content=b"x" * MB)
    assert (small.status_code, "too large" in small.text) == (413, True)

    upload = "/_stcore/upload_file/session/file"
    large = ask(demo_server, upload, cookie("student"), method="PUT", content=b"x" * (11 * MB))
    assert (large.status_code, "at most 10 MB" in large.text) == (413, True)
    assert ask(demo_server, upload, method="PUT", content=b"x").status_code == 403
    assert '"reason": "too large"' in demo_server.said()
    assert ask(demo_server, "/readyz").json() == {"ready": True}


@pytest.mark.parametrize(
    ("path", "first"),
    [
        pytest.param("/auth/session", 64 * 1024 + 1, id="refused for its length"),
        pytest.param("/auth/session", 4096, id="answered once it can be no ticket"),
        pytest.param("/auth/end", 1, id="answered unread"),
        pytest.param("/nothing/here", 1, id="answered by nobody"),
        pytest.param("/auth/session?from=elsewhere", 1, id="refused for whence it comes"),
    ],
)
def test_a_body_without_an_end_is_not_read_on(path: str, first: int, demo_server: Server) -> None:
    assert _endless(demo_server, path, first) < 100 * MB, "the connection is closed while the rest is still on its way"
    assert ask(demo_server, "/readyz").json() == {"ready": True}


def _endless(server: Server, path: str, first: int) -> int:
    """How much of a body without an end is taken, in bytes; a kernel's own buffers hold some forty megabytes at most.

    Its `first` bytes come alone, with time for an answer to them.
    """
    sent = first

    def parts() -> Iterator[bytes]:
        nonlocal sent
        yield b"x" * first
        time.sleep(0.5)
        while sent < 200 * MB:
            sent += len(PART)
            yield PART

    with suppress(httpx.TransportError):  # where it is answered and closed before the rest was sent
        origin = "https://evil.example" if "elsewhere" in path else server.url
        answer = ask(server, path, method="POST", content=parts(), headers={"Origin": origin})
        assert answer.status_code in {200, 401, 403, 404, 405, 413}
    return sent


def _send_and_listen(socket: ClientConnection, message: bytes) -> None:
    socket.send(message)
    while True:
        socket.recv(timeout=20)


def test_a_message_that_is_too_large_ends_its_websocket(demo_server: Server) -> None:
    address = demo_server.url.replace("http", "ws") + "/_stcore/stream"
    with connect(address, origin=demo_server.url, subprotocols=["streamlit"], max_size=None) as socket:  # type: ignore
        with pytest.raises(ConnectionClosed) as closed:
            _send_and_listen(socket, b"x" * (33 * MB))
    assert closed.value.rcvd is None or closed.value.rcvd.code == 1009
    assert ask(demo_server, "/readyz").json() == {"ready": True}


def test_a_foreign_page_opens_no_websocket(demo_server: Server) -> None:
    address = demo_server.url.replace("http", "ws") + "/_stcore/stream"
    with pytest.raises(InvalidStatus) as refused, connect(address, origin="https://evil.example"):  # type: ignore[arg-type]
        pass
    assert refused.value.response.status_code == 403


def _resumed(server: Server, token: str, session: str = "") -> str:
    """Streamlit's own key of the page that a browser with this cookie gets, if it asks to go on with one that it had."""
    address, cookie = server.url.replace("http", "ws") + "/_stcore/stream", {"Cookie": f"{COOKIE}={token}"} if token else {}
    asked: list[Any] = ["streamlit", "none", *([session] if session else [])]
    with connect(address, origin=server.url, subprotocols=asked, additional_headers=cookie) as socket:  # type: ignore[arg-type]
        socket.send(BackMsg(rerun_script=ClientState()).SerializeToString())
        while True:
            message = ForwardMsg.FromString(bytes(socket.recv(timeout=20)))
            if message.WhichOneof("type") == "new_session":
                return str(message.new_session.initialize.session_id)


def test_what_a_page_remembers_goes_on_for_the_same_session_and_for_nobody_elses(
    demo_server: Server, cookie: Callable[[str], str]
) -> None:
    """A tab that was left open connects anew by itself, with the cookie of whoever has signed in on that computer since."""
    first = cookie("school")
    page = _resumed(demo_server, first)
    assert _resumed(demo_server, first, page) == page
    assert _resumed(demo_server, "", page) != page
    assert _resumed(demo_server, cookie("teacher"), page) != page
    assert _resumed(demo_server, first, page) == page, "nobody else's asking ends it"


def test_a_person_saves_a_list_as_a_file_and_loses_it_with_their_session(
    page_as: Callable[..., Window], demo_server: Server
) -> None:
    it = page_as("teacher").open("/people?table=users&sort=-first_name")
    it.at("export-users").locator("button").click()
    link = it.page.get_by_role("link", name="CSV, these columns")
    with it.page.expect_download() as started:
        link.click()
    file = started.value
    assert re.fullmatch(r"People-\d{4}-\d\d-\d\d\.csv", file.suggested_filename)
    rows = list(csv.reader(io.StringIO(Path(file.path()).read_text("utf-8-sig"))))
    first = [row[0] for row in rows[1:]]
    assert len(first) > 3
    assert first[0] > first[-1]
    phone = rows[0].index("Phone")
    assert len({row[phone] for row in rows[1:]} - {"", "•••"}) <= 1, "a teacher sees no number but their own"
    assert "/media/" not in it.page.content().replace("./static/media/", "")  # Streamlit's own fonts
    address = link.get_attribute("href") or ""
    it.page.keyboard.press("Escape")
    it.at("sign-out").locator("button").click()
    expect(it.at("sign-in-email")).to_be_visible()
    answer = it.page.request.get(demo_server.url + address)
    assert (answer.status, "isn't yours to open" in answer.text().replace("&#x27;", "'")) == (404, True)


def test_a_person_gives_their_picture_and_it_is_gone_with_their_session(
    page_as: Callable[..., Window], demo_server: Server, tmp_path: Path
) -> None:
    photo = tmp_path / "me.png"
    Image.new("RGB", (900, 700), "seagreen").save(photo)
    it = page_as("student").follow("profile")
    it.page.locator('input[type="file"]').set_input_files(photo)
    button = it.at("profile-use").locator("button")
    expect(button).to_be_enabled()
    button.click()
    it.settle()
    face = it.at("person").locator("img.c-face")
    expect(face).to_be_visible()
    assert face.evaluate("image => image.complete && image.naturalWidth") == 512
    address = demo_server.url + (face.get_attribute("src") or "")
    assert it.page.request.get(address).status == 200
    it.is_well()
    it.at("sign-out").locator("button").click()
    expect(it.at("sign-in-email")).to_be_visible()
    assert it.page.request.get(address).status == 404


def test_another_roles_page_says_the_same_as_one_that_does_not_exist(page_as: Callable[..., Window]) -> None:
    it = page_as("student")
    theirs = it.open("/accounting?table=journal_entries").page.locator('[data-testid="stMain"]').inner_text()
    nowhere = it.open("/nothing-at-all").page.locator('[data-testid="stMain"]').inner_text()
    assert theirs == nowhere
    assert "Nothing here for you" in theirs


def test_a_window_without_a_cookie_gets_no_file(window: OpenWindow, demo_server: Server) -> None:
    it = window(demo_server).open("/")
    answer = it.page.goto(f"{demo_server.url}/export/users.csv")
    assert answer
    assert answer.status == 404
    assert "Go to your home page" in it.page.content()
