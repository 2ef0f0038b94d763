"""What was done is seen, undone and brought back: edit, history, bring back; bulk change, Undo; delete, Undo, bring back."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from domain.db.engine import make_engine
from tests.browser.window import Window

pytestmark = pytest.mark.browser

HEADER, ROW, BOX = 38, 36, 12  # the grid is drawn on a canvas, so that a row's box is found by its place
NAME, RENAMED = "Sala Cometa", "Sala Órbita"


def test_what_was_done_is_seen_undone_and_brought_back(page_as: Callable[..., Window]) -> None:
    it = page_as("school")
    _make(it)
    _edit_and_bring_back(it)
    _change_many_and_undo(it)
    _delete_undo_delete_and_bring_back(it)


def test_on_a_phone_undo_is_tapped_while_the_toast_is_still_read(page_as: Callable[..., Window]) -> None:
    it = page_as("school", viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    it.open("/operations?table=rooms&mode=new").type("rooms-new-name", "Sala Halo").type("rooms-new-capacity", "7")
    it.at("rooms-new.save").locator("button").tap()
    toast = it.page.get_by_test_id("stToast")
    expect(toast).to_contain_text("“Sala Halo” was created.")
    it.settle()
    said, bar = toast.bounding_box(), it.at("undo-bar").bounding_box()
    assert said
    assert bar
    assert 0 <= bar["y"] < bar["y"] + bar["height"] <= said["y"] < said["y"] + said["height"] <= 844
    it.at("undo").locator("button").tap()
    it.says("Undone: 1 record is as it was.").is_well()


def _make(it: Window) -> None:
    it.open("/operations?table=rooms&mode=new").type("rooms-new-name", NAME).type("rooms-new-capacity", "7")
    it.click("rooms-new.save").says(f"“{NAME}” was created.")
    expect(it.at("undo-bar")).to_contain_text(f"“{NAME}” was created.")
    it.is_well()


def _edit_and_bring_back(it: Window) -> None:
    key = re.search(r"record=(\w+)", it.page.url)
    assert key
    it.click("record-edit-rooms").type(f"rooms-{key[1]}-name", RENAMED).type(f"rooms-{key[1]}-capacity", "9")
    it.click(f"rooms-{key[1]}.save").says(f"“{RENAMED}” was saved.")
    drawer = it.at("record-drawer")
    drawer.get_by_text("History", exact=True).click()
    articles = drawer.get_by_role("article")
    expect(articles).to_have_count(2)
    it.settle()
    latest, first = articles.all()
    expect(latest).to_have_accessible_name(re.compile(r"^Changed, \d\d/\d\d/\d{4}.*Coordination$|^Changed, .*Coordination$"))
    expect(latest).to_contain_text(NAME)
    expect(latest).to_contain_text(RENAMED)
    expect(first).to_contain_text("Created")
    back = drawer.get_by_role("button", name=re.compile("^Bring back the version of"))
    expect(back).to_have_count(1)
    back.focus()
    it.page.keyboard.press("Enter")
    expect(it.at("version-rooms")).to_contain_text(NAME)
    it.click("version-yes-rooms").says(f"“{NAME}” is as it was.")
    expect(articles).to_have_count(3)
    expect(drawer.get_by_role("heading", name=NAME)).to_be_visible()
    it.is_well()


def _change_many_and_undo(it: Window) -> None:
    it.open("/operations?table=rooms&sort=name")
    grid = it.at("grid-rooms").locator("canvas").first
    _mark(it, 0)
    _mark(it, 1)
    it.says("2 records are marked.")
    it.click("bulk-edit-rooms")
    it.choose("bulk-field-rooms", "Seats")
    it.type("bulk-value-rooms-capacity", "55").click("bulk-save-rooms").says("2 records were saved.")
    assert _seats(it).count(55) == 2
    it.click("undo").says("Undone: 2 records are as they were.")
    expect(it.at("undo-bar")).to_have_count(0)
    assert 55 not in _seats(it)
    expect(grid).to_be_visible()
    it.is_well()


def _mark(it: Window, row: int) -> None:
    place = it.at("grid-rooms").locator("canvas").first.bounding_box()
    assert place
    it.page.mouse.click(place["x"] + BOX, place["y"] + HEADER + ROW * row + ROW // 2)
    it.settle()


def _delete_undo_delete_and_bring_back(it: Window) -> None:
    for again in (False, True):
        it.open("/operations?table=rooms&q=cometa").says("1 record")
        _mark(it, 0)
        it.click("bulk-delete-rooms").says("You can undo this within ten minutes.")
        it.at("delete-rooms-yes").locator("button").click()
        it.says("1 record was deleted.").settle()
        assert NAME not in _names(it)
        if not again:
            it.click("undo").says("Undone: 1 record is as it was.")
            assert NAME in _names(it)
    it.open("/operations?table=rooms").click("deleted-rooms")
    it.page.get_by_role("button", name=f"Bring back “{NAME}”").click()
    it.says("is created again as it was")
    it.at("restore-rooms-yes").locator("button").click()
    it.says(f"“{NAME}” is back.").settle()
    assert NAME in _names(it)
    it.is_well()


def _rooms(it: Window) -> list[tuple[str, int]]:
    with make_engine(f"file:{Path(it.server.log).with_suffix('.db')}").connect() as connection:
        return [(row[0], row[1]) for row in connection.exec_driver_sql("SELECT name, capacity FROM rooms")]


def _seats(it: Window) -> list[int]:
    return [seats for _name, seats in _rooms(it)]


def _names(it: Window) -> list[str]:
    return [name for name, _seats in _rooms(it)]
