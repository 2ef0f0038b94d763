"""What signing in by an identity provider keeps, beyond the contract: who is linked to which identity, who was invited to link
one, and who has just arrived from a provider. No policy names these tables, so no page, grid or search reaches them."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from domain.db.base import Base, Tenant
from domain.db.columns import created, instant, long_text, reference, shaped, short_text
from domain.db.types import Email
from domain.kit.texts import N_


class Identity(Tenant, Base):
    """A person as an identity provider knows them: by issuer and subject together, which no other provider can name."""

    __tablename__ = "identities"
    __title__, __one__ = N_("Linked identities"), N_("Linked identity")
    __label__ = ("user_id", "issuer")
    __order_by__ = ("id",)
    __sealed__ = True
    __table_args__ = (
        UniqueConstraint("organization_id", "issuer", "subject"),
        Index("ix_identities_issuer_subject", "issuer", "subject"),
    )

    user_id: Mapped[str] = reference(N_("Person"), "users", on_delete="CASCADE")
    issuer: Mapped[str] = short_text(N_("Identity provider"), 255)
    subject: Mapped[str] = short_text(N_("Identity provider's key"), 255)
    created_at: Mapped[datetime] = created()
    last_used_at: Mapped[datetime | None] = instant(N_("Last used"))


class Invitation(Tenant, Base):
    """A person may link, once, the identity that proves this e-mail. The address is the person's own as it was when invited."""

    __tablename__ = "invitations"
    __title__, __one__ = N_("Invitations"), N_("Invitation")
    __label__ = ("user_id", "created_at")
    __order_by__ = ("id",)
    __sealed__ = True

    user_id: Mapped[str] = reference(N_("Person"), "users", on_delete="CASCADE", unique=True)
    email: Mapped[str] = shaped(Email(), N_("E-mail"), index=True)
    made_by: Mapped[str | None] = reference(N_("Invited by"), "users", on_delete="CASCADE")
    created_at: Mapped[datetime] = created()
    expires_at: Mapped[datetime] = instant(N_("Ends"))


class Arrival(Base):
    """Someone who came back from an identity provider. Of no school: who they are here is found out when they enter.

    `code_hash` and `identity` are emptied as soon as they are used; the row stays as long as the flow could be replayed.
    """

    __tablename__ = "arrivals"
    __title__, __one__ = N_("Arrivals from identity providers"), N_("Arrival from an identity provider")
    __label__ = ("created_at",)
    __order_by__ = ("id",)
    __table_args__ = (Index("ix_arrivals_created_at", "created_at"),)
    __sealed__ = True

    state_hash: Mapped[str] = short_text(N_("Hash of the flow"), 64, unique=True)
    code_hash: Mapped[str | None] = short_text(N_("Hash of the code"), 64, unique=True)
    identity: Mapped[str | None] = long_text(N_("Identity"), 4000)
    created_at: Mapped[datetime] = created()
