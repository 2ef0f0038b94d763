"""Whether the school asks for a second step at sign-in: a button on the school's record, a sentence that says what it means."""

import streamlit as st

from domain.access.actor import Actor
from domain.access.second_factor import REQUIRED_SETTING
from domain.access.trail.writing import written
from domain.access.uow import reading, unit_of_work
from domain.core.models import Organization
from domain.kit.texts import _
from domain.records import write
from pages._crud import undo
from pages._shell import errors, parts
from pages._shell.guard import current_actor

KEY = "school-factor"


def offer(actor: Actor, key: str) -> None:
    """The present state in words, and the button that changes it, for who may change the school's settings."""
    if "settings" not in write.writable(actor, Organization, "U"):
        return
    with reading(actor) as session:
        settings = session.get_one(Organization, key).settings or {}
    required = settings.get(REQUIRED_SETTING, True) is not False
    if required:
        parts.quiet(_("Coordination, reception and owners need a second step at sign-in: a code from their phone."))
        label, icon = _("Stop asking for a second step"), "remove_moderator"
    else:
        parts.quiet(
            _("Coordination, reception and owners sign in with their password alone: whoever learns it sees everything they see.")
        )
        label, icon = _("Ask for a second step at sign-in"), "add_moderator"
    if st.button(label, key=KEY, icon=f":material/{icon}:"):
        if required:
            parts.confirm(
                _("Stop asking for a second step?"),
                _("A stolen or guessed password then opens the school's records at once. Who has set up a second step keeps it."),
                action=_("Stop asking"),
                on_confirm=_change,
                args=(key, False),
                key=f"{KEY}-confirm",
            )
        else:
            with errors.Fields(KEY).telling():
                _change(key, True)
                st.rerun()


def _change(key: str, required: bool) -> None:
    actor = current_actor()
    with unit_of_work(actor) as session:
        school = session.get_one(Organization, key)
        settings = {**(school.settings or {}), REQUIRED_SETTING: required}
        opened = {"settings": school.settings}
        write.update(session, Organization, key, {"settings": settings}, version=school.row_version, opened=opened)
    said = _("Who came in without one is asked for it at their next click.")
    undo.done(actor, written(session), said if required else _("A second step isn't asked for any more."))
