"""Lists: what the address says, search blind to case and accents, order, filters as chips, links that restore all of it."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

import domain.registry
from domain.db.engine import engine
from domain.kit.ids import new_id
from tests.conftest import School
from tests.factories.rows import Rows
from tests.pages.browser import Browser
from tests.pages.conftest import Ask
from tests.pages.filling import who

NONSENSE = (
    "nonsense",
    "",
    "-1",
    "0",
    "999999999999",
    "1e999",
    "nan",
    "..",
    "a..b",
    "..9999-12-31",
    "0001-01-01..",
    "'; DROP",
    "😀",
    "\x00",
)
WITH_NOTE = "nonsense"


def names(browser: Browser) -> list[str]:
    grid = browser.grid("rooms")
    return list(grid["name"]) if len(grid) else []


def chips(browser: Browser) -> list[str]:
    return [each.label for key, each in browser.widgets("chip-").items() if key]


@pytest.mark.parametrize("name", ["table", "record", "mode", "page", "sort", "f_capacity", "f_is_active", "f_nothing"])
def test_nonsense_in_the_address_opens_the_page_with_a_note(name: str, school: School) -> None:
    browser = Browser(school, "school")
    for text in NONSENSE:
        browser.follow("operations", **{"table": "rooms", name: text})
        assert browser.at.title[0].value == ("Classes" if name == "table" and text != "rooms" else "Rooms")
        if text == WITH_NOTE:
            assert len(browser.at.warning) == 1, browser.said()
            assert browser.has("grid-classes" if name == "table" else "grid-rooms")


@pytest.mark.parametrize("table", [table for group in domain.registry.GROUPS.values() for table in group.tables])
def test_nonsense_in_every_filter_opens_the_page_with_a_note(table: str, school: School) -> None:
    from pages._crud.resolve import resolve
    from pages._specs import spec_of

    private = domain.registry.group_of(table).name in {"toolbox", "memory"} or table.startswith("chat_")
    role = "student" if private else "school"
    view = resolve(school.actor(role), spec_of(table))
    browser = Browser(school, role)
    for text in ("nonsense", "1e999..", "0001-01-01..9999-12-31", "nan..nan"):
        browser.open(table, **{f"f_{field.name}": text for field in view.filters}, q="\x00%_", page="9999999")
        assert browser.at.warning or text != "nonsense"


def test_a_record_that_is_not_there_and_one_of_another_school_look_the_same(school: School) -> None:
    with engine().begin() as connection:
        elsewhere = Rows(connection).add("rooms")
    browser = Browser(school, "school")
    said = [browser.open("rooms", record=key).said() for key in (elsewhere, new_id())]
    assert said[0] == said[1] == ["This record doesn't exist, or it isn't yours to open."]
    browser.open("rooms", f_capacity="..1000000", q=elsewhere, sort="-name", page="7")
    assert names(browser) == []


def test_a_table_of_another_role_is_not_opened_by_its_address(school: School) -> None:
    browser = Browser(school, "school").follow("people", table="annotations")
    assert browser.at.title[0].value == "People"
    assert len(browser.at.warning) == 1


@pytest.mark.parametrize("typed", ["joao", "JOÃO", "João", " joa ", "oã"])
def test_search_is_blind_to_case_and_accents(typed: str, school: School, rooms: list[str]) -> None:
    browser = Browser(school, "school").open("rooms")
    browser.put({"search-rooms": typed}).run()
    assert names(browser) == ["João"]
    assert browser.query["q"] == typed.strip()
    assert chips(browser) == [f"Search\\: {typed.strip()}"]
    browser.click("chip-q")
    assert len(names(browser)) == 4


def test_search_finds_a_row_by_what_it_links_to(school: School) -> None:
    browser = Browser(school, "school").open("enrollments", q="sofia")
    assert len(browser.grid("enrollments")) == 1
    browser.open("enrollments", q="nobody of this name")
    assert browser.has("clear-enrollments")
    browser.click("clear-enrollments")
    assert len(browser.grid("enrollments")) == 1


@pytest.mark.parametrize("typed", ["ana@example.com", "+55 11 98765-4321", "529.982.247-25"])
def test_what_is_personal_never_stands_in_the_address(typed: str, school: School) -> None:
    browser = Browser(school, "school").open("users")
    browser.put({"search-users": typed}).run()
    assert "q" not in browser.query
    assert browser.held("search-users") == typed
    assert len(browser.grid("users")) == 0


@pytest.mark.parametrize("typed", ["joao", "JOÃO", "coracao", "[x]*?", "привет"])
def test_search_in_texts_of_which_no_folded_copy_is_kept(typed: str, school: School) -> None:
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        graph = rows.add("memory_graphs", student_id=who(school, "student"))
        key = rows.add("memory_nodes", graph_id=graph, content="O CORAÇÃO de João, [x]*? Привет")
        rows.add("memory_nodes", graph_id=graph, content="Jo-ao, corac, x, anything")
    browser = Browser(school, "student").open("memory_nodes")
    browser.put({"search-memory_nodes": typed}).run()
    assert list(browser.grid("memory_nodes").index) == [key]
    assert "q" not in browser.query, "what a student searches in their memory is nobody's to read"


def test_any_text_column_sorts_blind_to_case_and_accents(school: School) -> None:
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        for last_name in ("Órfão", "ontem", "Zanin", "álvares"):
            rows.add("users", first_name="Test", last_name=last_name)
    browser = Browser(school, "school").open("users", q="test", sort="last_name")
    assert list(browser.grid("users")["last_name"]) == ["álvares", "ontem", "Órfão", "Zanin"]


def test_names_are_sorted_as_portuguese_does(school: School, rooms: list[str]) -> None:
    browser = Browser(school, "school").open("rooms", sort="name")
    assert names(browser) == ["Áurea", "João", "Sala 1", "Zélia"]
    browser.put({"sort-rooms": "-name"}).run()
    assert names(browser) == ["Zélia", "Sala 1", "João", "Áurea"]
    assert browser.query["sort"] == "-name"


def test_filters_of_each_type_become_chips_that_take_them_away(school: School, sql: Ask) -> None:
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        payer = who(school, "parent")
        days = [dt.date(2026, 3, 1), dt.date(2026, 4, 1), dt.date(2026, 5, 1)]
        made = [
            rows.add(
                "invoices", payer_id=payer, due_date=day, amount=Decimal(at * 100), status="cancelled" if at == 3 else "pending"
            )
            for at, day in enumerate(days, 1)
        ]
        rows.add("invoices", payer_id=rows.add("users", first_name="Zé"))
    browser = Browser(school, "school").open("invoices")

    def filtered(field: str, **values: Any) -> list[str]:
        browser.at.session_state["filter-invoices"] = True
        browser.run().put({"filter-field-invoices": field}).run()
        browser.put({f"filter-invoices-{field}{end}": value for end, value in values.items()})
        browser.click(f"filter-invoices-{field}-apply")
        return list(browser.grid("invoices").index)

    from domain.financial.enums import InvoiceStatus

    assert set(filtered("payer_id", **{"": payer})) == set(made)
    assert set(filtered("status", **{"": [InvoiceStatus.PENDING]})) == set(made[:2])
    assert filtered("due_date", **{"-from": days[1]}) == [made[1]]
    assert filtered("amount", **{"-from": 150.0, "-to": 250.0}) == [made[1]]
    assert [each.replace("\\", "") for each in chips(browser)] == [
        "Payer: Paula Lima",
        "Status: Pending",
        "Due: from 01/04/2026",
        "Amount: R$150.00 to R$250.00",
    ]
    query = browser.query
    assert query["f_status"] == "pending"
    assert query["f_due_date"] == "2026-04-01.."
    pasted = Browser(school, "school").follow("financial", **query)
    assert list(pasted.grid("invoices").index) == [made[1]]
    assert chips(pasted) == chips(browser)
    browser.click("chip-status").click("chip-due_date").click("chip-amount")
    assert set(browser.grid("invoices").index) == set(made)
    assert "f_status" not in browser.query
    browser.at.session_state["filter-invoices"] = True
    browser.run().put({"filter-field-invoices": "paid_at"}).run().click("filter-invoices-paid_at-empty")
    assert browser.query["f_paid_at"] == "none"
    browser.click("chips-clear")
    assert len(browser.grid("invoices")) == 4


def test_a_yes_or_no_filter(school: School, rooms: list[str]) -> None:
    browser = Browser(school, "school").open("rooms")
    browser.at.session_state["filter-rooms"] = True
    browser.run().put({"filter-field-rooms": "is_active"}).run()
    browser.put({"filter-rooms-is_active": "no"}).click("filter-rooms-is_active-apply")
    assert names(browser) == ["Zélia"]
    assert chips(browser) == ["In use\\: No"]


def test_a_pasted_link_restores_filters_order_page_and_record(school: School) -> None:
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        keys = [rows.add("rooms", name=f"Hall {at:03}", capacity=at) for at in range(1, 121)]
    browser = Browser(school, "school").open("rooms", q="hall", sort="-name", f_capacity="2..")
    assert names(browser)[0] == "Hall 120"
    browser.put({"page-rooms": 3}).run()
    assert names(browser) == [f"Hall {at:03}" for at in range(20, 1, -1)]
    query = browser.query | {"record": keys[19]}
    pasted = Browser(school, "school").follow("operations", **query)
    assert names(pasted) == names(browser)
    assert pasted.has("record-edit-rooms")
    assert pasted.held("sort-rooms") == "-name"
    assert pasted.held("search-rooms") == "hall"
    assert [pasted.at.subheader[0].value, pasted.query["page"]] == ["Hall 020", "3"]
    pasted.put({"search-rooms": "hall 12"}).run()
    assert names(pasted) == ["Hall 120", "Hall 112", "Hall 012"], "a new search begins at the first page"


def test_weekdays_are_chosen_by_name_and_a_new_mark_takes_nothing_from_what_its_list_is_filtered_by(school: School) -> None:
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        made = {day: rows.add("schedules", class_id=school.klass, day_of_week=day) for day in (0, 1, 3)}
    browser = Browser(school, "school").open("schedules")
    browser.at.session_state["filter-schedules"] = True
    browser.run().put({"filter-field-schedules": "day_of_week"}).run()
    browser.put({"filter-schedules-day_of_week": [0, 3]}).click("filter-schedules-day_of_week-apply")
    assert set(browser.grid("schedules").index) == {made[0], made[3]}
    assert browser.query["f_day_of_week"] == "0,3"
    assert [each.replace("\\", "") for each in chips(browser)] == ["Weekday: Sunday, Wednesday"]
    browser.open("attendance", mode="new", f_class_id=school.klass, f_day="2026-03-02..2026-03-09")
    assert browser.has("attendance-new-user_id")
