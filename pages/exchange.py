"""Import and export: a table's records as a file, and a file's rows as records, looked at before anything is kept."""

import streamlit as st

from domain.kit.texts import _
from pages._crud import address, importing, undo
from pages._exchange import incoming, outgoing
from pages._shell import parts, state
from pages._shell.guard import open_page
from pages._specs import spec_of


def page() -> None:
    """Choose a table; take it along as a file, or bring one."""
    actor = open_page(importing.PATH)
    sentence = _("Bring people, classes, timetables, enrolments or attendance in as a file, or take a list along as one.")
    parts.page_header(_("Import and export"), sentence)
    undo.bar(actor)
    tables = importing.tables(actor, spec_of)
    table = _table(tables)
    if table is None:
        parts.empty_state("swap_vert", _("Your role adds no records by files. Lists can be exported from their own pages."))
        return
    view = importing.view_of(actor, table, spec_of)
    incoming.section(actor, view)
    outgoing.section(actor, view)


def _table(tables: list[str]) -> str | None:
    """The table that the address names, or the first; chosen by a person, it stands in the address."""
    if not tables:
        return None
    wanted = st.query_params.get("table", "")
    chosen = wanted if wanted in tables else tables[0]
    state.put("exchange-table", chosen)

    def keep() -> None:
        incoming.forget()
        address.change(table=state.value("exchange-table") or tables[0])

    with st.container(key="exchange-choice", width=480):
        st.selectbox(_("Table"), tables, format_func=outgoing.title_of, key="exchange-table", on_change=keep)
    return chosen


page()
