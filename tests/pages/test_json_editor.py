"""A list of like objects is edited as a table; what the form reads is JSON all the same."""

import json

from domain.db.engine import engine
from tests.conftest import School
from tests.factories.rows import Rows
from tests.pages.browser import Browser

ITEM = {"description": "Mensalidade", "quantity": 2, "amount": 195.5}


def test_a_row_typed_into_the_table_is_an_object_with_numbers_where_they_read_as_numbers(school: School) -> None:
    browser = Browser(school, "school").open("invoices", mode="new")
    typed = {"description": "Mensalidade", "quantity": "2", "amount": "195.5"}
    browser.at.session_state["invoices-new-items-table"] = {"edited_rows": {}, "added_rows": [typed], "deleted_rows": []}
    browser.run()
    assert json.loads(browser.at.session_state["invoices-new-items"]) == [ITEM]


def test_a_cell_changed_in_the_table_changes_that_cell_alone(school: School) -> None:
    with engine().begin() as connection:
        key = Rows(connection, school.id).add("invoices", items=[ITEM, {**ITEM, "quantity": 1}])
    browser = Browser(school, "school").open("invoices", record=key, mode="edit")
    edits = {"edited_rows": {0: {"description": "Material"}}, "added_rows": [], "deleted_rows": []}
    browser.at.session_state[f"invoices-{key}-items-table"] = edits
    browser.run()
    assert json.loads(browser.at.session_state[f"invoices-{key}-items"]) == [
        {**ITEM, "description": "Material"},
        {**ITEM, "quantity": 1},
    ]


def test_a_table_left_alone_is_no_change(school: School) -> None:
    with engine().begin() as connection:
        key = Rows(connection, school.id).add("invoices", items=[ITEM])
    browser = Browser(school, "school").open("invoices", record=key, mode="edit")
    browser.click(f"invoices-{key}.save")
    with engine().connect() as connection:
        assert connection.exec_driver_sql("SELECT row_version FROM invoices WHERE id = ?", (key,)).scalar_one() == 1
