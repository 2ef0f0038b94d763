"""The first walk through the app: from the first run to signing out, as one person would take it."""

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import OpenWindow
from tests.browser.server import Server
from tests.browser.window import Window

pytestmark = pytest.mark.browser

NAME, PLAIN = "Turma Órbita – São João", "orbita sao joao"
RENAMED, MINE, THEIRS = "Turma Órbita da Manhã", "Turma Órbita (minha)", "Turma Órbita (da outra janela)"
HEADER, ROW = 38, 36  # the grid is drawn on a canvas, so that a cell is found by its place


def test_the_first_walk(server: Server, window: OpenWindow) -> None:
    it = window(server)
    _open_the_demo_school(it)
    record = _create_a_class(it)
    _find_it(it)
    _edit_it_in_the_list(it)
    other = _open_its_link_elsewhere(it, window, record)
    _edit_it_in_both(it, other, record)
    _be_refused_to_delete_it(it, record)
    _sign_out(it, other)


def _open_the_demo_school(it: Window) -> None:
    it.open("/")
    expect(it.title).to_have_text("Welcome")
    it.at("try-demo").locator("button").click()
    expect(it.page.get_by_test_id("stProgress")).to_be_visible()
    expect(it.title).to_have_text("Sign in", timeout=60_000)
    it.settle()
    it.at("enter-school").locator("button").click()
    expect(it.at("menu")).to_be_visible()
    it.settle().is_well()


def _create_a_class(it: Window) -> str:
    it.follow("operations")
    expect(it.title).to_have_text("Classes")
    it.click("new-classes").click("classes-new.save")
    expect(it.problem("classes-new-name")).not_to_be_empty()
    expect(it.problem("classes-new-term_id")).not_to_be_empty()

    it.type("classes-new-name", NAME)
    it.choose("classes-new-term_id")
    it.choose("classes-new-level_id")
    it.click("classes-new.save")
    it.says(f"“{NAME}” was created.")
    expect(it.at("record-drawer").get_by_text(NAME).first).to_be_visible()
    it.is_well()
    assert "record=" in it.page.url
    return it.page.url


def _find_it(it: Window) -> None:
    it.follow("")
    it.at("search").locator("input").press_sequentially(PLAIN, delay=20)
    it.settle()  # each letter asks anew: a link that is drawn again under the pointer is not clicked
    found = it.at("search").get_by_role("link").filter(has_text=NAME)
    expect(found).to_be_visible()
    found.click()
    expect(it.at("record-drawer").get_by_text(NAME).first).to_be_visible()
    it.settle()

    it.click("record-close-classes").type("search-classes", "ORBITA")
    it.says("1 record")
    expect(it.at("chips")).to_contain_text("ORBITA")
    assert "q=ORBITA" in it.page.url
    it.is_well()


def _edit_it_in_the_list(it: Window) -> None:
    it.click("inline-start-classes")
    _type_into_cell(it, it.at("editor-classes").locator("canvas").first, row=0, text=RENAMED)
    it.says("1 change, not saved yet")
    difference = it.page.get_by_test_id("stTable")
    expect(difference).to_contain_text(NAME)
    expect(difference).to_contain_text(RENAMED)
    it.click("editor-classes.save").says("1 record was saved.")
    it.is_well()


def _type_into_cell(it: Window, canvas: Locator, *, row: int, text: str) -> None:
    place = canvas.bounding_box()
    assert place
    it.page.mouse.dblclick(place["x"] + 60, place["y"] + HEADER + ROW * row + ROW // 2)  # a layer for scrolling lies over it
    cell = it.page.locator("#portal textarea, #portal input").first
    expect(cell).to_be_visible()
    cell.fill(text)
    cell.press("Enter")


def _open_its_link_elsewhere(it: Window, window: OpenWindow, record: str) -> Window:
    other = window(it).open(record)
    expect(other.at("record-drawer").get_by_text(RENAMED).first).to_be_visible()
    assert other.page.url == record
    return other


def _edit_it_in_both(it: Window, other: Window, record: str) -> None:
    name = f"classes-{_key(record)}-name"
    it.open(record).click("record-edit-classes").type(name, MINE)
    other.click("record-edit-classes").type(name, THEIRS).click(f"classes-{_key(record)}.save").says(f"“{THEIRS}” was saved.")

    it.click(f"classes-{_key(record)}.save")
    both = it.at(f"classes-{_key(record)}.conflict-box")
    expect(both).to_contain_text(f"Yours: {MINE}")
    expect(both).to_contain_text(f"Theirs: {THEIRS}")
    expect(it.at("record-drawer").get_by_text("was saved")).to_have_count(0)
    it.click(f"classes-{_key(record)}.resolve").says(f"“{MINE}” was saved.")
    it.is_well()
    other.open(record)
    expect(other.at("record-drawer").get_by_text(MINE).first).to_be_visible()


def _be_refused_to_delete_it(it: Window, record: str) -> None:
    key = _key(record)
    it.open(f"/class?record={key}")
    expect(it.title).to_have_text(MINE)
    it.page.get_by_role("button", name="Enrol a student").click()
    expect(it.title).to_have_text("Enrolment")
    it.open(f"/operations?table=enrollments&f_class_id={key}&mode=new")  # its term may be over: the records take it all the same
    student = it.choose("enrollments-new-user_id").split(" · ")[0]
    it.click("enrollments-new.save").says("was created.")

    it.open(record).click("record-delete-classes")
    dialog = it.page.get_by_role("dialog")
    expect(dialog).to_contain_text("Enrolments: 1 still need this")
    expect(dialog).to_contain_text(student)
    expect(dialog.get_by_role("button", name="Delete")).to_have_count(0)
    it.click("delete-refused-close")
    it.open(record)
    expect(it.at("record-drawer").get_by_text(MINE).first).to_be_visible()
    it.is_well()


def _sign_out(it: Window, other: Window) -> None:
    it.at("sign-out").locator("button").click()
    expect(it.title).to_have_text("Sign in")
    it.settle().open("/")
    expect(it.title).to_have_text("Sign in")
    expect(it.at("menu")).to_have_count(0)
    other.page.reload()
    expect(other.title).to_have_text("Sign in")
    it.is_well()
    other.is_well()


def _key(record: str) -> str:
    """The key of the record that an address names."""
    return parse_qs(urlsplit(record).query)["record"][0]
