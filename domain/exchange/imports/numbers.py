"""Numbers as people of either language write them, the decimal sign decided for a whole column."""

import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

from domain.kit.texts import language

SPACES = re.compile(r"[\s\u00a0\u202f'’]")
UNITS = re.compile(r"^(?:R\$|BRL|\$)|(?:R\$|BRL|%)$", re.IGNORECASE)
PLAIN = re.compile(r"[+-]?(?:[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
GROUPED = {
    ",": re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?"),
    ".": re.compile(r"[+-]?[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]*)?"),
}
EITHER = re.compile(r"[+-]?[0-9]{1,3}[.,][0-9]{3}")
LONGEST = 60


def bare(text: str) -> str:
    """Without currency, per cent and spaces; an amount in brackets is less than nothing."""
    found = UNITS.sub("", SPACES.sub("", text))
    if found.startswith("(") and found.endswith(")"):
        found = f"-{found[1:-1]}"
    return UNITS.sub("", found)


def decimal_sign(texts: Iterable[str]) -> str:
    """The sign before decimals in a column: what any of its numbers shows, else that of the language spoken."""
    shown: set[str] = set()
    for each in texts:
        found = bare(each)
        if EITHER.fullmatch(found):
            continue
        last = max(found.rfind("."), found.rfind(","))
        if last < 0:
            continue
        sign = found[last]
        if found.count(sign) > 1:
            sign = "." if sign == "," else ","  # a sign that comes again parts thousands
        shown.add(sign)
    return shown.pop() if len(shown) == 1 else "," if language() == "pt_BR" else "."


def number(text: str, sign: str, *, places: int | None = None) -> Decimal | None:
    """The number that a text says, or None. `places`: how many decimals there may be at most, where that tells the signs."""
    found = bare(text)
    if len(found) > LONGEST:
        return None
    other = "." if sign == "," else ","
    if places is not None and places < 3 and EITHER.fullmatch(found):
        found = found.replace(".", "").replace(",", "")
    elif GROUPED[other].fullmatch(found):
        found = found.replace(other, "").replace(sign, ".")
    elif PLAIN.fullmatch(found):
        found = found.replace(",", ".")
    elif GROUPED[sign].fullmatch(found):  # this one cell is written the other way, and can't mean anything else
        found = found.replace(sign, "").replace(other, ".")
    else:
        return None
    try:
        return Decimal(found)
    except InvalidOperation:
        return None
