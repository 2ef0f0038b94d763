"""The servers and tokens that other tests stand on do what their names say."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import urllib3

from tests.engine.asking import ask, values
from tests.engine.servers import ServerFailed, Sqld, find_sqld, free_port
from tests.engine.tokens import Signer

NOTES = ("CREATE TABLE notes (word TEXT)", "INSERT INTO notes VALUES ('sol')")


def words(http: urllib3.PoolManager, server: Sqld) -> list[str]:
    return values(ask(http, server.url, "SELECT word FROM notes ORDER BY word"))


# Servers


def test_a_killed_server_comes_back_on_its_port_with_its_rows(tmp_path: Path, http: urllib3.PoolManager) -> None:
    with Sqld(tmp_path) as server:
        url, pid = server.url, server.pid
        ask(http, url, *NOTES)
        server.kill()
        assert not server.running
        with pytest.raises(urllib3.exceptions.NewConnectionError):
            ask(http, url, "SELECT 1")
        server.restart()
        assert server.url == url
        assert server.pid != pid
        assert words(http, server) == ["sol"]


def test_a_restart_of_a_running_server_keeps_its_rows(tmp_path: Path, http: urllib3.PoolManager) -> None:
    with Sqld(tmp_path) as server:
        ask(http, server.url, *NOTES)
        server.restart()
        assert words(http, server) == ["sol"]


def test_a_server_whose_port_is_taken_says_so(tmp_path: Path, sqld: Sqld) -> None:
    with pytest.raises(ServerFailed, match="Address already in use"):
        Sqld(tmp_path, port=sqld.port).start()


def test_a_server_that_loses_the_race_for_its_port_takes_another(tmp_path: Path, sqld: Sqld) -> None:
    server = Sqld(tmp_path)
    server.port = sqld.port
    with server:
        assert server.port != sqld.port


def test_a_server_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    program = f"""
import pathlib, time
from tests.engine.servers import Sqld
print(Sqld(pathlib.Path({str(tmp_path)!r})).start().pid, flush=True)
time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]) as owner:
        assert owner.stdout
        pid = int(owner.stdout.readline())
        assert Path(f"/proc/{pid}").exists()
        owner.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 10
    while _lives(pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not _lives(pid)


def _lives(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state not in ("Z", "X")


def test_without_a_program_the_message_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CONSTELA_SQLD", str(tmp_path / "nowhere"))
    with pytest.raises(FileNotFoundError, match="make setup-test"):
        find_sqld()


def test_the_named_program_is_taken_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONSTELA_SQLD", sys.executable)
    assert find_sqld() == Path(sys.executable)


def test_a_free_port_is_never_given_to_an_outgoing_connection() -> None:
    first_outgoing = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    assert all(free_port() < first_outgoing for _ in range(20))


def test_a_replica_forwards_writes_and_comes_to_read_them(tmp_path: Path, http: urllib3.PoolManager) -> None:
    with Sqld(tmp_path / "primary", grpc=True) as primary, Sqld(tmp_path / "replica", primary=primary) as replica:
        written = json.loads(ask(http, replica.url, *NOTES).data)["results"][1]["response"]["result"]
        assert words(http, primary) == ["sol"]
        # A replica lags behind its own writes too; a statement that names their index waits for them.
        reading = {"sql": "SELECT word FROM notes", "replication_index": written["replication_index"]}
        assert values(ask(http, replica.url, reading)) == ["sol"]


# Namespaces


def test_a_namespace_is_empty_and_apart(namespace_server: Sqld, namespace: str, http: urllib3.PoolManager) -> None:
    namespace_server.create_namespace("other")
    ask(http, namespace_server.url, "CREATE TABLE notes (word TEXT)", host="other.localhost")
    tables = "SELECT name FROM sqlite_master"
    assert values(ask(http, namespace_server.url, tables, host="other.localhost")) == ["notes"]
    assert values(ask(http, namespace_server.url, tables, host=f"{namespace}.localhost")) == []
    namespace_server.drop_namespace("other")
    assert ask(http, namespace_server.url, tables, host="other.localhost").status == 404


def test_a_fresh_url_names_the_server_and_the_namespace(fresh_server_url: str, namespace_server: Sqld, namespace: str) -> None:
    assert fresh_server_url == f"{namespace_server.url}/?namespace={namespace}"


def test_a_server_without_namespaces_makes_none(sqld: Sqld) -> None:
    with pytest.raises(ServerFailed, match="namespaces=True"):
        sqld.create_namespace("other")


# Tokens


def test_a_server_with_a_key_takes_only_tokens_of_that_key_that_have_not_expired(
    tmp_path: Path, http: urllib3.PoolManager
) -> None:
    signer = Signer()
    with Sqld(tmp_path, jwt_key=signer.public_pem) as server:

        def status(token: str | None) -> tuple[int, str]:
            http.clear()  # having refused a request whose body it left unread, the server closes the connection
            answer = ask(http, server.url, "SELECT 1", token=token)
            return answer.status, answer.data.decode()

        assert status(signer.sign())[0] == 200
        assert status(signer.sign(expires_in=60))[0] == 200
        assert status(signer.sign(expires_in=-30))[0] == 200
        assert status(None) == (401, '{"error":"Unauthorized: `Expected authorization header but none given`"}')
        assert "The JWT is invalid" in status(Signer().sign())[1]
        assert status(signer.sign(expires_in=-120)) == (401, '{"error":"Unauthorized: `The JWT has expired`"}')
        assert status(signer.sign({"a": "ro"}))[0] == 200
        written = ask(http, server.url, "CREATE TABLE notes (word TEXT)", token=signer.sign({"a": "ro"}))
        assert written.status == 403
