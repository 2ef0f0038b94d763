"""Signing in: e-mail and password or an identity provider, then whatever else is asked.

In the demo school, one click for each role. A link for a new password leads here too, whoever is signed in.
"""

import streamlit as st

from domain.access.sign_in import Account, LinkOver, begin, by_password, demo_people, enter_demo, link_holds, use_link
from domain.kit.texts import _
from pages._shell import door, entering, errors, forgotten, frame, guard, new_password, parts, place, provider_sign_in, state

RENEWED = "sign-in-renewed"


def main() -> None:
    """Draw the page."""
    with st.container(key="door", gap="medium"):
        frame.doorstep()
        code = st.query_params.get("reset", "")
        if not code:
            _take_arrived()
        if code:
            _ask_new_password(code)
        elif entering.is_under_way():
            entering.draw()
        elif forgotten.is_open():
            forgotten.draw()
        else:
            provider_sign_in.tell()
            _ask_password()
            provider_sign_in.offer()
            _offer_demo()


def _take_arrived() -> None:
    """Whom an identity provider has just proven stands where someone does whose password was right."""
    came = provider_sign_in.arrived()
    if came:
        entering.go_on(begin(came.accounts, vouched=came.vouched, links=came.links))
        st.rerun()


def _ask_password() -> None:
    parts.page_header(_("Sign in"), _("With the e-mail that your school knows you by."))
    if state.value(RENEWED):
        parts.note(_("Your new password is set. Please sign in with it."), "good")
    with st.form("sign-in", border=True):
        email = st.text_input(_("E-mail"), key="sign-in-email", autocomplete="username")
        password = st.text_input(_("Password"), key="sign-in-password", type="password", autocomplete="current-password")
        sent = st.form_submit_button(_("Sign in"), key="sign-in-submit", type="primary", width="stretch")
    if not sent:
        forgotten.offer()
        return
    state.drop(RENEWED)
    with errors.Fields("sign-in").telling():
        steps = by_password(email, password, address=door.address(), shown=state.device())
        if steps:
            entering.go_on(steps)
            st.rerun()
        parts.note(_("That e-mail and password don't match."), "danger")
        forgotten.offer()


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
        state.put(state.DEVICE, use_link(code, password, shown=state.device()))
        _leave_link()
        state.forget_actor()
        if guard.find_actor() is None:
            state.put(RENEWED, True)
        else:  # someone else is signed in here
            parts.toast(_("The new password is set."), later=True)
        st.rerun()


def _leave_link() -> None:
    st.query_params.pop("reset", None)


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
                    on_click=errors.telling(_enter_demo),
                    args=(account,),
                )


def _enter_demo(account: Account) -> None:
    state.set_ticket(enter_demo(account.user_id))


main()
