"""One database per school on one server with namespaces: each sees its own, and nothing of the other's."""

import subprocess
import sys
from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from domain.db.engine import make_engine
from domain.transfer.digest import digest
from domain.transfer.place import Place
from domain.transfer.reader import reading
from tests.browser.server import ROOT
from tests.cluster.cluster import program
from tests.cluster.parts import environment
from tests.engine.servers import Sqld, running

STUDENTS = {"aurora": 12, "boreal": 15}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sqld]:
    """A server that holds two schools, each in a database of its own."""
    with running(tmp_path_factory, namespaces=True) as started:
        for name, students in STUDENTS.items():
            program(started.create_namespace(name), "demo", "--students", str(students))
        yield started


def at(server: Sqld, name: str) -> str:
    """The address of a school: what stands in its app's TURSO_DATABASE_URL."""
    return f"{server.url}/?namespace={name}"


def asked(address: str, sql: str, **values: object) -> list[object]:
    """The first column of what a database answers."""
    bind = make_engine(address)
    try:
        with bind.begin() as connection:
            found = connection.execute(text(sql), values)
            return list(found.scalars()) if found.returns_rows else []
    finally:
        bind.dispose()


def whole(address: str) -> str:
    """The digest of all that a database holds."""
    with reading(Place(address, None)) as reader:
        return digest(reader).whole


def students(address: str) -> int:
    """How many students the demo's largest school has."""
    sql = "SELECT count(*) FROM users WHERE role = 'student' GROUP BY organization_id ORDER BY 1 DESC LIMIT 1"
    return int(str(asked(address, sql)[0]))


def test_each_school_has_its_own_students(server: Sqld) -> None:
    assert {name: students(at(server, name)) for name in STUDENTS} == STUDENTS


def test_what_one_school_writes_changes_nothing_at_the_other(server: Sqld) -> None:
    before = whole(at(server, "boreal"))
    asked(at(server, "aurora"), "UPDATE organizations SET name = :name", name="Escola Aurora")
    assert set(asked(at(server, "aurora"), "SELECT name FROM organizations")) == {"Escola Aurora"}
    assert "Escola Aurora" not in asked(at(server, "boreal"), "SELECT name FROM organizations")
    assert whole(at(server, "boreal")) == before


def test_an_address_that_names_no_school_opens_none(server: Sqld) -> None:
    with pytest.raises(DBAPIError):
        asked(server.url, "SELECT name FROM users")  # of 127.0.0.1 the server takes the first part for a school's name
    assert asked(f"http://localhost:{server.port}", "SELECT name FROM sqlite_master") == []


def test_a_school_that_leaves_takes_nothing_of_the_other_along(server: Sqld) -> None:
    before = whole(at(server, "boreal"))
    leaving = server.create_namespace("caravela")
    asked(leaving, "CREATE TABLE guests (name TEXT)")
    server.drop_namespace("caravela")
    with pytest.raises(DBAPIError):
        asked(leaving, "SELECT name FROM guests")
    assert whole(at(server, "boreal")) == before


def test_a_school_that_the_server_doesnt_know_is_said_to_be_missing(server: Sqld) -> None:
    command = [sys.executable, "-m", "domain", "doctor"]
    given = environment(TURSO_DATABASE_URL=at(server, "nobody"))
    done = subprocess.run(command, cwd=ROOT, env=given, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Traceback" not in done.stdout + done.stderr
