"""Guards that nobody misses, each with the reason: what they keep out is kept out elsewhere as well, or they keep nothing out.

A line here is read before it is written. The key is as `python -m tests.guards --list` says it, up to `::` or in full.
"""

EQUIVALENT: dict[str, str] = {}


def reason_for(key: str) -> str:
    """Why a guard may live; empty if it may not."""
    return EQUIVALENT.get(key, "")
