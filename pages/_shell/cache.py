"""The only user of Streamlit's caches. What depends on a person is keyed by `actor.scope`; no ORM object is kept."""

import threading
import time
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import streamlit as st
from sqlalchemy.exc import SQLAlchemyError

from pages._shell import state

if TYPE_CHECKING:
    from domain.access.actor import Actor
    from domain.graph.graph import Graph, Place
    from domain.graph.measures import Measures


Found = TypeVar("Found")
LOOKED_AT_EVERY = 60.0  # seconds
SHARED_FOR = 1.0  # seconds: a look at a database that is away
KEPT_FOR = 60.0  # seconds: what hangs on the hour, such as a session's being over, is never older


_looked_at: dict[str, float] = {}  # when each database was last found usable, by its URL


class _NotYet(Exception):
    """Raised instead of returning, since only a yes may be kept."""


def _look() -> None:
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


def require_database() -> None:
    """Raise the domain's error if the database can't be used.

    A good answer holds; after a minute it is looked at again, for which nobody waits: what is wrong then is told in the next run.
    """
    from domain.db.engine import database_url

    url = database_url()
    before = _looked_at.get(url)
    if before is None:
        _look()
        _looked_at[url] = time.monotonic()
    elif time.monotonic() - before > LOOKED_AT_EVERY:
        _looked_at[url] = time.monotonic()
        threading.Thread(target=_look_again, args=(url,), daemon=True).start()


def _look_again(url: str) -> None:
    from domain.kit.errors import DomainError

    try:
        _look()
    except DomainError:
        _looked_at.pop(url, None)


class _Looks:
    """One look at a time at a database that is away, whose answer serves all who ask meanwhile."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.at = -SHARED_FOR
        self.found = False


@st.cache_resource(show_spinner=False)
def _looks() -> _Looks:
    return _Looks()


def database_is_back() -> bool:
    """Whether a database that was away can be used now. However many pages wait for it, it is asked about once a second."""
    from domain.kit.errors import DomainError

    looks = _looks()
    with looks.lock:
        if time.monotonic() - looks.at >= SHARED_FOR:
            try:
                _look()
                looks.found = True
            except (DomainError, SQLAlchemyError):
                looks.found = False
            looks.at = time.monotonic()
        return looks.found


def while_unchanged(actor: "Actor", name: str, key: object, ask: Callable[[], Found]) -> Found:
    """What `ask` gives, or gave in this browser's last run for the same person, language and key, if nothing was written since.

    A server's answers say how far its data have come, so that the look at who is signed in, which every run makes, tells whether
    anything changed at all. Where that isn't known (on a file, with replicas), `ask` is called each time. It must give plain
    data, and nobody may change them. One answer is kept under each name.
    """
    from domain.db.engine import engine
    from domain.db.gather import state_of_data
    from domain.kit.texts import language

    slot, stamp = _slot(name), state_of_data(engine())
    asked_for = (actor, language(), key)
    if stamp is None or not state.asked_in_this_run():
        state.drop(slot)
        return ask()
    kept = state.value(slot)
    if kept is not None and kept[0] == stamp and kept[1] == asked_for and time.monotonic() - kept[2] < KEPT_FOR:
        found: Found = kept[3]
        return found
    found = ask()
    state.put(slot, (stamp, asked_for, time.monotonic(), found))
    return found


def forget(name: str) -> None:
    """Let the next `while_unchanged` of this name ask."""
    state.drop(_slot(name))


def _slot(name: str) -> str:
    return f"constela_kept_{name}"


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
