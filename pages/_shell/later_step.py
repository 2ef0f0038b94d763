"""A second step asked of someone who is signed in: their school, or their role, began to ask for it since they came in.

It stands in place of their page, at the same address, and what they had typed there is back when they go on.
"""

from typing import NoReturn

import streamlit as st

from domain.access import my_factor
from domain.access.actor import Actor
from domain.access.sign_in import is_asked_for_step
from domain.kit.texts import _, ngettext
from pages._shell import door, errors, focus, frame, parts, second_factor, state

HERE = "constela_later_step"


def is_under_way(actor: Actor | None) -> bool:
    """Whether this browser's person is asked for it now, or hasn't seen yet the recovery codes that it gave them."""
    if actor is not None:
        return bool(state.value(HERE) and state.value(second_factor.CODES))
    token = state.token()
    return bool(token) and not state.is_at_the_door() and is_asked_for_step(token or "")


def draw() -> NoReturn:
    """The screen of what comes next; nothing else in this run."""
    if not state.value(HERE):
        state.put(HERE, True)
        state.take_trouble()  # what the last click was for wasn't done, which is said here
        state.put_typed_aside(errors.place())
    with st.container(key="door", gap="medium"):
        frame.doorstep()
        mine = my_factor.my_factor(state.token() or "")
        if mine.since is None or state.value(second_factor.CODES):
            parts.page_header(_("Set up a second step"), _("Your school asks for one in your role: a code from your phone."))
            _say_what_is_kept()
            second_factor.set_up_at_once(mine)
        else:
            parts.page_header(
                _("Second step"), _("Your school asks for it in your role: the code that your authenticator app shows.")
            )
            _say_what_is_kept()
            _ask_code()
        st.button(
            _("Sign out"), key="later-sign-out", type="tertiary", icon=":material/logout:", on_click=errors.telling(door.let_out)
        )
    st.stop()


def give_back() -> None:
    """The page is drawn again: what was typed into it is there."""
    if state.value(HERE):
        state.drop(HERE)
        state.bring_typed_back(errors.place())


def _say_what_is_kept() -> None:
    parts.quiet(_("What you typed is kept. What you clicked last wasn't done: please do it again afterwards."))


def _ask_code() -> None:
    fields = errors.Fields("later")
    with st.form("later-step", border=True):
        with fields.of("code"):
            code = st.text_input(_("Six-digit code, or a recovery code"), key="later-code", autocomplete="one-time-code")
        sent = st.form_submit_button(_("Go on"), key="later-submit", type="primary", width="stretch")
    focus.field("later-code")
    if sent:
        with fields.telling():
            left = my_factor.give_code(state.token() or "", code, address=door.address())
            if left < second_factor.FEW:
                said = ngettext("You have {count} recovery code left.", "You have {count} recovery codes left.", left)
                parts.toast(said, icon="warning", later=True)
            st.rerun()
