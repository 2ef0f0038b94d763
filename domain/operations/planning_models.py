"""What the running of the school keeps beyond the contract: who waits for a seat, which clashes are allowed and why, from which
score a level begins, and the addresses that phone calendars subscribe to."""

import datetime as dt

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped

from domain.access.roles import Role
from domain.db.base import Base, Tenant
from domain.db.columns import choice, created, instant, long_text, reference, short_text, whole
from domain.kit.texts import N_
from domain.operations.enums import CalendarKind, WaitingStatus


class WaitingEntry(Tenant, Base):
    """Someone who waits for a seat in a class; the earliest first."""

    __tablename__ = "waiting_entries"
    __title__, __one__ = N_("Waiting lists"), N_("Place on a waiting list")
    __label__ = ("user_id", "class_id")
    __order_by__ = ("created_at",)
    __table_args__ = (
        Index("uq_waiting_entries_open", "user_id", "class_id", unique=True, sqlite_where=text("closed_at IS NULL")),
        CheckConstraint(
            "(status IN ('waiting', 'offered')) = (closed_at IS NULL)",
            name="closed",
            info={"message": N_("Only who still waits, or was offered a seat, has no end.")},
        ),
        CheckConstraint(
            "status <> 'offered' OR offer_ends_at IS NOT NULL",
            name="offer",
            info={"message": N_("An offer has an end.")},
        ),
    )

    user_id: Mapped[str] = reference(N_("Student"), "users", roles=("student",), on_delete="CASCADE")
    class_id: Mapped[str] = reference(N_("Class"), "classes", on_delete="CASCADE")
    status: Mapped[WaitingStatus] = choice(N_("Status"), WaitingStatus, default=WaitingStatus.WAITING, automatic=True)
    offered_at: Mapped[dt.datetime | None] = instant(N_("Offered"), automatic=True)
    offer_ends_at: Mapped[dt.datetime | None] = instant(N_("Offer ends"), automatic=True)
    closed_at: Mapped[dt.datetime | None] = instant(N_("Left the list"), automatic=True)
    notes: Mapped[str | None] = long_text(N_("Notes"), 500)
    created_at: Mapped[dt.datetime] = created()


class ClashPermit(Tenant, Base):
    """A clash that someone in charge allowed, and why. `finding` is the key of just this clash as it stood."""

    __tablename__ = "clash_permits"
    __title__, __one__ = N_("Allowed clashes"), N_("Allowed clash")
    __label__ = ("told",)
    __order_by__ = ("-created_at",)
    __table_args__ = (UniqueConstraint("organization_id", "finding"),)

    kind: Mapped[str] = short_text(N_("Kind"), 40, automatic=True)
    finding: Mapped[str] = short_text(N_("Key of the clash"), 400, automatic=True)
    told: Mapped[str] = short_text(N_("What clashes"), 500, automatic=True)
    reason: Mapped[str] = long_text(N_("Why it is allowed"), 500, automatic=True)
    user_id: Mapped[str | None] = reference(N_("Allowed by"), "users", on_delete="SET NULL", automatic=True)
    created_at: Mapped[dt.datetime] = created()


class PlacementThreshold(Tenant, Base):
    """From which score of a placement test a level is recommended."""

    __tablename__ = "placement_thresholds"
    __title__, __one__ = N_("Placement thresholds"), N_("Placement threshold")
    __label__ = ("course_type_id", "level_id")
    __order_by__ = ("course_type_id", "from_score")
    __table_args__ = (UniqueConstraint("course_type_id", "from_score"), UniqueConstraint("level_id"))

    course_type_id: Mapped[str] = reference(N_("Course"), "course_types", on_delete="CASCADE")
    level_id: Mapped[str] = reference(N_("Level"), "levels", on_delete="CASCADE", note=N_("A level of the same course."))
    from_score: Mapped[int] = whole(N_("From score"), low=0, high=100)


class CalendarLink(Tenant, Base):
    """A secret address under which a person's calendar program reads sessions, in one role of theirs. Only its hash is kept."""

    __tablename__ = "calendar_links"
    __title__, __one__ = N_("Calendar addresses"), N_("Calendar address")
    __label__ = ("user_id", "created_at")
    __order_by__ = ("-created_at",)
    __sealed__ = True

    user_id: Mapped[str] = reference(N_("Person"), "users", on_delete="CASCADE", automatic=True)
    role: Mapped[Role] = choice(N_("As"), Role, automatic=True)
    kind: Mapped[CalendarKind] = choice(N_("Calendar"), CalendarKind, automatic=True)
    record_id: Mapped[str | None] = short_text(N_("Whose"), 26, automatic=True)
    code_hash: Mapped[str] = short_text(N_("Hash of the address"), 64, unique=True, automatic=True)
    last_used_at: Mapped[dt.datetime | None] = instant(N_("Last used"), automatic=True)
    created_at: Mapped[dt.datetime] = created()
