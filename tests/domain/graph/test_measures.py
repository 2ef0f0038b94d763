"""Every measure against its definition, counted out by brute force on small graphs."""

from itertools import combinations, pairwise, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.graph import measures
from domain.graph.graph import Edge, Graph, Node


@st.composite
def graphs(draw: st.DrawFn, most: int = 6) -> Graph:
    """Small graphs with double lines, lines both ways, lines to nowhere and to themselves."""
    keys = [f"n{at}" for at in range(draw(st.integers(0, most)))]
    ends = st.sampled_from([*keys, "nowhere"])
    strength = st.floats(0, 1, allow_nan=False).map(lambda each: round(each, 3))
    lines = draw(st.lists(st.builds(Edge, ends, ends, st.just(""), strength), max_size=12))
    return Graph(tuple(Node(key, key.upper()) for key in keys), tuple(lines))


def pairs(graph: Graph) -> set[frozenset[str]]:
    """The pairs of nodes that a line joins."""
    return {frozenset((edge.source, edge.target)) for edge in graph.edges}


def keys(graph: Graph) -> list[str]:
    return [node.id for node in graph.nodes]


def walks(graph: Graph, start: str, goal: str) -> list[tuple[str, ...]]:
    """Every way from one node to another that visits none twice."""
    joined, others = pairs(graph), [key for key in keys(graph) if key not in {start, goal}]
    found = []
    for count in range(len(others) + 1):
        for between in permutations(others, count):
            way = (start, *between, goal)
            if all(frozenset(step) in joined for step in pairwise(way)):
                found.append(way)
    return found


def shortest(graph: Graph, start: str, goal: str) -> list[tuple[str, ...]]:
    found = walks(graph, start, goal)
    least = min(map(len, found), default=0)
    return [way for way in found if len(way) == least]


@given(graphs())
def test_degree_counts_the_nodes_that_lines_join(graph: Graph) -> None:
    joined = pairs(graph)
    assert measures.degree(graph) == {key: sum(key in pair for pair in joined) for key in keys(graph)}


@given(graphs())
def test_density_is_the_share_of_possible_lines(graph: Graph) -> None:
    possible = len(list(combinations(graph.nodes, 2)))
    assert measures.density(graph) == pytest.approx(len(pairs(graph)) / possible if possible else 0)


@given(graphs())
def test_betweenness_is_the_mean_share_of_shortest_ways(graph: Graph) -> None:
    found = measures.betweenness(graph)
    for key in keys(graph):
        others = [each for each in keys(graph) if each != key]
        share = 0.0
        for start, goal in combinations(others, 2):
            ways = shortest(graph, start, goal)
            share += sum(key in way for way in ways) / len(ways) if ways else 0
        possible = len(list(combinations(others, 2)))
        assert found[key] == pytest.approx(share / possible if possible else 0)


@given(graphs())
def test_closeness_weighs_distance_by_what_can_be_reached(graph: Graph) -> None:
    found = measures.closeness(graph)
    for key in keys(graph):
        distances = [len(ways[0]) - 1 for other in keys(graph) if other != key and (ways := shortest(graph, key, other))]
        reached, others = len(distances), len(graph.nodes) - 1
        assert found[key] == pytest.approx(reached / sum(distances) * reached / others if reached else 0)


@given(graphs())
def test_clustering_is_the_share_of_neighbours_that_are_joined(graph: Graph) -> None:
    joined, found = pairs(graph), measures.clustering(graph)
    for key in keys(graph):
        neighbours = [other for other in keys(graph) if frozenset((key, other)) in joined and other != key]
        couples = [frozenset(each) for each in combinations(neighbours, 2)]
        share = sum(couple in joined for couple in couples) / len(couples) if couples else 0
        assert found[key] == pytest.approx(share)


@given(graphs())
def test_components_hold_exactly_what_can_be_reached(graph: Graph) -> None:
    found = measures.components(graph)
    assert sorted(key for each in found for key in each) == keys(graph)
    assert [len(each) for each in found] == sorted((len(each) for each in found), reverse=True)
    group = {key: at for at, each in enumerate(found) for key in each}
    for one, other in combinations(keys(graph), 2):
        assert (group[one] == group[other]) == bool(walks(graph, one, other))


@given(graphs())
def test_all_measures_at_once_are_the_single_ones(graph: Graph) -> None:
    found = measures.measure(graph)
    assert found.degree == measures.degree(graph)
    assert found.betweenness == measures.betweenness(graph)
    assert found.components == measures.components(graph)
    assert all(0 <= value <= 1 for value in (*found.closeness.values(), *found.clustering.values(), found.density))
