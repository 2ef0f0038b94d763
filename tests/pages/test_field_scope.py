"""Pages show what a role may know of a row, and no more: cards, the end of a number, when the school is open."""

import datetime as dt

import pytest

from domain.access.roles import Role
from domain.access.uow import unit_of_work
from domain.core.models import Organization, User
from domain.db.engine import engine
from domain.kit.clock import now
from tests.conftest import School
from tests.factories.rows import Rows
from tests.pages.browser import Browser
from tests.pages.conftest import Ask
from tests.pages.filling import row_of

PIX = "segredo@pix.example"


def test_a_student_finds_the_schools_people_as_cards(school: School) -> None:
    browser = Browser(school, "student").open("users")
    grid = browser.grid("users")
    assert list(grid.columns) == ["first_name", "last_name", "role", "is_active"]
    assert set(grid["role"]) == {"Student", "Teacher", "Reception", "Coordination", "Owner"}
    browser.open("users", record=school.people[Role.SCHOOL])
    assert "coordination@example.com" not in browser.text()
    assert "•••" not in browser.text(), "a card doesn't even say what is hidden"
    assert not browser.has("record-edit-users")


def test_a_student_follows_no_link_to_another_students_record(school: School) -> None:
    with engine().begin() as connection:
        classmate = Rows(connection, school.id).add("users", role="student")
    said = Browser(school, "student").open("users", record=classmate).said()
    assert said == ["This record doesn't exist, or it isn't yours to open."]


@pytest.mark.parametrize("role", ["school", "owner"])
def test_a_form_never_holds_what_is_hidden_and_keeps_it_where_nothing_is_typed(role: str, school: School, sql: Ask) -> None:
    with engine().begin() as connection:
        key = Rows(connection, school.id).add(
            "payment_methods",
            user_id=school.people[Role.STAFF],
            label="Main",
            method_type="pix",
            pix_key_type="email",
            pix_key=PIX,
            account_number="987654-3",
        )
    browser = Browser(school, role).open("payment_methods", record=key)
    assert "•••• mple" in browser.text()
    browser.click("record-edit-payment_methods")
    assert browser.held(f"payment_methods-{key}-pix_key") == ""
    assert "Kept: •••• mple. Leave this empty to keep it." in browser.text()
    assert PIX not in browser.text()
    browser.put({f"payment_methods-{key}-label": "Renamed", f"payment_methods-{key}-account_number": "111222-3"})
    browser.click(f"payment_methods-{key}.save")
    row = row_of(sql, "payment_methods", key)
    assert (row["label"], row["pix_key"], row["account_number"]) == ("Renamed", PIX, "111222-3")
    assert "•••• 22-3" in browser.text()


def test_dots_typed_into_a_form_are_told_at_their_field(school: School, sql: Ask) -> None:
    with engine().begin() as connection:
        key = Rows(connection, school.id).add(
            "payment_methods", user_id=school.people[Role.STAFF], label="Main", account_number="987654-3"
        )
    browser = Browser(school, "school").open("payment_methods", record=key, mode="edit")
    browser.put({f"payment_methods-{key}-account_number": "•••• 9999"}).click(f"payment_methods-{key}.save")
    said = ["The dots stand for what is hidden. Please type the whole value."]
    assert browser.problems(f"payment_methods-{key}-account_number") == said
    assert row_of(sql, "payment_methods", key)["account_number"] == "987654-3"


def test_a_person_sees_their_own_phone_in_their_form(school: School, sql: Ask) -> None:
    own = school.people[Role.TEACHER]
    with unit_of_work(school.job) as session:
        session.get_one(User, own).phone = "+5511987654321"
    browser = Browser(school, "teacher").open("users", record=own, mode="edit")
    assert "98765" in str(browser.held(f"users-{own}-phone"))
    assert "Leave this empty to keep it." not in browser.text()


def test_an_adult_student_says_that_a_guardian_goes_on_seeing(school: School, sql: Ask) -> None:
    with unit_of_work(school.job) as session:
        session.get_one(User, school.people[Role.STUDENT]).birth_date = dt.date(2000, 1, 1)
    link = sql("SELECT id FROM families")[0]["id"]
    browser = Browser(school, "student").open("families", record=link).click("record-edit-families")
    assert set(browser.widgets(f"families-{link}-")) == {f"families-{link}-adult_agreed"}
    browser.put({f"families-{link}-adult_agreed": True}).click(f"families-{link}.save")
    assert row_of(sql, "families", link)["adult_agreed"] == 1


def test_a_minor_reads_the_link_and_no_more(school: School, sql: Ask) -> None:
    link = sql("SELECT id FROM families")[0]["id"]
    browser = Browser(school, "student").open("families", record=link)
    assert not browser.has("record-edit-families")
    assert "You may read this record, not change it." in browser.said()


@pytest.mark.parametrize("role", ["student", "teacher", "parent", "staff"])
def test_home_says_when_the_school_is_open_and_on_which_days_it_is_closed(role: str, school: School) -> None:
    tomorrow = now().astimezone(school.job.zone).date() + dt.timedelta(days=1)
    weekday = tomorrow.isoweekday() % 7
    with unit_of_work(school.job) as session:
        session.get_one(Organization, school.id).settings = {
            "opening_hours": {str(day): ["07:30", "21:45"] for day in range(7)},
            "holidays": [{"date": tomorrow.isoformat(), "name": "Aniversário da cidade"}],
            "closed_days": [(weekday + 3) % 7],
            "alerts": ["a secret list"],
        }
    browser = Browser(school, role).follow("home")
    assert "When the school is open" in [each.value for each in browser.at.header]
    assert "closed · Aniversário da cidade" in browser.text()
    assert "a secret list" not in browser.text()


def test_who_runs_the_school_has_no_need_of_its_hours_on_home(school: School) -> None:
    browser = Browser(school, "school").follow("home")
    assert "When the school is open" not in [each.value for each in browser.at.header]
