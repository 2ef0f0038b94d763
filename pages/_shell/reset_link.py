"""Helping someone back in, on their record: a link with which they give themself a new password, shown once; and taking a lost
second step away."""

import streamlit as st

from domain.access import my_factor
from domain.access.actor import Actor
from domain.access.sign_in import hand_out
from domain.kit.texts import _
from pages._shell import address, errors, parts, state

MADE = "constela_reset_link"


def offer(actor: Actor, user_id: str) -> None:
    """The buttons, where the actor may help this person; nothing elsewhere."""
    help_for = my_factor.help_for(actor, user_id)
    if help_for.link:
        st.button(
            _("Link for a new password"),
            key="reset-link",
            icon=":material/key:",
            on_click=errors.telling(_make),
            args=(user_id,),
        )
    asked = help_for.factor and st.button(_("Take away the second step"), key="reset-factor", icon=":material/phonelink_erase:")
    if asked:
        parts.confirm(
            _("Take away the second step?"),
            _("For someone who lost phone and recovery codes. Make sure that it is really them who asks: they are signed out."),
            action=_("Take it away"),
            on_confirm=_reset_factor,
            args=(user_id,),
            key="reset-factor-confirm",
        )
    made = state.value(MADE)
    state.drop(MADE)
    if made and made[0] == user_id:
        _show(made[1])


def _reset_factor(user_id: str) -> None:
    from pages._shell.guard import current_actor

    my_factor.reset(current_actor(), user_id)
    parts.toast(_("The second step was taken away."), later=True)


def _make(user_id: str) -> None:
    from pages._shell.guard import current_actor

    state.put(MADE, (user_id, hand_out(current_actor(), user_id)))


def _show(code: str) -> None:
    def body() -> None:
        st.markdown(_("Give this link to the person alone. It works once, within 30 minutes, and signs them out everywhere."))
        st.code(f"{address.here()}/?reset={code}", language=None, wrap_lines=True)
        st.markdown(_("They choose the password themself. Nobody else learns it, and the link isn't shown again."))

    st.dialog(_("Link for a new password"))(body)()
