"""What a cell means in a column of a type: each distinct cell of a column is read once, however many rows have it."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from domain.access.masking import has_dots
from domain.db.types import (
    Cents,
    ChoiceType,
    ClockTime,
    Cpf,
    Day,
    Document,
    Flag,
    Instant,
    JsonValue,
    Money,
    Number,
    Shaped,
    ShortText,
    Tags,
    Weekday,
    Whole,
)
from domain.exchange.imports import moments, numbers
from domain.exchange.imports.moments import Order
from domain.exchange.imports.spoken import NO, YES, choices_by_word, weekdays_by_word
from domain.exchange.table_csv import TEXT, safe
from domain.kit.documents import CNPJ_LENGTH, CPF_LENGTH
from domain.kit.errors import Problem
from domain.kit.fold import fold
from domain.kit.money import LARGEST, to_cents
from domain.kit.texts import N_
from domain.records.check import value_problem
from domain.records.fields import Field

EMPTY, WRONG, DOTTED = object(), object(), object()
"""What stands for a cell that is empty, that can't be read, and that holds the dots of an export."""

NO_DATE = N_("This isn't a date, such as 02/03/2026 or 2026-03-02.")
NO_TIME = N_("This isn't a time of day, such as 14:30.")
NO_MOMENT = N_("This isn't a date and time, such as 02/03/2026 14:30.")
NO_NUMBER = N_("This isn't a number.")
NO_WHOLE = N_("This must be a whole number.")
NO_AMOUNT = N_("This isn't an amount of money with at most two places.")
NO_FLAG = N_("This must be yes or no.")
NO_WEEKDAY = N_("This isn't a day of the week.")
NO_JSON = N_("This isn't JSON.")
NOT_ONE_OF = N_("This must be one of: {labels}.")
SPREADSHEETS_ERROR = N_("This cell holds an error of the spreadsheet, and no value.")
FORMULA = N_("This begins like a formula. It is kept as a text and never computed.")

DAY_FIRST = N_("“{column}”: dates are read as day/month/year.")
MONTH_FIRST = N_("“{column}”: dates are read as month/day/year, since some can't be read otherwise.")
DAY_FIRST_UNSURE = N_("“{column}”: dates are read as day/month/year. None of them tells whether the month comes first.")
COMMA = N_("“{column}”: the comma is read as the decimal sign.")
POINT = N_("“{column}”: the point is read as the decimal sign.")

ERRORS = frozenset(("#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#N/A", "#NUM!", "#NULL!", "#N/D", "#NOME?", "#VALOR!"))


class Unreadable(ValueError):
    """A cell isn't a value of its column's type. `source`: a text for gettext; `params` fill it."""

    def __init__(self, source: str, **params: Any) -> None:
        super().__init__(source)
        self.source, self.params = source, params


@dataclass(frozen=True)
class Manner:
    """How a column is read: the school's clock, which of day and month comes first, the sign before decimals."""

    zone: ZoneInfo
    order: Order = moments.BRAZILIAN
    sign: str = "."


@dataclass
class Column:
    """A column's cells read: a value for each row (or what stands for none), and what is wrong, by distinct cell."""

    values: list[Any]
    problems: dict[Any, Problem] = field(default_factory=dict)
    warnings: dict[Any, Problem] = field(default_factory=dict)
    notes: list[Problem] = field(default_factory=list)


def told_apart(cell: Any) -> Any:
    """A cell as the key of a table: True, 1 and 1.0 are three."""
    return cell if type(cell) is str else (type(cell), cell)


def plain(cell: Any) -> Any:
    """A cell without the apostrophe that an export of ours puts before what would be a formula, and without spaces around it."""
    if type(cell) is not str:
        return cell
    text = cell.strip()
    return text[1:] if text.startswith(TEXT) and safe(text[1:]) != text[1:] else text


def read_column(cells: Sequence[Any], kind: Field, heading: str, zone: ZoneInfo) -> Column:
    """All cells of a column as values of a field, tidied and looked at."""
    distinct = {told_apart(each): each for each in cells}
    manner, notes = _manner(kind, list(distinct.values()), heading, zone)
    found: dict[Any, Any] = {}
    column = Column([], notes=notes)
    for key, cell in distinct.items():
        bare = plain(cell)
        if isinstance(bare, str) and bare.startswith("="):
            column.warnings[key] = Problem(kind.name, FORMULA)
        try:
            found[key] = _value(kind, bare, manner)
        except Unreadable as error:
            column.problems[key], found[key] = Problem(kind.name, error.source, error.params), WRONG
            continue
        if found[key] not in (EMPTY, DOTTED) and (problem := value_problem(kind, found[key])):
            column.problems[key], found[key] = problem, WRONG
    column.values = [found[each if type(each) is str else (type(each), each)] for each in cells]
    return column


def read_value(kind: Field, text: str, zone: ZoneInfo) -> Any:
    """One text as a value of a field, or WRONG: a part of what a record is called."""
    manner, _notes = _manner(kind, [text], "", zone)
    try:
        value = _value(kind, text.strip(), manner)
    except Unreadable:
        return WRONG
    return WRONG if value in (EMPTY, DOTTED) else value


def _value(kind: Field, bare: Any, manner: Manner) -> Any:
    if bare == "":
        return EMPTY
    if has_dots(bare):
        return DOTTED
    if isinstance(bare, str) and bare in ERRORS:
        raise Unreadable(SPREADSHEETS_ERROR)
    value = kind.type.tidy(_reader(kind.type)(kind, bare, manner))
    return EMPTY if value is None else value


def _manner(kind: Field, cells: Sequence[Any], heading: str, zone: ZoneInfo) -> tuple[Manner, list[Problem]]:
    """How the cells of a column are to be read together, and what a person should know of it."""
    texts = [each for each in cells if isinstance(each, str) and each.strip()]
    if isinstance(kind.type, Day | Instant):
        order = moments.order_of(texts)
        source = (DAY_FIRST_UNSURE if not order.is_sure else DAY_FIRST) if order.day_first else MONTH_FIRST
        tell = order.matters or not order.day_first
        return Manner(zone, order), [Problem(kind.name, source, {"column": heading})] if tell else []
    if isinstance(kind.type, Number | Money | Cents) and texts:
        sign = numbers.decimal_sign(texts)
        tell = isinstance(kind.type, Number) and any(numbers.EITHER.fullmatch(numbers.bare(each)) for each in texts)
        source = COMMA if sign == "," else POINT
        return Manner(zone, sign=sign), [Problem(kind.name, source, {"column": heading})] if tell else []
    return Manner(zone), []


def _reader(kind: Shaped) -> Callable[[Field, Any, Manner], Any]:
    return next(READERS[each] for each in type(kind).__mro__ if each in READERS)


def _text(_kind: Field, cell: Any, _manner: Manner) -> str:
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return str(cell)
    return str(int(cell)) if float(cell).is_integer() else repr(cell)


def _document(kind: Field, cell: Any, manner: Manner) -> str:
    """A CPF or CNPJ that a spreadsheet took for a number has lost the zeros at its beginning."""
    text = _text(kind, cell, manner)
    if isinstance(cell, str):
        return text
    return text.zfill(CPF_LENGTH if isinstance(kind.type, Cpf) or len(text) <= CPF_LENGTH else CNPJ_LENGTH)


def _flag(_kind: Field, cell: Any, _manner: Manner) -> bool:
    if isinstance(cell, bool):
        return cell
    word = fold(_text(_kind, cell, _manner))
    if word in YES or word in NO:
        return word in YES
    raise Unreadable(NO_FLAG)


def _choice(kind: Field, cell: Any, _manner: Manner) -> Any:
    assert isinstance(kind.type, ChoiceType)
    found = choices_by_word(kind.type.kind).get(fold(str(cell)))
    if found is None:
        raise Unreadable(NOT_ONE_OF, labels=tuple(each.source for each in kind.choices))
    return found


def _decimal(cell: Any, manner: Manner, source: str, *, places: int | None = None) -> Decimal:
    if isinstance(cell, bool) or not isinstance(cell, str | int | float):
        raise Unreadable(source)
    found = numbers.number(cell, manner.sign, places=places) if isinstance(cell, str) else Decimal(repr(cell))
    if found is None or not found.is_finite():
        raise Unreadable(source)
    return found


def _whole(_kind: Field, cell: Any, manner: Manner) -> int:
    found = _decimal(cell, manner, NO_WHOLE, places=0)
    if found != found.to_integral_value():
        raise Unreadable(NO_WHOLE)
    return int(found)


def _number(_kind: Field, cell: Any, manner: Manner) -> float:
    return float(_decimal(cell, manner, NO_NUMBER))


def _money(_kind: Field, cell: Any, manner: Manner) -> Decimal:
    found = _decimal(cell, manner, NO_AMOUNT, places=2)
    if isinstance(cell, float) and abs(found) <= LARGEST and abs(found - round(found, 2)) < Decimal("0.000001"):
        return round(found, 2)  # what a spreadsheet reckoned
    return found


def _cents(kind: Field, cell: Any, manner: Manner) -> int:
    try:
        return to_cents(_money(kind, cell, manner))
    except ValueError:
        raise Unreadable(NO_AMOUNT) from None


def _weekday(_kind: Field, cell: Any, manner: Manner) -> int:
    found = weekdays_by_word().get(fold(_text(_kind, cell, manner)))
    if found is None:
        raise Unreadable(NO_WEEKDAY)
    return found


def _day(_kind: Field, cell: Any, manner: Manner) -> Any:
    return _found(moments.day(cell, manner.order), NO_DATE)


def _clock(_kind: Field, cell: Any, _manner: Manner) -> Any:
    return _found(moments.time(cell), NO_TIME)


def _instant(_kind: Field, cell: Any, manner: Manner) -> Any:
    return _found(moments.moment(cell, manner.order, manner.zone), NO_MOMENT)


def _found(value: Any, source: str) -> Any:
    if value is None:
        raise Unreadable(source)
    return value


def _json(_kind: Field, cell: Any, _manner: Manner) -> Any:
    try:
        return json.loads(str(cell), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Unreadable(NO_JSON) from None


def _no_constant(_name: str) -> Any:
    raise ValueError


def _tags(kind: Field, cell: Any, manner: Manner) -> Any:
    text = _text(kind, cell, manner)
    if text.startswith("["):
        return _json(kind, text, manner)
    return [each.strip() for each in text.replace(";", ",").split(",") if each.strip()]


READERS: dict[type[Any], Callable[[Field, Any, Manner], Any]] = {
    ShortText: _text,
    Document: _document,
    ChoiceType: _choice,
    Flag: _flag,
    Whole: _whole,
    Weekday: _weekday,
    Cents: _cents,
    Number: _number,
    Money: _money,
    Day: _day,
    ClockTime: _clock,
    Instant: _instant,
    JsonValue: _json,
    Tags: _tags,
}
