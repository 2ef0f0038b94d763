"""Column types of texts: lines, long texts, and the narrower shapes of addresses, numbers and documents."""

import re
from typing import Any, ClassVar
from urllib.parse import urlsplit

from domain.db.shapes import UNKEPT, Shaped, has_unkept
from domain.kit.documents import NFE_KEY_LENGTH, bare, is_cnpj, is_cpf, is_nfe_key
from domain.kit.texts import N_


class ShortText(Shaped):
    """One line of text."""

    cache_ok = True
    searchable = True
    lines: ClassVar[bool] = False

    def __init__(self, length: int = 200) -> None:
        super().__init__()
        self.length = length

    def tidy(self, value: Any) -> Any:
        return (value.strip() or None) if isinstance(value, str) else value

    def problem(self, value: Any) -> str | None:
        if not isinstance(value, str):
            return N_("This must be text.")
        if has_unkept(value, lines=self.lines):
            return UNKEPT
        if len(value) > self.length:
            return N_("This is too long: at most {limit} characters.")
        return self.shape_problem(value)

    def shape_problem(self, value: str) -> str | None:
        """What the narrower types add."""
        return None


class LongText(ShortText):
    """Text of several lines."""

    cache_ok = True
    lines = True

    def __init__(self, length: int = 20_000) -> None:
        super().__init__(length)

    def tidy(self, value: Any) -> Any:
        value = super().tidy(value)
        return value.replace("\r\n", "\n").replace("\r", "\n") if isinstance(value, str) else value


class Email(ShortText):
    """An e-mail address in lower case."""

    cache_ok = True

    def tidy(self, value: Any) -> Any:
        value = super().tidy(value)
        return value.lower() if isinstance(value, str) else value

    def shape_problem(self, value: str) -> str | None:
        fits = re.fullmatch(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+", value)
        return None if fits else N_("This isn't an e-mail address, such as ana@example.com.")


class Phone(ShortText):
    """A telephone number, kept as digits with the country's code where it was given: `+5511987654321`."""

    cache_ok = True

    def __init__(self, length: int = 20) -> None:
        super().__init__(length)

    def tidy(self, value: Any) -> Any:
        value = super().tidy(value)
        return re.sub(r"[()\-.\s]", "", value) or None if isinstance(value, str) else value

    def shape_problem(self, value: str) -> str | None:
        fits = re.fullmatch(r"\+?[0-9]{8,15}", value)
        return None if fits else N_("This isn't a phone number, such as (11) 98765-4321.")


class Document(ShortText):
    """A CPF or a CNPJ, kept bare."""

    cache_ok = True
    searchable = False

    def __init__(self, length: int = 14) -> None:
        super().__init__(length)

    def tidy(self, value: Any) -> Any:
        value = super().tidy(value)
        return bare(value) or None if isinstance(value, str) else value

    def shape_problem(self, value: str) -> str | None:
        return None if is_cpf(value) or is_cnpj(value) else N_("This is neither a CPF nor a CNPJ: a digit is wrong.")


class Cpf(Document):
    """A CPF, kept as 11 digits."""

    cache_ok = True

    def __init__(self, length: int = 11) -> None:
        super().__init__(length)

    def shape_problem(self, value: str) -> str | None:
        return None if is_cpf(value) else N_("This isn't a CPF: a digit is wrong.")


class AccessKey(ShortText):
    """A fiscal document's access key (NF-e, NFC-e, CT-e), kept as 44 characters without spaces."""

    cache_ok = True

    def __init__(self, length: int = NFE_KEY_LENGTH) -> None:
        super().__init__(length)

    def tidy(self, value: Any) -> Any:
        value = super().tidy(value)
        return bare(value) or None if isinstance(value, str) else value

    def shape_problem(self, value: str) -> str | None:
        if is_nfe_key(value):
            return None
        return N_("This isn't an access key: it has 44 characters, and the last one checks the others.")


class Color(ShortText):
    """A colour as #RRGGBB."""

    cache_ok = True
    searchable = False

    def __init__(self, length: int = 7) -> None:
        super().__init__(length)

    def shape_problem(self, value: str) -> str | None:
        return None if re.fullmatch(r"#[0-9A-Fa-f]{6}", value) else N_("This isn't a colour, such as #5B4BC4.")


class Url(ShortText):
    """A web address, https or http."""

    cache_ok = True
    searchable = False

    def __init__(self, length: int = 500) -> None:
        super().__init__(length)

    def shape_problem(self, value: str) -> str | None:
        try:
            parts = urlsplit(value)
            fits = parts.scheme in {"http", "https"} and bool(parts.hostname) and " " not in value
        except ValueError:
            fits = False
        return None if fits else N_("This isn't a web address, such as https://example.com.")


OWN_PICTURE = re.compile(r"/picture/[0-7][0-9A-HJKMNP-TV-Z]{25}")


def picture_address(key: str) -> str:
    """Where the app serves a picture that it keeps."""
    return f"/picture/{key}"


class PictureUrl(Url):
    """Where a picture lies: an address of the app's own, or a web address elsewhere, which is kept and never shown."""

    cache_ok = True

    def shape_problem(self, value: str) -> str | None:
        return None if OWN_PICTURE.fullmatch(value) else super().shape_problem(value)


class Slug(ShortText):
    """A name for URLs: lower-case letters, digits, hyphens."""

    cache_ok = True

    def shape_problem(self, value: str) -> str | None:
        fits = re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", value)
        return None if fits else N_("Please use lower-case letters, digits and hyphens only.")
