"""Who waits for an import hears how far it is, within each of its stages; who stops waiting leaves nothing half-done."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from domain.access.actor import Actor
from domain.db import columnwise
from domain.exchange.imports import going, importing, matching, sheet, writing
from domain.exchange.imports.draft import Options
from domain.exchange.imports.going import BEGUN
from domain.kit.texts import set_language
from domain.operations.models import Room
from tests.conftest import School
from tests.domain.exchange.importing import book, everything, held, lines

ROOMS = lines("Name,Seats", *(f"Sala {number:02},10" for number in range(2, 47)))


class Left(BaseException):
    """What a page that is closed or clicked ends its script with."""


@pytest.fixture
def coordination(school: School) -> Actor:
    return school.actor("school")


@pytest.fixture
def told_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten rows are many, and every step is worth a sentence."""
    for module, name in ((sheet, "TOLD_EACH"), (columnwise, "AT_ONCE"), (matching, "READ_AT_ONCE"), (writing, "MOST_AT_ONCE")):
        monkeypatch.setattr(module, name, 10)
    monkeypatch.setattr(going, "OFTEN", 0)


def test_progress_is_told_within_each_stage_in_the_language_of_who_waits(
    school: School, coordination: Actor, told_often: None
) -> None:
    told: list[tuple[float, str]] = []

    def going_on(work: Callable[..., Any], data: bytes) -> list[str]:
        told.clear()
        work(coordination, Room, data, Options(), progress=lambda *each: told.append(each))
        shares = [share for share, _said in told]
        assert shares == sorted(shares)
        assert 0 < shares[0] < shares[-1] < 1
        return [said for _share, said in told]

    assert {
        "Reading the file …",
        "Reading the file: 40 rows so far",
        "Checking “Seats” …",
        "Trying it: 10 of 45 rows",
        "Looking at what all of it makes of the school …",
    } <= set(going_on(importing.preview, ROOMS))
    workbook = book(*([cell.decode() for cell in line.split(b",")] for line in ROOMS.splitlines()))
    assert "Reading the file: 40 rows so far" in going_on(importing.preview, workbook)
    set_language("pt_BR")
    said = going_on(importing.run, ROOMS)
    assert {"Verificando “Seats” …", "Gravando: 40 de 45 linhas", "Gravando o histórico: 40 de 44 linhas"} <= set(said)
    assert not set(BEGUN.values()) & set(said)
    changed = ROOMS.replace(b",10", b",11")
    set_language("en")
    assert {
        "Comparing it with what is there: 40 of 45 rows",
        "Looking whether what is there may be changed …",
        "Trying it: 9 of 45 rows",
    } <= set(going_on(importing.preview, changed))


def test_who_stops_waiting_leaves_nothing_half_done(school: School, coordination: Actor, told_often: None) -> None:
    steps: list[str] = []
    importing.preview(coordination, Room, ROOMS, Options(), progress=lambda _share, said: steps.append(said))
    before = everything()
    for number in range(1, 100):
        heard = iter(range(number))

        def leave(_share: float, _said: str, heard: Iterator[int] = heard) -> None:
            if next(heard, None) is None:
                raise Left

        with suppress(Left):
            importing.run(coordination, Room, ROOMS, Options(), progress=leave)
            break
        assert everything() == before, number
    assert number > len(steps)  # the history comes in addition, and was left as well
    assert held("rooms") == before["rooms"] + 45
