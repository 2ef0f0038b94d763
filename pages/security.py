"""My sign-ins: where one is signed in, ending that from afar, one's second step, and one's password."""

import streamlit as st

from domain.access import my_factor
from domain.access.actor import Actor
from domain.access.my_factor import MyFactor
from domain.access.sign_in import Session, end_others, end_session, sessions_of
from domain.kit.formats import show_when
from domain.kit.texts import _
from pages._shell import door, errors, identities, new_password, parts, second_factor, state
from pages._shell.guard import open_page
from pages._shell.lines import joined, words


def main() -> None:
    """Draw the page."""
    actor = open_page("security")
    parts.page_header(_("My sign-ins"), _("Where you are signed in now. End what you don't know, and change your password then."))
    if st.query_params.get("changed") == "password":
        parts.note(_("Your password was changed. All your other browsers were signed out."), "good")
    sessions = sessions_of(state.token() or "")
    with st.container(key="my-sign-ins", gap="xsmall"):
        for each in sessions:
            _session(actor, each)
    if len(sessions) > 1:
        st.button(
            _("Sign out all other browsers"),
            key="end-others",
            icon=":material/devices_off:",
            on_click=errors.telling(_end_others),
        )
    mine = my_factor.my_factor(state.token() or "")
    second_factor.draw(actor, mine)
    identities.own(actor, here=next((each.link for each in sessions if each.is_here), ""), has_password=mine.has_password)
    _password(actor, mine)


def _session(actor: Actor, session: Session) -> None:
    marks = [(_("This browser"), "good")] if session.is_here else []
    marks.append((session.role.label, "neutral"))
    since = _("signed in {when}").format(when=show_when(session.since, actor.zone))
    seen = _("last seen {when}").format(when=show_when(session.last_seen, actor.zone))
    where = _("from {address}").format(address=session.address) if session.address else ""
    way = _("by {provider}").format(provider=identities.provider_name(session.issuer)) if session.issuer else ""
    with st.container(key=f"sign-in-{session.id}", border=True, horizontal=True, vertical_alignment="center"):
        with st.container(gap=None, width="stretch"):
            words(
                session.browser or _("Unknown browser"), joined([since, way, "" if session.is_here else seen, where]), marks=marks
            )
        if not session.is_here:
            st.button(_("Sign out"), key=f"end-{session.id}", on_click=errors.telling(_end), args=(session.id,))


def _end(key: str) -> None:
    end_session(state.token() or "", key)
    parts.toast(_("That browser was signed out."), later=True)


def _end_others() -> None:
    end_others(state.token() or "")
    parts.toast(_("All other browsers were signed out."), later=True)


def _password(actor: Actor, mine: MyFactor) -> None:
    if not mine.has_password:
        if not actor.is_demo:
            parts.section(
                _("Your password"), _("You have none here. Your school's coordination can give you a link to choose one.")
            )
        return
    parts.section(_("Change your password"), _("All your other browsers are signed out when you do."))
    fields = errors.Fields("password")
    with st.container(key="password-width", width=480), st.form("password", border=True):
        with fields.of("present"):
            present = st.text_input(
                _("Present password"), key="password-present", type="password", autocomplete="current-password"
            )
        wanted, again = new_password.ask(fields, "change")
        sent = st.form_submit_button(_("Change the password"), key="password-submit", type="primary")
    if not sent:
        return
    with fields.telling():
        new_password.same(wanted, again)
        door.change_password(present, wanted)
        st.rerun()


main()
