"""Where the nodes of a graph lie when nobody has put them anywhere: by springs, always the same for the same graph."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from domain.graph.graph import Graph, Place

RADIUS = 10.0
ROUNDS = 100
ROUNDS_FOR_MANY = 50  # a round takes time by the square of the nodes
MANY = 300
NEAREST = 0.01  # nearer than this, two nodes push each other no harder
MIDDLE = 0.1
GOLDEN_ANGLE = np.pi * (3 - np.sqrt(5))

Points = NDArray[np.float64]


def places(graph: Graph) -> dict[str, Place]:
    """A place for every node: the stored one where there is one; the others beside their neighbours.

    Where no node has a place, all of them are laid out within a ball of radius `RADIUS`. Fine up to some 1,000 nodes.
    """
    known = {node.id: node.place for node in graph.nodes if node.place is not None}
    missing = [node.id for node in graph.nodes if node.place is None]
    if not missing:
        return known
    if not known:
        return _springs(graph)
    return known | _beside(graph, known, missing)


def _springs(graph: Graph) -> dict[str, Place]:
    """All nodes laid out. It starts from points spread evenly over a sphere, so that nothing in it is left to chance."""
    order = sorted(node.id for node in graph.nodes)
    index = {node: at for at, node in enumerate(order)}
    joined = np.zeros((len(order), len(order)))
    for one, other in graph.simple.edges():
        joined[index[one], index[other]] = joined[index[other], index[one]] = 1.0
    points = _within(_settle(_sphere(len(order)) * len(order) ** (1 / 3), joined))
    return {node: _place(points[at]) for node, at in index.items()}


def _settle(points: Points, joined: Points) -> Points:
    """Fruchterman and Reingold, "Graph drawing by force-directed placement" (1991), in three dimensions.

    Nodes push each other away by 1 / distance, lines pull by distance squared (in ideal lengths of a line); the middle pulls
    a little, so that parts that hang apart stay in sight. Each round a node may move less far than in the round before.
    """
    reach = max(1.0, len(points) ** (1 / 3))
    for warmth in np.linspace(reach / 4, 0.01, ROUNDS if len(points) <= MANY else ROUNDS_FOR_MANY):
        squares = np.sum(points**2, axis=1)
        distance = np.sqrt(np.maximum(squares[:, None] + squares[None, :] - 2 * points @ points.T, NEAREST**2))
        push = 1 / distance**2 - joined * distance
        np.fill_diagonal(push, 0.0)
        moved = points * push.sum(axis=1)[:, None] - push @ points - MIDDLE * points
        length = np.maximum(np.linalg.norm(moved, axis=1), NEAREST)
        points = points + moved * (np.minimum(length, warmth) / length)[:, None]
    return points


def _beside(graph: Graph, known: Mapping[str, Place], missing: list[str]) -> dict[str, Place]:
    """Each at the middle of its placed neighbours, a step aside so that none hides another; those without, around them all."""
    middle = np.mean(np.asarray(list(known.values()), dtype=np.float64), axis=0)
    spread = float(np.std(np.asarray(list(known.values()), dtype=np.float64))) or 1.0
    aside = _sphere(len(missing)) * spread
    found = {}
    for at, node in enumerate(missing):
        near = [known[other] for other in graph.simple.neighbors(node) if other in known]
        base = np.mean(np.asarray(near, dtype=np.float64), axis=0) if near else middle
        found[node] = _place(base + aside[at] * (0.4 if near else 1.5))
    return found


def _sphere(count: int) -> Points:
    """Points spread evenly over the unit sphere, along a golden spiral (Swinbank and Purser 2006)."""
    at = np.arange(count, dtype=np.float64)
    height = 1 - 2 * (at + 0.5) / max(count, 1)
    ring = np.sqrt(1 - height**2)
    return np.column_stack((ring * np.cos(GOLDEN_ANGLE * at), ring * np.sin(GOLDEN_ANGLE * at), height))


def _within(points: Points) -> Points:
    """Points moved and shrunk into the ball of radius `RADIUS`; strays are pulled in to where the outermost tenth begins.

    A node far out would make all others a dot.
    """
    points = points - np.median(points, axis=0)
    distance = np.linalg.norm(points, axis=1)
    reach = float(np.quantile(distance, 0.9)) or float(distance.max()) or 1.0
    far = np.maximum(distance / reach, 1.0)
    pulled = points / far[:, None] * np.sqrt(far)[:, None]
    largest = float(np.linalg.norm(pulled, axis=1).max()) or 1.0
    return np.asarray(pulled * (RADIUS / largest), dtype=np.float64)


def _place(point: Points) -> Place:
    # Rounded, so that the last bits of a processor's arithmetic don't make two layouts differ.
    x, y, z = (round(float(each), 6) for each in point)
    return Place(x, y, z)
