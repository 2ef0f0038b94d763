"""What sign-in needs, beyond the contract: passwords' hashes, second factors, signed-in browsers, one-use tickets. No policy
names these tables, so no page, grid or search reaches them."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from domain.access.roles import Role
from domain.db.base import Base, Tenant
from domain.db.columns import choice, created, flag, instant, reference, shaped, short_text, whole
from domain.db.types import Email
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
    browser: Mapped[str | None] = short_text(N_("Browser"), 60, sort_order=95)  # last, where an added column comes to lie
    address: Mapped[str | None] = short_text(N_("Network address"), 45, sort_order=96)
    factor_at: Mapped[datetime | None] = instant(N_("Second step taken"), sort_order=97)
    # None: by password. Whatever came by a link goes with it.
    identity_id: Mapped[str | None] = reference(N_("Came by"), "identities", on_delete="CASCADE", sort_order=98)


# Whoever is disabled has no link any more, and what was mailed to an address is void once the person has another: whoever writes,
# and for good, so that neither comes back with what is set right again.
LINKS_END = {
    "tr_reset_links_end": "CREATE TRIGGER tr_reset_links_end AFTER UPDATE OF email, is_active ON users "
    "WHEN NEW.email IS NOT OLD.email OR NOT NEW.is_active "
    "BEGIN DELETE FROM reset_links WHERE user_id = NEW.id AND (mailed_to IS NOT NULL OR NOT NEW.is_active); END"
}


class ResetLink(Tenant, Base):
    """A one-use link with which a person gives themself a new password. It holds a random code, the row only its SHA-256.

    A person may have two: one that was handed out, and one that was mailed.
    """

    __tablename__ = "reset_links"
    __title__, __one__ = N_("Links for a new password"), N_("Link for a new password")
    __label__ = ("user_id", "created_at")
    __order_by__ = ("id",)
    __sealed__ = True

    __triggers__ = LINKS_END

    user_id: Mapped[str] = reference(N_("Person"), "users", on_delete="CASCADE")
    made_by: Mapped[str | None] = reference(N_("Handed out by"), "users", on_delete="CASCADE")
    code_hash: Mapped[str] = short_text(N_("Hash of the code"), 64, unique=True)
    created_at: Mapped[datetime] = created()
    expires_at: Mapped[datetime] = instant(N_("Ends"))
    mailed_to: Mapped[str | None] = shaped(Email(), N_("Mailed to"), sort_order=95)  # last, where an added column comes to lie


class SecondFactor(Tenant, Base):
    """A person's authenticator (TOTP): its secret, sealed. `next_secret` becomes the secret once a code proves that it is held.

    `last_step`: the time step of the last code that was taken, so that none is taken twice.
    """

    __tablename__ = "second_factors"
    __title__, __one__ = N_("Second steps at sign-in"), N_("Second step at sign-in")
    __label__ = ("user_id",)
    __order_by__ = ("id",)
    __sealed__ = True

    user_id: Mapped[str] = reference(N_("Person"), "users", on_delete="CASCADE", unique=True)
    secret: Mapped[str | None] = short_text(N_("Sealed secret"), 400)
    next_secret: Mapped[str | None] = short_text(N_("Sealed secret being set up"), 400)
    last_step: Mapped[int | None] = whole(N_("Last time step"), low=0)
    created_at: Mapped[datetime] = created()
    confirmed_at: Mapped[datetime | None] = instant(N_("Confirmed"))


class RecoveryCode(Tenant, Base):
    """One of the codes that stand in for a lost authenticator, as a SHA-256: each is 80 random bits, and works once."""

    __tablename__ = "recovery_codes"
    __title__, __one__ = N_("Recovery codes"), N_("Recovery code")
    __label__ = ("user_id", "created_at")
    __order_by__ = ("id",)
    __sealed__ = True

    user_id: Mapped[str] = reference(N_("Person"), "users", on_delete="CASCADE")
    code_hash: Mapped[str] = short_text(N_("Hash of the code"), 64, unique=True)
    created_at: Mapped[datetime] = created()
    used_at: Mapped[datetime | None] = instant(N_("Used"))


class SignInStep(Tenant, Base):
    """Someone between their password and a session: proven once, for some minutes, and good for nothing but the next step."""

    __tablename__ = "sign_in_steps"
    __title__, __one__ = N_("Sign-ins under way"), N_("Sign-in under way")
    __label__ = ("user_id", "created_at")
    __order_by__ = ("id",)
    __sealed__ = True

    user_id: Mapped[str] = reference(N_("Person"), "users", on_delete="CASCADE")
    token_hash: Mapped[str] = short_text(N_("Hash of the token"), 64, unique=True)
    created_at: Mapped[datetime] = created()
    expires_at: Mapped[datetime] = instant(N_("Ends"))
    factor_at: Mapped[datetime | None] = instant(N_("Second step taken"))
    identity_id: Mapped[str | None] = reference(N_("Came by"), "identities", on_delete="CASCADE", sort_order=95)


class SignInAttempt(Base):
    """How many attempts to sign in an e-mail or a network address has to be forgiven. Of no school: an e-mail may be nobody's.

    `forgiven_at` says it all: each attempt puts it off by a while, and the row means nothing once it is past.
    """

    __tablename__ = "sign_in_attempts"
    __title__, __one__ = N_("Attempts to sign in"), N_("Attempt to sign in")
    __label__ = ("subject_hash",)
    __order_by__ = ("id",)
    __table_args__ = (Index("ix_sign_in_attempts_forgiven_at", "forgiven_at"),)
    __sealed__ = True

    subject_hash: Mapped[str] = short_text(N_("Hash of an e-mail or an address"), 64, unique=True)
    forgiven_at: Mapped[datetime] = instant(N_("Forgiven"))
    last_at: Mapped[datetime] = instant(N_("Last attempt"))
