"""Every text that a person reads is in the Portuguese catalogue, and dates, money and documents are written as in Brazil."""

import ast
import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from string import Formatter
from zoneinfo import ZoneInfo

import pytest
from babel.messages import Catalog, Message
from babel.messages.extract import extract_from_dir, extract_from_file
from babel.messages.pofile import read_po

from domain.db.errors import TOGETHER
from domain.kit import formats
from domain.kit.documents import bare, format_cnpj, format_cpf, format_document
from domain.kit.errors import Problem
from domain.kit.texts import CATALOGUES, LANGUAGES, SOURCE_LANGUAGE, _, best_language, ngettext, one_stop, set_language
from domain.records.check import TOO_LARGE, TOO_SMALL
from domain.records.labels import show_label
from domain.records.twins import TAKEN_BY

ROOT = Path(__file__).parents[2]
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2)}
TRANSLATED = [language for language in LANGUAGES if language != SOURCE_LANGUAGE]
SPACE = "\N{NO-BREAK SPACE}"

Source = str | tuple[str, str]


@cache
def sources() -> dict[Source, str]:
    """Every text marked in the source, and a place where it stands."""
    found: dict[Source, str] = {}
    for folder in ("domain", "pages"):
        # Babel passes over folders such as `_shell` unless it is told not to.
        texts = extract_from_dir(
            ROOT / folder, keywords=KEYWORDS, directory_filter=lambda path: not Path(path).name.startswith(".")
        )
        for name, line, message, _comments, _context in texts:
            found.setdefault(message, f"{folder}/{name}:{line}")
    for line, message, _comments, _context in extract_from_file("python", ROOT / "app.py", keywords=KEYWORDS):
        found.setdefault(message, f"app.py:{line}")
    found.pop("", None)
    return found


@cache
def catalogue(language: str) -> Catalog:
    """A language's catalogue as it is written."""
    with (CATALOGUES / language / "LC_MESSAGES" / "constela.po").open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def entries(language: str) -> Iterator[Message]:
    """The texts of a catalogue, without its header."""
    return (message for message in catalogue(language) if message.id)


def same_in(language: str) -> list[str]:
    """The texts whose translation rightly equals the source."""
    lines = (CATALOGUES / "same.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def pairs(message: Message) -> list[tuple[str, str]]:
    """Each form of a text beside its translation."""
    if isinstance(message.id, str):
        return [(message.id, message.string)]
    return list(zip(message.id, message.string, strict=True))


def places(text: str) -> set[str]:
    """The names in braces that are filled in."""
    return {name for _before, name, _spec, _conversion in Formatter().parse(text) if name is not None}


def test_texts_are_found_in_every_folder() -> None:
    folders = {place.rsplit("/", 1)[0] for place in sources().values()}
    assert {"domain/kit", "domain/core", "domain/cli", "pages/_shell", "pages/_crud", "pages/_specs", "pages/_sky"} <= folders


def test_no_text_is_marked_where_it_is_not_found() -> None:
    """Inside an f-string a text was shown untranslated: before Python 3.12 nothing that collects texts looks in there."""
    known = {text for each in sources() for text in ([each] if isinstance(each, str) else each)}
    missed = [
        f"{path.relative_to(ROOT)}:{call.lineno} {text.value}"
        for folder in ("domain", "pages")
        for path in sorted((ROOT / folder).rglob("*.py"))
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in KEYWORDS
        for text in call.args[: 2 if call.func.id == "ngettext" else 1]
        if isinstance(text, ast.Constant) and text.value not in known | {""}
    ]
    assert missed == []


def test_a_sentence_that_ends_in_an_abbreviation_has_one_stop() -> None:
    assert one_stop("em qua., 25 de nov.. Motivo: chuva.") == "em qua., 25 de nov. Motivo: chuva."
    assert one_stop("das 3 aulas de Manhã seg./qua..") == "das 3 aulas de Manhã seg./qua."
    assert [one_stop(text) for text in ("Wait …", "Wait...", "..", "1..2", "")] == ["Wait …", "Wait...", "..", "1..2", ""]


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_is_in_the_catalogue(language: str) -> None:
    known = {message.id for message in entries(language)}
    assert {text: place for text, place in sources().items() if text not in known} == {}


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_catalogue_holds_no_text_that_nobody_says(language: str) -> None:
    assert [message.id for message in entries(language) if message.id not in sources()] == []
    assert list(catalogue(language).obsolete) == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_is_translated_and_no_translation_is_a_guess(language: str) -> None:
    assert [message.id for message in entries(language) if not all(said for _source, said in pairs(message))] == []
    assert [message.id for message in entries(language) if message.fuzzy] == []
    assert not catalogue(language).fuzzy


@pytest.mark.parametrize("language", TRANSLATED)
def test_what_is_the_same_in_both_languages_is_meant_to_be(language: str) -> None:
    same = [message.id for message in entries(language) if any(source == said for source, said in pairs(message))]
    assert sorted(map(str, same)) == sorted(same_in(language))


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_fills_in_the_same_places(language: str) -> None:
    differing = {
        source: said for message in entries(language) for source, said in pairs(message) if places(source) != places(said)
    }
    assert differing == {}


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_ends_as_its_source_does(language: str) -> None:
    """A sentence stays a sentence, a label a label, and a space before an answer stays."""

    def ending(text: str) -> str:
        last = text[-1]
        return "." if last in ".!" else last if last in "?:… " else ""

    differing = {
        source: said for message in entries(language) for source, said in pairs(message) if ending(source) != ending(said)
    }
    assert differing == {}


def test_a_text_is_said_in_the_language_spoken_now() -> None:
    assert _("Sign in") == "Sign in"
    set_language("pt_BR")
    assert _("Sign in") == "Entrar"


@pytest.mark.parametrize(("count", "said"), [(0, "0 registro"), (1, "1 registro"), (2, "2 registros"), (2880, "2.880 registros")])
def test_a_count_takes_the_form_of_the_language(count: int, said: str) -> None:
    set_language("pt_BR")
    assert ngettext("{count} record", "{count} records", count) == said


@pytest.mark.parametrize(
    ("wanted", "language"),
    [
        (("pt-BR",), "pt_BR"),
        (("pt-PT",), "pt_BR"),
        (("en-GB",), "en"),
        ((None, "fr", "pt_BR"), "pt_BR"),
        (("en", "pt_BR"), "en"),
        (("fr",), "en"),
        ((), "en"),
    ],
)
def test_the_first_language_that_fits_is_taken(wanted: tuple[str | None, ...], language: str) -> None:
    assert best_language(*wanted) == language


def test_dates_and_times_are_written_as_in_brazil() -> None:
    set_language("pt_BR")
    assert formats.show_date(dt.date(2026, 4, 3)) == "03/04/2026"
    assert formats.show_time(dt.time(14, 5)) == "14:05"
    moment = dt.datetime(2026, 4, 3, 17, 30, tzinfo=dt.UTC)
    assert formats.show_instant(moment, ZoneInfo("America/Sao_Paulo")) == "03/04/2026 14:30"
    assert formats.show_day(dt.date(2026, 4, 3)) == "sex., 3 de abr."
    assert formats.show_weekly(dt.date(2026, 11, 30)) == "seg., 30/11/2026"
    assert [formats.show_weekday(day) for day in (0, 1, 6)] == ["Domingo", "Segunda-feira", "Sábado"]


@pytest.mark.parametrize(
    ("hours", "said"), [(0, "hoje às 12:00"), (-24, "ontem às 12:00"), (24, "amanhã às 12:00"), (-48, "01/04/2026 12:00")]
)
def test_moments_are_said_as_people_say_them(hours: int, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    noon = dt.datetime(2026, 4, 3, 15, tzinfo=dt.UTC)
    monkeypatch.setattr(formats, "now", lambda: noon)
    set_language("pt_BR")
    assert formats.show_when(noon + dt.timedelta(hours=hours), ZoneInfo("America/Sao_Paulo")) == said


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("1234.56", f"R${SPACE}1.234,56"),
        ("0.05", f"R${SPACE}0,05"),
        ("-12.50", f"-R${SPACE}12,50"),
        ("1234567.80", f"R${SPACE}1.234.567,80"),
    ],
)
def test_money_is_written_as_in_brazil(amount: str, said: str) -> None:
    set_language("pt_BR")
    assert formats.show_money(Decimal(amount)) == said


def test_numbers_are_written_as_in_brazil() -> None:
    set_language("pt_BR")
    assert formats.show_number(1234.5) == "1.234,5"
    assert formats.show_number(Decimal("0.12345")) == "0,1234"
    assert formats.show_percent(0.87) == "87%"


def test_documents_are_written_with_their_signs_and_kept_without() -> None:
    assert format_cpf("52998224725") == "529.982.247-25"
    assert format_cnpj("12ABC34501DE35") == "12.ABC.345/01DE-35"
    assert format_document("52998224725") == "529.982.247-25"
    assert format_document("11222333000181") == "11.222.333/0001-81"
    assert bare(" 12.abc.345/01de-35 ") == "12ABC34501DE35"
    assert format_cpf("529") == "529"


def test_what_is_wrong_with_a_field_is_said_wholly_in_portuguese() -> None:
    set_language("pt_BR")
    together = Problem("first_day", TOGETHER, {"labels": ("First day", "Last day")})
    assert together.message == "Estes não combinam entre si: Primeiro dia, Último dia."
    assert Problem("rate", TOO_SMALL, {"low": 0.5}).message == "Isto precisa ser 0,5 ou mais."
    assert Problem("year", TOO_LARGE, {"high": 2200}).message == "Isto precisa ser 2200 ou menos."


def test_what_a_person_wrote_is_never_translated() -> None:
    set_language("pt_BR")
    assert Problem("name", TAKEN_BY, {"other": "Sign in"}).message == "“Sign in” já tem isto."


def test_a_record_is_called_in_portuguese() -> None:
    set_language("pt_BR")
    zone = ZoneInfo("America/Sao_Paulo")
    payment = ["income", 1234.5, "2026-03-04 18:00:00"]
    assert show_label("transactions", payment, zone) == f"Entrada R${SPACE}1.234,50 04/03/2026 15:00"
