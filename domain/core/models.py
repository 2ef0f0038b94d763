"""Schools and their people."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from domain.core.enums import AddressType, FamilyAccess, Relationship, Role
from domain.db.base import Base, Tenant
from domain.db.columns import (
    choice,
    created,
    day,
    flag,
    instant,
    json_value,
    long_text,
    reference,
    shaped,
    short_text,
    updated,
)
from domain.db.text_types import PictureUrl
from domain.db.types import Cpf, Email, Phone, Slug
from domain.kit.texts import N_


class Organization(Base):
    """A school: the container that nothing crosses."""

    __tablename__ = "organizations"
    __title__, __one__ = N_("Schools"), N_("School")

    name: Mapped[str] = short_text(N_("School name"))
    slug: Mapped[str] = shaped(
        Slug(80), N_("Short name"), note=N_("For web addresses: lower-case letters, digits, hyphens."), unique=True
    )
    clerk_org_id: Mapped[str | None] = short_text(N_("Identity provider's key"), unique=True)
    settings: Mapped[dict[str, Any]] = json_value(
        N_("Settings"), default=dict, note=N_("Time zone, holidays, closed days, opening hours, sign-in.")
    )
    created_at: Mapped[datetime] = created()
    # Beyond the contract: the mark of an invented school, set by the demo alone. No form and no setting can write it.
    is_demo: Mapped[bool] = flag(N_("Invented school"), hidden=True)


class User(Tenant, Base):
    """A person of the school, in whatever role."""

    __tablename__ = "users"
    __title__, __one__ = N_("People"), N_("Person")
    __label__ = ("first_name", "last_name")
    __table_args__ = (
        Index("idx_users_org_role", "organization_id", "role"),
        UniqueConstraint("organization_id", "email"),
        UniqueConstraint("organization_id", "cpf"),
        UniqueConstraint("clerk_user_id"),
    )

    clerk_user_id: Mapped[str | None] = short_text(N_("Identity provider's key"))
    email: Mapped[str | None] = shaped(Email(), N_("E-mail"), note=N_("Signs the person in; young students may go without."))
    first_name: Mapped[str] = short_text(N_("First name"), 80)
    last_name: Mapped[str] = short_text(N_("Last name"), 120)
    role: Mapped[Role] = choice(N_("Role"), Role, note=N_("The role that the person starts in."))
    phone: Mapped[str | None] = shaped(Phone(), N_("Phone"))
    whatsapp: Mapped[str | None] = shaped(Phone(), N_("WhatsApp"))
    cpf: Mapped[str | None] = shaped(Cpf(), N_("CPF"))
    birth_date: Mapped[date | None] = day(N_("Date of birth"))
    avatar_url: Mapped[str | None] = shaped(
        PictureUrl(), N_("Picture"), note=N_("Set when the person uploads one. A picture that lies elsewhere isn't shown.")
    )
    is_active: Mapped[bool] = flag(N_("Active"), default=True, note=N_("Someone inactive can't sign in."))
    created_at: Mapped[datetime] = created()
    updated_at: Mapped[datetime] = updated()
    # Beyond the contract: the language that the person chose; without one, the browser's.
    language: Mapped[str | None] = short_text(N_("Language"), 10, suggested=("en", "pt_BR"))


def _start_stays(verb: str, of: str = "") -> dict[str, str]:
    name = f"tr_user_roles_start_{verb.lower()}"
    starting = "EXISTS (SELECT 1 FROM users WHERE id = OLD.user_id AND role = OLD.role)"
    refuse = "BEGIN SELECT RAISE(ABORT, 'locked: user_roles'); END"
    return {name: f"CREATE TRIGGER {name} BEFORE {verb}{of} ON user_roles WHEN {starting} {refuse}"}


# The role that a person starts in is always among those that they hold, whoever writes. A person's own delete takes the row
# along: then there is no person left to ask.
START_STAYS = _start_stays("DELETE") | _start_stays("UPDATE", " OF user_id, role")


class UserRole(Tenant, Base):
    """A role that a person holds. Beyond the contract: a teacher may also be a parent; `users.role` is where one starts."""

    __tablename__ = "user_roles"
    __title__, __one__ = N_("Roles of people"), N_("Role of a person")
    __label__ = ("user_id", "role")
    __order_by__ = ("user_id", "role")
    __table_args__ = (
        UniqueConstraint("user_id", "role"),
        Index("idx_user_roles_role", "organization_id", "role", "user_id"),  # who works at the school
    )

    __triggers__ = START_STAYS

    user_id: Mapped[str] = reference(N_("Person"), "users", on_delete="CASCADE")
    role: Mapped[Role] = choice(N_("Role"), Role)


class Address(Tenant, Base):
    """Where a person lives or is billed."""

    __tablename__ = "addresses"
    __title__, __one__ = N_("Addresses"), N_("Address")
    __label__ = ("street", "number", "city")
    __table_args__ = (UniqueConstraint("user_id", "type"),)

    user_id: Mapped[str] = reference(N_("Person"), "users", on_delete="CASCADE")
    type: Mapped[AddressType] = choice(N_("Kind"), AddressType, default=AddressType.MAIN)
    street: Mapped[str] = short_text(N_("Street"))
    number: Mapped[str] = short_text(N_("Number"), 20)
    complement: Mapped[str | None] = short_text(N_("Complement"), 80)
    neighborhood: Mapped[str | None] = short_text(N_("Neighbourhood"), 80)
    city: Mapped[str] = short_text(N_("City"), 80)
    state: Mapped[str] = short_text(N_("State"), 2, note=N_("Two letters, such as SP."))
    zip_code: Mapped[str] = short_text(N_("Postal code (CEP)"), 9)
    created_at: Mapped[datetime] = created()


def _keep_former(verb: str, when: str) -> dict[str, str]:
    name = f"tr_families_former_{verb.split(maxsplit=1)[0].lower()}"
    both = "(SELECT COUNT(*) FROM users WHERE id IN (OLD.parent_id, OLD.child_id)) = 2"
    key = "substr(OLD.id, 1, 10) || hex(randomblob(8))"  # as long as a ULID, and of its letters
    moment = "strftime('%Y-%m-%d %H:%M:%f', 'now') || '000'"
    row = f"VALUES ({key}, OLD.organization_id, OLD.parent_id, OLD.child_id, {moment})"
    insert = f"INSERT INTO former_families (id, organization_id, parent_id, child_id, ended_at) {row}"
    return {name: f"CREATE TRIGGER {name} AFTER {verb} ON families WHEN {when}{both} BEGIN {insert}; END"}


# Whoever ends a link, and by whatever way, it is remembered as long as both people are there.
_MOVED = "(NEW.parent_id IS NOT OLD.parent_id OR NEW.child_id IS NOT OLD.child_id) AND "
FORMER_KEPT = _keep_former("DELETE", "") | _keep_former("UPDATE OF parent_id, child_id", _MOVED)


class Family(Tenant, Base):
    """A guardian and a child."""

    __tablename__ = "families"
    __title__, __one__ = N_("Families"), N_("Family link")
    __label__ = ("parent_id", "child_id")
    __order_by__ = ("-created_at",)
    __table_args__ = (
        UniqueConstraint("parent_id", "child_id"),
        CheckConstraint("parent_id <> child_id", name="not_oneself"),
    )
    __triggers__ = FORMER_KEPT

    parent_id: Mapped[str] = reference(N_("Guardian"), "users", roles=("parent",), on_delete="CASCADE")
    child_id: Mapped[str] = reference(N_("Child"), "users", roles=("student",), on_delete="CASCADE")
    relationship: Mapped[Relationship] = choice(N_("Relationship"), Relationship)
    is_primary: Mapped[bool] = flag(N_("Primary responsible"))
    created_at: Mapped[datetime] = created()
    # Beyond the contract: what decides on a guardian's sight (DOMAIN, "Who may do what").
    access: Mapped[FamilyAccess] = choice(N_("Access"), FamilyAccess, default=FamilyAccess.ALL)
    lives_together: Mapped[bool] = flag(N_("Lives with this guardian"), default=True)
    adult_agreed: Mapped[bool] = flag(
        N_("Agreed as an adult"), note=N_("From 18 on, the student decides whether the guardian still sees anything.")
    )


class FormerFamily(Tenant, Base):
    """A guardian and a child whose link has ended: what was withheld from the guardian stays so. Beyond the contract.

    The database itself writes these rows (see Family), whoever ends a link; nobody else does, and no page reaches them.
    """

    __tablename__ = "former_families"
    __title__, __one__ = N_("Former families"), N_("Former family link")
    __label__ = ("parent_id", "child_id")
    __order_by__ = ("id",)

    parent_id: Mapped[str] = reference(N_("Guardian"), "users", automatic=True, on_delete="CASCADE")
    child_id: Mapped[str] = reference(N_("Child"), "users", automatic=True, on_delete="CASCADE")
    ended_at: Mapped[datetime] = instant(N_("Ended"), automatic=True)


class SavedView(Tenant, Base):
    """A grid as someone likes it: its filters, order and columns, under a name. Beyond the contract."""

    __tablename__ = "saved_views"
    __title__, __one__ = N_("Saved views"), N_("Saved view")
    __table_args__ = (UniqueConstraint("user_id", "table_name", "name"),)

    user_id: Mapped[str] = reference(N_("Person"), "users", on_delete="CASCADE")
    table_name: Mapped[str] = short_text(N_("Table"), 80)
    name: Mapped[str] = short_text(N_("Name"), 80)
    query: Mapped[str] = long_text(N_("Filters and order"), 4000)
    created_at: Mapped[datetime] = created()
