"""Who holds the write lock and when; everything or nothing; nothing at all while reading."""

import sqlite3
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, update

from domain.access import bulk
from domain.access.actor import Actor
from domain.access.uow import reading, unit_of_work
from domain.core.models import User
from domain.db.engine import database_url, engine, file_path
from domain.kit.errors import InvalidInput, WrongScope
from domain.kit.ids import new_id
from domain.operations.models import Room
from tests.conftest import School


def rooms(actor: Actor) -> list[str]:
    with reading(actor) as session:
        return list(session.scalars(select(Room.id)))


def write_lock_is_free() -> bool:
    """Whether another program could begin to write this moment."""
    path = file_path(database_url())
    assert path
    other = sqlite3.connect(path, timeout=0, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")
    except sqlite3.OperationalError:
        return False
    finally:
        other.close()
    return True


def test_reading_takes_no_write_lock(school: School) -> None:
    with reading(school.job) as session:
        assert session.scalars(select(User)).all()
        assert write_lock_is_free()


def test_a_unit_of_work_holds_the_write_lock_until_its_end(school: School) -> None:
    with unit_of_work(school.job) as session:
        assert session.scalars(select(User)).all()
        assert not write_lock_is_free()
    assert write_lock_is_free()


def test_readers_see_what_was_committed_while_someone_writes(school: School) -> None:
    with unit_of_work(school.job) as writer:
        writer.add(Room(name="Lab", capacity=8))
        writer.flush()
        assert rooms(school.job) == [school.room]
    assert len(rooms(school.job)) == 2


def test_a_unit_of_work_that_fails_at_its_end_leaves_nothing(school: School) -> None:
    def writes_and_stumbles() -> None:
        with unit_of_work(school.job) as session:
            bulk.insert_rows(session, Room, [{"name": "Lab", "capacity": 8, "is_active": True}])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        writes_and_stumbles()
    assert rooms(school.job) == [school.room]
    assert write_lock_is_free()


def test_a_unit_of_work_that_the_database_refuses_leaves_nothing_and_says_it_in_the_domains_words(school: School) -> None:
    with pytest.raises(InvalidInput), unit_of_work(school.job) as session:
        session.add_all([Room(name="Lab", capacity=8), Room(name="Lab", capacity=9)])
    assert rooms(school.job) == [school.room]


def test_nothing_can_be_written_while_reading(school: School) -> None:
    with reading(school.job) as session:
        session.add(Room(name="Lab", capacity=8))
        with pytest.raises(WrongScope):
            session.flush()
    assert rooms(school.job) == [school.room]


@pytest.mark.parametrize("attempt", [bulk.insert_rows, bulk.delete_rows])
def test_nothing_can_be_written_in_bulk_while_reading(attempt: Callable[..., Any], school: School) -> None:
    batch: list[Any] = [{"name": "Lab", "capacity": 8}] if attempt is bulk.insert_rows else [school.room]
    with reading(school.job) as session, pytest.raises(WrongScope):
        attempt(session, Room, batch)
    assert rooms(school.job) == [school.room]


def test_a_record_that_is_set_to_what_it_held_is_not_written_be_its_folded_text_another(school: School) -> None:
    """Nobody has asked whether it may be: it may even be another school's."""
    table = Room.__table__
    with engine().begin() as connection:
        connection.execute(update(table).values(search_text="folded by rules of yore"))
    with unit_of_work(school.job) as session:
        room = session.get_one(Room, school.room)
        room.name = str(room.name)
    with engine().connect() as connection:
        assert connection.execute(select(table.c.row_version, table.c.search_text)).one() == (1, "folded by rules of yore")


def test_a_record_keeps_its_key(school: School) -> None:
    with pytest.raises(WrongScope), unit_of_work(school.job) as session:
        session.get_one(Room, school.room).id = new_id()
    assert rooms(school.job) == [school.room]
