"""A graph as plain values: what it joins, where each point lies. It knows no table and no page.

Every measure sees an undirected, simple graph: which way a line points doesn't matter to it, and of several lines between the
same two nodes the strongest counts.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import blake2b
from typing import Any, NamedTuple

import networkx as nx


class Place(NamedTuple):
    """A point in space."""

    x: float
    y: float
    z: float


@dataclass(frozen=True)
class Node:
    """A point of the graph. `place` is None where nobody has put it anywhere yet; `size` is its own, `color` its own choice."""

    id: str
    label: str
    category: str = ""
    place: Place | None = None
    size: float = 1.0
    color: str | None = None


@dataclass(frozen=True)
class Edge:
    """A line from one node to another, with what it says and how strong it is (0 to 1)."""

    source: str
    target: str
    label: str = ""
    strength: float = 1.0

    def other(self, end: str) -> str:
        """The end that isn't this one."""
        return self.target if end == self.source else self.source


@dataclass(frozen=True)
class Graph:
    """Nodes in their order, and the lines between them. Lines that lead nowhere or back to their own node are left out.

    `total`: how many nodes there are where only the weightiest were taken.
    """

    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()
    total: int = 0

    def __post_init__(self) -> None:
        known = {node.id for node in self.nodes}
        kept = tuple(edge for edge in self.edges if edge.source in known and edge.target in known and edge.source != edge.target)
        object.__setattr__(self, "edges", kept)
        object.__setattr__(self, "total", max(self.total, len(self.nodes)))

    @cached_property
    def by_id(self) -> Mapping[str, Node]:
        """Each node by its key."""
        return {node.id: node for node in self.nodes}

    @cached_property
    def simple(self) -> "nx.Graph[str]":
        """The undirected, simple graph that measures and paths see; not to be changed.

        Each of its lines carries the `strength` of the strongest line it stands for, and that line itself as `edge`.
        """
        made: nx.Graph[str] = nx.Graph()
        made.add_nodes_from(node.id for node in self.nodes)
        for edge in self.edges:
            known = made.get_edge_data(edge.source, edge.target)
            if known is None or edge.strength > known["strength"]:
                made.add_edge(edge.source, edge.target, strength=edge.strength, edge=edge)
        return made

    @cached_property
    def fingerprint(self) -> str:
        """The same for two graphs of the same keys, lines and strengths, whatever their words: what a cache is keyed by."""
        digest = blake2b(digest_size=16)
        for node in self.nodes:
            digest.update(f"{node.id}{node.place}\n".encode())
        for edge in self.edges:
            digest.update(f"{edge.source}>{edge.target}={edge.strength!r}\n".encode())
        return digest.hexdigest()

    def edge_between(self, one: str, other: str) -> Edge | None:
        """The strongest line between two nodes."""
        data: dict[str, Any] | None = self.simple.get_edge_data(one, other)
        return data["edge"] if data else None

    def categories(self) -> dict[str, int]:
        """How many nodes each category has, in the order in which the categories first appear."""
        found: dict[str, int] = {}
        for node in self.nodes:
            found[node.category] = found.get(node.category, 0) + 1
        return found

    def only(self, categories: Collection[str], also: Collection[str] = ()) -> "Graph":
        """The part that lies within these categories, and these nodes as well."""
        kept = tuple(node for node in self.nodes if node.category in categories or node.id in also)
        return replace(self, nodes=kept, total=0)

    def placed(self, places: Mapping[str, Place]) -> "Graph":
        """The same graph with these nodes at these places."""
        return replace(self, nodes=tuple(replace(node, place=places.get(node.id, node.place)) for node in self.nodes))
