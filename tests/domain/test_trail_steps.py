"""What a unit of work did, step by step: of a deletion what went along and what lost a reference, and nothing else."""

import pytest
from sqlalchemy import select

from domain.access import bulk
from domain.access.roles import Role
from domain.access.trail.models import TrailAction
from domain.access.trail.undo import Deletion, Step, deletion_of
from domain.access.uow import reading, unit_of_work
from domain.core.models import Address, User
from domain.crm.models import Lead
from domain.kit.errors import NotAllowed, NotFound
from domain.operations.models import Enrollment, Room
from domain.records import write
from domain.toolbox.models import Todo
from tests.conftest import School
from tests.domain.trailing import another_school, entries
from tests.factories.rows import Rows


def deletion(school: School, key: str, model: type = User) -> Deletion:
    with reading(school.job) as session:
        return deletion_of(session, model, key)


def said(steps: list[Step]) -> list[tuple[str, str, str]]:
    return sorted((each.action.value, each.model.__tablename__, each.key) for each in steps)


def test_of_a_unit_that_did_much_a_deletion_is_told_with_what_hung_on_it_alone(school: School) -> None:
    with unit_of_work(school.job) as session:
        rows = Rows(session.connection(), school.id)
        person, other = (rows.add("users", role="student") for _each in range(2))
        home, moved = (rows.add("addresses", user_id=person, type=kind) for kind in ("main", "billing"))
        lost, gone = (rows.add("leads", assigned_to=person) for _each in range(2))
        written, others_words = (rows.add("todos", user_id=each) for each in (person, other))
    with unit_of_work(school.job) as session:
        session.get(Room, school.room).capacity = 33
        session.get(Address, moved).user_id = other
        session.get(Todo, others_words).content = "Read."
        session.flush()
        write.remove(session, Lead, [gone])
        write.remove(session, User, [person])
    found = deletion(school, person)
    assert said(found.steps) == sorted([("D", "users", person), ("D", "addresses", home), ("U", "leads", lost)])
    assert found.steps[0].key == person, "the record itself comes first"
    assert found.lost == {"todos": 1}, "of what the trail keeps no words of, how many went: not what was only changed"
    assert written != others_words


def test_a_deletion_is_told_whole_whatever_another_school_wrote_under_the_same_numbers(school: School) -> None:
    with unit_of_work(school.job) as session:
        rows = Rows(session.connection(), school.id)
        person = rows.add("users", role="student")
        homes = [rows.add("addresses", user_id=person, type=kind) for kind in ("main", "billing")]
    with unit_of_work(school.job) as session:
        write.remove(session, User, [person])
    stranger = another_school()
    with unit_of_work(stranger) as session:
        count = len(entries(school.id)) + 5
        bulk.insert_rows(session, Room, [{"name": f"Room {at}", "capacity": 3} for at in range(count)])
    assert {each.key for each in deletion(school, person).steps} == {person, *homes}


def test_what_went_with_a_record_is_not_told_as_emptied_as_well(school: School) -> None:
    """Whoever put themself on the list for alerts is named in their line twice: it goes, and nothing is left to empty."""
    with unit_of_work(school.job) as session:
        rows = Rows(session.connection(), school.id)
        person = rows.add("users", role="school")
        line = rows.add("alert_supervisors", user_id=person, added_by=person)
    before = len(entries(school.id))
    with unit_of_work(school.job) as session:
        write.remove(session, User, [person])
    told = [(each["action"], each["table_name"]) for each in entries(school.id)[before:] if each["record_id"] == line]
    assert told == [("D", "alert_supervisors")]


def test_only_who_reads_the_trail_and_the_whole_table_learns_how_a_record_went(school: School) -> None:
    with unit_of_work(school.job) as session:
        room = write.create(session, Room, {"name": "Porão", "capacity": 3}).id
    with unit_of_work(school.job) as session:
        write.remove(session, Room, [room])
    assert said(deletion(school, room, Room).steps) == [("D", "rooms", room)]
    for role, refused in ((Role.TEACHER, NotAllowed), (Role.STUDENT, NotAllowed)):
        with pytest.raises(refused), reading(school.actor(role)) as session:
            deletion_of(session, Room, room)
    with pytest.raises(NotFound):
        deletion(school, school.room, Room)
    with unit_of_work(school.job) as session:
        [place] = session.scalars(select(Enrollment.id))
        write.remove(session, Enrollment, [place])
    assert deletion(school, place, Enrollment).steps[0].key == place
    with pytest.raises(NotFound), reading(school.actor(Role.OWNER)) as session:
        deletion_of(session, Enrollment, place)  # owners read the trail, and of enrolments none but in figures


def test_a_column_that_there_was_once_is_left_out(school: School) -> None:
    step = Step(1, "unit", TrailAction.DELETE, Room, school.room, {"name": "Sala 1", "colour_of_the_door": "blue"}, None)
    assert step.of_before() == {"name": "Sala 1"}
