"""The search box on every page: finds a person, class, lead or invoice by what one would type on the phone."""

from decimal import Decimal
from typing import Any

import streamlit as st

from domain.access.actor import Actor
from domain.db.base import model_of
from domain.db.types import Choice
from domain.kit.errors import DomainError
from domain.kit.formats import show_money
from domain.kit.texts import _
from pages._shell import errors, guard, parts
from pages._shell.catalog import record_link
from pages._shell.cells import plain
from pages._shell.navigate import page_link

LEAST, LONGEST = 2, 100


def search_box(_actor: Actor) -> None:
    """The box and what it finds. A fragment, so that typing reruns nothing else; never in the URL, since names are personal."""
    _box()


@st.fragment
def _box() -> None:
    with parts.counted():
        _draw(guard.actor_still_here())


def _draw(actor: Actor) -> None:
    with st.container(key="search", gap="xsmall"):
        typed = st.text_input(
            _("Search the school"),
            key="search-text",
            type="search",
            placeholder=_("Name, class, invoice …"),
            label_visibility="collapsed",
            icon=":material/search:",
            live="300ms",
            autocomplete="off",
        )
        text = (typed or "").replace("\x00", "").strip()[:LONGEST]
        if len(text) < LEAST:
            return
        try:
            hits = _find(actor, text)
        except DomainError as error:
            errors.show(error)
            return
        if not hits:
            nothing = _("Nothing found. Try part of a name.")
            st.html(f'<p class="c-quiet c-line" role="status">{nothing}</p>')
        for hit in hits:
            kind = _(model_of(hit.table).__one__)
            said = " · ".join([kind, *(_said(value) for value in hit.details.values() if value not in (None, ""))])
            page_link(record_link(hit.table, hit.key), label=f"{plain(hit.label)}  \n:gray[{plain(said)}]")


def _said(value: object) -> str:
    """What tells a hit from its like, as a person reads it."""
    if isinstance(value, Choice):
        return value.label
    return show_money(value) if isinstance(value, Decimal) else str(value)


def _find(actor: Actor, text: str) -> list[Any]:
    from domain.records.search import everywhere

    return list(everywhere(actor, text))
