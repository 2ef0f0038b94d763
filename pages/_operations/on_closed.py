"""Sessions that stand on closed days, day by day: opened one by one, or cancelled in one go with a reason."""

import streamlit as st

from domain.access.actor import Actor
from domain.access.uow import reading, unit_of_work
from domain.kit.formats import show_day, show_number, show_time
from domain.kit.texts import _, ngettext
from domain.operations.closed_sessions import ClosedWith, cancel_standing, standing_on_closed
from domain.operations.planning_queries import TermDates, classes_of
from pages._operations.told import chosen_of
from pages._shell import parts
from pages._shell.catalog import record_link
from pages._shell.errors import Fields
from pages._shell.lines import line, words

MOST = 12  # sessions of one day


def section(actor: Actor, term: TermDates, chosen: list[str] | None = None) -> None:
    """Every such day of a term, of its classes or of those that were chosen; nothing where there is none."""
    with reading(actor) as session:
        found = standing_on_closed(session, term.first, term.last, set(chosen or classes_of(session, term.id)))
    if not found:
        return
    sentence = _("They were made before the day was closed. Open one to move it, or cancel all of a day.")
    parts.section(_("Sessions on closed days"), sentence)
    for each in found:
        with parts.card(f"on-closed-{each.closed.day}"):
            _day(actor, each)


def _day(actor: Actor, each: ClosedWith) -> None:
    count = len(each.sessions)
    said = ngettext("{count} session", "{count} sessions", count)
    words(show_day(each.closed.day), each.closed.name or _(each.closed.why.value), marks=[(said, "attention")])
    with st.container(key=f"stands-{each.closed.day}", gap="xsmall"):
        for one in each.sessions[:MOST]:
            hours = f"{show_time(one.start)}–{show_time(one.end)}"
            line(f"{hours}  {one.class_name}", key=f"stands-{one.id}", to=record_link("sessions", one.id))
    if count > MOST:
        parts.quiet(_("And {count} more.").format(count=show_number(count - MOST)))
    label = ngettext("Cancel {count} session", "Cancel {count} sessions", count)
    with st.expander(label, key=f"cancel-day-{each.closed.day}", icon=":material/event_busy:"):
        _form(actor, each)


def _form(actor: Actor, each: ClosedWith) -> None:
    day, fields, done = each.closed.day, Fields(f"cancel-{each.closed.day}"), False
    with st.form(f"cancel-{day}", border=False):
        with fields.of("reason"):
            why = st.text_area(
                _("Reason"),
                each.closed.name,
                key=f"cancel-reason-{day}",
                height=80,
                help=_("Those who are told read it; please leave out health."),
            )
        telling = _told(each)
        wanted = st.form_submit_button(_("Cancel them all"), key=f"cancel-save-{day}", type="primary")
    if wanted:
        quiet = each.classes.keys() - set(telling)
        with fields.telling():
            with unit_of_work(actor) as session:
                cancel_standing(session, day, [one.id for one in each.sessions], reason=why or "", quiet=quiet)
            done = True
    if done:
        said = ngettext("{count} session is cancelled.", "{count} sessions are cancelled.", len(each.sessions))
        parts.toast(said, later=True)  # no Undo: on a day that is closed no session may come to stand
        st.rerun()


def _told(each: ClosedWith) -> list[str]:
    """Of which classes people are told: all of them, until one takes some away."""
    explained = _("Students, their guardians and the teacher. Click on a class to leave its people out.")
    chosen = chosen_of(each.classes, key=f"cancel-told-{each.closed.day}", explained=explained)
    parts.quiet(ngettext("{count} person in all.", "{count} people in all.", each.people))
    return chosen
