"""Ways and neighbours against brute force on small graphs."""

from itertools import pairwise
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.graph.graph import Edge, Graph, Node
from domain.graph.paths import around, fewest_steps, strongest
from tests.domain.graph.test_measures import graphs, keys, shortest, walks

ends = st.sampled_from([f"n{at}" for at in range(6)])


def length(graph: Graph, way: tuple[str, ...]) -> float:
    """The sum of 1 / strength over the strongest lines of a way; endless if one has no strength."""
    found = 0.0
    for one, other in pairwise(way):
        strength = max(edge.strength for edge in graph.edges if {edge.source, edge.target} == {one, other})
        found += 1 / strength if strength else inf
    return found


@given(graphs(), ends, ends)
def test_the_way_of_fewest_steps_is_a_shortest_one(graph: Graph, start: str, goal: str) -> None:
    way = fewest_steps(graph, start, goal)
    if start == goal or not {start, goal} <= set(keys(graph)):
        assert way is None or way.nodes == (start,)
        return
    possible = shortest(graph, start, goal)
    assert (way.nodes in possible) if way else not possible
    if way:
        assert way.steps == way.cost == len(way.nodes) - 1
        assert all({edge.source, edge.target} == set(step) for edge, step in zip(way.edges, pairwise(way.nodes), strict=True))


@given(graphs(), ends, ends)
def test_the_strongest_way_has_the_least_sum_of_inverse_strengths(graph: Graph, start: str, goal: str) -> None:
    way = strongest(graph, start, goal)
    if start == goal or not {start, goal} <= set(keys(graph)):
        assert way is None or way.nodes == (start,)
        return
    least = min((length(graph, each) for each in walks(graph, start, goal)), default=inf)
    assert (way.cost if way else inf) == pytest.approx(least)
    if way:
        assert length(graph, way.nodes) == pytest.approx(least)


@given(graphs(), ends, st.integers(1, 3))
def test_around_a_node_lies_what_few_steps_reach(graph: Graph, center: str, depth: int) -> None:
    expected = {}
    for key in keys(graph) if center in keys(graph) else []:
        ways = shortest(graph, center, key) if key != center else []
        if ways and len(ways[0]) - 1 <= depth:
            expected[key] = len(ways[0]) - 1
    found = around(graph, center, depth)
    assert found == expected
    assert list(found.values()) == sorted(found.values())


def test_a_strong_detour_beats_a_weak_line() -> None:
    nodes = tuple(Node(key, key) for key in "abc")
    graph = Graph(nodes, (Edge("a", "c", "barely", 0.1), Edge("a", "b", "is", 0.9), Edge("b", "c", "is", 0.9)))
    direct, detour = fewest_steps(graph, "a", "c"), strongest(graph, "a", "c")
    assert direct
    assert direct.nodes == ("a", "c")
    assert detour
    assert detour.nodes == ("a", "b", "c")
    assert [edge.label for edge in detour.edges] == ["is", "is"]


def test_a_line_without_strength_is_no_strong_way() -> None:
    graph = Graph((Node("a", "a"), Node("b", "b")), (Edge("a", "b", "", 0.0),))
    assert fewest_steps(graph, "a", "b")
    assert strongest(graph, "a", "b") is None
