"""What someone told the school, and how it stands; what the automatic checks noticed about a student, and what they say to it."""

import streamlit as st

from domain.access.actor import Actor
from domain.access.uow import unit_of_work
from domain.kit.formats import show_when
from domain.kit.texts import _
from domain.supervision.raising import RaisedAlert, contest
from pages._shell import parts, state
from pages._shell.cells import level_text
from pages._shell.errors import Fields
from pages._shell.lines import joined, words
from pages._shell.palette import LEVELS


def standing(each: RaisedAlert, actor: Actor) -> str:
    """Where an alert stands, in words that tell nothing of what was done."""
    if each.resolved_at:
        return _("taken care of {when}").format(when=show_when(each.resolved_at, actor.zone))
    if each.seen_at:
        return _("{name} has seen it and looks after it").format(name=each.seen_by)
    return _("not seen yet")


def told(mine: list[RaisedAlert], actor: Actor, *, is_student: bool) -> None:
    """What one raised, the latest first."""
    parts.section(_("What you told the school"))
    if not mine:
        parts.empty_state(
            "volunteer_activism", _("Nothing so far. What you tell appears here, with how it stands."), key="nothing-told"
        )
        return
    with st.container(key="told", gap="small"):
        for each in mine:
            with parts.card(f"told-{each.id}"):
                _head(each, actor, title="" if is_student else each.student)
                st.text(each.reason)


def about_oneself(about: list[RaisedAlert], actor: Actor) -> None:
    """What the automatic checks noticed about the student and a person has looked at; each may be contested."""
    parts.section(
        _("What the automatic checks noticed about you"),
        _("They count conversations and attendance, and never read a word. You see what they noticed once a person has looked."),
    )
    if not about:
        parts.empty_state("visibility", _("Nothing."), key="nothing-noticed")
        return
    with st.container(key="noticed", gap="small"):
        for each in about:
            with parts.card(f"noticed-{each.id}"):
                _head(each, actor)
                st.text(each.reason)
                _words(each, actor)


def _head(each: RaisedAlert, actor: Actor, title: str = "") -> None:
    when = show_when(each.detected_at, actor.zone)
    heading = title or when[:1].upper() + when[1:]
    marks = [(level_text(each.level), LEVELS[each.level].kind)]
    words(heading, joined([when if title else "", standing(each, actor)]), marks=marks)


def _words(each: RaisedAlert, actor: Actor) -> None:
    if each.words:
        read = _("Someone at the school has read it.") if each.words_read else _("Not read yet.")
        parts.quiet(_("You said: {words}").format(words=each.words))
        parts.quiet(read)
    with st.expander(_("That's not how it is"), icon=":material/edit_note:"):
        _contesting(each, actor)


def _contesting(each: RaisedAlert, actor: Actor) -> None:
    fields, key = Fields(f"contest-{each.id}"), f"contest-words-{each.id}"
    with st.form(f"contest-{each.id}", border=False):
        with fields.of("words"):
            said = st.text_area(_("What would you like to say to it?"), key=key, help=_("Those who read alerts read it too."))
        if not st.form_submit_button(_("Send"), key=f"contest-send-{each.id}"):
            return
    done = False
    with fields.telling():
        with unit_of_work(actor) as session:
            contest(session, each.id, said or "")
        done = True
    if done:
        state.drop(key)
        parts.toast(_("Your words stand beside the alert now."), later=True)
        st.rerun()
