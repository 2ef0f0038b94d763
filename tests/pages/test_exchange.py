"""The page of imports and exports: a template, a file with errors told at their cells, a corrected one, and nothing by halves."""

import csv
import io
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest
from openpyxl import load_workbook

from domain.access.roles import Role
from domain.db.base import model_of
from domain.exchange.imports import importing as imports
from domain.exchange.imports import troubles
from domain.exchange.imports.draft import Options
from domain.registry import GROUPS
from pages._crud import importing
from pages._specs import spec_of
from tests.conftest import School
from tests.domain.exchange.importing import book, lines
from tests.pages.browser import Browser
from tests.pages.conftest import Ask
from tests.pages.files import get, token_of, told

HOSTILE = "<script>alert(1)</script> $x$ | **b** :red[c] &amp;"
WRONG = lines("Name,Seats,In use", f"Sala 2,{HOSTILE},yes", "=Sala 3,20,perhaps", "Sala 1,12,yes")
RIGHT = lines("Name,Seats,In use", "Sala 2,10,yes", "Sala 1,14,yes", "=Sala 3,20,no")


def bring(it: Browser, data: bytes, name: str = "rooms.csv") -> Browser:
    """Choose a file."""
    [uploader] = it.at.get("file_uploader")
    uploader.set_value((name, data, "text/csv"))
    return it.run()


def table_of(it: Browser, column: str) -> list[list[str]]:
    """The rows of the table of the page that has this column, as a browser shows them."""
    [found] = [each.value for each in it.at.html if 'class="c-table"' in each.value and f">{column}</th>" in each.value]
    table = fromstring(found)
    return [["".join(cell.itertext()) for cell in row] for row in table.iterfind("tbody/tr")]


def links(it: Browser) -> dict[str, str]:
    return {each.proto.label: each.proto.url for each in it.at.get("link_button")}


def test_a_file_is_looked_at_corrected_imported_and_undone(school: School, sql: Ask) -> None:
    before = sql("SELECT name, capacity, is_active FROM rooms ORDER BY name")
    it = bring(Browser(school, "school").follow("exchange", table="rooms"), WRONG)
    assert table_of(it, "What is wrong") == [
        ["2", "Seats", HOSTILE, "This must be a whole number."],
        ["3", "In use", "perhaps", "This must be yes or no."],
        ["3", "Name", "=Sala 3", "Note: This begins like a formula. It is kept as a text and never computed."],
    ]
    assert not it.has("exchange-import")
    assert "Nothing can be imported yet" in " ".join(it.said())
    it.put({"exchange-column": "In use"}).run()
    assert [row[1] for row in table_of(it, "What is wrong")] == ["In use"]
    it.put({"exchange-column": "", "exchange-errors-alone": True}).run()
    assert [row[1] for row in table_of(it, "What is wrong")] == ["Seats", "In use"]

    address = links(it)["All of them as CSV"]
    answer = get(address, token_of(school, "school"))
    found = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert [row[:3] for row in found] == [
        ["Row", "Column", "In the file"],
        ["2", "Seats", HOSTILE],
        ["3", "In use", "perhaps"],
        ["3", "Name", "'=Sala 3"],
    ]
    nothing = told(get("/export/nothing.csv", token_of(school, "school")))
    for token in (token_of(school, "staff"), None):
        assert told(get(address, token)) == nothing
    for other in (address.replace("rooms", "users"), "/import-errors/rooms/" + "0" * 32 + ".csv", "/import-errors/rooms"):
        assert told(get(other, token_of(school, "school"))) == nothing, other

    bring(it, RIGHT)
    assert table_of(it, "Before") == [["3", "Sala 1", "Seats", "12", "14"]]
    assert it.at.button(key="exchange-import").label == "Import 3 records"
    assert sql("SELECT name, capacity, is_active FROM rooms ORDER BY name") == before
    it.click("exchange-import")
    assert "Imported: 2 added, 1 changed." in " ".join(it.said())
    assert len(sql("SELECT id FROM rooms")) == 3

    bring(it, RIGHT)
    assert "There is nothing to do" in " ".join(it.said())
    assert not it.has("exchange-import")
    it.click("undo")
    assert sql("SELECT name, capacity, is_active FROM rooms ORDER BY name") == before
    assert not [said for said in it.said() if "Imported" in said or "nothing to do" in said]
    assert it.at.button(key="exchange-import").label == "Import 3 records"  # the file is looked at anew


def test_much_that_is_wrong_is_told_page_by_page_and_what_is_not_told_is_counted(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(troubles, "MOST_TOLD", 60)
    data = lines("Name,Seats", *(f"Sala {number},ten" for number in range(2, 72)))
    it = bring(Browser(school, "school").follow("exchange", table="rooms"), data)
    assert [row[0] for row in table_of(it, "What is wrong")] == [str(row) for row in range(2, 27)]
    said = it.text()
    assert "70 errors · the first 60 are listed" in said
    assert "1 to 25 of 60" in said
    it.at.session_state["exchange-troubles-page"] = 3
    it.run()
    assert [row[0] for row in table_of(it, "What is wrong")] == [str(row) for row in range(52, 62)]
    answer = get(links(it)["The first 60 as CSV"], token_of(school, "school"))
    assert len(answer.content.decode().splitlines()) == 1 + 60
    it.put({"exchange-column": "Seats"}).run()
    assert "51 to 60 of 60" in it.text()


def test_what_is_no_table_is_said_and_what_came_between_is_told(school: School, sql: Ask) -> None:
    it = bring(Browser(school, "school").follow("exchange", table="rooms"), b"%PDF-1.7", "rooms.csv")
    assert "neither a CSV nor an Excel file" in " ".join(it.said())
    bring(it, lines("Name,Seats,Colour", "Sala 9,1,red"))
    assert table_of(it, "What is wrong")[0][:2] == ["whole file", "Colour"]
    assert not it.has("exchange-counts")  # what its rows would do wasn't looked at
    it.put({"exchange-ignore": True}).run()
    assert it.has("exchange-import")
    assert it.has("exchange-counts")
    sql("UPDATE users SET is_active = 0 WHERE id = ?", school.people[Role.SCHOOL])  # the import is asked for by nobody any more
    it.at.button(key="exchange-import").click()
    it.at.run()
    assert sql("SELECT id FROM rooms WHERE name = 'Sala 9'") == []


def test_what_the_school_became_meanwhile_is_told_and_nothing_is_taken(school: School, sql: Ask) -> None:
    it = bring(Browser(school, "school").follow("exchange", table="rooms"), lines("Key,Name,Seats", f"{school.room},Sala 1,99"))
    assert it.has("exchange-import")
    for table in ("enrollments", "classes"):
        sql(f"DELETE FROM {table}")
    sql("UPDATE rooms SET id = '01ARZ3NDEKTSV4RRFFQ69G5FAV' WHERE id = ?", school.room)
    it.click("exchange-import")
    assert table_of(it, "What is wrong")[0][:2] == ["2", "Key"]
    assert [each["capacity"] for each in sql("SELECT capacity FROM rooms")] == [12]


def test_which_sheet_of_a_workbook_is_read_can_be_chosen(school: School) -> None:
    rooms, other = [["Name", "Seats"], ["Sala 9", 10]], [["Name", "Seats"], ["Sala 7", 5], ["Sala 8", "many"]]
    data = book(["Notes"], title="Read me", more=[("Rooms", rooms), ("Others", other)])
    it = bring(Browser(school, "school").follow("exchange", table="rooms"), data, "rooms.xlsx")
    [choice] = [each for each in it.at.selectbox if each.label == "Sheet"]
    assert (list(choice.options), choice.value) == (["Read me", "Rooms", "Others"], "Rooms")
    assert it.at.button(key="exchange-import").label == "Import 1 record"
    choice.set_value("Others").run()
    assert table_of(it, "What is wrong") == [["3", "Seats", "many", "This must be a whole number."]]
    [choice] = [each for each in it.at.selectbox if each.label == "Sheet"]
    choice.set_value("Read me").run()
    assert "headings and no row under them" in " ".join(it.said())
    [choice] = [each for each in it.at.selectbox if each.label == "Sheet"]  # whatever a sheet holds, another may be chosen
    choice.set_value("Rooms").run()
    it.click("exchange-import")
    assert "Imported: 1 added" in " ".join(it.said())


THEIRS = {"staff": {"users", "enrollments", "attendance", "placements", "leads"}, "owner": {"users", "chart_of_accounts"}}


@pytest.mark.parametrize("role", ["staff", "school", "owner"])
def test_a_role_imports_the_tables_to_which_its_lists_add(school: School, role: str) -> None:
    actor = school.actor(role)
    offered = importing.tables(actor, spec_of)
    assert set(offered) >= THEIRS.get(role, {"users", "classes", "schedules", "enrollments", "attendance"})
    it = Browser(school, role).follow("exchange")
    assert it.held("exchange-table") == offered[0]
    token = token_of(school, role)
    for table in offered:
        for kind in ("csv", "xlsx"):
            answer = get(f"/template/{table}.{kind}?lang=en", token)
            assert answer.status_code == 200, (table, kind)
            seen = imports.preview(actor, model_of(table), answer.content, Options())
            assert all(each.row for each in seen.troubles), (table, kind, seen.troubles)  # every heading is known
    closed = [table for group in GROUPS.values() for table in group.tables if table not in offered]
    nothing = told(get("/export/nothing.csv", token))
    for path in (*(f"/template/{table}.csv" for table in closed), "/template/credentials.csv", "/template/users.pdf"):
        assert told(get(path, token)) == nothing, path


def test_a_template_is_in_the_persons_language_with_an_example_and_explains_its_columns(school: School) -> None:
    token = token_of(school, "school")
    text = get("/template/attendance.csv?lang=pt_BR", token).content.decode("utf-8-sig")
    head, example = csv.reader(io.StringIO(text, newline=""), delimiter=";")
    assert head[:4] == ["Aula: Turma", "Aula: Data", "Aula: Início", "Estudante"]
    assert len(example) == len(head)
    book = load_workbook(io.BytesIO(get("/template/users.xlsx?lang=en", token).content))
    sheet, words = book.worksheets
    assert [cell.value for cell in sheet[1]][:4] == ["Identity provider's key", "E-mail", "First name", "Last name"]
    rows = {row[0]: row for row in words.iter_rows(values_only=True)}
    assert rows["Role"][1:4] == (
        "yes",
        "The role that the person starts in.",
        "One of: Student, Teacher, Parent, Reception, Coordination, Owner.",
    )
    assert rows["Date of birth"][3] == "A date, such as 02/03/2026 or 2026-03-02."
    assert rows["E-mail"][1] == "tells records apart"


@pytest.mark.parametrize(("role", "offered"), [("school", True), ("staff", False), ("student", False)])
def test_a_list_leads_to_its_import_where_that_is_open(school: School, role: str, *, offered: bool) -> None:
    it = Browser(school, role).open("rooms")
    found: list[Any] = [each for each in it.at.get("page_link") if each.proto.label == "Import"]
    assert bool(found) is offered
    if offered:
        assert "table=rooms" in found[0].proto.query_string


def test_those_to_whom_the_page_is_closed_get_neither_page_nor_template(school: School) -> None:
    for role in ("student", "teacher", "parent"):
        assert importing.tables(school.actor(role), spec_of) == []
        assert get("/template/attendance.csv", token_of(school, role)).status_code == 404
