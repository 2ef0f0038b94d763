"""One record: its values, what it refers to, what refers to it, and what can be done with it."""

from collections.abc import Callable
from html import escape

import pandas as pd
import streamlit as st

from domain.access.actor import Actor
from domain.access.uow import ScopedSession, reading
from domain.db.base import model_of
from domain.db.types import Choice, JsonValue, LongText, Tags
from domain.kit.errors import NotFound
from domain.kit.texts import _
from domain.records.fields import Field, fields
from domain.records.labels import labels
from domain.records.locks import find, refusal
from domain.records.query import Filter, Row, View, get_row, list_page
from domain.records.related import Related, related
from pages._crud import address, bulk, form
from pages._crud.address import Address
from pages._crud.grid import column_config, frame
from pages._crud.resolve import TableView, resolve
from pages._crud.show import is_tabular, say
from pages._crud.spec import TableSpec
from pages._shell import parts
from pages._shell.catalog import record_link, table_link
from pages._shell.cells import badge_html, plain
from pages._shell.navigate import page_link

SpecOf = Callable[[str], TableSpec]
FIRST_ROWS = 10


def drawer(view: TableView, actor: Actor, where: Address, spec_of: SpecOf) -> None:
    """The open record, or its form. `spec_of` gives the specs of the tables that refer to it."""
    try:
        with reading(actor) as session:
            row = get_row(session, view.model, where.record)
            name = labels(session, view.model, [row.key]).get(row.key, view.one)
            locked, kept = _locks(session, view, row)
    except NotFound as error:
        parts.note(error.message, "attention")
        st.button(_("Close"), key=f"record-close-{view.table}", on_click=address.change, kwargs={"record": "", "mode": ""})
        return
    with st.container(horizontal=True, vertical_alignment="center", wrap=False, key=f"record-head-{view.table}"):
        with st.container(width="stretch"):
            st.subheader(plain(name), anchor=False)
        st.button(
            _("Close"),
            key=f"record-close-{view.table}",
            icon=":material/close:",
            type="tertiary",
            on_click=address.change,
            kwargs={"record": "", "mode": ""},
        )
    if where.mode == "edit" and view.can_edit and not locked:
        form.record_form(view, actor, row)
        return
    _actions(view, actor, row, locked, kept)
    _values(view, actor, row)
    _related(view, actor, row, spec_of)


def _locks(session: ScopedSession, view: TableView, row: Row) -> tuple[str | None, str | None]:
    """Why the record can't be changed, and why it can't be deleted, if so (source texts)."""
    record = find(session, view.model, row.key)
    if record is None:
        raise NotFound
    return refusal(session, record, "U"), refusal(session, record, "D")


def _actions(view: TableView, actor: Actor, row: Row, locked: str | None, kept: str | None) -> None:
    reason = (locked if view.can_edit else None) or (kept if view.can_delete else None)
    if reason:
        parts.note(_(reason))
    with st.container(horizontal=True, key=f"record-actions-{view.table}"):
        if view.can_edit and not locked:
            st.button(
                _("Edit"),
                key=f"record-edit-{view.table}",
                type="primary",
                icon=":material/edit:",
                on_click=address.change,
                kwargs={"mode": "edit"},
            )
        if view.can_delete and not kept and st.button(_("Delete"), key=f"record-delete-{view.table}", icon=":material/delete:"):
            bulk.ask_delete(view, actor, [row.key])


def _values(view: TableView, actor: Actor, row: Row) -> None:
    known = fields(view.model)
    short = [known[name] for name in row.values if not isinstance(known[name].type, (LongText, JsonValue))]
    links = [field for field in short if field.target and row.values[field.name]]
    said = [field for field in short if field not in links and row.values[field.name] not in (None, "")]
    lines = "".join(f"<div><dt>{escape(field.label)}</dt><dd>{_value_html(field, row, actor)}</dd></div>" for field in said)
    st.html(f'<dl class="c-record">{lines}</dl>')
    for name in row.values:
        field, value = known[name], row.values[name]
        if field not in short and value not in (None, "", [], {}):
            _long_value(field, value)
    if links:
        with st.container(gap=None, key=f"record-links-{view.table}"):
            for field in links:
                _reference(field, row)


def _value_html(field: Field, row: Row, actor: Actor) -> str:
    value = row.values[field.name]
    said = say(field, value, actor.zone, row.labels.get(field.name))
    if isinstance(value, Choice):
        return badge_html(said)
    return escape(said)


def _long_value(field: Field, value: object) -> None:
    st.markdown(f"**{plain(field.label)}**")
    if isinstance(field.type, Tags):
        st.html(" ".join(badge_html(str(each)) for each in (value if isinstance(value, list) else [])))
    elif isinstance(field.type, JsonValue) and is_tabular(value):
        st.table(pd.DataFrame(value).map(str), hide_index=True, border="horizontal")
    elif isinstance(field.type, JsonValue):
        st.json(value, expanded=2)
    else:
        st.text(str(value))


def _reference(field: Field, row: Row) -> None:
    try:
        link = record_link(field.target or "", str(row.values[field.name]))
    except KeyError:
        return
    name = row.labels.get(field.name, "")
    page_link(link, label=f"{plain(field.label)}: {plain(name)}", icon="arrow_outward")


def _related(view: TableView, actor: Actor, row: Row, spec_of: SpecOf) -> None:
    with reading(actor) as session:
        found = [each for each in related(session, view.model, row.key) if each.count]
    if not found:
        return
    order = {table: at for at, table in enumerate(view.spec.related)}
    found.sort(key=lambda each: (order.get(each.table, len(order)), -each.count))
    by_key = {f"{each.table}.{each.field}": each for each in found}
    parts.section(_("Related records"))
    chosen = st.pills(
        _("Related records"),
        list(by_key),
        default=next(iter(by_key)),
        format_func=lambda key: _pill(by_key[key], found),
        key=f"related-{view.table}",
        label_visibility="collapsed",
    )
    if chosen:
        _related_rows(actor, row, by_key[chosen], resolve(actor, spec_of(by_key[chosen].table)))


def _pill(each: Related, found: list[Related]) -> str:
    title = _(model_of(each.table).__title__)
    twice = sum(other.table == each.table for other in found) > 1
    said = f"{title} · {fields(model_of(each.table))[each.field].label}" if twice else title
    return f"{said} ({each.count})"


def _related_rows(actor: Actor, row: Row, each: Related, other: TableView) -> None:
    columns = [field for field in other.columns if field.name != each.field][:5]
    wanted = View(filters=(Filter(each.field, values=(row.key,)),), size=FIRST_ROWS)
    with reading(actor) as session:
        page = list_page(session, other.model, wanted, [field.name for field in columns])
    st.dataframe(
        frame(columns, page.rows, actor),
        key=f"related-rows-{each.table}",
        hide_index=True,
        column_config=column_config(columns),
        alt=other.title,
    )
    with st.container(horizontal=True):
        link = table_link(each.table, **{f"f_{each.field}": row.key})
        page_link(link, label=_("Show all ({count})").format(count=each.count), icon="list")
        if other.can_create:
            new = table_link(each.table, **{f"f_{each.field}": row.key, "mode": "new"})
            page_link(new, label=_("New: {one}").format(one=other.one), icon="add")
