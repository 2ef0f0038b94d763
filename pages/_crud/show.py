"""A value as a person reads it: the same words as in exports, which the domain writes."""

from domain.records.show import DASH, is_tabular, say, short

__all__ = ["DASH", "is_tabular", "say", "short"]
