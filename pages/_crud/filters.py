"""Search, filters by type, and the chips that take them away again."""

from typing import Any

import streamlit as st

from domain.access.actor import Actor
from domain.access.uow import reading
from domain.db.base import model_of
from domain.db.types import ChoiceType, Day, Flag, Instant, Money
from domain.kit.texts import _
from domain.records.fields import Field
from domain.records.labels import labels
from domain.records.query import Filter, View, keys_of
from pages._crud import address, saved, widgets
from pages._crud.address import Address
from pages._crud.resolve import TableView
from pages._crud.show import say
from pages._shell import parts, state

YES, NO = "yes", "no"


def bar(view: TableView, actor: Actor, where: Address) -> None:
    """The row above a grid: search, filters, order; under it the filters that are on."""
    with st.container(horizontal=True, vertical_alignment="bottom", key=f"bar-{view.table}"):
        search_key = f"search-{view.table}"
        state.put(search_key, where.view.search)
        st.text_input(
            _("Search"),
            key=search_key,
            type="search",
            icon=":material/search:",
            placeholder=_("Any word, with or without accents"),
            on_change=lambda: address.set_search(view, state.value(search_key) or ""),
        )
        if view.filters:
            box = st.popover(_("Filter"), icon=":material/filter_list:", key=f"filter-{view.table}", on_change="rerun")
            if box.open:  # closed, it asks the database nothing
                with box:
                    _panel(view, actor, where)
        saved.popover(view, actor)
        _order(view, where)
    _chips(view, actor, where)


def _panel(view: TableView, actor: Actor, where: Address) -> None:
    """Choose a field, then what of it: only the chosen field's widget is drawn."""
    by_name = {field.name: field for field in view.filters}
    name = st.selectbox(_("Field"), list(by_name), format_func=lambda each: by_name[each].label, key=f"filter-field-{view.table}")
    if name is None:
        return
    field = by_name[name]
    active = next((each for each in where.view.filters if each.name == name), Filter(name))
    key = f"filter-{view.table}-{name}"
    apply = _value_widgets(field, active, key, actor)
    with st.container(horizontal=True):
        st.button(_("Apply"), key=f"{key}-apply", type="primary", on_click=lambda: address.set_filter(apply(), field))
        if not field.required:
            st.button(_("Is empty"), key=f"{key}-empty", on_click=lambda: address.set_filter(Filter(name, empty=True), field))


def _value_widgets(field: Field, active: Filter, key: str, actor: Actor) -> Any:
    """The widgets of one field's filter; gives a function that reads them when it is applied."""
    if field.target:
        widgets.pick(field, active.values[0] if active.values else None, key, actor, label=field.label)
        return lambda: Filter(field.name, values=(state.value(key),) if state.value(key) else ())
    if isinstance(field.type, ChoiceType):
        st.multiselect(field.label, field.choices, default=list(active.values), format_func=lambda each: each.label, key=key)
        return lambda: Filter(field.name, values=tuple(state.value(key) or ()))
    if isinstance(field.type, Flag):
        answers = {YES: _("Yes"), NO: _("No")}
        default = None if not active.values else (YES if active.values[0] else NO)
        st.segmented_control(field.label, [YES, NO], default=default, format_func=answers.__getitem__, key=key)
        return lambda: Filter(field.name, values=(state.value(key) == YES,) if state.value(key) else ())
    low_key, high_key = f"{key}-from", f"{key}-to"
    left, right = st.columns(2)
    with left:
        _bound(field, _("From"), active.low, low_key)
    with right:
        _bound(field, _("Up to"), active.high, high_key)
    return lambda: Filter(field.name, low=_limit(field, state.value(low_key)), high=_limit(field, state.value(high_key)))


def _bound(field: Field, label: str, value: Any, key: str) -> None:
    if isinstance(field.type, (Day, Instant)):
        st.date_input(label, value, min_value=widgets.EARLIEST, max_value=widgets.LATEST, format="DD/MM/YYYY", key=key)
    else:
        st.number_input(label, value=None if value is None else float(value), step=1.0, format="%.6g", key=key)


def _limit(field: Field, value: Any) -> Any:
    if isinstance(value, float) and value.is_integer() and not isinstance(field.type, Money):
        return int(value)
    return value


def _order(view: TableView, where: Address) -> None:
    """Sort by any column of the grid, both ways."""
    by_name = {field.name: field for field in view.columns if not field.sealed}
    offered = ["", *(f"{sign}{name}" for name in by_name for sign in ("", "-"))]
    words = {"": _("Usual order")}
    for name, field in by_name.items():
        words[name] = _("{field}, rising").format(field=field.label)
        words[f"-{name}"] = _("{field}, falling").format(field=field.label)
    key = f"sort-{view.table}"
    state.put(key, where.view.sort if where.view.sort in offered else "")
    st.selectbox(
        _("Order"),
        offered,
        format_func=lambda each: words[each],
        key=key,
        width=220,
        on_change=lambda: address.change(sort=state.value(key) or "", page=""),
    )


def _chips(view: TableView, actor: Actor, where: Address) -> None:
    by_name = {field.name: field for field in view.filters}
    found = [parts.Chip(each.name, _said(by_name[each.name], each, actor)) for each in where.view.filters]
    if where.view.search:
        found.insert(0, parts.Chip("q", _("Search: {text}").format(text=where.view.search)))

    def remove(name: str) -> None:
        if name == "q":
            address.set_search(view, "")
        else:
            address.drop_filter(name)

    parts.chips(found, remove, (lambda: address.clear(view)) if len(found) > 1 else None)


def _said(field: Field, wanted: Filter, actor: Actor) -> str:
    if wanted.empty:
        value = _("empty")
    elif field.target:
        with reading(actor) as session:
            target = model_of(field.target)
            readable = keys_of(session, target, View(), target.id.in_(wanted.values))
            value = ", ".join(labels(session, target, readable).values()) or "—"
    elif wanted.values:
        value = ", ".join(say(field, each, actor.zone) for each in wanted.values)
    else:
        low, high = (_bound_said(field, each, actor) for each in (wanted.low, wanted.high))
        if low and high:
            value = _("{low} to {high}").format(low=low, high=high)
        else:
            value = _("from {low}").format(low=low) if low else _("up to {high}").format(high=high)
    return f"{field.label}: {value}"


def _bound_said(field: Field, value: Any, actor: Actor) -> str:
    if value is None:
        return ""
    if isinstance(field.type, Instant):
        from domain.kit.formats import show_date

        return show_date(value)
    return say(field, value, actor.zone)
