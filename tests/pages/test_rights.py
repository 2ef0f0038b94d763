"""The page Rights: each role's own, all of them for coordination and owners, and what one person can see."""

import pytest

from domain.access.roles import Role
from domain.db.engine import engine
from tests.conftest import School
from tests.factories.rows import Rows
from tests.pages.browser import Browser


def seen(browser: Browser) -> str:
    """All words of the page."""
    return "\n".join([*(each.value for each in browser.at.header), browser.text()])


@pytest.mark.parametrize("role", [Role.STUDENT, Role.TEACHER, Role.PARENT, Role.STAFF])
def test_others_read_their_own_rights_and_choose_nobody(role: Role, school: School) -> None:
    browser = Browser(school, role).follow("rights", role="owner", person=school.people[Role.OWNER])
    assert not browser.widgets("rights-")
    assert "Olga" not in seen(browser)
    assert "No access" in seen(browser)


def test_a_student_reads_how_much_is_theirs(school: School) -> None:
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        for _each in range(3):
            rows.add("todos", user_id=school.people[Role.STUDENT])
        rows.add("todos", user_id=rows.add("users", role="student"))
    words = seen(Browser(school, "student").follow("rights"))
    assert "<dt>Tasks</dt><dd>Own: read, create, change, delete · 3 rows</dd>" in words
    assert "<dt>Classes</dt><dd>Of the classes that they are enrolled in: read · 1 row</dd>" in words
    assert "3 of 4" not in words


@pytest.mark.parametrize("role", list(Role))
def test_coordination_reads_every_roles_rights(role: Role, school: School) -> None:
    browser = Browser(school, "school").follow("rights", role=role.value)
    assert browser.held("rights-whose") == role.value
    words = seen(browser)
    assert ("<dt>Stars</dt>" in words) == (role in {Role.STUDENT, Role.TEACHER, Role.OWNER})
    assert ("<dt>Stars</dt><dd>Own: read, create, change, delete</dd>" in words) == (role is Role.STUDENT)


def test_the_role_stands_in_the_address_and_nonsense_shows_ones_own(school: School) -> None:
    browser = Browser(school, "owner").follow("rights", role="nonsense")
    assert browser.held("rights-whose") == "owner"
    browser.put({"rights-whose": "staff"}).run()
    assert browser.query == {"role": "staff"}
    assert "CPF" in seen(browser)


def test_what_one_person_sees_is_counted_as_that_person(school: School) -> None:
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        rows.add("classes")
        rows.add("invoices", payer_id=school.people[Role.PARENT])
        rows.add("invoices")
    words = seen(Browser(school, "school").follow("rights", person=school.people[Role.PARENT]))
    assert "<dd>Of their children&#x27;s classes: read · 1 of 2 rows</dd>" in words
    assert "<dd>That they pay: read · 1 of 2 rows</dd>" in words


def test_no_number_tells_of_what_the_asker_may_not_know(school: School) -> None:
    with engine().begin() as connection:
        Rows(connection, school.id).add("todos", user_id=school.people[Role.STUDENT])
    address = {"person": school.people[Role.STUDENT]}
    asked = seen(Browser(school, "school").follow("rights", **address))
    assert "<dt>Tasks</dt><dd>Own: read, create, change, delete</dd>" in asked
    owners = seen(Browser(school, "owner").follow("rights", **address))
    assert "<dt>Classes</dt><dd>Of the classes that they are enrolled in: read</dd>" in owners
    assert "it would tell something" in owners


def test_a_person_is_chosen_from_the_list(school: School) -> None:
    browser = Browser(school, "school").follow("rights", person="")
    assert "Choose a person" in seen(browser)
    browser.put({"rights-person": school.people[Role.TEACHER]}).run()
    assert browser.query == {"person": school.people[Role.TEACHER]}
    assert "Tomás" in seen(browser)


def test_a_person_with_two_roles_is_looked_at_in_each(school: School) -> None:
    browser = Browser(school, "owner").follow("rights", person=school.people[Role.SCHOOL])
    assert browser.held("rights-as") == "school"
    browser.put({"rights-as": "owner"}).run()
    assert browser.query["as"] == "owner"


@pytest.mark.parametrize("key", ["nonsense", "01ARZ3NDEKTSV4RRFFQ69G5FAV"])
def test_nobody_at_an_address_is_said_calmly(key: str, school: School) -> None:
    assert "Nobody by this address" in seen(Browser(school, "school").follow("rights", person=key))


def test_a_person_of_another_school_is_nobody(school: School) -> None:
    with engine().begin() as connection:
        theirs = Rows(connection).add("users", first_name="Zulmira")
    browser = Browser(school, "school").follow("rights", person=theirs)
    assert "Nobody by this address" in seen(browser)
    assert "Zulmira" not in seen(browser)


def test_someone_inactive_is_said_to_see_nothing_for_now(school: School) -> None:
    with engine().begin() as connection:
        connection.exec_driver_sql("UPDATE users SET is_active = 0 WHERE id = ?", (school.people[Role.STAFF],))
    browser = Browser(school, "school").follow("rights", person=school.people[Role.STAFF])
    assert any("inactive" in each for each in browser.said())
