"""What was found in a file: what is wrong, cell by cell, and what would change."""

import pandas as pd
import streamlit as st

from domain.access.actor import Actor
from domain.exchange.imports.importing import Outcome
from domain.exchange.imports.troubles import Trouble
from domain.kit.formats import show_number
from domain.kit.texts import _, language, ngettext
from pages._crud.importing import troubles_of_files
from pages._crud.resolve import TableView
from pages._shell import parts, state

PAGE = 100  # rows that are sent to the browser at once
EVERYTHING = ""


def troubles(actor: Actor, view: TableView, outcome: Outcome, name: str) -> None:
    """The cells that something is wrong with, by row, narrowed to a column; and all of them as a file."""
    parts.section(_("What was found"), _counted(outcome))
    columns = list(dict.fromkeys(each.column for each in outcome.troubles if each.column))
    with st.container(horizontal=True, vertical_alignment="bottom", key="exchange-found"):
        chosen = st.selectbox(
            _("Column"),
            [EVERYTHING, *columns],
            format_func=lambda each: each or _("All columns"),
            key="exchange-column",
            width=280,
        )
        only = st.checkbox(_("Errors alone"), key="exchange-errors-alone")
        handle = troubles_of_files.keep(actor, view.table, name, outcome.troubles)
        address = f"/import-errors/{view.table}/{handle}.csv?lang={language()}"
        st.link_button(_("All of them as CSV"), address, icon=":material/download:", type="tertiary")
    shown = [each for each in outcome.troubles if chosen in (EVERYTHING, each.column) and not (only and each.is_warning)]
    st.dataframe(
        _frame(shown[_first(len(shown)) :][:PAGE]),
        key="exchange-troubles",
        hide_index=True,
        column_config={
            _("Row"): st.column_config.TextColumn(width=70),
            _("What is wrong"): st.column_config.TextColumn(width="large"),
        },
        alt=_("What was found in the file, row by row"),
    )
    if len(shown) > PAGE:
        st.pagination(-(-len(shown) // PAGE), key="exchange-page")


def _first(count: int) -> int:
    """Where the page begins that is chosen below the table."""
    pages = max(1, -(-count // PAGE))
    number = min(int(state.value("exchange-page") or 1), pages)
    return (number - 1) * PAGE


def _counted(outcome: Outcome) -> str:
    errors = ngettext("{count} error", "{count} errors", outcome.errors)
    said = [errors, ngettext("{count} note", "{count} notes", outcome.warnings)]
    if outcome.errors + outcome.warnings > len(outcome.troubles):
        said.append(_("the first {count} are listed").format(count=show_number(len(outcome.troubles))))
    return " · ".join(said)


def _frame(shown: list[Trouble]) -> pd.DataFrame:
    rows = {
        _("Row"): [str(each.row) if each.row else _("whole file") for each in shown],
        _("Column"): [each.column for each in shown],
        _("Value"): [each.value for each in shown],
        _("What is wrong"): [_("Note: {what}").format(what=each.message) if each.is_warning else each.message for each in shown],
    }
    return pd.DataFrame(rows, dtype="str")


def changes(outcome: Outcome) -> None:
    """The first cells that would change records, before and after."""
    total = outcome.counts.changed
    sentence = ngettext("{count} record, the first cells of it", "{count} records, the first cells of them", total)
    parts.section(_("What would change"), sentence)
    rows = {
        _("Row"): [str(each.row) for each in outcome.lines],
        _("Record"): [each.record for each in outcome.lines],
        _("Column"): [each.column for each in outcome.lines],
        _("Before"): [each.before for each in outcome.lines],
        _("After"): [each.after for each in outcome.lines],
    }
    frame, alt = pd.DataFrame(rows, dtype="str"), _("What would change, cell by cell")
    st.dataframe(frame, key="exchange-changes", hide_index=True, alt=alt)
