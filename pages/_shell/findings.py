"""What rules found, each with a link to every record that it names."""

from collections.abc import Sequence

import streamlit as st

from domain.access.decide import decide
from domain.kit.findings import Finding, Subject, Weight
from pages._shell import state
from pages._shell.catalog import Link, record_link
from pages._shell.cells import plain
from pages._shell.navigate import page_link

ICONS = {Weight.REFUSES: ":material/block:", Weight.WARNS: ":material/info:"}
OWN_PAGES = {"classes": "class"}  # tables whose records have a page of their own beside their list


def findings_list(findings: Sequence[Finding], *, key: str) -> None:
    """One box for each: what was found, and below it where each record that it names can be opened."""
    for at, each in enumerate(findings):
        with st.container(key=f"finding-{key}-{at}", border=True, gap="xsmall"):
            st.markdown(f"{ICONS[each.weight]} {plain(each.message)}")
            links = [(subject, subject_link(subject)) for subject in _distinct(each)]
            with st.container(horizontal=True, key=f"finding-links-{key}-{at}"):
                for subject, link in links:
                    if link is not None:
                        page_link(link, label=plain(subject.label), icon="arrow_outward")


def subject_link(subject: Subject) -> Link | None:
    """Where a record that a finding names is opened; None where this person may not read its kind, or isn't told which it is."""
    actor = state.remembered_actor()
    if actor is None or not subject.key or not decide(actor, "R", subject.table):
        return None
    if subject.table in OWN_PAGES:
        return Link(OWN_PAGES[subject.table], {"record": subject.key})
    return record_link(subject.table, subject.key)


def _distinct(finding: Finding) -> list[Subject]:
    return list({each.key: each for each in finding.subjects.values()}.values())
