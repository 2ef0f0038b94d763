"""What surrounds a page: the school's name, search, the menu, and at the bottom the person with role, language and sign-out."""

from html import escape

import streamlit as st

from domain.access.actor import Actor
from domain.access.roles import Role
from domain.kit.errors import DomainError
from domain.kit.formats import show_number
from domain.kit.texts import _
from pages._shell import borrowed, door, language
from pages._shell.catalog import INBOX
from pages._shell.cells import person_html
from pages._shell.errors import telling
from pages._shell.navigate import menu, streamlit_page
from pages._shell.search import search_box

MARK = '<img class="c-brand-mark" src="app/static/mark.svg" alt="">'


# On a phone the menu lies over the page: it closes when a link in it was followed, as Streamlit's own menu does.
FOLD = """<script>
if (!window.constelaFolds) {
  window.constelaFolds = true;
  document.addEventListener("click", (event) => {
    const link = event.target.closest('[data-testid="stSidebar"] [data-testid="stPageLink-NavLink"]');
    if (link && window.innerWidth < 768) {
      setTimeout(() => document.querySelector('[data-testid="stSidebarCollapseButton"] button')?.click(), 100);
    }
  });
}
</script>"""


def spoken() -> str:
    """Tells the browser, and through it a screen reader, which language the page is in: Streamlit always says English, in its
    own words as well.
    """
    return f'<script>document.documentElement.lang = "{language.language_tag()}";</script>' + borrowed.script()


def brand(under: str = "") -> None:
    """The mark, the name, and under it whose school this is."""
    said = f'<div class="c-quiet">{escape(under)}</div>' if under else ""
    st.html(f'<div class="c-brand">{MARK}<div><div class="c-brand-name">Constela</div>{said}</div></div>')


def doorstep() -> None:
    """What stands above the pages before anyone is signed in: the mark, and the choice of language."""
    with st.container(key="doorstep", horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        brand()
        with st.container(width=180):
            language.picker(None)
            st.html(spoken(), unsafe_allow_javascript=True)


def sidebar(actor: Actor) -> None:
    """The side of every page."""
    with st.sidebar:
        brand(actor.school_name)
        search_box(actor)
        _menu(actor)
        _person(actor)
        st.html(FOLD + spoken(), unsafe_allow_javascript=True)


def _menu(actor: Actor) -> None:
    with st.container(key="menu", gap=None):
        section = ""
        for page in menu(actor.role):
            if page.section != section:
                section = page.section
                st.html(f'<p class="c-menu-section">{escape(_(section))}</p>')
            label = f"{_(page.title)} ({show_number(actor.unread)})" if page is INBOX and actor.unread else None
            st.page_link(streamlit_page(page), label=label, width="stretch")


def _person(actor: Actor) -> None:
    with st.container(key="person", gap="small"):
        label = actor.role.label if actor.role else ""
        st.html(person_html(actor.name, str(actor.role or ""), label, actor.picture))
        if len(actor.roles) > 1:
            st.selectbox(
                _("You are here as"),
                actor.roles,
                index=actor.roles.index(actor.role) if actor.role in actor.roles else 0,
                format_func=lambda role: role.label,
                key="role",
                on_change=telling(_switch),
                filter_mode=None,
            )
        language.picker(actor)
        st.button(_("Sign out"), key="sign-out", icon=":material/logout:", on_click=telling(door.let_out), width="stretch")


def _switch() -> None:
    from pages._shell import state

    try:
        door.switch_role(Role(state.value("role")))
    except DomainError:
        state.drop("role")  # the person is still who they were
        raise
