"""Erasure and retention: the words go out of the trail, who did what when stays, and nothing is hidden by it."""

import datetime as dt
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from domain.access import bulk
from domain.access.actor import Actor
from domain.access.roles import Role
from domain.access.sign_in import hand_out
from domain.access.trail import emptying, retention, writing
from domain.access.trail.emptying import StillThere, empty_older, empty_person, keep_to_settings
from domain.access.trail.erasing import erase_for_good, words_of
from domain.access.trail.integrity import EMPTIED_UNSAID, VALUES_ALTERED, Fault
from domain.access.trail.kinds import KEPT_AT_LEAST, WHOLE
from domain.access.trail.undo import NotKept
from domain.access.uow import reading, unit_of_work
from domain.cli.main import main
from domain.core.models import Address, Organization, User, UserRole
from domain.crm.models import Lead
from domain.db.engine import engine
from domain.financial.models import Invoice
from domain.kit.errors import NotAllowed, NotFound
from domain.operations.models import Room
from domain.operations.planning_models import ClashPermit
from domain.records import write
from domain.records.undo import bring_back
from domain.records.versions import version
from tests.conftest import School
from tests.domain.trailing import another_school, asked, chains, difference, entries, faults, told
from tests.factories.rows import Rows

NAME, CITY = "Zwetschge", "Bacharach"
Later = Callable[[int], None]


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    """Let so many days pass."""

    def pass_days(days: int) -> None:
        moment = dt.datetime.now(dt.UTC) + dt.timedelta(days=days)
        monkeypatch.setattr(emptying, "now", lambda: moment)

    return pass_days


@pytest.fixture
def gone(school: School) -> str:
    """A person who was deleted, with an address and a lead that was theirs; their key."""
    with unit_of_work(school.job) as session:
        values = {"first_name": NAME, "last_name": "Reis", "role": Role.STUDENT, "email": f"{NAME}@example.com".lower()}
        person = write.create(session, User, values).id
        home = {"user_id": person, "street": "Rua", "number": "1", "city": CITY, "state": "SP", "zip_code": "01310-100"}
        address = write.create(session, Address, home).id
        Rows(session.connection(), school.id).add("leads", assigned_to=person)
    with unit_of_work(school.job) as session:
        write.update(session, Address, address, {"street": CITY}, version=1, opened={"street": "Rua"})
    with unit_of_work(school.actor(Role.SCHOOL)) as session:
        write.remove(session, User, [person])
    return person


def job(school: School) -> Actor:
    return Actor.system(school.id, "retention")


def held() -> str:
    return json.dumps([*asked("SELECT * FROM trail_values"), *asked("SELECT * FROM trail_entries")], ensure_ascii=False)


def test_what_the_trail_held_of_a_deleted_person_is_erased(school: School, gone: str) -> None:
    assert NAME in held()
    before = entries(school.id)
    with engine().begin() as connection:
        count = empty_person(connection, job(school), gone)
    assert [word for word in (NAME, NAME.lower(), CITY) if word in held()] == []
    assert count == 7, "the person and their role made and deleted, their address changed as well"
    assert faults() == []
    assert sum(chain.emptied for chain in chains()) == count
    now = entries(school.id)
    assert now[: len(before)] == before, "who did what when stays as it was"
    assert [(each["job"], each["table_name"], each["record_id"], each["records"]) for each in now[len(before) :]] == [
        ("retention", "trail_values", gone, count)
    ]
    assert [row["name"] for row in asked("SELECT name FROM rooms")] == ["Sala 1"]
    assert difference(told(school.job, Room, school.room)[0])["name"] == (None, "Sala 1"), "of others nothing is erased"


def test_the_history_says_that_the_words_were_erased(school: School, gone: str) -> None:
    with engine().begin() as connection:
        empty_person(connection, job(school), gone)
    erased, deleted, made = told(school.actor(Role.SCHOOL), User, gone)
    assert (erased.table, erased.job) == ("trail_values", "retention")
    assert [(each.emptied, each.differences, each.record_label) for each in (deleted, made)] == [(True, (), ())] * 2
    assert deleted.user_id == school.people[Role.SCHOOL]


def test_what_was_erased_cannot_be_brought_back(school: School, gone: str) -> None:
    with engine().begin() as connection:
        empty_person(connection, job(school), gone)
    with pytest.raises(NotKept), unit_of_work(school.actor(Role.SCHOOL)) as session:
        bring_back(session, User, gone)


def test_a_version_beyond_an_erased_one_cannot_be_told(school: School, later: Later) -> None:
    coordinator = school.actor(Role.SCHOOL)
    number = told(coordinator, Room, school.room)[0].number
    for seats in (20, 30):
        with unit_of_work(coordinator) as session:
            session.get(Room, school.room).capacity = seats
    with engine().begin() as connection:
        later(2)
        empty_older(connection, job(school), 1)
    with unit_of_work(coordinator) as session, pytest.raises(NotKept):
        version(session, Room, school.room, number)


def test_a_person_who_is_there_is_not_erased(school: School) -> None:
    with pytest.raises(StillThere), engine().begin() as connection:
        empty_person(connection, job(school), school.people[Role.STUDENT])


def test_no_person_and_no_other_school_empties_a_trail(school: School, gone: str) -> None:
    before = held()
    for role in Role:
        with pytest.raises(NotAllowed), engine().begin() as connection:
            empty_person(connection, school.actor(role), gone)
        with pytest.raises(NotAllowed), engine().begin() as connection:
            empty_older(connection, school.actor(role), 0)
    stranger = another_school()
    with engine().begin() as connection:
        assert empty_person(connection, stranger, gone) == 0
        assert empty_older(connection, stranger, 0) == 0
    assert held() == before


def test_retention_takes_what_is_old_and_leaves_what_the_law_keeps(school: School, later: Later) -> None:
    with unit_of_work(school.job) as session:
        rows = Rows(session.connection(), school.id)
        invoice = rows.values("invoices", payer_id=school.people[Role.PARENT])
        [bill] = bulk.insert_rows(session, Invoice, [invoice])
    with engine().begin() as connection:
        later(29)
        assert empty_older(connection, job(school), 30) == 0
        later(400)
        assert empty_older(connection, job(school), 30) > 10
    assert told(school.job, Room, school.room)[0].emptied
    assert not told(school.job, Invoice, bill)[0].emptied
    with engine().begin() as connection:
        later(5 * 366 - 1)
        assert empty_older(connection, job(school), 30) == 0
        later(5 * 366 + 1)
        assert empty_older(connection, job(school), 30) == 1
    assert faults() == []


def test_what_the_law_keeps_is_among_what_is_kept() -> None:
    assert set(KEPT_AT_LEAST) <= WHOLE
    assert {"invoices", "journal_entries", "fiscal_documents", "staff_payroll", "safety_alerts"} <= set(KEPT_AT_LEAST)
    assert {"alert_acknowledgments", "alert_raisings", "alert_releases", "alert_contests"} <= set(KEPT_AT_LEAST)


def test_a_school_sets_how_long_its_trail_keeps_values(school: School, gone: str, later: Later) -> None:
    with engine().begin() as connection:
        later(29)
        assert keep_to_settings(connection, job(school)) == 0, "a delete by mistake can be brought back for thirty days"
        later(31)
        assert keep_to_settings(connection, job(school)) > 0
        assert keep_to_settings(connection, job(school)) == 0
    assert NAME not in held()
    assert not told(school.job, Room, school.room)[0].emptied, "without a setting the others stay"
    with unit_of_work(school.actor(Role.SCHOOL)) as session:
        session.get(Organization, school.id).settings = {"trail_days": 90}
    with engine().begin() as connection:
        later(89)
        assert keep_to_settings(connection, job(school)) == 0
        later(91)
        assert keep_to_settings(connection, job(school)) > 0
    assert told(school.job, Room, school.room)[0].emptied
    assert faults() == []


def test_what_a_person_wrote_and_what_stays_without_them_keeps_its_words(school: School) -> None:
    with unit_of_work(school.job) as session:
        person = write.create(session, User, {"first_name": NAME, "last_name": "Reis", "role": Role.SCHOOL}).id
        permit = Rows(session.connection(), school.id).values("clash_permits", user_id=person)
        [key] = bulk.insert_rows(session, ClashPermit, [permit])
    with unit_of_work(school.job) as session:
        write.remove(session, User, [person])
    with engine().begin() as connection:
        assert empty_person(connection, job(school), person) > 0
    assert [each.emptied for each in told(school.job, ClashPermit, key)] == [False, False], "made, and left without its person"


def test_a_person_who_came_back_is_left_alone(school: School, gone: str, later: Later) -> None:
    with unit_of_work(school.actor(Role.SCHOOL)) as session:
        bring_back(session, User, gone)
    with engine().begin() as connection:
        later(31)
        assert keep_to_settings(connection, job(school)) == 0
    assert NAME in held()


def test_the_days_of_a_person_gone_begin_with_their_going(school: School, later: Later, monkeypatch: pytest.MonkeyPatch) -> None:
    with unit_of_work(school.job) as session:
        person = write.create(session, User, {"first_name": NAME, "last_name": "Reis", "role": Role.STUDENT}).id
    moment = dt.datetime.now(dt.UTC) + dt.timedelta(days=40)
    monkeypatch.setattr(writing, "now", lambda: moment)
    with unit_of_work(school.job) as session:
        write.remove(session, User, [person])
    with engine().begin() as connection:
        later(45)
        assert keep_to_settings(connection, job(school)) == 0, "made long ago, gone for five days"
        later(71)
        assert keep_to_settings(connection, job(school)) > 0
    assert NAME not in held()


def test_each_school_has_its_own_settings(school: School, later: Later) -> None:
    strangers = [another_school() for _each in range(2)]
    with engine().begin() as connection:
        for at, each in enumerate(strangers):
            days = json.dumps({"trail_days": (1, 90)[at]})
            connection.exec_driver_sql("UPDATE organizations SET settings = ? WHERE id = ?", (days, each.organization_id))
    for each in strangers:
        with unit_of_work(each) as session:
            write.create(session, Room, {"name": CITY, "capacity": 3})
    with engine().begin() as connection:
        later(2)
        found = [keep_to_settings(connection, Actor.system(each, "retention")) for each in (school.id, *ids(strangers))]
    assert found == [0, 1, 0]


def ids(actors: list[Actor]) -> list[str]:
    return [each.organization_id for each in actors]


def test_the_command_line_erases_and_says_how_much(
    school: School, gone: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    exported = str(tmp_path / "heads.json")
    assert main(["integrity", "export", exported]) == 0
    assert main(["integrity", "empty"]) == 0
    assert "escola-aurora: values of 0 records were erased" in capsys.readouterr().out
    assert main(["integrity", "empty", "--person", gone]) == 0
    assert NAME not in held()
    assert main(["integrity", "empty", "--person", school.people[Role.STUDENT]]) == 1
    assert main(["integrity", "verify", "--expect", exported]) == 0, "the head that was kept elsewhere still fits"
    for wrong in ("0", "-1", "x"):
        with pytest.raises(SystemExit):
            main(["integrity", "empty", "--older-than", wrong])


def test_an_emptying_behind_the_apps_back_is_found_beside_one_that_was_said(school: School, gone: str) -> None:
    with engine().begin() as connection:
        empty_person(connection, job(school), gone)
        connection.exec_driver_sql(
            "UPDATE trail_values SET before = NULL, after = NULL, salt = NULL WHERE record_id = ?", (school.room,)
        )
    assert faults() == [Fault(EMPTIED_UNSAID, 1)]


def test_tampering_is_still_found_after_an_emptying(school: School, gone: str) -> None:
    with engine().begin() as connection:
        empty_person(connection, job(school), gone)
        for (name,) in connection.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'trail_values'"
        ).all():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        connection.exec_driver_sql("UPDATE trail_values SET after_digest = before_digest WHERE record_id = ?", (gone,))
    assert {fault.source for fault in faults()} == {VALUES_ALTERED}


def test_a_link_for_a_new_password_is_in_the_persons_history(school: School) -> None:
    coordinator, person = school.actor(Role.SCHOOL), school.people[Role.TEACHER]
    code = hand_out(coordinator, person)
    for reader in (coordinator, school.actor(Role.OWNER)):
        latest = told(reader, User, person)[0]
        assert (latest.table, latest.user_id, latest.differences) == ("reset_links", coordinator.user_id, ())
    assert code not in held()
    assert faults() == []


def test_a_lead_that_lost_its_person_still_says_so(school: School, gone: str) -> None:
    with engine().begin() as connection:
        empty_person(connection, job(school), gone)
    [lead] = [row["record_id"] for row in entries(school.id) if row["table_name"] == "leads"][-1:]
    assert difference(told(school.job, Lead, lead)[0]) == {"assigned_to": (gone, None)}


# By a person, at once.


def test_coordination_erases_a_deleted_persons_words_at_once_in_its_own_name(school: School, gone: str) -> None:
    coordinator = school.actor(Role.SCHOOL)
    with reading(coordinator) as session:
        assert words_of(session, gone) == {"addresses": 1, "user_roles": 1, "users": 1}
    before = entries(school.id)
    with unit_of_work(coordinator) as session:
        assert erase_for_good(session, gone) == 7
    assert [word for word in (NAME, NAME.lower(), CITY) if word in held()] == []
    [added] = entries(school.id)[len(before) :]
    assert (added["user_id"], added["job"], added["table_name"], added["record_id"], added["records"]) == (
        *(coordinator.user_id, None),
        *("trail_values", gone, 7),
    )
    assert faults() == []
    assert told(coordinator, User, gone)[0].user_id == coordinator.user_id
    for again in (words_of, erase_for_good):
        with pytest.raises(NotFound), unit_of_work(coordinator) as session:
            again(session, gone)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SCHOOL])
def test_nobody_else_erases_anyones_words(role: Role, school: School, gone: str) -> None:
    before = held()
    for act in (words_of, erase_for_good):
        with pytest.raises(NotAllowed), unit_of_work(school.actor(role)) as session:
            act(session, gone)
    assert held() == before


def test_only_the_words_of_people_who_are_gone_from_this_school_are_erased(school: School, gone: str) -> None:
    coordinator, stranger = school.actor(Role.SCHOOL), another_school()
    elsewhere = Actor(
        organization_id=stranger.organization_id, user_id=coordinator.user_id, role=Role.SCHOOL, roles=(Role.SCHOOL,)
    )
    with unit_of_work(coordinator) as session:
        room = write.create(session, Room, {"name": NAME, "capacity": 3}).id
    with unit_of_work(coordinator) as session:
        write.remove(session, Room, [room])
    for actor, key in ((coordinator, school.people[Role.STUDENT]), (coordinator, room), (elsewhere, gone)):
        with pytest.raises(NotFound), unit_of_work(actor) as session:
            erase_for_good(session, key)
    with unit_of_work(coordinator) as session:
        bring_back(session, User, gone)
    with pytest.raises(StillThere), unit_of_work(coordinator) as session:
        erase_for_good(session, gone)


@pytest.mark.parametrize("start", [Role.OWNER, Role.TEACHER])
def test_an_owners_words_are_not_coordinations_to_erase(start: Role, school: School) -> None:
    with unit_of_work(school.job) as session:
        owner = write.create(session, User, {"first_name": NAME, "last_name": "Reis", "role": start}).id
        if start is not Role.OWNER:
            write.create(session, UserRole, {"user_id": owner, "role": Role.OWNER})
    with unit_of_work(school.job) as session:
        write.remove(session, User, [owner])
    with pytest.raises(NotAllowed), unit_of_work(school.actor(Role.SCHOOL)) as session:
        erase_for_good(session, owner)
    with engine().begin() as connection:
        assert empty_person(connection, job(school), owner) > 0, "the command line does"


# Every day.


def test_each_school_has_its_turn_once_a_day(school: School, gone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    other = another_school().organization_id

    def days(count: float) -> None:
        moment = dt.datetime.now(dt.UTC) + dt.timedelta(days=count)
        for module in (emptying, retention):
            monkeypatch.setattr(module, "now", lambda: moment)

    assert last_run_at() is None
    assert retention.due() == sorted([school.id, other])
    assert (retention.keep(school.id), retention.keep(school.id)) == (0, None)
    assert (retention.due(), last_run_at()) == ([other], None)
    assert retention.keep(other) == 0
    assert (retention.due(), last_run_at() is not None) == ([], True)
    days(0.9)
    assert retention.due() == []
    days(31)
    assert retention.due() == sorted([school.id, other])
    assert retention.keep(school.id) == 7
    assert (NAME in held(), retention.keep(school.id), retention.keep(school.id, anyway=True)) == (False, None, 0)
    assert retention.keep(other) == 0
    assert (last_run_at() or dt.datetime.now(dt.UTC)) > dt.datetime.now(dt.UTC) + dt.timedelta(days=30)
    assert faults() == []


def last_run_at() -> dt.datetime | None:
    with engine().connect() as connection:
        return retention.last_run(connection)


def test_of_many_at_once_one_does_it(school: School, gone: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _each: retention.keep(school.id), range(8)))
    assert sorted(found, key=str) == [0, *[None] * 7]


def test_an_emptying_that_breaks_off_leaves_the_schools_turn(school: School, gone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_given: object) -> int:
        raise OSError("the disk is full")

    monkeypatch.setattr(retention, "keep_to_settings", breaks)
    with pytest.raises(OSError, match="full"):
        retention.keep(school.id)
    assert retention.due() == [school.id]
