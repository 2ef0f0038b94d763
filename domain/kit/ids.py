"""Keys: ULIDs, 26 characters that sort by the time they were made."""

import re

from ulid import ULID

PATTERN = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")


def new_id() -> str:
    """A new key."""
    return str(ULID())


def is_id(text: object) -> bool:
    """Whether this has the form of a key; what comes from a URL is asked first."""
    return isinstance(text, str) and PATTERN.fullmatch(text) is not None
