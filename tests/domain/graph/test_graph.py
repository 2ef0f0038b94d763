"""The graph as plain values."""

from dataclasses import replace

from domain.graph.graph import Edge, Graph, Node, Place

NODES = (Node("a", "Sea", "nature"), Node("b", "Salt", "kitchen"), Node("c", "Whale", "nature"))


def test_lines_to_nowhere_and_to_themselves_are_left_out() -> None:
    graph = Graph(NODES, (Edge("a", "b"), Edge("a", "elsewhere"), Edge("c", "c")))
    assert graph.edges == (Edge("a", "b"),)


def test_of_several_lines_the_strongest_counts() -> None:
    graph = Graph(NODES, (Edge("a", "b", "weak", 0.2), Edge("b", "a", "strong", 0.8), Edge("a", "b", "middling", 0.5)))
    found = graph.edge_between("a", "b")
    assert found
    assert found.label == "strong"
    assert graph.simple.number_of_edges() == 1


def test_a_part_keeps_its_categories_and_who_is_asked_for() -> None:
    graph = Graph(NODES, (Edge("a", "b"), Edge("a", "c")))
    assert [node.id for node in graph.only({"nature"}).nodes] == ["a", "c"]
    assert graph.only({"kitchen"}, also={"a"}).edges == (Edge("a", "b"),)
    assert graph.categories() == {"nature": 2, "kitchen": 1}


def test_the_fingerprint_follows_shape_and_not_words() -> None:
    graph = Graph(NODES, (Edge("a", "b", "is in", 0.5),))
    renamed = Graph((replace(NODES[0], label="Ocean"), *NODES[1:]), (Edge("a", "b", "holds", 0.5),))
    assert renamed.fingerprint == graph.fingerprint
    assert Graph(NODES, (Edge("a", "b", "", 0.6),)).fingerprint != graph.fingerprint
    assert graph.placed({"a": Place(1, 2, 3)}).fingerprint != graph.fingerprint
