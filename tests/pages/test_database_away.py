"""Pages when the database's server is away: said in plain words, nothing typed is lost, and all is well again when it is back."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from domain.access.roles import Role
from domain.db.engine import engine
from domain.migrations import state as revisions
from domain.operations.enums import AttendanceStatus
from pages._shell import state
from pages._shell.catalog import pages_for
from tests.conftest import School, make_school
from tests.engine.proxy import CUT_AFTER, CUT_BEFORE, Fault, Proxy
from tests.engine.servers import Sqld, free_port
from tests.engine.tokens import Signer
from tests.pages.browser import MAIN, Browser
from tests.pages.evening import stopped_evening
from tests.pages.words import english_in

KEPT = "Nothing is changed meanwhile, and what you typed is kept."
SILENT = "The database's server doesn't answer"


@dataclass(frozen=True)
class Served:
    """The small school on a server of the test's own."""

    server: Sqld
    school: School

    def asked(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with engine().connect().execution_options(libsql_readonly=True) as connection:
            return [tuple(row) for row in connection.exec_driver_sql(statement, values)]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, School]:
    """A stopped server's folder that holds the small school."""
    folder = tmp_path_factory.mktemp("template")
    with pytest.MonkeyPatch.context() as patch, Sqld(folder) as server:
        patch.setenv("TURSO_DATABASE_URL", server.url)
        revisions.upgrade()
        made = make_school()
        engine().dispose()
    return folder / "data", made


@pytest.fixture(params=["http", "ws"])
def served(
    template: tuple[Path, School], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[Served]:
    """The small school on a running server, over HTTP and over WebSocket."""
    shutil.copytree(template[0], tmp_path / "sqld" / "data")
    with Sqld(tmp_path / "sqld") as server:
        monkeypatch.setenv("TURSO_DATABASE_URL", server.url if request.param == "http" else server.ws_url)
        yield Served(server, template[1])
        engine().dispose()


def title(at: AppTest) -> str:
    return str(at.title[0].value)


def said(at: AppTest) -> str:
    return "\n".join(str(each.value) for each in at.markdown)


@pytest.fixture
def first_load(monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """`first_load(TURSO_DATABASE_URL=…)` opens the app for the first time with these settings."""

    def load(**settings: str) -> AppTest:
        for name in ("TURSO_DATABASE_URL", "TURSO_PRIMARY_URL", "TURSO_AUTH_TOKEN"):
            monkeypatch.delenv(name, raising=False)
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        at = AppTest.from_file(str(MAIN), default_timeout=60).run()
        assert not at.exception, [each.value for each in at.exception]
        return at

    return load


# Settings that name nothing, and servers that aren't there


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("mysql://example.com/school", "The database's address is wrong"),
        ("data/constela.db", "The database's address is wrong"),
        ("libsql://", "The database's address is wrong"),
        ("libsql://example.com:99999", "The database's address is wrong"),
        ("libsql://me:sesame@example.com", "The database's address is wrong"),
        ("http://nothing.invalid", "The database's server can't be found"),
        ("ws://nothing.invalid", "The database's server can't be found"),
    ],
)
def test_an_address_at_which_no_database_can_be_is_told_in_plain_words(
    url: str, told: str, first_load: Callable[..., AppTest]
) -> None:
    at = first_load(TURSO_DATABASE_URL=url)
    assert title(at) == told
    assert KEPT in said(at)
    assert "python -m domain doctor" in said(at)
    assert at.button(key="try-again").label == "Try again"
    assert "sesame" not in str(at)


@pytest.mark.parametrize("scheme", ["http", "libsql", "ws", "wss"])
def test_a_server_that_does_not_run_is_told_in_plain_words(scheme: str, first_load: Callable[..., AppTest]) -> None:
    at = first_load(TURSO_DATABASE_URL=f"{scheme}://127.0.0.1:{free_port()}")
    assert title(at) == SILENT
    assert "If it lasts, ask whoever keeps this server" in said(at)


def test_a_server_without_tables_is_told_with_the_command_that_makes_them(
    tmp_path: Path, first_load: Callable[..., AppTest]
) -> None:
    with Sqld(tmp_path) as server:
        at = first_load(TURSO_DATABASE_URL=server.url)
        assert title(at) == "The database has no tables yet"
        assert "python -m domain migrate" in said(at)
        revisions.upgrade()
        at.button(key="try-again").click().run()
        assert title(at) == "Welcome"
        engine().dispose()


@pytest.mark.parametrize(
    ("claims", "expires_in", "told"),
    [
        (None, None, "The database asks for a token"),
        ({}, -300, "This app's token for the database has expired"),
    ],
)
def test_a_token_that_is_not_taken_is_told_in_plain_words(
    claims: dict[str, str] | None, expires_in: int | None, told: str, tmp_path: Path, first_load: Callable[..., AppTest]
) -> None:
    signer = Signer()
    with Sqld(tmp_path, jwt_key=signer.public_pem) as server:
        token = {} if claims is None else {"TURSO_AUTH_TOKEN": signer.sign(claims, expires_in=expires_in)}
        at = first_load(TURSO_DATABASE_URL=server.url, **token)
        assert title(at) == told
        assert not token or token["TURSO_AUTH_TOKEN"] not in str(at)
        other = first_load(TURSO_DATABASE_URL=server.url, TURSO_AUTH_TOKEN=Signer().sign())
        assert title(other) == "The database doesn't take this app's token"


def test_the_page_speaks_the_persons_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TURSO_DATABASE_URL", f"http://127.0.0.1:{free_port()}")
    at = AppTest.from_file(str(MAIN), default_timeout=60)
    at.session_state["constela_language"] = "pt_BR"
    at.run()
    assert title(at) != SILENT
    assert not english_in(at)


# A server that goes away in the middle


@pytest.mark.parametrize(("role", "served"), [(Role.SCHOOL, "http"), (Role.STUDENT, "ws")], indirect=["served"])
def test_every_page_says_so_when_the_server_goes_away_and_is_there_again_when_it_is_back(role: Role, served: Served) -> None:
    person = Browser(served.school, role)
    for page in (each for each in pages_for(role) if each.file.is_file()):
        before = title(person.follow(page.path).at)
        served.server.kill()
        person.run()
        assert title(person.at) == SILENT, page.path
        assert KEPT in said(person.at)
        served.server.start()
        person.click("try-again")
        assert title(person.at) == before, page.path
        assert not person.has("try-again")


def test_what_was_typed_outlives_the_server_and_is_saved_once(served: Served) -> None:
    person = Browser(served.school, Role.SCHOOL).open("rooms", mode="new")
    person.put({"rooms-new-name": "Sala Ágata", "rooms-new-capacity": 7, "rooms-new-is_active": False})
    served.server.kill()
    person.click("rooms-new.save")
    assert title(person.at) == SILENT
    person.click("try-again")
    assert title(person.at) == SILENT
    served.server.start()
    person.click("try-again")
    assert any(each.startswith(SILENT) and "Nothing was saved; what you typed is kept." in each for each in person.said())
    assert (person.held("rooms-new-name"), person.held("rooms-new-capacity")) == ("Sala Ágata", 7)
    assert not person.held("rooms-new-is_active")
    assert served.asked("SELECT count(*) FROM rooms WHERE name = 'Sala Ágata'") == [(0,)]
    person.click("rooms-new.save")
    assert not person.has("rooms-new.save")
    assert served.asked("SELECT capacity, is_active FROM rooms WHERE name = 'Sala Ágata'") == [(7, 0)]


@pytest.mark.parametrize(
    ("fault", "saved", "told"),
    [
        (CUT_BEFORE, 0, "We couldn't learn whether this was saved. Look whether it is there before you try again."),
        (CUT_AFTER, 1, "We couldn't learn whether this was saved. Look whether it is there before you try again."),
    ],
)
@pytest.mark.parametrize("served", ["http"], indirect=True)
def test_a_save_whose_end_is_not_known_says_so_and_is_not_sent_twice(
    fault: Fault, saved: int, told: str, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Proxy(served.server.port) as proxy:
        monkeypatch.setenv("TURSO_DATABASE_URL", proxy.url)
        person = Browser(served.school, Role.SCHOOL).open("rooms", mode="new")
        person.put({"rooms-new-name": "Sala Ágata", "rooms-new-capacity": 7})
        proxy.when(lambda body: b'"COMMIT"' in body and b"BEGIN" not in body, fault)
        person.click("rooms-new.save")
        assert proxy.struck == [fault]
        assert any(told in each for each in person.said())
        assert person.held("rooms-new-name") == "Sala Ágata"
        assert served.asked("SELECT count(*) FROM rooms WHERE name = 'Sala Ágata'") == [(saved,)]
        engine().dispose()


@pytest.mark.parametrize("served", ["http"], indirect=True)
def test_a_save_that_breaks_off_says_that_nothing_was_saved(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    with Proxy(served.server.port) as proxy:
        monkeypatch.setenv("TURSO_DATABASE_URL", proxy.url)
        person = Browser(served.school, Role.SCHOOL).open("rooms", mode="new")
        person.put({"rooms-new-name": "Sala Ágata", "rooms-new-capacity": 7})
        proxy.when(lambda body: b"INSERT INTO rooms" in body, CUT_AFTER)
        person.click("rooms-new.save")
        assert any("Nothing was saved; what you typed is kept." in each for each in person.said())
        assert served.asked("SELECT count(*) FROM rooms WHERE name = 'Sala Ágata'") == [(0,)]
        person.click("rooms-new.save")
        assert served.asked("SELECT count(*) FROM rooms WHERE name = 'Sala Ágata'") == [(1,)]
        engine().dispose()


def test_what_was_typed_into_one_page_does_not_appear_on_another(served: Served) -> None:
    person = Browser(served.school, Role.SCHOOL).open("rooms", mode="new")
    person.put({"rooms-new-name": "Sala Ágata"})
    served.server.kill()
    person.run()
    served.server.start()
    person.at.query_params.clear()
    person.at.query_params["table"] = "rooms"
    person.run()
    assert not person.has("rooms-new-name")
    person.open("rooms", mode="new")
    assert not person.held("rooms-new-name")


def test_a_sign_in_goes_on_where_the_server_left_it(served: Served) -> None:
    at = AppTest.from_file(str(MAIN), default_timeout=60).run()
    at.text_input(key="sign-in-email").set_value("teacher@example.com")
    served.server.kill()
    at.button(key="sign-in-submit").click().run()
    assert title(at) == SILENT or any(SILENT in each.value for each in at.error)
    served.server.start()
    at.run()
    assert title(at) == "Sign in"
    assert at.text_input(key="sign-in-email").value == "teacher@example.com"
    assert state.TOKEN not in at.session_state


@pytest.mark.parametrize("served", ["http"], indirect=True)
def test_marks_that_could_not_be_saved_are_shown_and_saved_once_the_server_is_back(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = next(stopped_evening(served.school, monkeypatch))
    person = Browser(served.school, Role.TEACHER).follow("attendance")
    for name, status in (("Ana", AttendanceStatus.ABSENT), ("Bia", AttendanceStatus.PRESENT)):
        with Proxy(served.server.port) as proxy:
            monkeypatch.setenv("TURSO_DATABASE_URL", proxy.url)
            proxy.when(lambda body: b"INSERT INTO attendance" in body, CUT_AFTER)
            person.at.button_group(key=f"tap-{keys['six']}-{keys[name]}").set_value(status)
            person.run()
            assert any(f"{name} Melo: {status.label.lower()}" in each for each in person.said()), person.said()
            engine().dispose()
            monkeypatch.setenv("TURSO_DATABASE_URL", served.server.url)
    assert any("2 marks aren't saved yet" in each for each in person.said())
    assert served.asked("SELECT count(*) FROM attendance") == [(0,)]
    person.click("try-marks")
    assert not any("saved yet" in each for each in person.said())
    assert served.asked("SELECT status FROM attendance ORDER BY status") == [("absent",), ("present",)]
