"""A coordinator who is a guardian too: their own family link takes another hand, and what was withheld stays so when it ends."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from domain.access.actor import Actor
from domain.access.bulk import change_rows, delete_rows, insert_rows, update_rows
from domain.access.roles import Role
from domain.access.trail.writing import written
from domain.access.uow import reading, unit_of_work
from domain.core.models import Family, User
from domain.core.service import OWN_LINK, OwnLink
from domain.db.base import model_of
from domain.db.engine import engine
from domain.kit.errors import InvalidInput, NotAllowed, WrongScope
from domain.records import write
from domain.records.clashes import CannotComeBack
from domain.records.locks import READ_ONLY, find, refusal
from domain.records.undo import bring_back, undo
from domain.supervision.enums import HomeConcern
from domain.supervision.releasing import hold
from tests.conftest import School
from tests.domain.supervision import care
from tests.factories.rows import Rows


def link_of(school: School, person: Actor) -> str:
    with reading(school.actor("school")) as session:
        return session.scalars(select(Family.id).where(Family.parent_id == person.user_id)).one()


def former(connection: Any) -> list[tuple[str, str]]:
    return [(row.parent_id, row.child_id) for row in connection.execute(select(model_of("former_families").__table__))]


@pytest.mark.parametrize("end", ["parent_id", "child_id"])
def test_coordination_neither_makes_nor_changes_nor_ends_a_family_link_of_its_own(end: str, school: School) -> None:
    me, other = care.person(school, "school", "parent", "student"), school.actor("school")
    stranger = care.person(school, "student", "parent")
    ends = {"parent_id": school.people[Role.PARENT], "child_id": school.people[Role.STUDENT], end: me.user_id}
    with pytest.raises(InvalidInput) as refused, unit_of_work(me) as session:
        write.create(session, Family, {**ends, "relationship": "father"})
    assert [(each.field, each.source) for each in refused.value.problems] == [(end, OWN_LINK)]
    with pytest.raises(WrongScope), unit_of_work(me) as session:
        insert_rows(session, Family, [{**ends, "relationship": "father"}])
    with unit_of_work(other) as session:
        key = write.create(session, Family, {**ends, "relationship": "father"}).id
    for act in (
        lambda session: write.update(session, Family, key, {"access": "none"}, version=1, opened={}),
        lambda session: write.update_many(session, Family, [key], {"access": "none"}),
        lambda session: write.remove(session, Family, [key]),
    ):
        with pytest.raises(OwnLink), unit_of_work(me) as session:
            act(session)
    for bare in (
        lambda session: delete_rows(session, Family, [key]),
        lambda session: update_rows(session, Family, [key], {end: stranger.user_id}),
        lambda session: change_rows(session, Family, [{"id": key, end: stranger.user_id}]),
        lambda session: setattr(find(session, Family, key), "is_primary", True),
    ):
        with pytest.raises((NotAllowed, WrongScope)), unit_of_work(me) as session:
            bare(session)
    with unit_of_work(other) as session:
        write.remove(session, Family, [key])
    with pytest.raises(CannotComeBack, match="someone else of coordination"), unit_of_work(me) as session:
        bring_back(session, Family, key)
    with unit_of_work(other) as session:
        assert bring_back(session, Family, key).records == 1


def test_a_record_says_why_its_link_is_for_another_to_write(school: School) -> None:
    me = care.person(school, "school", "parent")
    care.guards(school, me.user_id)
    key = link_of(school, me)
    for actor, said in ((me, OWN_LINK), (school.actor("school"), None), (school.actor("staff"), READ_ONLY)):
        with reading(actor) as session:
            record = find(session, Family, key)
            assert record is not None
            assert {refusal(session, record, action) for action in "UD"} == {said}


def test_a_link_is_not_turned_into_one_of_ones_own(school: School) -> None:
    me = care.person(school, "school", "parent")
    with reading(me) as session:
        key, version = session.execute(select(Family.id, Family.row_version)).one()
    with pytest.raises(InvalidInput), unit_of_work(me) as session:
        write.update(session, Family, key, {"parent_id": me.user_id}, version=version, opened={})
    with pytest.raises(WrongScope), unit_of_work(me) as session:
        update_rows(session, Family, [key], {"parent_id": me.user_id})
    with pytest.raises(WrongScope), unit_of_work(me) as session:
        change_rows(session, Family, [{"id": key, "parent_id": me.user_id}])


def test_an_adult_student_still_says_whether_a_guardian_sees_anything(school: School) -> None:
    adult = care.person(school, "student", birth_date=dt.date(2001, 5, 1))
    with engine().begin() as connection:
        key = Rows(connection, school.id).add("families", parent_id=school.people[Role.PARENT], child_id=adult.user_id)
    with unit_of_work(adult) as session:
        assert write.update(session, Family, key, {"adult_agreed": True}, version=1, opened={}).adult_agreed


Ending = Callable[[School, str, Actor], None]


def _one(school: School, key: str, _me: Actor) -> None:
    with unit_of_work(school.actor("school")) as session:
        write.remove(session, Family, [key])


def _bulk(school: School, key: str, _me: Actor) -> None:
    with unit_of_work(school.actor("school")) as session:
        delete_rows(session, Family, [key])


def _moved(school: School, key: str, _me: Actor) -> None:
    other = care.person(school, "parent")
    with unit_of_work(school.actor("school")) as session:
        write.update(session, Family, key, {"parent_id": other.user_id}, version=1, opened={})


def _moved_to_another_child(school: School, key: str, _me: Actor) -> None:
    other = care.person(school, "student")
    with unit_of_work(school.actor("school")) as session:
        write.update(session, Family, key, {"child_id": other.user_id}, version=1, opened={})


def _undone(school: School, key: str, me: Actor) -> None:
    """The link is taken away, made anew, and that is undone."""
    _one(school, key, me)
    values = {"parent_id": me.user_id, "child_id": school.people[Role.STUDENT], "relationship": "father"}
    with unit_of_work(school.actor("school")) as session:
        write.create(session, Family, values)
    what = written(session)
    assert what is not None
    with unit_of_work(school.actor("school")) as session:
        undo(session, what)


@pytest.mark.parametrize("ending", [_one, _bulk, _moved, _moved_to_another_child, _undone])
def test_what_was_withheld_while_a_link_stood_stays_so_when_another_ends_it(ending: Ending, school: School) -> None:
    me = care.person(school, "school", "parent")
    care.guards(school, me.user_id)
    marked = care.raised(school, "teacher", home=HomeConcern.UNSURE)
    plain = care.raised(school, "staff", home=HomeConcern.NO)
    assert care.found(me) == {plain}
    ending(school, link_of(school, me), me)
    assert care.found(me) == {plain}
    assert care.found(school.actor("school")) == {plain, marked}
    assert care.found(me) | {care.raised(school, "teacher", home=HomeConcern.MAYBE)} - {marked} == care.found(me)


def test_what_is_held_back_by_name_stays_so_whatever_becomes_of_the_link(school: School) -> None:
    me = care.person(school, "school", "parent")
    care.guards(school, me.user_id)
    key = care.raised(school, "teacher", home=HomeConcern.NO)
    with unit_of_work(school.actor("school")) as session:
        hold(session, key, me.user_id, reason="He is part of it.")
    _one(school, link_of(school, me), me)
    with engine().begin() as connection:
        connection.exec_driver_sql("DELETE FROM former_families")
    assert care.found(me) == set()


def test_what_was_released_by_name_stays_known_when_the_link_ends(school: School) -> None:
    me = care.person(school, "school", "parent")
    care.guards(school, me.user_id)
    key = care.raised(school, "teacher", home=HomeConcern.UNSURE)
    care.released(school, key, me.user_id)
    _one(school, link_of(school, me), me)
    assert care.found(me) == {key}


def test_a_link_that_ended_withholds_nothing_from_others_of_another_child_or_of_later(school: School) -> None:
    me, third = care.person(school, "school", "parent"), care.person(school, "school")
    care.guards(school, me.user_id)
    _one(school, link_of(school, me), me)
    later = care.raised(school, "teacher", home=HomeConcern.UNSURE)
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        other = rows.add("safety_alerts", detected_by="teacher", detected_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
        rows.add("alert_raisings", alert_id=other, home="maybe")
    assert care.found(me) == care.found(third) == {later, other}


def test_a_change_that_ends_nothing_leaves_no_former_link(school: School) -> None:
    me = care.person(school, "school", "parent")
    care.guards(school, me.user_id)
    with unit_of_work(school.actor("school")) as session:
        write.update(session, Family, link_of(school, me), {"access": "none"}, version=1, opened={})
    with engine().connect() as connection:
        assert former(connection) == []


@pytest.mark.parametrize("who", ["parent", "child"])
def test_a_former_link_goes_with_either_of_its_people(who: str, school: School) -> None:
    guardian, child = care.person(school, "parent"), care.person(school, "student")
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        ended, standing = (
            rows.add("families", parent_id=guardian.user_id, child_id=each)
            for each in (child.user_id, school.people[Role.STUDENT])
        )
    _one(school, ended, guardian)
    with engine().connect() as connection:
        assert former(connection) == [(guardian.user_id, child.user_id)]
    with unit_of_work(school.actor("school")) as session:
        write.remove(session, User, [(guardian if who == "parent" else child).user_id])
    with engine().connect() as connection:
        assert former(connection) == []
        assert (standing in connection.exec_driver_sql("SELECT id FROM families").scalars().all()) is (who == "child")
