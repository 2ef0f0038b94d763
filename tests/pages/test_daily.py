"""What the app does by itself once a day, beside its pages."""

import json
import threading
import time

import pytest

from domain.access.trail import retention
from domain.cli.main import main
from domain.db.engine import engine
from pages._shell import daily
from tests.conftest import School

PATIENCE = 30.0


def ran() -> bool:
    with engine().connect() as connection:
        return retention.last_run(connection) is not None


def wait() -> None:
    until = time.monotonic() + PATIENCE
    while not ran() and time.monotonic() < until:
        time.sleep(0.02)


def doctor(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    capsys.readouterr()
    main(["doctor", "--json"])
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def test_the_app_erases_daily_beside_its_pages_and_doctor_tells_when(school: School, capsys: pytest.CaptureFixture[str]) -> None:
    assert doctor(capsys)["retention"] is None
    with daily.at_work(first=0.0):
        wait()
    assert ran()
    assert "constela-daily" not in {each.name for each in threading.enumerate()}, "it ends with the app"
    assert (doctor(capsys)["retention"] is not None, doctor(capsys)["trouble"]) == (True, [])
    with engine().begin() as connection:
        connection.exec_driver_sql("UPDATE retention_runs SET at = '2026-01-01 12:00:00.000000'")
    assert "2026-01-01" in str(doctor(capsys)["trouble"])


def test_the_keeper_may_leave_it_to_something_else(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(daily.SETTING, "OFF")
    with daily.at_work(first=0.0):
        assert "constela-daily" not in {each.name for each in threading.enumerate()}
    assert not ran()


def test_what_goes_wrong_is_noted_and_tried_again(
    school: School, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    keep, tries = retention.keep, list[str]()

    def fails_at_first(key: str) -> int | None:
        tries.append(key)
        if len(tries) == 1:
            raise OSError("no words of this")
        return keep(key)

    monkeypatch.setattr(retention, "keep", fails_at_first)
    with daily.at_work(first=0.0, again=0.01):
        wait()
    assert (ran(), tries[:2]) == (True, [school.id, school.id])
    assert [each.getMessage() for each in caplog.records if "daily" in each.getMessage()] == [
        "what is done daily broke off: OSError"
    ]


def test_an_app_that_ends_begins_with_no_further_school(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, begun = list[str](), threading.Event()

    def takes_its_time(key: str) -> None:
        kept.append(key)
        begun.set()
        time.sleep(0.3)

    monkeypatch.setattr(retention, "due", lambda: ["one", "two"])
    monkeypatch.setattr(retention, "keep", takes_its_time)
    with daily.at_work(first=0.0):
        assert begun.wait(PATIENCE)
    assert kept == ["one"]
