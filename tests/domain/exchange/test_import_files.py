"""Files as spreadsheets of all kinds write them, and files that are none: read alike, or refused in plain words."""

import datetime as dt
import io
import zipfile
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import select

from domain.access.uow import reading
from domain.core.models import User
from domain.crm.models import Trial
from domain.db.base import model_of
from domain.exchange import table_csv
from domain.exchange.imports import excel_file, sheet, troubles
from domain.exchange.imports.cells import read_column
from domain.exchange.imports.draft import Options
from domain.exchange.imports.moments import BRAZILIAN, day, moment, order_of, time
from domain.exchange.imports.numbers import decimal_sign, number
from domain.exchange.imports.plan import opened
from domain.exchange.imports.sheet import open_file
from domain.exchange.imports.troubles import FileTrouble
from domain.kit.clock import zone_of
from domain.kit.texts import set_language
from domain.operations.models import ClassSession, Term
from domain.records.fields import fields
from domain.records.labels import show_label
from domain.records.query import Row
from domain.records.show import say
from tests.conftest import School
from tests.domain.exchange.importing import book, counts, done, errors, lines, saved, tried

ZONE = zone_of({})
ROWS = ("Nome;Lugares", "Sala São João;10", "Lab;20")
READ = (("Nome", "Lugares"), (["Sala São João", "Lab"], ["10", "20"]))


def at(said: str) -> dt.datetime:
    """A moment as a spreadsheet has it: on no clock."""
    return dt.datetime.fromisoformat(said)


def read(data: bytes, table: str = "rooms", **options: Any) -> Any:
    found = opened(model_of(table), data, Options(**options))
    return found.head, found.columns


def refused(data: bytes, table: str = "rooms", **options: Any) -> str:
    with pytest.raises(FileTrouble) as caught:
        opened(model_of(table), data, Options(**options))
    return caught.value.message


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1", "cp1252"])
def test_a_text_is_read_in_whichever_encoding_it_was_written(encoding: str) -> None:
    assert read("\r\n".join(ROWS).encode(encoding)) == READ


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_found(separator: str) -> None:
    assert read("\n".join(ROWS).replace(";", separator).encode()) == READ
    assert read(f"sep={separator}\n".encode() + "\n".join(ROWS).replace(";", separator).encode()) == READ


def test_known_headings_tell_the_separator_where_texts_hold_others() -> None:
    head, columns = read(lines("Name;Seats;In use", "a,b,c,d;1;yes"))
    assert (head, columns[0]) == (("Name", "Seats", "In use"), ["a,b,c,d"])


def test_empty_rows_are_passed_over_and_rows_keep_their_numbers() -> None:
    found = opened(model_of("rooms"), lines("", "Name,Seats", "", "A,1", " , ", "B,2"), Options())
    assert found.numbers == [4, 6]


def test_a_quoted_cell_may_hold_lines_and_separators() -> None:
    assert read(b'Name,Seats\n"a, ""b""\nc",1\n')[1][0] == ['a, "b"\nc']


def test_what_holds_no_table_is_refused_in_plain_words(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "is empty" in refused(b"")
    assert "is empty" in refused(b" \r\n , \n")
    assert "no row under them" in refused(lines("Name,Seats"))
    assert "no row under them" in refused(lines("Name,Seats", "", " , "))
    assert "neither a CSV nor an Excel file" in refused(b"%PDF-1.7 ...")
    assert "neither a CSV nor an Excel file" in refused(b"\x89PNG\r\n\x1a\n...")
    for page in (b"<html><table><tr><td>Name", b"\xef\xbb\xbf\n<!DOCTYPE html>", b"<?xml version='1.0'?>", b"<TABLE>"):
        assert "neither a CSV nor an Excel file" in refused(page)
    assert "old Excel file" in refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100)
    assert refused(lines("Name,Seats", "A,1", "B\0C,2")).startswith("Row 3 holds a null byte")
    assert "quotes near line 3" in refused(b'Name,Seats\nA,1\n"B,2\n')
    assert "quotes near line 2" in refused(b'Name,Seats\n"A"x,1\n')
    monkeypatch.setattr(sheet, "MOST_ROWS", 2)
    assert "more than 2 rows" in refused(lines("Name,Seats", "A,1", "B,1", "C,1"))
    assert "more than 500 columns" in refused((",".join(f"c{at}" for at in range(501)) + "\n1\n").encode())
    monkeypatch.setattr(sheet, "LARGEST_FILE", 1024**2)
    assert "at most 1 MB" in refused(b"Name,Seats\n" + b"x" * 1024**2)


def test_rows_that_are_too_long_or_too_short_are_told(school: School) -> None:
    seen = tried(school.actor("school"), "rooms", lines("Name,Seats,In use", "A,1,yes,extra", "B,2", "C,3,no,,"))
    assert errors(seen) == [(2, "", "This row has more cells than there are headings.")]
    assert [(each.row, each.message) for each in seen.troubles if each.is_warning] == [
        (3, "This row has fewer cells than there are headings (2 of 3): the rest counts as empty.")
    ]
    assert counts(seen) == (2, 0, 0, 1)


def test_excel_gives_numbers_dates_and_times_as_what_they_are(school: School) -> None:
    data = book(
        ["First name", "Last name", "Role", "Date of birth", "CPF", "Phone", "Active"],
        ["Ana", "Prado", "Student", dt.date(2012, 4, 30), 1234567_97, 11987654321, True],
        ["Bia", "Souza", "Student", at("2013-05-06"), None, None, None],
        ["Caio", "Reis", "Student", 41400, None, None, 1.0],
    )
    seen = done(school.actor("school"), "users", data)
    assert (counts(seen), errors(seen)) == ((3, 0, 0, 0), [])
    with reading(school.actor("school")) as session:
        people = {each.first_name: each for each in session.scalars(select(User))}
    assert (people["Ana"].cpf, people["Ana"].phone) == ("00123456797", "11987654321")  # a number had lost its zeros
    assert [people[name].birth_date for name in ("Bia", "Caio")] == [dt.date(2013, 5, 6), dt.date(2013, 5, 6)]
    times = book(
        ["Class", "Weekday", "Begins", "Ends"],
        ["English A1", "Monday", dt.time(8), 0.4],
        ["English A1", 2, "10:00", dt.timedelta(hours=11)],
    )
    assert counts(tried(school.actor("school"), "schedules", times)) == (2, 0, 0, 0)


def test_a_formula_is_kept_as_a_text_with_a_word_and_an_exports_apostrophe_goes(school: School) -> None:
    coordination = school.actor("school")
    made = Workbook()
    made.active.append(["Name", "Seats"])
    made.active["A2"], made.active["B2"] = '=HYPERLINK("https://example.com")', 5
    made.active["A3"], made.active["B3"] = "B", "=1+1"
    made.active["A4"], made.active["B4"] = "#REF!", 5
    seen = tried(coordination, "rooms", saved(made))
    assert errors(seen) == [
        (3, "Seats", "This must be a whole number."),
        (4, "Name", "This cell holds an error of the spreadsheet, and no value."),
    ]
    warned = [(each.row, each.column, each.value) for each in seen.troubles if each.is_warning]
    assert warned == [(2, "Name", '=HYPERLINK("https://example.com")'), (3, "Seats", "=1+1")]
    kind = fields(model_of("rooms"))["name"]
    assert read_column(["'=1+1", "'-x", "'tis", "''=1"], kind, "Name", ZONE).values == ["=1+1", "-x", "'tis", "''=1"]


def test_the_sheet_with_known_headings_is_read_or_the_one_that_is_asked_for() -> None:
    rooms = [["Nome", "Lugares"], ["Sala 9", 10]]
    data = book(["Notes"], ["hello"], title="Read me", more=[("Rooms", rooms), ("Others", [["Name"], ["x"]])])
    found = opened(model_of("rooms"), data, Options())
    said = "Read from the sheet “Rooms”. The file has these too: Read me, Others."
    assert (found.name, [each.message for each in found.notes]) == ("Rooms", [said])
    assert found.names == ("Read me", "Rooms", "Others")
    assert read(data, sheet="Others") == (("Name",), (["x"],))
    assert "no sheet “Nope”. It has: Read me, Rooms, Others" in refused(data, sheet="Nope")


def test_merged_cells_are_named() -> None:
    made = Workbook()
    for row in (["Name", "Seats"], ["A", 1], ["B", 2]):
        made.active.append(row)
    made.active.title = "List"
    made.active.merge_cells("A2:A3")
    assert "Cells of sheet “List” are merged (A2:A3)" in refused(saved(made))


def packed(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in parts.items():
            made.writestr(name.replace("__", "/"), data)
    return file.getvalue()


def test_a_workbook_that_swells_is_broken_or_is_something_else_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = book(["Name", "Seats"], ["A", 1])
    assert "damaged" in refused(b"PK\x03\x04 and then nothing")
    assert "damaged" in refused(packed(**{"hello.txt": b"x"}))
    assert "damaged" in refused(whole[: len(whole) // 2])
    assert "OpenDocument" in refused(packed(**{"content.xml": b"x"}))
    with zipfile.ZipFile(io.BytesIO(whole)) as parts:
        kept = {each.filename: parts.read(each) for each in parts.infolist()}
    for name, old, new in (
        ("xl/worksheets/sheet1.xml", b"<worksheet", b'<!DOCTYPE w [<!ENTITY a "aaaa">]><worksheet'),
        ("xl/workbook.xml", b"<workbook", b'<!DOCTYPE w [<!ENTITY a "aaaa">]><workbook'),
        ("xl/worksheets/sheet1.xml", b"</sheetData>", b""),
    ):
        assert "damaged" in refused(packed(**{**kept, name: kept[name].replace(old, new, 1)})), name
    monkeypatch.setattr(excel_file, "LARGEST_UNPACKED", 1024**2)
    assert "unpacks to more than 1 MB" in refused(packed(**kept, padding=b"0" * 2 * 1024**2))
    monkeypatch.setattr(excel_file, "MOST_PARTS", 3)
    assert "damaged" in refused(whole)


def test_a_cell_at_the_end_of_the_world_takes_no_memory() -> None:
    made = Workbook()
    made.active.append(["Name", "Seats"])
    made.active["A1048576"], made.active["B1048576"] = "Far", 1
    made.active["XFD2"] = "beyond"
    found = open_file(saved(made), lambda _head: 0)
    assert found.numbers[-1] == 1_048_576


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2026-03-02", (2026, 3, 2)),
        ("02/03/2026", (2026, 3, 2)),
        ("2/3/26", (2026, 3, 2)),
        ("2.3.2026", (2026, 3, 2)),
        ("2026/3/2", (2026, 3, 2)),
        ("46083", (2026, 3, 2)),
        ("2026-03-02 00:00:00", (2026, 3, 2)),
        (46083, (2026, 3, 2)),
        (at("2026-03-02"), (2026, 3, 2)),
        ("2/3/71", (1971, 3, 2)),
        ("30/02/2026", None),
        ("2026-13-01", None),
        ("2/3", None),
        ("2-3/2026", None),
        (at("2026-03-02T08:00"), None),
        ("yesterday", None),
    ],
)
def test_dates_are_read_in_all_their_forms(said: object, meant: tuple[int, int, int] | None) -> None:
    assert day(said, BRAZILIAN) == (dt.date(*meant) if meant else None)


@pytest.mark.parametrize(("spoken", "said"), [("en", "Mon, 30 Nov 2026"), ("pt_BR", "seg., 30/11/2026")])
def test_what_people_plan_by_names_its_weekday_and_is_read_back(spoken: str, said: str) -> None:
    set_language(spoken)
    date, at_six = dt.date(2026, 11, 30), dt.datetime(2026, 11, 30, 21, tzinfo=dt.UTC)
    assert show_label("sessions", [["English A1"], "2026-11-30", "18:00:00"]) == f"English A1 · {said} · 18:00"
    assert say(fields(ClassSession)["date"], date, ZONE) == said
    assert say(fields(Trial)["scheduled_at"], at_six, ZONE) == f"{said} 18:00"
    assert say(fields(Term)["start_date"], date, ZONE) == "30/11/2026"
    assert day(said, BRAZILIAN) == date
    assert moment(f"{said} 18:00", BRAZILIAN, ZONE) == at_six
    assert table_csv.lines([fields(ClassSession)["date"]], [Row("", 0, {"date": date})], ZONE) == "30/11/2026\r\n"


def test_day_or_month_first_is_decided_for_a_whole_column() -> None:
    american = order_of(["03/04/2026", "12/31/2026"])
    assert (american.day_first, day("03/04/2026", american)) == (False, dt.date(2026, 3, 4))
    brazilian = order_of(["03/04/2026", "31/12/2026"])
    assert (brazilian.is_sure, day("03/04/2026", brazilian)) == (True, dt.date(2026, 4, 3))
    assert order_of(["03/04/2026"]) == order_of(["03/04/2026", "2026-12-31"])
    assert not order_of(["03/04/2026"]).is_sure
    kind = fields(model_of("terms"))["start_date"]
    told = {
        cells: [each.message for each in read_column(list(cells), kind, "First day", ZONE).notes]
        for cells in (("12/31/2026",), ("31/12/2026", "3/4/2026"), ("3/4/2026",), ("2026-04-03",), ("31/12/2026",))
    }
    assert told == {
        ("12/31/2026",): ["“First day”: dates are read as month/day/year, since some can't be read otherwise."],
        ("31/12/2026", "3/4/2026"): ["“First day”: dates are read as day/month/year."],
        ("3/4/2026",): ["“First day”: dates are read as day/month/year. None of them tells whether the month comes first."],
        ("2026-04-03",): [],
        ("31/12/2026",): [],
    }
    mixed = read_column(["31/12/2026", "12/31/2026"], kind, "First day", ZONE)
    assert list(mixed.problems) == ["12/31/2026"]


def test_clock_times_and_moments_are_read_in_all_their_forms() -> None:
    for said, meant in (
        ("8:00", (8, 0)),
        ("08h30", (8, 30)),
        ("14h", (14, 0)),
        ("2:30 pm", (14, 30)),
        ("12:05 a.m.", (0, 5)),
        (0.5, (12, 0)),
        (at("1899-12-30T09:15"), (9, 15)),
    ):
        assert time(said) == dt.time(*meant), said
    for said in ("25:00", "8", "13:00 pm", "noon", 1.5, True):
        assert time(said) is None, said
    meant_at = dt.datetime(2026, 3, 2, 17, 30, tzinfo=dt.UTC)
    zoned = ("2026-03-02T17:30:00Z", "2026-03-02 12:30:00-05:00")
    for said in ("02/03/2026 14:30", "2026-03-02T14:30", *zoned, at("2026-03-02T14:30")):
        assert moment(said, BRAZILIAN, ZONE) == meant_at, said
    assert moment("02/03/2026", BRAZILIAN, ZONE) == dt.datetime(2026, 3, 2, 3, tzinfo=dt.UTC)  # midnight in São Paulo
    for said in ("14:30", "02/03/2026 25:00", dt.time(8), "x y"):
        assert moment(said, BRAZILIAN, ZONE) is None, said


def test_numbers_are_read_by_the_sign_that_the_column_shows() -> None:
    for texts, sign in (
        (["1.234,5"], ","),
        (["1,234.5"], "."),
        (["0,5", "1.234"], ","),
        (["1.234.567"], ","),
        (["12"], "."),
        (["1,5", "1.5"], "."),
    ):
        assert decimal_sign(texts) == sign, texts
    set_language("pt_BR")
    assert decimal_sign(["1.234", "12"]) == ","
    for text, sign, meant in (
        ("1.234,50", ",", "1234.50"),
        ("R$ 1 234,5", ",", "1234.5"),
        ("1,234", ".", "1234"),
        ("1,234", ",", "1.234"),
        ("(12,00)", ",", "-12.00"),
        ("12 %", ".", "12"),
        ("1e3", ".", "1E+3"),
        ("1,234.50", ",", "1234.50"),
    ):
        assert str(number(text, sign)) == meant, text
    for text in ("", "abc", "1,2,3", "--1", "1" * 100, "NaN", "infinity", "1.2.3,4"):
        assert number(text, ".") is None, text
    assert str(number("1.000", ".", places=2)) == "1000"


def test_too_much_wrong_is_counted_and_not_kept(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(troubles, "MOST_TOLD", 10)
    seen = tried(school.actor("school"), "rooms", lines("Name,Seats", *(f"R{at},x" for at in range(50))))
    assert (len(seen.troubles), seen.errors, counts(seen)) == (10, 50, (0, 0, 0, 50))
