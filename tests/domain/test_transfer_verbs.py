"""The verbs copy, backup, restore and digest, as they are typed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from domain.cli.main import main
from domain.db.engine import engine
from domain.transfer.place import Place
from tests.factories.copies import digest_of


@pytest.fixture
def verb(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Any]:
    """Run a verb as a person types it: exit code, what it said, what it complained about."""

    def run(*arguments: object, url: str = "") -> tuple[int, str, str]:
        monkeypatch.setenv("LC_ALL", "C.UTF-8")
        monkeypatch.setenv("TURSO_DATABASE_URL", url)
        capsys.readouterr()
        try:
            code = main([str(each) for each in arguments])
        except SystemExit as ending:
            code = int(ending.code or 0)
        said = capsys.readouterr()
        return code, said.out, said.err

    yield run
    engine().dispose()


def test_the_verbs_say_rows_seconds_and_one_digest_for_all_ways(verb: Any, demo_file: Path, tmp_path: Path) -> None:
    whole = digest_of(demo_file).whole
    copied, kept, restored = (tmp_path / name for name in ("copied.db", "kept.db", "restored.db"))
    for arguments, url in (
        (("copy", f"file:{demo_file}", f"file:{copied}"), ""),
        (("backup", kept), f"file:{copied}"),
        (("restore", kept), f"file:{restored}"),
        (("digest",), f"file:{restored}"),
        (("digest", f"file:{copied}"), ""),
    ):
        code, said, complained = verb(*arguments, url=url)
        assert (code, complained) == (0, "")
        assert said.split()[-1] == whole


def test_refusals_end_with_1_and_wrong_usage_with_2(verb: Any, demo_file: Path, tmp_path: Path) -> None:
    address, new = f"file:{demo_file}", f"file:{tmp_path}/new.db"
    assert verb("copy", address, address)[0] == 1
    assert verb("copy", f"file:{tmp_path}/nowhere.db", new)[0] == 1
    assert verb("backup", tmp_path / "kept.db", url=f"file:{tmp_path}/nowhere.db")[0] == 1
    assert verb("restore", tmp_path / "nowhere.db", url=new)[0] == 1
    assert verb("digest", f"file:{tmp_path}/nowhere.db")[0] == 1
    for wrong in (
        ("copy",),
        ("copy", address),
        ("copy", demo_file, new),
        ("copy", address, "nonsense"),
        ("backup",),
        ("restore",),
    ):
        assert verb(*wrong)[0] == 2
    assert list(tmp_path.iterdir()) == []


def test_a_token_on_the_command_line_is_refused_and_not_repeated(verb: Any, demo_file: Path) -> None:
    for secret in ("libsql://host.example/?authToken=sesame", "https://user:sesame@host.example"):
        code, said, complained = verb("copy", f"file:{demo_file}", secret)
        assert code == 2
        assert "TURSO_AUTH_TOKEN" in complained
        assert "sesame" not in said + complained


def test_an_interrupted_copy_ends_with_plain_words_and_can_be_taken_up(
    verb: Any, demo_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(share: float, _word: str) -> None:
        if share > 0.5:
            raise KeyboardInterrupt

    target = f"file:{tmp_path}/copy.db"
    with monkeypatch.context() as patch:
        patch.setattr("domain.cli.transfer._show", interrupt)
        code, said, complained = verb("copy", f"file:{demo_file}", target)
    assert (code, said) == (1, "")
    assert "Interrupted" in complained
    code, said, _complained = verb("copy", f"file:{demo_file}", target)
    assert code == 0
    assert "Taken up" in said


def test_a_place_shows_neither_token_nor_password() -> None:
    place = Place("https://ana:sesame@host.example:8080/?namespace=aurora&authToken=secret", token="dear")
    assert str(place) == "https://host.example:8080/?namespace=aurora"
    assert "dear" not in repr(place)
