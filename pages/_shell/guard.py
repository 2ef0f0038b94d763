"""Who is here, and whether a page is theirs. Pages hide; the domain enforces."""

import streamlit as st

from domain.access import security_log
from domain.access.actor import Actor
from domain.access.security_log import Event
from domain.kit.errors import NotAllowed
from domain.kit.texts import _
from pages._shell import language, state
from pages._shell.catalog import page_at


class NobodyHere(NotAllowed):
    """The person was signed out meanwhile, or is asked for a second step first."""


def find_actor() -> Actor | None:
    """Who holds this browser's cookie now, or None. Also settles the language, which each run's thread must be told anew."""
    from domain.access.sign_in import actor_of
    from domain.db.engine import catch_up

    actor = state.remembered_actor()
    token = state.token()
    if actor is None and token and not state.is_at_the_door():
        if state.is_first_look():
            catch_up()
        actor = actor_of(token)
        state.remember_actor(actor)
    language.settle(actor)
    return actor


def current_actor() -> Actor:
    """Who acts. To be asked by every page and callback; raises NobodyHere once the person is signed out."""
    actor = find_actor()
    if actor is None:
        raise NobodyHere("signed out")
    return actor


def actor_still_here() -> Actor:
    """Who acts, for a fragment, which runs without its page: where nobody does any more, the page is drawn anew.

    What stands in its place then (the door, or a step that is asked for) says what there is to do; the fragment couldn't.
    """
    actor = find_actor()
    if actor is None:
        st.rerun()
    return actor


def open_page(path: str) -> Actor:
    """The actor, if the page is their role's; otherwise says so and stops."""
    actor = current_actor()
    page = page_at(path)
    if page is None or not page.opens_for(actor.role):
        not_yours()
    return actor


def not_yours() -> None:
    """Say that there is nothing here for this person, and stop. A missing page and another's page look the same."""
    from pages._shell.navigate import page_link
    from pages._shell.parts import empty_state, page_header

    _note_refused()
    page_header(_("Nothing here for you"))
    empty_state("explore_off", _("This page doesn't exist, or it isn't open to the role you are in."))
    from pages._shell.catalog import Link

    page_link(Link("home"), label=_("Go to your home page"), icon="home")
    st.stop()


def _note_refused() -> None:
    from pages._shell.navigate import wanted_path

    actor, path = state.remembered_actor(), wanted_path()
    if security_log.is_new(f"page {actor.user_id if actor else ''} {path}"):
        security_log.record(Event.PAGE_REFUSED, actor, reason=path if page_at(path) else "no such page")
