"""Undo: a calm bar above the page after each change, for the one who made it, for some minutes. A toast can't hold a button."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from domain.access.actor import Actor
from domain.access.trail.undo import UNDO_LIFE
from domain.access.trail.writing import Written
from domain.access.uow import ScopedSession, unit_of_work
from domain.kit.clock import now
from domain.kit.errors import DomainError
from domain.kit.texts import _, ngettext
from domain.records.undo import undo
from pages._crud import address
from pages._shell import cache, parts, state
from pages._shell.errors import findings_of
from pages._shell.guard import current_actor

OFFER = "constela_undo"
Back = Callable[[ScopedSession, Written], int]


@dataclass(frozen=True)
class Offer:
    """The last thing that was done here: by whom, what the trail knows of it, how it was said, and the record it created.

    `then`: what this browser does besides once it is undone. `back`: what undoes it, where that is more than records.
    """

    scope: tuple[str, str, str]
    what: Written
    said: str
    made: str = ""
    then: Callable[[], None] | None = None
    back: Back | None = None


def done(
    actor: Actor,
    what: Written | None,
    said: str,
    *,
    made: str = "",
    then: Callable[[], None] | None = None,
    back: Back | None = None,
) -> None:
    """Say that something was done, and offer to undo it where that can be; in a callback, for the run that follows.

    Every page that changes something says so by this, and draws the bar under its header.
    """
    parts.toast(said, later=True)
    forget()
    if what and (back or what.can_be_undone):
        state.put(OFFER, Offer(actor.scope, what, said, made, then, back))


def forget() -> None:
    """Offer nothing any more."""
    state.drop(OFFER)


def bar(actor: Actor) -> None:
    """The bar, as long as there is something to undo."""
    offer: Offer | None = state.value(OFFER)
    if offer is None:
        return
    if offer.scope != actor.scope or now() - offer.what.at > UNDO_LIFE:
        forget()
        return
    with st.container(key="undo-bar", horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(key="undo-said", width="content"):
            parts.quiet(offer.said)
        st.button(_("Undo"), key="undo", icon=":material/undo:", on_click=_undo)
        st.button(_("Dismiss"), key="undo-away", icon=":material/close:", type="tertiary", on_click=forget)


def _undo() -> None:
    offer: Offer | None = state.value(OFFER)
    forget()
    if offer is None:
        return
    try:
        with unit_of_work(current_actor()) as session:
            count = (offer.back or undo)(session, offer.what)
    except DomainError as error:
        state.set_trouble(error.message, findings_of(error))
        return
    if offer.made and st.query_params.get("record") == offer.made:
        address.change(record="", mode="")
    cache.forget("list")
    state.forget_actor()  # it may have been about the one who is here
    if offer.then:
        offer.then()
    parts.toast(
        ngettext("Undone: {count} record is as it was.", "Undone: {count} records are as they were.", count),
        icon="undo",
        later=True,
    )
