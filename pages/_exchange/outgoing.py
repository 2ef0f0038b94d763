"""A whole table as a file; what is filtered leaves from its own list."""

import streamlit as st

from domain.access.actor import Actor
from domain.access.decide import decide
from domain.db.base import model_of
from domain.kit.texts import _, language
from domain.registry import group_of
from pages._crud.export import ALL, KINDS, ROUTE
from pages._crud.resolve import TableView
from pages._shell import parts
from pages._shell.catalog import table_link
from pages._shell.navigate import page_link


def title_of(table: str) -> str:
    """A table as people find it: its group, its name."""
    return f"{_(group_of(table).title)} · {_(model_of(table).__title__)}"


def section(actor: Actor, view: TableView) -> None:
    """Links to the table's files."""
    if not decide(actor, "R", view.model):
        return
    with parts.card("export"):
        sentence = _("All records that you may see, with all their columns. The column “Key” lets the file find them again.")
        parts.section(_("Export: {table}").format(table=view.title), sentence)
        with st.container(horizontal=True, vertical_alignment="center", key="exchange-export"):
            for kind, name in KINDS.items():
                st.link_button(name, f"{ROUTE}/{view.table}.{kind}?columns={ALL}&lang={language()}", icon=":material/download:")
            page_link(table_link(view.table), label=_("Filter the list first"), icon="filter_list")
