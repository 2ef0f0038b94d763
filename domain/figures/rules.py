"""The rule of five: what may be said of groups of people, so that no figure, and no difference of two, is about fewer than five.

A group is a number whose bits are people: nobody has a name here, and differences of groups are counted exactly. Why this keeps
the law is argued in docs/security.md, "Figures without names".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

FEW = 5  # a figure is about so many people or more
MANY = 15  # counted in fives from so many up, a group has more than ten people
WIDE, NARROW = 20, 10  # points of a hundred: no band is narrower than the weight of one person in it


@dataclass(frozen=True)
class Band:
    """A share or mean, as far as it is told: between two points of a hundred.

    The outermost bands hold both their ends, so that none of them says "nobody" or "everyone", even of five people.
    """

    low: int
    high: int

    @classmethod
    def around(cls, share: float, at_least: int) -> "Band":
        """The band of a share from 0 to 1 in a group of so many people (in whole fives)."""
        width = NARROW if at_least >= MANY else WIDE
        points = round(share * 100, 6)
        low = 0 if points <= width else min(int(points) // width * width, 100 - width)
        return cls(low, low + width)


@dataclass(frozen=True)
class Figure:
    """What is told of a group: when, which groups were put together in it, how many people (whole fives), and their mean.

    `at_least` 0 means fewer than five, perhaps nobody; 15 means 15 to 19.
    """

    moment: str
    groups: tuple[str, ...]
    at_least: int
    share: Band | None = None

    @property
    def is_told(self) -> bool:
        """Whether there are enough people to say anything."""
        return self.at_least > 0


@dataclass
class Releases:
    """The groups of which one question's figures are. Each has five people or more, and any two differ by five or more."""

    given: list[int] = field(default_factory=list)

    def standing_for(self, group: int) -> int:
        """The group whose figure is told for this one: itself, or one told before that nearly is it; nobody for few people."""
        if group.bit_count() < FEW:
            return 0
        near = [each for each in self.given if (each ^ group).bit_count() < FEW]
        if near:
            return min(near, key=lambda each: (each ^ group).bit_count())
        self.given.append(group)
        return group


def figure(
    releases: Releases, moment: str, groups: tuple[str, ...], people: int, shares: Mapping[int, float] | None = None
) -> Figure:
    """What is told of a group. `shares`: each person's own share, by bit; their mean is told if it is known of all."""
    at_least = releases.standing_for(people).bit_count() // FEW * FEW
    known = [value for bit, value in (shares or {}).items() if people & bit]
    if not at_least or len(known) < people.bit_count():
        return Figure(moment, groups, at_least)
    return Figure(moment, groups, at_least, Band.around(sum(known) / len(known), at_least))


def joined(parts: Sequence[tuple[str, int]]) -> list[tuple[tuple[str, ...], int]]:
    """The parts of a whole, those of fewer than five (or of nobody) put together, always with the smallest of the others.

    So what is left of the whole without some of them is five people or more, or nobody. And any of those that were put together
    may be the one of five or more, so that nothing is known of each: were it left out where it isn't needed, that would tell.
    """
    large = [each for each in parts if each[1].bit_count() >= FEW]
    together = {name for name, people in parts if people.bit_count() < FEW}
    if together and large:
        together.add(min(large, key=lambda each: each[1].bit_count())[0])
    found: list[tuple[tuple[str, ...], int]] = [((name,), people) for name, people in large if name not in together]
    if together:
        rest = 0
        for name, people in parts:
            rest |= people if name in together else 0
        found.append((tuple(name for name, _people in parts if name in together), rest))
    return found
