"""Closed sets of values in the curriculum."""

from domain.db.types import Choice
from domain.kit.texts import N_


class Technique(Choice):
    """The four ways of working with an AI that the school teaches."""

    ORBIT = "orbit", N_("Orbit")
    SLINGSHOT = "slingshot", N_("Slingshot")
    BLACK_HOLE = "black_hole", N_("Black hole")
    CONSTELLATION = "constellation", N_("Constellation")


class BadgeCategory(Choice):
    """What a badge is given for."""

    MODULE = "module", N_("Module completed")
    TECHNIQUE = "technique", N_("Technique mastered")
    STREAK = "streak", N_("Streak")
    SPECIAL = "special", N_("Special")
