"""Invented people: names, documents, phones and addresses that belong to nobody.

Phones carry the area code 20, which Brazil doesn't use; postal codes begin with 00, which no place has; mail goes to
example.com (RFC 2606). Documents are right by their check digits and otherwise made up.
"""

import re
import tomllib
from pathlib import Path
from random import Random

from domain.kit.documents import cnpj_check_digits, cpf_check_digits
from domain.kit.fold import fold

with (Path(__file__).parent / "names.toml").open("rb") as _file:
    _LISTS: dict[str, list[str]] = tomllib.load(_file)
GIRLS, BOYS, SURNAMES = _LISTS["girls"], _LISTS["boys"], _LISTS["surnames"]
STREETS, QUARTERS, CITIES = _LISTS["streets"], _LISTS["quarters"], _LISTS["cities"]
COMPLEMENTS = ("Apto. 12", "Apto. 31", "Bloco B, apto. 204", "Casa 2", "Fundos", None, None, None)
CPF_STEP, CPF_START, CPF_RANGE = 7_919_033, 210_345_678, 899_999_999


class Names:
    """Hands out names and documents, each document and address of mail once."""

    def __init__(self, random: Random, domain: str) -> None:
        self._random = random
        self._domain = domain
        self._mailboxes: dict[str, int] = {}
        self._documents = random.randrange(CPF_RANGE)
        self._phones = 0

    def first(self, *, female: bool) -> str:
        """A first name."""
        return self._random.choice(GIRLS if female else BOYS)

    def surname(self) -> str:
        """A family's name, of one or two parts."""
        first, last = self._random.sample(SURNAMES, 2)
        return f"{first} {last}" if self._random.random() < 0.45 and " " not in first else last

    def mail(self, first: str, last: str) -> str:
        """An address for the person: `joao.avila@…`, with a number where the name was taken."""
        parts = re.sub(r"[^a-z ]", "", fold(f"{first} {last}")).split()
        box = f"{parts[0]}.{parts[-1]}"
        count = self._mailboxes[box] = self._mailboxes.get(box, 0) + 1
        return f"{box}{count if count > 1 else ''}@{self._domain}"

    def office(self, box: str) -> str:
        """An address for an office: `coordenacao@…`."""
        self._mailboxes[box] = 1
        return f"{box}@{self._domain}"

    def phone(self) -> str:
        """A mobile number that can't exist."""
        self._phones += 1
        return f"+55209{(self._phones * 7_654_321 + 12_345_678) % 100_000_000:08d}"

    def cpf(self) -> str:
        """A CPF, given once."""
        self._documents = (self._documents + CPF_STEP) % CPF_RANGE
        first = f"{100_000_000 + (self._documents + CPF_START) % CPF_RANGE:09d}"
        return first + cpf_check_digits(first) if len(set(first)) > 1 else self.cpf()


def cnpj(random: Random) -> str:
    """A CNPJ of a head office."""
    first = f"{random.randrange(10_000_000, 99_999_999)}0001"
    return first + cnpj_check_digits(first)


def address(random: Random) -> dict[str, str | None]:
    """Where nobody lives."""
    return {
        "street": random.choice(STREETS),
        "number": str(random.randrange(2, 1990)),
        "complement": random.choice(COMPLEMENTS),
        "neighborhood": random.choice(QUARTERS),
        "city": random.choice(CITIES),
        "state": "SP",
        "zip_code": f"00{random.randrange(100, 999)}-{random.randrange(10, 999):03d}",
    }
