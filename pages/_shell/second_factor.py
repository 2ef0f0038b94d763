"""One's own second step at sign-in: setting it up, a new phone, new recovery codes, turning it off."""

from typing import Literal

import streamlit as st

from domain.access import my_factor
from domain.access.actor import Actor
from domain.access.my_factor import MyFactor
from domain.access.second_factor import Enrolment
from domain.kit.formats import show_when
from domain.kit.texts import N_, _, ngettext
from pages._shell import door, errors, factor_parts, focus, parts, state

MODE, ENROLMENT, CODES = "factor-mode", "factor-enrolment", "factor-codes"
SET_UP, NEW_CODES, TURN_OFF = "set-up", "new-codes", "turn-off"
FEW = 3  # codes left: time for new ones
ACTIONS = {SET_UP: N_("Go on"), NEW_CODES: N_("Make new codes"), TURN_OFF: N_("Turn it off")}
TITLES = {
    SET_UP: N_("Please show first that it is you."),
    NEW_CODES: N_("The old codes work no more as soon as you have new ones."),
    TURN_OFF: N_("After this your password alone lets anyone in."),
}


def draw(actor: Actor, mine: MyFactor) -> None:
    """The section of the page."""
    parts.section(_("Second step at sign-in"), _("A code from your phone, so that a stolen password alone opens nothing."))
    with st.container(key="factor-width", width=480, gap="small"):
        if actor.is_demo and not mine.has_password:
            parts.quiet(
                _("Everyone in this school is invented and enters by one click, without a password and without a second step.")
            )
        elif state.value(CODES):
            _show_codes(state.value(CODES))
        elif state.value(ENROLMENT) is not None:
            _confirm(state.value(ENROLMENT))
        elif state.value(MODE):
            _prove(mine, state.value(MODE))
        else:
            _tell(actor, mine)


def set_up_at_once(mine: MyFactor) -> None:
    """The way to a second step for who goes no further without one."""
    if state.value(CODES):
        _show_codes(state.value(CODES))
    elif state.value(ENROLMENT) is not None:
        _confirm(state.value(ENROLMENT))
    else:
        _prove(mine, SET_UP, needed=True)


def _tell(actor: Actor, mine: MyFactor) -> None:
    if mine.since is None:
        if mine.required:
            asked = _("Your school asks for a second step of your role. Please set it up now, or else at your next sign-in.")
            parts.note(asked, "attention")
        else:
            parts.quiet(_("It is off. You can turn it on for yourself."))
        _open(SET_UP, _("Set it up"), "add_moderator", primary=True)
        return
    left = ngettext("You have {count} recovery code left.", "You have {count} recovery codes left.", mine.codes_left)
    since = _("On since {when}.").format(when=show_when(mine.since, actor.zone))
    parts.note(f"{since} {left}", "attention" if mine.codes_left <= FEW else "good")
    with st.container(key="factor-actions", horizontal=True):
        _open(SET_UP, _("Set up a new phone"), "phonelink_setup")
        _open(NEW_CODES, _("New recovery codes"), "password")
        if not mine.required:
            _open(TURN_OFF, _("Turn off"), "remove_moderator")
    if mine.required:
        parts.quiet(_("Your school asks for it of your role, so it stays on."))


def _open(mode: str, label: str, icon: str, *, primary: bool = False) -> None:
    kind: Literal["primary", "secondary"] = "primary" if primary else "secondary"
    st.button(label, key=f"factor-{mode}", icon=f":material/{icon}:", type=kind, on_click=state.put, args=(MODE, mode))


def _prove(mine: MyFactor, mode: str, *, needed: bool = False) -> None:
    """The password again, and a code where there is a second step already; then what was wanted is done.

    `needed`: there is no way around it.
    """
    parts.quiet(_(TITLES[mode]))
    fields = errors.Fields("factor")
    password, code = "", ""
    with st.form("factor-form", border=True):
        if mine.has_password:
            with fields.of("present"):
                password = st.text_input(
                    _("Present password"), key="factor-present", type="password", autocomplete="current-password"
                )
        if mine.since is not None:
            with fields.of("code"):
                code = st.text_input(_("Six-digit code, or a recovery code"), key="factor-code", autocomplete="one-time-code")
        sent = st.form_submit_button(_(ACTIONS[mode]), key="factor-submit", type="primary")
    if sent:
        with fields.telling():
            _do(mode, password, code)
            state.drop(MODE)
            st.rerun()
    if needed:
        focus.field("factor-present")
    else:
        _cancel()


def _do(mode: str, password: str, code: str) -> None:
    token, address = state.token() or "", door.address()
    if mode == SET_UP:
        state.put(ENROLMENT, my_factor.set_up(token, password=password, code=code, address=address))
    elif mode == NEW_CODES:
        state.put(CODES, my_factor.new_recovery_codes(token, password=password, code=code, address=address))
    else:
        my_factor.turn_off(token, password=password, code=code, address=address)
        parts.toast(_("The second step is off. All your other browsers were signed out."), later=True)


def _confirm(enrolment: Enrolment) -> None:
    parts.quiet(_("Open an authenticator app on your phone and scan this; then type the code that it shows."))
    factor_parts.show_enrolment(enrolment)
    fields = errors.Fields("factor")
    with st.form("factor-confirm", border=True):
        code = factor_parts.ask_code(fields, "factor-new-code")
        sent = st.form_submit_button(_("Confirm"), key="factor-confirm-submit", type="primary")
    if sent:
        with fields.telling():
            state.put(CODES, my_factor.confirm(state.token() or "", code, address=door.address()))
            state.drop(ENROLMENT)
            st.rerun()
    _cancel()


def _show_codes(codes: list[str]) -> None:
    parts.note(_("Your second step is set up. All your other browsers were signed out. These are your recovery codes:"), "good")
    factor_parts.show_recovery_codes(codes)
    st.button(_("I have kept them"), key="factor-kept", type="primary", on_click=state.drop, args=(CODES,))


def _cancel() -> None:
    st.button(_("Cancel"), key="factor-cancel", type="tertiary", on_click=state.drop, args=(MODE, ENROLMENT))
