"""The app with two identity providers: a certified one, and one that does whatever a test says."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from domain.access.roles import Role
from domain.db.engine import engine
from tests.browser.server import Server, copy, free_port, serving
from tests.conftest import School
from tests.oidc import certified, hostile
from tests.oidc.flow import COOKIE_SECRET, Flow
from tests.oidc.hostile import Hostile

# Subjects at the certified provider, and what it says of them.
PEOPLE = {
    "tomas": {"email": "teacher@example.com", "email_verified": True, "name": "Tomás Lima"},
    "sofia": {"email": "student@example.com", "email_verified": True, "name": "Sofia Lima"},
    "rui": {"email": "staff@example.com", "email_verified": False, "name": "Rui Lima"},
    "nobody": {"email": "nobody@example.com", "email_verified": True, "name": "Nobody"},
}


@dataclass(frozen=True)
class Providers:
    """The app, its school, and both providers."""

    server: Server
    school: School
    certified: str
    hostile: Hostile

    def flow(self) -> Flow:
        """A new browser at the app."""
        return Flow(self.server.url)

    def user(self, role: str) -> str:
        return self.school.people[Role(role)]


def secrets_toml(redirect_uri: str, *, certified_at: str, hostile_at: str) -> str:
    """The file as docs/sign-in.md has it."""

    def section(key: str, client: str, secret: str, address: str) -> str:
        said = {
            "client_id": client,
            "client_secret": secret,
            "server_metadata_url": f"{address}/.well-known/openid-configuration",
        }
        lines = [f"{name} = {json.dumps(value)}" for name, value in said.items()]
        return "\n".join([f"[auth.{key}]", *lines, 'client_kwargs = { prompt = "login" }', ""])

    head = f"[auth]\nredirect_uri = {json.dumps(redirect_uri)}\ncookie_secret = {json.dumps(COOKIE_SECRET)}\n"
    both = (
        section("certified", certified.CLIENT, certified.SECRET, certified_at),
        section("hostile", hostile.CLIENT, hostile.SECRET, hostile_at),
    )
    return head + "\n".join(both)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, school_file: tuple[Path, School]) -> Iterator[Providers]:
    """Started once for a module. The test's own process reads the same database."""
    folder, port = tmp_path_factory.mktemp("oidc"), free_port()
    redirect = f"http://127.0.0.1:{port}/oauth2callback"
    path = copy(school_file[0], folder)
    with certified.certified(redirect, PEOPLE) as address, hostile.hostile() as other, pytest.MonkeyPatch.context() as patch:
        file = folder / ".streamlit" / "secrets.toml"
        file.parent.mkdir()
        file.write_text(secrets_toml(redirect, certified_at=address, hostile_at=other.issuer), encoding="utf-8")
        with serving(path, port=port, settings={"HOME": str(folder), "PATH": os.environ["PATH"]}) as server:
            patch.setenv("TURSO_DATABASE_URL", f"file:{path}")
            yield Providers(server, school_file[1], address, other)
            engine().dispose()


@pytest.fixture
def providers(running: Providers) -> Providers:
    """The same, with nobody linked or invited, and a hostile provider that behaves."""
    with engine().begin() as connection:
        for table in ("identities", "invitations", "arrivals"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
        connection.exec_driver_sql("UPDATE users SET is_active = 1, clerk_user_id = NULL")
    running.hostile.behave()
    return running
