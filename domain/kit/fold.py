"""Folding: a text as it is compared when case and accents don't matter, and as Portuguese sorts it."""

import unicodedata


def fold(text: str) -> str:
    """Lower case, no accents, single spaces: `João  D'Ávila` becomes `joao d'avila`."""
    plain = unicodedata.normalize("NFKD", text)
    plain = "".join(each for each in plain if not unicodedata.combining(each))
    return " ".join(plain.casefold().split())
