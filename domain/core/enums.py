"""Closed sets of values in the core group."""

from domain.access.roles import Role
from domain.db.types import Choice
from domain.kit.texts import N_

__all__ = ["AddressType", "FamilyAccess", "Relationship", "Role"]


class AddressType(Choice):
    """What an address is for."""

    MAIN = "main", N_("Main address")
    BILLING = "billing", N_("Billing address")


class Relationship(Choice):
    """What a guardian is to a child."""

    MOTHER = "mother", N_("Mother")
    FATHER = "father", N_("Father")
    GUARDIAN = "guardian", N_("Guardian")
    OTHER = "other", N_("Other relative")


class FamilyAccess(Choice):
    """What a guardian may see of the child: all that guardians may, or nothing (a court's word, a dispute)."""

    ALL = "all", N_("May see the child's records")
    NONE = "none", N_("No access to the child's records")
