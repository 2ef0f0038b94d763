"""The only user of Streamlit's caches. What depends on a person is keyed by `actor.scope`; no ORM object is kept."""

from importlib import resources
from pathlib import Path

import streamlit as st


class _NotYet(Exception):
    """Raised instead of returning, since only a yes may be kept."""


@st.cache_data(ttl=60, max_entries=16, show_spinner=False)
def _usable(url: str) -> bool:  # noqa: ARG001 -- the key
    from domain.db.engine import check, engine
    from domain.migrations.state import ensure_current

    check()
    ensure_current(engine())
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
