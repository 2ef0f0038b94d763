"""Every text that a person reads: English source, translated by gettext catalogues kept in `locale/`.

`_()` translates now, in the language of the present context. `N_()` only marks a source text, for what is said later
(labels of columns, values of enums). Catalogues are read from their `.po` files, so that there is no build step to forget.
"""

import io
import re
from contextvars import ContextVar
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

SOURCE_LANGUAGE = "en"
LANGUAGES = {"en": "English", "pt_BR": "Português (Brasil)"}
CATALOGUES = Path(__file__).parent / "locale"

ABBREVIATED = re.compile(r"(?<=\w)(\.)\.(?=\s|$)")

_language: ContextVar[str] = ContextVar("language", default=SOURCE_LANGUAGE)


def best_language(*wanted: str | None) -> str:
    """The first language of ours that fits, from settings and locales such as `pt-BR` or `en-GB`; English if none does."""
    for each in wanted:
        if not each:
            continue
        tag = each.replace("-", "_")
        for language in LANGUAGES:
            if tag == language or tag.split("_")[0] == language.split("_")[0]:
                return language
    return SOURCE_LANGUAGE


def set_language(language: str) -> None:
    """Speak this language from here on in the present context (a thread's or a task's)."""
    _language.set(language if language in LANGUAGES else SOURCE_LANGUAGE)


def language() -> str:
    """The language spoken now: a key of `LANGUAGES`."""
    return _language.get()


@cache
def catalogue(name: str) -> NullTranslations:
    """The translations into one language; empty for English, whose texts are the sources."""
    path = CATALOGUES / name / "LC_MESSAGES" / "constela.po"
    if not path.is_file():
        return NullTranslations()
    with path.open("rb") as file:
        messages = read_po(file, locale=name)
    compiled = io.BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    return GNUTranslations(compiled)


def N_(source: str) -> str:  # noqa: N802 -- the name that extractors of messages know
    """Mark a text for translation without translating it yet."""
    return source


def _(source: str) -> str:
    """The text in the language spoken now."""
    return catalogue(language()).gettext(source) if source else source


def one_stop(text: str) -> str:
    """A sentence that ends, or is followed, as it should be: the stop of an abbreviation at its end is its own (`25 de nov.`)."""
    return ABBREVIATED.sub(r"\1", text)


def ngettext(one: str, many: str, count: int) -> str:
    """The text for this count, with `{count}` filled in as it is written in the language spoken now (`2,880 sessions`)."""
    said = format_decimal(count, locale=language())
    return catalogue(language()).ngettext(one, many, count).format(count=said)
