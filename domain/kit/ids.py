"""Keys: ULIDs, 26 characters that sort by the time they were made."""

import re
import secrets

from ulid import ULID

PATTERN = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")


def new_id() -> str:
    """A new key."""
    return str(ULID())


SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PAIRS = [one + two for one in SIGNS for two in SIGNS]
COUNTED = 1 << 20  # the last four signs


def new_ids(count: int) -> list[str]:
    """Many new keys, one after the other: their last four signs count up from chance, those before are by chance for all of them.

    Sixty bits of chance for some hundred thousand keys, as sure as eighty for one; twenty times as fast.
    """
    found: list[str] = []
    while len(found) < count:
        head = str(ULID())[:10] + "".join(PAIRS[secrets.randbits(10)] for _pair in range(6))
        start = secrets.randbits(19)
        end = min(COUNTED, start + count - len(found))
        found += [f"{head}{PAIRS[number >> 10]}{PAIRS[number & 1023]}" for number in range(start, end)]
    return found


def is_id(text: object) -> bool:
    """Whether this has the form of a key; what comes from a URL is asked first."""
    return isinstance(text, str) and PATTERN.fullmatch(text) is not None
