"""Where nodes lie: always the same for the same graph, within sight, and none on top of another."""

from itertools import combinations
from math import dist, isfinite

from hypothesis import given

from domain.graph.graph import Edge, Graph, Node, Place
from domain.graph.layout import RADIUS, places
from tests.domain.graph.test_measures import graphs


@given(graphs(most=12))
def test_every_node_gets_a_place_of_its_own_within_the_ball(graph: Graph) -> None:
    found = places(graph)
    assert set(found) == set(graph.by_id)
    assert all(isfinite(each) for place in found.values() for each in place)
    assert all(dist(place, (0, 0, 0)) <= RADIUS * 1.001 for place in found.values())
    assert all(dist(one, other) > 0.01 for one, other in combinations(found.values(), 2))


@given(graphs(most=12))
def test_the_same_graph_is_laid_out_the_same_whatever_its_order(graph: Graph) -> None:
    turned = Graph(tuple(reversed(graph.nodes)), tuple(reversed(graph.edges)))
    assert places(turned) == places(graph)


def test_a_place_that_was_chosen_stays_and_the_others_come_beside_their_neighbours() -> None:
    nodes = (Node("a", "a", place=Place(1, 1, 1)), Node("b", "b", place=Place(9, 9, 9)), Node("c", "c"))
    found = places(Graph(nodes, (Edge("c", "b"),)))
    assert (found["a"], found["b"]) == (Place(1, 1, 1), Place(9, 9, 9))
    assert dist(found["c"], found["b"]) < dist(found["c"], found["a"])
    assert found["c"] != found["b"]


def test_neighbours_lie_nearer_than_strangers() -> None:
    keys = [f"{group}{at}" for group in "ab" for at in range(8)]
    lines = (*(Edge(one, other) for one, other in combinations(keys, 2) if one[0] == other[0]), Edge("a0", "b0"))
    found = places(Graph(tuple(Node(key, key) for key in keys), lines))
    near = [dist(found[one], found[other]) for one, other in combinations(keys, 2) if one[0] == other[0]]
    far = [dist(found[one], found[other]) for one, other in combinations(keys, 2) if one[0] != other[0]]
    assert sum(near) / len(near) < 0.5 * sum(far) / len(far)
