"""Who is told of what one is about to do: all of them, until one takes some away."""

from collections.abc import Mapping, Sequence

import streamlit as st

from domain.kit.texts import _, ngettext
from domain.outbox.people import Told
from pages._shell import parts
from pages._shell.cells import plain

AT_A_GLANCE = 12  # names; of more one reads how many there are, and opens them


def who_is_told(told: Sequence[Told], *, key: str) -> list[str]:
    """Lets someone untick people; the keys of those who are told."""
    if not told:
        parts.quiet(_("Nobody needs to be told."))
        return []
    if len(told) <= AT_A_GLANCE:
        return _choice(told, key)
    said = ngettext("{count} person is told", "{count} people are told", len(told))
    with st.expander(said, icon=":material/campaign:", key=f"{key}-all"):
        return _choice(told, key)


def chosen_of(names: Mapping[str, str], *, key: str, explained: str) -> list[str]:
    """Lets someone untick those who are told, people or whole classes by their keys; the keys of those who are left."""
    chosen = st.pills(
        _("Who is told"),
        list(names),
        selection_mode="multi",
        default=list(names),
        format_func=lambda one: plain(names[one]),
        key=key,
        help=explained,
    )
    return [str(each) for each in chosen]


def _choice(told: Sequence[Told], key: str) -> list[str]:
    explained = _("In their inbox, and by mail where they have an e-mail. Click on a name to leave someone out.")
    return chosen_of({each.id: _said(each) for each in told}, key=key, explained=explained)


def _said(each: Told) -> str:
    return _("{name} (for {children})").format(name=each.name, children=", ".join(each.of)) if each.of else each.name
