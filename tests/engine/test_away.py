"""What the domain and the command line say when a database can't be reached, refuses, or breaks off: plain words, no secrets."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from domain.cli.main import main
from domain.db.engine import engine, make_engine
from domain.db.errors import TOO_LARGE, translate
from domain.db.libsql import errors as libsql
from domain.kit.errors import (
    DatabaseAddressWrong,
    DatabaseEmpty,
    DatabaseExtraMissing,
    DatabaseFailing,
    DatabaseHostUnknown,
    DatabaseNotTrusted,
    DatabaseRefuses,
    DatabaseSilent,
    DatabaseTimedOut,
    DatabaseTokenExpired,
    DatabaseTokenMissing,
    DatabaseTokenReadOnly,
    DatabaseUnavailable,
    DomainError,
    InvalidInput,
    OutcomeUnknown,
    SavingInterrupted,
)
from domain.migrations import state
from tests.engine.servers import HOST, Sqld, free_port
from tests.engine.tokens import Signer

ROOT = Path(__file__).parents[2]
SECRET = "sesame"
WRONG = [
    "mysql://me:sesame@example.com/school?authToken=sesame",
    "data/constela.db",
    "libsql://",
    "libsql://me:sesame@example.com",
    "libsql://example.com:99999?authToken=sesame",
    "libsql://example.com&authToken=sesame",
    "http://example.com/?token=sesame",
    "http://[::1",
]


def told(url: str, *statements: str, token: str | None = None, readonly: bool = False) -> DomainError:
    """The domain's error for statements, in one transaction, on a database."""
    made: Engine | None = None
    try:
        made = make_engine(url, auth_token=token)
        with made.connect().execution_options(libsql_readonly=readonly) as connection, connection.begin():
            for statement in statements or ("SELECT 1",):
                connection.execute(text(statement))
    except DomainError as error:
        return error
    except (SQLAlchemyError, OSError) as error:
        return translate(error)
    finally:
        if made is not None:
            made.dispose()
    pytest.fail("nothing went wrong")


# What goes wrong, and its name


@pytest.mark.parametrize("url", WRONG)
def test_an_address_that_names_no_database_is_wrong_and_not_repeated(url: str) -> None:
    error = told(url)
    assert type(error) is DatabaseAddressWrong
    assert SECRET not in f"{error} {error.message} {error!r} {error.detail}"


@pytest.mark.parametrize("scheme", ["http", "libsql", "ws", "wss"])
@pytest.mark.parametrize("readonly", [True, False])
def test_an_unknown_host_and_a_silent_one_are_told_apart(scheme: str, readonly: bool) -> None:
    assert type(told(f"{scheme}://nothing.invalid", readonly=readonly)) is DatabaseHostUnknown
    assert type(told(f"{scheme}://{HOST}:{free_port()}", readonly=readonly)) is DatabaseSilent


def test_a_server_without_tls_is_not_trusted_by_who_asks_for_it(sqld: Sqld) -> None:
    assert type(told(f"https://{HOST}:{sqld.port}")) is DatabaseNotTrusted
    assert type(told(f"wss://{HOST}:{sqld.port}")) is DatabaseNotTrusted


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Sqld, Signer]]:
    """A server that asks for a token, and who signs them."""
    signer = Signer()
    with Sqld(tmp_path_factory.mktemp("guarded"), jwt_key=signer.public_pem) as server:
        yield server, signer


@pytest.mark.parametrize("scheme", ["http", "ws"])
def test_why_a_token_is_not_taken_is_told(scheme: str, guarded: tuple[Sqld, Signer]) -> None:
    server, signer = guarded
    url = f"{scheme}://{HOST}:{server.port}"
    expired, foreign = signer.sign(expires_in=-300), Signer().sign()
    assert type(told(url)) is DatabaseTokenMissing
    for token, kind in (
        (expired, DatabaseTokenExpired),
        *((each, DatabaseRefuses) for each in (foreign, SECRET, "two\nlines", "☃")),
    ):
        error = told(url, token=token)
        assert type(error) is kind
        assert token not in f"{error} {error.message} {error!r}"


@pytest.mark.parametrize(
    ("scheme", "kind"),
    [("http", DatabaseTokenReadOnly), ("ws", SavingInterrupted)],  # the server closes the WebSocket without a word
)
def test_a_token_for_reading_reads_and_may_not_write(
    scheme: str, kind: type[DatabaseUnavailable], guarded: tuple[Sqld, Signer]
) -> None:
    server, signer = guarded
    url, token = f"{scheme}://{HOST}:{server.port}", signer.sign({"a": "ro"})
    made = make_engine(url, auth_token=token)
    with made.connect().execution_options(libsql_readonly=True) as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1
    made.dispose()
    assert type(told(url, "CREATE TABLE never (a)", token=token)) is kind


def test_a_transaction_that_breaks_off_says_that_nothing_is_saved(tmp_path: Path) -> None:
    with Sqld(tmp_path) as server:
        made = make_engine(server.url)
        with made.begin() as connection:
            connection.execute(text("CREATE TABLE notes (word TEXT)"))
        connection = made.connect()
        connection.execute(text("INSERT INTO notes VALUES ('sol')"))
        server.kill()
        with pytest.raises(SQLAlchemyError) as raised:
            connection.commit()
        connection.close()
        error = translate(raised.value)
        assert type(error) is SavingInterrupted
        assert "Nothing was saved" in error.message
        server.start()
        with made.connect().execution_options(libsql_readonly=True) as connection:
            assert connection.execute(text("SELECT count(*) FROM notes")).scalar() == 0
        made.dispose()


@pytest.mark.parametrize(
    ("raised", "kind"),
    [
        (libsql.OutcomeUnknown("the commit was sent"), OutcomeUnknown),
        (libsql.TimedOut("no answer came"), DatabaseTimedOut),
        (libsql.ConnectionFailed("doesn't answer in time", reason="timeout"), DatabaseTimedOut),
        (libsql.NoAnswer("the server answered with HTTP 502"), DatabaseFailing),
        (libsql.StreamGone("the server no longer knows the stream", "STREAM_EXPIRED"), DatabaseFailing),
        (libsql.MissingExtra("ws:// needs a package"), DatabaseExtraMissing),
    ],
)
def test_what_a_server_seldom_does_has_its_own_words(raised: libsql.Error, kind: type[DatabaseUnavailable]) -> None:
    error = translate(raised)
    assert type(error) is kind
    assert error.message != DatabaseUnavailable().message
    assert str(raised) in str(error)


def test_an_unknown_outcome_is_neither_called_saved_nor_lost() -> None:
    said = translate(libsql.OutcomeUnknown("the commit was sent")).message
    assert "Look whether it is there before you try again." in said
    assert "Nothing was saved" not in said


# Constraints and values: the same on a file and on a server

COLUMNS = "id TEXT PRIMARY KEY, word TEXT NOT NULL UNIQUE, letters INTEGER CHECK (letters > 0), a, b, UNIQUE (a, b)"
TABLE = f"CREATE TABLE words ({COLUMNS})"
BROKEN = [
    ("INSERT INTO words VALUES ('1', 'sol', 3, 1, 1), ('2', 'sol', 3, 2, 2)", "word"),
    ("INSERT INTO words VALUES ('1', NULL, 3, 1, 1)", "word"),
    ("INSERT INTO words VALUES ('1', 'sol', 3, 1, 1), ('2', 'mar', 3, 1, 1)", "b"),
]


@pytest.fixture(params=["file", "http", "ws"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of the test's own, on a file and on a server."""
    if request.param == "file":
        yield f"file:{tmp_path}/words.db"
        return
    with Sqld(tmp_path) as server:
        yield server.url if request.param == "http" else server.ws_url


def test_a_broken_constraint_names_the_same_field_on_a_file_and_on_a_server(place: str) -> None:
    for statement, field in BROKEN:
        error = told(place, TABLE, statement)
        assert isinstance(error, InvalidInput), statement
        assert [problem.field for problem in error.problems] == [field], statement
    assert isinstance(told(place, TABLE, "INSERT INTO words VALUES ('1', 'sol', 0, 1, 1)"), InvalidInput)


def test_a_value_that_is_too_large_is_the_persons_to_shorten(place: str) -> None:
    error = told(place, TABLE, "INSERT INTO words VALUES ('1', zeroblob(2000000000), 3, 1, 1)")
    assert isinstance(error, InvalidInput)
    assert [problem.source for problem in error.problems] == [TOO_LARGE]


# The command line

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Run a verb in this process with these settings: its exit code, its output, its complaints."""
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setattr(sys, "stdin", io.StringIO())

    def start(*words: str, **settings: str) -> tuple[int, str, str]:
        for name in ("TURSO_DATABASE_URL", "TURSO_PRIMARY_URL", "TURSO_AUTH_TOKEN"):
            monkeypatch.delenv(name, raising=False)
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        capsys.readouterr()
        code = main(words)
        said = capsys.readouterr()
        return code, said.out, said.err

    yield start
    monkeypatch.undo()


def examined(run: Run, **settings: str) -> tuple[int, dict[str, Any]]:
    """What `doctor` tells a program; and that it says as much to a person."""
    code, out, err = run("doctor", "--json", **settings)
    assert not err
    found: dict[str, Any] = json.loads(out)
    plain_code, plain, err = run("doctor", **settings)
    assert (plain_code, err) == (code, "")
    assert all(f"! {line}" in plain for line in found["trouble"])
    assert SECRET not in out + plain
    return code, found


@pytest.mark.parametrize("url", [*WRONG, "http://nothing.invalid", "ws://nothing.invalid", "file:", "file:/proc/none/x.db"])
def test_every_verb_says_in_one_line_what_is_wrong_with_the_setting(url: str, run: Run) -> None:
    for words in (("migrate",), ("demo", "--students", "1"), ("user", "disable", "ana@example.com")):
        code, out, err = run(*words, TURSO_DATABASE_URL=url)
        assert (code, out, err.count("\n")) == (1, "", 1), words
        assert SECRET not in err
    code, found = examined(run, TURSO_DATABASE_URL=url)
    assert code == 1
    assert not found["reachable"]
    assert len(found["trouble"]) == 1


def test_a_verb_on_a_server_that_is_away_ends_without_a_traceback() -> None:
    environment = {**os.environ, "TURSO_DATABASE_URL": f"http://{HOST}:{free_port()}", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        [sys.executable, "-m", "domain", "migrate"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Nobody answers at the database's address.")
    assert done.stderr.count("\n") == 1


def test_doctor_says_all_of_a_server_that_is_well(run: Run, fresh_server_url: str, namespace: str) -> None:
    code, found = examined(run, TURSO_DATABASE_URL=fresh_server_url)
    assert code == 1
    assert found["reachable"]
    assert found["trouble"] == [DatabaseEmpty.source]
    assert run("migrate", TURSO_DATABASE_URL=fresh_server_url)[0] == 0
    code, found = examined(run, TURSO_DATABASE_URL=fresh_server_url)
    assert (code, found["trouble"], found["in_step"], found["foreign_keys"]) == (0, [], True, True)
    assert found["revision"] == found["wanted_revision"] == state.head()
    assert found["counts"]["users"] == 0
    [server] = found["servers"]
    assert server.pop("milliseconds") > 0
    assert server.pop("replication_index") > 0
    assert server == {
        "part": "only",
        "address": fresh_server_url.partition("/?")[0],
        "namespace": namespace,
        "encrypted": False,
        "reached": True,
        "trouble": "",
        "protocol": 3,
        "transport": "HTTP",
        "sqlite": "3.45.1",
    }
    engine().dispose()


def test_doctor_asks_replica_and_primary_each_by_itself(run: Run, tmp_path: Path) -> None:
    with Sqld(tmp_path / "primary", grpc=True) as primary, Sqld(tmp_path / "replica", primary=primary) as replica:
        settings = {"TURSO_DATABASE_URL": replica.url, "TURSO_PRIMARY_URL": primary.url}
        assert run("migrate", **settings)[0] == 0
        code, found = examined(run, **settings)
        assert (code, found["trouble"]) == (0, [])
        assert [(each["part"], each["address"]) for each in found["servers"]] == [
            ("replica", replica.url),
            ("primary", primary.url),
        ]
        behind, ahead = (each["replication_index"] for each in found["servers"])
        assert ahead > 0
        assert behind is None or behind <= ahead  # a replica that was only just started may not say
        replica.kill()
        code, found = examined(run, **settings)
        assert (code, found["reachable"], found["in_step"]) == (1, True, True)
        assert [each["reached"] for each in found["servers"]] == [False, True]
        assert [line.partition(":")[0] for line in found["trouble"]] == ["Replica, which is read from"]
        primary.kill()
        code, found = examined(run, **settings)
        assert (code, found["reachable"]) == (1, False)
        assert len(found["trouble"]) == 2
        engine().dispose()


def test_doctor_names_the_protocol_of_a_websocket(run: Run, sqld: Sqld) -> None:
    _code, found = examined(run, TURSO_DATABASE_URL=sqld.ws_url)
    [server] = found["servers"]
    assert (server["reached"], server["protocol"], server["transport"]) == (True, 2, "WebSocket")


def test_doctor_says_why_a_token_is_not_taken(run: Run, guarded: tuple[Sqld, Signer]) -> None:
    server, signer = guarded
    token = signer.sign(expires_in=-300)
    code, found = examined(run, TURSO_DATABASE_URL=server.url, TURSO_AUTH_TOKEN=token)
    assert (code, found["reachable"]) == (1, False)
    assert "TURSO_AUTH_TOKEN has expired" in found["trouble"][0]
    assert token not in json.dumps(found)
