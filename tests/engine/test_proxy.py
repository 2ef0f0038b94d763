"""Each fault of the proxy does what its name says, on a real server."""

import json
import os
import re
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import urllib3

from tests.engine import proxy as faults
from tests.engine.asking import Answer, ask, values
from tests.engine.proxy import Proxy, delay
from tests.engine.servers import HOST, Sqld


@pytest.fixture
def notes(sqld: Sqld, http: urllib3.PoolManager) -> Sqld:
    """The shared server with an empty table `notes`."""
    assert ask(http, sqld.url, "DROP TABLE IF EXISTS notes", "CREATE TABLE notes (word TEXT NOT NULL)").status == 200
    return sqld


WRITE = "INSERT INTO notes VALUES ('sol')"


def words(http: urllib3.PoolManager, server: Sqld) -> list[str]:
    return values(ask(http, server.url, "SELECT word FROM notes ORDER BY word"))


@pytest.fixture
def proxy(notes: Sqld) -> Iterator[Proxy]:
    with Proxy(notes.port) as between:
        yield between


def test_without_a_fault_everything_passes_on_one_connection(proxy: Proxy, notes: Sqld, http: urllib3.PoolManager) -> None:
    assert http.request("GET", f"{proxy.url}/health").status == 200
    for _ in range(3):
        assert ask(http, proxy.url, WRITE).status == 200
    assert words(http, notes) == ["sol"] * 3
    assert proxy.connections == 1
    assert proxy.requests == 3
    assert proxy.seen == proxy.passed
    assert all(WRITE.encode() in body for body in proxy.seen)


@pytest.mark.parametrize("fault", [faults.CUT_BEFORE, faults.CUT_HALF_REQUEST])
def test_a_cut_before_the_server_has_the_request_leaves_nothing(
    fault: faults.Fault, proxy: Proxy, notes: Sqld, http: urllib3.PoolManager
) -> None:
    proxy.next(fault)
    with pytest.raises(urllib3.exceptions.ProtocolError):
        ask(http, proxy.url, WRITE)
    assert (proxy.requests, len(proxy.seen), proxy.struck) == (0, 1, [fault])
    assert words(http, notes) == []
    assert ask(http, proxy.url, WRITE).status == 200
    assert proxy.connections == 2


def test_half_a_request_reaches_the_server() -> None:
    with socket.create_server((HOST, 0)) as server, Proxy(server.getsockname()[1]) as proxy:
        proxy.next(faults.CUT_HALF_REQUEST)
        request = b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 10\r\n\r\n0123456789"
        with socket.create_connection((HOST, proxy.port)) as client:
            client.sendall(request)
            accepted, _ = server.accept()
            with accepted:
                received = b"".join(iter(lambda: accepted.recv(100), b""))
            assert client.recv(100) == b""
    assert received == request[: len(request) // 2]


def test_a_cut_after_the_request_saves_it_and_tells_nothing(proxy: Proxy, notes: Sqld, http: urllib3.PoolManager) -> None:
    proxy.next(faults.CUT_AFTER)
    with pytest.raises(urllib3.exceptions.ProtocolError, match="without response"):
        ask(http, proxy.url, WRITE)
    assert words(http, notes) == ["sol"]
    assert proxy.requests == 1


def test_a_cut_in_the_middle_gives_the_head_and_half_of_the_body(proxy: Proxy, notes: Sqld, http: urllib3.PoolManager) -> None:
    whole = len(ask(http, proxy.url, WRITE).data)
    proxy.next(faults.CUT_MIDDLE)
    with pytest.raises(urllib3.exceptions.ProtocolError, match=r"IncompleteRead\((\d+) bytes") as raised:
        ask(http, proxy.url, WRITE)
    read = re.search(r"IncompleteRead\((\d+) bytes", str(raised.value))
    assert read
    assert abs(int(read[1]) - whole // 2) <= 2  # the server tells its own time in the answer, in more digits or fewer
    assert words(http, notes) == ["sol", "sol"]


def test_a_garbled_answer_has_its_length_and_is_no_json(proxy: Proxy, notes: Sqld, http: urllib3.PoolManager) -> None:
    proxy.next(faults.GARBLE)
    answer = ask(http, proxy.url, WRITE)
    assert answer.status == 200
    assert len(answer.data) == int(answer.headers["content-length"])
    assert faults.FILLING in answer.data
    with pytest.raises(ValueError, match="utf-8"):
        json.loads(answer.data)
    with pytest.raises(ValueError, match=r"Invalid|Expecting"):
        json.loads(answer.data.decode(errors="replace"))
    assert words(http, notes) == ["sol"]


def test_an_answer_in_chunks_passes_whole_and_can_be_garbled(proxy: Proxy, http: urllib3.PoolManager) -> None:
    def cursor() -> Answer:
        body = json.dumps({"batch": {"steps": [{"stmt": {"sql": "SELECT 'lua'"}}]}})
        return http.request("POST", f"{proxy.url}/v3/cursor", body=body)

    answer = cursor()
    assert answer.headers["transfer-encoding"] == "chunked"
    assert b'"lua"' in answer.data
    proxy.next(faults.GARBLE)
    assert faults.FILLING in cursor().data
    proxy.next(faults.CUT_MIDDLE)
    with pytest.raises(urllib3.exceptions.ProtocolError):
        cursor()


def test_a_request_in_chunks_is_seen_without_its_marks(proxy: Proxy, notes: Sqld, http: urllib3.PoolManager) -> None:
    whole = json.dumps({"requests": [{"type": "execute", "stmt": {"sql": WRITE}}]}).encode()
    answer = http.request("POST", f"{proxy.url}/v2/pipeline", body=iter([whole[:10], whole[10:]]), chunked=True)
    assert answer.status == 200
    assert proxy.seen == [whole]


def test_a_delay_holds_the_answer_back_after_the_work_is_done(proxy: Proxy, notes: Sqld, http: urllib3.PoolManager) -> None:
    proxy.next(delay(60))
    with urllib3.PoolManager(retries=False, timeout=0.5) as impatient, pytest.raises(urllib3.exceptions.ReadTimeoutError):
        ask(impatient, proxy.url, WRITE)
    deadline = time.monotonic() + 10
    while not words(http, notes) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert words(http, notes) == ["sol"]


def test_a_delayed_answer_arrives(proxy: Proxy, http: urllib3.PoolManager) -> None:
    proxy.next(delay(0.2))
    asked = time.monotonic()
    assert values(ask(http, proxy.url, "SELECT 'lua'")) == ["lua"]
    assert time.monotonic() - asked >= 0.2


def test_a_bad_gateway_answers_in_html_and_passes_nothing_on(proxy: Proxy, notes: Sqld, http: urllib3.PoolManager) -> None:
    proxy.next(faults.STATUS_502)
    answer = ask(http, proxy.url, WRITE)
    assert (answer.status, answer.headers["content-type"]) == (502, "text/html")
    assert words(http, notes) == []
    assert proxy.requests == 0
    assert ask(http, proxy.url, WRITE).status == 200
    assert proxy.connections == 1


def test_a_refused_connection_is_the_next_new_one(proxy: Proxy, http: urllib3.PoolManager) -> None:
    assert ask(http, proxy.url, "SELECT 1").status == 200
    proxy.next(faults.REFUSE)
    assert ask(http, proxy.url, "SELECT 1").status == 200
    http.clear()
    with pytest.raises(urllib3.exceptions.ProtocolError):
        ask(http, proxy.url, "SELECT 1")
    assert ask(http, proxy.url, "SELECT 1").status == 200
    assert (proxy.connections, proxy.requests) == (3, 3)


def test_a_fault_waits_for_the_request_that_it_is_meant_for(proxy: Proxy, notes: Sqld, http: urllib3.PoolManager) -> None:
    proxy.when(lambda body: b"lua" in body, faults.STATUS_502, times=2)
    assert ask(http, proxy.url, WRITE).status == 200
    assert [ask(http, proxy.url, "SELECT 'lua'").status for _ in range(3)] == [502, 502, 200]
    proxy.next(faults.STATUS_502)
    assert http.request("GET", f"{proxy.url}/health").status == 200
    proxy.clear()
    assert ask(http, proxy.url, WRITE).status == 200


def test_a_proxy_that_is_down_refuses_and_cuts_and_comes_back(proxy: Proxy, http: urllib3.PoolManager) -> None:
    assert ask(http, proxy.url, "SELECT 1").status == 200
    with socket.create_connection((HOST, proxy.port)) as idle:
        idle.sendall(b"GET /health HTTP/1.1\r\nHost: here\r\n\r\n")
        assert idle.recv(1000).startswith(b"HTTP/1.1 200")
        proxy.down()
        assert idle.recv(1000) == b""
    http.clear()
    with pytest.raises(urllib3.exceptions.NewConnectionError):
        ask(http, proxy.url, "SELECT 1")
    proxy.up()
    assert ask(http, proxy.url, "SELECT 1").status == 200


def test_a_client_learns_that_the_server_behind_the_proxy_is_gone(tmp_path: Path, http: urllib3.PoolManager) -> None:
    with Sqld(tmp_path) as server, Proxy(server.port) as proxy:
        with socket.create_connection((HOST, proxy.port), timeout=10) as idle:
            idle.sendall(b"GET /health HTTP/1.1\r\nHost: here\r\n\r\n")
            assert idle.recv(1000).startswith(b"HTTP/1.1 200")
            server.kill()
            assert idle.recv(1000) == b""
        server.restart()
        assert ask(http, proxy.url, "SELECT 1").status == 200


def test_a_websocket_passes_until_the_proxy_is_down(proxy: Proxy) -> None:
    key = "dGhlIHNhbXBsZSBub25jZQ=="
    with socket.create_connection((HOST, proxy.port), timeout=10) as client:
        client.sendall(
            f"GET / HTTP/1.1\r\nHost: {HOST}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Protocol: hrana2\r\n\r\n".encode()
        )
        assert client.recv(1000).startswith(b"HTTP/1.1 101")
        hello = b'{"type":"hello","jwt":null}'
        mask = os.urandom(4)
        client.sendall(bytes([0x81, 0x80 | len(hello)]) + mask + bytes(c ^ mask[i % 4] for i, c in enumerate(hello)))
        assert b'"hello_ok"' in client.recv(1000)
        proxy.down()
        assert client.recv(1000) == b""
