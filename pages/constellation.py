"""A student's own constellation: what they know as stars in space, and how it hangs together."""

import streamlit as st

from domain.access.uow import reading
from domain.kit.texts import N_, _
from domain.toolbox.queries import constellation
from pages._shell import parts
from pages._shell.catalog import table_link
from pages._shell.guard import open_page
from pages._shell.navigate import page_link, switch_to
from pages._sky.looks import of_categories
from pages._sky.scene import Telling
from pages._sky.view import explore
from pages._sky.words import Words

WORDS = Words(
    one=N_("Star"),
    many=N_("Stars"),
    kind=N_("Category"),
    find=N_("Look at a star"),
    search=N_("Search your stars"),
    choose=N_("Choose a star"),
    brightest=N_("Your largest stars"),
    nothing_near=N_("This star stands alone. Connect it with another one to give it company."),
    way=N_("Find the way to another star"),
    no_way=N_("No way leads there yet. Which connection would build the bridge?"),
    size=N_("Size"),
    size_said=N_("the size that you gave a star yourself."),
    open_record=N_("Open this star's record"),
    lost=N_("The star in this link doesn't exist, or it isn't yours to open."),
    alt=N_("Your constellation in three dimensions. The list beside it says the same in words."),
)
EMPTY = N_("Your sky is still dark. Write down one thing that you know, and your first star shines.")

actor = open_page("constellation")
new_star = table_link("knowledge_nodes", mode="new")
with reading(actor) as session:
    graph = constellation(session)
if parts.page_header(
    _("My constellation"),
    _("Everything here is something you know. See what belongs together, and find ways from one idea to another."),
    action=_("New star") if graph.nodes else None,
    icon=":material/add:",
):
    switch_to(new_star)
if not graph.nodes:
    if parts.empty_state("star_shine", _(EMPTY), _("Make your first star"), key="first-star"):
        switch_to(new_star)
else:
    telling = Telling("constellation", "knowledge_nodes", WORDS, of_categories(graph.categories(), _("No category")))
    explore(actor, graph, telling)
    with st.container(horizontal=True, key="sky-records"):
        page_link(table_link("knowledge_nodes"), label=_("All stars as records"), icon="table_rows")
        page_link(table_link("knowledge_edges"), label=_("All connections as records"), icon="conversion_path")
