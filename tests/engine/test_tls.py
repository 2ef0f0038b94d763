"""Encrypted servers: only a certificate that is trusted and names the host is spoken to, and nobody else hears the token."""

import ipaddress
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import urllib3
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from domain.db.libsql import dbapi
from domain.db.libsql.errors import ConnectionFailed
from tests.engine.servers import Sqld

TOKEN = "a-token-for-nobody-else"


def certificate(folder: Path, host: str) -> Path:
    """A certificate that vouches for itself, with its key, in one file: for an address or a name of this machine."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    alternative = x509.IPAddress(ipaddress.ip_address(host)) if host[0].isdigit() else x509.DNSName(host)
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{host}.pem"
    no_password = serialization.NoEncryption()
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, no_password)
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@dataclass
class Encrypted:
    """A server behind TLS, and what it was told."""

    url: str
    heard: list[str] = field(default_factory=list)


@pytest.fixture
def encrypted(request: pytest.FixtureRequest, sqld: Sqld, tmp_path: Path) -> Iterator[tuple[Encrypted, Path]]:
    """The server behind a certificate for the host that the test names, and that certificate."""
    path = certificate(tmp_path, getattr(request, "param", "127.0.0.1"))
    heard: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            heard.append(self.headers.get("Authorization", ""))
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found = urllib3.request("POST", sqld.url + self.path, body=body)
            self.send_response(found.status)
            self.send_header("Content-Length", str(len(found.data)))
            self.end_headers()
            self.wfile.write(found.data)

        def log_message(self, *_given: Any) -> None:
            """Quiet."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_given: Any) -> None:
            """A client that hangs up at an untrusted certificate is what these tests are about."""

    server = Server(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Encrypted(f"https://127.0.0.1:{server.server_port}", heard), path
    server.shutdown()
    server.server_close()


def test_a_certificate_that_nobody_vouches_for_is_refused_before_anything_is_said(encrypted: tuple[Encrypted, Path]) -> None:
    server, _path = encrypted
    connection = dbapi.connect(server.url, auth_token=TOKEN)
    with pytest.raises(ConnectionFailed) as told:
        connection.execute("SELECT 1")
    assert told.value.reason == "tls"
    assert server.heard == []
    assert TOKEN not in str(told.value)


def test_a_certificate_of_one_s_own_is_trusted_where_the_environment_names_it(
    encrypted: tuple[Encrypted, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    server, path = encrypted
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    connection = dbapi.connect(server.url, auth_token=TOKEN)
    assert connection.execute("SELECT 1").fetchall() == [(1,)]
    connection.commit()
    assert set(server.heard) == {f"Bearer {TOKEN}"}


@pytest.mark.parametrize("encrypted", ["db.example.org"], indirect=True)
def test_a_trusted_certificate_for_another_host_is_refused(
    encrypted: tuple[Encrypted, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    server, path = encrypted
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    connection = dbapi.connect(server.url, auth_token=TOKEN)
    with pytest.raises(ConnectionFailed) as told:
        connection.execute("SELECT 1")
    assert told.value.reason == "tls"
    assert server.heard == []
