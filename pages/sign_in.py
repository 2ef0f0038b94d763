"""Signing in: e-mail and password; which school, if several know the e-mail; in the demo school, one click for each role.

A link for a new password leads here too.
"""

import streamlit as st

from domain.access.sign_in import Account, LinkOver, check_password, demo_people, link_holds, use_link
from domain.kit.texts import _
from pages._shell import door, errors, frame, new_password, parts, place, state
from pages._shell.cells import plain

PROVEN, RENEWED = "sign-in-proven", "sign-in-renewed"


def main() -> None:
    """Draw the page."""
    with st.container(key="door", gap="medium"):
        frame.doorstep()
        proven: list[Account] = state.value(PROVEN, [])
        code = st.query_params.get("reset", "")
        if proven:
            _choose_school(proven)
        elif code:
            _ask_new_password(code)
        else:
            _ask_password()
            _offer_demo()


def _ask_password() -> None:
    parts.page_header(_("Sign in"), _("With the e-mail that your school knows you by."))
    if state.value(RENEWED):
        parts.note(_("Your new password is set. Please sign in with it."), "good")
    with st.form("sign-in", border=True):
        email = st.text_input(_("E-mail"), key="sign-in-email", autocomplete="username")
        password = st.text_input(_("Password"), key="sign-in-password", type="password", autocomplete="current-password")
        sent = st.form_submit_button(_("Sign in"), key="sign-in-submit", type="primary", width="stretch")
    if not sent:
        parts.quiet(_("Forgotten your password? Your school's coordination can give you a link for a new one."))
        return
    state.drop(RENEWED)
    with errors.Fields("sign-in").telling():
        accounts = check_password(email, password, address=door.address())
        if not accounts:
            parts.note(_("That e-mail and password don't match."), "danger")
        elif len(accounts) == 1:
            door.let_in(accounts[0].user_id, accounts[0].role)
            st.rerun()
        else:
            state.put(PROVEN, accounts)
            st.rerun()


def _ask_new_password(code: str) -> None:
    parts.page_header(_("A new password"), _("It replaces the old one, and signs you out everywhere."))
    if not link_holds(code):
        parts.note(LinkOver().message, "attention")
        st.button(_("To the sign-in"), key="reset-leave", icon=":material/arrow_back:", on_click=_leave_link)
        return
    fields = errors.Fields("reset")
    with st.form("reset", border=True):
        password, again = new_password.ask(fields, "reset")
        sent = st.form_submit_button(_("Set the password"), key="reset-submit", type="primary", width="stretch")
    if not sent:
        return
    with fields.telling():
        new_password.same(password, again)
        use_link(code, password)
        state.put(RENEWED, True)
        _leave_link()
        st.rerun()


def _leave_link() -> None:
    st.query_params.pop("reset", None)


def _choose_school(accounts: list[Account]) -> None:
    parts.page_header(_("Which school?"), _("Several schools know this e-mail and password."))
    for account in accounts:
        st.button(
            f"**{plain(account.school_name)}** · {plain(account.role.label)}",
            key=f"school-{account.user_id}",
            width="stretch",
            on_click=errors.telling(_enter),
            args=(account,),
        )
    st.button(_("Back"), key="school-back", type="tertiary", icon=":material/arrow_back:", on_click=state.drop, args=(PROVEN,))


def _enter(account: Account) -> None:
    state.drop(PROVEN)
    door.let_in(account.user_id, account.role)


def _offer_demo() -> None:
    people = demo_people() if place.demo_is_open() else []
    if not people:
        return
    parts.section(_("The demo school"), _("Everyone here is invented. Enter as one of them with one click."))
    with st.container(key="demo-people", gap="xsmall"):
        for account in people:
            with st.container(key=f"demo-{account.role}", horizontal=True, vertical_alignment="center"):
                parts.person_chip(account.name, account.role, account.role.label)
                st.button(
                    _("Enter as {role}").format(role=account.role.label.lower()),
                    key=f"enter-{account.role}",
                    on_click=errors.telling(_enter),
                    args=(account,),
                )


main()
