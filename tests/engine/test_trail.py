"""The trail under many writers at once, on a file and on servers: no gap, no fork, and the chain verifies."""

import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from domain.access import bulk
from domain.access.actor import Actor
from domain.access.roles import Role
from domain.access.trail.emptying import JOB, empty_older
from domain.access.trail.integrity import EMPTIED_UNSAID, Chain, verify
from domain.access.trail.reading import history
from domain.access.trail.writing import written
from domain.access.uow import reading, unit_of_work
from domain.crm.models import Lead
from domain.curriculum.models import CourseType
from domain.db.engine import engine
from domain.db.meter import metered
from domain.kit.errors import DomainError
from domain.migrations import state
from domain.operations.models import Room
from domain.records import write
from domain.records.undo import undo
from tests.engine.servers import Sqld
from tests.factories.rows import Rows

THREADS, UNITS = 8, 6


@pytest.fixture(params=["file", "http", "ws"])
def schools(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Two schools in a database of the test's own, which the environment names."""
    if request.param == "file":
        url = f"file:{tmp_path / 'constela.db'}"
    else:
        server: Sqld = request.getfixturevalue("namespace_server")
        name = f"trail-{secrets.token_hex(4)}"
        server.create_namespace(name)
        url = f"{request.param}://127.0.0.1:{server.port}/?namespace={name}"
    monkeypatch.setenv("TURSO_DATABASE_URL", url)
    state.upgrade()
    with engine().begin() as connection:
        made = [Rows(connection).organization_id for _each in range(2)]
    yield made
    engine().dispose()
    if request.param != "file":
        server.drop_namespace(name)


def walked() -> dict[str, Chain]:
    with engine().connect().execution_options(libsql_readonly=True) as connection:
        return {chain.organization_id: chain for chain in verify(connection)}


def numbers(school: str) -> list[int]:
    with engine().connect().execution_options(libsql_readonly=True) as connection:
        found = connection.exec_driver_sql("SELECT number FROM trail_entries WHERE organization_id = ? ORDER BY rowid", (school,))
        return [row[0] for row in found]


def test_eight_writers_in_two_schools_leave_two_chains_without_a_gap(schools: list[str]) -> None:
    def work(at: int) -> int:
        actor = Actor.system(schools[at % 2], "test")
        done = 0
        for turn in range(UNITS):
            try:
                with unit_of_work(actor) as session:
                    room = write.create(session, Room, {"name": f"Sala {at}-{turn}", "capacity": 5})
                    room.capacity = 6
                    session.flush()
                    if turn % 3 == 2:
                        write.create(session, Room, {"name": f"Sala {at}-{turn}", "capacity": 5})
                done += 1
            except DomainError:
                pass  # every third unit is refused, and leaves nothing
        return done

    with ThreadPoolExecutor(THREADS) as pool:
        done = sum(pool.map(work, range(THREADS)))
    assert done == THREADS * UNITS * 2 // 3
    found = walked()
    for school in schools:
        assert numbers(school) == list(range(1, done + 1)), "two entries for each of half of the units"
        assert (found[school].faults, found[school].head.number) == ([], done)


def test_a_unit_of_one_change_waits_twice_more(schools: list[str]) -> None:
    actor = Actor.system(schools[0], "test")
    with unit_of_work(actor) as session:
        key = write.create(session, CourseType, {"code": "um", "name": "Um"}).id
    with metered() as meter, unit_of_work(actor) as session:
        session.get(CourseType, key).name = "Dois"
    assert meter.statements == 4, "the record, the change, the values, the entry"
    with reading(actor) as session:
        told = history(session, CourseType, key)[0].differences
        assert [(each.column, each.before, each.after) for each in told] == [("name", "Um", "Dois")]


def test_batches_and_what_goes_along_are_told_alike_everywhere(schools: list[str]) -> None:
    actor = Actor.system(schools[0], "test")
    with unit_of_work(actor) as session:
        keys = bulk.insert_rows(session, Room, [{"name": f"Sala {at}", "capacity": 5} for at in range(1100)])
        rows = Rows(session.connection(), schools[0])
        lead = rows.add("leads")
        rows.add("lead_interactions", lead_id=lead)
    with unit_of_work(actor) as session:
        assert bulk.update_rows(session, Room, keys, {"capacity": 7}) == 1100
        write.remove(session, Lead, [lead])
    found = walked()[schools[0]]
    assert (found.faults, found.entries) == ([], 2 + 2 + 2)
    with reading(actor) as session:
        assert [each.action for each in history(session, Room, keys[1050])] == ["U", "C"]


def test_the_triggers_hold_everywhere(schools: list[str]) -> None:
    actor = Actor.system(schools[0], "test")
    with unit_of_work(actor) as session:
        write.create(session, Room, {"name": "Um", "capacity": 5})
    for statement in ("UPDATE trail_entries SET job = 'x'", "DELETE FROM trail_entries", "DELETE FROM trail_values"):
        with pytest.raises(Exception, match="append only"), engine().begin() as connection:
            connection.exec_driver_sql(statement)
    with engine().begin() as connection:
        connection.exec_driver_sql("UPDATE trail_values SET before = NULL, after = NULL, salt = NULL")
    found = walked()[schools[0]]
    assert ([each.source for each in found.faults], found.emptied) == ([EMPTIED_UNSAID], 1)


def test_retention_empties_everywhere_and_the_chain_verifies(schools: list[str]) -> None:
    actor = Actor.system(schools[0], JOB)
    with unit_of_work(Actor.system(schools[0], "test")) as session:
        keys = [write.create(session, Room, {"name": name, "capacity": 5}).id for name in ("Um", "Dois")]
    with engine().begin() as connection:
        assert empty_older(connection, actor, 0) == len(keys)
    found = walked()[schools[0]]
    assert (found.faults, found.emptied, found.said) == ([], 2, 2)


def test_many_records_are_changed_and_changed_back_in_as_few_questions_as_few(schools: list[str]) -> None:
    with engine().begin() as connection:
        person = Rows(connection, schools[0]).add("users", role=Role.SCHOOL)
    actor, costs = Actor(organization_id=schools[0], user_id=person, role=Role.SCHOOL, roles=(Role.SCHOOL,)), []
    for count in (5, 200):
        with engine().begin() as connection:
            rows = Rows(connection, schools[0])
            keys = [rows.add("rooms", name=f"{count}.{at}", capacity=at + 1) for at in range(count)]
        with metered() as there, unit_of_work(actor) as session:
            write.update_many(session, Room, keys, {"capacity": 999})
        what = written(session)
        assert what is not None
        with metered() as back, unit_of_work(actor) as session:
            assert undo(session, what) == count
        costs.append((there.statements, there.round_trips, back.statements, back.round_trips))
    assert costs[0] == costs[1]
