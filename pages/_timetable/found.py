"""What clashes in a term, what of it is allowed and why, and what is worth a word."""

from collections.abc import Mapping, Sequence

import streamlit as st

from domain.access.actor import Actor
from domain.access.decide import decide
from domain.access.trail.writing import written
from domain.access.uow import unit_of_work
from domain.kit.errors import InvalidInput
from domain.kit.findings import Weight
from domain.kit.formats import show_number, show_when
from domain.kit.texts import _, ngettext
from domain.operations.clashes import Clash
from domain.operations.planning_models import ClashPermit
from domain.operations.planning_queries import TermDates
from domain.operations.timetable import Permit, allow_standing, permit_for
from domain.records import write
from pages._crud import undo
from pages._shell import parts, state
from pages._shell.errors import problem_html, telling
from pages._shell.findings import findings_list
from pages._shell.guard import current_actor
from pages._shell.lines import joined

PROBLEMS = "found.problems"
MOST = 60  # boxes of one kind on the page


def clashes(actor: Actor, term: TermDates, found: Sequence[Clash], permits: Mapping[str, Permit]) -> None:
    """All that the rules found, what is to be settled first."""
    refusing = [each for each in found if each.weight is Weight.REFUSES]
    allowed = [(each, permit) for each in refusing if (permit := permit_for(each, permits)) is not None]
    settled = {each.key for each, _permit in allowed}
    against = [each for each in refusing if each.key not in settled]
    if not against:
        parts.empty_state("task_alt", _("Nothing clashes in this term that isn't allowed."), key="no-clashes")
    else:
        sentence = _(
            "Saved before there were rules against it, or before the school changed its hours: change one side, or allow it."
        )
        parts.section(ngettext("{count} clash", "{count} clashes", len(against)), sentence)
        for at, each in enumerate(against[:MOST]):
            findings_list([each], key=f"against-{at}")
            if decide(actor, "C", ClashPermit):
                _allow(term, each, at)
        _more(len(against))
    if allowed:
        parts.section(_("Allowed"), _("Each just as it stands: when either side changes, it is to be allowed anew."))
        for at, (each, permit) in enumerate(allowed[:MOST]):
            findings_list([each], key=f"allowed-{at}")
            _permit(actor, permit)
        _more(len(allowed))
    told = [each for each in found if each.weight is Weight.WARNS]
    if told:
        parts.section(_("Worth a word"), _("Nothing of this stands in anybody's way."))
        findings_list(told[:MOST], key="told")
        _more(len(told))


def _more(count: int) -> None:
    if count > MOST:
        parts.quiet(_("And {count} more.").format(count=show_number(count - MOST)))


def _allow(term: TermDates, clash: Clash, at: int) -> None:
    with st.popover(_("Allow it"), icon=":material/gavel:", type="tertiary", key=f"allow-{at}"):
        st.text_area(_("Why it is allowed"), key=f"allow-reason-{at}", max_chars=500)
        wrong, problems = state.value(PROBLEMS, ("", ()))
        if wrong == clash.key:
            st.html("".join(problem_html(each) for each in problems))
        done = telling(_keep)
        st.button(_("Allow it, with this reason"), key=f"allow-save-{at}", on_click=done, args=(term, clash.key, at))


def _keep(term: TermDates, key: str, at: int) -> None:
    actor = current_actor()
    state.drop(PROBLEMS)
    try:
        with unit_of_work(actor) as session:
            allow_standing(session, term, key, state.value(f"allow-reason-{at}") or "")
    except InvalidInput as error:
        state.put(PROBLEMS, (key, error.problems))
        return
    state.drop(f"allow-reason-{at}")
    undo.done(actor, written(session), _("It is allowed now."))


def _permit(actor: Actor, permit: Permit) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"permit-{permit.id}"):
        parts.quiet(joined([f"“{permit.reason}”", permit.who, show_when(permit.at, actor.zone)]))
        if decide(actor, "D", ClashPermit):
            st.button(
                _("Allow it no longer"),
                key=f"withdraw-{permit.id}",
                type="tertiary",
                icon=":material/undo:",
                on_click=telling(_withdraw),
                args=(permit.id,),
            )


def _withdraw(key: str) -> None:
    actor = current_actor()
    with unit_of_work(actor) as session:
        write.remove(session, ClashPermit, [key])
    undo.done(actor, written(session), _("It is allowed no longer."))
