"""The matrix: each role does each thing to rows of every kind in every table; what must come of it stands in docs/security.md."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from domain.access.roles import Role
from domain.db.base import Base
from domain.db.engine import engine
from tests.domain.rights import tries
from tests.domain.rights.expected import expected, locks
from tests.domain.rights.making import make_world
from tests.domain.rights.world import KINDS, World

EXPECTED, LOCKS = expected(), locks()
TABLES = sorted(Base.metadata.tables)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, empty_file: Path) -> Iterator[World]:
    """Both schools, in one database for the module: every try is taken back."""
    path = tmp_path_factory.mktemp("matrix") / "constela.db"
    shutil.copy(empty_file, path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TURSO_DATABASE_URL", f"file:{path}")
        with engine().begin() as connection:
            made = make_world(connection)
        yield made
        engine().dispose()


def cell(world: World, table: str, role: Role) -> tries.Cell:
    return tries.Cell(world, table, role, EXPECTED[table][role], LOCKS.get(table))


def test_every_table_has_a_line_and_every_line_a_table() -> None:
    assert sorted(EXPECTED) == TABLES


def test_every_kind_of_row_that_the_page_names_is_known() -> None:
    assert {each.rows for line in EXPECTED.values() for entries in line.values() for each in entries} <= set(KINDS)


@pytest.mark.parametrize("table", sorted(EXPECTED))
def test_each_role_may_do_with_a_table_what_the_page_says_and_nothing_else(
    table: str, world: World, record_property: Callable[[str, object], None]
) -> None:
    tally = tries.Tally()
    for role in Role:
        for attempt in (
            tries.try_reading,
            tries.try_counting,
            tries.try_creating,
            tries.try_changing,
            tries.try_deleting,
            tries.try_erasing,
            tries.try_moving,
        ):
            attempt(cell(world, table, role), tally)
    record_property("cells", tally.tried)  # a report (--junitxml) tells how many there were
    assert not tally.wrong, f"{len(tally.wrong)} of {tally.tried} cells:\n" + "\n".join(tally.wrong[:40])


@pytest.mark.parametrize("role", [each for each in Role if each is not Role.OWNER])
def test_nobody_makes_themself_or_another_an_owner(role: Role, world: World) -> None:
    tally = tries.Tally()
    tries.try_becoming_owner(cell(world, "users", role), tally)
    assert tally.wrong == []


def test_no_try_left_anything_behind(world: World) -> None:
    with engine().connect() as connection:
        for table, rows in world.rows.items():
            found = connection.execute(select(Base.metadata.tables[table])).mappings()
            assert {row["id"]: dict(row) for row in found} == {key: row.values for key, row in rows.items()}, table
