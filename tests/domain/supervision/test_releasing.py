"""What guardians learn of alerts: nothing, until a supervisor has released one to them by name; then no more than its outline."""

import datetime as dt

import pytest
from sqlalchemy import select, update

from domain.access.actor import Actor
from domain.access.roles import Role
from domain.access.trail.models import TrailEntry
from domain.access.trail.reading import history
from domain.access.uow import reading, unit_of_work
from domain.core.models import User
from domain.db.base import model_of
from domain.db.engine import engine
from domain.kit.clock import now
from domain.kit.errors import Dependent, InvalidInput, NotAllowed, NotFound, WrongScope
from domain.records.dependents import dependents
from domain.records.figures import Question, answer_all
from domain.records.labels import readable_labels
from domain.records.masks import MASK
from domain.records.query import View, list_page
from domain.records.related import related
from domain.supervision.alert_models import AlertRelease
from domain.supervision.enums import AlertLevel, HomeConcern
from domain.supervision.models import AlertAcknowledgment, SafetyAlert
from domain.supervision.queries import alert, open_alerts
from domain.supervision.releasing import NothingToTell, SeesNothing, guardians, hold, release, released_to_me
from domain.supervision.service import acknowledge, resolve
from domain.supervision.supervisors import (
    add_supervisor,
    remove_supervisor,
)
from tests.conftest import School
from tests.domain.supervision import care
from tests.factories.rows import Rows

TABLES = ("safety_alerts", "alert_acknowledgments", "alert_raisings", "alert_releases", "alert_contests")


def told_of(actor: Actor, student: str) -> dict[str, int]:
    """In how many ways somebody meets an alert: lists, counts, searches, related records, labels, home."""
    found = {}
    with reading(actor) as session:
        for table in TABLES:
            model = model_of(table)
            names = [column.name for column in model.__table__.columns if column.info.get("label")]
            try:
                found[f"{table} list"] = list_page(session, model, View(), names[:3]).total
                found[f"{table} count"] = answer_all(session, {"count": Question(table)})["count"]
                found[f"{table} search"] = list_page(session, model, View(search="cried"), names[:3]).total
            except (NotAllowed, WrongScope):
                continue
        keys = [key for (key,) in session.connection().execute(select(SafetyAlert.__table__.c.id))]
        found["labels"] = len(readable_labels(session, SafetyAlert, keys))
        counts = {each.table: each.count for each in related(session, User, student)}
        found["related"] = sum(counts.get(table, 0) for table in TABLES)
        found["home"] = len(released_to_me(session)) if actor.role is Role.PARENT else 0
        found["open"] = len(open_alerts(session, now())) if actor.role is Role.SCHOOL else 0
    return found


@pytest.mark.parametrize("home", list(HomeConcern))
def test_before_it_is_released_an_alert_shows_itself_to_a_guardian_nowhere(home: HomeConcern, school: School) -> None:
    for role in ("student", "teacher", "staff", "school"):
        care.raised(school, role, home=home)
    care.checked(school, seen=True, level="orange")
    assert set(told_of(school.actor("parent"), school.people[Role.STUDENT]).values()) == {0}


def test_once_released_a_guardian_reads_the_outline_and_the_words_for_them(school: School) -> None:
    key = care.raised(school, "teacher")
    with unit_of_work(school.actor("school")) as session:
        acknowledge(session, key, "Asked the class", "They say it is the father.")
    care.released(school, key)
    with reading(school.actor("parent")) as session:
        line = released_to_me(session)[0]
        alerts = list_page(session, SafetyAlert, View(), ["level", "reason", "detected_by", "acknowledged_by", "detected_at"])
        steps = list_page(session, AlertAcknowledgment, View(), ["user_id", "action_taken", "notes", "timestamp"])
        words = list_page(session, AlertRelease, View(), ["message", "reason", "user_id"])
    assert (line.student, line.level, line.message, line.is_settled) == ("Sofia Lima", AlertLevel.ORANGE, care.MESSAGE, False)
    shown = {name for row in alerts.rows for name, value in row.values.items() if value != MASK}
    assert shown == {"level", "detected_at"}
    assert {name for row in steps.rows for name, value in row.values.items() if value != MASK} == {"timestamp"}
    assert {name for row in words.rows for name, value in row.values.items() if value != MASK} == {"message"}
    everything = repr([alerts, steps, words, line])
    for secret in (care.REASON, "father", "Asked the class", "Tomás", "Clara", "She asked us to"):
        assert secret not in everything


def test_what_is_hidden_from_a_guardian_is_not_searched_either(school: School) -> None:
    care.released(school, care.raised(school, "teacher"))
    with reading(school.actor("parent")) as session:
        assert list_page(session, SafetyAlert, View(search="cried"), ["level"]).total == 0
        assert list_page(session, SafetyAlert, View(), ["level"]).total == 1


def test_a_green_alert_is_neither_released_nor_read_by_a_guardian(school: School) -> None:
    key = care.raised(school, "teacher", level=AlertLevel.GREEN)
    with pytest.raises(NothingToTell):
        care.released(school, key)
    yellow = care.raised(school, "teacher", level=AlertLevel.YELLOW)
    care.released(school, yellow)
    assert care.found(school.actor("parent")) == {yellow}
    with engine().begin() as connection:
        table = SafetyAlert.__table__
        connection.execute(update(table).where(table.c.id == yellow).values(level=AlertLevel.GREEN))
    assert care.found(school.actor("parent")) == set()


def test_it_is_released_to_one_guardian_and_no_other(school: School) -> None:
    father = care.person(school, "parent")
    care.guards(school, father.user_id)
    key = care.raised(school, "teacher", home=HomeConcern.MAYBE)
    care.released(school, key, father.user_id)
    assert care.found(father) == {key}
    assert set(told_of(school.actor("parent"), school.people[Role.STUDENT]).values()) == {0}


def test_what_was_released_may_be_held_back_again_and_the_latest_word_stands(school: School) -> None:
    key, parent = care.raised(school, "teacher"), school.people[Role.PARENT]
    care.released(school, key)
    with unit_of_work(school.actor("school")) as session:
        hold(session, key, parent, reason="She asked us to wait.")
    assert care.found(school.actor("parent")) == set()
    with reading(school.actor("parent")) as session:
        assert released_to_me(session) == []
    care.released(school, key)
    assert care.found(school.actor("parent")) == {key}
    with reading(school.actor("school")) as session:
        assert len(session.scalars(select(AlertRelease)).all()) == 3
        assert [(each.name, each.decision, each.by) for each in guardians(session, key)] == [
            ("Paula Lima", "released", "Clara Nunes")
        ]


def test_what_is_held_back_from_one_guardian_is_still_told_to_the_other(school: School) -> None:
    father, key = care.person(school, "parent"), care.raised(school, "teacher")
    care.guards(school, father.user_id)
    care.released(school, key)
    with unit_of_work(school.actor("school")) as session:
        hold(session, key, father.user_id, reason="She asked us to.")
    assert care.found(school.actor("parent")) == {key}
    assert care.found(father) == set()


@pytest.mark.parametrize("clock", [dt.timedelta(days=-1), dt.timedelta()])
def test_a_clock_that_is_behind_does_not_let_an_earlier_word_stand(
    clock: dt.timedelta, school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, moment = care.raised(school, "teacher"), now()
    monkeypatch.setattr("domain.supervision.releasing.now", lambda: moment)
    care.released(school, key)
    monkeypatch.setattr("domain.supervision.releasing.now", lambda: moment + clock)
    with unit_of_work(school.actor("school")) as session:
        hold(session, key, school.people[Role.PARENT], reason="Wait.")
    assert care.found(school.actor("parent")) == set()


def test_a_barred_guardian_and_one_of_an_adult_are_not_told(school: School) -> None:
    key = care.raised(school, "teacher")
    barred = care.person(school, "parent")
    care.guards(school, barred.user_id, access="none")
    with pytest.raises(SeesNothing):
        care.released(school, key, barred.user_id)
    care.released(school, key)
    with engine().begin() as connection:
        people = User.__table__
        came_of_age = update(people).where(people.c.id == school.people[Role.STUDENT]).values(birth_date=dt.date(2000, 1, 1))
        connection.execute(came_of_age)
    assert care.found(school.actor("parent")) == set()
    with pytest.raises(SeesNothing):
        care.released(school, key)


def test_only_those_on_the_list_release_and_only_to_guardians_of_the_student(school: School) -> None:
    key, unlisted = care.raised(school, "teacher"), care.person(school, "school")
    with pytest.raises(NotAllowed), unit_of_work(unlisted) as session:
        release(session, key, school.people[Role.PARENT], message="Please call.", reason="Why not.")
    with pytest.raises(NotAllowed), unit_of_work(unlisted) as session:
        hold(session, key, school.people[Role.PARENT], reason="Why not.")
    with pytest.raises(NotFound):
        care.released(school, key, care.person(school, "parent").user_id)
    for role in ("teacher", "staff", "parent", "student"):
        with pytest.raises((NotFound, NotAllowed)), unit_of_work(school.actor(role)) as session:
            release(session, key, school.people[Role.PARENT], message="Please call.", reason="Why not.")
    assert care.found(school.actor("parent")) == set()


def test_of_two_guardians_each_reads_the_words_that_were_written_for_them(school: School) -> None:
    key, father = care.raised(school, "teacher"), care.person(school, "parent")
    care.guards(school, father.user_id)
    care.released(school, key)
    with unit_of_work(school.actor("school")) as session:
        release(session, key, father.user_id, message="Please come alone.", reason="He asked us to.")
    for guardian, words in ((school.actor("parent"), care.MESSAGE), (father, "Please come alone.")):
        with reading(guardian) as session:
            assert [each.message for each in released_to_me(session)] == [words]


def test_releasing_asks_for_words_and_a_reason(school: School) -> None:
    key = care.raised(school, "teacher")
    with pytest.raises(InvalidInput) as refused, unit_of_work(school.actor("school")) as session:
        release(session, key, school.people[Role.PARENT], message=" ", reason="")
    assert {each.field for each in refused.value.problems} == {"message", "reason"}
    with pytest.raises(InvalidInput), unit_of_work(school.actor("school")) as session:
        hold(session, key, school.people[Role.PARENT], reason="")


@pytest.mark.parametrize("home", list(HomeConcern))
def test_a_coordinator_does_not_find_what_is_withheld_from_them_as_a_guardian(home: HomeConcern, school: School) -> None:
    key = care.raised(school, "teacher", home=home)
    father = care.person(school, "school", "parent")
    care.guards(school, father.user_id, access="none")
    withheld = home is not HomeConcern.NO
    assert care.found(father) == (set() if withheld else {key})
    if withheld:
        assert set(told_of(father, school.people[Role.STUDENT]).values()) == {0}
        with reading(father) as session, pytest.raises(NotFound):
            alert(session, key, now())
        with reading(father) as session:
            assert history(session, SafetyAlert, key) == []
            assert guardians(session, key) == []


def test_a_coordinator_from_whom_an_alert_is_held_back_loses_sight_of_it_and_decides_nothing_about_it(school: School) -> None:
    key = care.raised(school, "teacher", home=HomeConcern.NO)
    father = care.person(school, "school", "parent")
    care.guards(school, father.user_id)
    with unit_of_work(school.actor("school")) as session:
        add_supervisor(session, father.user_id)
    for guardian in (father.user_id, school.people[Role.PARENT]):
        with pytest.raises(NotAllowed), unit_of_work(father) as session:
            release(session, key, guardian, message="Please call.", reason="Mine.")
    with unit_of_work(school.actor("school")) as session:
        hold(session, key, father.user_id, reason="He is part of it.")
    assert care.found(father) == set()


def test_an_owner_handles_alerts_while_on_the_list_and_not_a_moment_longer(school: School) -> None:
    key, owner = care.raised(school, "teacher"), school.actor("owner")
    assert care.found(owner) == set()
    with unit_of_work(school.actor("school")) as session:
        add_supervisor(session, owner.user_id)
    assert care.found(owner) == {key}
    with unit_of_work(owner) as session:
        acknowledge(session, key, "Seen", "I will call.")
        release(session, key, school.people[Role.PARENT], message="Please call.", reason="She agreed.")
        resolve(session, key, "All well.")
    with unit_of_work(school.actor("school")) as session:
        remove_supervisor(session, owner.user_id)
    assert care.found(owner) == set()
    with pytest.raises(NotFound), unit_of_work(owner) as session:
        acknowledge(session, key, "Seen", "Again.")


def test_an_owner_reads_of_the_trail_of_alerts_what_they_may_read_of_alerts(school: School) -> None:
    key, owner = care.raised(school, "teacher"), school.actor("owner")
    with reading(owner) as session:
        assert history(session, SafetyAlert, key) == []
    with unit_of_work(school.actor("school")) as session:
        add_supervisor(session, owner.user_id)
    with reading(owner) as session:
        assert [each.user_id for each in history(session, SafetyAlert, key)] == [school.people[Role.TEACHER]]


def test_the_trail_tells_a_coordinator_nothing_of_an_alert_that_is_withheld_from_them_as_a_guardian(school: School) -> None:
    father = care.person(school, "school", "parent")
    care.guards(school, father.user_id)
    before = _entries_of_alerts(father)
    key = care.raised(school, "teacher", home=HomeConcern.UNSURE)
    with unit_of_work(school.actor("school")) as session:
        acknowledge(session, key, "Called the father", "He was told that all is well.")
        hold(session, key, school.people[Role.PARENT], reason="She asked us not to.")
    with pytest.raises(NotAllowed), unit_of_work(father) as session:
        session.add(AlertAcknowledgment(alert_id=key, user_id=father.user_id, action_taken="Talked", timestamp=now()))
    assert _entries_of_alerts(father) == before
    with reading(father) as session:
        assert history(session, SafetyAlert, key) == []
    assert {table for table, _record in _entries_of_alerts(school.actor("school"))} >= set(TABLES) - {"alert_contests"}
    care.released(school, key, father.user_id)
    with reading(father) as session:
        assert history(session, SafetyAlert, key) != []


def test_a_delete_that_a_withheld_alert_stands_in_the_way_of_does_not_tell_of_it(school: School) -> None:
    father = care.person(school, "school", "parent")
    care.guards(school, father.user_id)
    student = school.people[Role.STUDENT]
    tables = {each.table for each in _in_the_way(father, student)}
    care.raised(school, "teacher", home=HomeConcern.UNSURE)
    assert {each.table for each in _in_the_way(father, student)} == tables | {""}
    [unseen] = [each for each in _in_the_way(father, student) if not each.table]
    assert (unseen.column, unseen.count, unseen.examples) == ("", 0, ())
    assert "safety_alerts" in {each.table for each in _in_the_way(school.actor("school"), student)}
    care.raised(school, "teacher", home=HomeConcern.NO)
    [seen] = [each for each in _in_the_way(father, student) if each.table == "safety_alerts"]
    assert (seen.count, len(seen.examples)) == (1, 1), "of two, the one that isn't withheld"


def _in_the_way(actor: Actor, student: str) -> list[Dependent]:
    with reading(actor) as session:
        return [each for each in dependents(session, User, [student]) if each.rule == "RESTRICT"]


def test_a_guardian_is_not_told_by_related_records_who_settled_an_alert(school: School) -> None:
    key = care.raised(school, "teacher")
    with unit_of_work(school.actor("school")) as session:
        acknowledge(session, key, "Looked", "I will talk with her.")
        resolve(session, key, "She is well.")
    care.released(school, key)
    with reading(school.actor("parent")) as session:
        found = {(each.table, each.field): each.count for each in related(session, User, school.people[Role.SCHOOL])}
    assert [place for place, count in found.items() if count] == []
    with reading(school.actor("school")) as session:
        told = {(each.table, each.field) for each in related(session, User, school.people[Role.SCHOOL]) if each.count}
    assert {("safety_alerts", "acknowledged_by"), ("safety_alerts", "resolved_by")} <= told


def _entries_of_alerts(actor: Actor) -> set[tuple[str, str | None]]:
    with reading(actor) as session:
        wanted = select(TrailEntry.table_name, TrailEntry.record_id).where(TrailEntry.table_name.in_(TABLES))
        return {(table, record) for table, record in session.execute(wanted)}


@pytest.mark.parametrize("role", ["student", "teacher", "parent", "staff"])
def test_nobody_else_reads_the_trail_of_an_alert(role: str, school: School) -> None:
    key = care.raised(school, "teacher")
    care.released(school, key)
    with reading(school.actor(role)) as session, pytest.raises(NotAllowed):
        history(session, SafetyAlert, key)


def test_another_schools_alerts_and_people_do_not_exist(school: School) -> None:
    with engine().begin() as connection:
        rows = Rows(connection)
        foreign, stranger = rows.add("safety_alerts"), rows.add("users", role="school")
    with pytest.raises(NotFound):
        care.released(school, foreign)
    with pytest.raises(NotFound), unit_of_work(school.actor("school")) as session:
        add_supervisor(session, stranger)
    with reading(school.actor("school")) as session:
        assert guardians(session, foreign) == guardians(session, "nonsense") == []


def test_words_about_guardians_and_against_alerts_are_never_changed(school: School) -> None:
    key = care.raised(school, "teacher")
    care.released(school, key)
    with engine().connect() as connection:
        for statement in ("UPDATE alert_releases SET decision = 'held'", "DELETE FROM alert_raisings"):
            with pytest.raises(Exception, match="append only"):
                connection.exec_driver_sql(statement)
            connection.rollback()
