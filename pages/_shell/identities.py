"""The accounts elsewhere that a person is linked to: shown to themself, and on their record to whoever may invite them."""

from collections.abc import Callable
from urllib.parse import urlsplit

import streamlit as st

from domain.access.actor import Actor
from domain.access.identities import Link, links_of, unlink
from domain.access.invitations import Invited, invite, withdraw
from domain.kit.formats import show_when
from domain.kit.texts import _, ngettext
from pages._shell import door, errors, oidc, parts, state
from pages._shell.lines import joined, words

MADE, OPEN = "constela_invitation", "constela_links_open"


def own(actor: Actor, *, here: str, has_password: bool) -> None:
    """The section of a person's own sign-ins; nothing where no provider was configured and nobody is linked.

    `here`: the key of the link by which this very browser came in, empty if it was by password.
    """
    links = links_of(actor, actor.user_id) or []
    if not links and not oidc.configured().providers:
        return
    parts.section(_("Accounts elsewhere"), _("With these you may sign in without your password."))
    if not links:
        parts.quiet(_("None yet. Your school's coordination can invite you to link one."))
    with st.container(key="my-identities", gap="xsmall"):
        for each in links:
            if _line(actor, each, None if each.id == here else _unlink_own):
                _ask(each, has_password=has_password)


def offer(actor: Actor, user_id: str) -> None:
    """The buttons on a person's record, where the actor may invite them; nothing elsewhere, and nothing without a provider."""
    links = links_of(actor, user_id) if oidc.configured().providers and user_id != actor.user_id else None
    if links is None:
        return
    st.button(
        _("Invitation to sign in"),
        key="invite",
        icon=":material/passkey:",
        on_click=errors.telling(_invite),
        args=(user_id,),
    )
    if links:
        st.button(_("Accounts elsewhere"), key="links", icon=":material/link:", on_click=state.put, args=(OPEN, user_id))
    made, opened = state.value(MADE), state.value(OPEN)
    state.drop(MADE, OPEN)
    if made and made[0] == user_id:
        st.dialog(_("The invitation"))(_show_invitation)(actor, user_id, made[1])
    elif opened == user_id and links:
        st.dialog(_("Accounts elsewhere"))(_show_links)(user_id)


def _line(actor: Actor, link: Link, end: Callable[[str], None] | None) -> bool:
    """A link, and the button that ends it by this callback; without one, whether the button was clicked."""
    since = _("linked {when}").format(when=show_when(link.since, actor.zone))
    used = _("last used {when}").format(when=show_when(link.last_used, actor.zone)) if link.last_used else ""
    with st.container(key=f"identity-{link.id}", border=True, horizontal=True, vertical_alignment="center"):
        with st.container(gap=None, width="stretch"):
            words(_("Linked to {provider}").format(provider=provider_name(link.issuer)), joined([link.issuer, since, used]))
        callback = errors.telling(end) if end else None
        return st.button(_("End this link"), key=f"unlink-{link.id}", on_click=callback, args=(link.id,)) and end is None


def _ask(link: Link, *, has_password: bool) -> None:
    """Before a person ends the link by which they are here: it is the end of this session too."""
    back = (
        _("You can sign in again with your password.")
        if has_password
        else _(
            "You have no password here: ask your school's coordination for a link to choose one first, or you can't come back."
        )
    )
    parts.confirm(
        _("End this link and sign out?"),
        " ".join((_("You came in by this account, so you are signed out here too."), back)),
        action=_("End it and sign out"),
        on_confirm=_unlink_here,
        args=(link.id,),
        key="unlink-here",
    )


def provider_name(issuer: str) -> str:
    """What the button of this issuer says; the host, if it isn't configured any more."""
    known = next((each.name for each in oidc.configured().providers if each.issuer == issuer), None)
    return known or urlsplit(issuer).hostname or issuer


def _unlink(key: str) -> None:
    from pages._shell.guard import current_actor

    unlink(current_actor(), key)
    parts.toast(_("The link was ended."), later=True)


def _unlink_own(key: str) -> None:
    from pages._shell.guard import current_actor

    ended = unlink(current_actor(), key)
    told = ngettext(
        "The link was ended. {count} browser that had come in by it was signed out; this one had not, and goes on.",
        "The link was ended. {count} browsers that had come in by it were signed out; this one had not, and goes on.",
        ended,
    )
    parts.toast(told if ended else _("The link was ended. Nobody was signed out: no browser had come in by it."), later=True)


def _unlink_here(key: str) -> None:
    from pages._shell.guard import current_actor

    unlink(current_actor(), key)
    door.let_out()


def _invite(user_id: str) -> None:
    from pages._shell.guard import current_actor

    state.put(MADE, (user_id, invite(current_actor(), user_id)))


def _withdraw(user_id: str) -> None:
    from pages._shell.guard import current_actor

    withdraw(current_actor(), user_id)
    parts.toast(_("The invitation was taken back."), later=True)


def _show_invitation(actor: Actor, user_id: str, invited: Invited) -> None:
    names = " / ".join(each.name for each in oidc.configured().providers)
    st.markdown(_("Send the person these lines. There is no secret in them: what counts is that the e-mail is theirs."))
    text = _(
        "Please open {address} and choose “Sign in with {provider}”. Use the account with the e-mail {email}. "
        "The invitation works once, until {when}."
    ).format(address=oidc.address(), provider=names, email=invited.email, when=show_when(invited.until, actor.zone))
    st.code(text, language=None, wrap_lines=True)
    st.button(_("Take the invitation back"), key="withdraw", on_click=errors.telling(_withdraw), args=(user_id,))


def _show_links(user_id: str) -> None:
    from pages._shell.guard import current_actor

    actor = current_actor()
    links = links_of(actor, user_id) or []
    st.markdown(_("Whoever holds such an account signs in as this person. Ending a link signs them out everywhere."))
    for each in links:
        _line(actor, each, _unlink)
    if not links:
        parts.quiet(_("None."))
