"""Which guardian learns of an alert: each by name, released with words for them or held back, always with a reason."""

from collections.abc import Callable

import streamlit as st

from domain.access.actor import Actor
from domain.access.uow import ScopedSession, unit_of_work
from domain.kit.formats import show_when
from domain.kit.texts import _
from domain.supervision.enums import AlertLevel, ReleaseDecision
from domain.supervision.queries import AlertLine
from domain.supervision.releasing import GuardianLine, hold, release
from pages._shell import parts, state
from pages._shell.errors import Fields
from pages._shell.lines import joined, words

CHOSEN = "release-guardian"
TYPED = ("release-message", "release-reason")


def guardians_of(actor: Actor, found: AlertLine, lines: list[GuardianLine], *, is_listed: bool) -> None:
    """The guardians of an alert's student, what stands about each, and for supervisors the decision."""
    parts.section(_("What guardians know"))
    if found.is_withheld:
        parts.note(
            _("This may have to do with home: it is withheld from all guardians, until a supervisor releases it to one by name."),
            "attention",
        )
    if not lines:
        parts.quiet(_("No guardian is known."))
        return
    with st.container(key="guardians", gap="xsmall"):
        for each in lines:
            _guardian(each, actor)
    if found.level is AlertLevel.GREEN:
        parts.quiet(_("Guardians learn of alerts from yellow on."))
    elif actor.user_id in {each.id for each in lines}:
        parts.quiet(_("You are a guardian of this student: somebody else decides."))
    elif not is_listed:
        parts.quiet(_("Those on the school's list for alerts decide which guardian learns of it."))
    else:
        _deciding(actor, found, lines)


def _guardian(each: GuardianLine, actor: Actor) -> None:
    marks = {
        None: (_("not told"), "neutral"),
        ReleaseDecision.RELEASED: (_("released"), "info"),
        ReleaseDecision.HELD: (_("held back"), "attention"),
    }
    said = ""
    if each.at:
        said = _("by {name}, {when}: {reason}").format(name=each.by, when=show_when(each.at, actor.zone), reason=each.reason)
    sight = "" if each.sees else _("may not see the student's records")
    words(each.name, joined([each.relationship.label, sight, said]), marks=[marks[each.decision]])


def _deciding(actor: Actor, found: AlertLine, lines: list[GuardianLine]) -> None:
    names = {each.id: each.name for each in lines}
    with st.expander(_("Release it to a guardian, or hold it back"), icon=":material/forward_to_inbox:"):
        fields = Fields(f"release-{found.id}")
        with st.form(f"release-{found.id}", border=False):
            guardian = st.radio(_("Guardian"), list(names), format_func=lambda key: names.get(key, ""), key=CHOSEN)
            with fields.of("message"):
                message = st.text_area(
                    _("What the guardian reads"),
                    key="release-message",
                    help=_("They read this, the level and the day; never the reason of the alert, who raised it, or the notes."),
                )
            with fields.of("reason"):
                reason = st.text_area(_("Why you decide so"), key="release-reason", help=_("Stays inside the school."))
            with st.container(horizontal=True):
                let = st.form_submit_button(_("Release to this guardian"), key="release-save", type="primary")
                keep = st.form_submit_button(_("Hold back from them"), key="release-hold")
        person = next((each for each in lines if each.id == guardian), lines[0])
        if let:
            said = _("{guardian} can read about it now.").format(guardian=person.name)
            told = {"message": message or "", "reason": reason or ""}
            _do(actor, fields, lambda session: release(session, found.id, person.id, **told), said)
        if keep:
            said = _("It is held back from {guardian}.").format(guardian=person.name)
            _do(actor, fields, lambda session: hold(session, found.id, person.id, reason=reason or ""), said)


def _do(actor: Actor, fields: Fields, decide: Callable[[ScopedSession], None], said: str) -> None:
    done = False
    with fields.telling():
        with unit_of_work(actor) as session:
            decide(session)
        done = True
    if done:
        state.drop(*TYPED, CHOSEN)
        parts.toast(said, later=True)
        st.rerun()
