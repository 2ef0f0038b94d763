"""A graph as a night sky in three dimensions: stars, the lines between them, and what is lit among them. From plain data alone.

The sky is the same in both themes. Colour never stands alone: each category has a shape, and everything drawn here is also said
in words beside it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise
from math import dist, hypot, sqrt
from typing import Any

import plotly.graph_objects as go

from domain.graph.graph import Graph, Node, Place
from domain.graph.paths import Way

NIGHT, STARLIGHT, QUIET, GOLD = "#0B1020", "#E9ECF5", "#9AA5BD", "#F5C451"
FONT = "Inter, sans-serif"
HEIGHT = 560
SMALLEST, LARGEST = 5.0, 19.0  # pixels
NAMED = 6  # so many names are written where nothing is lit
NAMED_LIT = 12
LONGEST_NAME, LONGEST_KIND = 24, 32
IN_LEGEND = 8
FRONT = (1.05, 1.05, 0.55)  # the eye before the whole sky
EYE_PER_RADIUS, NEAREST_EYE = 3.3, 0.55
FAINT = 0.72  # how far what isn't lit sinks into the night


@dataclass(frozen=True)
class Look:
    """How a category is drawn: its name, a colour that shows by night, plotly's name for the shape, and a character like it."""

    name: str
    color: str
    symbol: str
    shape: str


@dataclass(frozen=True)
class Lit:
    """What stands out: the node looked at, those around it, a way, and what a search found."""

    focus: str = ""
    near: frozenset[str] = frozenset()
    way: Way | None = None
    found: frozenset[str] = frozenset()

    @property
    def nodes(self) -> frozenset[str]:
        """All nodes that are lit."""
        on_way = frozenset(self.way.nodes) if self.way else frozenset()
        return self.near | self.found | on_way | ({self.focus} if self.focus else frozenset())


@dataclass(frozen=True)
class Sky:
    """What is drawn. Every node has a place. `sizes`: 0 to 1 for each node; `hints`: what is said of a node on hover.

    `reach`: the farthest that a coordinate of the whole graph goes, so that a filter doesn't move the sky.
    """

    graph: Graph
    looks: Mapping[str, Look]
    sizes: Mapping[str, float]
    hints: Mapping[str, str] = field(default_factory=dict)
    lit: Lit = field(default_factory=Lit)
    own_colors: bool = False
    reach: float = 10.0


def figure(sky: Sky) -> go.Figure:
    """The sky as a figure; the eye stays where it was from one run to the next."""
    drawn = go.Figure(layout=_layout(sky))
    drawn.add_trace(_lines(sky))
    if sky.lit.focus or sky.lit.way:
        drawn.add_trace(_lit_lines(sky))
    shown = sorted(sky.graph.categories().items(), key=lambda each: -each[1])
    for at, (category, _count) in enumerate(shown):
        drawn.add_trace(_stars(sky, category, in_legend=len(shown) > 1 and at < IN_LEGEND))
    if sky.lit.focus in sky.graph.by_id:
        drawn.add_trace(_halo(sky, sky.graph.by_id[sky.lit.focus]))
    return drawn


def reach_of(graph: Graph) -> float:
    """The farthest that any coordinate goes."""
    return max((abs(each) for node in graph.nodes for each in _place(node)), default=1.0) or 1.0


def mix(color: str, other: str, share: float) -> str:
    """A colour moved towards another: share 0 leaves it, 1 gives the other. Both as #RRGGBB."""
    parts = ((int(color[at : at + 2], 16), int(other[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(one + (two - one) * share):02X}" for one, two in parts)


def _place(node: Node) -> Place:
    return node.place or Place(0.0, 0.0, 0.0)


def _layout(sky: Sky) -> go.Layout:
    reach = sky.reach * 1.08
    axis: dict[str, Any] = {"visible": False, "range": [-reach, reach], "showspikes": False, "autorange": False}
    return go.Layout(
        height=HEIGHT,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        paper_bgcolor=NIGHT,
        font={"family": FONT, "color": STARLIGHT, "size": 14},
        uirevision=f"{sky.lit.focus}>{sky.lit.way.nodes[-1] if sky.lit.way else ''}",
        scene={
            "xaxis": axis,
            "yaxis": axis,
            "zaxis": axis,
            "aspectmode": "cube",
            "bgcolor": NIGHT,
            "dragmode": "orbit",
            "camera": _camera(sky, reach),
            "annotations": _names(sky),
        },
        hoverlabel={
            "bgcolor": "#131A2E",
            "bordercolor": "#26304A",
            "align": "left",
            "font": {"family": FONT, "color": STARLIGHT},
        },
        legend={
            "orientation": "h",
            "x": 0.5,
            "xanchor": "center",
            "y": 0.0,
            "yanchor": "bottom",
            "itemsizing": "constant",
            "bgcolor": "rgba(11,16,32,0.75)",
            "font": {"size": 12, "color": STARLIGHT},
        },
    )


def _camera(sky: Sky, reach: float) -> dict[str, Any]:
    """Where the eye is: before the whole sky, or before what is looked at, from outside and near enough to read.

    In plotly's measure the whole sky is a cube from -0.5 to 0.5.
    """
    wanted = sky.lit.way.nodes if sky.lit.way else (sky.lit.focus, *sky.lit.near) if sky.lit.focus else ()
    points = [[each / (2 * reach) for each in _place(sky.graph.by_id[key])] for key in wanted if key in sky.graph.by_id]
    if not points:
        return {"eye": dict(zip("xyz", FRONT, strict=True))}
    center = points[0] if not sky.lit.way else [sum(each) / len(points) for each in zip(*points, strict=True)]
    spread = sorted(dist(center, point) for point in points)
    radius = spread[-1] if sky.lit.way else spread[len(spread) * 3 // 4]
    far = min(max(EYE_PER_RADIUS * radius, NEAREST_EYE), hypot(*FRONT))
    outward = [each + 0.2 * front for each, front in zip(center, FRONT, strict=True)]
    scale = far / (hypot(*outward) or 1.0)
    eye = [each + scale * way for each, way in zip(center, outward, strict=True)]
    return {"center": dict(zip("xyz", center, strict=True)), "eye": dict(zip("xyz", eye, strict=True))}


def _names(sky: Sky) -> list[dict[str, Any]]:
    """The names written in the sky: of what is lit, nearest in meaning first; else of the largest stars."""
    lit = sky.lit
    if lit.nodes:
        wanted = [lit.focus, *(lit.way.nodes if lit.way else ()), *sorted(lit.found), *sorted(lit.near, key=_weight(sky))]
        keys = [key for key in dict.fromkeys(wanted) if key in sky.graph.by_id][:NAMED_LIT]
    else:
        keys = sorted((node.id for node in sky.graph.nodes), key=_weight(sky))[:NAMED]
    return [_name(sky, sky.graph.by_id[key]) for key in keys]


def _weight(sky: Sky) -> Any:
    return lambda key: (-sky.sizes.get(key, 0.0), key)


def _name(sky: Sky, node: Node) -> dict[str, Any]:
    place, is_focus = _place(node), node.id == sky.lit.focus
    return {
        "x": place.x,
        "y": place.y,
        "z": place.z,
        "text": escape(short(node.label)),
        "showarrow": False,
        "yshift": (24 if is_focus else 10) + _pixels(sky, node.id) / 2,
        "font": {"size": 14 if is_focus else 12, "color": GOLD if is_focus else STARLIGHT, "family": FONT},
        "bgcolor": "rgba(11,16,32,0.55)",
        "borderpad": 1,
    }


def short(label: str, longest: int = LONGEST_NAME) -> str:
    """A name on one line, cut where it would cover the sky."""
    line = " ".join(label.split())
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"


def _pixels(sky: Sky, key: str) -> float:
    share = min(max(sky.sizes.get(key, 0.0), 0.0), 1.0)
    return SMALLEST + (LARGEST - SMALLEST) * sqrt(share)


def _lines(sky: Sky) -> go.Scatter3d:
    """All lines as one trace, the stronger the brighter; sunk into the night while something else is lit."""
    x: list[float | None] = []
    y: list[float | None] = []
    z: list[float | None] = []
    light: list[float] = []
    dim = 0.45 if sky.lit.nodes else 1.0
    for edge in sky.graph.edges:
        one, other = _place(sky.graph.by_id[edge.source]), _place(sky.graph.by_id[edge.target])
        x += [one.x, other.x, None]
        y += [one.y, other.y, None]
        z += [one.z, other.z, None]
        light += [(0.25 + 0.75 * edge.strength) * dim] * 3
    scale = [[0, NIGHT], [1, mix(NIGHT, STARLIGHT, 0.5)]]
    line = {"color": light, "colorscale": scale, "cmin": 0, "cmax": 1, "width": 2, "showscale": False}
    return go.Scatter3d(x=x, y=y, z=z, mode="lines", line=line, hoverinfo="skip", showlegend=False, name="")


def _lit_lines(sky: Sky) -> go.Scatter3d:
    """The way, or else the lines between the node looked at and those around it."""
    x: list[float | None] = []
    y: list[float | None] = []
    z: list[float | None] = []
    known, lit = sky.graph.by_id, sky.lit
    if lit.way:
        pairs = list(pairwise(lit.way.nodes))
    else:
        around = lit.near | {lit.focus}
        pairs = [(edge.source, edge.target) for edge in sky.graph.edges if edge.source in around and edge.target in around]
    for one, other in pairs:
        if one in known and other in known:
            for values, at in ((x, 0), (y, 1), (z, 2)):
                values += [_place(known[one])[at], _place(known[other])[at], None]
    line = {"color": GOLD if lit.way else mix(GOLD, NIGHT, 0.45), "width": 7 if lit.way else 3}
    return go.Scatter3d(x=x, y=y, z=z, mode="lines", line=line, hoverinfo="skip", showlegend=False, name="")


def _stars(sky: Sky, category: str, *, in_legend: bool) -> go.Scatter3d:
    look, lit = sky.looks[category], sky.lit.nodes
    nodes = [node for node in sky.graph.nodes if node.category == category]
    colors = []
    for node in nodes:
        # A colour of one's own may be as dark as the night, so it is lightened a little.
        color = mix(node.color, STARLIGHT, 0.25) if sky.own_colors and node.color else look.color
        colors.append(color if not lit or node.id in lit else mix(color, NIGHT, FAINT))
    return go.Scatter3d(
        x=[_place(node).x for node in nodes],
        y=[_place(node).y for node in nodes],
        z=[_place(node).z for node in nodes],
        mode="markers",
        name=escape(short(look.name, LONGEST_KIND)),
        marker={
            "size": [_pixels(sky, node.id) for node in nodes],
            "color": colors,
            "symbol": look.symbol,
            "opacity": 1,
            "line": {"width": 0},
        },
        hovertext=[_hint(sky, node, look) for node in nodes],
        hoverinfo="text",
        showlegend=in_legend,
    )


def _hint(sky: Sky, node: Node, look: Look) -> str:
    name = "<br>".join(escape(part) for part in _wrapped(node.label))
    said = sky.hints.get(node.id, "")
    return f"<b>{name}</b><br>{look.shape} {escape(look.name)}" + (f"<br>{escape(said)}" if said else "")


def _wrapped(label: str, width: int = 48, rows: int = 4) -> list[str]:
    lines = [""]
    for word in short(label, width * rows).split():
        if lines[-1] and len(lines[-1]) + len(word) >= width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _halo(sky: Sky, node: Node) -> go.Scatter3d:
    place = _place(node)
    marker = {"size": _pixels(sky, node.id) + 9, "color": GOLD, "symbol": "circle-open", "line": {"width": 2, "color": GOLD}}
    return go.Scatter3d(
        x=[place.x], y=[place.y], z=[place.z], mode="markers", marker=marker, hoverinfo="skip", showlegend=False, name=""
    )
