"""What sign-in needs, beyond the contract: passwords' hashes, signed-in browsers, one-use tickets. No policy names these
tables, so no page, grid or search reaches them."""

from datetime import datetime

from sqlalchemy.orm import Mapped

from domain.access.roles import Role
from domain.db.base import Base, Tenant
from domain.db.columns import choice, created, flag, instant, reference, short_text
from domain.kit.texts import N_


class Credential(Tenant, Base):
    """A person's password, as an argon2id hash."""

    __tablename__ = "credentials"
    __title__, __one__ = N_("Passwords"), N_("Password")
    __label__ = ("user_id",)
    __order_by__ = ("id",)
    __sealed__ = True

    user_id: Mapped[str] = reference(N_("Person"), "users", on_delete="CASCADE", unique=True)
    password_hash: Mapped[str] = short_text(N_("Hash"), 400)
    created_at: Mapped[datetime] = created()
    changed_at: Mapped[datetime] = instant(N_("Changed"))


class SignIn(Tenant, Base):
    """A signed-in browser, in one role. The cookie holds a random token, the row only its SHA-256."""

    __tablename__ = "sign_ins"
    __title__, __one__ = N_("Signed-in browsers"), N_("Signed-in browser")
    __label__ = ("user_id", "created_at")
    __order_by__ = ("id",)
    __sealed__ = True

    user_id: Mapped[str] = reference(N_("Person"), "users", on_delete="CASCADE")
    role: Mapped[Role] = choice(N_("Role"), Role)
    token_hash: Mapped[str] = short_text(N_("Hash of the token"), 64, unique=True)
    is_ticket: Mapped[bool] = flag(N_("One-use ticket"), note=N_("Handed to the browser once, for a cookie."))
    created_at: Mapped[datetime] = created()
    last_seen_at: Mapped[datetime] = instant(N_("Last seen"))
    expires_at: Mapped[datetime] = instant(N_("Ends"))
