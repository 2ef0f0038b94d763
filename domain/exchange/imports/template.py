"""A template for each table: headings in the person's language, an example, and (in Excel) a sheet that explains the columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from xlsxwriter import Workbook

from domain.access.actor import Actor
from domain.access.decide import own_columns
from domain.db.base import Base, model_of
from domain.db.types import (
    AccessKey,
    Cents,
    ChoiceType,
    ClockTime,
    Color,
    Cpf,
    Day,
    Document,
    Email,
    Flag,
    Instant,
    JsonValue,
    Money,
    Number,
    Phone,
    Shaped,
    ShortText,
    Slug,
    Tags,
    Url,
    Weekday,
    Whole,
)
from domain.exchange.imports.headings import Path as Way
from domain.exchange.imports.headings import fields_of, label_of_path
from domain.exchange.imports.natural import natural_keys
from domain.exchange.table_csv import MARK, written
from domain.exchange.table_xlsx import sheet_name
from domain.kit.formats import show_weekday
from domain.kit.texts import N_, _, language
from domain.records.fields import Field, fields
from domain.records.write import writable

EXPLANATION = N_("Explanation")
HEADS = (N_("Column"), N_("Needed"), N_("What it is"), N_("How to write it"), N_("Example"))
NEEDED, KNOWN_BY, NOT_NEEDED = N_("yes"), N_("tells records apart"), N_("no")
WIDTHS = (28, 20, 50, 60, 28)
MOST_EXAMPLES = 6

# How a value of each type is written, and an example. Types go from the narrow to the wide.
FORMS: tuple[tuple[type[Shaped], str, str], ...] = (
    (Email, N_("An e-mail address."), "ana@example.com"),
    (Phone, N_("With the area code; signs between the digits don't matter."), "(11) 98765-4321"),
    (Cpf, N_("11 digits, with or without dots."), "529.982.247-25"),
    (Document, N_("A CPF or a CNPJ, with or without dots."), "12.ABC.345/01DE-35"),
    (AccessKey, N_("44 digits; spaces don't matter."), ""),
    (Color, N_("A colour as #RRGGBB."), "#5B4BC4"),
    (Url, N_("A web address, from https:// on."), "https://example.com"),
    (Slug, N_("Lower-case letters, digits and hyphens."), "escola-aurora"),
    (Weekday, N_("The day's name, or a number from 0 (Sunday) to 6 (Saturday)."), ""),
    (Cents, N_("An amount in reais, with at most two places."), "1234.50"),
    (Money, N_("An amount in reais, with at most two places."), "1234.50"),
    (Whole, N_("A whole number."), "10"),
    (Number, N_("A number."), "0.5"),
    (Instant, N_("Date and time, such as 02/03/2026 14:30; a date alone is the beginning of its day."), "02/03/2026 14:30"),
    (Day, N_("A date, such as 02/03/2026 or 2026-03-02."), "02/03/2026"),
    (ClockTime, N_("A time of day, such as 14:30."), "14:30"),
    (Tags, N_("Words with commas between them."), ""),
    (JsonValue, N_("JSON, as an export writes it."), ""),
)
YES_OR_NO = N_("Yes or no.")
ONE_OF = N_("One of: {labels}.")
A_REFERENCE = N_("{one}: by its name, or its key.")
A_PERSON = N_("A person: by e-mail, or by first and last name.")
AT_MOST = N_("Text, at most {limit} characters.")
EXAMPLES = {"first_name": "Ana", "last_name": "Souza", "email": "ana@example.com"}
OF_TABLES = {"users": "ana@example.com", "classes": "English A1", "terms": "2026/1", "rooms": "Sala 1", "levels": "A1"}


@dataclass(frozen=True)
class Column:
    """A column of a template, in words."""

    way: Way
    label: str
    needed: str
    meaning: str
    form: str
    example: str


def columns_of(actor: Actor, model: type[Base]) -> list[Column]:
    """The columns that a person may fill: those that they may set, references spread where no one text names them well."""
    wanted = writable(actor, model, "C") or writable(actor, model, "U")
    own = own_columns(actor, model.__tablename__)
    ways = [way for name in fields(model) if name in wanted and name not in own for way in _ways(model, name)]
    return [_column(model, way) for way in ways]


def csv_template(actor: Actor, model: type[Base]) -> str:
    """The template as text: headings, and an example row."""
    found = columns_of(actor, model)
    return MARK + written([[each.label for each in found], [each.example for each in found]])


def xlsx_template(path: Path, actor: Actor, model: type[Base]) -> None:
    """The template as an Excel file: headings and an example on one sheet, every column explained on another."""
    found = columns_of(actor, model)
    book = Workbook(str(path), {"in_memory": False, "tmpdir": str(path.parent)})
    bold, wrapped = book.add_format({"bold": True, "bottom": 1}), book.add_format({"text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet(sheet_name(_(model.__title__)))
    sheet.freeze_panes(1, 0)
    for at, each in enumerate(found):
        sheet.set_column(at, at, max(14, min(40, len(each.label) + 4)))
        sheet.write_string(0, at, each.label, bold)
        sheet.write_string(1, at, each.example)
    words = book.add_worksheet(sheet_name(_(EXPLANATION)))
    words.freeze_panes(1, 0)
    for at, (head, width) in enumerate(zip(HEADS, WIDTHS, strict=True)):
        words.set_column(at, at, width, wrapped)
        words.write_string(0, at, _(head), bold)
    for row, each in enumerate(found, 1):
        for at, said in enumerate((each.label, each.needed, each.meaning, each.form, each.example)):
            words.write_string(row, at, said, wrapped)
    book.close()


def _ways(model: type[Base], name: str) -> Sequence[Way]:
    """A reference to what only a date and a time tell apart is asked for in parts."""
    target = fields(model)[name].target
    if not target:
        return [(name,)]
    other = model_of(target)
    parts = natural_keys(other)[0].names
    is_dated = any(isinstance(fields(other)[part].type, Day | ClockTime | Instant) for part in parts)
    return [(name, part) for part in parts] if is_dated and fields(model)[name].required else [(name,)]


def _column(model: type[Base], way: Way) -> Column:
    kind = fields_of(model, way)[-1]
    first = fields_of(model, way)[0]
    is_required = first.required and not first.has_default
    is_known_by = any(first.name in each.names for each in natural_keys(model))
    needed = NEEDED if is_required else KNOWN_BY if is_known_by else NOT_NEEDED
    return Column(way, label_of_path(model, way), _(needed), kind.help, form_of(kind), example_of(kind))


def form_of(kind: Field) -> str:
    """How a value is written, in words."""
    if kind.target:
        return _(A_PERSON) if kind.target == "users" else _(A_REFERENCE).format(one=_(model_of(kind.target).__one__))
    if isinstance(kind.type, ChoiceType):
        return _(ONE_OF).format(labels=", ".join(each.label for each in kind.choices))
    if isinstance(kind.type, Flag):
        return _(YES_OR_NO)
    found = next((form for each, form, _example in FORMS if isinstance(kind.type, each)), "")
    return _(found) if found else _(AT_MOST).format(limit=kind.length)


def example_of(kind: Field) -> str:
    """A value as it may be written; nothing where none says more than the column's name."""
    if kind.target:
        return OF_TABLES.get(kind.target, "")
    if isinstance(kind.type, ChoiceType):
        return (kind.default or kind.choices[0]).label if kind.choices else ""
    if isinstance(kind.type, Flag):
        return _("Yes") if kind.default else _("No")
    if isinstance(kind.type, Weekday):
        return show_weekday(1)
    found = EXAMPLES.get(kind.name) or next((example for each, _form, example in FORMS if isinstance(kind.type, each)), "")
    if not found and kind.required and isinstance(kind.type, ShortText):
        return kind.label
    return found.replace(".", ",") if isinstance(kind.type, Money | Cents | Number) and language() == "pt_BR" else found
