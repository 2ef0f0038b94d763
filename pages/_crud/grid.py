"""The grid: a page of rows from the server. A click on a row opens it; marked rows are changed or deleted together."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from domain.access.actor import Actor
from domain.access.uow import ScopedSession
from domain.db.types import Cents, Money, Number, Whole
from domain.kit.formats import show_number
from domain.kit.texts import _, ngettext
from domain.records.fields import Field
from domain.records.query import Page, Row, list_page
from pages._crud import address, export, importing, inline
from pages._crud.address import Address
from pages._crud.resolve import TableView
from pages._crud.show import say, short
from pages._shell import parts, state

ROW_HEIGHT, HEADER_HEIGHT, TALLEST = 36, 38, 640


def grid_key(view: TableView) -> str:
    """The key of the grid's widget: what a test selects rows by."""
    return f"grid-{view.table}"


def fetch(session: ScopedSession, view: TableView, where: Address) -> Page:
    """The page of rows that the address asks for."""
    names = [field.name for field in view.columns]
    if where.mode == "grid":
        names = list(dict.fromkeys([*names, *(field.name for field in view.inline)]))
    return list_page(session, view.model, where.view, names)


def grid(view: TableView, actor: Actor, where: Address, page: Page) -> None:
    """The rows, their count, and the pages there are."""
    if not page.total:
        _nothing(view, where)
        return
    pages = max(1, -(-page.total // where.view.size))
    with st.container(horizontal=True, vertical_alignment="center", key=f"count-{view.table}"):
        parts.quiet(_count(page.total, where, pages))
        export.offer(actor, view, where)
        importing.offer(view)
        if view.inline and where.mode != "grid":
            st.button(
                _("Edit in the list"),
                key=f"inline-start-{view.table}",
                icon=":material/edit_note:",
                type="tertiary",
                on_click=address.change,
                kwargs={"mode": "grid", "record": ""},
            )
    if where.mode == "grid" and view.inline:
        inline.editor(view, actor, page.rows)
    else:
        _table(view, actor, page.rows)
    if pages > 1:
        _pages(view, where, pages)


def _count(total: int, where: Address, pages: int) -> str:
    said = ngettext("{count} record", "{count} records", total)
    if pages > 1:
        said += " · " + _("page {page} of {pages}").format(
            page=show_number(min(where.view.page, pages)), pages=show_number(pages)
        )
    return said


def _nothing(view: TableView, where: Address) -> None:
    if where.view.filters or where.view.search:
        parts.empty_state(
            "search_off",
            _("Nothing matches what you are looking for."),
            _("Take the filters away"),
            key=f"clear-{view.table}",
            on_click=lambda: address.clear(view),
        )
        return
    sentence = _(view.spec.empty) if view.spec.empty else _("Nothing here yet.")
    if view.can_create:
        parts.empty_state(
            view.spec.icon,
            sentence,
            _("New: {one}").format(one=view.one),
            key=f"first-{view.table}",
            on_click=lambda: address.change(mode="new", record=""),
        )
        importing.offer(view)
    else:
        parts.empty_state(view.spec.icon, sentence, key=f"first-{view.table}")


def frame(columns: Sequence[Field], rows: Sequence[Row], actor: Actor) -> pd.DataFrame:
    """Rows as text in the person's language, the record's key as index."""
    data = {
        field.name: [short(say(field, row.values.get(field.name), actor.zone, row.labels.get(field.name))) for row in rows]
        for field in columns
    }
    return pd.DataFrame(data, index=[row.key for row in rows], dtype="str")


def column_config(columns: Sequence[Field]) -> dict[str, Any]:
    """Headings, and figures at the right."""
    numeric = (Money, Cents, Whole, Number)
    return {
        field.name: st.column_config.TextColumn(
            field.label, help=field.help or None, alignment="right" if isinstance(field.type, numeric) else "left"
        )
        for field in columns
    }


def _table(view: TableView, actor: Actor, rows: Sequence[Row]) -> None:
    key = grid_key(view)
    above = st.container()  # what can be done with marked rows stands where it is seen
    modes: list[Any] = ["multi-row", "single-cell"] if view.can_edit or view.can_delete else ["single-cell"]
    selection = st.dataframe(
        frame(view.columns, rows, actor),
        key=key,
        hide_index=True,
        column_config=column_config(view.columns),
        on_select=lambda: _selected(view, [row.key for row in rows]),
        selection_mode=modes,
        row_height=ROW_HEIGHT,
        height=min(HEADER_HEIGHT + ROW_HEIGHT * len(rows), TALLEST),
        alt=_("{table}: a list of {count} records").format(table=view.title, count=len(rows)),
    )
    marked = [rows[at].key for at in _marked(selection) if at < len(rows)]
    if marked:
        from pages._crud import bulk

        with above:
            bulk.bar(view, actor, marked)


def _marked(selection: Any) -> list[int]:
    found = selection.get("selection", {}) if selection else {}
    return list(found.get("rows", []))


def _selected(view: TableView, keys: Sequence[str]) -> None:
    """A click on a cell opens its row."""
    held = state.value(grid_key(view))
    found = (held or {}).get("selection", {})
    cells = found.get("cells", [])
    if cells and not found.get("rows") and cells[0][0] < len(keys):
        address.change(record=keys[cells[0][0]], mode="")


def _pages(view: TableView, where: Address, pages: int) -> None:
    key = f"page-{view.table}"
    state.put(key, min(where.view.page, pages))

    def go() -> None:
        number = state.value(key)
        address.change(page="" if number == 1 else str(number))

    st.pagination(pages, key=key, on_change=go)
