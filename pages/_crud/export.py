"""The way from a list to its file: a link that says what the list says, and what such a link means.

What is searched for and may not stand in a URL is kept in this process under a handle that means nothing elsewhere.
"""

import hmac
import secrets
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import urlencode

import streamlit as st

from domain.access.actor import Actor
from domain.exchange.lists import exportable
from domain.kit.errors import NotFound
from domain.kit.texts import _, language
from domain.records.fields import Field
from domain.records.query import View
from pages._crud import address
from pages._crud.address import FILTER, Address
from pages._crud.resolve import TableView
from pages._shell import parts

ROUTE = "/export"
KINDS = {"csv": "CSV", "xlsx": "Excel"}
ALL = "all"
SEARCHES = 1000  # kept at most


class _Searches:
    """What people search for out of the URL, by handle; the oldest go first."""

    def __init__(self) -> None:
        self.secret = secrets.token_bytes(32)
        self.lock = threading.Lock()
        self.kept: OrderedDict[str, str] = OrderedDict()

    def keep(self, actor: Actor, table: str, text: str) -> str:
        """The handle of a search: the same each time, so that a page drawn again keeps no second one."""
        handle = hmac.new(self.secret, f"{actor.user_id} {table} {text}".encode(), sha256).hexdigest()[:32]
        with self.lock:
            self.kept[handle] = text
            self.kept.move_to_end(handle)
            if len(self.kept) > SEARCHES:
                self.kept.popitem(last=False)
        return handle

    def find(self, actor: Actor, table: str, handle: str) -> str:
        """What this person searched for. Raises NotFound: rather nothing than more than was asked for."""
        with self.lock:
            text = self.kept.get(handle)
        if text is None or self.keep(actor, table, text) != handle:
            raise NotFound
        return text


_searches = _Searches()


@dataclass(frozen=True)
class Wanted:
    """What a link to a file asks for."""

    view: View
    columns: tuple[Field, ...]


def read(actor: Actor, table: TableView, query: Mapping[str, str]) -> Wanted:
    """What an export's URL means. Raises NotFound where any of it makes no sense: a filter left out would let out more."""
    search = _searches.find(actor, table.table, query["s"]) if "s" in query else ""
    found = address.parse(table, query, private_search=search)
    if found.notes:
        raise NotFound
    return Wanted(found.view, _columns(table, query.get("columns", "")))


def _columns(table: TableView, said: str) -> tuple[Field, ...]:
    offered = {field.name: field for field in exportable(table.model)}
    names = list(offered) if said == ALL else said.split(",") if said else [each.name for each in table.columns]
    if said and not set(names) <= set(offered):
        raise NotFound
    chosen = tuple(offered[name] for name in dict.fromkeys(names) if name in offered)
    if not chosen:
        raise NotFound
    return chosen


def link(actor: Actor, table: TableView, where: Address, kind: str, *, columns: str = "") -> str:
    """The address of a list's file: filtered, searched and sorted as the list is."""
    query = {name: text for name, text in st.query_params.items() if name.startswith(FILTER) or name in {"q", "sort"}}
    if where.view.search and "q" not in query:
        query["s"] = _searches.keep(actor, table.table, where.view.search)
    if columns:
        query["columns"] = columns
    return f"{ROUTE}/{table.table}.{kind}?{urlencode({**query, 'lang': language()})}"


def offer(actor: Actor, table: TableView, where: Address) -> None:
    """The button above a list, and what it offers."""
    if where.notes:
        return
    with st.popover(_("Export"), icon=":material/download:", key=f"export-{table.table}"):
        parts.quiet(_("All pages of this list, filtered and sorted as it is now. What you see as dots stays dots."))
        for kind, name in KINDS.items():
            with st.container(horizontal=True, key=f"export-{table.table}-{kind}"):
                st.link_button(_("{kind}, these columns").format(kind=name), link(actor, table, where, kind), width="stretch")
                whole = link(actor, table, where, kind, columns=ALL)
                st.link_button(_("{kind}, all columns").format(kind=name), whole, width="stretch")
