"""Which language is spoken in this run: the one picked in this browser, else the person's setting, else the browser's own."""

import streamlit as st

from domain.access.actor import Actor
from domain.kit.texts import LANGUAGES, _, best_language, language, set_language
from pages._shell import state

KEY = "language"


def settle(actor: Actor | None) -> None:
    """Speak the right language from here on. Each run, callback and fragment has its own thread, so each must ask."""
    set_language(best_language(state.chosen_language(), actor.language if actor else None, st.context.locale))


def picker(actor: Actor | None, *, key: str = KEY) -> None:
    """The choice of language; a signed-in person's is kept in their record."""
    options = list(LANGUAGES)
    st.selectbox(
        _("Language"),
        options,
        index=options.index(language()),
        format_func=LANGUAGES.__getitem__,
        key=key,
        on_change=_picked,
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
    from pages._shell.errors import telling

    def keep() -> None:
        with unit_of_work(actor) as session:
            person = session.get(User, actor.user_id)
            if person is not None:
                person.language = picked

    telling(keep)()
