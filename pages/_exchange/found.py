"""What was found in a file: what is wrong, cell by cell, and what would change."""

from collections.abc import Sequence

import streamlit as st

from domain.access.actor import Actor
from domain.exchange.imports.importing import Outcome
from domain.exchange.imports.troubles import Trouble
from domain.kit.formats import show_number
from domain.kit.texts import _, language, ngettext
from pages._crud.importing import troubles_of_files
from pages._crud.resolve import TableView
from pages._shell import parts, state

PAGE = 25  # of what was found, shown at once
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
        told = _("The first {count} as CSV") if _is_cut(outcome) else _("All of them as CSV")
        address = f"/import-errors/{view.table}/{handle}.csv?lang={language()}"
        label = told.format(count=show_number(len(outcome.troubles)))
        st.link_button(label, address, icon=":material/download:", type="tertiary")
    shown = [each for each in outcome.troubles if chosen in (EVERYTHING, each.column) and not (only and each.is_warning)]
    heads = (_("Row"), _("Column"), _("In the file"), _("What is wrong"))
    _paged(_("What was found in the file, row by row"), heads, [_line(each) for each in shown], "exchange-troubles")


def _paged(label: str, heads: Sequence[str], rows: Sequence[Sequence[str]], key: str) -> None:
    """A page of a table, and below it which one it is."""
    pages = max(1, -(-len(rows) // PAGE))
    first = (min(int(state.value(f"{key}-page") or 1), pages) - 1) * PAGE
    some = rows[first : first + PAGE]
    parts.table(label, heads, some, key=key)
    if pages > 1:
        numbers = {"first": first + 1, "last": first + len(some), "count": len(rows)}
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", key=f"{key}-pages"):
            parts.quiet(_("{first} to {last} of {count}").format(**{name: show_number(each) for name, each in numbers.items()}))
            st.pagination(pages, key=f"{key}-page")


def _is_cut(outcome: Outcome) -> bool:
    """Whether more was found than is kept with its place."""
    return outcome.errors + outcome.warnings > len(outcome.troubles)


def _counted(outcome: Outcome) -> str:
    said = [ngettext("{count} error", "{count} errors", outcome.errors)] if outcome.errors else []
    if outcome.warnings:
        said.append(ngettext("{count} note", "{count} notes", outcome.warnings))
    if _is_cut(outcome):
        said.append(_("the first {count} are listed").format(count=show_number(len(outcome.troubles))))
    return " · ".join(said)


def _line(each: Trouble) -> tuple[str, str, str, str]:
    message = _("Note: {what}").format(what=each.message) if each.is_warning else each.message
    return (str(each.row) if each.row else _("whole file"), each.column, each.value, message)


def changes(outcome: Outcome) -> None:
    """The first cells that would change records, before and after."""
    total = outcome.counts.changed
    sentence = ngettext("{count} record, the first cells of it", "{count} records, the first cells of them", total)
    parts.section(_("What would change"), sentence)
    heads = (_("Row"), _("Record"), _("Column"), _("Before"), _("After"))
    rows = [(str(each.row), each.record, each.column, each.before, each.after) for each in outcome.lines]
    _paged(_("What would change, cell by cell"), heads, rows, "exchange-changes")
