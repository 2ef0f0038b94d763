"""The whole of it: a primary, two replicas, two app processes each near one replica, and nginx before them."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.browser.server import ROOT
from tests.cluster.parts import App, Proxy, Replica, environment
from tests.cluster.wire import Wire
from tests.engine.servers import Sqld

STUDENTS = 12


@dataclass(frozen=True)
class Cluster:
    """A running cluster. To a `Window` it is what a single server is: an address, and what was said there."""

    primary: Sqld
    replicas: tuple[Replica, Replica]
    wires: tuple[Wire, Wire]
    apps: tuple[App, App]
    proxy: Proxy

    @property
    def url(self) -> str:
        """The address that people open."""
        return self.proxy.url

    def app(self, route: str) -> App:
        """The app process that a route cookie names: `a` or `b`."""
        return self.apps["ab".index(route)]

    def wire(self, route: str) -> Wire:
        """The wire that keeps the replica of an app process up to date."""
        return self.wires["ab".index(route)]

    def said(self) -> str:
        """What both app processes have written so far."""
        return "\n".join(app.said() for app in self.apps)

    def troubles(self) -> list[str]:
        """What the app processes noted of errors that nobody caught."""
        return [each for app in self.apps for each in app.troubles()]


def program(url: str, *words: str) -> str:
    """`python -m domain …` on a database server; what it said."""
    command = [sys.executable, "-m", "domain", *words]
    given = environment(TURSO_DATABASE_URL=url)
    done = subprocess.run(command, cwd=ROOT, env=given, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@contextmanager
def cluster(folder: Path, *, students: int = STUDENTS) -> Iterator[Cluster]:
    """Start everything with the demo school in it, and end it afterwards."""
    with ExitStack() as stack:
        primary = stack.enter_context(Sqld(folder / "primary", grpc=True))
        program(primary.url, "demo", "--students", str(students))
        wires = tuple(stack.enter_context(Wire(primary.grpc_port)) for _replica in "ab")
        first, second = (
            stack.enter_context(Replica(folder / f"replica-{name}", primary=wire)) for name, wire in zip("ab", wires, strict=True)
        )
        apps = App(folder / "app-a", near=first, primary=primary), App(folder / "app-b", near=second, primary=primary)
        proxy = Proxy(folder / "proxy", apps=apps)
        for part in (*apps, proxy):
            stack.callback(part.stop)
            part.begin()
        for part in (*apps, proxy):
            part.wait()
        yield Cluster(primary, (first, second), wires, apps, proxy)
