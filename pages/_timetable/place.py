"""Where one is in the timetable: the address says it all, so that a link that is handed on opens the same."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from pages._shell import state

WEEK, CLASHES, FREE = "week", "clashes", "free"
ROOM, TEACHER, CLASS, LEVEL = "room", "teacher", "class", "level"
KEPT = ("term", "by", "day", "room", "teacher", "level", "show", "as")


def said(name: str, default: str = "") -> str:
    """What the address says under a name."""
    return str(st.query_params.get(name, default))


def one_of(name: str, options: Sequence[str], default: str) -> str:
    """What the address says under a name where it is one of these; else the usual."""
    wanted = said(name, default)
    return wanted if wanted in options else default


def go(**changes: str) -> None:
    """Change the address; an empty text takes a name out."""
    for name, value in changes.items():
        if value:
            st.query_params[name] = value
        else:
            st.query_params.pop(name, None)


def address(**changes: str) -> str:
    """The address with changes, for a link within the page."""
    names = {name: said(name) for name in KEPT} | changes
    return "?" + urlencode({name: value for name, value in names.items() if value})


def _kept(name: str, options: Sequence[str], default: str) -> str:
    shown = one_of(name, options, default)
    state.put(f"timetable-{name}", shown)
    return shown


def _keep(name: str, default: str) -> Callable[[], None]:
    def keep() -> None:
        chosen = state.value(f"timetable-{name}") or default
        go(**{name: "" if chosen == default else chosen})

    return keep


def pills(name: str, label: str, options: Mapping[str, str], default: str) -> str:
    """A choice of few, shown side by side."""
    shown = _kept(name, list(options), default)
    st.pills(
        label,
        list(options),
        format_func=lambda each: options[each],
        key=f"timetable-{name}",
        on_change=_keep(name, default),
        label_visibility="collapsed",
    )
    return shown


def select(name: str, label: str, options: Mapping[str, str], default: str = "", **more: Any) -> str:
    """A choice of many."""
    shown = _kept(name, list(options), default)
    st.selectbox(
        label,
        list(options),
        format_func=lambda each: options.get(each, ""),
        key=f"timetable-{name}",
        on_change=_keep(name, default),
        **more,
    )
    return shown
