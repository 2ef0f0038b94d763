"""Jobs of the system have the rights that docs/security.md gives them by hand, and no other."""

from pathlib import Path

import pytest
from sqlalchemy import select

from domain.access import bulk
from domain.access.actor import Actor
from domain.access.decide import decide
from domain.access.grants import ACTIONS, RIGHTS
from domain.access.uow import reading, unit_of_work
from domain.core.models import User
from domain.db.base import Base
from domain.kit.errors import NotAllowed, WrongScope
from domain.operations.models import Room
from domain.records import write
from tests.conftest import School

OTHER = "01J0000000000000000000000A"  # the key of no school
PAGE = Path(__file__).parents[3] / "docs" / "security.md"


def stated() -> dict[str, dict[str, set[str]]]:
    """By job and table, the letters that the page gives."""
    section = PAGE.read_text(encoding="utf-8").split("## What jobs of the system may do\n")[1].split("\n## ")[0]
    found: dict[str, dict[str, set[str]]] = {}
    for line in section.splitlines():
        if line.startswith("| ") and not line.startswith("| job "):
            job, table, said = (each.strip() for each in line.strip("| ").split("|"))
            rows, letters = said.split()
            assert rows == "every"
            found.setdefault(job, {})[table] = set(letters)
    return found


def test_the_page_names_every_job() -> None:
    assert set(stated()) == set(RIGHTS.jobs) - {"test"}


@pytest.mark.parametrize("job", [*stated(), "a job that nobody named"])
def test_a_job_may_do_what_the_page_says_and_nothing_else(job: str) -> None:
    actor, said = Actor.system("a school", job), stated().get(job, {})
    for table in Base.metadata.tables:
        assert {letter for letter in ACTIONS if decide(actor, letter, table)} == said.get(table, set()), table


def test_a_job_that_nobody_named_reads_and_writes_nothing(school: School) -> None:
    stranger = Actor.system(school.id, "stranger")
    with reading(stranger) as session:
        assert session.scalars(select(User)).all() == []
    with pytest.raises(NotAllowed), unit_of_work(stranger) as session:
        write.create(session, Room, {"name": "Porão", "capacity": 3})
    with pytest.raises(NotAllowed), unit_of_work(stranger) as session:
        bulk.insert_rows(session, Room, [{"name": "Porão", "capacity": 3}])


def test_the_command_line_deletes_nobody_and_moves_nobody_to_another_school(school: School) -> None:
    keeper = Actor.system(school.id, "command line")
    with pytest.raises(NotAllowed), unit_of_work(keeper) as session:
        write.remove(session, User, [school.people["student"]])
    with pytest.raises(WrongScope), unit_of_work(keeper) as session:
        session.scalars(select(User).where(User.id == school.people["student"])).one().organization_id = OTHER


def test_a_job_stays_within_its_school(school: School) -> None:
    with reading(Actor.system(OTHER, "command line")) as session:
        assert session.scalars(select(User)).all() == []
