"""Search, filters by type, and the chips that take them away again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import streamlit as st

from domain.access.actor import Actor
from domain.access.uow import ScopedSession
from domain.db.base import model_of
from domain.db.gather import gather
from domain.db.types import EARLIEST, LATEST, ChoiceType, Day, Flag, Instant, Money, Weekday
from domain.kit.formats import show_weekday
from domain.kit.texts import _
from domain.records.fields import Field
from domain.records.labels import readable_labels
from domain.records.query import Filter
from pages._crud import address, saved, widgets
from pages._crud.address import Address
from pages._crud.options import Options, Wanted, options
from pages._crud.resolve import TableView
from pages._crud.show import say
from pages._shell import parts, state

YES, NO = "yes", "no"
MONDAY_FIRST = (1, 2, 3, 4, 5, 6, 0)


def names(session: ScopedSession, view: TableView, where: Address) -> dict[str, str]:
    """What the records are called by which the address filters, as far as the actor may read them, by key."""
    targets = {field.name: field.target for field in view.filters if field.target}
    asked = [
        partial(readable_labels, session, model_of(targets[each.name]), each.values)
        for each in where.view.filters
        if each.name in targets and each.values
    ]
    return {key: label for found in gather(session, *asked) for key, label in found.items()}


def wanted(view: TableView, where: Address) -> dict[str, Wanted]:
    """What the filter panel's picker asks, if it is open and shows one."""
    by_name = {field.name: field for field in view.filters}
    field = by_name.get(state.value(_field_key(view), next(iter(by_name), "")))
    if field is None or not field.target or not state.value(_box_key(view)):
        return {}
    found = widgets.wanted_of({_value_key(view, field.name): (field, _chosen(_active(where, field.name)))})
    return {key: replace(each, asked_for=True) for key, each in found.items()}


@dataclass(frozen=True)
class Known:
    """What was asked for the bar: names of filtered records, what the panel's picker offers, the saved views."""

    names: Mapping[str, str]
    offered: Mapping[str, Options]
    views: Sequence[saved.Kept]


def known(session: ScopedSession, view: TableView, where: Address) -> Known:
    """All that the bar asks of the database."""
    return Known(
        *gather(
            session,
            lambda: names(session, view, where),
            lambda: options(session, wanted(view, where)),
            lambda: saved.views(session, view),
        )
    )


def _box_key(view: TableView) -> str:
    return f"filter-{view.table}"


def _field_key(view: TableView) -> str:
    return f"filter-field-{view.table}"


def _value_key(view: TableView, name: str) -> str:
    return f"filter-{view.table}-{name}"


def _active(where: Address, name: str) -> Filter:
    return next((each for each in where.view.filters if each.name == name), Filter(name))


def _chosen(active: Filter) -> Any:
    return active.values[0] if active.values else None


def bar(view: TableView, actor: Actor, where: Address, found: Known) -> None:
    """The row above a grid: search, filters, order; under it the filters that are on. `found`: what `known` gave."""
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
            box = st.popover(_("Filter"), icon=":material/filter_list:", key=_box_key(view), on_change="rerun")
            if box.open:  # closed, it asks the database nothing
                with box:
                    _panel(view, actor, where, found.offered)
        saved.popover(view, found.views)
        _order(view, where)
    _chips(view, actor, where, found.names)


def _panel(view: TableView, actor: Actor, where: Address, offered: Mapping[str, Options]) -> None:
    """Choose a field, then what of it: only the chosen field's widget is drawn."""
    by_name = {field.name: field for field in view.filters}
    name = st.selectbox(_("Field"), list(by_name), format_func=lambda each: by_name[each].label, key=_field_key(view))
    if name is None:
        return
    field = by_name[name]
    key = _value_key(view, name)
    apply = _value_widgets(field, _active(where, name), key, actor, offered)
    with st.container(horizontal=True):
        st.button(_("Apply"), key=f"{key}-apply", type="primary", on_click=lambda: address.set_filter(apply(), field))
        if not field.required:
            st.button(_("Is empty"), key=f"{key}-empty", on_click=lambda: address.set_filter(Filter(name, empty=True), field))


def _value_widgets(field: Field, active: Filter, key: str, actor: Actor, offered: Mapping[str, Options]) -> Any:
    """The widgets of one field's filter; gives a function that reads them when it is applied."""
    if field.target:
        widgets.pick(field, _chosen(active), key, actor, label=field.label, found=offered.get(key))
        return lambda: Filter(field.name, values=(state.value(key),) if state.value(key) else ())
    if isinstance(field.type, ChoiceType):
        st.multiselect(field.label, field.choices, default=list(active.values), format_func=lambda each: each.label, key=key)
        return lambda: Filter(field.name, values=tuple(state.value(key) or ()))
    if isinstance(field.type, Weekday):
        st.multiselect(field.label, MONDAY_FIRST, default=list(active.values), format_func=show_weekday, key=key)
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
        st.date_input(label, value, min_value=EARLIEST, max_value=LATEST, format="DD/MM/YYYY", key=key)
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


def _chips(view: TableView, actor: Actor, where: Address, named: Mapping[str, str]) -> None:
    by_name = {field.name: field for field in view.filters}
    found = [parts.Chip(each.name, _said(by_name[each.name], each, actor, named)) for each in where.view.filters]
    if where.view.search:
        found.insert(0, parts.Chip("q", _("Search: {text}").format(text=where.view.search)))

    def remove(name: str) -> None:
        if name == "q":
            address.set_search(view, "")
        else:
            address.drop_filter(name)

    parts.chips(found, remove, (lambda: address.clear(view)) if len(found) > 1 else None)


def _said(field: Field, wanted: Filter, actor: Actor, named: Mapping[str, str]) -> str:
    if wanted.empty:
        value = _("empty")
    elif field.target:
        value = ", ".join(named[key] for key in sorted(set(wanted.values)) if key in named) or "—"
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
