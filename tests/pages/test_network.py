"""Who is at the other end of a request: believed of a proxy that is known, and of nobody else."""

import asyncio
from typing import Any

import pytest

from pages._shell.network import client_address, host_allowed, is_https, is_own_page, is_proxy, origin_is_own
from pages._shell.startup import KnownHosts

LOCAL, PROXY, BROWSER = "127.0.0.1", "10.0.0.5", "203.0.113.7"


@pytest.fixture
def proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy on another machine, and a network of them; a slip of the pen among them."""
    monkeypatch.setenv("CONSTELA_PROXIES", "10.0.0.5, 10.1.0.0/16 10.2.0.0/99")


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        (BROWSER, "", BROWSER),
        (None, "", LOCAL),
        (PROXY, BROWSER, BROWSER),
        (LOCAL, BROWSER, BROWSER),
        ("10.1.2.3", BROWSER, BROWSER),
        (BROWSER, "198.51.100.1", BROWSER),
        ("10.2.0.1", BROWSER, "10.2.0.1"),
        (PROXY, f"198.51.100.1, {BROWSER}", BROWSER),
        (PROXY, f"{BROWSER}, 10.1.9.9, {LOCAL}", BROWSER),
        (PROXY, f"{BROWSER}, nonsense", PROXY),
        (PROXY, "", PROXY),
        (PROXY, "10.0.0.5", PROXY),
    ],
)
@pytest.mark.usefixtures("proxies")
def test_the_browsers_address_is_believed_of_a_known_proxy_alone(peer: str | None, forwarded: str, address: str) -> None:
    assert client_address(peer, {"X-Forwarded-For": forwarded} if forwarded else {}) == address


@pytest.mark.parametrize(
    ("scheme", "peer", "said", "https"),
    [
        ("https", BROWSER, "", True),
        ("wss", BROWSER, "", True),
        ("http", BROWSER, "https", False),
        ("http", PROXY, "https", True),
        ("http", LOCAL, "https", True),
        ("http", PROXY, "http", False),
        ("http", PROXY, "https, http", False),
        ("http", PROXY, "", False),
    ],
)
@pytest.mark.usefixtures("proxies")
def test_tls_is_believed_of_a_known_proxy_alone(scheme: str, peer: str, said: str, https: bool) -> None:
    assert is_https(scheme, peer, {"X-Forwarded-Proto": said} if said else {}) is https


def test_without_a_setting_this_machine_alone_speaks_for_others() -> None:
    assert [is_proxy(each) for each in (LOCAL, "::1", PROXY, BROWSER, "", "nonsense")] == [True, True, False, False, False, False]


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("school.example.org", True),
        ("School.Example.ORG:8501", True),
        ("school.example.org.", True),
        ("a.class.example.net", True),
        ("class.example.net", False),
        ("evilclass.example.net", False),
        ("school.example.org.evil.example", False),
        ("203.0.113.7", False),
        ("localhost:8501", True),
        ("127.0.0.1", True),
        ("", False),
        (None, False),
        ("[", False),
    ],
)
def test_only_the_names_that_were_set_lead_here(host: str | None, allowed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONSTELA_HOSTS", "school.example.org, *.class.example.net")
    assert host_allowed(host, "203.0.113.7") is allowed


@pytest.mark.parametrize(
    ("host", "served_at", "allowed"),
    [
        ("anything.example", "127.0.0.1", True),
        ("anything.example", "203.0.113.7", False),
        ("203.0.113.7:8501", "203.0.113.7", True),
        ("[2001:db8::1]:8501", "2001:db8::1", True),
        ("localhost", "203.0.113.7", True),
        ("anything.example", None, False),
    ],
)
def test_without_a_setting_a_foreign_name_leads_here_on_this_machine_alone(
    host: str, served_at: str | None, allowed: bool
) -> None:
    assert host_allowed(host, served_at) is allowed


@pytest.mark.parametrize(
    ("headers", "own"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://here", "Host": "here"}, False),
        ({"Sec-Fetch-Site": "none"}, False),
        ({"Origin": "http://here:8501", "Host": "here:8501"}, True),
        ({"Origin": "http://here:8502", "Host": "here:8501"}, False),
        ({"Origin": "http://elsewhere", "Host": "here"}, False),
        ({"Origin": "null", "Host": "here"}, False),
        ({"Origin": "", "Host": ""}, False),
        ({"Origin": "http://[", "Host": "here"}, False),
        ({"Host": "here"}, False),
    ],
)
def test_a_page_of_this_origin_is_known_by_what_its_browser_says(headers: dict[str, str], own: bool) -> None:
    assert is_own_page(headers) is own


def test_a_program_that_names_no_origin_may_listen_and_a_page_from_elsewhere_may_not() -> None:
    assert origin_is_own({"Host": "here"}, silent=True)
    assert not origin_is_own({"Host": "here", "Origin": "http://elsewhere"}, silent=True)


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize(("host", "answered"), [("school.example.org", True), ("evil.example", False)])
def test_the_app_answers_under_its_own_names_alone(kind: str, host: str, answered: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONSTELA_HOSTS", "school.example.org")
    reached: list[str] = []
    sent: list[dict[str, Any]] = []

    async def app(scope: Any, _receive: Any, _send: Any) -> None:
        reached.append(scope["type"])

    async def send(message: Any) -> None:
        sent.append(dict(message))

    async def receive() -> dict[str, Any]:
        return {"type": "http.request"}

    headers = [(b"host", host.encode())]
    scope = {"type": kind, "method": "GET", "path": "/", "headers": headers, "server": ("127.0.0.1", 8501)}
    asyncio.run(KnownHosts(app)(scope, receive, send))
    assert reached == ([kind] if answered else [])
    refusal = {"http": [("http.response.start", 421)], "websocket": [("websocket.close", None)]}[kind]
    assert [(each["type"], each.get("status")) for each in sent[:1]] == ([] if answered else refusal)
