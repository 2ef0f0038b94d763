"""A forgotten password: asking for a link by mail, where mail is set up; else whom to ask."""

import streamlit as st

from domain.access import forgotten
from domain.kit.texts import _
from pages._shell import door, errors, parts, state

OPEN, ASKED = "forgotten-open", "forgotten-asked"


def offer() -> None:
    """Under the sign-in: the way to a link."""
    if forgotten.can_ask():
        st.button(_("Forgotten your password?"), key="forgotten", type="tertiary", on_click=state.put, args=(OPEN, True))
    else:
        parts.quiet(_("Forgotten your password? Your school's coordination can give you a link for a new one."))


def is_open() -> bool:
    """Whether this browser's person is asking for a link."""
    return bool(state.value(OPEN)) and forgotten.can_ask()


def draw() -> None:
    """Ask for the e-mail; say the same whoever has it."""
    parts.page_header(_("A new password"), _("We send a link to your e-mail. It works once, within 30 minutes."))
    if state.value(ASKED):
        parts.note(_("If a school here knows this e-mail, a link is on its way. Look among unwanted mail too."), "good")
        parts.quiet(_("Nothing comes? Your school's coordination can give you a link."))
    else:
        with st.form("forgotten-form", border=True):
            email = st.text_input(_("E-mail"), key="forgotten-email", autocomplete="username")
            sent = st.form_submit_button(_("Send me a link"), key="forgotten-submit", type="primary", width="stretch")
        if sent and email.strip():
            with errors.Fields("forgotten").telling():
                forgotten.ask(email, address=door.address())
                state.put(ASKED, True)
                st.rerun()
    st.button(
        _("Back"), key="forgotten-back", type="tertiary", icon=":material/arrow_back:", on_click=state.drop, args=(OPEN, ASKED)
    )
