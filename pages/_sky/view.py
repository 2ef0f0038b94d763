"""A sky with everything beside it: figures, filters, the stars in space, a list to walk through, and what stands out."""

from dataclasses import replace

import streamlit as st

from domain.access.actor import Actor
from domain.graph.graph import Graph
from domain.graph.paths import around, fewest_steps, strongest
from domain.kit.formats import show_percent
from domain.kit.texts import _, ngettext
from pages._charts.sky import Lit, Sky, figure, reach_of, short
from pages._shell import cache, parts
from pages._sky import beside, choices, standing
from pages._sky.scene import Scene, Telling
from pages._sky.words import MEASURES

CONFIG = {
    "displaylogo": False,
    "modeBarButtonsToRemove": ["resetCameraLastSave3d", "tableRotation", "pan3d", "orbitRotation"],
    "responsive": True,
}
LONGEST_OPTION = 70


def explore(actor: Actor, graph: Graph, telling: Telling) -> None:
    """Draw the page below its head, for a graph with at least one node."""
    with st.spinner(_("Finding each one's place …"), show_time=False):
        graph = graph.placed(cache.places(actor, graph))
        measured = cache.measures(actor, graph)
    chosen = choices.read(graph, private=telling.name)
    if chosen.lost:
        parts.note(_(telling.words.lost), "attention")
    near = around(graph, chosen.focus, chosen.depth) if chosen.focus else {}
    seek = strongest if chosen.by == choices.STRONG else fewest_steps
    way = seek(graph, chosen.focus, chosen.goal) if chosen.focus and chosen.goal else None
    scene = Scene(telling, graph, measured, chosen, near, way, choices.matching(graph, chosen.search))
    _counts(scene)
    own_colors = _filters(scene)
    left, right = st.columns([5, 3], gap="medium")
    with left:
        _sky(scene, own_colors=own_colors)
    with right:
        beside.panel(scene)
    standing.cards(scene)
    standing.table(scene)


def _counts(scene: Scene) -> None:
    graph, words = scene.graph, scene.telling.words
    groups = scene.measures.components
    alone = sum(len(each) == 1 for each in groups)
    detail = ngettext("{count} stands alone", "{count} stand alone", alone) if alone else _("none stands alone")
    parts.metric_row(
        [
            parts.Metric(_(words.many), str(graph.total)),
            parts.Metric(_("Connections"), str(len(graph.edges))),
            parts.Metric(_("Connected groups"), str(len(groups)), detail=detail),
            parts.Metric(_("Lines drawn"), show_percent(scene.measures.density), detail=_("of all that could be")),
        ],
        key=f"sky-{scene.telling.name}",
    )
    if graph.total > len(graph.nodes):
        said = _("You see the {shown} most important of {total}.").format(shown=len(graph.nodes), total=graph.total)
        parts.note(said)


def _filters(scene: Scene) -> bool:
    """The choices above the sky; whether stars shine in their own colours."""
    graph, words, chosen = scene.graph, scene.telling.words, scene.chosen
    first, second, third = st.columns(3, gap="small")
    with first:
        names = {
            node.id: short(node.label, LONGEST_OPTION) for node in sorted(graph.nodes, key=lambda node: node.label.casefold())
        }
        st.selectbox(
            _(words.find),
            list(names),
            index=None,
            format_func=lambda key: names.get(key, ""),
            placeholder=_(words.choose),
            key="sky-star",
            on_change=choices.follow("star", chosen.focus or None, choices.look_at),
        )
    with second:
        st.text_input(
            _(words.search),
            key=choices.search_key(scene.telling.name),
            max_chars=choices.SEARCH_LENGTH,
            icon=":material/search:",
            placeholder=_("A word, with or without accents"),
        )
    with third:
        titles = {"size": _(words.size)} | {key: _(measure.title) for key, measure in MEASURES.items()}
        st.selectbox(
            _("Larger means"),
            list(titles),
            format_func=lambda key: titles[key],
            key="sky-size",
            on_change=choices.follow("size", chosen.measure, lambda key: choices.change(size="" if key == "size" else key)),
        )
    return _categories(scene)


def _categories(scene: Scene) -> bool:
    counts, words, looks = scene.graph.categories(), scene.telling.words, scene.telling.looks
    order = sorted(counts, key=lambda category: -counts[category])
    colored = any(node.color for node in scene.graph.nodes)
    kinds, colors = st.columns([2, 1], gap="small", vertical_alignment="bottom") if colored else (st.container(), None)
    choices.show("kind", [each for each in order if each in scene.chosen.categories])
    with kinds:
        st.multiselect(
            _(words.kind),
            order,
            format_func=lambda each: f"{looks[each].shape} {looks[each].name} ({counts[each]})",
            key="sky-kind",
            placeholder=_("All of them"),
            on_change=lambda: choices.choose_categories(choices.shown("kind")),
        )
    return bool(colors and colors.toggle(_("Show the colours I chose"), key="sky-colors"))


def _sky(scene: Scene, *, own_colors: bool) -> None:
    chosen, words = scene.chosen, scene.telling.words
    lit = Lit(chosen.focus, frozenset(scene.near), scene.way, scene.found)
    shown = scene.graph.only(chosen.categories, lit.nodes) if chosen.categories else scene.graph
    highest = max((scene.value(chosen.measure, node) for node in scene.graph.nodes), default=0.0) or 1.0
    title = _(words.size) if chosen.measure == "size" else _(MEASURES[chosen.measure].title)
    drawn = Sky(
        graph=shown,
        looks=scene.telling.looks,
        sizes={node.id: scene.value(chosen.measure, node) / highest for node in shown.nodes},
        hints={node.id: f"{title}: {scene.say(chosen.measure, node)}" for node in shown.nodes},
        lit=lit if lit.way is None else replace(lit, near=frozenset()),
        own_colors=own_colors,
        reach=reach_of(scene.graph),
    )
    with st.container(key="night"):
        st.plotly_chart(figure(drawn), key=f"sky-{scene.telling.name}-figure", theme=None, config=CONFIG, alt=_(words.alt))
    meaning = _(words.size_said) if chosen.measure == "size" else _(MEASURES[chosen.measure].meaning)
    parts.quiet(_("Turn the sky by dragging, come nearer by scrolling. Larger means: {meaning}").format(meaning=meaning))
