"""What the parts of a sky's page draw from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from domain.graph.graph import Graph, Node
from domain.graph.measures import Measures
from domain.graph.paths import Way
from domain.kit.fold import fold
from domain.kit.formats import show_number, show_percent
from pages._charts.sky import Look
from pages._sky.choices import Choices
from pages._sky.words import MEASURES, Words


@dataclass(frozen=True)
class Telling:
    """What a page brings: its words, its looks, how it says a line's label, and the table that its records are in."""

    name: str
    table: str
    words: Words
    looks: Mapping[str, Look]
    say_line: Callable[[str], str] = str
    shares: bool = False  # whether a node's own size is a share of one
    more: Mapping[str, str] = field(default_factory=dict)  # what else is said of a node, by key


@dataclass(frozen=True)
class Scene:
    """All that the parts of one run draw from."""

    telling: Telling
    graph: Graph
    measures: Measures
    chosen: Choices
    near: Mapping[str, int]
    way: Way | None
    found: frozenset[str]

    def value(self, measure: str, node: Node) -> float:
        """A node's value in a measure, its own size among them."""
        return node.size if measure == "size" else float(getattr(self.measures, measure).get(node.id, 0.0))

    def look(self, node: Node) -> Look:
        """How a node's category is drawn."""
        return self.telling.looks[node.category]

    def ranked(self, measure: str) -> list[Node]:
        """All nodes, the highest in a measure first; among equals the one with more connections, then by name."""
        joined = self.measures.degree
        return sorted(
            self.graph.nodes, key=lambda node: (-self.value(measure, node), -joined[node.id], fold(node.label), node.id)
        )

    def say(self, measure: str, node: Node) -> str:
        """A node's value in a measure, in words."""
        if measure != "size":
            return MEASURES[measure].say(self.value(measure, node))
        return show_percent(node.size) if self.telling.shares else show_number(round(node.size, 2))
