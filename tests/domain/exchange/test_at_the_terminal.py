"""`import` and `export` at the command line: what they say, what they leave, how they end."""

from collections.abc import Callable
from pathlib import Path

import pytest

from domain.cli.main import main
from domain.db.engine import engine
from domain.exchange import jobs
from tests.conftest import School
from tests.domain.exchange.importing import book, everything, held, lines
from tests.factories.rows import Rows

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(school: School, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")

    def start(*words: str) -> tuple[int, str, str]:
        capsys.readouterr()
        try:
            code = main(words)
        except SystemExit as ending:
            code = int(ending.code or 0)
        said = capsys.readouterr()
        return code, said.out, said.err

    return start


def test_a_file_is_tried_corrected_imported_and_a_second_time_nothing_changes(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "rooms.csv"
    file.write_bytes(lines("Name,Seats,Colour", "Sala 2,ten,red", "Sala 3,20,red"))
    before = everything()
    code, out, err = run("import", "rooms", "rooms.csv")
    assert (code, everything()) == (1, before)
    assert err.splitlines() == [
        "! the file · Colour · This heading isn't known here. Please correct it, or choose to leave such columns out.",
        "! row 2 · Seats · ten · This must be a whole number.",
    ]
    assert "Nothing was imported: 1 rows can't be taken" in out

    file.write_bytes(file.read_bytes().replace(b"ten", b"10"))
    code, out, err = run("import", "rooms", "rooms.csv", "--ignore-unknown", "--dry-run")
    assert (code, err, everything()) == (0, "", before)
    assert "It would add 2, change 0 and leave 0 as they are." in out
    assert run("import", "rooms", "rooms.csv", "--ignore-unknown")[0] == 0
    assert held("rooms") == 3
    code, out, _err = run("import", "rooms", "rooms.csv", "--ignore-unknown")
    assert (code, "0 added, 0 changed, 2 as they were" in out, held("rooms")) == (0, True, 3)


def test_a_terminal_shows_how_far_it_has_come_and_a_log_nothing(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rooms = [["Name", "Seats"], ["Sala 9", 10]]
    more = [("Rooms", rooms), ("Others", [["Name", "Seats"], ["Sala 7", "many"]])]
    (tmp_path / "rooms.xlsx").write_bytes(book(["Notes"], title="Read me", more=more))
    with monkeypatch.context() as terminal:
        terminal.setattr("domain.cli.terminal.sys.stderr.isatty", lambda: True, raising=False)
        _code, out, err = run("import", "rooms", "rooms.xlsx")
    assert ("1 added" in out, "Read from the sheet “Rooms”. The file has these too: Read me, Others." in out) == (True, True)
    shown = [each for each in err.split("\r\x1b[K") if each]
    assert shown[0] == "  2% Reading the file …"
    assert len(shown) >= 4
    code, _out, err = run("import", "rooms", "rooms.xlsx", "--sheet", "Others")
    assert (code, err) == (1, "! row 2 · Seats · many · This must be a whole number.\n")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_every_list_leaves_and_comes_back_as_it_was(school: School, run: Run, tmp_path: Path, kind: str) -> None:
    for table in jobs.TABLES:
        name = f"{table}.{kind}"
        assert run("export", table, name)[0] == 0
        assert (tmp_path / name).stat().st_mode & 0o077 == 0
        if held(table):
            code, out, err = run("import", table, name)
            assert (code, "0 added, 0 changed" in out, err) == (0, True, ""), table


def test_what_can_not_be_is_wrong_usage(school: School, run: Run, tmp_path: Path) -> None:
    (tmp_path / "there.csv").write_bytes(lines("Name,Seats", "X,1"))
    for words, said in (
        (("import", "credentials", "there.csv"), "no such list"),
        (("import", "memory_nodes", "there.csv"), "no such list"),
        (("import", "safety_alerts", "there.csv"), "no such list"),
        (("import", "rooms", "nowhere.csv"), "no file"),
        (("import", "rooms", "there.csv", "--school", "nowhere"), "no such school"),
        (("export", "rooms", "there.csv"), "is there already"),
        (("export", "rooms", "rooms.pdf"), ".csv or .xlsx"),
        (("import", "rooms"), "required"),
    ):
        code, _out, err = run(*words)
        assert (code, said in err) == (2, True), (words, err)
    assert run("export", "rooms", "there.csv", "--force")[0] == 0
    assert "Sala 1" in (tmp_path / "there.csv").read_text(encoding="utf-8-sig")
    (tmp_path / "picture.csv").write_bytes(b"\x89PNG\r\n\x1a\n")
    code, _out, err = run("import", "rooms", "picture.csv")
    assert (code, "neither a CSV nor an Excel file" in err) == (1, True)


def test_where_there_are_several_schools_one_is_named_and_the_other_left_alone(school: School, run: Run, tmp_path: Path) -> None:
    with engine().begin() as connection:
        other = Rows(connection, Rows(connection).add("organizations"))
        other.add("rooms", name="Sala Secreta")
    (tmp_path / "rooms.csv").write_bytes(lines("Name,Seats", "Sala Secreta,5"))
    assert run("import", "rooms", "rooms.csv")[0] == 2
    assert run("import", "rooms", "rooms.csv", "--school", "escola-aurora")[0] == 0
    assert run("export", "rooms", "out.csv", "--school", "escola-aurora")[0] == 0
    assert (tmp_path / "out.csv").read_text(encoding="utf-8-sig").count("Sala") == 2
