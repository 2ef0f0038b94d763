"""Brazilian documents: CPF and CNPJ, kept as bare text and shown formatted.

Check digits are weighted sums modulo 11 (Receita Federal; for the alphanumeric CNPJ in force since July 2026, the Nota
Técnica conjunta COCAD/SUARA/RFB 49/2024: a character's value is its ASCII code less 48).
"""

import re

CPF_LENGTH, CNPJ_LENGTH = 11, 14


def bare(text: str) -> str:
    """Without dots, slash, hyphen and spaces, in upper case."""
    return re.sub(r"[.\-/\s]", "", text).upper()


def _check_digit(characters: str, weights: list[int]) -> str:
    rest = sum((ord(each) - 48) * weight for each, weight in zip(characters, weights, strict=True)) % 11
    return str(0 if rest < 2 else 11 - rest)


def cpf_check_digits(first_nine: str) -> str:
    """The two check digits of a CPF's first nine digits."""
    one = _check_digit(first_nine, list(range(10, 1, -1)))
    return one + _check_digit(first_nine + one, list(range(11, 1, -1)))


def cnpj_check_digits(first_twelve: str) -> str:
    """The two check digits of a CNPJ's first twelve characters."""
    weights = [5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]
    one = _check_digit(first_twelve, weights)
    return one + _check_digit(first_twelve + one, [6, *weights])


def is_cpf(text: str) -> bool:
    """Whether a bare text is a CPF: 11 digits that check, not all alike."""
    return bool(re.fullmatch(r"[0-9]{11}", text)) and len(set(text)) > 1 and text[9:] == cpf_check_digits(text[:9])


def is_cnpj(text: str) -> bool:
    """Whether a bare text is a CNPJ: 12 letters or digits and two check digits, not all alike."""
    return bool(re.fullmatch(r"[0-9A-Z]{12}[0-9]{2}", text)) and len(set(text)) > 1 and text[12:] == cnpj_check_digits(text[:12])


def format_cpf(text: str) -> str:
    """`52998224725` as `529.982.247-25`; anything else as it is."""
    return f"{text[:3]}.{text[3:6]}.{text[6:9]}-{text[9:]}" if len(text) == CPF_LENGTH else text


def format_cnpj(text: str) -> str:
    """`12ABC34501DE35` as `12.ABC.345/01DE-35`; anything else as it is."""
    if len(text) != CNPJ_LENGTH:
        return text
    return f"{text[:2]}.{text[2:5]}.{text[5:8]}/{text[8:12]}-{text[12:]}"


def format_document(text: str) -> str:
    """A CPF or a CNPJ, told apart by its length."""
    return format_cpf(text) if len(text) == CPF_LENGTH else format_cnpj(text)


NFE_KEY_LENGTH = 44


def nfe_key_check_digit(first_43: str) -> str:
    """The check digit of a fiscal document's access key: weights 2 to 9 from the right, modulo 11."""
    weights = [2 + (len(first_43) - 1 - at) % 8 for at in range(len(first_43))]
    return _check_digit(first_43, weights)


def is_nfe_key(text: str) -> bool:
    """Whether a bare text is an access key of 44 characters whose last one checks."""
    return bool(re.fullmatch(r"[0-9A-Z]{43}[0-9]", text)) and text[43] == nfe_key_check_digit(text[:43])
