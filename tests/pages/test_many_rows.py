"""Many records at once: edits in the grid with their difference shown, bulk changes and deletes, all of it or nothing."""

from typing import Any

import pytest

from domain.db.engine import engine
from tests.conftest import School
from tests.factories.rows import Rows
from tests.pages.browser import Browser
from tests.pages.conftest import Ask
from tests.pages.filling import row_of


def edits(browser: Browser, table: str, order: list[str], changes: dict[str, dict[str, Any]]) -> None:
    rows = {order.index(key): cells for key, cells in changes.items()}
    browser.at.session_state[f"editor-{table}"] = {"edited_rows": rows, "added_rows": [], "deleted_rows": []}
    browser.run()


def test_an_edit_in_the_list_shows_its_difference_and_is_then_saved(school: School, rooms: list[str], sql: Ask) -> None:
    browser = Browser(school, "school").open("rooms", sort="name")
    order = list(browser.grid("rooms").index)
    browser.click("inline-start-rooms")
    edits(browser, "rooms", order, {rooms[0]: {"name": "Joana", "capacity": 11}, rooms[2]: {"is_active": True}})
    shown = browser.at.table[0].value
    assert [list(row) for row in shown.to_numpy()] == [
        ["João", "Name", "João", "Joana"],
        ["João", "Seats", "10", "11"],
        ["Zélia", "In use", "No", "Yes"],
    ]
    assert row_of(sql, "rooms", rooms[0])["name"] == "João", "not saved yet"
    browser.click("editor-rooms.save")
    assert [(row_of(sql, "rooms", key)["name"], row_of(sql, "rooms", key)["is_active"]) for key in rooms] == [
        ("Joana", 1),
        ("Áurea", 1),
        ("Zélia", 1),
    ]
    assert "mode" not in browser.query


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"capacity": 0}, "Seats: This must be 1 or more."),
        ({"name": ""}, "Name: Please fill this in."),
        ({"name": "Sala 1"}, "Name: “Sala 1” has this already."),
        ({"name": "a\x00b"}, "Name: This holds a character that can't be kept, such as a line break or a null byte."),
        ({"capacity": "many"}, "Seats: This can't be read: please look at it again."),
        ({"capacity": 1.5}, "Seats: This must be a whole number."),
    ],
)
def test_one_bad_cell_keeps_all_rows_as_they_were(
    cells: dict[str, Any], said: str, school: School, rooms: list[str], sql: Ask
) -> None:
    before = sql("SELECT * FROM rooms ORDER BY id")
    browser = Browser(school, "school").open("rooms", sort="name")
    order = list(browser.grid("rooms").index)
    browser.click("inline-start-rooms")
    edits(browser, "rooms", order, {rooms[1]: {"name": "Fine"}, rooms[0]: cells})
    if not browser.at.button(key="editor-rooms.save").disabled:
        browser.click("editor-rooms.save")
    assert said in browser.said()
    assert sql("SELECT * FROM rooms ORDER BY id") == before
    assert browser.at.session_state["editor-rooms"]["edited_rows"][order.index(rooms[1])] == {"name": "Fine"}, "kept"


def test_an_impossible_date_or_hour_in_the_list_is_told(school: School) -> None:
    browser = Browser(school, "school").open("terms").click("inline-start-terms")
    edits(browser, "terms", [school.term], {school.term: {"start_date": "2026-02-30"}})
    assert "First day: This can't be read: please look at it again." in browser.said()
    assert browser.at.button(key="editor-terms.save").disabled


def test_an_edit_in_the_list_meets_another_editor(school: School, rooms: list[str], sql: Ask) -> None:
    browser = Browser(school, "school").open("rooms", sort="name")
    order = list(browser.grid("rooms").index)
    browser.click("inline-start-rooms")
    sql("UPDATE rooms SET name = 'Theirs', row_version = row_version + 1 WHERE id = ?", rooms[0])
    edits(browser, "rooms", order, {rooms[0]: {"name": "Mine"}, rooms[1]: {"name": "Fine"}})
    browser.click("editor-rooms.save")
    assert any("“João”: open that record to see both versions." in said for said in browser.said())
    assert [row_of(sql, "rooms", key)["name"] for key in rooms] == ["Theirs", "Áurea", "Zélia"]


def test_many_rows_are_changed_together_or_not_at_all(school: School, rooms: list[str], sql: Ask) -> None:
    browser = Browser(school, "school").open("rooms").mark("rooms", rooms).click("bulk-edit-rooms")
    browser.put({"bulk-field-rooms": "capacity"}).run().put({"bulk-value-rooms-capacity": 44}).click("bulk-save-rooms")
    assert [row_of(sql, "rooms", key)["capacity"] for key in rooms] == [44, 44, 44]
    assert row_of(sql, "rooms", school.room)["capacity"] == 12
    before = sql("SELECT * FROM rooms ORDER BY id")
    browser.mark("rooms", rooms).click("bulk-edit-rooms")
    browser.put({"bulk-field-rooms": "name"}).run().put({"bulk-value-rooms-name": "All one"}).click("bulk-save-rooms")
    assert browser.problems("bulk-rooms-name") == ["“All one” has this already."]
    assert sql("SELECT * FROM rooms ORDER BY id") == before


def test_one_row_in_the_way_keeps_all_marked_rows(school: School, rooms: list[str], sql: Ask) -> None:
    before = sql("SELECT * FROM rooms ORDER BY id")
    browser = Browser(school, "school").open("rooms").mark("rooms", [*rooms, school.room]).click("bulk-delete-rooms")
    assert not browser.has("delete-rooms-yes")
    assert "Classes\\: 1 still need this: English A1" in browser.text()
    assert sql("SELECT * FROM rooms ORDER BY id") == before
    browser.open("rooms").mark("rooms", rooms).click("bulk-delete-rooms").click("delete-rooms-yes")
    assert [row["id"] for row in sql("SELECT id FROM rooms")] == [school.room]


def test_a_row_that_gained_a_dependent_after_the_question_stays(school: School, rooms: list[str], sql: Ask) -> None:
    browser = Browser(school, "school").open("rooms").mark("rooms", rooms).click("bulk-delete-rooms")
    sql("UPDATE classes SET room_id = ? WHERE id = ?", rooms[2], school.klass)
    browser.click("delete-rooms-yes")
    assert "This can't be deleted: other records still need it." in browser.said()
    assert len(sql("SELECT id FROM rooms")) == 4


def test_a_delete_names_what_stands_in_the_way_and_what_goes_along(school: School, sql: Ask) -> None:
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        lead = rows.add("leads", name="Dona Ana")
        for _each in range(2):
            rows.add("lead_interactions", lead_id=lead)
    browser = Browser(school, "school").open("classes", record=school.klass).click("record-delete-classes")
    assert "Enrolments\\: 1 still need this: Sofia Lima · English A1" in browser.text()
    assert not browser.has("delete-classes-yes")
    browser.open("leads", record=lead).click("record-delete-leads")
    assert "Lead interactions\\: 2 will be deleted as well" in browser.text()
    browser.click("delete-leads-yes")
    assert sql("SELECT * FROM lead_interactions") == []
