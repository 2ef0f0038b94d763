"""A server that speaks only version 2 of the protocol: everything works there, too."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import urllib3

from domain.db.libsql import dbapi
from domain.db.libsql.errors import IntegrityError, TransactionLost
from domain.db.libsql.trips import counted
from tests.engine.servers import Sqld


class OnlyVersionTwo(BaseHTTPRequestHandler):
    """Passes on what is asked of /v2, and knows no /v3 nor version 3's requests."""

    protocol_version = "HTTP/1.1"
    server_url = ""
    asked: list[str]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.asked.append(self.path)
        if not self.path.startswith("/v2/"):
            self._answer(404, b"")
        elif b"get_autocommit" in body:
            self._answer(400, b"unknown variant `get_autocommit`")
        else:
            found = urllib3.request("POST", self.server_url + self.path, body=body)
            self._answer(found.status, found.data)

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_given: Any) -> None:
        """Quiet."""


@pytest.fixture
def old_server(sqld: Sqld) -> Iterator[type[OnlyVersionTwo]]:
    handler = type("Handler", (OnlyVersionTwo,), {"server_url": sqld.url, "asked": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    handler.url = f"http://127.0.0.1:{server.server_port}"
    yield handler
    server.shutdown()
    server.server_close()


@pytest.fixture
def connection(old_server: Any) -> Iterator[dbapi.Connection]:
    made = dbapi.connect(old_server.url)
    made.execute("CREATE TABLE IF NOT EXISTS old_notes (id INTEGER PRIMARY KEY, words TEXT)")
    made.execute("DELETE FROM old_notes")
    made.execute(
        "CREATE TRIGGER IF NOT EXISTS old_stop BEFORE INSERT ON old_notes WHEN new.words = 'stop' "
        "BEGIN SELECT RAISE(ROLLBACK, 'stopped'); END"
    )
    made.commit()
    yield made
    made.close()


def test_version_three_is_asked_once_and_then_never_again(connection: dbapi.Connection, old_server: Any) -> None:
    connection.execute("INSERT INTO old_notes VALUES (1, 'a')")
    connection.commit()
    assert connection.execute("SELECT * FROM old_notes").fetchall() == [(1, "a")]
    assert [path for path in old_server.asked if path.startswith("/v3")] == ["/v3/pipeline"]
    with counted() as trips:
        connection.execute("SELECT 1")
    assert trips.count == 1


def test_an_error_in_a_transaction_leaves_it_open(connection: dbapi.Connection) -> None:
    connection.execute("INSERT INTO old_notes VALUES (1, 'a')")
    with pytest.raises(IntegrityError):
        connection.execute("INSERT INTO old_notes VALUES (1, 'b')")
    connection.execute("INSERT INTO old_notes VALUES (2, 'c')")
    connection.commit()
    assert connection.execute("SELECT id FROM old_notes").fetchall() == [(1,), (2,)]


def test_an_error_that_ended_the_transaction_is_noticed_without_being_told(connection: dbapi.Connection) -> None:
    connection.execute("INSERT INTO old_notes VALUES (1, 'a')")
    with pytest.raises(IntegrityError, match="stopped"):
        connection.execute("INSERT INTO old_notes VALUES (2, 'stop')")
    with pytest.raises(TransactionLost):
        connection.execute("INSERT INTO old_notes VALUES (3, 'alone')")
    connection.rollback()
    assert connection.execute("SELECT count(*) FROM old_notes").fetchall() == [(0,)]
