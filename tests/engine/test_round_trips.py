"""What the app costs on a server: the round trips that somebody waits for, and that nothing is shown that is no longer so."""

import secrets
from collections.abc import Iterator

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from domain.access.roles import Role
from domain.access.uow import reading, unit_of_work
from domain.core.models import User
from domain.db.engine import engine, make_engine
from domain.db.gather import gather
from domain.db.meter import metered
from domain.migrations import state
from domain.operations.models import Room
from tests.conftest import School, make_school
from tests.engine.servers import Sqld
from tests.pages import walks
from tests.pages.browser import Browser

TABLE_PAGE, HOME = 3, 4  # round trips at most


@pytest.fixture(scope="module")
def filled(namespace_server: Sqld) -> Iterator[tuple[str, School]]:
    """A filled school in a database of this file's own on a server: its URL, and the school."""
    name = f"trips-{secrets.token_hex(4)}"
    url = namespace_server.create_namespace(name)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TURSO_DATABASE_URL", url)
        state.upgrade()
        school = make_school()
        walks.fill(school)
        yield url, school
        engine().dispose()
    namespace_server.drop_namespace(name)


@pytest.fixture
def school(filled: tuple[str, School], monkeypatch: pytest.MonkeyPatch) -> Iterator[School]:
    """The school, and the app in development on the server."""
    url, made = filled
    monkeypatch.setenv("TURSO_DATABASE_URL", url)
    for _once in walks.counting(monkeypatch):
        yield made


def number(session: Session, value: int) -> int:
    return int(session.execute(select(text(":value")).params(value=value)).scalar_one())


@pytest.fixture
def session(school: School) -> Iterator[Session]:
    with Session(engine().execution_options(libsql_readonly=True)) as opened:
        yield opened


@pytest.mark.parametrize("name", walks.WALKS)
def test_a_page_costs_few_round_trips(name: str, school: School) -> None:
    role, steps = walks.WALKS[name]
    found = walks.costs(school, role, steps(school))
    trips = {each: cost.round_trips for each, cost in found.items()}
    assert trips == {each: cost.waits for each, cost in found.items()}, "each wait is a round trip"
    for step in steps(school):
        assert trips[step.name] <= (step.most if step.is_new else 1), (step.name, found[step.name])
    if steps is walks.WALKS["a table page"][1]:
        assert max(trips.values()) <= TABLE_PAGE
    if name.startswith("home"):
        assert max(trips.values()) <= HOME


def test_reads_that_are_gathered_ride_in_one_request(session: Session) -> None:
    with metered() as meter:
        assert gather(session, *(lambda value=value: number(session, value) for value in range(20))) == tuple(range(20))
    assert (meter.statements, meter.waits, meter.round_trips) == (20, 1, 1)


def test_nested_gatherings_ride_with_what_is_beside_them(session: Session) -> None:
    def both() -> tuple[int, int]:
        return gather(session, lambda: number(session, 1), lambda: number(session, 2))

    def then() -> tuple[int, int]:
        first = number(session, 7)
        return gather(session, lambda: number(session, first + 1), lambda: number(session, first + 2))

    with metered() as meter:
        assert gather(session, both, lambda: number(session, 3), then, lambda: "nothing", both) == (
            (1, 2),
            3,
            (8, 9),
            "nothing",
            (1, 2),
        )
    assert (meter.statements, meter.waits, meter.round_trips) == (8, 2, 2)


def test_a_gathering_in_a_unit_of_work_sees_what_was_written(school: School) -> None:
    with unit_of_work(school.actor(Role.SCHOOL)) as session:
        session.execute(select(Room)).scalars().first().name = "Sala Nova"  # type: ignore[union-attr]
        session.flush()
        names = gather(
            session, lambda: session.scalars(select(Room.name)).all(), lambda: session.scalars(select(Room.capacity)).all()
        )
        session.rollback()
    assert "Sala Nova" in names[0]


def test_a_read_that_fails_says_so_and_spoils_nothing_beside_it(session: Session) -> None:
    with pytest.raises(DatabaseError, match="nowhere"):
        gather(session, lambda: number(session, 1), lambda: session.execute(text("SELECT * FROM nowhere")).all())
    assert gather(session, lambda: number(session, 1), lambda: number(session, 2)) == (1, 2)


def test_a_read_whose_first_statement_changes_is_still_right(session: Session) -> None:
    values = iter(range(100))
    assert gather(session, lambda: number(session, next(values)), lambda: number(session, 50))[1] == 50


def test_what_another_program_writes_is_seen_in_the_next_run(school: School, filled: tuple[str, School]) -> None:
    browser = Browser(school, Role.SCHOOL).open("rooms")
    assert "Porão" not in list(browser.grid("rooms")["name"])
    other = make_engine(filled[0])
    with other.begin() as connection:
        room = Room.__table__
        connection.execute(update(room).where(room.c.id == school.room).values(name="Porão"))
    other.dispose()
    assert "Porão" in list(browser.run().grid("rooms")["name"])


def test_what_a_person_saves_is_seen_in_the_next_run(school: School) -> None:
    browser = Browser(school, Role.SCHOOL).open("rooms", record=school.room, mode="edit")
    browser.put({f"rooms-{school.room}-capacity": 31}).click(f"rooms-{school.room}.save")
    assert browser.grid("rooms").loc[school.room, "capacity"] == "31"


def test_whoever_is_disabled_is_out_in_the_next_run(school: School, filled: tuple[str, School]) -> None:
    browser = Browser(school, Role.STAFF).open("leads")
    browser.run()
    other = make_engine(filled[0])
    users = User.__table__
    with other.begin() as connection:
        connection.execute(update(users).where(users.c.id == school.people[Role.STAFF]).values(is_active=False))
    try:
        assert browser.run().has("grid-leads") is False
    finally:
        with other.begin() as connection:
            connection.execute(update(users).where(users.c.id == school.people[Role.STAFF]).values(is_active=True))
        other.dispose()


def test_a_reading_asks_nothing_to_end(school: School) -> None:
    with metered() as meter, reading(school.actor(Role.SCHOOL)) as session:
        session.scalars(select(Room.name)).all()
    assert (meter.statements, meter.round_trips) == (1, 1)
