"""Ways through a graph, and what lies around a node. Pure functions of the undirected, simple graph."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import networkx as nx

from domain.graph.graph import Edge, Graph


@dataclass(frozen=True)
class Way:
    """A way from the first of `nodes` to the last, over `edges`. `cost`: its lines, or the sum of 1 / strength."""

    nodes: tuple[str, ...]
    edges: tuple[Edge, ...]
    cost: float

    @property
    def steps(self) -> int:
        """How many lines it takes."""
        return len(self.edges)


def fewest_steps(graph: Graph, start: str, goal: str) -> Way | None:
    """A way of the fewest lines (breadth first); None if there is none, or one of the two nodes isn't there."""
    try:
        nodes: list[str] = nx.shortest_path(graph.simple, start, goal)
    except (nx.NetworkXNoPath, nx.NodeNotFound):
        return None
    return _way(graph, nodes, cost=float(len(nodes) - 1))


def strongest(graph: Graph, start: str, goal: str) -> Way | None:
    """The way whose sum of 1 / strength is least, so that strong lines are short; a line of strength 0 can't be walked.

    Source: E. W. Dijkstra, "A note on two problems in connexion with graphs", Numerische Mathematik 1 (1959); the length
    1 / strength after M. E. J. Newman, "Scientific collaboration networks II", Physical Review E 64 (2001).
    """
    try:
        cost, nodes = nx.single_source_dijkstra(graph.simple, start, goal, weight=_length)
    except (nx.NetworkXNoPath, nx.NodeNotFound):
        return None
    return _way(graph, nodes, cost=float(cost))


def around(graph: Graph, center: str, depth: int) -> dict[str, int]:
    """The nodes at most `depth` lines away, each with how many lines it takes; the nearest first, the node itself left out."""
    if center not in graph.by_id:
        return {}
    found: dict[str, int] = nx.single_source_shortest_path_length(graph.simple, center, cutoff=depth)
    return {node: steps for node, steps in found.items() if steps}


def _length(_one: str, _other: str, line: dict[str, Any]) -> float | None:
    return 1 / line["strength"] if line["strength"] > 0 else None


def _way(graph: Graph, nodes: list[str], *, cost: float) -> Way:
    lines = [graph.edge_between(one, other) for one, other in pairwise(nodes)]
    return Way(tuple(nodes), tuple(line for line in lines if line), cost)
