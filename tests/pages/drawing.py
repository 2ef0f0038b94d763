"""Values of any column and rows of any table, drawn by hypothesis from what the models say."""

import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from sqlalchemy import CheckConstraint, Column

from domain.db import types
from domain.db.base import Base, model_of
from domain.db.errors import check_columns
from domain.db.text_types import PictureUrl
from domain.kit.documents import cnpj_check_digits, cpf_check_digits, nfe_key_check_digit
from domain.kit.ids import new_id
from domain.kit.money import LARGEST
from domain.records.check import problems_of
from domain.records.fields import Field, fields
from tests.factories.rows import Rows

Strategy = st.SearchStrategy[Any]
LETTERS = st.characters(exclude_categories=("Cc", "Cs"))
FIRST = dt.datetime(1900, 1, 1, tzinfo=dt.UTC)
LAST = dt.datetime(2199, 12, 31, 23, 59, 59, 999999, tzinfo=dt.UTC)
# A drawn row begins as a draft; the database itself lets an entry into the books by a way of its own.
ONLY = {("journal_entries", "status"): ("draft", "cancelled")}


def text(length: int, *, lines: bool = False) -> Strategy:
    """Any text that may be kept, as it is kept: no spaces around it, not empty."""
    letters = LETTERS | st.sampled_from("\n\t") if lines else LETTERS
    return st.text(letters, min_size=1, max_size=min(length, 60)).map(str.strip).filter(bool)


def digits(length: int) -> Strategy:
    return st.text("0123456789", min_size=length, max_size=length)


def _cpf() -> Strategy:
    return digits(9).filter(lambda first: len(set(first)) > 1).map(lambda first: first + cpf_check_digits(first))


def _cnpj() -> Strategy:
    first = st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=12, max_size=12)
    return first.filter(lambda each: len(set(each)) > 1).map(lambda each: each + cnpj_check_digits(each))


def _email(kind: Any) -> Strategy:
    letters = st.characters(exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp"), exclude_characters="@.")
    part = st.text(letters, min_size=1, max_size=12)
    return st.builds("{}@{}.{}".format, part, part, part).map(kind.tidy)


def _whole(low: float | None, high: float | None, limit: int) -> Strategy:
    return st.integers(-limit if low is None else int(low), limit if high is None else int(high))


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=("Cs",)), max_size=20),
    lambda each: st.lists(each, max_size=3) | st.dictionaries(st.text(LETTERS, max_size=8), each, max_size=3),
    max_leaves=8,
)


def value(kind: Any, low: float | None = None, high: float | None = None) -> Strategy:
    """Any value of one of our types, within its range."""
    for each, make in MAKERS.items():
        if type(kind) is each:
            return make(kind)
    if isinstance(kind, types.ChoiceType):
        return st.sampled_from(list(kind.kind))
    if isinstance(kind, types.Cents):
        return _whole(low, high, int(LARGEST * 100))
    if isinstance(kind, types.Whole):
        return _whole(low, high, types.WHOLE_LIMIT)
    if isinstance(kind, types.Number):
        return st.floats(low, high, allow_nan=False, allow_infinity=False)
    if isinstance(kind, types.Money):
        return st.decimals(-LARGEST if low is None else Decimal(low), LARGEST, places=2)
    if isinstance(kind, types.ShortText):
        return text(kind.length, lines=kind.lines)
    raise TypeError(f"nothing is drawn for {kind!r}")


MAKERS: dict[type[Any], Callable[[Any], Strategy]] = {
    types.Email: _email,
    types.Phone: lambda _kind: st.builds(str.__add__, st.sampled_from(["", "+"]), st.integers(8, 15).flatmap(digits)),
    types.Cpf: lambda _kind: _cpf(),
    types.Document: lambda _kind: _cpf() | _cnpj(),
    types.AccessKey: lambda _kind: digits(43).map(lambda first: first + nfe_key_check_digit(first)),
    types.Color: lambda _kind: st.text("0123456789abcdefABCDEF", min_size=6, max_size=6).map("#{}".format),
    types.Url: lambda _kind: st.builds("https://example.com/{}".format, st.text("abcXYZ019-_~/?=&%", max_size=30)),
    PictureUrl: lambda _kind: st.builds("https://example.com/{}".format, st.text("abcXYZ019-_~/?=&%", max_size=30)),
    types.Slug: lambda _kind: st.from_regex(r"\A[a-z0-9]{1,9}(-[a-z0-9]{1,9}){0,3}\Z"),
    types.Flag: lambda _kind: st.booleans(),
    types.Day: lambda _kind: st.dates(types.EARLIEST, types.LATEST),
    types.ClockTime: lambda _kind: st.times(),
    types.Instant: lambda _kind: st.datetimes(FIRST.replace(tzinfo=None), LAST.replace(tzinfo=None), timezones=st.just(dt.UTC)),
    types.JsonObject: lambda _kind: st.dictionaries(st.text(LETTERS, max_size=8), JSON, max_size=3),
    types.JsonList: lambda _kind: st.lists(JSON, max_size=3),
    types.Tags: lambda _kind: st.lists(text(30), max_size=4),
    types.Bytes: lambda _kind: st.binary(min_size=1, max_size=40),
}


def rows(table: str, base: dict[str, Any], made: Rows) -> st.SearchStrategy[dict[str, Any]]:
    """Any row of a table, by column: `base` with as many drawn values in place of its own as the table's rules let stand."""
    model = model_of(table)
    parts = {column.name: _column(table, column, base, made) for column in _visible(model)}
    whole = {name: model.__table__.columns[name].type.tidy(base.get(name)) for name in parts}
    return st.fixed_dictionaries(parts).map(lambda wanted: _settled(model, whole, wanted))


def _visible(model: type[Base]) -> list[Column[Any]]:
    shown = {field.column for field in fields(model).values()}
    return [column for column in model.__table__.columns if column.name in shown]


def _column(table: str, column: Column[Any], base: dict[str, Any], made: Rows) -> Strategy:
    name, own = column.name, base.get(column.name)
    if "refers" in column.info:
        keys = [own] if own else []
        if own is None and column.info["refers"] != table:
            keys = [made.add(column.info["refers"])]
        drawn: Strategy = st.sampled_from(keys) if keys else st.none()
    elif (table, name) in ONLY:
        drawn = st.sampled_from([column.type.kind(each) for each in ONLY[table, name]])
    else:
        drawn = value(column.type, column.info.get("low"), column.info.get("high"))
    return drawn | st.none() if column.nullable else drawn


def _settled(model: type[Base], row: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    """The wanted values, as far as they fit together: first those that a rule speaks of at once, then one by one."""
    if fits(model, wanted):
        return wanted
    table: Any = model.__table__
    checks = [check_columns(table, each) for each in table.constraints if isinstance(each, CheckConstraint)]
    for names in (*(each for each in checks if len(each) > 1), *([name] for name in wanted)):
        tried = {**row, **{name: wanted[name] for name in names if name in wanted}}
        if fits(model, tried):
            row = tried
    return row


def fits(model: type[Base], row: dict[str, Any]) -> bool:
    return not problems_of(model, {field.name: row[field.column] for field in fields(model).values()})


def wrong_values(field: Field, own: Any, draw: Callable[[Strategy], Any]) -> Iterator[Any]:
    """Values that a field must refuse: nothing where something is required, another type, too long, out of range, misshapen."""
    kind = field.type
    if field.required and not field.automatic:
        yield None
    yield object()
    for each, wrong in WRONG.items():
        if isinstance(kind, each):
            yield from wrong
    if isinstance(kind, types.ShortText):
        yield draw(st.integers() | st.booleans() | st.floats() | st.binary() | st.lists(st.text()))
        yield f"a{draw(st.sampled_from(chr(0) + chr(8) + chr(27) + chr(127) + chr(0x85) + chr(0xD800)))}b"
        yield "x" * (kind.length + 1)
        if not kind.lines:
            yield "a\nb"
    if isinstance(kind, (types.Whole, types.Number, types.Money)):
        yield draw(st.text() | st.binary() | st.booleans())
        step = {types.Number: 0.001, types.Money: Decimal("0.01")}.get(type(kind), 1)
        if field.low is not None:
            yield type(own or step)(field.low) - type(own or step)(step)
        if field.high is not None:
            yield type(own or step)(field.high) + type(own or step)(step)
    if isinstance(kind, types.ChoiceType):
        yield draw(st.text().filter(lambda each: each not in set(kind.kind)))


HUGE = 10**400
WRONG: dict[type[Any], tuple[Any, ...]] = {
    types.Email: ("no", "a@b", "@x.com", "a b@x.com", "a@x..com"),
    types.Phone: ("123", "+", "abcdefgh", "٠١٢٣٤٥٦٧", "1" * 16),
    types.Document: ("11111111111", "52998224724", "12ABC34501DE36", "123"),
    types.AccessKey: ("1" * 44, "1" * 43, "x"),
    types.Color: ("red", "#12345", "#12345G", "#1234567"),
    types.Url: ("example.com", "javascript:alert(1)", "http://", "ftp://x.com", "https://[::1", "https://a b"),
    PictureUrl: ("example.com", "javascript:alert(1)", "http://", "ftp://x.com", "https://[::1", "https://a b"),
    types.Slug: ("Upper", "a b", "-a", "a--b", "é"),
    types.Flag: ("yes", 1, 0, "true"),
    types.Whole: (1.5, "7", float("nan"), HUGE, -HUGE, types.WHOLE_LIMIT + 1),
    types.Cents: (int(LARGEST * 100) + 1, Decimal("1.00")),
    types.Number: ("7", float("nan"), float("inf"), -float("inf"), HUGE, Decimal("NaN")),
    types.Money: ("7.00", Decimal("1.234"), Decimal("NaN"), Decimal("Infinity"), LARGEST + 1, float("nan"), HUGE, 0.001),
    types.Day: ("2026-03-02", 7, dt.date(1899, 12, 31), dt.date(2200, 1, 1), dt.date.min, dt.date.max, FIRST),
    types.ClockTime: ("08:00", 8, dt.time(8, tzinfo=dt.UTC)),
    types.Instant: (
        "2026-03-02 12:00",
        7,
        dt.date(2026, 3, 2),
        FIRST.replace(tzinfo=None),
        FIRST.replace(year=1),
        LAST.replace(year=9999),
    ),
    types.JsonValue: ("{", {"a": float("nan")}, [float("inf")], {"a": {1, 2}}, {"a": "\ud800"}, ["x" * 200_001], b"{}"),
    types.JsonObject: ([], "{}", 7),
    types.JsonList: ({}, "[]", 7),
    types.Tags: ([1], [""], ["  "], ["a", None], ["a\x00b"], "a"),
    types.Key: ("", "abc", 7, new_id().lower(), f"{new_id()}0"),
    types.Bytes: ("text", 7),
}
