"""Someone who sees every figure, knows every rule, and reckons: what must be true of people whom no figure is about?

What a figure says is an interval: "5 to 9". A combination of figures is an interval too. The attacker has won when a group that
somebody is surely in surely has fewer than five people.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, combinations

from domain.figures.questions import Answer
from domain.figures.rules import Figure

FIVE = 5  # the law's own number, not the code's


@dataclass(frozen=True)
class Between:
    """How many people, at least and at most."""

    low: int
    high: int

    @classmethod
    def of(cls, told: Figure) -> "Between":
        """What a figure says of its group."""
        return cls(told.at_least, told.at_least + FIVE - 1)

    def __add__(self, other: "Between") -> "Between":
        return Between(self.low + other.low, self.high + other.high)

    def __sub__(self, other: "Between") -> "Between":
        """How many are in this group and not in the other, if the other lies within it."""
        return Between(max(self.low - other.high, 0), max(self.high - other.low, 0))

    @property
    def isolates(self) -> bool:
        """Whether there surely is somebody, and surely fewer than five."""
        return self.low >= 1 and self.high < FIVE


def unions(figures: Sequence[Figure]) -> Iterator[tuple[Figure, ...]]:
    """Every choice of one figure or more."""
    return chain.from_iterable(combinations(figures, count) for count in range(1, len(figures) + 1))


def added(figures: Iterable[Figure]) -> Between:
    """What figures of groups without a common member say together."""
    total = Between(0, 0)
    for each in figures:
        total += Between.of(each)
    return total


def wins(answers: Iterable[Answer], *, known: Sequence[int] = ()) -> list[str]:
    """What can be isolated from these answers: by any figure, any two, any total less its parts, any known number less parts.

    `known`: numbers that the attacker may read exactly, such as how many students there are.
    """
    figures = [each for answer in answers for each in answer.figures if each.is_told]
    found = [f"{each}" for each in figures if Between.of(each).isolates]
    for one, other in combinations(figures, 2):
        if (Between.of(one) - Between.of(other)).isolates or (Between.of(other) - Between.of(one)).isolates:
            found.append(f"{one} less {other}")
        if 0 < abs(one.at_least - other.at_least) < FIVE:
            found.append(f"{one} and {other} differ by {one.at_least - other.at_least}")
    by_moment: dict[str, list[Figure]] = {}
    for each in figures:
        by_moment.setdefault(each.moment, []).append(each)
    wholes = [Between(number, number) for number in known] + [added(each) for each in by_moment.values()]
    for parts in by_moment.values():
        for chosen in unions(parts[:6]):
            found += [f"{whole} less {chosen}" for whole in wholes if (whole - added(chosen)).isolates]
    return found
