"""The identity providers' part of the sign-in page: their buttons, who arrived from one, what is said to whom nobody knows."""

import streamlit as st

from domain.access.identities import Entering, enter
from domain.kit.texts import _
from pages._shell import oidc, parts, state
from pages._shell.cells import plain

ASKED, SAID = "constela_arrival_asked", "constela_arrival_said"
UNKNOWN = "unknown"


def arrived() -> Entering | None:
    """Whom this browser has just come back as, once; None if it has not, or if nobody here is known by that."""
    cookie = st.context.cookies.get(oidc.ARRIVAL)
    code: str = cookie if isinstance(cookie, str) else state.value(oidc.ARRIVAL, "")  # the latter where there is no browser
    if not code or state.value(ASKED) == code:
        return None
    state.put(ASKED, code)
    if code == oidc.FAILED:
        state.put(SAID, oidc.FAILED)
        return None
    found = enter(code)
    if found is not None and not found.accounts:
        state.put(SAID, UNKNOWN)
        return None
    return found


def tell() -> None:
    """What came of the last try, until the next one: the same for whoever isn't known, isn't invited, or may come no more."""
    said = state.value(SAID)
    if said == UNKNOWN:
        parts.note(
            _(
                "Your sign-in worked there, but no school here knows you by it yet. Please ask your school's coordination for an "
                "invitation, and tell them the e-mail that you sign in with. It must be confirmed there."
            ),
            "attention",
        )
    elif said == oidc.FAILED:
        parts.note(_("That sign-in didn't come through. Please try again, or use your e-mail and password."), "attention")


def offer() -> None:
    """A button for each provider; nothing where none is configured."""
    providers = oidc.configured().providers
    if not providers:
        return
    with st.container(key="providers", gap="xsmall"):
        parts.quiet(_("Or with an account that you have elsewhere:"))
        for each in providers:
            st.button(
                _("Sign in with {provider}").format(provider=plain(each.name)),
                key=f"provider-{each.key}",
                icon=":material/passkey:",
                width="stretch",
                on_click=_leave,
                args=(each.key,),
            )


def _leave(key: str) -> None:
    state.drop(SAID)
    st.login(key)
