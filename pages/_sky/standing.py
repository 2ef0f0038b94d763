"""What stands out in a sky: the first of each measure with what it means, and all nodes as a table."""

from math import ceil

import streamlit as st

from domain.kit.texts import _
from pages._charts.sky import short
from pages._shell import parts
from pages._shell.cells import plain
from pages._sky import choices
from pages._sky.scene import Scene
from pages._sky.words import MEASURES

FIRST = 3
PAGE = 15
LONGEST = 80


def cards(scene: Scene) -> None:
    """One card a measure: what it means, and which nodes have most of it."""
    parts.section(_("What stands out"))
    for column, (key, measure) in zip(st.columns(len(MEASURES), gap="small"), MEASURES.items(), strict=True):
        with column, st.container(key=f"card-sky-{key}", border=True, gap="xsmall", height="stretch"):
            st.subheader(_(measure.title), anchor=False)
            parts.quiet(_(measure.meaning))
            first = [node for node in scene.ranked(key)[:FIRST] if scene.value(key, node) > 0]
            for at, node in enumerate(first):
                said = f"{scene.look(node).shape} {short(node.label)} · {scene.say(key, node)}"
                st.button(plain(said), key=f"sky-top-{key}-{at}", type="tertiary", on_click=choices.look_at, args=(node.id,))
            if not first:
                parts.quiet(_("Nothing yet."))


def table(scene: Scene) -> None:
    """All nodes that the filters leave, the highest in the chosen measure first, page by page."""
    chosen, words = scene.chosen, scene.telling.words
    nodes = [node for node in scene.ranked(chosen.measure) if not chosen.categories or node.category in chosen.categories]
    if chosen.search.strip():
        nodes = [node for node in nodes if node.id in scene.found]
    parts.section(_("All as a list"), _("In the order of what larger means above, and only what the filters leave."))
    if not nodes:
        parts.quiet(_("Nothing is left. Take a filter away."))
        return
    pages = ceil(len(nodes) / PAGE)
    page = st.pagination(pages, key="sky-page") if pages > 1 else 1
    shown = nodes[(page - 1) * PAGE : page * PAGE]
    columns: dict[str, list[str]] = {
        _(words.one): [plain(short(node.label, LONGEST)) for node in shown],
        _(words.kind): [plain(f"{scene.look(node).shape} {scene.look(node).name}") for node in shown],
        _(words.size): [scene.say("size", node) for node in shown],
    }
    for key, measure in MEASURES.items():
        columns[_(measure.title)] = [scene.say(key, node) for node in shown]
    st.table(columns, border="horizontal", hide_index=True, alt=_("All as a list"))
