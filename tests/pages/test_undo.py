"""Undo beside every change: for who did it, for a while, and never over what came between."""

import datetime as dt
import re
from dataclasses import replace

import pytest

from domain.access.roles import Role
from domain.access.uow import unit_of_work
from domain.crm.enums import LeadSource
from domain.operations.models import Room
from pages._crud import undo
from tests.conftest import School
from tests.pages.browser import Browser
from tests.pages.conftest import Ask
from tests.pages.filling import row_of
from tests.pages.test_many_rows import edits


def said(browser: Browser) -> list[str]:
    return [re.sub(r"\\(.)", r"\1", each.value) for each in browser.at.toast]


def test_a_saved_form_is_undone(school: School, sql: Ask) -> None:
    browser = Browser(school, "school").open("rooms", record=school.room, mode="edit")
    browser.put({f"rooms-{school.room}-name": "Sala Azul"}).click(f"rooms-{school.room}.save")
    assert "“Sala Azul” was saved." in browser.text()
    browser.click("undo")
    assert row_of(sql, "rooms", school.room)["name"] == "Sala 1"
    assert not browser.has("undo")
    assert "Undone: 1 record is as it was." in said(browser)
    assert browser.grid("rooms").loc[school.room, "name"] == "Sala 1"


def test_a_new_record_is_undone_and_closed(school: School, sql: Ask) -> None:
    browser = Browser(school, "school").open("rooms", mode="new")
    browser.put({"rooms-new-name": "Porão", "rooms-new-capacity": 3}).click("rooms-new.save")
    assert "record" in browser.query
    browser.click("undo")
    assert [row["name"] for row in sql("SELECT name FROM rooms")] == ["Sala 1"]
    assert "record" not in browser.query


def test_an_edit_in_the_list_is_undone(school: School, rooms: list[str], sql: Ask) -> None:
    before = sql("SELECT id, name, capacity FROM rooms ORDER BY id")
    browser = Browser(school, "school").open("rooms", sort="name")
    order = list(browser.grid("rooms").index)
    browser.click("inline-start-rooms")
    edits(browser, "rooms", order, {rooms[0]: {"name": "Joana", "capacity": 11}, rooms[2]: {"capacity": 31}})
    browser.click("editor-rooms.save").click("undo")
    assert sql("SELECT id, name, capacity FROM rooms ORDER BY id") == before
    assert "Undone: 2 records are as they were." in said(browser)


def test_a_bulk_change_and_a_bulk_delete_are_undone(school: School, rooms: list[str], sql: Ask) -> None:
    before = sql("SELECT id, name, capacity, is_active FROM rooms ORDER BY id")
    browser = Browser(school, "school").open("rooms").mark("rooms", rooms).click("bulk-edit-rooms")
    browser.put({"bulk-field-rooms": "capacity"}).run().put({"bulk-value-rooms-capacity": 44}).click("bulk-save-rooms")
    browser.click("undo")
    assert sql("SELECT id, name, capacity, is_active FROM rooms ORDER BY id") == before
    browser.open("rooms").mark("rooms", rooms).click("bulk-delete-rooms").click("delete-rooms-yes")
    assert len(sql("SELECT id FROM rooms")) == 1
    browser.click("undo")
    assert sql("SELECT id, name, capacity, is_active FROM rooms ORDER BY id") == before


def test_a_clash_is_told_and_nothing_is_undone(school: School, rooms: list[str], sql: Ask) -> None:
    browser = Browser(school, "school").open("rooms").mark("rooms", rooms).click("bulk-edit-rooms")
    browser.put({"bulk-field-rooms": "capacity"}).run().put({"bulk-value-rooms-capacity": 44}).click("bulk-save-rooms")
    with unit_of_work(replace(school.actor(Role.OWNER), role=Role.SCHOOL)) as session:
        session.get(Room, rooms[1]).capacity = 45
    browser.click("undo")
    assert "“Áurea” was changed since by Olga Lima (Seats). Nothing was undone." in browser.said()
    assert [row_of(sql, "rooms", key)["capacity"] for key in rooms] == [44, 45, 44]
    assert not browser.has("undo")


def test_only_the_last_thing_done_is_offered_and_it_can_be_sent_away(school: School, rooms: list[str]) -> None:
    browser = Browser(school, "school")
    for key in rooms[:2]:
        browser.open("rooms", record=key, mode="edit").put({f"rooms-{key}-capacity": 50}).click(f"rooms-{key}.save")
    assert "“Áurea” was saved." in browser.text()
    assert "“João” was saved." not in browser.text()
    assert browser.open("leads").has("undo"), "it stands while its person looks elsewhere"
    assert not browser.click("undo-away").has("undo")


def test_it_is_offered_for_ten_minutes(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = Browser(school, "school").open("rooms", record=school.room, mode="edit")
    browser.put({f"rooms-{school.room}-capacity": 50}).click(f"rooms-{school.room}.save")
    began = dt.datetime.now(dt.UTC)
    monkeypatch.setattr(undo, "now", lambda: began + dt.timedelta(minutes=9))
    assert browser.run().has("undo")
    monkeypatch.setattr(undo, "now", lambda: began + dt.timedelta(minutes=11))
    assert not browser.run().has("undo")


def test_what_saved_nothing_new_offers_nothing(school: School) -> None:
    browser = Browser(school, "school").open("rooms", record=school.room, mode="edit").click(f"rooms-{school.room}.save")
    assert not browser.has("undo")


def test_a_students_words_are_not_offered_to_be_undone(school: School) -> None:
    browser = Browser(school, "student").open("todos", mode="new")
    browser.put({"todos-new-title": "Ler"}).click("todos-new.save")
    assert not browser.has("undo")
    browser.click("record-delete-todos")
    assert "1 record will be deleted\\. This can't be undone\\." in browser.text()


def test_reception_is_not_told_that_a_delete_comes_back_from_where_it_cannot_look(school: School, sql: Ask) -> None:
    browser = Browser(school, "staff").open("leads", mode="new")
    browser.put({"leads-new-name": "Ana", "leads-new-source": LeadSource.WEBSITE}).click("leads-new.save")
    browser.click("record-delete-leads")
    text = browser.text()
    assert "You can undo this within ten minutes\\." in text
    assert "deleted records" not in text
    browser.click("delete-leads-yes").click("undo")
    assert [row["name"] for row in sql("SELECT name FROM leads")] == ["Ana"]
