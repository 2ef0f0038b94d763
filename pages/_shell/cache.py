"""The only user of Streamlit's caches. What depends on a person is keyed by `actor.scope`; no ORM object is kept."""

from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

if TYPE_CHECKING:
    from domain.access.actor import Actor
    from domain.graph.graph import Graph, Place
    from domain.graph.measures import Measures


class _NotYet(Exception):
    """Raised instead of returning, since only a yes may be kept."""


@st.cache_data(ttl=60, max_entries=16, show_spinner=False)
def _usable(url: str) -> bool:  # noqa: ARG001 -- the key
    from domain.access.actor import Actor
    from domain.access.uow import unit_of_work
    from domain.db.errors import Busy
    from domain.migrations.state import ensure_current

    ensure_current()
    try:
        with unit_of_work(Actor.system("", "probe")) as session:
            session.connection()  # begins a transaction that could write: a read-only file refuses already here
    except Busy:
        pass  # someone else is writing, so it can be written
    return True


def require_database() -> None:
    """Raise the domain's error if the database can't be used; a good answer holds for a minute."""
    from domain.db.engine import database_url

    _usable(database_url())


@st.cache_data(ttl=60, max_entries=16, show_spinner=False)
def _founded(url: str) -> bool:  # noqa: ARG001 -- the key
    from domain.founding import is_empty

    if is_empty():
        raise _NotYet
    return True


def school_exists() -> bool:
    """Whether there is a school in the database; a yes holds for a minute, a no is asked again."""
    from domain.db.engine import database_url

    try:
        return _founded(database_url())
    except _NotYet:
        return False


@st.cache_data(show_spinner=False)
def style_sheet() -> str:
    """The one style sheet, with its tag."""
    path = Path(str(resources.files("pages._shell"))) / "style.css"
    return f"<style>{path.read_text(encoding='utf-8')}</style>"


@st.cache_data(max_entries=128, ttl=3600, show_spinner=False)
def _measures(scope: tuple[str, str, str], fingerprint: str, _graph: Any) -> Any:  # noqa: ARG001 -- the key
    from domain.graph.measures import measure

    return measure(_graph)


def measures(actor: "Actor", graph: "Graph") -> "Measures":
    """Every measure of this person's graph. Kept are keys and figures, never a word of what the nodes say."""
    found: Measures = _measures(actor.scope, graph.fingerprint, graph)
    return found


@st.cache_data(max_entries=128, ttl=3600, show_spinner=False)
def _places(scope: tuple[str, str, str], fingerprint: str, _graph: Any) -> Any:  # noqa: ARG001 -- the key
    from domain.graph.layout import places

    return places(_graph)


def places(actor: "Actor", graph: "Graph") -> "dict[str, Place]":
    """Where each node of this person's graph lies. Kept are keys and coordinates, never a word of what the nodes say."""
    found: dict[str, Place] = _places(actor.scope, graph.fingerprint, graph)
    return found
