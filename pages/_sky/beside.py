"""The list beside the sky: the same as what is lit in it, in words and with buttons, for keyboard and screen readers."""

import streamlit as st

from domain.graph.graph import Edge, Graph, Node
from domain.graph.paths import Way
from domain.kit.texts import _, ngettext
from pages._charts.sky import short
from pages._shell import parts
from pages._shell.catalog import record_link
from pages._shell.cells import plain
from pages._shell.navigate import page_link
from pages._sky import choices
from pages._sky.scene import Scene
from pages._sky.words import MEASURES, steps_said

FIRST = 8
LONGEST = 60


def panel(scene: Scene) -> None:
    """What a search found, the node looked at, or a place to start."""
    if scene.chosen.search.strip():
        _found(scene)
    if scene.chosen.focus:
        _focus(scene)
        _way(scene)
    elif not scene.chosen.search.strip():
        with parts.card("sky-start"):
            st.subheader(_(scene.telling.words.brightest), anchor=False)
            parts.quiet(_("Choose one to see what is around it."))
            _buttons(scene, scene.ranked(scene.chosen.measure)[:FIRST], "start")


def _found(scene: Scene) -> None:
    found = [node for node in scene.ranked(scene.chosen.measure) if node.id in scene.found]
    with parts.card("sky-found"):
        st.subheader(_("Found"), anchor=False)
        if not found:
            parts.quiet(_("Nothing here has that name. Try a shorter word."))
        _buttons(scene, found[:FIRST], "found")
        _more(len(found) - FIRST)


def _focus(scene: Scene) -> None:
    node = scene.graph.by_id[scene.chosen.focus]
    look = scene.look(node)
    with parts.card("sky-focus"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(plain(short(node.label, 200)), anchor=False)
            st.button(
                _("Show all"), key="sky-close", icon=":material/close:", type="tertiary", on_click=choices.look_at, args=("",)
            )
        said = [f"{look.shape} {look.name}"]
        said += [f"{_(measure.title)}: {scene.say(key, node)}" for key, measure in MEASURES.items()]
        parts.quiet(" · ".join(said))
        if node.id in scene.telling.more:
            parts.quiet(scene.telling.more[node.id])
        page_link(record_link(scene.telling.table, node.id), label=_(scene.telling.words.open_record), icon="arrow_outward")
        st.segmented_control(
            _("How far around it"),
            list(choices.DEPTHS),
            required=True,
            format_func=lambda depth: ngettext("{count} step", "{count} steps", depth),
            key="sky-depth",
            on_change=choices.follow(
                "depth", scene.chosen.depth, lambda depth: choices.change(depth="" if depth == "1" else depth)
            ),
        )
        _around(scene)


def _around(scene: Scene) -> None:
    if not scene.near:
        parts.quiet(_(scene.telling.words.nothing_near))
        return
    by_steps: dict[int, list[Node]] = {}
    for key, steps in scene.near.items():
        by_steps.setdefault(steps, []).append(scene.graph.by_id[key])
    for steps, nodes in by_steps.items():
        st.markdown(f"**{plain(steps_said(steps))} ({len(nodes)})**")
        nodes.sort(key=lambda node: (-_strength(scene.graph, scene.chosen.focus, node.id), node.label))
        _buttons(scene, nodes[:FIRST], f"near-{steps}", of=scene.chosen.focus if steps == 1 else "")
        _more(len(nodes) - FIRST)


def _strength(graph: Graph, one: str, other: str) -> float:
    edge = graph.edge_between(one, other)
    return edge.strength if edge else 0.0


def _way(scene: Scene) -> None:
    words, chosen = scene.telling.words, scene.chosen
    with parts.card("sky-way"):
        names = {node.id: short(node.label, LONGEST) for node in scene.graph.nodes if node.id != chosen.focus}
        st.selectbox(
            _(words.way),
            sorted(names, key=lambda key: names[key].casefold()),
            index=None,
            format_func=lambda key: names.get(key, ""),
            placeholder=_(words.choose),
            key="sky-goal",
            on_change=choices.follow("goal", chosen.goal or None, lambda goal: choices.change(goal=goal)),
        )
        if not chosen.goal:
            return
        kinds = {choices.STEPS: _("Fewest steps"), choices.STRONG: _("Strongest lines")}
        st.segmented_control(
            _("Which way"),
            list(kinds),
            required=True,
            format_func=lambda by: kinds[by],
            key="sky-by",
            on_change=choices.follow("by", chosen.by, lambda by: choices.change(by="" if by == choices.STEPS else by)),
        )
        if scene.way is None:
            parts.quiet(_(words.no_way))
        else:
            _walk(scene, scene.way)


def _walk(scene: Scene, way: Way) -> None:
    st.markdown(f"**{plain(ngettext('{count} step', '{count} steps', way.steps))}**")
    lines = ["", *(_line(scene, edge, start) for edge, start in zip(way.edges, way.nodes, strict=False))]
    for at, (key, line) in enumerate(zip(way.nodes, lines, strict=True), start=1):
        node = scene.graph.by_id[key]
        said = f"{at}. {scene.look(node).shape} {short(node.label, LONGEST)}" + (f" ({line})" if line else "")
        st.button(plain(said), key=f"sky-walk-{at}", type="tertiary", on_click=choices.look_at, args=(key,))


def _line(scene: Scene, edge: Edge | None, start: str) -> str:
    """What a line says, with the way it points seen from one of its ends."""
    if edge is None or not edge.label:
        return ""
    return f"{'→' if edge.source == start else '←'} {scene.telling.say_line(edge.label)}"


def _buttons(scene: Scene, nodes: list[Node], where: str, *, of: str = "") -> None:
    """Nodes as buttons that look at them; `of`: the node whose line to each is said."""
    with st.container(key=f"sky-list-{where}", gap=None):
        for at, node in enumerate(nodes):
            line = _line(scene, scene.graph.edge_between(of, node.id), of) if of else ""
            said = f"{scene.look(node).shape} {short(node.label, LONGEST)}" + (f" ({line})" if line else "")
            st.button(plain(said), key=f"sky-{where}-{at}", type="tertiary", on_click=choices.look_at, args=(node.id,))


def _more(count: int) -> None:
    if count > 0:
        parts.quiet(ngettext("and {count} more, in the list below", "and {count} more, in the list below", count))
