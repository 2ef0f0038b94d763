"""What the page's address says: the tab, the person, the level and the class, and who is about to leave which class."""

from functools import partial

import streamlit as st

from domain.kit.ids import is_id
from pages._shell import focus

TAB, PERSON, LEVEL, CLASS, LEAVE, HOW = "tab", "person", "level", "class", "leave", "how"
NAMES = (PERSON, LEVEL, CLASS, LEAVE, HOW)
DROP, TRANSFER = "drop", "transfer"


def key_in(name: str) -> str:
    """The record that the address names; empty for none, and for nonsense."""
    found = st.query_params.get(name, "")
    return found if is_id(found) else ""


def go(**changes: str) -> None:
    """Say something else in the address; an empty word takes one away. It is a step: the keyboard goes on where it leads."""
    focus.step_taken()
    for name, value in changes.items():
        if value:
            st.query_params[name] = value
        else:
            st.query_params.pop(name, None)


def going(**changes: str) -> "partial[None]":
    """The same as a callback."""
    return partial(go, **changes)


def afresh(**kept: str) -> None:
    """Begin again, with nothing in the address but the tab and this."""
    go(**{**dict.fromkeys(NAMES, ""), **kept})
