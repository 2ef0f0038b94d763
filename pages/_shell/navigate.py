"""From the catalog to Streamlit's pages: the menu, links that stay inside the app, and switching."""

from typing import Any
from urllib.parse import unquote, urlsplit

import streamlit as st

from domain.access.roles import Role
from domain.kit.texts import _
from pages._shell.catalog import HOME, Link, Page, page_at, pages_for


def streamlit_page(page: Page) -> Any:
    """Streamlit's own object for a page of the catalog."""
    first, icon = page is HOME, f":material/{page.icon}:"
    return st.Page(page.file, title=_(page.title), icon=icon, url_path="" if first else page.path, default=first)


def wanted_path() -> str:
    """The path in the browser's address bar, without slashes; empty for the root and where there is no browser."""
    path = unquote(urlsplit(st.context.url or "").path).strip("/")
    return path.rpartition("/")[2]


def _openable(link: Link) -> Page | None:
    from pages._shell.guard import find_actor

    actor = find_actor()
    page = page_at(link.path)
    return page if actor and page and page.opens_for(actor.role) and page.file.is_file() else None


def is_openable(link: Link) -> bool:
    """Whether the actor's role opens a place in the app."""
    return _openable(link) is not None


def page_link(link: Link, *, label: str | None = None, icon: str | None = None, help_text: str | None = None) -> None:
    """A link to a place in the app; nothing where the actor's role doesn't open it. `label` is Markdown."""
    page = _openable(link)
    if page is None:
        return
    shown = f":material/{icon or page.icon}:" if icon != "" else None
    st.page_link(
        streamlit_page(page),
        label=label or _(page.title),
        icon=shown,
        help=help_text,
        query_params=dict(link.query) or None,
    )


def switch_to(link: Link) -> None:
    """Go to a place in the app now; stays where it is if the actor's role doesn't open it."""
    page = _openable(link)
    if page is not None:
        st.switch_page(streamlit_page(page), query_params=dict(link.query) or None)


def menu(role: Role | None) -> list[Page]:
    """The pages of a role whose script is there."""
    return [page for page in pages_for(role) if page.file.is_file()]
