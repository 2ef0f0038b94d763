"""Saved views: what is filtered, searched and sorted now, kept under a name, to be had again by one click."""

from collections.abc import Sequence
from urllib.parse import parse_qsl, urlencode

import streamlit as st

from domain.access.uow import ScopedSession, unit_of_work
from domain.core.models import SavedView
from domain.kit.errors import InvalidInput
from domain.kit.texts import _
from domain.records import write
from domain.records.query import Filter, View, first_rows
from pages._crud import address
from pages._crud.resolve import TableView
from pages._shell import parts, state
from pages._shell.cells import plain
from pages._shell.errors import Fields, telling
from pages._shell.guard import current_actor

MOST = 50
NOT_KEPT = {"table", "record", "mode", "page"}


Kept = tuple[str, str, str]  # key, name, query


def is_open(view: TableView) -> bool:
    """Whether the popover is open: closed, it asks the database nothing."""
    return bool(state.value(_box_key(view)))


def _box_key(view: TableView) -> str:
    return f"views-{view.table}"


def popover(view: TableView, kept: Sequence[Kept]) -> None:
    """The actor's views of this table, and a place to keep the present one. `kept`: what `views` gave, where it is open."""
    box = st.popover(_("Views"), icon=":material/bookmarks:", key=_box_key(view), on_change="rerun")
    if not box.open:
        return
    with box:
        for key, name, query in kept:
            with st.container(horizontal=True, vertical_alignment="center", wrap=False, key=f"view-{key}"):
                st.button(plain(name), key=f"view-open-{key}", type="tertiary", width="stretch", on_click=_open, args=(query,))
                st.button(
                    "",
                    key=f"view-drop-{key}",
                    icon=":material/delete:",
                    type="tertiary",
                    help=_("Forget this view"),
                    on_click=telling(_drop),
                    args=(key,),
                )
        if not kept:
            parts.quiet(_("Keep what you filter and sort now under a name, to have it again by one click."))
        form, name_key = Fields(f"view-{view.table}"), f"view-name-{view.table}"
        with form.of("name"):
            st.text_input(_("Name of the view"), key=name_key)
        form.mark(state.value(f"{name_key}.problems", []))
        st.button(_("Keep this view"), key=f"view-keep-{view.table}", on_click=telling(_keep), args=(view.table, name_key))


def views(session: ScopedSession, view: TableView) -> list[Kept]:
    """The actor's views of this table; nothing is asked while the popover is closed."""
    if not is_open(view):
        return []
    own = Filter("user_id", values=(session.actor.user_id,))
    mine = View(filters=(Filter("table_name", values=(view.table,)), own), size=MOST)
    rows = first_rows(session, SavedView, mine, ("name", "query"))
    return [(row.key, row.values["name"], row.values["query"]) for row in rows]


def _open(query: str) -> None:
    for name in [each for each in st.query_params if each not in {"table"}]:
        st.query_params.pop(name, None)
    address.change(**dict(parse_qsl(query)))


def _keep(table: str, name_key: str) -> None:
    query = urlencode({name: value for name, value in st.query_params.items() if name not in NOT_KEPT}) or "q="
    values = {"table_name": table, "name": state.value(name_key) or "", "query": query}
    state.drop(f"{name_key}.problems")
    try:
        with unit_of_work(current_actor()) as session:
            write.create(session, SavedView, values)
    except InvalidInput as error:
        state.put(f"{name_key}.problems", list(error.problems))
        return
    parts.toast(_("“{name}” is kept.").format(name=values["name"]), later=True)
    state.put(name_key, "")


def _drop(key: str) -> None:
    with unit_of_work(current_actor()) as session:
        write.remove(session, SavedView, [key])
