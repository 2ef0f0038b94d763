"""What a cluster is made of besides database servers: app processes, and nginx with the configuration that the docs give."""

import datetime as dt
import ipaddress
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.browser.server import PATIENCE, ROOT, TROUBLE
from tests.cluster.wire import Wire
from tests.engine.servers import HOST, Sqld, free_port

SITE = ROOT / "docs/proxy/nginx.conf"
STOPPING_SECONDS = 10.0
# Debian's nginx.conf around the site, for whoever isn't root: own paths, one process, and a log that tells who answered.
AROUND = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log notice;
events {{}}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    log_format answered '$status $request_method $request_uri $upstream_addr';
    access_log {folder}/access.log answered;
    include {folder}/site.conf;
}}
"""


def environment(**given: str) -> dict[str, str]:
    """This process's environment without what would open more than usual, and with what is given."""
    ours = ("CONSTELA_", "STREAMLIT_", "TURSO_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)} | {"PYTHONUNBUFFERED": "1"} | given


class Part(ABC):
    """A process of the cluster: started, ended politely or killed, and started again on the same port."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "output.log"
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def at(self) -> str:
        """Where it listens: `127.0.0.1:8501`."""
        return f"{HOST}:{self.port}"

    @property
    def pid(self) -> int:
        """The process that runs."""
        assert self._process, "it isn't running"
        return self._process.pid

    @abstractmethod
    def command(self) -> list[str]:
        """What starts it."""

    def environment(self) -> dict[str, str]:
        return environment()

    @abstractmethod
    def is_ready(self) -> bool:
        """Whether it answers."""

    def said(self) -> str:
        """Everything that it has written so far."""
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""

    def begin(self) -> Self:
        """Start it, and don't wait."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            # The kernel ends it with whoever started it, so that a killed test run leaves nothing behind.
            command = ["setpriv", "--pdeathsig", "KILL", *self.command()]
            options = {"cwd": ROOT, "env": self.environment(), "stdin": subprocess.DEVNULL, "start_new_session": True}
            self._process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, **options)
        return self

    def wait(self) -> Self:
        """Wait until it answers."""
        until = time.monotonic() + PATIENCE
        while not self.is_ready():
            assert self._process, "it was never started"
            assert self._process.poll() is None, f"{self.folder.name} ended at once:\n{self.said()}"
            assert time.monotonic() < until, f"{self.folder.name} did not get ready:\n{self.said()}"
            time.sleep(0.05)
        return self

    def start(self) -> Self:
        """Start it, and wait until it answers."""
        return self.begin().wait()

    def stop(self) -> None:
        """End it politely; harmless if it doesn't run."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once, as the end of its machine would; harmless if it doesn't run."""
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(how)
        try:
            process.wait(STOPPING_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class App(Part):
    """An app process that reads from its near replica and writes to the primary."""

    def __init__(self, folder: Path, *, near: Sqld, primary: Sqld) -> None:
        super().__init__(folder)
        self.near = near
        self.primary = primary

    def command(self) -> list[str]:
        options = ["--server.port", str(self.port), "--server.address", HOST]
        return [sys.executable, "-m", "streamlit", "run", "app.py", *options]

    def environment(self) -> dict[str, str]:
        # Behind a proxy everybody comes from elsewhere: CONSTELA_DEMO lets them enter as the demo's people.
        return environment(TURSO_DATABASE_URL=self.near.url, TURSO_PRIMARY_URL=self.primary.url, CONSTELA_DEMO="1")

    def is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://{self.at}/readyz", timeout=5) as answer:
                return json.load(answer) == {"ready": True}
        except (OSError, ValueError):
            return False

    def troubles(self) -> list[str]:
        """The lines in which it noted an error that nobody caught."""
        said = self.said()
        return [said[found.start() : found.start() + 500] for found in TROUBLE.finditer(said)]


class Proxy(Part):
    """nginx before two app processes, with docs/proxy/nginx.conf as its site."""

    def __init__(self, folder: Path, *, apps: tuple[App, App]) -> None:
        super().__init__(folder)
        self.apps = apps
        self.plain_port = free_port()
        self.program = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
        if self.program is None:
            raise FileNotFoundError("no nginx was found: run `make setup-test`, or install Debian's package nginx")

    @property
    def url(self) -> str:
        return f"https://{self.at}"

    def command(self) -> list[str]:
        for name, text in (("site.conf", self._site()), ("nginx.conf", AROUND.format(folder=self.folder))):
            (self.folder / name).write_text(text, encoding="utf-8")
        certify(self.folder)
        return [str(self.program), "-p", str(self.folder), "-e", "error.log", "-c", str(self.folder / "nginx.conf")]

    def _site(self) -> str:
        """The configuration of the docs with this cluster's ports and certificate in place of the example's."""
        text = SITE.read_text(encoding="utf-8")
        certificate = "/etc/letsencrypt/live/school.example.org"
        for old, new, times in (
            (":8501", f":{self.apps[0].port}", 4),
            (":8502", f":{self.apps[1].port}", 4),
            ("listen 80;", f"listen {HOST}:{self.plain_port};", 1),
            ("listen 443 ", f"listen {self.at} ", 1),
            (f"{certificate}/fullchain.pem", f"{self.folder}/certificate.pem", 1),
            (f"{certificate}/privkey.pem", f"{self.folder}/key.pem", 1),
        ):
            assert text.count(old) == times, f"{SITE.name} names {old} {text.count(old)} times, not {times}"
            text = text.replace(old, new)
        return text

    def is_ready(self) -> bool:
        with socket.socket() as knocking:
            return knocking.connect_ex((HOST, self.port)) == 0

    def errors(self) -> str:
        """nginx's log of errors."""
        path = self.folder / "error.log"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def answered(self) -> list[str]:
        """A line for each finished request: status, method, path, and the addresses of those who were asked."""
        path = self.folder / "access.log"
        return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def certify(folder: Path) -> None:
    """A certificate of one's own for this machine's loopback, which no browser trusts unless it is told to."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    today = dt.datetime.now(dt.UTC)
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address(HOST))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - dt.timedelta(days=1))
        .not_valid_after(today + dt.timedelta(days=30))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "certificate.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    (folder / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))


class Replica(Sqld):
    """A replica that tells how often it was asked. `primary`: the server itself, or a wire to it."""

    def __init__(self, folder: Path, *, primary: Sqld | Wire) -> None:
        self.telling_port = free_port()
        super().__init__(folder, primary=primary, extra=("--admin-listen-addr", f"{HOST}:{self.telling_port}"))

    def _figure(self, name: str) -> int:
        with urllib.request.urlopen(f"http://{HOST}:{self.telling_port}/metrics", timeout=5) as answer:
            said = answer.read().decode()
        return sum(int(found[1]) for found in re.finditer(rf"^{name}\{{[^}}]*\}} (\d+)$", said, re.MULTILINE))

    @property
    def requests(self) -> int:
        """How many requests it has answered since it was started."""
        return self._figure("libsql_server_user_http_response")

    @property
    def delegated(self) -> int:
        """How many requests it has handed on to the primary since it was started, instead of answering them by itself."""
        return self._figure("libsql_server_write_requests_delegated")
