"""A student's memory graph, its ledger, and what the student knows of the shared world.

Nodes, edges and contradictions go with their graph. The ledger doesn't: what must not be forgotten isn't swept away with the
rest, nor does a memory go because someone deletes the student's record; erasing is an act of its own.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped

from domain.db.base import Base, Tenant
from domain.db.columns import (
    blob,
    choice,
    created,
    flag,
    fraction,
    instant,
    json_value,
    long_text,
    number,
    reference,
    short_text,
    updated,
    whole,
)
from domain.db.types import JsonList, Tags
from domain.kit.clock import now
from domain.kit.errors import Unchangeable
from domain.kit.texts import N_
from domain.memory.enums import (
    Direction,
    EdgeType,
    LedgerCategory,
    MemorySource,
    Modality,
    ResolutionStrategy,
)

TWO_NODES = N_("Please choose two different memories.")


def _in_graph(table: str, *columns: str) -> tuple[ForeignKeyConstraint, ...]:
    """Keys that keep a row's nodes inside the row's own graph: no edge leads into another student's memory."""
    return tuple(
        ForeignKeyConstraint(
            ["graph_id", column],
            ["memory_nodes.graph_id", "memory_nodes.id"],
            name=f"fk_{table}_{column}_same_graph",
            ondelete="CASCADE",
        )
        for column in columns
    )


class MemoryGraph(Tenant, Base):
    """All that the companion remembers of a student, and how much was lost on the way."""

    __tablename__ = "memory_graphs"
    __title__, __one__ = N_("Memories"), N_("Memory of a student")
    __label__ = ("student_id",)
    __order_by__ = ("-created_at",)
    __table_args__ = (
        CheckConstraint(
            "oldest_memory <= newest_memory", name="span", info={"message": N_("The newest memory isn't older than the oldest.")}
        ),
    )

    student_id: Mapped[str] = reference(N_("Student"), "users", roles=("student",), unique=True)
    snr: Mapped[float] = number(
        N_("Signal to noise"), automatic=True, low=0, default=0.0, note=N_("How much of what was said is kept.")
    )
    compression_passes: Mapped[int] = whole(N_("Times compressed"), automatic=True, low=0, default=0)
    loss_vector: Mapped[bytes | None] = blob(N_("Loss"), note=N_("What compressing has cost so far."))
    node_count: Mapped[int] = whole(N_("Memories"), automatic=True, low=0, default=0)
    edge_count: Mapped[int] = whole(N_("Connections"), automatic=True, low=0, default=0)
    oldest_memory: Mapped[datetime | None] = instant(N_("Oldest memory"), automatic=True)
    newest_memory: Mapped[datetime | None] = instant(N_("Newest memory"), automatic=True)
    version: Mapped[int] = whole(
        N_("Version"), automatic=True, low=1, default=1, note=N_("Rises with each change of the memory.")
    )
    last_compressed: Mapped[datetime | None] = instant(N_("Last compressed"), automatic=True)
    last_accessed: Mapped[datetime | None] = instant(N_("Last used"), automatic=True)
    created_at: Mapped[datetime] = created()


class MemoryNode(Tenant, Base):
    """One memory."""

    __tablename__ = "memory_nodes"
    __title__, __one__ = N_("Memory nodes"), N_("Memory node")
    __label__ = ("content",)
    __order_by__ = ("-gravity",)
    __sealed__ = True
    __table_args__ = (
        Index("idx_memory_nodes_graph", "graph_id"),
        Index("idx_memory_nodes_gravity", text("gravity DESC")),
        UniqueConstraint("graph_id", "id"),  # what keys within one graph lean on
    )

    graph_id: Mapped[str] = reference(N_("Memory"), "memory_graphs", on_delete="CASCADE")
    content: Mapped[str] = long_text(N_("What is remembered"))
    content_hash: Mapped[str | None] = short_text(
        N_("Fingerprint"), 128, automatic=True, note=N_("Shows whether the text was changed.")
    )
    gravity: Mapped[float] = fraction(N_("Importance now"), default=1.0, note=N_("Fades while nobody thinks of it."))
    salience: Mapped[float] = fraction(N_("Importance at first"), default=1.0)
    confidence: Mapped[float] = fraction(N_("Certainty"), default=1.0)
    modality: Mapped[Modality] = choice(N_("Kind"), Modality, default=Modality.SEMANTIC)
    sequence: Mapped[int] = whole(N_("Position in time"), low=0, default=0)
    timestamp: Mapped[datetime] = instant(N_("Formed"), default=now)
    strength: Mapped[float] = fraction(N_("Strength"), default=1.0, note=N_("How firmly it is tied to other memories."))
    last_accessed: Mapped[datetime | None] = instant(N_("Last used"), automatic=True)
    source_type: Mapped[MemorySource | None] = choice(N_("Comes from"), MemorySource)
    source_id: Mapped[str | None] = short_text(N_("Source's key"), 80)
    embedding: Mapped[bytes | None] = blob(N_("Vector"), note=N_("By it, similar memories are found."))
    created_at: Mapped[datetime] = created()


class MemoryEdge(Tenant, Base):
    """What one memory has to do with another of the same student."""

    __tablename__ = "memory_edges"
    __title__, __one__ = N_("Memory connections"), N_("Memory connection")
    __label__ = ("source_id", "type", "target_id")
    __order_by__ = ("-weight",)
    __table_args__ = (
        Index("idx_memory_edges_graph", "graph_id"),
        Index("idx_memory_edges_source", "source_id"),
        Index("idx_memory_edges_target", "target_id"),
        Index("idx_memory_edges_type", "type"),
        UniqueConstraint("source_id", "target_id", "type"),
        CheckConstraint("source_id <> target_id", name="two_nodes", info={"message": TWO_NODES}),
        *_in_graph("memory_edges", "source_id", "target_id"),
    )

    graph_id: Mapped[str] = reference(N_("Memory"), "memory_graphs", on_delete="CASCADE")
    source_id: Mapped[str] = reference(N_("From"), "memory_nodes", on_delete="CASCADE")
    target_id: Mapped[str] = reference(N_("To"), "memory_nodes", on_delete="CASCADE")
    type: Mapped[EdgeType] = choice(N_("Relationship"), EdgeType, default=EdgeType.RELATES_TO)
    direction: Mapped[Direction] = choice(N_("Direction"), Direction, default=Direction.FORWARD)
    weight: Mapped[float] = fraction(N_("Weight"), default=0.5, note=N_("How readily one leads to the other."))
    valence: Mapped[float] = fraction(N_("Feeling"), low=-1.0, default=0.0, note=N_("From unpleasant to pleasant; 0 is neither."))
    reverse_weight: Mapped[float] = fraction(N_("Weight backward"), default=0.0, note=N_("The same, the other way."))
    sequence: Mapped[int] = whole(N_("Position in time"), low=0, default=0)
    strength: Mapped[float] = fraction(N_("Strength"), default=0.5)
    created_at: Mapped[datetime] = created()


class LedgerEntry(Tenant, Base):
    """Something that is kept whole and never compressed: a promise, a secret, a fact."""

    __tablename__ = "memory_ledger"
    __title__, __one__ = N_("Memory ledger"), N_("Ledger entry")
    __label__ = ("category", "created_at")
    __order_by__ = ("-importance",)
    __sealed__ = True
    __table_args__ = (
        Index("idx_memory_ledger_graph", "graph_id"),
        Index("idx_memory_ledger_category", "category"),
        Index("idx_memory_ledger_importance", text("importance DESC")),
        CheckConstraint("expires_at >= source_date", name="expiry", info={"message": N_("It ends after it was said.")}),
    )

    graph_id: Mapped[str] = reference(N_("Memory"), "memory_graphs")
    content: Mapped[str] = long_text(N_("Full text"))
    summary: Mapped[str | None] = long_text(N_("In short"), 1000)
    category: Mapped[LedgerCategory] = choice(N_("Kind"), LedgerCategory)
    importance: Mapped[float] = fraction(N_("Importance"), default=0.5)
    trigger_threshold: Mapped[float] = fraction(
        N_("Comes up from"), default=0.5, note=N_("How well a message must fit before this is brought up.")
    )
    linked_nodes: Mapped[list[Any]] = json_value(
        N_("Related memories"), JsonList, default=list, note=N_("The keys of memory nodes.")
    )
    triggers: Mapped[list[str]] = json_value(
        N_("Key words"), Tags, default=list, note=N_("Words and phrases that bring this up.")
    )
    trigger_entities: Mapped[list[str]] = json_value(
        N_("People and places"), Tags, default=list, note=N_("Names that bring this up.")
    )
    source_type: Mapped[str | None] = short_text(N_("Comes from"), 80)
    source_entity: Mapped[str | None] = short_text(N_("Who or what said it"))
    source_date: Mapped[datetime | None] = instant(N_("Said on"))
    is_active: Mapped[bool] = flag(N_("In use"), default=True, note=N_("What isn't in use is kept and not brought up."))
    expires_at: Mapped[datetime | None] = instant(N_("Ends"), note=N_("From then on it isn't brought up."))
    access_count: Mapped[int] = whole(N_("Times used"), automatic=True, low=0, default=0)
    last_accessed: Mapped[datetime | None] = instant(N_("Last used"), automatic=True)
    created_at: Mapped[datetime] = created()

    def lock_reason(self) -> str | None:
        # What protects a student is never erased by the student alone; until two people can, nobody does.
        return Unchangeable.source if self.category is LedgerCategory.THREAT else super().lock_reason()


class Contradiction(Tenant, Base):
    """Two memories that can't both hold, and what became of it. Resolved without a winner means that both stay."""

    __tablename__ = "memory_contradictions"
    __title__, __one__ = N_("Contradictions"), N_("Contradiction")
    __label__ = ("node_a", "node_b")
    __order_by__ = ("resolved", "-detected_at")
    __table_args__ = (
        Index("uq_memory_contradictions_open", "node_a", "node_b", unique=True, sqlite_where=text("resolved = 0")),
        # Said here because the one above holds only some of the rows.
        Index("ix_memory_contradictions_node_a", "node_a"),
        CheckConstraint("node_a <> node_b", name="two_nodes", info={"message": TWO_NODES}),
        CheckConstraint(
            "resolved_to IN (node_a, node_b)", name="winner", info={"message": N_("Please choose one of the two memories.")}
        ),
        CheckConstraint(
            "resolved = 1 OR resolved_to IS NULL", name="open", info={"message": N_("What isn't settled has no answer yet.")}
        ),
        CheckConstraint(
            "resolved = (resolved_at IS NOT NULL)",
            name="resolved_when",
            info={"message": N_("What is settled has a date, what isn't has none.")},
        ),
        CheckConstraint(
            "resolved_at >= detected_at", name="dates", info={"message": N_("It can't be settled before it was noticed.")}
        ),
        *_in_graph("memory_contradictions", "node_a", "node_b"),
    )

    graph_id: Mapped[str] = reference(N_("Memory"), "memory_graphs", on_delete="CASCADE")
    node_a: Mapped[str] = reference(N_("One memory"), "memory_nodes", on_delete="CASCADE")
    node_b: Mapped[str] = reference(N_("The other memory"), "memory_nodes", on_delete="CASCADE")
    resolved: Mapped[bool] = flag(N_("Settled"))
    # One of the two above, so that it goes as they go.
    resolved_to: Mapped[str | None] = reference(
        N_("Holds"), "memory_nodes", on_delete="CASCADE", note=N_("One of the two; empty if both hold.")
    )
    strategy: Mapped[ResolutionStrategy] = choice(N_("Settled by"), ResolutionStrategy, default=ResolutionStrategy.MANUAL)
    detected_at: Mapped[datetime] = instant(N_("Noticed"), default=now)
    resolved_at: Mapped[datetime | None] = instant(N_("Settled on"), note=N_("Needed once it is settled."))


class WorldOverlay(Tenant, Base):
    """What a student knows of shared knowledge, and how they feel about it. Nothing outside it is ever mentioned."""

    __tablename__ = "student_world_overlay"
    __title__, __one__ = N_("Known worlds"), N_("Known world")
    __label__ = ("student_id",)
    __order_by__ = ("-updated_at",)
    __sealed__ = True
    __table_args__ = (UniqueConstraint("student_id", "graph_id"),)

    student_id: Mapped[str] = reference(N_("Student"), "users", roles=("student",))
    graph_id: Mapped[str] = reference(N_("Memory"), "memory_graphs", on_delete="CASCADE")
    known_nodes: Mapped[list[Any]] = json_value(N_("Known nodes"), JsonList, default=list)
    known_edges: Mapped[list[Any]] = json_value(N_("Known connections"), JsonList, default=list)
    node_overrides: Mapped[dict[str, Any]] = json_value(
        N_("Attitudes"), default=dict, note=N_("Attitude (−1 to 1) and familiarity (0 to 1) for each node.")
    )
    relationship_cache: Mapped[dict[str, Any]] = json_value(N_("Relationships"), default=dict)
    stats: Mapped[dict[str, Any]] = json_value(N_("Figures"), default=dict)
    version: Mapped[int] = whole(N_("Version"), automatic=True, low=1, default=1, note=N_("Rises with each change."))
    created_at: Mapped[datetime] = created()
    updated_at: Mapped[datetime] = updated()
