"""People's pictures, beyond the contract: in a table of their own, so that lists of people don't carry them."""

from datetime import datetime

from sqlalchemy.orm import Mapped

from domain.db.base import Base, Tenant
from domain.db.columns import blob, created, reference, short_text
from domain.kit.texts import N_


class Picture(Tenant, Base):
    """A person's picture, small and square, as the app itself wrote it (WebP)."""

    __tablename__ = "pictures"
    __title__, __one__ = N_("Pictures of people"), N_("Picture of a person")
    __label__ = ("user_id",)
    __order_by__ = ("id",)
    __sealed__ = True

    user_id: Mapped[str] = reference(N_("Person"), "users", on_delete="CASCADE", unique=True)
    image: Mapped[bytes] = blob(N_("Picture"))
    digest: Mapped[str] = short_text(N_("Digest of the picture"), 64)
    created_at: Mapped[datetime] = created()
