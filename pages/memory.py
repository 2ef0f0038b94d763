"""What a student's companion remembers: the memories in space, what is kept whole, what contradicts. For the student alone."""

import streamlit as st

from domain.access.uow import reading
from domain.kit.texts import N_, _
from domain.memory.enums import EdgeType, Modality
from domain.memory.queries import remembered
from pages._shell import parts
from pages._shell.catalog import table_link
from pages._shell.guard import open_page
from pages._shell.navigate import page_link, switch_to
from pages._sky import remembered as told
from pages._sky.looks import of_modalities
from pages._sky.scene import Telling
from pages._sky.view import explore
from pages._sky.words import Words

WORDS = Words(
    one=N_("Memory"),
    many=N_("Memories"),
    kind=N_("Kind"),
    find=N_("Look at a memory"),
    search=N_("Search your memories"),
    choose=N_("Choose a memory"),
    brightest=N_("Most important now"),
    nothing_near=N_("This memory stands alone: your companion joins it with no other."),
    way=N_("Find the way to another memory"),
    no_way=N_("No way leads from one to the other."),
    size=N_("Importance now"),
    size_said=N_("how important a memory is now. It fades while nobody thinks of it, by half every seven days."),
    open_record=N_("Open this memory's record"),
    lost=N_("The memory in this link doesn't exist, or it isn't yours to open."),
    alt=N_("Your companion's memories in three dimensions. The list beside it says the same in words."),
)
EMPTY = N_("Your companion remembers nothing of you yet. Memories form when you talk with it, and you decide what it keeps.")

actor = open_page("memory")
with reading(actor) as session:
    known = remembered(session)
graph, kept, contradicting = known.graph, known.ledger, known.conflicts
parts.page_header(
    _("My companion's memory"),
    _("All that your companion remembers of you. It opens for you alone: not for your teachers, your parents or the school."),
)
if not (graph.nodes or kept):
    if parts.empty_state("neurology", _(EMPTY), _("Write down a first memory"), key="first-memory"):
        switch_to(table_link("memory_nodes" if known.begun else "memory_graphs", mode="new"))
    st.stop()
sky, whole, against = st.tabs(
    [
        _("Memories ({count})").format(count=graph.total),
        _("Kept whole ({count})").format(count=len(kept)),
        _("Contradictions ({count})").format(count=sum(each.settled is None for each in contradicting)),
    ]
)
with sky:
    if graph.nodes:
        looks = of_modalities({each.value: each.label for each in Modality})
        said = {each.id: told.told(each, actor.zone) for each in known.memories}
        telling = Telling("memory", "memory_nodes", WORDS, looks, lambda kind: EdgeType(kind).label, shares=True, more=said)
        explore(actor, graph, telling)
    else:
        parts.quiet(_("No memories yet; what is kept whole is in the next tab."))
    with st.container(horizontal=True, key="sky-records"):
        page_link(table_link("memory_nodes"), label=_("Correct or delete memories"), icon="table_rows")
        page_link(table_link("memory_edges"), label=_("All connections as records"), icon="conversion_path")
with whole:
    told.ledger(kept, actor.zone)
    page_link(table_link("memory_ledger"), label=_("These entries as records"), icon="table_rows")
with against:
    told.conflicts(contradicting, actor.zone)
    page_link(table_link("memory_contradictions"), label=_("Contradictions as records"), icon="table_rows")
