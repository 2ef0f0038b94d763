"""One record: its values, what it refers to, what refers to it, and what can be done with it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape

import pandas as pd
import streamlit as st

from domain.access.actor import Actor
from domain.access.uow import ScopedSession, reading
from domain.db.base import model_of
from domain.db.gather import gather
from domain.db.text_types import PictureUrl
from domain.db.types import Choice, JsonValue, LongText, Tags
from domain.kit.errors import NotFound
from domain.kit.texts import _
from domain.records.fields import Field, fields
from domain.records.labels import labels
from domain.records.locks import find, refusal
from domain.records.missing import note_missing
from domain.records.query import Filter, Row, View, first_rows, get_row
from domain.records.related import Related, related
from pages._crud import address, bulk, form, history, school_factor
from pages._crud.address import Address
from pages._crud.grid import column_config, frame
from pages._crud.resolve import TableView, resolve
from pages._crud.show import is_tabular, say
from pages._crud.spec import TableSpec
from pages._operations import session_actions
from pages._shell import enrolling, identities, parts, reset_link, state, worry
from pages._shell.catalog import has_page, record_link, table_link
from pages._shell.cells import badge_html, own_picture, plain
from pages._shell.navigate import page_link

SpecOf = Callable[[str], TableSpec]
FIRST_ROWS = 10


@dataclass(frozen=True)
class Opened:
    """What is shown of an open record. `locked`, `kept`: why it can't be changed or deleted, if so (source texts).

    `related`: by table and field what refers to it; `rows`: the first rows of the `chosen` one of these.
    """

    row: Row
    name: str
    locked: str | None
    kept: str | None
    related: Mapping[str, Related]
    chosen: str | None
    rows: list[Row]


def opened(session: ScopedSession, view: TableView, where: Address, spec_of: SpecOf) -> Opened | None:
    """The record that the address opens, with all that is shown of it; None if it isn't the actor's. Waits twice."""
    model, key, editing = view.model, where.record, where.mode == "edit" and view.can_edit
    try:
        row, named, record, referring = gather(
            session,
            lambda: get_row(session, model, key),
            lambda: labels(session, model, [key]),
            lambda: find(session, model, key),
            lambda: [] if editing else related(session, model, key),
        )
    except NotFound:
        note_missing(session, model, key)
        return None
    if record is None:
        return None
    found = _sorted(view, referring)
    chosen = _expected(view, found)
    locked, kept, rows = gather(
        session,
        lambda: refusal(session, record, "U"),
        lambda: refusal(session, record, "D"),
        lambda: _first_rows(session, key, found[chosen], spec_of) if chosen else [],
    )
    if editing and locked:  # the record is shown, not its form
        found = _sorted(view, related(session, model, key))
        chosen = None
    return Opened(row, named.get(key, view.one), locked, kept, found, chosen, rows)


def _sorted(view: TableView, found: list[Related]) -> dict[str, Related]:
    """What refers to a record and has a page of its own, as the table's spec orders it, the most first."""
    order = {table: at for at, table in enumerate(view.spec.related)}
    shown = (each for each in found if each.count and has_page(each.table))
    some = sorted(shown, key=lambda each: (order.get(each.table, len(order)), -each.count))
    return {f"{each.table}.{each.field}": each for each in some}


def _expected(view: TableView, found: Mapping[str, Related]) -> str | None:
    """Which related rows the pills will ask for: those that were chosen, else the first."""
    first = next(iter(found), None)
    chosen: str | None = state.value(_pills_key(view), first)
    return chosen if chosen is None or chosen in found else first


def related_choice(view: TableView) -> str | None:
    """Which related rows were chosen at a record of this table; empty for those that are shown unless others are chosen."""
    found: str | None = state.value(_pills_key(view), "")
    return "" if found == state.value(_first_key(view)) else found


def _first_key(view: TableView) -> str:
    return f"related-first-{view.table}"


def _pills_key(view: TableView) -> str:
    return f"related-{view.table}"


def drawer(view: TableView, actor: Actor, where: Address, record: Opened | None, spec_of: SpecOf) -> None:
    """The open record, or its form. `spec_of` gives the specs of the tables that refer to it."""
    if record is None:
        parts.note(NotFound().message, "attention")
        st.button(_("Close"), key=f"record-close-{view.table}", on_click=address.change, kwargs={"record": "", "mode": ""})
        return
    row, locked = record.row, record.locked
    with st.container(horizontal=True, vertical_alignment="center", wrap=False, key=f"record-head-{view.table}"):
        with st.container(width="stretch"):
            st.subheader(plain(record.name), anchor=False)
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
    _actions(view, actor, row, locked, record.kept)
    _values(view, actor, row)
    _related(view, actor, record, spec_of)
    history.section(view, actor, row.key, can_change=view.can_edit and not locked)


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
        if view.table == "users":
            reset_link.offer(actor, row.key)
            worry.offer(actor, row.key, row.values.get("role"))
            enrolling.offer(row.key, row.values.get("role"))
            identities.offer(actor, row.key)
        if view.table == "organizations":
            school_factor.offer(actor, row.key)
    if view.table == "sessions":
        session_actions.offer(actor, row.key)


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
        with st.container(gap="xxsmall", key=f"record-links-{view.table}"):
            for field in links:
                _reference(field, row)


def _value_html(field: Field, row: Row, actor: Actor) -> str:
    value = row.values[field.name]
    if isinstance(field.type, PictureUrl) and own_picture(value):
        return f'<img class="c-portrait" src="{own_picture(value)}" alt="">'
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


def _related(view: TableView, actor: Actor, record: Opened, spec_of: SpecOf) -> None:
    by_key = record.related
    if not by_key:
        return
    first = next(iter(by_key))
    state.put(_first_key(view), first)
    parts.section(_("Related records"))
    chosen = st.pills(
        _("Related records"),
        list(by_key),
        default=first,
        format_func=lambda key: _pill(by_key[key], list(by_key.values())),
        key=_pills_key(view),
        label_visibility="collapsed",
    )
    if not chosen:
        return
    rows = record.rows
    if chosen != record.chosen:
        with reading(actor) as session:
            rows = _first_rows(session, record.row.key, by_key[chosen], spec_of)
    _related_rows(actor, record.row, by_key[chosen], resolve(actor, spec_of(by_key[chosen].table)), rows)


def _pill(each: Related, found: list[Related]) -> str:
    title = _(model_of(each.table).__title__)
    twice = sum(other.table == each.table for other in found) > 1
    said = f"{title} · {fields(model_of(each.table))[each.field].label}" if twice else title
    return f"{said} ({each.count})"


def _related_columns(each: Related, other: TableView) -> list[Field]:
    return [field for field in other.columns if field.name != each.field][:5]


def _first_rows(session: ScopedSession, key: str, each: Related, spec_of: SpecOf) -> list[Row]:
    other = resolve(session.actor, spec_of(each.table))
    wanted = View(filters=(Filter(each.field, values=(key,)),), size=FIRST_ROWS)
    return first_rows(session, other.model, wanted, [field.name for field in _related_columns(each, other)])


def _related_rows(actor: Actor, row: Row, each: Related, other: TableView, rows: list[Row]) -> None:
    columns = _related_columns(each, other)
    st.dataframe(
        frame(columns, rows, actor),
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
