"""What can be said of a graph in figures. Pure functions of the undirected, simple graph (see `graph.Graph.simple`)."""

from collections.abc import Mapping
from dataclasses import dataclass

import networkx as nx

from domain.graph.graph import Graph


def degree(graph: Graph) -> dict[str, int]:
    """With how many other nodes each is joined."""
    return {node: int(count) for node, count in graph.simple.degree()}


def betweenness(graph: Graph) -> dict[str, float]:
    """How often a node lies on the shortest ways between two others, from 0 to 1.

    Of all pairs of other nodes, the mean share of their shortest ways (by lines) that lead through this one:
    2 / ((n - 1)(n - 2)) times the sum of sigma(s, t | v) / sigma(s, t). Source: L. C. Freeman, "A set of measures of centrality
    based on betweenness", Sociometry 40 (1977); computed as in U. Brandes, "A faster algorithm for betweenness" (2001).
    """
    return _floats(nx.betweenness_centrality(graph.simple, normalized=True))


def closeness(graph: Graph) -> dict[str, float]:
    """How near a node is to all that it can reach, from 0 (reaches nothing) to 1 (joined with every node).

    (r / sum of distances) times (r / (n - 1)), where r nodes can be reached: so a small group apart doesn't seem central. Source:
    S. Wasserman and K. Faust, "Social Network Analysis" (1994), p. 201, after G. Sabidussi, Psychometrika 31 (1966).
    """
    return _floats(nx.closeness_centrality(graph.simple, wf_improved=True))


def clustering(graph: Graph) -> dict[str, float]:
    """Of all pairs of a node's neighbours, the share that is joined itself: 2 T / (k (k - 1)), 0 for fewer than two neighbours.

    Source: D. J. Watts and S. H. Strogatz, "Collective dynamics of 'small-world' networks", Nature 393 (1998).
    """
    return _floats(nx.clustering(graph.simple))


def components(graph: Graph) -> tuple[frozenset[str], ...]:
    """The groups of nodes that hang together, the largest first; among equals, the one with the earliest node."""
    order = {node.id: at for at, node in enumerate(graph.nodes)}
    found = [frozenset(each) for each in nx.connected_components(graph.simple)]
    return tuple(sorted(found, key=lambda each: (-len(each), min(order[node] for node in each))))


def density(graph: Graph) -> float:
    """Of all the lines that could be, the share that is: 2 m / (n (n - 1)), 0 for fewer than two nodes.

    Source: S. Wasserman and K. Faust, "Social Network Analysis" (1994), p. 101.
    """
    return float(nx.density(graph.simple))


@dataclass(frozen=True)
class Measures:
    """All of them at once: keys and figures alone, no words."""

    degree: Mapping[str, float]
    betweenness: Mapping[str, float]
    closeness: Mapping[str, float]
    clustering: Mapping[str, float]
    components: tuple[frozenset[str], ...]
    density: float


def measure(graph: Graph) -> Measures:
    """Every measure of a graph; a few seconds for a thousand nodes, so worth keeping."""
    return Measures(
        degree=_floats(degree(graph)),
        betweenness=betweenness(graph),
        closeness=closeness(graph),
        clustering=clustering(graph),
        components=components(graph),
        density=density(graph),
    )


def _floats(found: Mapping[str, float]) -> dict[str, float]:
    return {node: float(value) for node, value in found.items()}
