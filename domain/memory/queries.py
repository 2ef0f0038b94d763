"""What pages ask about a companion's memory. Each answers for the acting student alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from domain.access.uow import ScopedSession
from domain.db.gather import gather
from domain.graph.graph import Edge, Graph, Node
from domain.memory.enums import EdgeType, LedgerCategory, Modality, ResolutionStrategy
from domain.memory.models import Contradiction, LedgerEntry, MemoryEdge, MemoryGraph, MemoryNode

LARGEST = 1_000  # the size above which a memory is compressed anyway


@dataclass(frozen=True)
class Memory:
    """One memory, as its student reads it. `gravity`: how important it is now; `salience`: how important it was at first."""

    id: str
    content: str
    modality: Modality
    gravity: float
    salience: float
    confidence: float
    formed: datetime
    last_used: datetime | None


@dataclass(frozen=True)
class Kept:
    """An entry of the ledger: kept whole, never compressed."""

    id: str
    category: LedgerCategory
    content: str
    summary: str | None
    importance: float
    said: datetime | None
    made: datetime
    is_active: bool
    expires: datetime | None


@dataclass(frozen=True)
class Conflict:
    """Two memories that can't both hold. `holds`: which of the two does, once it is settled; None if both do."""

    id: str
    one: str
    other: str
    noticed: datetime
    settled: datetime | None
    holds: str | None
    strategy: ResolutionStrategy


def has_memory(session: ScopedSession) -> bool:
    """Whether the companion has begun to remember anything of the acting student."""
    mine = select(func.count(MemoryGraph.id)).where(MemoryGraph.student_id == session.actor.user_id)
    return bool(session.scalar(mine))


def memories(session: ScopedSession) -> tuple[Memory, ...]:
    """What is remembered, the most important now first, at most `LARGEST`."""
    columns = (
        MemoryNode.id,
        MemoryNode.content,
        MemoryNode.modality,
        MemoryNode.gravity,
        MemoryNode.salience,
        MemoryNode.confidence,
        MemoryNode.timestamp,
        MemoryNode.last_accessed,
    )
    found = select(*columns).where(MemoryNode.graph_id.in_(_own(session))).order_by(MemoryNode.gravity.desc(), MemoryNode.id)
    return tuple(Memory(*row) for row in session.execute(found.limit(LARGEST)))


@dataclass(frozen=True)
class Remembered:
    """All that a companion remembers of its student. `begun`: whether it has begun to."""

    memories: tuple[Memory, ...]
    graph: Graph
    ledger: tuple[Kept, ...]
    conflicts: tuple[Conflict, ...]
    begun: bool


def remembered(session: ScopedSession) -> Remembered:
    """What the acting student's companion remembers, waited for once."""
    found, kept, contradicting, begun, (total, edges) = gather(
        session,
        lambda: memories(session),
        lambda: ledger(session),
        lambda: conflicts(session),
        lambda: has_memory(session),
        lambda: gather(session, lambda: count_memories(session), lambda: memory_lines(session)),
    )
    return Remembered(found, _graph(found, edges, total), kept, contradicting, begun)


def memory_graph(session: ScopedSession, found: Sequence[Memory] | None = None) -> Graph:
    """The acting student's memories and what they have to do with each other; sized by gravity, without places.

    A node's category is its modality's value, a line's label the value of its type. `found`: what `memories` gave already.
    """
    total, nodes, edges = gather(
        session,
        lambda: count_memories(session),
        lambda: memories(session) if found is None else tuple(found),
        lambda: memory_lines(session),
    )
    return _graph(nodes, edges, total)


def _graph(found: Sequence[Memory], edges: tuple[Edge, ...], total: int) -> Graph:
    nodes = tuple(Node(each.id, each.content, each.modality.value, None, each.gravity) for each in found)
    return Graph(nodes, edges, total)


def count_memories(session: ScopedSession) -> int:
    """How many memories there are, those beyond `LARGEST` among them."""
    return session.scalar(select(func.count(MemoryNode.id)).where(MemoryNode.graph_id.in_(_own(session)))) or 0


def memory_lines(session: ScopedSession) -> tuple[Edge, ...]:
    """What memories have to do with each other; a line's label is the value of its type."""
    columns = (MemoryEdge.source_id, MemoryEdge.target_id, MemoryEdge.type, MemoryEdge.weight)
    lines = select(*columns).where(MemoryEdge.graph_id.in_(_own(session))).order_by(MemoryEdge.id)
    return tuple(Edge(source, target, EdgeType(kind).value, weight) for source, target, kind, weight in session.execute(lines))


def ledger(session: ScopedSession) -> tuple[Kept, ...]:
    """What the companion keeps whole, the most important first."""
    columns = (
        LedgerEntry.id,
        LedgerEntry.category,
        LedgerEntry.content,
        LedgerEntry.summary,
        LedgerEntry.importance,
        LedgerEntry.source_date,
        LedgerEntry.created_at,
        LedgerEntry.is_active,
        LedgerEntry.expires_at,
    )
    found = (
        select(*columns).where(LedgerEntry.graph_id.in_(_own(session))).order_by(LedgerEntry.importance.desc(), LedgerEntry.id)
    )
    return tuple(Kept(*row) for row in session.execute(found))


def conflicts(session: ScopedSession) -> tuple[Conflict, ...]:
    """Memories that contradict each other, the open ones first, then the latest."""
    one, other, true = aliased(MemoryNode), aliased(MemoryNode), aliased(MemoryNode)
    columns = (
        Contradiction.id,
        one.content,
        other.content,
        Contradiction.detected_at,
        Contradiction.resolved_at,
        true.content,
        Contradiction.strategy,
    )
    found = (
        select(*columns)
        .join(one, one.id == Contradiction.node_a)
        .join(other, other.id == Contradiction.node_b)
        .outerjoin(true, true.id == Contradiction.resolved_to)
        .where(Contradiction.graph_id.in_(_own(session)))
        .order_by(Contradiction.resolved, Contradiction.detected_at.desc(), Contradiction.id)
    )
    return tuple(Conflict(*row) for row in session.execute(found))


def _own(session: ScopedSession) -> Select[str]:
    return select(MemoryGraph.id).where(MemoryGraph.student_id == session.actor.user_id)
