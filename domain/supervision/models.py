"""Conversations (sealed), the fingerprints and the log of memories, alerts and their handling, wellbeing by the day.

Nothing here goes because a person's record does, save the wellbeing figures: logs, alerts and what was done about them stay.
"""

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped

from domain.db.base import Base, Tenant
from domain.db.columns import (
    blob,
    choice,
    created,
    day,
    flag,
    fraction,
    instant,
    json_value,
    long_text,
    reference,
    short_text,
    whole,
)
from domain.db.types import Tags
from domain.kit.clock import now
from domain.kit.texts import N_
from domain.supervision.enums import AlertLevel, AuditActor, AuditEntity, Detector, MessageRole

OPERATIONS = ("node.created", "node.updated", "node.deleted", "ledger.added", "graph.compressed")


class ChatSession(Tenant, Base):
    """A conversation with the companion: when and how long, not what was said."""

    __tablename__ = "chat_sessions"
    __title__, __one__ = N_("Conversations"), N_("Conversation")
    __label__ = ("student_id", "started_at")
    __order_by__ = ("-started_at",)
    __table_args__ = (
        CheckConstraint("ended_at >= started_at", name="dates", info={"message": N_("A conversation ends after it began.")}),
    )

    student_id: Mapped[str] = reference(N_("Student"), "users", roles=("student",))
    started_at: Mapped[dt.datetime] = instant(N_("Began"), default=now)
    ended_at: Mapped[dt.datetime | None] = instant(N_("Ended"))
    message_count: Mapped[int] = whole(N_("Messages"), low=0, default=0)
    # The column is called `metadata`, a name that a mapped class keeps for itself.
    details: Mapped[dict[str, Any]] = json_value(
        N_("Details"), name="metadata", default=dict, note=N_("Duration, mood if given; never what was said.")
    )


class ChatMessage(Tenant, Base):
    """A message, sealed with the student's key."""

    __tablename__ = "chat_messages"
    __title__, __one__ = N_("Messages"), N_("Message")
    __label__ = ("role", "timestamp")
    __order_by__ = ("session_id", "timestamp")
    __sealed__ = True

    session_id: Mapped[str] = reference(N_("Conversation"), "chat_sessions", on_delete="CASCADE")
    role: Mapped[MessageRole] = choice(N_("Speaker"), MessageRole)
    content_encrypted: Mapped[bytes] = blob(N_("Sealed text"), note=N_("Only the student's key opens it."))
    timestamp: Mapped[dt.datetime] = created()
    tokens_used: Mapped[int | None] = whole(N_("Tokens used"), automatic=True, low=0)


class IntegrityHash(Tenant, Base):
    """The fingerprint of a student's memory after a change."""

    __tablename__ = "memory_integrity_hashes"
    __title__, __one__ = N_("Fingerprints of memories"), N_("Fingerprint of a memory")
    __label__ = ("student_id", "created_at")
    __order_by__ = ("-created_at",)
    __append_only__ = True

    student_id: Mapped[str] = reference(N_("Student"), "users", roles=("student",))
    graph_hash: Mapped[str] = short_text(N_("Fingerprint of the graph"), 128)
    ledger_hash: Mapped[str] = short_text(N_("Fingerprint of the ledger"), 128)
    created_at: Mapped[dt.datetime] = created()


class MemoryAudit(Tenant, Base):
    """An operation on a student's memory: who did what to what, never the words."""

    __tablename__ = "memory_audit_log"
    __title__, __one__ = N_("Log of memories"), N_("Log entry")
    __label__ = ("operation", "timestamp")
    __order_by__ = ("-timestamp",)
    __append_only__ = True

    student_id: Mapped[str] = reference(N_("Student"), "users", roles=("student",))
    operation: Mapped[str] = short_text(N_("Operation"), 80, suggested=OPERATIONS)
    entity_type: Mapped[AuditEntity] = choice(N_("Touched"), AuditEntity)
    entity_id: Mapped[str | None] = short_text(N_("Key of what was touched"), 80)
    actor: Mapped[AuditActor] = choice(N_("Done by"), AuditActor)
    details: Mapped[dict[str, Any]] = json_value(N_("Details"), default=dict, note=N_("Never what was remembered."))
    timestamp: Mapped[dt.datetime] = created()


class SafetyAlert(Tenant, Base):
    """A worry about a student, from the moment it arose until it was settled: detected, acknowledged, resolved."""

    __tablename__ = "safety_alerts"
    __title__, __one__ = N_("Alerts"), N_("Alert")
    __label__ = ("student_id", "level", "detected_at")
    __order_by__ = ("-detected_at",)
    __table_args__ = (
        Index("idx_safety_alerts_student", "student_id"),
        Index("idx_safety_alerts_level", "level"),
        Index("idx_safety_alerts_unresolved", "resolved_at", sqlite_where=text("resolved_at IS NULL")),
        CheckConstraint(
            "(acknowledged_at IS NULL) = (acknowledged_by IS NULL)",
            name="acknowledged_by_whom",
            info={"message": N_("Please say when it was acknowledged, and by whom.")},
        ),
        CheckConstraint(
            "(resolved_at IS NULL) = (resolved_by IS NULL)",
            name="resolved_by_whom",
            info={"message": N_("Please say when it was resolved, and by whom.")},
        ),
        CheckConstraint(
            "acknowledged_at >= detected_at",
            name="acknowledged_after",
            info={"message": N_("It can't be acknowledged before it was raised.")},
        ),
        CheckConstraint(
            "resolved_at >= detected_at AND resolved_at >= acknowledged_at",
            name="resolved_after",
            info={"message": N_("It can't be resolved before it was raised and acknowledged.")},
        ),
        CheckConstraint(
            "resolved_at IS NULL OR acknowledged_at IS NOT NULL",
            name="acknowledged_first",
            info={"message": N_("Please acknowledge it first.")},
        ),
        CheckConstraint(
            "resolved_at IS NULL OR resolution_notes IS NOT NULL",
            name="resolved_how",
            info={"message": N_("Please say how it was resolved.")},
        ),
    )

    student_id: Mapped[str] = reference(N_("Student"), "users", roles=("student",))
    level: Mapped[AlertLevel] = choice(N_("Level"), AlertLevel, default=AlertLevel.YELLOW)
    reason: Mapped[str] = long_text(N_("Reason"), note=N_("What you noticed, in plain words."))
    detected_by: Mapped[Detector] = choice(N_("Raised by"), Detector)
    detected_at: Mapped[dt.datetime] = instant(N_("Raised"), default=now)
    acknowledged_at: Mapped[dt.datetime | None] = instant(N_("Acknowledged"), automatic=True)
    acknowledged_by: Mapped[str | None] = reference(N_("Acknowledged by"), "users", automatic=True)
    resolved_at: Mapped[dt.datetime | None] = instant(N_("Resolved"), automatic=True)
    resolved_by: Mapped[str | None] = reference(N_("Resolved by"), "users", automatic=True)
    resolution_notes: Mapped[str | None] = long_text(N_("How it was resolved"), automatic=True)
    notified_parents: Mapped[bool] = flag(N_("Guardians told"))
    notified_authorities: Mapped[bool] = flag(N_("Authorities told"), note=N_("Where the child-protection statute asks for it."))


class AlertAcknowledgment(Tenant, Base):
    """A step that someone took about an alert."""

    __tablename__ = "alert_acknowledgments"
    __title__, __one__ = N_("Steps taken"), N_("Step taken")
    __label__ = ("alert_id", "timestamp")  # what was done isn't for everyone who may know that something was
    __order_by__ = ("-timestamp",)
    __append_only__ = True

    alert_id: Mapped[str] = reference(N_("Alert"), "safety_alerts")
    user_id: Mapped[str] = reference(N_("Person"), "users", note=N_("Who took the step."))
    action_taken: Mapped[str] = short_text(N_("What was done"), 500)
    notes: Mapped[str | None] = long_text(N_("Notes"))
    timestamp: Mapped[dt.datetime] = created()


class WellbeingSnapshot(Tenant, Base):
    """A student's day in figures: how much, how often, how they said they felt."""

    __tablename__ = "wellbeing_snapshots"
    __title__, __one__ = N_("Wellbeing"), N_("Wellbeing on a day")
    __label__ = ("student_id", "date")
    __order_by__ = ("-date",)
    __table_args__ = (UniqueConstraint("student_id", "date"),)

    student_id: Mapped[str] = reference(N_("Student"), "users", roles=("student",), on_delete="CASCADE")
    date: Mapped[dt.date] = day(N_("Date"))
    engagement_score: Mapped[float | None] = fraction(N_("Engagement"), note=N_("0 is none, 1 is full."))
    emotional_indicators: Mapped[dict[str, Any] | None] = json_value(
        N_("Mood"), note=N_("Only what students say of themselves; empty means not asked.")
    )
    session_count: Mapped[int] = whole(N_("Conversations"), low=0, default=0)
    total_duration: Mapped[int] = whole(N_("Time together"), low=0, high=1440, default=0, unit=N_("minutes"))
    anomaly_flags: Mapped[list[str]] = json_value(
        N_("Out of the ordinary"), Tags, default=list, note=N_("What the automatic checks noticed.")
    )
