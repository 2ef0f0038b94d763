"""Closed sets of values in the toolbox: it has none of its own, the techniques are the curriculum's."""

from domain.curriculum.enums import Technique

__all__ = ["Technique"]
