"""Telephone numbers: kept as digits, shown as they are written in Brazil, and found however they are typed."""

import re

IN_BRAZIL = re.compile(r"(?P<country>\+55)?(?P<area>[1-9][0-9])(?P<first>[0-9]{4,5})(?P<last>[0-9]{4})")
AS_TYPED = re.compile(r"\+?[0-9()\-.\s/]+")
SHORTEST = 6  # digits: part of a number is worth looking for; what is shorter may be a term, as 2026/1


def format_phone(text: str) -> str:
    """`+5511987654321` as `+55 (11) 98765-4321`; a number of another country, or of no known form, as it is."""
    found = IN_BRAZIL.fullmatch(text)
    if found is None:
        return text
    country = f"{found['country']} " if found["country"] else ""
    return f"{country}({found['area']}) {found['first']}-{found['last']}"


def digits_typed(text: str) -> str:
    """The digits of a telephone or document number typed with its signs; empty for anything else."""
    digits = re.sub(r"[^0-9]", "", text)
    return digits if len(digits) >= SHORTEST and AS_TYPED.fullmatch(text.strip()) else ""
