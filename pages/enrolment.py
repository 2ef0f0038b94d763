"""Enrolment: from a person or a class to a seat, waiting lists, placement tests, and classes that go on in the next term."""

import streamlit as st

from domain.access.decide import decide
from domain.kit.texts import N_, _
from domain.operations.waiting import move_lapsed
from pages._crud import undo
from pages._enrolment.address import NAMES, TAB, go
from pages._enrolment.placing import placements
from pages._enrolment.rolling import rolling
from pages._enrolment.waiting_lists import lists
from pages._enrolment.wizard import wizard
from pages._shell import parts, state
from pages._shell.guard import open_page

ENROL, WAITING, PLACEMENTS, ROLL = "enrol", "waiting", "placements", "roll"
TITLES = {
    ENROL: N_("Enrol"),
    WAITING: N_("Waiting lists"),
    PLACEMENTS: N_("Placement tests"),
    ROLL: N_("Into the next term"),
}
TABS = {ENROL: wizard, WAITING: lists, PLACEMENTS: placements, ROLL: rolling}


def page() -> None:
    """The tab that the address names."""
    actor = open_page("enrolment")
    parts.page_header(_("Enrolment"), _("Find a seat for someone, mind who waits for one, and change or end enrolments."))
    undo.bar(actor)
    move_lapsed(actor)
    open_to = [tab for tab in TABS if tab != ROLL or decide(actor, "C", "classes")]
    TABS[_choose(open_to)](actor)


def _choose(tabs: list[str]) -> str:
    """Which tab is shown: the address says it, and is told."""
    wanted = st.query_params.get(TAB, ENROL)
    shown = wanted if wanted in tabs else ENROL
    state.put("enrolment-tab", shown)

    def keep() -> None:
        chosen = state.value("enrolment-tab") or ENROL
        go(**{**dict.fromkeys(NAMES, ""), TAB: "" if chosen == ENROL else chosen})

    st.pills(
        _("Show"),
        tabs,
        format_func=lambda tab: _(TITLES[tab]),
        key="enrolment-tab",
        on_change=keep,
        label_visibility="collapsed",
    )
    return shown


page()
