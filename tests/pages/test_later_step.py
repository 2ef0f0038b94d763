"""The second step that is asked for in the middle of the work: nothing opens before it, and what was typed is there after it."""

from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from domain.access.roles import Role
from domain.access.sign_in import actor_of
from domain.operations.enums import AttendanceStatus
from pages._shell import second_factor, state
from tests.conftest import PASSWORD, School
from tests.factories.authenticator import code, give_phone, require
from tests.pages.browser import Browser
from tests.pages.conftest import Ask
from tests.pages.evening import stopped_evening

KEPT = "What you typed is kept. What you clicked last wasn't done: please do it again afterwards."


def half_way(school: School) -> Browser:
    """Coordination with a form open for a new room, half filled in."""
    it = Browser(school, Role.SCHOOL).open("rooms", mode="new")
    it.put({"rooms-new-name": "Sala Áurea", "rooms-new-capacity": 17}).run()
    return it


def title(it: Browser) -> str:
    return str(it.at.title[0].value)


def words(it: Browser) -> str:
    return it.text().replace("&#x27;", "'")


def test_the_code_is_asked_for_at_the_next_click_and_what_was_typed_is_there_afterwards(school: School, sql: Ask) -> None:
    it = half_way(school)
    secret, _codes = give_phone(school.people[Role.SCHOOL])
    sql("DELETE FROM recovery_codes WHERE id NOT IN (SELECT id FROM recovery_codes ORDER BY id LIMIT 2)")
    require(school.id)
    it.click("rooms-new.save")
    assert (title(it), it.has("menu"), KEPT in words(it)) == ("Second step", False, True)
    assert [each["name"] for each in sql("SELECT name FROM rooms")] == ["Sala 1"], "nothing is done before it"
    it.put({"later-code": "12345"}).click("later-submit")
    assert it.problems("later-code")
    assert title(it.run()) == "Second step"
    it.put({"later-code": code(secret)}).click("later-submit")
    assert it.has("menu")
    assert (it.held("rooms-new-name"), it.held("rooms-new-capacity")) == ("Sala Áurea", 17)
    it.click("rooms-new.save")
    assert {each["name"] for each in sql("SELECT name FROM rooms")} == {"Sala 1", "Sala Áurea"}


def test_who_has_none_sets_it_up_keeps_the_codes_and_goes_on(school: School) -> None:
    it = half_way(school)
    require(school.id)
    it.run()
    assert (title(it), it.has("menu")) == ("Set up a second step", False)
    it.put({"factor-present": "not mine at all"}).click("factor-submit")
    assert it.problems("factor-present") == ["This isn&#x27;t your present password."]
    it.put({"factor-present": PASSWORD}).click("factor-submit")
    secret = str(it.at.code[0].value).replace(" ", "")
    it.put({"factor-new-code": code(secret)}).click("factor-confirm-submit")
    assert len(str(it.at.code[0].value).split("\n")) == 10
    assert not it.has("menu"), "the codes are shown this once, and nothing takes their place"
    it.click("factor-kept")
    assert it.has("menu")
    assert it.held("rooms-new-name") == "Sala Áurea"
    assert second_factor.CODES not in it.at.session_state


def test_one_may_sign_out_instead(school: School, noted: Callable[..., list[dict[str, Any]]]) -> None:
    it = Browser(school, Role.STAFF)
    require(school.id)
    token = it.at.session_state[state.TOKEN]
    it.run().click("later-sign-out")
    assert 'data-trade="end"' in it.text()
    assert noted("cookie_refused") == [], "who leaves isn't asked once more who they are"
    assert actor_of(token) is None
    assert "sign-in-email" in it.run().widgets()


def test_a_tap_that_found_nobody_leaves_no_word_of_a_right_that_lacks(
    school: School, sql: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:  # the codes are of this minute
        [keys] = stopped_evening(school, patch)
        it = Browser(school, Role.SCHOOL).follow("attendance", session=keys["six"])
    secret, _codes = give_phone(school.people[Role.SCHOOL])
    require(school.id)
    it.at.button_group(key=f"tap-{keys['six']}-{keys['Ana']}").set_value(AttendanceStatus.PRESENT)
    it.run()
    assert (title(it), KEPT in words(it)) == ("Second step", True)
    it.put({"later-code": code(secret)}).click("later-submit")
    assert it.has("sheet")
    assert not [said for said in it.said() if "role" in said or "saved" in said]
    assert sql("SELECT id FROM attendance") == []


def test_a_fragment_that_finds_nobody_has_its_page_drawn_anew(school: School) -> None:
    def page() -> None:
        import streamlit as st

        from pages._shell.guard import actor_still_here

        st.session_state.runs = st.session_state.get("runs", 0) + 1
        if st.session_state.runs == 1:
            actor_still_here()
            st.text("drawn for nobody")
        st.text("the door")

    at = AppTest.from_function(page).run()
    assert ([each.value for each in at.text], at.session_state.runs, list(at.exception)) == (["the door"], 2, [])


def test_a_role_that_asks_for_nothing_goes_on_undisturbed(school: School) -> None:
    it = Browser(school, Role.TEACHER)
    require(school.id)
    assert it.run().has("menu")
