"""What belongs to an alert and the contract has no column for: who raised it, which guardian may know, what the student says
against it, and who supervises. All beyond the contract.

No form writes these rows: their columns are set by the services, in the name of whoever acts.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped

from domain.access.roles import Role
from domain.db.base import Base, Tenant
from domain.db.columns import choice, created, long_text, reference
from domain.kit.texts import N_
from domain.supervision.enums import HomeConcern, ReleaseDecision


class AlertRaising(Tenant, Base):
    """Who raised an alert, in which role, and whether it may have to do with the student's home. Automatic checks have none."""

    __tablename__ = "alert_raisings"
    __title__, __one__ = N_("Who raised alerts"), N_("Who raised an alert")
    __label__ = ("alert_id",)
    __order_by__ = ("-created_at",)
    __append_only__ = True
    __table_args__ = (UniqueConstraint("alert_id"),)

    alert_id: Mapped[str] = reference(N_("Alert"), "safety_alerts", automatic=True)
    user_id: Mapped[str] = reference(N_("Raised by"), "users", automatic=True)
    role: Mapped[Role] = choice(N_("As"), Role, automatic=True)
    home: Mapped[HomeConcern] = choice(N_("May have to do with home"), HomeConcern, automatic=True)
    created_at: Mapped[datetime] = created()


class AlertRelease(Tenant, Base):
    """A supervisor's decision whether one guardian learns of an alert. The latest about a guardian stands."""

    __tablename__ = "alert_releases"
    __title__, __one__ = N_("Releases to guardians"), N_("Release to a guardian")
    __label__ = ("alert_id", "guardian_id")
    __order_by__ = ("-created_at",)
    __append_only__ = True
    __table_args__ = (
        CheckConstraint(
            "decision = 'held' OR message IS NOT NULL",
            name="released_with_words",
            info={"message": N_("Please write what the guardian will read.")},
        ),
    )

    alert_id: Mapped[str] = reference(N_("Alert"), "safety_alerts", automatic=True)
    guardian_id: Mapped[str] = reference(N_("Guardian"), "users", automatic=True)
    decision: Mapped[ReleaseDecision] = choice(N_("Decision"), ReleaseDecision, automatic=True)
    message: Mapped[str | None] = long_text(N_("What the guardian reads"), automatic=True)
    reason: Mapped[str] = long_text(N_("Why"), automatic=True)
    user_id: Mapped[str] = reference(N_("Decided by"), "users", automatic=True)
    created_at: Mapped[datetime] = created()


class AlertContest(Tenant, Base):
    """What a student says against an alert that the automatic checks raised about them."""

    __tablename__ = "alert_contests"
    __title__, __one__ = N_("What students say against alerts"), N_("What a student says against an alert")
    __label__ = ("alert_id", "created_at")
    __order_by__ = ("-created_at",)
    __append_only__ = True

    alert_id: Mapped[str] = reference(N_("Alert"), "safety_alerts", automatic=True)
    user_id: Mapped[str] = reference(N_("Student"), "users", automatic=True)
    words: Mapped[str] = long_text(N_("What the student says"), automatic=True)
    created_at: Mapped[datetime] = created()


class AlertSupervisor(Tenant, Base):
    """Someone on the school's list for alerts, the earliest first."""

    __tablename__ = "alert_supervisors"
    __title__, __one__ = N_("The list for alerts"), N_("Supervisor")
    __label__ = ("user_id",)
    __order_by__ = ("created_at",)
    __table_args__ = (UniqueConstraint("user_id"),)

    user_id: Mapped[str] = reference(N_("Person"), "users", automatic=True, on_delete="CASCADE")
    added_by: Mapped[str | None] = reference(N_("Added by"), "users", automatic=True, on_delete="SET NULL")
    created_at: Mapped[datetime] = created()
