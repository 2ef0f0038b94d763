"""Handing out a link with which a person gives themself a new password: a button on their record, and the link shown once."""

from urllib.parse import urlsplit

import streamlit as st

from domain.access.actor import Actor
from domain.access.sign_in import hand_out, may_hand_out
from domain.kit.texts import _
from pages._shell import errors, state

MADE = "constela_reset_link"


def offer(actor: Actor, user_id: str) -> None:
    """The button, where the actor may hand out a link to this person; nothing elsewhere."""
    if not may_hand_out(actor, user_id):
        return
    st.button(
        _("Link for a new password"),
        key="reset-link",
        icon=":material/key:",
        on_click=errors.telling(_make),
        args=(user_id,),
    )
    made = state.value(MADE)
    state.drop(MADE)
    if made and made[0] == user_id:
        _show(made[1])


def _make(user_id: str) -> None:
    from pages._shell.guard import current_actor

    state.put(MADE, (user_id, hand_out(current_actor(), user_id)))


def _show(code: str) -> None:
    def body() -> None:
        st.markdown(_("Give this link to the person alone. It works once, within 30 minutes, and signs them out everywhere."))
        st.code(f"{_here()}/?reset={code}", language=None, wrap_lines=True)
        st.markdown(_("They choose the password themself. Nobody else learns it, and the link isn't shown again."))

    st.dialog(_("Link for a new password"))(body)()


def _here() -> str:
    """The app's address as this browser knows it."""
    parts = urlsplit(st.context.url or "")
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
