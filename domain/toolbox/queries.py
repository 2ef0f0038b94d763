"""What pages ask about a student's toolbox. Each answers for the acting student alone."""

from sqlalchemy import func, select

from domain.access.uow import ScopedSession
from domain.db.gather import gather
from domain.graph.graph import Edge, Graph, Node, Place
from domain.toolbox.models import KnowledgeEdge, KnowledgeNode

LARGEST = 1_000  # more stars than that are neither drawn nor measured in reasonable time
ORIGIN = Place(0.0, 0.0, 0.0)


def constellation(session: ScopedSession) -> Graph:
    """The acting student's own constellation, the largest stars of it, in the order in which they were made.

    Stars that were never put anywhere (several at the origin, where a new star starts) have no place.
    """
    mine = KnowledgeNode.user_id == session.actor.user_id
    columns = (
        KnowledgeNode.id,
        KnowledgeNode.label,
        KnowledgeNode.category,
        KnowledgeNode.x,
        KnowledgeNode.y,
        KnowledgeNode.z,
        KnowledgeNode.size,
        KnowledgeNode.color,
    )
    largest = select(*columns).where(mine).order_by(KnowledgeNode.size.desc(), KnowledgeNode.id).limit(LARGEST)
    total, found, lines = gather(
        session,
        lambda: session.scalar(select(func.count(KnowledgeNode.id)).where(mine)) or 0,
        lambda: session.execute(largest).all(),
        lambda: _lines(session),
    )
    stars = sorted(found, key=lambda star: star.id)
    unplaced = sum((star.x, star.y, star.z) == ORIGIN for star in stars) > 1
    nodes = []
    for star in stars:
        place = Place(star.x, star.y, star.z)
        nodes.append(
            Node(
                star.id,
                star.label,
                star.category or "",
                None if unplaced and place == ORIGIN else place,
                star.size,
                star.color,
            )
        )
    return Graph(tuple(nodes), lines, total)


def _lines(session: ScopedSession) -> tuple[Edge, ...]:
    columns = (KnowledgeEdge.source_id, KnowledgeEdge.target_id, KnowledgeEdge.label, KnowledgeEdge.strength)
    mine = select(*columns).where(KnowledgeEdge.user_id == session.actor.user_id).order_by(KnowledgeEdge.id)
    return tuple(Edge(line.source_id, line.target_id, line.label or "", line.strength) for line in session.execute(mine))
