"""Forms under bad input and under two editors: told at the field, everything typed kept, nothing written, nothing lost."""

import datetime as dt
import html
import json
from decimal import Decimal
from typing import Any

import pytest

import domain.registry  # noqa: F401
from domain.access.roles import Role
from domain.access.uow import unit_of_work
from domain.db.base import model_of
from domain.db.engine import engine
from domain.kit.errors import InvalidInput
from domain.kit.ids import new_id
from domain.kit.texts import set_language
from domain.records import write
from tests.conftest import School
from tests.factories.rows import Rows
from tests.pages.browser import Browser
from tests.pages.conftest import Ask
from tests.pages.filling import row_of, who

RTL = "مدرسة \u202bعربي\u202c"
SCRIPT = '<script>alert("x")</script><b>bold</b>'
UNKEPT = "This holds a character that can't be kept, such as a line break or a null byte."
BAD: list[tuple[str, dict[str, Any], str, str]] = [
    # table, what is typed, the field that is wrong, what is said there
    ("rooms", {"name": "", "capacity": 7}, "name", "Please fill this in."),
    ("rooms", {"name": "   ", "capacity": 7}, "name", "Please fill this in."),
    ("rooms", {"name": "Sala 9", "capacity": None}, "capacity", "Please fill this in."),
    ("rooms", {"name": "x" * 81, "capacity": 7}, "name", "This is too long: at most 80 characters."),
    ("rooms", {"name": "Sala\x009", "capacity": 7}, "name", UNKEPT),
    ("rooms", {"name": "Sala\n9", "capacity": 7}, "name", UNKEPT),
    ("rooms", {"name": "Sala 9", "capacity": 0}, "capacity", "This must be 1 or more."),
    ("rooms", {"name": "Sala 9", "capacity": 10_001}, "capacity", "This must be 10000 or less."),
    ("rooms", {"name": "Sala 1", "capacity": 7}, "name", "“Sala 1” has this already."),
    ("course_types", {"code": "spanish", "name": "Español", "color": "red"}, "color", "This isn't a colour, such as #5B4BC4."),
    ("course_types", {"code": "spanish", "name": "Español", "color": "😀"}, "color", "This isn't a colour, such as #5B4BC4."),
    ("course_types", {"code": "spanish", "name": "E\x00", "color": "#123456"}, "name", UNKEPT),
    ("users", {"email": "ana at example"}, "email", "This isn't an e-mail address, such as ana@example.com."),
    ("users", {"email": f"{SCRIPT}@x"}, "email", "This isn't an e-mail address, such as ana@example.com."),
    ("users", {"email": "student@example.com"}, "email", "“Sofia Lima” has this already."),
    ("users", {"phone": "😀"}, "phone", "This isn't a phone number, such as (11) 98765-4321."),
    ("users", {"phone": RTL}, "phone", "This isn't a phone number, such as (11) 98765-4321."),
    ("users", {"cpf": "529.982.247-24"}, "cpf", "This isn't a CPF: a digit is wrong."),
    ("users", {"cpf": "٥٢٩٩٨٢٢٤٧٢٥"}, "cpf", "This isn't a CPF: a digit is wrong."),
    ("users", {"avatar_url": "javascript:alert(1)"}, "avatar_url", "This isn't a web address, such as https://example.com."),
    ("users", {"first_name": "x" * 81}, "first_name", "This is too long: at most 80 characters."),
    ("products", {"name": "Tuition", "price": "a lot"}, "price", "This isn't an amount of money, such as 1,234.56."),
    ("products", {"name": "Tuition", "price": "1.234"}, "price", "This isn't an amount of money, such as 1,234.56."),
    ("products", {"name": "Tuition", "price": "1e400"}, "price", "This isn't an amount of money, such as 1,234.56."),
    ("products", {"name": "Tuition", "price": "-1.00"}, "price", "This must be 0 or more."),
    ("discounts", {"name": "Siblings", "value": 101.0}, "value", "A percentage is 100 at most."),
    ("discounts", {"name": "Siblings", "value": 5.0, "conditions": "{"}, "conditions", "This isn't JSON"),
    ("discounts", {"name": "Siblings", "value": 5.0, "conditions": "[1]"}, "conditions", "This must be a JSON object"),
    ("discounts", {"name": "Siblings", "value": 5.0, "conditions": '{"a": NaN}'}, "conditions", "JSON has no NaN."),
    ("discounts", {"name": "Siblings", "value": 5.0, "conditions": '{"a": 1e999}'}, "conditions", "This can't be kept as JSON."),
    ("discounts", {"name": "S", "value": 5.0, "conditions": '{"a": ' + "9" * 5000 + "}"}, "conditions", "This isn't JSON"),
    ("discounts", {"name": "S", "value": 5.0, "conditions": '{"a": "\\ud800"}'}, "conditions", "This can't be kept as JSON."),
    ("discounts", {"name": "S", "value": 5.0, "conditions": '{"a": ' + "[" * 9000 + "]" * 9000 + "}"}, "conditions", "nested"),
    (
        "terms",
        {"name": "2027/1", "start_date": dt.date(2027, 7, 1), "end_date": dt.date(2027, 2, 1)},
        "end_date",
        "A term must end after it begins.",
    ),
]


@pytest.mark.parametrize(
    ("table", "given", "field", "said"), BAD, ids=[f"{each[0]}-{each[2]}-{at}" for at, each in enumerate(BAD)]
)
def test_bad_input_is_told_at_its_field_and_what_was_typed_is_kept(
    table: str, given: dict[str, Any], field: str, said: str, school: School, sql: Ask
) -> None:
    before = sql(f'SELECT * FROM "{table}"')
    given = {"first_name": "Ana", "last_name": "Souza", "role": Role.STUDENT, **given} if table == "users" else given
    typed = {f"{table}-new-{name}": value for name, value in given.items()}
    browser = Browser(school, "school").open(table, mode="new").put(typed).click(f"{table}-new.save")
    told = browser.problems(f"{table}-new-{field}")
    assert len(told) == len(browser.all_problems()) == 1
    assert said in html.unescape(told[0])
    assert {key: browser.held(key) for key in typed} == typed
    assert browser.query["mode"] == "new"
    assert sql(f'SELECT * FROM "{table}"') == before
    browser.run()  # and still there after another run
    assert browser.problems(f"{table}-new-{field}") == told


def test_what_is_wrong_is_told_in_the_language_of_the_person(school: School, sql: Ask) -> None:
    sql("UPDATE users SET language = 'pt_BR'")
    set_language("pt_BR")  # the test's own words for the options of lists
    browser = Browser(school, "school").open("products", mode="new")
    browser.put({"products-new-name": "Aula", "products-new-price": "1,234.50"}).click("products-new.save")
    assert "1.234,56" in browser.problems("products-new-price")[0]
    browser.put({"products-new-price": "1.234,50"}).click("products-new.save")
    assert row_of(sql, "products", browser.query["record"])["price"] == 1234.5


@pytest.mark.parametrize(
    "text", ["Ação 😀👩‍🚀", RTL, SCRIPT, 'O\'Brien "quoted" & co', "*stars* _and_ `code` $x$ :red[y]", "%_\\"]
)
def test_any_words_are_kept_as_typed_and_shown_as_words(text: str, school: School, sql: Ask) -> None:
    browser = Browser(school, "school").open("rooms", mode="new")
    browser.put({"rooms-new-name": text, "rooms-new-capacity": 7}).click("rooms-new.save")
    assert browser.all_problems() == []
    key = browser.query["record"]
    assert row_of(sql, "rooms", key)["name"] == text
    assert browser.grid("rooms").loc[key, "name"] == text
    assert SCRIPT not in browser.text()
    browser.open("rooms", q=text.split(maxsplit=1)[0])
    assert key in browser.grid("rooms").index
    browser.open("rooms", record=key).click("record-edit-rooms")
    assert browser.held(f"rooms-{key}-name") == text


def test_several_wrong_fields_are_told_together(school: School, sql: Ask) -> None:
    browser = Browser(school, "school").open("users", mode="new")
    browser.put({"users-new-email": "no", "users-new-phone": "no", "users-new-cpf": "no"}).click("users-new.save")
    wrong = ["first_name", "last_name", "role", "email", "phone", "cpf"]
    assert [name for name in wrong if not browser.problems(f"users-new-{name}")] == []
    assert "Please look at the marked fields. Nothing was saved yet, and what you typed is kept." in browser.said()


def test_a_relation_that_vanished_is_told_at_its_field(school: School, sql: Ask) -> None:
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        term, level = rows.add("terms"), rows.add("levels")
    browser = Browser(school, "school").open("classes", mode="new")
    browser.put({"classes-new-name": "New", "classes-new-term_id": term, "classes-new-level_id": level})
    sql("DELETE FROM levels WHERE id = ?", level)
    browser.click("classes-new.save")
    said = ["The record chosen here doesn&#x27;t exist any more. Please choose again."]
    assert browser.problems("classes-new-level_id") == said
    assert browser.held("classes-new-name") == "New"
    assert browser.held("classes-new-term_id") == term
    assert [row["name"] for row in sql("SELECT name FROM classes")] == ["English A1"]


def test_a_relation_that_was_never_offered_is_refused(school: School, sql: Ask) -> None:
    with engine().begin() as connection:
        elsewhere = Rows(connection).add("levels")
    for key in (elsewhere, new_id(), "nonsense", "' OR 1=1 --", "", 7):
        with pytest.raises(InvalidInput) as refused, unit_of_work(school.actor("school")) as session:
            write.create(session, model_of("classes"), {"name": "New", "term_id": school.term, "level_id": key})
        assert [each.field for each in refused.value.problems] == ["level_id"]
    assert [row["name"] for row in sql("SELECT name FROM classes")] == ["English A1"]


def test_two_people_of_one_name_are_told_apart_in_a_picker(school: School, sql: Ask) -> None:
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        twins = [rows.add("users", first_name="Ana", last_name="Souza", role="student") for _each in range(3)]
    for twin in twins:
        browser = Browser(school, "school").open("placements", mode="new")
        course = sql("SELECT id FROM course_types")[0]["id"]
        typed = {"user_id": twin, "course_type_id": course, "score": 50}
        browser.put({f"placements-new-{name}": value for name, value in typed.items()}).click("placements-new.save")
        assert browser.all_problems() == []
        assert row_of(sql, "placements", browser.query["record"])["user_id"] == twin


def test_what_has_a_default_may_be_left_empty(school: School, sql: Ask) -> None:
    with engine().begin() as connection:
        module = Rows(connection, school.id).add("modules")
    browser = Browser(school, "school").open("lessons", mode="new")
    browser.put({"lessons-new-module_id": module, "lessons-new-title": "Greetings"}).click("lessons-new.save")
    assert browser.all_problems() == []
    row = row_of(sql, "lessons", browser.query["record"])
    assert (json.loads(row["tasks"]), json.loads(row["objectives"]), row["order"]) == ([], [], 1)


def test_seconds_that_no_widget_shows_stay_when_another_field_changes(school: School, sql: Ask) -> None:
    moment = dt.datetime(2026, 3, 2, 12, 7, 33, 123456, tzinfo=dt.UTC)
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        key = rows.add("transactions", processed_at=moment, amount=Decimal("10.00"))
        meeting = rows.add("sessions", start_time=dt.time(8, 0, 30), end_time=dt.time(9, 1, 2))
    browser = Browser(school, "school").open("transactions", record=key, mode="edit")
    browser.put({f"transactions-{key}-amount": "12.50"}).click(f"transactions-{key}.save")
    row = row_of(sql, "transactions", key)
    assert (row["amount"], row["processed_at"]) == (12.5, "2026-03-02 12:07:33.123456")
    browser.open("sessions", record=meeting, mode="edit")
    browser.put({f"sessions-{meeting}-notes": "Went well"}).click(f"sessions-{meeting}.save")
    row = row_of(sql, "sessions", meeting)
    assert (row["notes"], row["start_time"], row["end_time"]) == ("Went well", "08:00:30.000000", "09:01:02.000000")


def test_a_form_that_was_left_starts_anew(school: School, sql: Ask) -> None:
    browser = Browser(school, "school").open("rooms", record=school.room, mode="edit")
    browser.put({f"rooms-{school.room}-name": "Half-typed"}).run()
    browser.open("rooms")
    sql("UPDATE rooms SET name = 'Renamed', row_version = row_version + 1 WHERE id = ?", school.room)
    browser.open("rooms", record=school.room, mode="edit")
    assert browser.held(f"rooms-{school.room}-name") == "Renamed"
    browser.put({f"rooms-{school.room}-capacity": 20}).click(f"rooms-{school.room}.save")
    assert (row_of(sql, "rooms", school.room)["name"], row_of(sql, "rooms", school.room)["capacity"]) == ("Renamed", 20)


@pytest.mark.parametrize("chosen", ["mine", "theirs"])
def test_two_editors_see_both_versions_and_choose(chosen: str, school: School, sql: Ask) -> None:
    form = f"rooms-{school.room}"
    first, second = (Browser(school, "school").open("rooms", record=school.room, mode="edit") for _each in range(2))
    first.put({f"{form}-name": "Theirs", f"{form}-is_active": False}).click(f"{form}.save")
    second.put({f"{form}-name": "Mine", f"{form}-capacity": 30}).click(f"{form}.save")
    row = row_of(sql, "rooms", school.room)
    assert (row["name"], row["capacity"], row["is_active"]) == ("Theirs", 12, 0)
    options = {name: second.at.radio(key=f"{form}.keep-{name}").options for name in ("name", "capacity", "is_active")}
    assert options["name"] == ["Yours: Mine", "Theirs: Theirs"]
    assert options["capacity"] == ["Yours: 30", "Theirs: 12"]
    assert second.held(f"{form}-name") == "Mine", "what was typed is kept"
    second.put({f"{form}.keep-{name}": chosen for name in options}).click(f"{form}.resolve")
    row = row_of(sql, "rooms", school.room)
    assert (row["name"], row["capacity"], row["is_active"]) == {"mine": ("Mine", 30, 1), "theirs": ("Theirs", 12, 0)}[chosen]
    assert not second.has(f"{form}.save"), "the form is closed"


def test_two_editors_of_different_fields_choose_for_each(school: School, sql: Ask) -> None:
    form = f"rooms-{school.room}"
    first, second = (Browser(school, "school").open("rooms", record=school.room, mode="edit") for _each in range(2))
    first.put({f"{form}-name": "Theirs"}).click(f"{form}.save")
    second.put({f"{form}-capacity": 30}).click(f"{form}.save").click(f"{form}.resolve")
    row = row_of(sql, "rooms", school.room)
    assert (row["name"], row["capacity"]) == ("Theirs", 30), "by default each keeps what each has changed"


def test_a_third_editor_while_one_chooses_is_a_new_conflict(school: School, sql: Ask) -> None:
    form = f"rooms-{school.room}"
    first, second = (Browser(school, "school").open("rooms", record=school.room, mode="edit") for _each in range(2))
    first.put({f"{form}-name": "Theirs"}).click(f"{form}.save")
    second.put({f"{form}-name": "Mine"}).click(f"{form}.save")
    sql("UPDATE rooms SET name = 'Third', row_version = row_version + 1 WHERE id = ?", school.room)
    second.put({f"{form}.keep-name": "mine"}).click(f"{form}.resolve")
    assert row_of(sql, "rooms", school.room)["name"] == "Third"
    assert second.at.radio(key=f"{form}.keep-name").options == ["Yours: Mine", "Theirs: Third"]
    second.click(f"{form}.resolve")
    assert row_of(sql, "rooms", school.room)["name"] == "Mine"


def test_a_record_deleted_while_someone_edits_it_is_told(school: School, sql: Ask) -> None:
    with engine().begin() as connection:
        key = Rows(connection, school.id).add("rooms")
    browser = Browser(school, "school").open("rooms", record=key, mode="edit")
    browser.put({f"rooms-{key}-name": "Mine"})
    sql("DELETE FROM rooms WHERE id = ?", key)
    browser.click(f"rooms-{key}.save")
    assert any("doesn't exist" in said for said in browser.said())


def test_a_person_creates_nothing_for_another(school: School, sql: Ask) -> None:
    browser = Browser(school, "student").open("todos", mode="new")
    assert "todos-new-user_id" not in browser.widgets()
    browser.put({"todos-new-title": "Read"}).click("todos-new.save")
    assert row_of(sql, "todos", browser.query["record"])["user_id"] == who(school, "student")
