"""A file's way in, as a coordinator walks it: the template, a file with errors, the corrected one, and once more the same."""

import csv
import io
import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import WIDE, OpenWindow
from tests.browser.looks import severe_on
from tests.browser.server import Server
from tests.browser.window import Window

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}


def test_a_template_is_filled_in_corrected_and_imported(demo_server: Server, window: OpenWindow, tmp_path: Path) -> None:
    it = window(demo_server).enter("school")
    it.open("/operations?table=rooms")
    it.page.get_by_role("link", name="Import", exact=True).click()
    expect(it.title).to_have_text("Import and export")
    it.settle()
    with it.page.expect_download() as started:
        it.page.get_by_role("link", name="Template as CSV").click()
    template = Path(started.value.path()).read_text(encoding="utf-8-sig")
    head, _example = csv.reader(io.StringIO(template, newline=""))

    first, second = ["Sala Zênite", "many", "Yes"], ["Sala Nadir", "12", "perhaps"]
    bring(it, tmp_path, head, first, second, says="Nothing can be imported yet")
    expect(it.at("exchange-import")).to_have_count(0)
    assert not severe_on(it)
    it.page.set_viewport_size(PHONE)
    it.says("This must be a whole number.")
    assert it.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    assert it.page.get_by_role("row").filter(has_text="many").get_by_role("cell").all_inner_texts()[1:3] == ["Seats", "many"]
    it.page.set_viewport_size(WIDE)
    with it.page.expect_download() as started:
        it.page.get_by_role("link", name="All of them as CSV").click()
    told = Path(started.value.path()).read_text(encoding="utf-8-sig")
    assert "2,Seats,many,This must be a whole number.,error" in told
    assert "3,In use,perhaps,This must be yes or no.,error" in told

    first[1], second[2] = "20", "No"
    bring(it, tmp_path, head, first, second, says="Import 2 records")
    picture(it, "ready")
    it.click("exchange-import").says("Imported: 2 added, 0 changed.")
    expect(it.at("undo-bar")).to_be_visible()
    picture(it, "done")
    it.page.get_by_role("link", name="See the list").click()
    it.settle().type("search-rooms", "zenite").says("1 record")

    it.open("/exchange?table=rooms")
    bring(it, tmp_path, head, first, second, says="There is nothing to do")
    it.is_well()


def bring(it: Window, folder: Path, *rows: list[str], says: str) -> None:
    """Choose a file with these rows, and wait until the page says what it makes of it."""
    path = folder / "rooms.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    with it.page.expect_file_chooser() as asked:  # the same name again: only by the button is it looked at anew
        it.page.get_by_role("region", name="Your file").get_by_role("button").last.click()
    asked.value.set_files(path)
    it.says(says).settle()


def picture(it: Window, name: str) -> None:
    """Keep what is seen, where somebody wants to look at it."""
    if folder := os.environ.get("CONSTELA_PICTURES"):
        it.page.screenshot(path=Path(folder) / f"exchange-{name}.png", full_page=True)
