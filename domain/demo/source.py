"""Where chance and keys come from: both follow from a seed and a path, so that one part's rows never depend on another's.

A demo of the same day, size and seed has the same bytes, and a part that is asked twice gives the same rows twice: nothing large
needs to be kept in memory for the table that refers to it.
"""

from datetime import datetime
from hashlib import sha256
from random import Random

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
REMEMBERED = 65_536  # moments whose writing is kept
PAIRS = [one + other for one in ALPHABET for other in ALPHABET]


def _encode(number: int, pairs: int) -> str:
    return "".join(PAIRS[number >> 10 * at & 1023] for at in range(pairs - 1, -1, -1))


class Keys:
    """Makes ULIDs: the moment, a mark that follows from the path, a count. They sort by time, as real ones do."""

    def __init__(self, path: str) -> None:
        self._mark = _encode(int.from_bytes(sha256(path.encode()).digest()[:5], "big"), 4)
        self._count = 0
        self._times: dict[datetime, str] = {}

    def __call__(self, moment: datetime) -> str:
        """The next key, for a row made at this moment."""
        time = self._times.get(moment)
        if time is None:
            if len(self._times) > REMEMBERED:
                self._times.clear()
            time = self._times[moment] = _encode(int(moment.timestamp() * 1000), 5)
        self._count += 1
        count = self._count
        high, low = PAIRS[count >> 30 & 1023] + PAIRS[count >> 20 & 1023], PAIRS[count >> 10 & 1023] + PAIRS[count & 1023]
        return f"{time}{self._mark}{high}{low}"


class Source:
    """The seed of one school."""

    def __init__(self, seed: str) -> None:
        self.seed = seed

    def random(self, *path: object) -> Random:
        """Chance for one part of the school."""
        return Random("/".join(map(str, (self.seed, *path))))

    def keys(self, *path: object) -> Keys:
        """Keys for one part of the school."""
        return Keys("/".join(map(str, (self.seed, *path))))
