"""What a right to read shows of a row: some columns as they are, some as dots, some by their last four characters or in part."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

SHORTEST = 8  # of a shorter value the last four characters would tell too much
LAST = 4


class Dots(str):
    """What stands for a value that isn't shown as it is: a text that no type of a column takes for its own."""

    __slots__ = ()


MASK = Dots("•••")


def has_dots(value: object) -> bool:
    """Whether a value is what stood for a hidden one, given back: by a form, or by a list that was exported and read in."""
    return isinstance(value, str) and "•••" in value


def last_four(value: object) -> Dots:
    """`•••• 1234`, where enough stays hidden; else dots alone."""
    text = str(value)
    return Dots(f"•••• {text[-LAST:]}") if len(text) >= SHORTEST else MASK


@dataclass(frozen=True)
class Mask:
    """The columns that aren't shown as they are, by their names in the database, and what is shown of them.

    Of `hidden` ones dots are shown, save of those in `last_four` (the last four characters), in `parts` (some keys of an
    object) and in `unsaid` (nothing: not even whether there is a value).
    """

    hidden: frozenset[str] = frozenset()
    last_four: frozenset[str] = frozenset()
    parts: Mapping[str, frozenset[str]] = field(default_factory=dict)
    unsaid: frozenset[str] = frozenset()

    def __or__(self, other: "Mask") -> "Mask":
        """What is shown where both rights hold: what one shows, no other hides."""
        hidden = self.hidden & other.hidden
        parts = {
            name: self.parts.get(name, frozenset()) | other.parts.get(name, frozenset())
            for name in hidden & (self.parts.keys() | other.parts.keys())
        }
        return Mask(hidden, hidden & (self.last_four | other.last_four), parts, self.unsaid & other.unsaid)

    def of(self, column: str, value: Any) -> Any:
        """A column's value as it is shown. What is empty stays so."""
        if column not in self.hidden or value is None:
            return value
        if column in self.parts:
            return {key: each for key, each in value.items() if key in self.parts[column]} if isinstance(value, dict) else None
        if column in self.unsaid:
            return None
        return last_four(value) if column in self.last_four else MASK
