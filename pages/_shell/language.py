"""Which language is spoken in this run: the one picked in this browser, else the person's setting, else the browser's own."""

from contextlib import suppress

import streamlit as st

from domain.access.actor import Actor
from domain.kit.errors import NotAllowed
from domain.kit.texts import LANGUAGES, _, best_language, language, set_language
from pages._shell import state
from pages._shell.errors import telling

KEY = "language"


def settle(actor: Actor | None) -> None:
    """Speak the right language from here on. Each run, callback and fragment has its own thread, so each must ask."""
    set_language(best_language(state.chosen_language(), actor.language if actor else None, st.context.locale))


def language_tag() -> str:
    """The language spoken now as the web spells it: `pt-BR`."""
    return language().replace("_", "-")


def picker(actor: Actor | None, *, key: str = KEY) -> None:
    """The choice of language; a signed-in person's is kept in their record."""
    options = list(LANGUAGES)
    st.selectbox(
        _("Language"),
        options,
        index=options.index(language()),
        format_func=LANGUAGES.__getitem__,
        key=key,
        on_change=telling(_picked),
        args=(key, actor),
        filter_mode=None,
    )


def _picked(key: str, actor: Actor | None) -> None:
    picked = state.value(key)
    if picked not in LANGUAGES:
        return
    state.choose_language(picked)
    state.forget_actor()
    if actor is None:
        return
    from domain.access.uow import unit_of_work
    from domain.core.models import User

    # A role that may not change its own record still hears the language picked, in this browser.
    with suppress(NotAllowed), unit_of_work(actor) as session:
        person = session.get(User, actor.user_id)
        if person is not None:
            person.language = picked
