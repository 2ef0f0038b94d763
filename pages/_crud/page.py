"""A group's page: choose a table, then its list with a record beside it."""

from collections.abc import Callable, Sequence

import streamlit as st

from domain.access.actor import Actor
from domain.access.decide import decide
from domain.access.uow import reading
from domain.db.base import model_of
from domain.db.gather import gather
from domain.kit.texts import _
from domain.records.fields import fields
from domain.records.query import Page
from pages._crud import address, deleted, filters, form, saved, undo
from pages._crud.address import Address
from pages._crud.filters import Known
from pages._crud.grid import fetch, grid
from pages._crud.record import Opened, drawer, opened, related_choice
from pages._crud.resolve import TableView, resolve
from pages._crud.spec import TableSpec
from pages._shell import cache, parts
from pages._shell.guard import open_page


def group_page(path: str, tables: Sequence[str], spec_of: Callable[[str], TableSpec]) -> None:
    """The page of a table group: those of its tables that the actor may read."""
    actor = open_page(path)
    readable = [table for table in tables if decide(actor, "R", table)]
    table = address.choose_table(readable)
    view = resolve(actor, spec_of(table))
    where = address.read(view)
    creating = where.mode == "new" and view.can_create
    if not creating and not (where.record and where.mode == "edit"):
        form.leave()
    parts.page_header(
        view.title,
        _(view.spec.sentence) if view.spec.sentence else "",
        action=_("New: {one}").format(one=view.one) if view.can_create and not creating else None,
        key=f"new-{table}",
        icon=":material/add:",
        on_click=lambda: address.change(mode="new", record=""),
    )
    undo.bar(actor)
    _choose(readable, table)
    for each in where.notes:
        parts.note(each, "attention")
    if where.mode == deleted.MODE and deleted.opens_for(view, actor):
        deleted.page(view, actor, where)
    elif creating or where.record:
        _beside(view, actor, where, spec_of, creating=creating)
    else:
        _list(view, actor, where)


def _choose(readable: Sequence[str], table: str) -> None:
    if len(readable) < 2:
        return
    from pages._shell import state

    key = "table-choice"
    state.put(key, table)

    def go() -> None:
        chosen = state.value(key) or table
        for name in list(st.query_params):
            st.query_params.pop(name, None)
        address.change(table=chosen)

    st.pills(
        _("Table"),
        list(readable),
        format_func=lambda each: _(model_of(each).__title__),
        key=key,
        on_change=go,
        label_visibility="collapsed",
    )


def _list(view: TableView, actor: Actor, where: Address) -> None:
    page, known, _record = _fetch(view, actor, where)
    _draw_list(view, actor, where, page, known)
    deleted.way_in(view, actor)


def _fetch(
    view: TableView, actor: Actor, where: Address, spec_of: Callable[[str], TableSpec] | None = None
) -> tuple[Page, Known, Opened | None]:
    """The list, what the bar above it shows, and (with `spec_of`) the open record: asked at once."""

    def ask() -> tuple[Page, Known, Opened | None]:
        with reading(actor) as session:
            return gather(
                session,
                lambda: fetch(session, view, where),
                lambda: filters.known(session, view, where),
                lambda: opened(session, view, where, spec_of) if spec_of else None,
            )

    pickers = tuple(filters.wanted(view, where).items())
    chosen = related_choice(view) if spec_of else None
    asked_for = (view.table, where, saved.is_open(view), pickers, bool(spec_of), chosen)
    return cache.while_unchanged(actor, "list", asked_for, ask)


def _draw_list(view: TableView, actor: Actor, where: Address, page: Page, known: Known) -> None:
    filters.bar(view, actor, where, known)
    grid(view, actor, where, page)


def _beside(view: TableView, actor: Actor, where: Address, spec_of: Callable[[str], TableSpec], *, creating: bool) -> None:
    """The list with the record or the form beside it; a narrow screen shows the latter alone."""
    page, known, record = _fetch(view, actor, where, None if creating else spec_of)
    left, right = st.columns([3, 2], gap="medium")
    with left, st.container(key="list-beside"):
        _draw_list(view, actor, where, page, known)
    with right, st.container(key="record-drawer", border=True):
        if creating:
            st.subheader(_("New: {one}").format(one=view.one), anchor=False)
            own = fields(view.model)  # not what it is filtered by besides
            single = {each.name: each.values[0] for each in where.view.filters if each.name in own and len(each.values) == 1}
            given = {name: value for name, value in single.items() if not own[name].target or value in known.names}
            form.record_form(view, actor, None, given=given)
        else:
            drawer(view, actor, where, record, spec_of)
