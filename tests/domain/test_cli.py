"""The verbs of `python -m domain`, run as a person runs them: what they say, what they leave, how they end."""

import io
import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from domain.access.roles import Role
from domain.access.second_factor import Need
from domain.access.sign_in import Account, begin, check_password
from domain.cli.main import main
from domain.db.engine import engine
from domain.migrations import state
from tests.conftest import PASSWORD, School
from tests.factories.authenticator import give_phone
from tests.factories.rows import Rows

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Ended:
    """How a verb ended, and what it said."""

    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., Ended]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a verb in this process, on a file that isn't there yet unless a URL is given."""

    def start(*arguments: str, url: str | None = None) -> Ended:
        monkeypatch.setenv("TURSO_DATABASE_URL", url or f"file:{tmp_path}/new/constela.db")
        monkeypatch.setenv("LC_ALL", "C.UTF-8")
        monkeypatch.setattr(sys, "stdin", io.StringIO())
        capsys.readouterr()
        try:
            code = main(arguments)
        except SystemExit as ending:  # how argparse ends
            code = int(ending.code or 0)
        said = capsys.readouterr()
        return Ended(code, said.out, said.err)

    return start


@pytest.fixture
def typed(tmp_path: Path) -> Run:
    """Run a verb as a person does, in a process of its own."""

    def start(*arguments: str, url: str | None = None) -> Ended:
        place = url or f"file:{tmp_path}/new/constela.db"
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "TURSO_DATABASE_URL": place, "LC_ALL": "C.UTF-8"}
        done = subprocess.run(
            [sys.executable, "-m", "domain", *arguments],
            check=False,
            cwd=tmp_path,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    return start


def shown_password(output: str) -> str:
    found = re.search(r"shown this once: (\S+)", output)
    assert found
    return found[1]


def test_migrate_makes_a_database_in_a_folder_that_is_not_there_yet_and_again_changes_nothing(typed: Run, tmp_path: Path) -> None:
    first, second = typed("migrate"), typed("migrate")
    assert (first.returncode, second.returncode) == (0, 0)
    assert state.head() in first.stdout
    assert "already" in second.stdout
    with sqlite3.connect(tmp_path / "new" / "constela.db") as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(state.head(),)]


def test_migrate_check_finds_migrations_and_models_in_step(typed: Run, tmp_path: Path) -> None:
    done = typed("migrate", "--check")
    assert (done.returncode, done.stdout) == (0, "Migrations and models are in step.\n")
    assert not (tmp_path / "new").exists()


def test_migrate_if_file_is_quiet_where_the_database_is_a_server(run: Run) -> None:
    done = run("migrate", "--if-file", url="libsql://nowhere.example")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("nonsense",),
        ("migrate", "--nonsense"),
        ("demo", "--students", "many"),
        ("demo", "--students", "0"),
        ("demo", "--today", "yesterday"),
        ("demo", "--today", "2026-02-30"),
        ("user",),
        ("user", "create", "ana@example.com"),
        ("user", "create", "ana@example.com", "--first-name", "Ana", "--last-name", "Reis", "--role", "king"),
    ],
)
def test_wrong_usage_ends_with_2_and_says_how(arguments: tuple[str, ...], run: Run) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert "usage: python -m domain" in done.stderr


def test_wrong_usage_and_a_database_out_of_reach_end_alike_in_a_process_of_their_own(typed: Run) -> None:
    assert typed("nonsense").returncode == 2
    unreachable = typed("migrate", url="libsql://nowhere.example")
    assert unreachable.returncode == 1
    assert "Traceback" not in unreachable.stderr


def test_a_database_that_cannot_be_opened_is_told_in_plain_words(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    (tmp_path / "not-a-database.db").write_bytes(b"something else entirely " * 100)
    for place in (f"file:{tmp_path}/file/constela.db", f"file:{tmp_path}/not-a-database.db", "libsql://nowhere.example"):
        done = run("migrate", url=place)
        assert done.returncode == 1
        assert "database" in done.stderr
        assert done.stdout == ""


def test_doctor_says_that_there_is_no_database_yet_and_makes_none(run: Run, tmp_path: Path) -> None:
    done = run("doctor")
    assert done.returncode == 1
    assert "python -m domain migrate" in done.stdout
    assert not (tmp_path / "new").exists()


def test_doctor_finds_a_sound_database_well(run: Run) -> None:
    run("migrate")
    done = run("doctor")
    assert done.returncode == 0
    assert done.stdout.rstrip().endswith("All is well.")


def test_doctor_tells_a_program_the_same_as_json(typed: Run) -> None:
    typed("migrate")
    done = typed("doctor", "--json")
    found = json.loads(done.stdout)
    assert done.returncode == 0
    assert (found["reachable"], found["in_step"], found["journal_mode"], found["trouble"]) == (True, True, "wal", [])
    assert found["revision"] == found["wanted_revision"] == state.head()
    assert found["counts"]["users"] == 0
    assert len(found["counts"]) >= 60
    assert {"python", "sqlite", "constela", "streamlit", "sqlalchemy"} <= found["versions"].keys()
    assert found["free_disk_bytes"] > 0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("DROP TRIGGER tr_memory_audit_log_no_update", "missing: trigger tr_memory_audit_log_no_update"),
        ("UPDATE alembic_version SET version_num = 'later'", "newer version"),
        ("DELETE FROM alembic_version", "python -m domain migrate"),
    ],
)
def test_doctor_finds_what_is_wrong(change: str, said: str, run: Run, tmp_path: Path) -> None:
    run("migrate")
    with sqlite3.connect(tmp_path / "new" / "constela.db") as connection:
        connection.execute(change)
    done = run("doctor", "--json")
    found = json.loads(done.stdout)
    assert (done.returncode, found["in_step"]) == (1, False)
    assert any(said in line for line in found["trouble"])


def test_doctor_keeps_a_token_in_a_url_to_itself(run: Run) -> None:
    done = run("doctor", "--json", url="libsql://user:sesame@host.example/?authToken=topsecret")
    assert done.returncode == 1
    assert "sesame" not in done.stdout + done.stderr
    assert "topsecret" not in done.stdout + done.stderr


@pytest.fixture
def place(school: School) -> str:
    """The small school's database."""
    return f"file:{engine().url.database}"


def test_user_create_makes_a_person_who_can_sign_in_with_the_password_shown_once(typed: Run, place: str, school: School) -> None:
    options = ("--first-name", "Ana", "--last-name", "Reis", "--role", "school", "--role", "owner")
    done = typed("user", "create", "Ana@Example.com", *options, url=place)
    assert done.returncode == 0
    [account] = _signed(place, "ana@example.com", shown_password(done.stdout))
    assert (account.role, set(account.roles)) == (Role.SCHOOL, {Role.SCHOOL, Role.OWNER})


def test_user_create_refuses_what_a_form_would_refuse_and_makes_nobody(run: Run, place: str) -> None:
    options = ("--first-name", "Ana", "--last-name", "Reis", "--role", "staff")
    for email in ("teacher@example.com", "nobody"):
        done = run("user", "create", email, *options, url=place)
        assert done.returncode == 1
        assert "email" in done.stderr
        assert "shown this once" not in done.stdout


def test_user_reset_password_replaces_the_old_one(run: Run, place: str, school: School) -> None:
    done = run("user", "reset-password", " Teacher@example.com", "--generate", url=place)
    assert done.returncode == 0
    assert len(_signed(place, "teacher@example.com", shown_password(done.stdout))) == 1
    assert _signed(place, "teacher@example.com", PASSWORD) == []


def test_user_disable_stops_a_person_from_signing_in(run: Run, place: str, school: School) -> None:
    assert run("user", "disable", "teacher@example.com", url=place).returncode == 0
    assert _signed(place, "teacher@example.com", PASSWORD) == []


def test_user_disable_leaves_the_last_owner_who_can_sign_in(run: Run, place: str, school: School) -> None:
    assert run("user", "disable", "owner@example.com", url=place).returncode == 0
    refused = run("user", "disable", "school@example.com", url=place)
    assert refused.returncode == 1
    assert "Nobody else who can sign in holds the role" in refused.stderr
    assert _signed(place, "school@example.com", PASSWORD)


def test_user_reset_second_factor_takes_a_lost_one_away(run: Run, place: str, school: School) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TURSO_DATABASE_URL", place)
        give_phone(school.people[Role.TEACHER])
        [account] = check_password("teacher@example.com", PASSWORD)
        assert [each.need for each in begin([account])] == [Need.CODE]
    done = run("user", "reset-second-factor", "teacher@example.com", url=place)
    assert (done.returncode, done.stdout.strip()) == (
        0,
        "teacher@example.com has no second factor any more, and was signed out everywhere.",
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TURSO_DATABASE_URL", place)
        assert [each.need for each in begin([account])] == [Need.NOTHING]
    assert run("user", "reset-second-factor", "teacher@example.com", url=place).returncode == 1


def test_an_unknown_person_or_school_is_wrong_usage(run: Run, place: str) -> None:
    assert run("user", "disable", "nobody@example.com", url=place).returncode == 2
    assert run("user", "disable", "teacher@example.com", "--school", "elsewhere", url=place).returncode == 2


def test_an_email_that_two_schools_know_asks_which_and_changes_the_one_named(run: Run, place: str, school: School) -> None:
    with engine().begin() as connection:
        Rows(connection).add("users", email="teacher@example.com")
        slug = connection.exec_driver_sql("SELECT slug FROM organizations WHERE id = ?", (school.id,)).scalar_one()
    asked = run("user", "disable", "teacher@example.com", url=place)
    assert asked.returncode == 2
    assert slug in asked.stderr
    assert run("user", "disable", "teacher@example.com", "--school", slug, url=place).returncode == 0
    with engine().connect() as connection:
        active = dict(
            connection.exec_driver_sql("SELECT organization_id, is_active FROM users WHERE email = 'teacher@example.com'").all()
        )
    assert active.pop(school.id) == 0
    assert set(active.values()) == {1}


def _signed(place: str, email: str, password: str) -> list[Account]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TURSO_DATABASE_URL", place)
        return check_password(email, password)
