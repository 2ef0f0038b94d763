"""A record's page tells its history to those who may read it, and brings back what once was."""

import datetime as dt
import re
from decimal import Decimal
from html import unescape

import pytest

from domain.access import bulk
from domain.access.roles import Role
from domain.access.trail import emptying
from domain.access.trail.emptying import empty_older
from domain.access.uow import unit_of_work
from domain.core.models import User
from domain.db.engine import engine
from domain.financial.models import Product
from domain.kit.formats import show_instant
from domain.operations.models import Room, SchoolClass
from domain.payroll.models import PaymentMethod
from domain.records import write
from domain.supervision.models import ChatSession
from domain.toolbox.models import Todo
from tests.conftest import School
from tests.domain.trailing import asked, told
from tests.factories.rows import Rows
from tests.pages.browser import Browser
from tests.pages.conftest import Ask
from tests.pages.filling import row_of


def opened(browser: Browser, table: str, key: str) -> Browser:
    """A record with its history open."""
    browser.at.session_state[f"history-{table}"] = True
    return browser.open(table, record=key)


def happened(browser: Browser) -> list[str]:
    """Each change as it is read out, without what only the eye sees."""
    found = [each.value for each in browser.at.html if '<article class="c-happening' in each.value]
    return [unescape(" ".join(re.sub(r"<[^>]+>", " ", each).replace("→", "").split())) for each in found]


def save(school: School, key: str, **values: object) -> None:
    with unit_of_work(school.actor(Role.SCHOOL)) as session:
        record = session.get(Room, key)
        opened_with = {name: getattr(record, name) for name in values}
        write.update(session, Room, key, values, version=record.row_version, opened=opened_with)


# What it tells.


def test_a_history_tells_who_did_what_with_old_and_new(school: School) -> None:
    save(school, school.room, name="Sala Azul", is_active=False)
    changed, made = happened(opened(Browser(school, "school"), "rooms", school.room))
    assert "Clara Nunes, Coordination" in changed
    assert changed.endswith("Changed Name before: Sala 1 after: Sala Azul In use before: Yes after: No")
    assert made.endswith("Created Name Sala 1 Seats 12 In use Yes")


def test_a_closed_history_asks_nothing(school: School) -> None:
    assert happened(Browser(school, "school").open("rooms", record=school.room)) == []


def test_amounts_choices_and_references_are_said_as_people_say_them(school: School) -> None:
    coordinator = school.actor(Role.SCHOOL)
    with unit_of_work(school.job) as session:
        other = write.create(session, Room, {"name": "Sala Dois", "capacity": 30}).id
        [product] = bulk.insert_rows(
            session, Product, [Rows(session.connection(), school.id).values("products", price=Decimal(10))]
        )
    with unit_of_work(coordinator) as session:
        session.get(SchoolClass, school.klass).room_id = other
        session.get(Product, product).price = Decimal("1234.50")
    browser = Browser(school, "school")
    assert happened(opened(browser, "classes", school.klass))[0].endswith("Room before: Sala 1 after: Sala Dois")
    assert happened(opened(browser, "products", product))[0].endswith("before: R$10.00 after: R$1,234.50")
    assert "the program (test)" in happened(browser)[1]


def test_what_is_secret_is_dots(school: School) -> None:
    with unit_of_work(school.job) as session:
        values = Rows(session.connection(), school.id).values("payment_methods", account_number="987654-3")
        [key] = bulk.insert_rows(session, PaymentMethod, [values])
    with unit_of_work(school.job) as session:
        session.get(PaymentMethod, key).account_number = "111222-3"
    browser = opened(Browser(school, "school"), "payment_methods", key)
    assert happened(browser)[0].endswith("before: ••• after: •••")
    assert [each for each in ("987654", "111222") if each in browser.text()] == []


def test_those_without_the_right_see_no_history(school: School) -> None:
    for role in ("staff", "teacher", "student", "parent"):
        browser = opened(Browser(school, role), "rooms", school.room)
        assert happened(browser) == [], role
        assert not browser.has("history-rooms"), role
    owner = opened(Browser(school, "owner"), "rooms", school.room)
    assert len(happened(owner)) == 1
    assert owner.widgets("history-back") == {}, "an owner reads rooms and changes none"


def test_a_student_sees_no_history_of_their_own_words(school: School) -> None:
    with unit_of_work(school.actor(Role.STUDENT)) as session:
        key = write.create(session, Todo, {"title": "Ler"}).id
    assert not Browser(school, "student").open("todos", record=key).has("history-todos")


def test_where_only_who_and_when_is_kept_it_says_so(school: School) -> None:
    with unit_of_work(school.job) as session:
        rows = Rows(session.connection(), school.id)
        values = rows.values("chat_sessions", student_id=school.people[Role.STUDENT])
        [key] = bulk.insert_rows(session, ChatSession, [values])
    browser = opened(Browser(school, "school"), "chat_sessions", key)
    assert "only who and when is kept" in browser.text()
    [line] = happened(browser)
    assert line.endswith("the program (test) Created")


def test_erased_values_are_said_to_be_erased(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    save(school, school.room, capacity=20)
    moment = dt.datetime.now(dt.UTC) + dt.timedelta(days=2)
    monkeypatch.setattr(emptying, "now", lambda: moment)
    with engine().begin() as connection:
        empty_older(connection, school.job, 1)
    browser = opened(Browser(school, "school"), "rooms", school.room)
    assert [line.endswith("What was changed has been erased.") for line in happened(browser)] == [True, True]
    assert browser.widgets("history-back") == {}


def test_a_long_history_is_read_page_by_page(school: School) -> None:
    for seats in range(13, 35):
        save(school, school.room, capacity=seats)
    browser = opened(Browser(school, "school"), "rooms", school.room)
    assert len(happened(browser)) == 10
    assert happened(browser)[0].endswith("before: 33 after: 34")
    assert len(happened(browser.click("history-older-rooms"))) == 10
    assert len(happened(browser.click("history-older-rooms"))) == 3
    assert not browser.has("history-older-rooms")
    browser.click("history-newer-rooms").click("history-newer-rooms")
    assert happened(browser)[0].endswith("before: 33 after: 34")
    assert not browser.has("history-newer-rooms")


def test_a_link_for_a_new_password_stands_in_the_history_of_its_person(school: School) -> None:
    browser = Browser(school, "school").open("users", record=school.people[Role.TEACHER]).click("reset-link")
    assert "A link for a new password was handed out" in happened(opened(browser, "users", school.people[Role.TEACHER]))[0]


def test_markup_in_a_name_stays_letters(school: School) -> None:
    save(school, school.room, name="<b>Sala</b> **um**")
    browser = opened(Browser(school, "school"), "rooms", school.room)
    assert "&lt;b&gt;Sala&lt;/b&gt; **um**" in "".join(each.value for each in browser.at.html)


# What it brings back.


def number_of(school: School, back: int) -> int:
    return told(school.actor(Role.SCHOOL), Room, school.room)[back].number


def test_a_version_is_shown_asked_for_and_brought_back(school: School, sql: Ask) -> None:
    save(school, school.room, name="Sala Azul", capacity=20)
    save(school, school.room, is_active=False)
    browser = opened(Browser(school, "school"), "rooms", school.room)
    first = number_of(school, 2)
    assert set(browser.widgets("history-back")) == {f"history-back-{number_of(school, 1)}", f"history-back-{first}"}
    when = show_instant(told(school.job, Room, school.room)[2].at, school.actor("school").zone)
    assert browser.at.button(key=f"history-back-{first}").label == f"Bring back the version of {when}"
    browser.click(f"history-back-{first}")
    assert row_of(sql, "rooms", school.room)["name"] == "Sala Azul", "shown, not done"
    shown = " ".join(re.sub(r"<[^>]+>", " ", browser.text()).split())
    assert "before: Sala Azul → after: Sala 1" in shown
    browser.click("version-yes-rooms")
    room = row_of(sql, "rooms", school.room)
    assert (room["name"], room["capacity"], room["is_active"]) == ("Sala 1", 12, 1)
    assert not browser.has("version-rooms")
    assert len(happened(browser)) == 4
    browser.click("undo")
    assert row_of(sql, "rooms", school.room)["name"] == "Sala Azul"


def test_asking_for_a_version_can_be_left(school: School) -> None:
    save(school, school.room, capacity=20)
    browser = opened(Browser(school, "school"), "rooms", school.room).click(f"history-back-{number_of(school, 1)}")
    assert browser.has("version-rooms")
    assert not browser.click("version-cancel-rooms").has("version-rooms")


def test_a_rule_against_a_version_is_told_at_its_field_and_nothing_is_saved(school: School, sql: Ask) -> None:
    save(school, school.room, name="Sala Azul", capacity=20)
    with unit_of_work(school.job) as session:
        write.create(session, Room, {"name": "Sala 1", "capacity": 3})
    browser = opened(Browser(school, "school"), "rooms", school.room).click(f"history-back-{number_of(school, 1)}")
    browser.click("version-yes-rooms")
    assert browser.problems("version-rooms-name") == ["“Sala 1” has this already."]
    assert row_of(sql, "rooms", school.room)["capacity"] == 20


def test_a_reference_that_is_gone_is_told_at_its_field(school: School, sql: Ask) -> None:
    with unit_of_work(school.job) as session:
        other = write.create(session, Room, {"name": "Sala Dois", "capacity": 30}).id
    for room in (other, school.room):
        with unit_of_work(school.job) as session:
            session.get(SchoolClass, school.klass).room_id = room
    with unit_of_work(school.job) as session:
        write.remove(session, Room, [other])
    browser = opened(Browser(school, "school"), "classes", school.klass)
    middle = told(school.job, SchoolClass, school.klass)[1].number
    assert "a record that isn't there any more" in happened(browser)[0]
    browser.click(f"history-back-{middle}").click("version-yes-classes")
    assert [unescape(each) for each in browser.problems("version-classes-room_id")] == [
        "The record chosen here doesn't exist any more. Please choose again."
    ]
    assert row_of(sql, "classes", school.klass)["room_id"] == school.room


def test_a_record_that_changed_meanwhile_is_shown_anew(school: School, sql: Ask) -> None:
    save(school, school.room, capacity=20)
    browser = opened(Browser(school, "school"), "rooms", school.room).click(f"history-back-{number_of(school, 1)}")
    save(school, school.room, capacity=33)
    browser.click("version-yes-rooms")
    assert any("Someone changed this record meanwhile" in said for said in browser.said())
    assert row_of(sql, "rooms", school.room)["capacity"] == 33
    browser.click("version-yes-rooms")
    assert row_of(sql, "rooms", school.room)["capacity"] == 12


# Deleted records.


def test_a_deleted_record_is_brought_back_from_the_deleted_ones(school: School, rooms: list[str], sql: Ask) -> None:
    browser = Browser(school, "school").open("rooms").mark("rooms", rooms).click("bulk-delete-rooms")
    assert "3 records will be deleted\\. You can undo this within ten minutes\\." in browser.text()
    browser.click("delete-rooms-yes").open("rooms").click("deleted-rooms")
    assert browser.query["mode"] == "deleted"
    assert not browser.has(f"erase-{rooms[1]}"), "what is erased for good is people's words"
    assert [name for name in ("João", "Áurea", "Zélia") if name not in browser.text()] == []
    browser.click(f"bring-back-{rooms[1]}")
    assert "Kept of the record: Name, Seats, In use" in browser.text()
    browser.click("restore-rooms-yes")
    assert row_of(sql, "rooms", rooms[1])["capacity"] == 20
    assert browser.query == {"table": "rooms", "record": rooms[1]}
    assert set(browser.open("rooms", mode="deleted").widgets("bring-back")) == {
        f"bring-back-{key}" for key in (rooms[0], rooms[2])
    }


def test_what_comes_back_along_with_a_record_and_what_does_not_is_said(school: School, sql: Ask) -> None:
    with unit_of_work(school.job) as session:
        rows = Rows(session.connection(), school.id)
        person = rows.add("users", role="student", first_name="Bia", last_name="Reis")
        rows.add("addresses", user_id=person)
        rows.add("todos", user_id=person)
        rows.add("leads", assigned_to=person)
    browser = Browser(school, "school").open("users", record=person).click("record-delete-users")
    assert "The record itself can be brought back" in browser.text()
    browser.click("delete-users-yes")
    assert not browser.has("undo"), "a task's words were never kept"
    browser.open("users", mode="deleted").click(f"bring-back-{person}")
    said = re.sub(r"\\(.)", r"\1", browser.text())
    for line in (
        "Addresses: 1 come back with it",
        "Leads: 1 point to it again, where they are still empty",
        "1 don't come back, since what they said was never kept",
        "Their password doesn't come back",
    ):
        assert line in said
    browser.click("restore-users-yes")
    assert (len(sql("SELECT id FROM addresses")), len(sql("SELECT id FROM todos"))) == (1, 0)
    with unit_of_work(school.job) as session:
        assert session.get(User, person) is not None


def test_a_deleted_persons_words_are_erased_for_good_after_a_question_that_names_them(school: School, sql: Ask) -> None:
    with unit_of_work(school.job) as session:
        person = write.create(session, User, {"first_name": "Bia", "last_name": "Reis", "role": Role.STUDENT}).id
    with unit_of_work(school.actor("school")) as session:
        write.remove(session, User, [person])
    browser = Browser(school, "school").open("users", mode="deleted").click(f"erase-{person}")
    said = re.sub(r"\\(.)", r"\1", browser.text())
    assert "All that the trail holds of “Bia Reis” and of what went with them is erased." in said
    assert "People: 1" in said
    browser.click("erase-users-cancel")
    assert browser.has(f"bring-back-{person}")
    browser.click(f"erase-{person}").click("erase-users-yes")
    assert not browser.has(f"bring-back-{person}")
    assert sql("SELECT id FROM trail_values WHERE before LIKE '%Reis%' OR after LIKE '%Reis%'") == []


def test_a_name_taken_since_is_told_and_nothing_comes_back(school: School, rooms: list[str], sql: Ask) -> None:
    browser = Browser(school, "school").open("rooms").mark("rooms", rooms[:1]).click("bulk-delete-rooms")
    browser.click("delete-rooms-yes")
    with unit_of_work(school.job) as session:
        write.create(session, Room, {"name": "João", "capacity": 3})
    browser.open("rooms", mode="deleted").click(f"bring-back-{rooms[0]}").click("restore-rooms-yes")
    assert "Room, “João”: Name: “João” has this already. Nothing was brought back." in browser.said()
    assert len(sql("SELECT id FROM rooms")) == 4


def test_deleted_records_are_not_for_those_who_could_not_create_them(school: School) -> None:
    for role in ("owner", "staff", "teacher"):
        browser = Browser(school, role).open("rooms", mode="deleted")
        assert not browser.has("deleted-back-rooms"), role
        assert not browser.open("rooms").has("deleted-rooms"), role
    assert not Browser(school, "student").open("todos").has("deleted-todos")
    assert len(asked("SELECT id FROM rooms")) == 1


def test_nothing_deleted_says_so(school: School) -> None:
    assert "Nothing was deleted here" in re.sub(r"\\(.)", r"\1", Browser(school, "school").open("rooms", mode="deleted").text())
