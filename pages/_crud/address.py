"""What stands in the URL: the table, the view of it, the open record. A pasted link restores all of it; nonsense becomes a note.

Never there: what is searched in a student's own texts, a phone number, an e-mail address (those stay in the browser's session).
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

import streamlit as st

from domain.db.types import EARLIEST, LATEST, ChoiceType, Day, Flag, Instant, Money, Shaped, Weekday
from domain.kit.ids import is_id
from domain.kit.money import to_money
from domain.kit.texts import _
from domain.records.fields import Field, fields
from domain.records.query import Filter, View
from pages._crud.resolve import TableView
from pages._shell import state

EMPTY = "none"
WEEKDAYS = {str(each): each for each in range(7)}
FILTER = "f_"
MODES = ("new", "edit", "bulk", "grid", "deleted")
PAGE_NUMBER = re.compile(r"[1-9][0-9]{0,6}")


@dataclass(frozen=True)
class Address:
    """What the URL says about one table's page, and what in it made no sense."""

    view: View
    record: str = ""
    mode: str = ""
    notes: tuple[str, ...] = ()


def read(view: TableView) -> Address:
    """The address in the browser, as far as it makes sense for this table."""
    return parse(view, st.query_params.to_dict(), private_search=state.value(_search_key(view.table), ""))


def parse(view: TableView, query: Mapping[str, str], *, private_search: str = "") -> Address:
    """What a URL's parameters mean for this table. `private_search`: what is searched for where the URL says nothing of it."""
    notes: list[str] = []
    if query.get("table", view.table) != view.table:
        notes.append(_("The table in this link doesn't exist here, or it isn't yours to open."))
    filters = []
    for name, text in query.items():
        if name.startswith(FILTER):
            found = _filter(view, name.removeprefix(FILTER), text)
            if found is None:
                notes.append(_("A filter in this link wasn't understood, so it was left out."))
            else:
                filters.append(found)
    sort = query.get("sort", "")
    if sort and sort.lstrip("-") not in fields(view.model):
        notes.append(_("The order in this link wasn't understood, so the usual one is used."))
        sort = ""
    record = query.get("record", "")
    if record and not is_id(record):
        notes.append(_("The record in this link doesn't exist, or it isn't yours to open."))
        record = ""
    mode = query.get("mode", "")
    page = query.get("page", "1")
    if (mode and mode not in MODES) or not PAGE_NUMBER.fullmatch(page):
        notes.append(_("A part of this link wasn't understood, so it was left out."))
    number = int(page) if PAGE_NUMBER.fullmatch(page) else 1
    search = _tidy_search(query.get("q", "")) or private_search
    found_view = View(search=search, filters=tuple(filters), sort=sort, page=number)
    return Address(found_view, record, mode if mode in MODES else "", tuple(dict.fromkeys(notes)))


def _tidy_search(text: str) -> str:
    return text.replace("\x00", "").strip()[:200]


def _search_key(table: str) -> str:
    return f"private-search-{table}"


def set_search(view: TableView, text: str) -> None:
    """Search from the first page on; what is personal stays out of the URL."""
    text = _tidy_search(text)
    personal = view.spec.private or "@" in text or len(re.sub(r"\D", "", text)) >= 8
    state.put(_search_key(view.table), text if personal else "")
    change(q="" if personal else text, page="")


def set_filter(wanted: Filter, field: Field) -> None:
    """Filter by this, from the first page on."""
    change(**{FILTER + wanted.name: spell(wanted, field), "page": ""})


def drop_filter(name: str) -> None:
    """Take one filter away."""
    change(**{FILTER + name: "", "page": ""})


def clear(view: TableView) -> None:
    """Take all filters and the search away."""
    state.put(_search_key(view.table), "")
    change(**{name: "" for name in st.query_params if name.startswith(FILTER)}, q="", page="")


def change(**values: str) -> None:
    """Change some of what the URL says; an empty value takes it out."""
    for name, value in values.items():
        if value:
            st.query_params[name] = value
        else:
            st.query_params.pop(name, None)


def _filter(view: TableView, name: str, text: str) -> Filter | None:
    field = next((each for each in view.filters if each.name == name), None)
    if field is None:
        return None
    if text == EMPTY:
        return Filter(name, empty=True)
    try:
        if field.target:
            keys = tuple(text.split(","))
            return Filter(name, values=keys) if all(is_id(key) for key in keys) else None
        if isinstance(field.type, ChoiceType):
            kind = field.type.kind
            return Filter(name, values=tuple(kind(each) for each in text.split(",")))
        if isinstance(field.type, Flag):
            return Filter(name, values=({"yes": True, "no": False}[text],))
        if isinstance(field.type, Weekday):
            return Filter(name, values=tuple(WEEKDAYS[each] for each in text.split(",")))
        low, found, high = text.partition("..")
        if not found:
            return None
        reader = _reader(field.type)
        return Filter(name, low=reader(low) if low else None, high=reader(high) if high else None)
    except (ValueError, KeyError, InvalidOperation, OverflowError):
        return None


def _reader(kind: Shaped) -> Callable[[str], Any]:
    if isinstance(kind, (Day, Instant)):
        return _day
    if isinstance(kind, Money):
        return lambda text: to_money(Decimal(text))
    return _number


def _number(text: str) -> float | int:
    number = int(text) if re.fullmatch(r"-?[0-9]{1,15}", text) else float(Decimal(text))
    if not math.isfinite(number):
        raise ValueError("not a number to compare with")
    return number


def _day(text: str) -> date:
    day = date.fromisoformat(text)
    if not EARLIEST <= day <= LATEST:
        raise ValueError("no day of a school's")
    return day


def spell(wanted: Filter, field: Field) -> str:
    """A filter as the URL writes it; empty for one that asks nothing."""
    if wanted.empty:
        return EMPTY
    if wanted.values:
        if isinstance(field.type, Flag):
            return "yes" if wanted.values[0] else "no"
        return ",".join(str(each.value if isinstance(field.type, ChoiceType) else each) for each in wanted.values)
    if wanted.low is None and wanted.high is None:
        return ""
    return f"{'' if wanted.low is None else wanted.low}..{'' if wanted.high is None else wanted.high}"


def choose_table(tables: Sequence[str]) -> str:
    """The table that the URL names, else the first; everything else in the URL belongs to the table before it."""
    wanted = st.query_params.get("table", "")
    return wanted if wanted in tables else tables[0]
