"""A link to what isn't the person's: the page says what it says of a record that doesn't exist, and only the log knows better."""

from collections.abc import Callable
from typing import Any

import pytest

from domain.access.roles import Role
from domain.access.security_log import Event
from domain.access.sign_in import end
from domain.db.engine import engine
from domain.kit.ids import new_id
from pages._shell import state
from tests.conftest import School
from tests.factories.rows import Rows
from tests.pages.browser import Browser

Noted = Callable[..., list[dict[str, Any]]]


def page(it: Browser, *keys: str) -> list[str]:
    """All that a page says, with the keys that were asked for left out."""
    told = [*it.said(), it.text(), *it.problems(""), str(sorted(it.widgets())), str([each.value for each in it.at.title])]
    for key in keys:
        told = [each.replace(key, "KEY") for each in told]
    return told


@pytest.fixture
def others(school: School) -> dict[str, str]:
    """Records of the school that aren't the teacher's or the student's, and one of another school."""
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        elsewhere = Rows(connection, Rows(connection).add("organizations"))
        return {
            "users": rows.add("users", role="student"),
            "classes": rows.add("classes"),
            "sessions": rows.add("sessions"),
            "invoices": rows.add("invoices"),
            "elsewhere": elsewhere.add("users"),
            "alert": elsewhere.add("safety_alerts"),
            "klass": elsewhere.add("classes"),
        }


@pytest.mark.parametrize("table", ["users", "classes", "sessions"])
def test_anothers_record_looks_like_one_that_does_not_exist(
    school: School, others: dict[str, str], noted: Noted, table: str
) -> None:
    it, nowhere = Browser(school, Role.TEACHER), new_id()
    missing = page(it.open(table, record=nowhere), nowhere)
    theirs = page(it.open(table, record=others[table]), others[table])
    assert theirs == missing
    assert "This record doesn't exist, or it isn't yours to open." in missing
    events = [(each["event"], each["record"]) for each in noted("record_missing", "record_refused")]
    assert events == [("record_missing", nowhere), ("record_refused", others[table])]


def test_a_record_of_another_school_looks_like_one_that_does_not_exist(
    school: School, others: dict[str, str], noted: Noted
) -> None:
    it, nowhere, key = Browser(school, Role.OWNER), new_id(), others["elsewhere"]
    assert page(it.open("users", record=key), key) == page(it.open("users", record=nowhere), nowhere)
    [line] = noted("record_refused")
    assert (line["record"], line["reason"], line["school"]) == (key, "another school's", school.id)


@pytest.mark.parametrize(
    ("role", "path", "name", "table"),
    [
        ("teacher", "class", "record", "classes"),
        ("school", "supervision", "record", "alert"),
        ("school", "rights", "person", "elsewhere"),
        ("school", "wellbeing", "student", "elsewhere"),
        ("school", "wellbeing", "class", "klass"),
    ],
)
def test_a_page_of_its_own_says_the_same_of_both(
    school: School, others: dict[str, str], noted: Noted, role: str, path: str, name: str, table: str
) -> None:
    it, nowhere, key = Browser(school, role), new_id(), others[table]
    assert page(it.follow(path, **{name: key}), key) == page(it.follow(path, **{name: nowhere}), nowhere)
    assert [each["record"] for each in noted("record_refused")] == [key]
    assert [each["record"] for each in noted("record_missing")] == [nowhere]


@pytest.mark.parametrize("token", ["forged", "", "x" * 5000, "\udcff", "ü", "' OR 1=1 --"])
def test_a_cookie_that_opens_nothing_leads_to_the_sign_in_and_nowhere_else(school: School, noted: Noted, token: str) -> None:
    it = Browser(school, Role.STUDENT)
    it.at.session_state[state.TOKEN] = token
    it.run()
    fresh = Browser(school, Role.STUDENT)
    del fresh.at.session_state[state.TOKEN]
    fresh.run()
    assert it.has("sign-in-email")
    assert page(it) == page(fresh)
    assert len(noted("cookie_refused")) == (1 if token else 0)


def test_signing_out_in_the_usual_way_is_no_refused_cookie(school: School, noted: Noted) -> None:
    it = Browser(school, Role.STUDENT)
    token = it.at.session_state[state.TOKEN]
    it.click("sign-out")
    assert [each["event"] for each in noted()] == ["signed_in", "signed_out"]
    end(token)
    it.at.session_state[state.TOKEN] = token
    it.run()
    assert noted()[-1]["event"] == Event.COOKIE_REFUSED.word
