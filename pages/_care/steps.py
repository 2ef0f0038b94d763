"""What one does about an open alert: say that it was seen and what was done, say how it ended, answer the student."""

from collections.abc import Callable

import streamlit as st

from domain.access.actor import Actor
from domain.access.uow import ScopedSession, unit_of_work
from domain.kit.texts import _
from domain.supervision.queries import AlertLine
from domain.supervision.service import acknowledge, answer, resolve
from pages._shell import parts
from pages._shell.errors import Fields

TYPED = ("acknowledge-action", "acknowledge-notes", "resolve-notes", "answer-notes")
Again = Callable[[str, str], None]  # says what was done, and shows the alert as it stands now


def forms(actor: Actor, found: AlertLine, again: Again) -> None:
    """The steps that are open to an alert as it stands."""
    if found.contested:
        with st.expander(_("Answer the student"), expanded=True, icon=":material/forum:"):
            _answering(actor, found, again)
    if found.resolved_at is not None:
        return
    seen = found.acknowledged_at is not None
    title = _("Add a step") if seen else _("Acknowledge")
    with st.expander(title, expanded=not seen, icon=":material/visibility:" if not seen else ":material/add_task:"):
        _acknowledging(actor, found, title, again)
    if seen:
        with st.expander(_("Resolve"), expanded=True, icon=":material/task_alt:"):
            _resolving(actor, found, again)
    else:
        parts.quiet(_("It can be resolved once someone has acknowledged it."))


def _acknowledging(actor: Actor, found: AlertLine, title: str, again: Again) -> None:
    fields = Fields(f"acknowledge-{found.id}")
    with st.form(f"acknowledge-{found.id}", border=False):
        with fields.of("action"):
            action = st.text_input(
                _("What was done"), key="acknowledge-action", placeholder=_("Such as: talked with the student"), max_chars=500
            )
        with fields.of("notes"):
            notes = st.text_area(_("Notes"), key="acknowledge-notes", help=_("Facts in plain words; no diagnosis."))
        if not st.form_submit_button(title, key="acknowledge-save", type="primary"):
            return
    seen = found.acknowledged_at is not None
    said = _("The step was added to {student}'s alert.") if seen else _("{student}'s alert is acknowledged.")
    _do(actor, fields, lambda session: acknowledge(session, found.id, action or "", notes or ""), lambda: again(said, found.id))


def _resolving(actor: Actor, found: AlertLine, again: Again) -> None:
    fields = Fields(f"resolve-{found.id}")
    with st.form(f"resolve-{found.id}", border=False):
        with fields.of("notes"):
            notes = st.text_area(_("How it ended"), key="resolve-notes", help=_("What was found, and what was agreed."))
        if not st.form_submit_button(_("Resolve"), key="resolve-save"):
            return
    said = _("{student}'s alert is resolved. It stays in the records.")
    _do(actor, fields, lambda session: resolve(session, found.id, notes or ""), lambda: again(said, found.id))


def _answering(actor: Actor, found: AlertLine, again: Again) -> None:
    fields = Fields(f"answer-{found.id}")
    with st.form(f"answer-{found.id}", border=False):
        with fields.of("notes"):
            notes = st.text_area(
                _("What follows from it"),
                key="answer-notes",
                help=_("Stays inside the school; the student learns that it was read."),
            )
        if not st.form_submit_button(_("I have read it"), key="answer-save", type="primary"):
            return
    said = _("{student} learns that it was read.")
    _do(actor, fields, lambda session: answer(session, found.id, notes or ""), lambda: again(said, found.id))


def _do(actor: Actor, fields: Fields, step: Callable[[ScopedSession], None], then: Callable[[], None]) -> None:
    done = False
    with fields.telling():
        with unit_of_work(actor) as session:
            step(session)
        done = True
    if done:
        then()
