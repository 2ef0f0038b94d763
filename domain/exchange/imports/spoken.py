"""Words of either language: a file may be written in another one than its reader's, and be older than a change of language."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from babel.dates import get_day_names, get_month_names

from domain.access.roles import Role
from domain.db.types import Choice
from domain.kit.fold import fold
from domain.kit.texts import LANGUAGES, catalogue, language, set_language
from domain.operations.enums import AttendanceStatus, EnrollmentStatus

YES = frozenset({"yes", "y", "true", "t", "1", "x", "sim", "s", "verdadeiro", "v", "✓", "✔"})
NO = frozenset({"no", "n", "false", "f", "0", "nao", "falso", "-"})

# What schools write in their lists besides the words of the app.
OTHER_WORDS: dict[tuple[type[Choice], str], tuple[str, ...]] = {
    (Role, Role.STUDENT): ("aluno", "aluna"),
    (Role, Role.TEACHER): ("docente",),
    (Role, Role.PARENT): ("guardian", "pai", "mãe", "responsável"),
    (EnrollmentStatus, EnrollmentStatus.ACTIVE): ("ativa", "matriculado", "matriculada"),
    (AttendanceStatus, AttendanceStatus.PRESENT): ("p", "presença"),
    (AttendanceStatus, AttendanceStatus.ABSENT): ("a", "f", "falta", "faltou"),
    (AttendanceStatus, AttendanceStatus.LATE): ("l", "atraso"),
    (AttendanceStatus, AttendanceStatus.EXCUSED): ("e", "j", "falta justificada"),
}


@contextmanager
def speaking(spoken: str) -> Iterator[None]:
    """Speak a file's language meanwhile: its dates, numbers and names are as an export in that language writes them."""
    before = language()
    set_language(spoken)
    try:
        yield
    finally:
        set_language(before)


def said_in(source: str, spoken: str) -> str:
    """A source text in one of the languages."""
    return catalogue(spoken).gettext(source) if source else source


@cache
def choices_by_word(kind: type[Choice]) -> dict[str, Choice]:
    """A closed set by all words for its members, folded: labels in each language, and the values themselves."""
    found: dict[str, Choice] = {}
    for member in kind:
        labels = [said_in(member.source, spoken) for spoken in LANGUAGES]
        words = [
            member.value,
            member.name,
            *labels,
            *OTHER_WORDS.get((kind, member.value), ()),
            *(form for each in labels for form in _either_form(each)),
        ]
        found.update({fold(word): member for word in words if fold(word) not in found})
    return found


def _either_form(label: str) -> list[str]:
    """`Aluno(a)` as both its words."""
    found = re.fullmatch(r"(.*?)(\w)?\((\w+)\)(.*)", label)
    if found is None:
        return []
    stem, last, other, rest = found[1], found[2] or "", found[3], found[4]
    return [stem + last + rest, stem + other + rest, stem + last + other + rest]


@cache
def weekdays_by_word() -> dict[str, int]:
    """Days of the week, 0 for Sunday, by their names and short names in each language, and by their numbers."""
    found = {str(day): day for day in range(7)}
    for locale in ("en", "pt_BR"):
        for width in ("wide", "abbreviated", "short"):
            for day, name in get_day_names(width, locale=locale).items():
                number = (day + 1) % 7
                for word in (fold(name), fold(name).rstrip("."), fold(name).removesuffix("-feira")):
                    found.setdefault(word, number)
    return found


@cache
def months_by_word() -> dict[str, int]:
    """Months by their names and short names in each language."""
    named = [get_month_names(width, locale=locale) for locale in ("en", "en_GB", "pt_BR") for width in ("wide", "abbreviated")]
    return {fold(name).rstrip("."): number for names in named for number, name in names.items()}
